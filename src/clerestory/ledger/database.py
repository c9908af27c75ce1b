"""The ledger's SQLite database: how it is opened, and the statements that read it.

Write-ahead log, full synchronization, foreign keys and secure deletion are set on every
connection and read back: a database that will not take them is refused.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from clerestory.kernel import Refusal
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.errors import Busy, StorageFailed, Torn
from clerestory.ledger.tiles import TILE_WIDTH, Tile
from clerestory.ledger.tree import HASH_BYTES, leaf_hash

APPLICATION_ID = 0x434C5253  # "CLRS"

SCHEMA_VERSION = 2
"""Version 1 does not say who keeps the log; it is read as an operator's."""

_READ_VERSIONS = (1, SCHEMA_VERSION)

_LEVEL_SHIFT = 56

_SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "recursive_triggers": 1,
}

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The latest signed checkpoint, as stored."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A size that the public sees, or will see once witnesses have cosigned."""

    size: int
    note: str
    published: bool


def place_of(tile: Tile) -> int:
    """Return the key under which a tile is stored, whatever its width."""
    return tile.level << _LEVEL_SHIFT | tile.number


def create_database(path: Path, *, origin: str, head: Head, keeper: Keeper) -> None:
    """Make a new ledger database; an existing file is never touched."""
    schema = files("clerestory.ledger").joinpath("schema.sql").read_text("utf-8")
    # Made before SQLite opens it, and SQLite gives its journals the same mode: no other account
    # reads which matters there are.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    cx = _connect(path, patience_seconds=5)
    try:
        # A file left by an interrupted creation is an empty database and may be used up.
        if cx.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise Refusal(
                f"a ledger must not exist yet: {path}",
                code="log-exists",
                todo="open it, or choose another directory",
            )
        cx.executescript(f"BEGIN IMMEDIATE;\n{schema}")
        cx.execute("INSERT INTO log (one, origin, keeper) VALUES (1, ?, ?)", (origin, keeper.value))
        cx.execute(
            "INSERT INTO head (one, size, root, note) VALUES (1, ?, ?, ?)",
            (head.size, head.root, head.note),
        )
        cx.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        cx.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        cx.execute("COMMIT")
    finally:
        cx.close()


def open_database(path: Path, *, patience_seconds: float) -> sqlite3.Connection:
    """Open a ledger database and check that it is one.

    Raises:
        Refusal: There is none, or it is something else.
        Torn: The file is not a readable database.
    """
    if not path.is_file():
        raise Refusal(
            f"a ledger must exist: {path}", code="log-missing", todo="run: clerestory log create"
        )
    try:
        cx = _connect(path, patience_seconds=patience_seconds)
        found = cx.execute("PRAGMA application_id").fetchone()[0]
        version = cx.execute("PRAGMA user_version").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        with translated():
            raise
        raise AssertionError from fault
    if found != APPLICATION_ID or version not in _READ_VERSIONS:
        cx.close()
        raise Refusal(
            f"a file must be a ledger of version {SCHEMA_VERSION}: {path}",
            code="log-not-a-ledger",
            todo="create the ledger anew if its making was interrupted; nothing is in it",
        )
    return cx


def _connect(path: Path, *, patience_seconds: float) -> sqlite3.Connection:
    cx = sqlite3.connect(
        path, timeout=patience_seconds, isolation_level=None, check_same_thread=False
    )
    cx.row_factory = _as_declared
    for name, wanted in _SETTINGS.items():
        cx.execute(f"PRAGMA {name} = {wanted}").fetchall()
        got = cx.execute(f"PRAGMA {name}").fetchone()[0]
        if got != wanted:
            cx.close()
            raise Refusal(
                f"the database must take {name} = {wanted}: {got}",
                code="log-database-settings",
                todo="keep the ledger on a local disk that sqlite's write-ahead log works on",
            )
    return cx


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
    """Turn the database's errors into the ledger's."""
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


