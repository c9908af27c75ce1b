"""A damaged file holds in a strict table whatever it holds; no cell is taken for what it is not."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.ledger import Torn
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.database import create_database, open_database
from clerestory.ledger.storage import Head, Reader, SqliteStatements, create_tables

COLUMNS = {
    "log": ("origin", "keeper"),
    "entry": ("leaf_index", "leaf"),
    "tile": ("hashes",),
    "head": ("size", "root", "note"),
    "epoch": ("note", "published"),
    "demand_number": ("scope", "last"),
    "matter": ("id", "wrapped_key"),
    "payload": ("matter_id", "sealed"),
}
BYTES = {"leaf", "hashes", "root", "wrapped_key", "sealed"}
ROWS = """
INSERT INTO entry (id, leaf) VALUES (1, x'00');
INSERT INTO tile (place, hashes) VALUES (0, zeroblob(32));
INSERT INTO epoch (size, note, published) VALUES (1, 'made up', 0);
INSERT INTO demand_number (scope, last) VALUES ('made-up', 1);
INSERT INTO matter (id, wrapped_key) VALUES ('made-up', x'00');
INSERT INTO payload (entry_id, matter_id, sealed) VALUES (1, 'made-up', x'00');
"""


def loosened(path: Path) -> sqlite3.Connection:
    """Return a ledger with a row in each table, whose tables are no longer strict."""
    head = Head(size=0, root=bytes(32), note="made up")
    create_database(path, origin="made-up.example/log", head=head, keeper=Keeper.OFFICE)
    with sqlite3.connect(path) as cx:
        cx.executescript(ROWS)
        for (name,) in cx.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
            cx.execute(f"DROP TRIGGER {name}")
        cx.execute("PRAGMA writable_schema = ON")
        cx.execute("UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')')")
        cx.execute("PRAGMA writable_schema = RESET")
    cx.close()
    return sqlite3.connect(path, isolation_level=None)


@pytest.mark.parametrize(
    ("table", "column"), [(table, name) for table, names in COLUMNS.items() for name in names]
)
def test_a_cell_of_a_kind_that_no_ledger_writes_is_an_alarm(
    tmp_path: Path, table: str, column: str
) -> None:
    path = tmp_path / "ledger.sqlite3"
    cx = loosened(path)
    cx.execute("PRAGMA ignore_check_constraints = ON")
    # A column of texts makes a text of a number: bytes it leaves alone.
    other = "0.5" if column in BYTES else "x'00'"
    cx.execute(f"UPDATE {table} SET {column} = {other}")
    cx.close()

    reading = open_database(path, patience_seconds=1)
    with pytest.raises(Torn) as caught:
        SqliteStatements(reading).execute(f"SELECT {column} FROM {table}").fetchone()
    reading.close()

    assert str(caught.value).endswith(f"what no ledger writes in {column}")


@pytest.mark.parametrize("table", COLUMNS)
def test_what_a_ledger_writes_is_read(tmp_path: Path, table: str) -> None:
    path = tmp_path / "ledger.sqlite3"
    loosened(path).close()

    reading = open_database(path, patience_seconds=1)

    assert SqliteStatements(reading).execute(f"SELECT * FROM {table}").fetchone() is not None
    reading.close()


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("DELETE FROM log", Reader.origin),
        ("DELETE FROM log", Reader.keeper),
        ("UPDATE log SET keeper = 'a stranger'", Reader.keeper),
        ("DELETE FROM head", Reader.head),
    ],
)
def test_what_stands_there_from_the_first_moment_on_does_not_go_unnoticed(
    tmp_path: Path, statement: str, read: Callable[[Reader], object]
) -> None:
    path = tmp_path / "ledger.sqlite3"
    cx = loosened(path)
    cx.execute("PRAGMA ignore_check_constraints = ON")
    cx.execute(statement)
    cx.close()
    reading = open_database(path, patience_seconds=1)

    with pytest.raises(Torn):
        read(Reader(SqliteStatements(reading)))

    reading.close()


def test_every_column_of_the_schema_is_tried() -> None:
    cx = sqlite3.connect(":memory:")
    create_tables(SqliteStatements(cx))
    tried = {(table, name) for table, names in COLUMNS.items() for name in names}
    # A whole number that is a table's own key cannot be anything else, in any file.
    keys = {("log", "one"), ("entry", "id"), ("tile", "place"), ("head", "one"), ("epoch", "size")}
    keys.add(("payload", "entry_id"))
    found = {
        (table, row[1])
        for (table,) in cx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for row in cx.execute(f"PRAGMA table_info({table})")
    }
    cx.close()

    assert tried | keys == found


def test_a_schema_that_is_no_text_is_damage_and_no_fault_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    cx = loosened(path)
    cx.execute("PRAGMA writable_schema = ON")
    # SQLite quotes the name in its message, which Python then cannot read.
    cx.execute(
        "UPDATE sqlite_schema SET name = CAST(x'ff' AS TEXT), sql = 'none' WHERE name = 'tile'"
    )
    cx.close()

    with pytest.raises(Torn, match="what no ledger writes"):
        open_database(path, patience_seconds=1)
