"""Write the made-up agency to SQLite, and the same to Parquet."""

import csv
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import duckdb

from clerestory.holdings.catalogue import Catalogue
from clerestory.holdings.errors import SourceFault
from clerestory.holdings.index import build_index
from clerestory.holdings.made_up.notice import KEY, NOTICE, TABLE
from clerestory.holdings.made_up.tables import Cell, Table, make_population, make_rows
from clerestory.holdings.source import open_source
from clerestory.holdings.source_faults import shown
from clerestory.kernel.folders import AGENCY, staged

DATABASE = "agency.sqlite"
PARQUET = "parquet"
# More than any State's caseload; the people are held in memory while they are made.
MOST_PERSONS = 2_000_000
# Both forms and the index took 2,430 bytes a person; a table passes through a text file meanwhile.
_BYTES_A_PERSON = 4_000
_BYTES_AT_LEAST = 2 * 10**6
_ABOUT = Table(
    name=TABLE, columns={"statement": "", "seed": "", "persons": ""}, dated=None, program=None
)


def write_agency(
    catalogue: Catalogue, folder: Path, *, seed: int, persons: int, index: str | None = None
) -> None:
    """Write ``agency.sqlite`` and ``parquet/`` into a new folder, whole or not at all.

    Args:
        catalogue: Says which tables and columns there are.
        folder: Where to write; nothing may be there yet.
        seed: The same seed makes the same agency.
        persons: How many people to make up.
        index: The name of an index of persons to build beside them; ``None`` builds none.

    Raises:
        SourceFault: Something is there already, there are too many people, or there is no room.
    """
    _check_room(folder, persons)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with staged(folder.absolute(), prefix=AGENCY) as staging:
        # The one that is building is held, and what builds the index wants to hold its own.
        draft = staging / "agency"
        draft.mkdir()
        draft.chmod(0o755)
        (draft / PARQUET).mkdir()
        people = make_population(seed=seed, persons=persons)
        about: tuple[Cell, ...] = (KEY, NOTICE, str(seed), str(len(people)))
        tables = chain([(_ABOUT, iter([about]))], make_rows(catalogue, people, seed=seed))
        _write_tables(draft, tables)
        (draft / "MADE-UP.txt").write_text(NOTICE + "\n", encoding="utf-8")
        if index is not None:
            _build_index(catalogue, draft, index)
        draft.replace(folder)


def _check_room(folder: Path, persons: int) -> None:
    if os.path.lexists(folder):
        raise SourceFault(
            f"the folder exists already: {shown(folder)}",
            code="made-up-folder-exists",
            todo="name a folder that does not exist yet, or take that one away",
        )
    if persons > MOST_PERSONS:
        raise SourceFault(
            f"at most {MOST_PERSONS:,} people are made up: {persons:,}",
            code="made-up-too-many",
            todo=f"ask for --persons {MOST_PERSONS} or fewer",
        )
    there = next(place for place in folder.absolute().parents if place.exists())
    needed, free = persons * _BYTES_A_PERSON + _BYTES_AT_LEAST, shutil.disk_usage(there).free
    if needed > free:
        raise SourceFault(
            f"{persons:,} made-up people need {needed // 10**6:,} MB, and {free // 10**6:,} MB are "
            f"free: {shown(there)}",
            code="made-up-no-room",
            todo="make room, name a folder on another disk, or ask for fewer people",
        )


def _build_index(catalogue: Catalogue, draft: Path, name: str) -> None:
    source = open_source(draft / DATABASE)
    try:
        build_index(source, catalogue, draft / name).close()
    finally:
        source.close()


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
