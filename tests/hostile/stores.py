"""Ways to spoil a database or a table file that its own library still opens."""

import contextlib
import io
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hostile.bytes_of import Spoil

ODD: Sequence[Any] = (
    None, "", "x", b"\xff\x00", -1, 10**15, 1.5, "2026-02-30", "9" * 300, "\x1b[2J", "a\nb", "\0",
)  # fmt: skip


def spoil_sqlite(content: bytes, random: Random) -> bytes:
    """A database with another table, column, type or value."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoiled.sqlite"
        path.write_bytes(content)
        with (
            contextlib.closing(sqlite3.connect(path, isolation_level=None)) as store,
            contextlib.suppress(sqlite3.Error, sqlite3.Warning),
        ):
            _change(store, random)
        return path.read_bytes()


def _change(store: sqlite3.Connection, random: Random) -> None:
    names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    table = random.choice(names)
    columns = [row[1] for row in store.execute(f'PRAGMA table_info("{table}")')]
    column = random.choice(columns)
    # Tables that take any type let values stand that no reader expects.
    store.execute("PRAGMA ignore_check_constraints = ON")
    change = random.randrange(9)
    if change == 0:
        store.execute(f'DROP TABLE "{table}"')
    elif change == 1:
        store.execute(f'ALTER TABLE "{table}" RENAME TO "other"')
    elif change == 2:
        store.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "other"')
    elif change == 3:
        store.execute(f'UPDATE "{table}" SET "{column}" = ?', (random.choice(ODD),))
    elif change == 4:
        store.execute(f'DELETE FROM "{table}"')
    elif change == 5:
        store.execute(f"PRAGMA user_version = {random.randrange(1 << 30)}")
    elif change == 6:
        store.execute(f'ALTER TABLE "{table}" RENAME TO "base"')
        store.execute(f'CREATE VIEW "{table}" AS SELECT * FROM "{table}"')
    elif change == 7:
        store.execute(f'DROP TABLE "{table}"')
        store.execute(
            f'CREATE VIEW "{table}" AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 '
            f"FROM n LIMIT 1000) SELECT {', '.join(f'x AS {name}' for name in columns)} FROM n"
        )
    else:
        store.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}"')


def spoil_parquet(content: bytes, random: Random) -> bytes:
    """A table file with another column, type, order or value."""
    table = pq.read_table(io.BytesIO(content))
    at = random.randrange(table.num_columns)
    name = table.column_names[at]
    change = random.randrange(9)
    if change == 0:
        table = table.drop_columns([name])
    elif change == 1:
        table = table.rename_columns([f"{n}" if n != name else "other" for n in table.column_names])
    elif change == 2:
        table = table.append_column(name, table.column(at))
    elif change == 3:
        table = table.set_column(at, name, pa.nulls(table.num_rows))
    elif change == 4:
        table = table.set_column(at, name, pa.array([1.5] * table.num_rows))
    elif change == 5:
        table = table.set_column(at, name, pa.array([{"a": [1]}] * table.num_rows))
    elif change == 6:
        table = table.slice(0, 0)
    elif change == 7:
        table = pa.concat_tables([table, table])
    else:
        words = [random.choice(["", "x", "\x1b[2J", "a\nb", "9" * 300])] * table.num_rows
        table = table.set_column(at, name, pa.array(words))
    held = io.BytesIO()
    pq.write_table(table, held)
    return held.getvalue()


STORES: dict[str, Sequence[Spoil]] = {"sqlite": (spoil_sqlite,), "parquet": (spoil_parquet,)}
