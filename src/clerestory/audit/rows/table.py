"""Demand rows in a table of PostgreSQL, copied to the Parquet file that a replay then reads.

The copy is named after a digest that the server takes of all rows in the very transaction in which
they are read. So a finished copy is used again only while the table holds exactly these rows.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoSuchTableError

from clerestory.audit.rows.columns import MONTH, BadReplayFile, DemandColumns
from clerestory.audit.rows.file import Say
from clerestory.audit.rows.writing import GROUP_ROWS, whole_file
from clerestory.holdings.postgresql_source import PostgresqlSource
from clerestory.kernel import digest_of

_FORMAT = "clerestory-demand-rows/1"
_FETCHED = 5_000
# Kinds of column with the Arrow type that their values have; others are shown as they are called.
_KINDS: Mapping[type[sa.types.TypeEngine[Any]], pa.DataType] = {
    sa.String: pa.string(),
    sa.Date: pa.date32(),
}
_TEXTS = pa.list_(pa.string())


@dataclass(frozen=True)
class DemandTable:
    """A table or view, ``name`` or ``schema.name``, in an opened database."""

    source: PostgresqlSource = field(repr=False)
    name: str
    columns: DemandColumns = field(repr=False)

    @classmethod
    def open(cls, url: str, name: str, columns: DemandColumns) -> "DemandTable":
        """Open a database whose own lock refuses every write.

        Raises:
            SourceFault: It is not there, or is not PostgreSQL.
        """
        return cls(PostgresqlSource(url), name, columns)

    def copy(self, folder: Path, say: Say) -> Path:
        """Return a Parquet file of exactly the rows that the table holds now.

        Raises:
            SourceFault: The database goes away, is locked, or may not be read.
            BadReplayFile: There is no such table, or a column is missing or of another type.
        """
        engine = self.source.engine
        with (
            self._explained(),
            engine.connect() as plain,
            # Digest and rows are of one moment, whatever others write meanwhile.
            plain.execution_options(isolation_level="REPEATABLE READ") as connection,
        ):
            self._check_columns(connection)
            say("asking for the digest of the table")
            path = folder / f"{self._digest(connection)[:24]}.parquet"
            note = path.with_suffix(".sha256")
            if not _is_whole(path, note):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                note.unlink(missing_ok=True)
                self._write(connection, path, say)
                note.write_text(_sha256(path), "ascii")
        return path

    @property
    def _selected(self) -> list[sa.ColumnClause[Any]]:
        return [sa.column(name) for name in self.columns.names]

    @property
    def _from(self) -> sa.TableClause:
        schema, _, name = self.name.rpartition(".")
        return sa.table(name, schema=schema or None)

    def _check_columns(self, connection: sa.Connection) -> None:
        held = self._from
        try:
            columns = sa.inspect(connection).get_columns(held.name, schema=held.schema)
        except NoSuchTableError as fault:
            raise BadReplayFile(
                f"there is no table {self.name}: {self.source.label}",
                code="replay-no-table",
                todo="name a table or view that the account may see, as TABLE or SCHEMA.TABLE",
            ) from fault
        self.columns.check_types(
            [(str(one["name"]), _kind(one["type"]), str(one["type"])) for one in columns]
        )

    def _digest(self, connection: sa.Connection) -> str:
        """Return a digest of the set of rows: SHA-256 of each, of each part, and of all."""
        row = sa.cast(sa.func.row(*self._selected), sa.Text)
        digest = sa.func.encode(sa.func.sha256(sa.func.convert_to(row, "UTF8")), "hex")
        rows = sa.select(digest.label("digest")).select_from(self._from).subquery()
        # In parts, since one text for all rows could outgrow what the server holds.
        part = sa.func.left(rows.c.digest, 3)
        ordered = sa.func.string_agg(
            rows.c.digest, sa.literal_column("'' ORDER BY digest COLLATE \"C\"")
        )
        whole = sa.func.encode(sa.func.sha256(sa.func.convert_to(ordered, "UTF8")), "hex")
        parts = connection.execute(sa.select(part, whole).group_by(part))
        return digest_of([_FORMAT, self.columns.names, dict(sorted(map(tuple, parts)))])

    def _write(self, connection: sa.Connection, path: Path, say: Say) -> None:
        names = self.columns.names
        schema = pa.schema([(name, _arrow(name, self.columns)) for name in names])
        statement = sa.select(*self._selected).select_from(self._from)
        # A cursor of the server hands over so many rows at a time and holds the others back.
        reader = connection.execution_options(yield_per=_FETCHED)
        with whole_file(path, schema) as writer, reader.execute(statement) as found:
            parts: list[pa.RecordBatch] = []
            read = 0
            for rows in found.partitions():
                parts.append(_batch(rows, schema))
                read += len(rows)
                if read % GROUP_ROWS == 0:
                    writer.write_table(pa.Table.from_batches(parts, schema))
                    parts = []
                say(f"{read:,} rows read")
            if parts:
                writer.write_table(pa.Table.from_batches(parts, schema))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as fault:
            raise self.source.explain(fault, self.name, self.columns.names) from fault


def _kind(kind: sa.types.TypeEngine[Any]) -> pa.DataType:
    if isinstance(kind, sa.ARRAY):
        inner = kind.item_type
        plain = isinstance(inner, sa.String) and not isinstance(inner, sa.Enum)
        return _TEXTS if plain else pa.list_(pa.null())
    return next((held for one, held in _KINDS.items() if isinstance(kind, one)), pa.null())


def _arrow(name: str, columns: DemandColumns) -> pa.DataType:
    if name == MONTH:
        return pa.date32()
    return _TEXTS if name in columns.sets else pa.string()


def _batch(rows: Sequence[sa.Row[Any]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = []
    for held, values in zip(schema, zip(*rows, strict=True), strict=True):
        try:
            arrays.append(pa.array(values, held.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as fault:
            # The fault's own words quote a row, and stop here.
            raise BadReplayFile(
                f"the column {held.name} must be a list of texts: it holds lists of lists",
                code="replay-column-type",
                todo=f"write {held.name} as a list of texts, then run the same again",
            ) from fault
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _is_whole(path: Path, note: Path) -> bool:
    return path.is_file() and note.is_file() and note.read_text("ascii") == _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
