"""What an act of an office costs, as ratios to the bare commit of the same rows of the same run.

    python benchmarks/acts.py [--small] [--json] [--only sqlite|postgresql] [--seconds N]
        [--matters N]

The act is ``receive`` as an office does it: the clerk's signature is checked, the act is looked up
by its token, roles and day are checked, and matter, sealed paper, act, entry, number, tiles and
signed head are one commit. Beside it stand two bare commits, of rows as many and as long by plain
SQL: the office's three, and all that the act writes. All take turns, so that they meet the same
disk. Then one process and eight do nothing else for a while, each statement drafted and signed
anew. Last the whole chain is audited.

PostgreSQL is the server of CLERESTORY_BENCH_POSTGRESQL (a libpq URL), or one that is started here.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

# Beside this file, where the program that is run finds it.
from embedded import postgresql  # type: ignore[import-not-found]
from figures import Figure, table, timed  # type: ignore[import-not-found]

from clerestory.acts import OFFICE_CHAIN, Second, key_hash, sign
from clerestory.ledger import Ed25519Signer, FileKeyEncryptionKey
from clerestory.store.connecting import connect, make_tables

ORIGIN = "office.example/benchmark"
PACKS = "us-federal us-me"
PAPER = b"A made-up paper of about the length of a short letter. " * 20
PROCESSES = 8
GOALS = {"sqlite": (2.0, 0.85), "postgresql": (3.0, 0.7)}
AUDIT_SECONDS = 60.0
"""For 10,000 matters."""

OWN = {"act": 620, "matter": 90, "paper": 1_900}
LEDGERS = {"entry": 300, "payload": 1_600, "wrapped": 110, "head": 330, "number": 20}
"""The rows that a receipt writes, and about how long they are."""


def key(who: str) -> Ed25519Signer:
    """Return the key of somebody who is made up."""
    return Ed25519Signer(name=f"{who}.example", seed=who.encode().ljust(32, b"-"))


class Made:
    """A made-up office, its clerk, and bare tables beside it."""

    def __init__(self, url: str, folder: Path) -> None:
        """Use the office's database at ``url``; what it saw is kept in ``folder``."""
        self._url, self._seen = url, folder / "office.seen"
        self._log_key = Ed25519Signer(name=ORIGIN, seed=bytes(32))
        self._kek = FileKeyEncryptionKey(bytes(range(32)), entropy=os.urandom)
        connect(url)
        self.office: Any = None

    @staticmethod
    def now() -> datetime:
        """One day for all, whatever the clock of the machine says."""
        return datetime(2026, 12, 1, 17, tzinfo=UTC)

    def found(self) -> None:
        """Make the tables, the office and its clerk."""
        from clerestory.office.founding import Founder, draft_founding, found_office
        from clerestory.office.opening import make_keys
        from clerestory.office.people import change_people

        make_tables()
        told = draft_founding(
            Founder(id="P-1", roles="administrator", key=key("P-1").verifier),
            Founder(id="P-2", roles="administrator", key=key("P-2").verifier),
            log_key=self._log_key.verifier,
            binding={"profile": "made-up", "jurisdiction": "us-me", "packs": PACKS, "zone": "UTC"},
            at=self.now(),
        )
        keys = make_keys(self._log_key, self._kek, os.urandom, self._seen)
        self.office, _ = found_office(sign(told, key("P-1"), key("P-2")), keys=keys, clock=self.now)
        facts = {"person": "P-3", "kind": "person", "roles": "clerk", "trained_to": "2030-01-01",
                 "vkey": key("P-3").verifier.vkey}  # fmt: skip
        change_people(self.office, self._signed_by_two("join", facts))
        self._bare_tables()

    def _signed_by_two(self, act: str, facts: dict[str, str]) -> Any:
        from clerestory.office.acting import draft

        second = Second(actor="P-2", key=key_hash(key("P-2").verifier))
        told = draft(self.office, act, OFFICE_CHAIN, actor="P-1", facts=facts, second=second,
                     key=key_hash(key("P-1").verifier))  # fmt: skip
        return sign(told, key("P-1"), key("P-2"))

    def open(self) -> None:
        """Open the office in this process."""
        from clerestory.office.opening import open_office

        self.office = open_office(
            self._url, log_key=self._log_key, kek=self._kek, clock=self.now, seen_file=self._seen
        )

    def _bare_tables(self) -> None:
        from django.db import connection

        blob = "bytea" if connection.vendor == "postgresql" else "blob"
        with connection.cursor() as cursor:
            for name in ("own", "all"):
                cursor.execute(
                    f"CREATE TABLE bare_{name} (id text PRIMARY KEY, name text NOT NULL, content "
                    f"{blob} NOT NULL)"
                )

    def bare(self, which: str) -> None:
        """Commit rows as many and as long by plain SQL."""
        from django.db import connection, transaction

        rows = OWN if which == "own" else OWN | LEDGERS
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            for name, size in rows.items():
                cursor.execute(
                    f"INSERT INTO bare_{which} (id, name, content) VALUES (%s, %s, %s)",
                    (os.urandom(16).hex(), name, os.urandom(size)),
                )

    def drafted(self) -> tuple[str, Any]:
        """Return a token, and the clerk's signed statement of a paper that comes in."""
        from clerestory.office.receiving import draft_receipt

        token = token_urlsafe(24)
        told = draft_receipt(self.office, token=token, paper=PAPER, actor="P-3",
                             key=key_hash(key("P-3").verifier))  # fmt: skip
        return token, sign(told, key("P-3"))

    def receive(self, drafted: tuple[str, Any] | None = None) -> int:
        """Take a paper in; return its number."""
        from clerestory.office.receiving import receive

        token, signed = drafted or self.drafted()
        number = receive(self.office, signed, token=token, paper=PAPER).number
        if number is None:
            raise SystemExit("a paper drew no number")
        return number

    def numbers(self) -> int:
        """Return how many numbers there are, once none is missing or stands twice."""
        from clerestory.store.models import MatterRow

        numbers = sorted(MatterRow.objects.values_list("number", flat=True))
        if numbers != list(range(1, len(numbers) + 1)):
            raise SystemExit("a number is missing or stands twice")
        return len(numbers)

    def audit(self) -> int:
        """Walk the whole chain; return how many entries it has."""
        from clerestory.audit.chain import ChainCheck
        from clerestory.office.walking import walk

        check = ChainCheck(self.office.table, origin=ORIGIN, founding=self.office.founding)
        size = 0
        for entry in walk(self.office):
            size += 1
            for found in check.take(entry):
                raise SystemExit(f"the chain of a clean office has a fault: {found}")
        return size


