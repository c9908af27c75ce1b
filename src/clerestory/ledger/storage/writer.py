"""The statements that write the log's own tables; the caller is in a transaction of its owner's."""

from collections.abc import Sequence

from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.storage.reader import Head, place_of
from clerestory.ledger.storage.statements import Statements
from clerestory.ledger.tiles import TILE_WIDTH, Tile, check_entry


def create_tables(statements: Statements) -> None:
    """Make the ledger's tables and triggers."""
    for statement in statements.schema:
        statements.execute(statement)


def write_beginning(statements: Statements, *, origin: str, head: Head, keeper: Keeper) -> None:
    """Write the two rows that a log has from its first moment on."""
    statements.execute(
        "INSERT INTO log (one, origin, keeper) VALUES (1, ?, ?)", (origin, keeper.value)
    )
    statements.execute(
        "INSERT INTO head (one, size, root, note) VALUES (1, ?, ?, ?)",
        (head.size, head.root, head.note),
    )


def insert_entry(statements: Statements, entry: bytes, *, index: int | None = None) -> int:
    """Insert one entry and return its row's id; without an index it waits for the sequencer."""
    check_entry(entry)
    row = statements.execute(
        "INSERT INTO entry (leaf_index, leaf) VALUES (?, ?) RETURNING id", (index, entry)
    ).fetchone()
    return int(row[0])


def insert_entries(statements: Statements, entries: Sequence[bytes], *, start: int) -> None:
    """Insert entries whose indexes begin at ``start``."""
    statements.executemany(
        "INSERT INTO entry (leaf_index, leaf) VALUES (?, ?)", list(enumerate(entries, start))
    )


def index_waiting(statements: Statements, *, start: int) -> list[bytes]:
    """Give every entry that waits its index, from ``start`` on, and return them in that order."""
    # Every waiting row, never "all above the last id": transactions commit in another order than
    # they began in, and what came late would be lost.
    rows = statements.execute(
        "SELECT id, leaf FROM entry WHERE leaf_index IS NULL ORDER BY id"
    ).fetchall()
    if rows:
        statements.executemany(
            "UPDATE entry SET leaf_index = ? WHERE id = ?",
            [(index, row[0]) for index, row in enumerate(rows, start)],
        )
    return [row[1] for row in rows]


def store_tiles(statements: Statements, changed: Sequence[tuple[Tile, bytes]]) -> None:
    """Insert new tiles and grow those that stand.

    The unfinished tile of level 0 is not stored: it is the hashes of the last entries, which are.
    Writing it with every append would double what a small commit forces to disk.
    """
    rows = [
        (place_of(tile), content)
        for tile, content in changed
        if tile.level or tile.width == TILE_WIDTH
    ]
    if rows:
        statements.executemany(
            "INSERT INTO tile (place, hashes) VALUES (?, ?) "
            "ON CONFLICT (place) DO UPDATE SET hashes = excluded.hashes",
            rows,
        )


def move_head(statements: Statements, *, old: Head, new: Head) -> bool:
    """Put a new head in the place of the old one; whether the old one still stood there."""
    moved = statements.execute(
        "UPDATE head SET size = ?, root = ?, note = ? WHERE size = ? AND root = ?",
        (new.size, new.root, new.note, old.size, old.root),
    )
    return moved.rowcount == 1


def draw_number(statements: Statements, scope: str) -> int:
    """Take the next demand number of a scope, within the transaction that uses it.

    A rolled-back transaction gives the number back, so there is never a gap; a database sequence
    would leave one.
    """
    row = statements.execute(
        "INSERT INTO demand_number (scope, last) VALUES (?, 1) "
        "ON CONFLICT (scope) DO UPDATE SET last = demand_number.last + 1 RETURNING last",
        (scope,),
    ).fetchone()
    return int(row[0])
