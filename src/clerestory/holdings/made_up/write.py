"""Write the made-up agency to SQLite, and the same to Parquet."""

import csv
import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import duckdb

from clerestory.holdings.catalogue import Catalogue
from clerestory.holdings.errors import SourceFault
from clerestory.holdings.made_up.tables import Cell, Table, make_population, make_rows

DATABASE = "agency.sqlite"
PARQUET = "parquet"
_NOTICE = (
    "Everything here is made up. No person exists; numbers, addresses and e-mail addresses are of "
    "kinds that are never given out."
)
_ABOUT = Table(
    name="made_up", columns={"statement": "", "seed": "", "persons": ""}, dated=None, program=None
)


def write_agency(catalogue: Catalogue, folder: Path, *, seed: int, persons: int) -> None:
    """Write ``agency.sqlite`` and ``parquet/`` into a new folder, whole or not at all.

    Raises:
        SourceFault: The folder exists already.
    """
    if folder.exists():
        raise SourceFault(
            f"the folder exists already: {folder}",
            code="made-up-folder-exists",
            todo="name a folder that does not exist yet, or take that one away",
        )
    draft = folder.with_name(folder.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / PARQUET).mkdir(parents=True)
    try:
        people = make_population(seed=seed, persons=persons)
        about: tuple[Cell, ...] = ("all", _NOTICE, str(seed), str(len(people)))
        tables = chain([(_ABOUT, iter([about]))], make_rows(catalogue, people, seed=seed))
        _write_tables(draft, tables)
        (draft / "MADE-UP.txt").write_text(_NOTICE + "\n", encoding="utf-8")
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def content_digest(rows: Iterable[tuple[str, Iterable[tuple[Cell, ...]]]]) -> str:
    """SHA-256 over the rows of tables, in their order; not over a file format's own bytes."""
    digest = hashlib.sha256()
    for table, held in rows:
        digest.update(repr(table).encode())
        for row in held:
            digest.update(repr(row).encode())
    return digest.hexdigest()


def _write_tables(draft: Path, tables: Iterable[tuple[Table, Iterator[tuple[Cell, ...]]]]) -> None:
    with duckdb.connect(":memory:") as parquet:
        connection = sqlite3.connect(draft / DATABASE)
        try:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            for table, made in tables:
                rows = list(made)
                _write_sqlite(connection, table, rows)
                _write_parquet(parquet, draft, table, rows)
            connection.commit()
        finally:
            connection.close()


def _write_sqlite(
    connection: sqlite3.Connection, table: Table, rows: list[tuple[Cell, ...]]
) -> None:
    # Names come from the catalogue, whose reader lets only letters, digits and _ through.
    columns = ", ".join(f"{name} {_type(name, table)}" for name in table.header)
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    marks = ",".join("?" * len(table.header))
    connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608
    connection.execute(f"CREATE INDEX {table.name}_by_person ON {table.name} (person_id)")


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    table: Table,
    rows: list[tuple[Cell, ...]],
) -> None:
    # By way of a text file: row by row would take minutes. Empty and missing stay apart, since
    # a missing value is written as a mark that no made-up value has.
    passing = draft / "passing.csv"
    with passing.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for row in rows:
            writer.writerow(
                "\\N" if cell is None else cell.hex() if isinstance(cell, bytes) else cell
                for cell in row
            )
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in table.header)
    values = ", ".join(
        f'unhex("{name}") AS "{name}"' if _type(name, table) == "BLOB" else f'"{name}"'
        for name in table.header
    )
    target = draft / PARQUET / f"{table.name}.parquet"
    connection.execute(
        f"COPY (SELECT {values} FROM read_csv({_text(passing)}, header = false, nullstr = '\\N', "  # noqa: S608
        f"delim = ',', quote = '\"', escape = '\"', auto_detect = false, columns = {{{types}}})) "
        f"TO {_text(target)} (FORMAT parquet)"
    )
    passing.unlink()


def _type(column: str, table: Table) -> str:
    return "BLOB" if table.columns.get(column) == "photo" else "TEXT"


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
