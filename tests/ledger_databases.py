"""A database with the ledger's tables in it and one of a caller's, on SQLite and on PostgreSQL.

Made up: the caller is an office with a table of matters, as plain as can be.
"""

import os
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clerestory.kernel.time import Zone
from clerestory.ledger import (
    Ed25519Signer,
    EmbeddedLedger,
    Event,
    EventType,
    FileKeyEncryptionKey,
    Statements,
    create_tables,
    statements_on,
)
from clerestory.ledger.storage.sqlite import SETTINGS
from clerestory.notes.key_files import Entropy

SIGNER = Ed25519Signer(name="ledger.example/made-up", seed=bytes(range(32)))

AT, EASTERN = datetime(2026, 11, 23, 12, tzinfo=UTC), Zone("America/New_York")

DEMAND = Event(
    type=EventType.DEMAND_RECEIVED,
    scope="made-up",
    matter="m/1",
    fields={"office": "first", "outcome": "none yet"},
)

UPDATE = Event(
    type=EventType.MATTER_UPDATED, scope="made-up", matter="m/1", fields={"note": "made up"}
)


def counted() -> Entropy:
    """Bytes that are never the same twice, and the same in each run."""
    calls = iter(range(1, 1 << 30))
    return lambda size: next(calls).to_bytes(size, "big")


def embedded(entropy: Entropy | None = None) -> EmbeddedLedger:
    """The keys of the made-up office's ledger."""
    entropy = entropy or counted()
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=entropy)
    return EmbeddedLedger([SIGNER], kek, entropy=entropy)


@dataclass(frozen=True)
class LedgerDatabase:
    """Where it is, and how its owner opens a connection: each statement a commit of its own."""

    kind: str
    connect: Callable[[], Any]

    @contextmanager
    def connection(self) -> Iterator["Owner"]:
        """Open a connection for its owner."""
        cx = self.connect()
        try:
            yield Owner(cx=cx, statements=statements_on(cx))
        finally:
            cx.close()

    def found(self) -> None:
        """Make the tables and begin the log."""
        with self.connection() as owner, owner.transaction():
            create_tables(owner.statements)
            owner.cx.execute("CREATE TABLE matter_row (number bigint NOT NULL)")
            embedded().begin(owner.statements)


@dataclass(frozen=True)
class Owner:
    """Whoever owns the connection, and begins and ends its transactions."""

    cx: Any
    statements: Statements

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, or roll it back."""
        self.cx.execute("BEGIN IMMEDIATE" if isinstance(self.cx, sqlite3.Connection) else "BEGIN")
        try:
            yield
        except BaseException:
            self.cx.rollback()
            raise
        self.cx.execute("COMMIT")

    def act(self, ledger: EmbeddedLedger, event: Event = DEMAND) -> int:
        """Write a row of the office's own and its entry; return the entry's index."""
        with self.transaction():
            (written,) = ledger.record(self.statements, [event], AT, zone=EASTERN)
            number = written.demand_number or 0
            mark = "?" if isinstance(self.cx, sqlite3.Connection) else "%s"
            self.cx.execute(f"INSERT INTO matter_row (number) VALUES ({mark})", (number,))
            ledger.sequence(self.statements)
        index = ledger.index_of(self.statements, written.entry_id)
        assert index is not None
        return index

    def rows(self, sql: str) -> list[Any]:
        """Read what a statement returns."""
        return list(self.cx.execute(sql).fetchall())


def in_children(*works: Callable[[], object]) -> None:
    """Do each work in a process of its own, all at once; what one of them raises fails the test."""
    children = {}
    for work in works:
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            told = b""
            try:
                work()
            except BaseException:
                told = traceback.format_exc().encode()
            finally:
                os.write(write_end, told)
                os._exit(0)
        os.close(write_end)
        children[child] = read_end
    faults = []
    for child, read_end in children.items():
        with os.fdopen(read_end) as pipe:
            faults.append(pipe.read())
        os.waitpid(child, 0)
    assert not any(faults), "\n".join(faults)


def connect_sqlite(path: str) -> sqlite3.Connection:
    """Open a file as an office does."""
    cx = sqlite3.connect(path, isolation_level=None, timeout=20, check_same_thread=False)
    for name, value in SETTINGS.items():
        cx.execute(f"PRAGMA {name} = {value}")
    return cx
