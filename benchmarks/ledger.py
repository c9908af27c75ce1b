"""How fast the ledger is, as ratios to what the same run's machine can do at all.

    python benchmarks/ledger.py [--small] [--json]

The floor is one leaf hash and one node hash for each entry, which no RFC 6962 log can do without.
A machine's speed swings from run to run, so every figure stands beside the floor, the bare commit
or the peer (pymerkle) of the same run.
"""

import argparse
import hashlib
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pymerkle

# Beside this file, where the program that is run finds it.
from figures import Figure, table, timed  # type: ignore[import-not-found]

from clerestory.kernel.time import Zone
from clerestory.ledger import (
    Ed25519Signer,
    Event,
    EventType,
    FileKeyEncryptionKey,
    Ledger,
    Log,
    verify_directory,
)
from clerestory.ledger.frontier import Frontier
from clerestory.ledger.proof_file import verify_proof

ENTRY_BYTES = 105

SIGNER = Ed25519Signer(name="ledger.example/benchmark", seed=bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much work a run does."""

    floor_hashes: int
    rounds: int
    bulk: int
    proofs: int
    peer_bulk: int


FULL = Sizes(floor_hashes=50_000, rounds=60, bulk=1_000_000, proofs=1_000, peer_bulk=100_000)

SMALL = Sizes(floor_hashes=2_000, rounds=5, bulk=5_000, proofs=20, peer_bulk=2_000)


def fresh(count: int) -> list[bytes]:
    """Return entries of random bytes."""
    block = os.urandom(count * ENTRY_BYTES)
    return [block[i : i + ENTRY_BYTES] for i in range(0, len(block), ENTRY_BYTES)]


def hash_floor(count: int) -> float:
    """Return how many times a second this machine does one leaf and one node hash."""
    entry, pair, sha256 = os.urandom(ENTRY_BYTES), os.urandom(64), hashlib.sha256

    def work() -> None:
        for _ in range(count):
            sha256(b"\x00" + entry).digest()
            sha256(b"\x01" + pair).digest()

    seconds: float = min(timed(work) for _ in range(3))
    return count / seconds


class BareTable:
    """A table with the ledger's own durability and nothing else."""

    def __init__(self, path: Path) -> None:
        """Make it."""
        self._cx = sqlite3.connect(path, isolation_level=None)
        self._cx.execute("PRAGMA journal_mode = wal")
        self._cx.execute("PRAGMA synchronous = full")
        self._cx.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)")

    def commit(self, body: bytes) -> None:
        """Insert one row in its own transaction."""
        self._cx.execute("BEGIN IMMEDIATE")
        self._cx.execute("INSERT INTO row (body) VALUES (?)", (body,))
        self._cx.execute("COMMIT")

    def close(self) -> None:
        """Close it."""
        self._cx.close()


def open_log(folder: Path) -> Log:
    """Make a log and open it."""
    Log.create(folder, signers=[SIGNER])
    return Log(folder, signers=[SIGNER])


TURNS = 5

BATCHES = (1, 16, 256, 1000, 4096)

APPEND_GOALS = {256: 0.10, 4096: 0.15}


