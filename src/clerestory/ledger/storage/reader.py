"""The statements that read the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clerestory.kernel import Refusal
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.errors import Torn
from clerestory.ledger.storage.statements import Statements
from clerestory.ledger.tiles import TILE_WIDTH, Tile
from clerestory.ledger.tree import HASH_BYTES, leaf_hash

_LEVEL_SHIFT = 56

_COLUMNS_BEFORE_KEEPER = 2
"""A database of version 1 does not say who keeps the log; it is read as an operator's."""

# Whoever asks for the newest entries mostly finds what they look for among a few.
_A_FEW, _MANY = 16, 500

_BEYOND_ALL = 2**63 - 1


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


class Reader:
    """Reads of the stored log over one connection.

    The one name that is written into a statement is the dialect's ``index_column``: a constant.
    """

    def __init__(self, statements: Statements) -> None:
        """Read by ``statements``; the caller sees to it that one thread uses it at a time."""
        self._statements = statements

    @property
    def statements(self) -> Statements:
        """The connection, for the rooms' own tables."""
        return self._statements

    def origin(self) -> str:
        """Return the log's origin."""
        return str(self._only("SELECT origin FROM log")[0])

    def keeper(self) -> Keeper:
        """Return who keeps the log.

        Raises:
            Torn: It is nobody who can.
        """
        row = self._only("SELECT * FROM log")
        if len(row) == _COLUMNS_BEFORE_KEEPER:
            return Keeper.OPERATOR
        try:
            return Keeper(row[-1])
        except ValueError as fault:
            raise _torn("keeper") from fault

    def head(self) -> Head:
        """Return the latest signed checkpoint."""
        size, root, note = self._only("SELECT size, root, note FROM head")
        return Head(size=size, root=root, note=note)

    def _only(self, statement: str) -> tuple[Any, ...]:
        """Return the row of a table that has one row from the first moment on."""
        row: tuple[Any, ...] | None = self._statements.execute(statement).fetchone()
        if row is None:
            raise _torn("a table that is never empty")
        return row

    def epochs(self, *, above: int = -1) -> list[Epoch]:
        """List the epochs above a size, smallest first."""
        rows = self._statements.execute(
            "SELECT size, note, published FROM epoch WHERE size > ? ORDER BY size", (above,)
        )
        return [Epoch(size=s, note=n, published=bool(p)) for s, n, p in rows]

    def latest_epoch(self, *, published: bool) -> Epoch | None:
        """Return the largest epoch that is, or is not yet, published."""
        row = self._statements.execute(
            "SELECT size, note FROM epoch WHERE published = ? ORDER BY size DESC LIMIT 1",
            (int(published),),
        ).fetchone()
        return Epoch(size=row[0], note=row[1], published=published) if row else None

    def tile(self, tile: Tile) -> bytes:
        """Return the hashes of a tile, at least as many as its width.

        Raises:
            Torn: The tile is missing or too short.
        """
        row = self._statements.execute(
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
        column, first = self._statements.index_column, self._statements.first_index
        rows = self._statements.execute(
            f"SELECT leaf FROM entry WHERE {column} >= ? AND {column} < ? "  # noqa: S608
            f"AND leaf_index IS NOT NULL ORDER BY {column}",
            (start + first, end + first),
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
        column = self._statements.index_column
        row = self._statements.execute(
            "SELECT leaf_index FROM entry WHERE leaf_index IS NOT NULL "  # noqa: S608
            f"ORDER BY {column} DESC LIMIT 1"
        ).fetchone()
        return int(row[0]) + 1 if row else 0

    def id_of(self, index: int) -> int | None:
        """Return the row's id of the entry at an index, if there is one."""
        column, first = self._statements.index_column, self._statements.first_index
        row = self._statements.execute(
            f"SELECT id FROM entry WHERE {column} = ? AND leaf_index IS NOT NULL",  # noqa: S608
            (index + first,),
        ).fetchone()
        return int(row[0]) if row else None

    def index_of(self, entry_id: int) -> int | None:
        """Return the index given to a recorded row, or ``None`` while it waits."""
        row = self._statements.execute(
            "SELECT leaf_index FROM entry WHERE id = ?", (entry_id,)
        ).fetchone()
        if row is None:
            raise Refusal(
                f"a recorded entry must exist: {entry_id}",
                code="log-no-entry",
                todo="check the index against the tree size",
            )
        return None if row[0] is None else int(row[0])

    def last_number(self, scope: str) -> int:
        """Return the last demand number of a scope, 0 before the first."""
        row = self._statements.execute(
            "SELECT last FROM demand_number WHERE scope = ?", (scope,)
        ).fetchone()
        return int(row[0]) if row else 0

    def newest(self) -> Iterator[bytes]:
        """Yield the entries, the newest first, those that wait for the sequencer too."""
        below, at_once = _BEYOND_ALL, _A_FEW
        while True:
            rows = self._statements.execute(
                "SELECT id, leaf FROM entry WHERE id < ? ORDER BY id DESC LIMIT ?",
                (below, at_once),
            ).fetchall()
            if not rows:
                return
            yield from (row[1] for row in rows)
            below, at_once = rows[-1][0], _MANY


def _torn(where: str) -> Torn:
    return Torn(
        f"the ledger's database holds what no ledger writes in {where}",
        todo="keep the file, restore a backup and recover from the public tiles",
    )
