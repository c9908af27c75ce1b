"""What a leaf in the caller's transaction costs, as ratios to the bare commit of the same run.

    python benchmarks/embedded.py [--small] [--json] [--only sqlite|postgresql] [--seconds N]

An act writes three rows of an office, draws a number, records one entry with its encrypted
fields, and sequences: tiles, head, signature. Beside it stands the commit of the three rows alone.
Both take turns, so that both meet the same disk. Then one process and eight do nothing else for a
while.

PostgreSQL is the server of CLERESTORY_BENCH_POSTGRESQL (a libpq URL), or one that is started here,
with its defaults, where ``initdb`` is installed.
"""

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

# Beside this file, where the program that is run finds it.
from figures import Figure, table, timed  # type: ignore[import-not-found]

from clerestory.kernel.time import Zone
from clerestory.ledger import (
    Ed25519Signer,
    EmbeddedLedger,
    Event,
    EventType,
    FileKeyEncryptionKey,
    create_tables,
    parse_leaf,
    statements_on,
)
from clerestory.ledger.storage import Reader
from clerestory.ledger.storage.sqlite import SETTINGS

AT, ZONE = datetime(2026, 1, 1, tzinfo=UTC), Zone("America/New_York")

SCOPE = "made-up"

PROCESSES = 8

GOALS = {"sqlite": (2.0, 0.85), "postgresql": (3.0, 0.7)}
"""The act at the median over the bare commit, and eight processes' rate over one's."""


class Office:
    """One connection of a made-up office, and its keys."""

    def __init__(self, cx: Any) -> None:
        """Use a connection on which each statement is a commit of its own."""
        self.cx = cx
        self.statements = statements_on(cx)
        self._sqlite = isinstance(cx, sqlite3.Connection)
        self._begin = "BEGIN IMMEDIATE" if self._sqlite else "BEGIN"
        mark = "?" if self._sqlite else "%s"
        self._insert = f"INSERT INTO act (matter, name, statement) VALUES ({mark}, {mark}, {mark})"
        seed = bytes(32)
        kek = FileKeyEncryptionKey(seed, entropy=os.urandom)
        signer = Ed25519Signer(name="ledger.example/benchmark", seed=seed)
        self.ledger = EmbeddedLedger([signer], kek)

    def found(self) -> None:
        """Make the tables."""
        key = "integer" if self._sqlite else "bigint GENERATED ALWAYS AS IDENTITY"
        kind = "blob" if self._sqlite else "bytea"
        self.cx.execute(self._begin)
        create_tables(self.statements)
        self.cx.execute(
            f"CREATE TABLE act (id {key} PRIMARY KEY, matter text NOT NULL, name text NOT NULL, "
            f"statement {kind} NOT NULL)"
        )
        self.ledger.begin(self.statements)
        self.cx.execute("COMMIT")

    def bare(self) -> None:
        """Commit three rows of about the size that an office writes."""
        self.cx.execute(self._begin)
        self._rows(os.urandom(8).hex())
        self.cx.execute("COMMIT")

    def _rows(self, matter: str) -> None:
        for name in ("matter", "demand", "received"):
            self.cx.execute(self._insert, (matter, name, os.urandom(400)))

    def act(self) -> None:
        """Commit the same rows with a numbered leaf under a signed checkpoint."""
        matter = os.urandom(8).hex()
        self.cx.execute(self._begin)
        self._rows(matter)
        self._record(matter)
        self.ledger.sequence(self.statements)
        self.cx.execute("COMMIT")

    def act_then_sequence(self) -> None:
        """Do the same in two commits: whoever comes first sequences for all that wait."""
        matter = os.urandom(8).hex()
        self.cx.execute(self._begin)
        self._rows(matter)
        entry_id = self._record(matter)
        self.cx.execute("COMMIT")
        if self.ledger.index_of(self.statements, entry_id) is None:
            self.cx.execute(self._begin)
            self.ledger.sequence(self.statements)
            self.cx.execute("COMMIT")

    def _record(self, matter: str) -> int:
        event = Event(
            type=EventType.DEMAND_RECEIVED,
            scope=SCOPE,
            matter=matter,
            fields={"act": "receive", "previous": "0" * 64, "actor": "made up", "on": "2026-01-01"},
        )
        (written,) = self.ledger.record(self.statements, [event], AT, zone=ZONE)
        return written.entry_id

    def check(self) -> int:
        """Return how many acts there are, once each has its number and its leaf."""
        self.cx.execute(self._begin)
        self.ledger.sequence(self.statements)
        size = self.ledger.check(self.statements)
        self.cx.execute("COMMIT")
        entries = Reader(self.statements).entries(0, size)
        numbers = [parse_leaf(entry).serial or 0 for entry in entries]
        if sorted(numbers) != list(range(1, size + 1)):
            raise SystemExit("a number is missing or stands twice")
        return size


Connect = Callable[[], Any]


def medians(kind: str, connect: Connect, rounds: int) -> list[Figure]:
    """Measure acts and bare commits in turns."""
    office = Office(connect())
    office.found()
    for _ in range(20):
        office.bare()
        office.act()
    works = {"bare": office.bare, "act": office.act, "then": office.act_then_sequence}
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(timed(work))
    office.check()
    office.cx.close()
    p50 = {name: statistics.median(seconds) * 1e3 for name, seconds in taken.items()}
    goal = GOALS[kind][0]
    ratio = p50["act"] / p50["bare"]
    return [
        Figure(name=f"{kind}: bare commit of three rows, p50", value=p50["bare"], unit="ms"),
        Figure(
            name=f"{kind}: act with its leaf, one commit, p50",
            value=p50["act"],
            unit="ms",
            ratio=ratio,
            ratio_to="bare commit",
            goal=f"<= {goal}",
            met=ratio <= goal,
        ),
        Figure(
            name=f"{kind}: act, then sequencing, p50",
            value=p50["then"],
            unit="ms",
            ratio=p50["then"] / p50["bare"],
            ratio_to="bare commit",
        ),
        Figure(
            name=f"{kind}: act with its leaf, p99",
            value=statistics.quantiles(taken["act"], n=100)[-1] * 1e3,
            unit="ms",
        ),
    ]