def ms(seconds: list[float]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(seconds) * 1e3


def medians(kind: str, made: Made, rounds: int) -> list[Figure]:
    """Measure receipts and bare commits in turns."""
    taken: dict[str, list[float]] = {"own": [], "all": [], "draft": [], "receive": []}
    for turn in range(20 + rounds):
        for which in ("own", "all"):
            taken[which].append(timed(partial(made.bare, which)))
        start = time.perf_counter()
        drafted = made.drafted()
        taken["draft"].append(time.perf_counter() - start)
        taken["receive"].append(timed(partial(made.receive, drafted)))
        if turn == 19:
            for each in taken.values():
                each.clear()
    made.numbers()
    goal, act, rows = GOALS[kind][0], ms(taken["receive"]), ms(taken["all"])
    return [
        Figure(name=f"{kind}: bare commit of the office's 3 rows, p50", value=ms(taken["own"]),
               unit="ms"),
        Figure(name=f"{kind}: bare commit of all 8 rows, p50", value=rows, unit="ms"),
        Figure(name=f"{kind}: receive, p50", value=act, unit="ms", ratio=act / rows,
               ratio_to="all 8 rows", goal=f"<= {goal}", met=act / rows <= goal),
        Figure(name=f"{kind}: receive, p50", value=act, unit="ms", ratio=act / ms(taken["own"]),
               ratio_to="the 3 rows"),
        Figure(name=f"{kind}: drafting and signing it, p50", value=ms(taken["draft"]), unit="ms"),
        Figure(name=f"{kind}: receive, p99", unit="ms",
               value=statistics.quantiles(taken["receive"], n=100)[-1] * 1e3),
    ]  # fmt: skip


def in_children(works: list[Callable[[], object]]) -> list[Any]:
    """Do each work in a process of its own, all at once; return what they return."""
    pipes = []
    for work in works:
        read_end, write_end = os.pipe()
        if os.fork() == 0:
            code = 1
            try:
                with os.fdopen(write_end, "w") as pipe:
                    json.dump(work(), pipe)
                code = 0
            finally:
                os._exit(code)
        os.close(write_end)
        pipes.append(read_end)
    told = []
    for read_end in pipes:
        with os.fdopen(read_end) as pipe:
            told.append(pipe.read())
    if any(os.wait()[1] for _ in works):
        raise SystemExit("a process failed")
    return [json.loads(each) for each in told]


def receiving(made: Made, seconds: float) -> list[float]:
    """Receive for some seconds; return how long each took."""
    made.open()
    until, each = time.monotonic() + seconds, []
    while time.monotonic() < until:
        each.append(timed(made.receive))
    return each


def crowds(kind: str, made: Made, seconds: float) -> list[Figure]:
    """Measure one process and eight, in turns, each for a third of the seconds at a time."""
    from django.db import connections

    taken: dict[int, list[tuple[float, list[float]]]] = {1: [], PROCESSES: []}
    for _ in range(3):
        for processes in taken:
            connections.close_all()
            told = in_children([partial(receiving, made, seconds / 3)] * processes)
            every = [each for one in told for each in one]
            taken[processes].append((len(every) / (seconds / 3), every))
    made.numbers()
    alone = statistics.median(rate for rate, _ in taken[1])
    crowd = statistics.median(rate for rate, _ in taken[PROCESSES])
    waits = [each for _, every in taken[PROCESSES] for each in every]
    goal = GOALS[kind][1]
    return [
        Figure(name=f"{kind}: receive, one process", value=alone, unit="acts/s"),
        Figure(name=f"{kind}: receive, {PROCESSES} processes", value=crowd, unit="acts/s",
               ratio=crowd / alone, ratio_to="one process", goal=f">= {goal}",
               met=crowd / alone >= goal),
        Figure(name=f"{kind}: receive, {PROCESSES} processes, p99", unit="ms",
               value=statistics.quantiles(waits, n=100)[-1] * 1e3),
        Figure(name=f"{kind}: receive, {PROCESSES} processes, longest", unit="ms",
               value=max(waits) * 1e3),
    ]  # fmt: skip


def audited(made: Made) -> tuple[int, float, float]:
    """Audit the chain in a process of its own; return entries, seconds, and MiB it took."""
    made.open()
    made.office.staff()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    size = made.audit()
    seconds = time.perf_counter() - start
    return size, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def audits(kind: str, made: Made, matters: int) -> list[Figure]:
    """Audit the chain of so many matters, and of a quarter of them."""
    from django.db import connections

    figures = []
    for wanted in (matters // 4, matters):
        for _ in range(wanted - made.numbers()):
            made.receive()
        connections.close_all()
        ((size, seconds, room),) = in_children([partial(audited, made)])
        limit = AUDIT_SECONDS * size / 10_000
        figures += [
            Figure(name=f"{kind}: audit of {size:,} entries", value=seconds, unit="s",
                   goal=f"<= {limit:.0f}", met=seconds <= limit),
            Figure(name=f"{kind}: audit of {size:,} entries, memory", value=room, unit="MiB"),
        ]  # fmt: skip
    return figures


def measure(kind: str, url: str, folder: Path, options: argparse.Namespace) -> list[Any]:
    """Take every figure of one database in this process."""
    made = Made(url, folder)
    made.found()
    figures = medians(kind, made, 40 if options.small else 1_000)
    matters = options.matters or (200 if options.small else 10_000)
    # Before the crowds, which leave as many matters as the machine can take in.
    figures += audits(kind, made, matters)
    figures += crowds(kind, made, 1.5 if options.small else options.seconds)
    return [asdict(one) for one in figures]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small sizes, to try it out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--only", choices=GOALS, help="one database")
    parser.add_argument("--seconds", type=float, default=30, help="how long processes compete")
    parser.add_argument("--matters", type=int, help="of how many matters the chain is audited")
    options = parser.parse_args()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name, postgresql(Path(name)) as server:
        urls = {"sqlite": f"sqlite:///{name}/office.sqlite"}
        if server is not None:
            urls["postgresql"] = server.args[0]
        for kind, url in urls.items():
            if options.only in (None, kind):
                folder = Path(tempfile.mkdtemp(dir=name))
                # A process keeps one office.
                (told,) = in_children([partial(measure, kind, url, folder, options)])
                figures += [Figure(**one) for one in told]
    print(json.dumps([asdict(one) for one in figures]) if options.json else table(figures))


if __name__ == "__main__":
    main()
