"""A folder of Parquet files, one a table, read through DuckDB."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy.engine.default import DefaultDialect

from clerestory.holdings.source import OneRow, Recorder, Scalar, lacks, unreadable, vanished

_SCAN_ROWS = 5_000


class ParquetSource:
    """One folder. Parquet keeps columns apart on disk: one that is not asked for is not read."""

    def __init__(self, folder: Path, *, recorder: Recorder | None = None) -> None:
        self._folder = folder
        self._recorder = recorder
        self._dialect = DefaultDialect(paramstyle="qmark")
        files = sorted(folder.glob("*.parquet"))
        if not files:
            raise vanished(f"{folder}/*.parquet")
        self._files = {file.stem: file for file in files}
        self._connection = duckdb.connect(":memory:")
        try:
            for table, file in self._files.items():
                self._connection.execute(
                    f"CREATE VIEW {_quoted(table)} AS SELECT * FROM read_parquet({_text(file)})"  # noqa: S608
                )
            # From here on the connection can open nothing but this folder, and nobody can
            # change that back.
            self._connection.execute(f"SET allowed_directories = [{_text(folder)}]")
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")
        except duckdb.Error as fault:
            raise unreadable(str(folder)) from fault

    @property
    def label(self) -> str:
        """The folder."""
        return str(self._folder)

    def read_one(self, row: OneRow) -> list[tuple[Scalar, ...]]:
        """Run one read for one person."""
        compiled = row.statement().compile(dialect=self._dialect)
        parameters = [compiled.params[name] for name in compiled.positiontup or ()]
        cursor = self._execute(str(compiled), parameters, table=row.table, columns=row.columns)
        return [tuple(found) for found in cursor.fetchall()]

    def scan_keys(
        self, table: str, columns: Sequence[str], order_by: str
    ) -> Iterator[tuple[Scalar, ...]]:
        """Walk the search keys of every person, for building the index."""
        listed = ", ".join(_quoted(name) for name in columns)
        statement = f"SELECT {listed} FROM {_quoted(table)} ORDER BY {_quoted(order_by)}"  # noqa: S608
        cursor = self._execute(statement, [], table=table, columns=columns)
        while rows := cursor.fetchmany(_SCAN_ROWS):
            for found in rows:
                yield tuple(found)

    def columns_of(self, table: str) -> frozenset[str] | None:
        """The columns of a table, or ``None`` when there is no such file."""
        if table not in self._files:
            return None
        cursor = self._execute(f"DESCRIBE {_quoted(table)}", [], table=table, columns=())
        return frozenset(str(row[0]) for row in cursor.fetchall())

    def close(self) -> None:
        """Let the folder go."""
        self._connection.close()

    def _execute(
        self, statement: str, parameters: Sequence[Any], *, table: str, columns: Sequence[str]
    ) -> duckdb.DuckDBPyConnection:
        if table in self._files and not self._files[table].exists():
            raise vanished(str(self._files[table]))
        if self._recorder is not None:
            self._recorder(statement, list(parameters))
        try:
            return self._connection.cursor().execute(statement, parameters)
        except (duckdb.CatalogException, duckdb.BinderException) as fault:
            raise lacks(self.label, table, columns) from fault
        except duckdb.Error as fault:
            raise unreadable(self.label) from fault


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path.resolve()).replace("'", "''") + "'"