def append_rates(folder: Path, sizes: Sizes, batch: int, turn: int) -> tuple[float, float]:
    """Return the rate of durable signed appends, and its ratio to the floor measured beside it."""
    rounds = max(5, sizes.rounds // (1 + batch // 1000))
    with open_log(folder / f"append-{batch}-{turn}") as log:
        before = hash_floor(sizes.floor_hashes)
        work = [fresh(batch) for _ in range(rounds)]
        seconds = [timed(partial(log.append, entries)) for entries in work]
        after = hash_floor(sizes.floor_hashes)
    rate = batch / statistics.median(seconds)
    return rate, rate / statistics.mean((before, after))


def appends(folder: Path, sizes: Sizes) -> list[Figure]:
    """Measure durable appends to a signed checkpoint, and the tree alone.

    The batch sizes take turns, so that a slow minute of the disk does not fall on one of them.
    """
    taken: dict[int, list[tuple[float, float]]] = {batch: [] for batch in BATCHES}
    for turn in range(TURNS):
        for batch in BATCHES:
            taken[batch].append(append_rates(folder, sizes, batch, turn))
    figures = []
    for batch, pairs in taken.items():
        ratio, goal = statistics.median(pair[1] for pair in pairs), APPEND_GOALS.get(batch)
        figures.append(
            Figure(
                name=f"durable signed append, batch {batch}",
                value=statistics.median(pair[0] for pair in pairs),
                unit="entries/s",
                ratio=ratio,
                ratio_to="hash floor",
                goal=f">= {goal:.0%}" if goal else "",
                met=ratio >= goal if goal else None,
            )
        )
    for batch in (256, 4096):
        floor, frontier, entries = hash_floor(sizes.floor_hashes), Frontier(), fresh(batch)

        def work(frontier: Frontier = frontier, entries: list[bytes] = entries) -> bytes:
            frontier.extend(entries)
            return frontier.root

        rate = batch / statistics.median([timed(work) for _ in range(sizes.rounds)])
        figures.append(
            Figure(
                name=f"tree alone, batch {batch}",
                value=rate,
                unit="entries/s",
                ratio=rate / floor,
                ratio_to="hash floor",
                goal=">= 50%" if batch == 256 else "",
                met=rate / floor >= 0.5 if batch == 256 else None,
            )
        )
    return figures


def single(folder: Path, sizes: Sizes) -> list[Figure]:
    """Measure one append beside one bare commit, in turns so that both meet the same disk."""
    bare: list[float] = []
    ours: list[float] = []
    table = BareTable(folder / "bare.sqlite3")
    with open_log(folder / "single") as log:
        log.append(fresh(130))
        for _ in range(sizes.rounds * 5):
            entries = fresh(1)
            bare.append(timed(partial(table.commit, entries[0])))
            ours.append(timed(partial(log.append, entries)))
    table.close()
    ratio = statistics.median(ours) / statistics.median(bare)
    return [
        Figure(name="bare commit, p50", value=statistics.median(bare) * 1e3, unit="ms"),
        Figure(
            name="one append to a signed checkpoint, p50",
            value=statistics.median(ours) * 1e3,
            unit="ms",
            ratio=ratio,
            ratio_to="bare commit",
            goal="<= 1.5",
            met=ratio <= 1.5,
        ),
    ]


def product_path(folder: Path, sizes: Sizes) -> Figure:
    """Measure events with commitments, encryption and demand numbers."""
    kek = FileKeyEncryptionKey(bytes(32), entropy=os.urandom)
    event = Event(
        type=EventType.DEMAND_RECEIVED,
        scope="made-up",
        matter="m/1",
        fields={"programme": "snap", "office": "made up", "form": "subpoena", "on": "2026-01-01"},
    )
    at, zone = datetime(2026, 1, 1, tzinfo=UTC), Zone("America/New_York")
    origin = SIGNER.verifier.name
    with Ledger.create(folder / "events", origin, SIGNER, kek) as ledger:
        work = [event] * 256
        seconds = [
            timed(lambda: ledger.append(work, at, zone=zone))
            for _ in range(max(3, sizes.rounds // 6))
        ]
    rate = 256 / statistics.median(seconds)
    return Figure(
        name="whole events, batch 256",
        value=rate,
        unit="events/s",
        goal=">= 1000",
        met=rate >= 1000,
    )


def large(folder: Path, sizes: Sizes) -> list[Figure]:
    """Measure proofs and a whole verification of one large log."""
    directory = folder / "large"
    log = open_log(directory)
    for _ in range(0, sizes.bulk, 5_000):
        log.append(fresh(min(5_000, sizes.bulk)))
    log.publish(log.propose().note)
    step = max(1, sizes.bulk // sizes.proofs)
    indexes = [(i * step * 7919) % sizes.bulk for i in range(sizes.proofs)]
    seconds = [timed(partial(log.prove, index)) for index in indexes]
    proof, entry = log.prove(indexes[-1]), log.entry(indexes[-1])
    checks = [timed(lambda: verify_proof(proof, entry, SIGNER.verifier)) for _ in range(200)]
    log.close()
    p50 = statistics.median(seconds) * 1e3
    p99 = statistics.quantiles(seconds, n=100)[-1] * 1e3 if len(seconds) > 1 else p50
    elapsed, peak = verify_apart(directory / "public")
    scale = f"{sizes.bulk:,} leaves"
    return [
        Figure(name=f"proof at {scale}, p50", value=p50, unit="ms", goal="<= 1.5", met=p50 <= 1.5),
        Figure(name=f"proof at {scale}, p99", value=p99, unit="ms", goal="<= 4", met=p99 <= 4),
        Figure(name="proof check, p50", value=statistics.median(checks) * 1e3, unit="ms"),
        Figure(
            name=f"verify {scale}, one process",
            value=elapsed,
            unit="s",
            goal="<= 5",
            met=elapsed <= 5,
        ),
        Figure(name="peak memory of that process", value=peak, unit="MiB"),
    ]


def verify_apart(public: Path) -> tuple[float, float]:
    """Verify a directory in its own process; return its seconds and its peak memory in MiB."""
    command = [sys.executable, __file__, "--verify-only", str(public)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def peers(folder: Path, sizes: Sizes) -> list[Figure]:
    """Measure pymerkle on the same work: append and root, proof, and the whole tree again."""
    entries = fresh(sizes.peer_bulk)
    figures = []
    for batch in (1, 256, 4096):
        tree = pymerkle.SqliteTree(str(folder / f"peer-{batch}.db"), algorithm="sha256")
        rounds = max(3, min(30, len(entries) // batch))
        seconds = []
        for number in range(rounds):
            part = entries[number * batch : (number + 1) * batch] or entries[:batch]

            def work(part: list[bytes] = part, tree: pymerkle.SqliteTree = tree) -> None:
                tree.append_entries(part, chunksize=len(part))
                tree.get_root()

            seconds.append(timed(work))
        tree.con.close()
        figures.append(
            Figure(
                name=f"pymerkle sqlite append and root, batch {batch}",
                value=batch / statistics.median(seconds),
                unit="entries/s",
            )
        )
    tree = pymerkle.SqliteTree(str(folder / "peer.db"), algorithm="sha256")
    tree.append_entries(entries, chunksize=10_000)
    scale = f"{len(entries):,} leaves"
    indexes = [(i * 7919) % len(entries) + 1 for i in range(min(50, sizes.proofs))]
    seconds = [timed(partial(tree.prove_inclusion, index)) for index in indexes]
    tree.con.close()
    whole = pymerkle.InmemoryTree(algorithm="sha256")

    def rebuild() -> None:
        for entry in entries:
            whole.append_entry(entry)
        whole.get_root()

    return [
        *figures,
        Figure(
            name=f"pymerkle sqlite proof at {scale}, p50",
            value=statistics.median(seconds) * 1e3,
            unit="ms",
        ),
        Figure(name=f"pymerkle rebuild of {scale} in memory", value=timed(rebuild), unit="s"),
    ]


def measure(sizes: Sizes) -> list[Figure]:
    """Take every figure in one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = hash_floor(sizes.floor_hashes)
        return [
            Figure(name="floor: one leaf and one node hash", value=floor, unit="entries/s"),
            *appends(folder, sizes),
            *single(folder, sizes),
            product_path(folder, sizes),
            *large(folder, sizes),
            *peers(folder, sizes),
        ]


def verify_only(public: Path) -> None:
    """Verify one directory and print the seconds and the peak memory."""
    elapsed = timed(lambda: verify_directory(public, SIGNER.verifier))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([elapsed, peak]))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small sizes, for tests")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--verify-only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.verify_only:
        verify_only(options.verify_only)
        return
    figures = measure(SMALL if options.small else FULL)
    print(json.dumps([asdict(one) for one in figures]) if options.json else table(figures))


if __name__ == "__main__":
    main()