def rate(connect: Connect, work: str, processes: int, seconds: float) -> tuple[float, float]:
    """Let processes do one thing for some seconds; return how often a second, and the p99 in ms."""
    pipes = []
    for _ in range(processes):
        read_end, write_end = os.pipe()
        if os.fork() == 0:
            code = 1
            try:
                office = Office(connect())
                until = time.monotonic() + seconds
                each = []
                while time.monotonic() < until:
                    each.append(timed(getattr(office, work)))
                with os.fdopen(write_end, "w") as pipe:
                    json.dump(each, pipe)
                code = 0
            finally:
                os._exit(code)
        os.close(write_end)
        pipes.append(read_end)
    every: list[float] = []
    for read_end in pipes:
        with os.fdopen(read_end) as told:
            every += json.loads(told.read() or "null")
    if any(os.wait()[1] for _ in range(processes)):
        raise SystemExit("a process failed")
    return len(every) / seconds, statistics.quantiles(every, n=100)[-1] * 1e3


TURNS = 3


def crowds(kind: str, connect: Connect, seconds: float) -> list[Figure]:
    """Measure one process and eight, in turns, each for a third of the seconds at a time."""
    works = {"bare": "bare commit", "act": "act with its leaf", "act_then_sequence": "act, then"}
    taken: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _ in range(TURNS):
        for work in works:
            for processes in (1, PROCESSES):
                found = rate(connect, work, processes, seconds / TURNS)
                taken.setdefault((work, processes), []).append(found)
    office = Office(connect())
    office.check()
    office.cx.close()
    figures = []
    for work, name in works.items():
        alone = statistics.median(one[0] for one in taken[work, 1])
        crowd = statistics.median(one[0] for one in taken[work, PROCESSES])
        goal = GOALS[kind][1] if work == "act" else None
        figures += [
            Figure(name=f"{kind}: {name}, one process", value=alone, unit="acts/s"),
            Figure(
                name=f"{kind}: {name}, {PROCESSES} processes",
                value=crowd,
                unit="acts/s",
                ratio=crowd / alone,
                ratio_to="one process",
                goal=f">= {goal}" if goal else "",
                met=crowd / alone >= goal if goal else None,
            ),
            Figure(
                name=f"{kind}: {name}, {PROCESSES} processes, p99",
                value=statistics.median(one[1] for one in taken[work, PROCESSES]),
                unit="ms",
            ),
        ]
    return figures


def connect_sqlite(path: str) -> sqlite3.Connection:
    """Open a file as an office does."""
    cx = sqlite3.connect(path, isolation_level=None, timeout=60)
    for name, value in SETTINGS.items():
        cx.execute(f"PRAGMA {name} = {value}")
    return cx


def connect_postgresql(url: str) -> Any:
    """Open a connection on which each statement is a commit of its own."""
    import psycopg

    return psycopg.connect(url, autocommit=True)


@contextmanager
def postgresql(folder: Path) -> Iterator[Connect | None]:
    """Give a new database on a server, or nothing where there is none."""
    given = os.environ.get("CLERESTORY_BENCH_POSTGRESQL")
    if given:
        yield partial(connect_postgresql, given)
        return
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        yield None
        return
    # PostgreSQL refuses to run for the all-powerful account.
    account: dict[str, Any] = {"user": "nobody"} if os.geteuid() == 0 else {}
    base = Path(tempfile.mkdtemp(prefix="pg-", dir=folder))
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(base, "nobody")

    def run(*command: str) -> None:
        quiet = subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, stderr=quiet, **account)

    files = str(base / "files")
    run("initdb", "-D", files, "-U", "office", "--auth=trust")
    options = f"-k {base} -c listen_addresses="
    run("pg_ctl", "-D", files, "-w", "-l", f"{base}/log", "-o", options, "start")
    try:
        yield partial(connect_postgresql, f"postgresql://office@/postgres?host={base}")
    finally:
        run("pg_ctl", "-D", files, "-w", "-m", "fast", "stop")


def measure(kinds: list[str], rounds: int, seconds: float) -> list[Figure]:
    """Take every figure in one run."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with postgresql(folder) as server:
            connects: dict[str, Connect | None] = {
                "sqlite": partial(connect_sqlite, str(folder / "office.sqlite3")),
                "postgresql": server,
            }
            for kind in kinds:
                connect = connects[kind]
                if connect is not None:
                    figures += medians(kind, connect, rounds)
                    figures += crowds(kind, connect, seconds)
    return figures


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small sizes, to try it out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--only", choices=GOALS, help="one database")
    parser.add_argument("--seconds", type=float, default=30, help="how long processes compete")
    options = parser.parse_args()
    kinds = [options.only] if options.only else list(GOALS)
    rounds, seconds = (40, 1.5) if options.small else (1_000, options.seconds)
    figures = measure(kinds, rounds, seconds)
    print(json.dumps([asdict(one) for one in figures]) if options.json else table(figures))


if __name__ == "__main__":
    main()