class Reader:
    """Reads of the stored log over one connection."""

    def __init__(self, cx: sqlite3.Connection) -> None:
        """Read over ``cx``; the caller sees to it that one thread uses it at a time."""
        self._cx = cx

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for the rooms' own tables."""
        return self._cx

    def origin(self) -> str:
        """Return the log's origin."""
        return str(self._only("SELECT origin FROM log")[0])

    def keeper(self) -> Keeper:
        """Return who keeps the log.

        Raises:
            Torn: It is nobody who can.
        """
        if self._cx.execute("PRAGMA user_version").fetchone()[0] == 1:
            return Keeper.OPERATOR
        keeper = self._only("SELECT keeper FROM log")[0]
        try:
            return Keeper(keeper)
        except ValueError as fault:
            raise _torn("keeper") from fault

    def head(self) -> Head:
        """Return the latest signed checkpoint."""
        size, root, note = self._only("SELECT size, root, note FROM head")
        return Head(size=size, root=root, note=note)

    def _only(self, statement: str) -> tuple[Any, ...]:
        """Return the row of a table that has one row from the first moment on."""
        row: tuple[Any, ...] | None = self._cx.execute(statement).fetchone()
        if row is None:
            raise _torn("a table that is never empty")
        return row

    def epochs(self, *, above: int = -1) -> list[Epoch]:
        """List the epochs above a size, smallest first."""
        rows = self._cx.execute(
            "SELECT size, note, published FROM epoch WHERE size > ? ORDER BY size", (above,)
        )
        return [Epoch(size=s, note=n, published=bool(p)) for s, n, p in rows]

    def latest_epoch(self, *, published: bool) -> Epoch | None:
        """Return the largest epoch that is, or is not yet, published."""
        row = self._cx.execute(
            "SELECT size, note FROM epoch WHERE published = ? ORDER BY size DESC LIMIT 1",
            (int(published),),
        ).fetchone()
        return Epoch(size=row[0], note=row[1], published=published) if row else None

    def tile(self, tile: Tile) -> bytes:
        """Return the hashes of a tile, at least as many as its width.

        Raises:
            Torn: The tile is missing or too short.
        """
        row = self._cx.execute(
            "SELECT hashes FROM tile WHERE place = ?", (place_of(tile),)
        ).fetchone()
        if row is None and tile.level == 0 and tile.width < TILE_WIDTH:
            return b"".join(map(leaf_hash, self.bundle_entries(tile)))
        content = bytes(row[0]) if row else b""
        if len(content) < tile.width * HASH_BYTES:
            raise Torn(
                f"a stored tile must be whole: {tile.path} has {len(content)} bytes",
                todo="stop, keep the database, and recover from the public tiles",
            )
        return content[: tile.width * HASH_BYTES]

    def entries(self, start: int, end: int) -> list[bytes]:
        """Return the entries of ``[start, end)``, all of them.

        Raises:
            Torn: One is missing.
        """
        rows = self._cx.execute(
            "SELECT leaf FROM entry WHERE id > ? AND id <= ? AND leaf_index NOTNULL ORDER BY id",
            (start, end),
        ).fetchall()
        if len(rows) != end - start:
            raise Torn(f"stored entries must be whole: {len(rows)} of {start} to {end}")
        return [row[0] for row in rows]

    def bundle_entries(self, tile: Tile) -> list[bytes]:
        """Return the entries of one bundle."""
        start = tile.number * TILE_WIDTH
        return self.entries(start, start + tile.width)

    def entry_count(self) -> int:
        """Return how many entries have their index."""
        row = self._cx.execute(
            "SELECT id FROM entry WHERE leaf_index IS NOT NULL ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return int(row[0]) if row else 0

    def index_of(self, entry_id: int) -> int | None:
        """Return the index given to a recorded row, or ``None`` while it waits."""
        row = self._cx.execute("SELECT leaf_index FROM entry WHERE id = ?", (entry_id,)).fetchone()
        if row is None:
            raise Refusal(
                f"a recorded entry must exist: {entry_id}",
                code="log-no-entry",
                todo="check the index against the tree size",
            )
        return None if row[0] is None else int(row[0])

    def last_number(self, scope: str) -> int:
        """Return the last demand number of a scope, 0 before the first."""
        row = self._cx.execute(
            "SELECT last FROM demand_number WHERE scope = ?", (scope,)
        ).fetchone()
        return int(row[0]) if row else 0


def store_tiles(cx: sqlite3.Connection, changed: Sequence[tuple[Tile, bytes]]) -> None:
    """Insert new tiles and grow those that stand.

    The unfinished tile of level 0 is not stored: it is the hashes of the last entries, which are.
    Writing it with every append would double what a small commit forces to disk.
    """
    cx.executemany(
        "INSERT INTO tile (place, hashes) VALUES (?, ?) "
        "ON CONFLICT (place) DO UPDATE SET hashes = excluded.hashes",
        [
            (place_of(tile), content)
            for tile, content in changed
            if tile.level or tile.width == TILE_WIDTH
        ],
    )
