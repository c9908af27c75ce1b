"""The ledger on a connection to SQLite: a file of its own, or a table among the caller's."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import files

from clerestory.kernel import Refusal
from clerestory.ledger.errors import Busy, StorageFailed, Torn
from clerestory.ledger.storage.statements import Rows, split_schema

SETTINGS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    # Without it a row that is replaced goes without the trigger that keeps rows from going.
    "recursive_triggers": 1,
}
"""What every connection to a ledger must be set to, in this order; each is a ``PRAGMA``."""

# The kinds of each column by its name; `id` is a number of entries and a text of matters.
_NUMBER, _TEXT, _BYTES = frozenset({int}), frozenset({str}), frozenset({bytes})
_KINDS: Mapping[str, frozenset[type]] = {
    **dict.fromkeys(("size", "published", "place", "last", "entry_id"), _NUMBER),
    **dict.fromkeys(("origin", "keeper", "note", "scope", "matter_id"), _TEXT),
    **dict.fromkeys(("leaf", "hashes", "root", "sealed"), _BYTES),
    "id": _NUMBER | _TEXT,
    "leaf_index": frozenset({int, type(None)}),
    "wrapped_key": frozenset({bytes, type(None)}),
}


class SqliteStatements:
    """Statements on a connection to SQLite. Whoever writes holds the lock of the whole file."""

    # Writers come one after the other and no row goes, so ids have no gap: the index is one less.
    index_column = "id"
    first_index = 1
    schema = split_schema(
        files("clerestory.ledger.storage").joinpath("sqlite.sql").read_text("utf-8")
    )

    def __init__(self, connection: sqlite3.Connection, *, one_transaction: bool = False) -> None:
        """Use ``connection``; the caller sees to it that one thread uses it at a time."""
        self._cx = connection
        self._once, self._taken = one_transaction, False

    @property
    def in_transaction(self) -> bool:
        """Whether the owner has begun a transaction."""
        return self._cx.in_transaction

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """Run one statement."""
        cursor = self._cx.cursor()
        cursor.row_factory = _as_declared
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        self._cx.executemany(sql, rows)

    def take_turn(self) -> None:
        """Check the connection; the first write of the transaction has the file's lock.

        A caller that begins with ``BEGIN IMMEDIATE`` has it from the start, and waits for it. One
        that begins otherwise may meet ``Busy`` at its first write.
        """
        if not self._taken:
            check_settings(self._cx)
            self._taken = self._once

    def damage(self) -> Iterator[str]:
        """Yield what SQLite finds wrong with its file."""
        for (line,) in self.execute("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield line

    def translated(self) -> AbstractContextManager[None]:
        """Turn the database's errors into the ledger's."""
        return translated()


def check_settings(cx: sqlite3.Connection) -> None:
    """Refuse a connection that would forget a commit or let a row be replaced.

    Raises:
        Refusal: A setting is another one; the message names it.
    """
    for name, wanted in SETTINGS.items():
        got = cx.execute(f"PRAGMA {name}").fetchone()[0]
        if got != wanted:
            raise Refusal(
                f"the database must take {name} = {wanted}: {got}",
                code="log-database-settings",
                todo="keep the ledger on a local disk that sqlite's write-ahead log works on, and "
                f"begin each connection with PRAGMA {name} = {wanted}",
            )


def _as_declared(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> tuple[object, ...]:
    """Return a row as it is, once each cell is of the kind that the schema declares.

    SQLite holds to the kinds of a strict table when it writes. When it reads, a cell of a damaged
    file is whatever its first byte says.
    """
    for column, cell in zip(cursor.description, row, strict=True):
        kinds = _KINDS.get(column[0])
        if kinds is not None and type(cell) not in kinds:
            raise _torn(column[0])
    return row


def _torn(where: str) -> Torn:
    return Torn(
        f"the ledger's database holds what no ledger writes in {where}",
        todo="keep the file, restore a backup and recover from the public tiles",
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's errors into the ledger's."""
    try:
        yield
    except UnicodeDecodeError as fault:
        # SQLite quotes a damaged schema in its message, which is no text then.
        raise _torn("its schema, or in a text") from fault
    except sqlite3.DatabaseError as fault:
        name = getattr(fault, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise Busy(
                "the ledger must be free to write: another process holds it",
                todo="wait for the other process and run the same again; nothing was written",
            ) from fault
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise Torn(
                f"the ledger's database must be readable: {fault}",
                todo="keep the file, restore a backup and recover from the public tiles",
            ) from fault
        raise StorageFailed(
            f"the ledger's database must take every write: {fault}",
            todo="mend or free the disk, then open the ledger again; what was acknowledged stands",
        ) from fault
