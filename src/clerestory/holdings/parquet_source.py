"""A folder of Parquet files, one a table, read through DuckDB."""

from collections.abc import Generator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.kinds import KEY_KINDS, HeldColumn, Kind
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.parquet_path import AS_IT_IS, in_quotes, one_file
from clerestory.holdings.row_digests import WORD_DIGITS, WORDS, RowDigests
from clerestory.holdings.source import Recorder, Scalar
from clerestory.holdings.source_faults import (
    bad_date,
    changed,
    lacks,
    refused_access,
    shown,
    twice,
    unreadable,
    vanished,
)
from clerestory.holdings.sqlite_file import FileState, state_of_files
from clerestory.holdings.writings import Written, writings

_SCAN_ROWS = 5_000
_ISO = "'[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]*)?'"


class ParquetSource:
    """One folder. Parquet keeps columns apart on disk: one that is not asked for is not read."""

    key_kinds = KEY_KINDS
    is_dynamic = False

    def __init__(
        self, folder: Path, *, recorder: Recorder | None = None, zone: str | None = None
    ) -> None:
        self._label = shown(folder)
        self._recorder = recorder
        self._zone = zone
        self._dialect = DefaultDialect(paramstyle="qmark")
        self._files = _tables_in(folder, self._label)
        self._nobodys: dict[tuple[str, str, str], frozenset[str]] = {}
        self._written: dict[tuple[str, str], Written] = {}
        self._held = {table: _columns(self._label, table, at) for table, at in self._files.items()}
        self._states = {table: FileState.of(file) for table, file in self._files.items()}
        self._connection = duckdb.connect(":memory:")
        try:
            self._connection.execute(f"SET GLOBAL TimeZone = {in_quotes(zone or 'UTC')}")
            for table, file in self._files.items():
                self._connection.execute(
                    f"CREATE VIEW {_quoted(table)} AS "  # noqa: S608
                    f"SELECT * FROM read_parquet({in_quotes(one_file(file))}, {AS_IT_IS})"
                )
            # From here on the connection can open nothing but this folder, and nobody can
            # change that back. The folder's name is asked for as it is and as it is given.
            here = folder.resolve()
            allowed = f"{in_quotes(here)}, {in_quotes(one_file(here))}"
            self._connection.execute(f"SET allowed_directories = [{allowed}]")
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")
        except duckdb.Error as fault:
            self._connection.close()
            raise unreadable(self._label) from fault

    @property
    def has_zone(self) -> bool:
        """Whether it is known in which place a moment has its day."""
        return self._zone is not None

    @property
    def label(self) -> str:
        """The folder."""
        return self._label

    def read_one(self, row: OneRow) -> list[tuple[Scalar, ...]]:
        """Run one read for one person."""
        self._check_row(row)
        if not row.can_be_anybody:
            return []
        compiled = row.statement(self).compile(dialect=self._dialect)
        parameters = [compiled.params[name] for name in compiled.positiontup or ()]
        found = self._fetch(str(compiled), parameters, table=row.table, columns=row.columns)
        for table in row.tables[1:]:
            self._check_unchanged(table)
        if not row.has_written_days(self):
            return found
        if any(one[-1] for one in found):
            raise bad_date(self._label, row.table, str(row.dated))
        return [one[:-1] for one in found]

    def scan_keys(
        self, table: str, columns: Sequence[str], order_by: str
    ) -> Generator[tuple[Scalar, ...], None, None]:
        """Walk the search keys of every person, for building the index."""
        listed = ", ".join(self._scanned(table, name) for name in columns)
        statement = f"SELECT {listed} FROM {_quoted(table)} ORDER BY {_quoted(order_by)}"  # noqa: S608
        cursor = self._execute(statement, [], table=table, columns=columns)
        try:
            while rows := cursor.fetchmany(_SCAN_ROWS):
                for found in rows:
                    yield tuple(found)
        except duckdb.Error as fault:
            raise unreadable(self._label) from fault
        self._check_unchanged(table)

    def sum_digests(self, table: str, columns: Sequence[str | None]) -> RowDigests | None:
        """Sum up the rows inside the engine."""
        held = {one.name: one.kind for one in self._held.get(table, ())}
        if any(name and held.get(name, Kind.BYTES) is Kind.BYTES for name in columns):
            return None
        texts = [name and self._scanned(table, name) for name in columns]
        row = " || ".join(
            f"coalesce(length({text}) || ':' || {text}, '-')" if text else "'-'" for text in texts
        )
        words = ", ".join(
            f"sum(('0x' || told[{at + 1}:{at + WORD_DIGITS}])::HUGEINT)"
            for at in range(0, WORDS * WORD_DIGITS, WORD_DIGITS)
        )
        statement = (
            f"SELECT count(*), {words} FROM (SELECT sha256({row}) AS told FROM {_quoted(table)})"  # noqa: S608
        )
        [told] = self._fetch(statement, [], table=table, columns=[one for one in columns if one])
        rows, *sums = (int(str(one or 0)) for one in told)
        return RowDigests.of_words(rows, sums)

    def sample(self, table: str, columns: Sequence[str], rows: int) -> list[tuple[Scalar, ...]]:
        """The first rows of a table, for a check of their form."""
        listed = ", ".join(self._scanned(table, name) for name in columns)
        statement = f"SELECT {listed} FROM {_quoted(table)} LIMIT {rows:d}"  # noqa: S608
        return self._fetch(statement, [], table=table, columns=columns)

    def has_key_twice(self, table: str, key: str) -> bool:
        """Whether two rows of a table have one key."""
        statement = (
            f"SELECT 1 FROM {_quoted(table)} WHERE {_quoted(key)} IS NOT NULL "  # noqa: S608
            f"GROUP BY {_quoted(key)} HAVING count(*) > 1 LIMIT 1"
        )
        return bool(self._fetch(statement, [], table=table, columns=[key]))

    def has_keys_alike(self, table: str, key: str) -> bool:
        """Whether two keys of a table differ in nothing but capitals and blanks around them."""
        text = f"CAST({_quoted(key)} AS VARCHAR)"
        statement = (
            f"SELECT 1 FROM {_quoted(table)} GROUP BY lower(trim({text})) "  # noqa: S608
            f"HAVING min({text}) <> max({text}) LIMIT 1"
        )
        return bool(self._fetch(statement, [], table=table, columns=[key]))

    def has_key_missing(self, table: str, key: str) -> bool:
        """Whether a row of a table has no key."""
        statement = f"SELECT 1 FROM {_quoted(table)} WHERE {_quoted(key)} IS NULL LIMIT 1"  # noqa: S608
        return bool(self._fetch(statement, [], table=table, columns=[key]))

    def whose_keys(self, table: str, persons: str, key: str) -> tuple[bool, bool]:
        """Whether a key of ``table`` is one of ``persons``, and whether one is nobody's there."""
        own, known = (_keys_of(one, key) for one in (table, persons))
        common, rest = (
            bool(
                self._fetch(
                    f"SELECT 1 FROM ({own} {how} {known}) LIMIT 1",  # noqa: S608
                    [],
                    table=table,
                    columns=[key],
                )
            )
            for how in ("INTERSECT", "EXCEPT")
        )
        return common, rest

    def keys_of_nobody(self, table: str, persons: str, key: str) -> frozenset[str]:
        """The keys of ``table`` that are nobody's in ``persons``, in all forms."""
        if (table, persons, key) not in self._nobodys:
            own, known = (_keys_of(one, key) for one in (table, persons))
            found = self._fetch(f"{own} EXCEPT {known}", [], table=table, columns=[key])
            forms = (writings(str(text)) for (text,) in found)
            self._nobodys[table, persons, key] = frozenset[str]().union(*forms)
        return self._nobodys[table, persons, key]

    def written_as(self, table: str, column: str, text: str) -> tuple[str, ...]:
        """How a column writes what another text of it says, that text included."""
        if (table, column) not in self._written:
            # The statement is that which reads keys as texts, each once.
            statement = _keys_of(table, column).replace("SELECT ", "SELECT DISTINCT ", 1)
            found = self._fetch(statement, [], table=table, columns=[column])
            self._written[table, column] = Written(str(text) for (text,) in found)
        return self._written[table, column].alike(text)

    def columns_of(self, table: str) -> tuple[HeldColumn, ...] | None:
        """The columns of a table, or ``None`` when there is no such file."""
        return self._held.get(table)

    def kind_of(self, table: str, column: str) -> Kind:
        """What a column holds."""
        return self._column(table, column).kind

    def is_person(
        self, column: sa.ColumnElement[str], table: str, person: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Whether a row's key is exactly this text."""
        cast = self._column(table, column.name).cast
        if cast is None:
            return column == person
        # Written as the column's own type, the file's notes of least and greatest values serve;
        # a text that is none of its values is nobody's.
        typed = sa.func.try_cast(
            sa.type_coerce(person, sa.String).op("AS")(sa.literal_column(cast))
        )
        return sa.and_(column == typed, sa.cast(column, sa.String) == person)

    def is_no_day(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether a text does not look like a day."""
        return sa.not_(sa.func.regexp_full_match(column, sa.literal_column(_ISO, sa.String)))

    def written_state(self, now: datetime) -> str | None:
        """The state of every table's file."""
        return state_of_files((self._files[table] for table in sorted(self._files)), now)

    def close(self) -> None:
        """Let the folder go."""
        self._connection.close()

    def _column(self, table: str, column: str) -> HeldColumn:
        for one in self._held.get(table, ()):
            if one.name == column:
                return one
        raise lacks(self._label, table, [column])

    def _check_row(self, row: OneRow) -> None:
        held = {one.name for one in self._held.get(row.table, ())}
        # DuckDB overlooks capitals; the catalogue does not.
        if not held.issuperset(row.columns):
            raise lacks(self._label, row.table, row.columns)
        row.check(self)

    def _scanned(self, table: str, name: str) -> str:
        held = self._column(table, name)
        return _quoted(name) if held.kind is Kind.BYTES else f"CAST({_quoted(name)} AS VARCHAR)"

    def _fetch(
        self, statement: str, parameters: Sequence[Any], *, table: str, columns: Sequence[str]
    ) -> list[tuple[Scalar, ...]]:
        cursor = self._execute(statement, parameters, table=table, columns=columns)
        try:
            found = [tuple(one) for one in cursor.fetchall()]
        except (duckdb.Error, ValueError, OverflowError) as fault:
            raise unreadable(f"{self._label}, table {table}") from fault
        self._check_unchanged(table)
        return found

    def _check_unchanged(self, table: str) -> None:
        file = self._files.get(table)
        if file is None:
            return
        try:
            state = FileState.of(file)
        except OSError as fault:
            raise vanished(shown(file)) from fault
        if state != self._states[table]:
            raise changed(shown(file))

    def _execute(
        self, statement: str, parameters: Sequence[Any], *, table: str, columns: Sequence[str]
    ) -> duckdb.DuckDBPyConnection:
        self._check_unchanged(table)
        if self._recorder is not None:
            self._recorder(statement, list(parameters))
        try:
            return self._connection.cursor().execute(statement, parameters)
        except (duckdb.CatalogException, duckdb.BinderException) as fault:
            raise lacks(self._label, table, columns) from fault
        except duckdb.Error as fault:
            raise unreadable(f"{self._label}, table {table}") from fault


def _tables_in(folder: Path, label: str) -> dict[str, Path]:
    """Each table's file; what could be two tables, or lies elsewhere, is refused."""
    try:
        files = sorted(one for one in folder.iterdir() if one.name.endswith(".parquet"))
    except PermissionError as fault:
        raise refused_access(label) from fault
    except OSError as fault:
        raise vanished(label) from fault
    if not files:
        raise vanished(f"{label}/*.parquet")
    here = folder.resolve()
    tables: dict[str, Path] = {}
    for file in files:
        table, name = file.name.removesuffix(".parquet"), shown(file.name)
        if file.resolve().parent != here:
            raise SourceFault(
                f"a table of the source lies in another folder: {name}: {label}",
                code="source-elsewhere",
                todo="put the file itself there, or give the folder in which it lies",
            )
        if not file.is_file():
            raise SourceFault(
                f"a table is one file, and this is a folder of parts: {name}: {label}",
                code="source-in-parts",
                todo=f"write the parts as one file {name}, then run the same again",
            )
        if any(table.lower() == other.lower() for other in tables):
            raise SourceFault(
                f"two tables have one name but for capitals: {name}: {label}",
                code="source-table-twice",
                todo="keep one of the files in the folder",
            )
        tables[table] = file.resolve()
    return tables


def _columns(label: str, table: str, file: Path) -> tuple[HeldColumn, ...]:
    try:
        schema = pq.read_schema(file)
    except (OSError, pa.ArrowException, ValueError) as fault:
        raise unreadable(shown(file), "write the file anew: it is no whole Parquet file") from fault
    seen: set[str] = set()
    for name in schema.names:
        # DuckDB would give the second one another name, in silence.
        if name.lower() in seen:
            raise twice(label, shown(table), name)
        seen.add(name.lower())
    return tuple(_held(one) for one in schema)


def _held(column: pa.Field) -> HeldColumn:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return HeldColumn(name=column.name, kind=Kind.TEXT)
    if pa.types.is_integer(kind):
        return HeldColumn(name=column.name, kind=Kind.WHOLE, cast="HUGEINT")
    if pa.types.is_decimal(kind):
        whole = kind.scale == 0
        cast = f"DECIMAL({kind.precision}, 0)" if whole else None
        return HeldColumn(name=column.name, kind=Kind.WHOLE if whole else Kind.DECIMAL, cast=cast)
    if pa.types.is_timestamp(kind):
        return HeldColumn(name=column.name, kind=Kind.ZONED_MOMENT if kind.tz else Kind.MOMENT)
    if str(kind) == "extension<arrow.uuid>":
        return HeldColumn(name=column.name, kind=Kind.UUID, cast="UUID")
    return HeldColumn(name=column.name, kind=_OTHERS.get(str(kind), Kind.OTHER))


_OTHERS = {
    "null": Kind.ANY,
    "date32[day]": Kind.DATE,
    "date64[ms]": Kind.DATE,
    "halffloat": Kind.DOUBLE,
    "float": Kind.DOUBLE,
    "double": Kind.DOUBLE,
    "bool": Kind.TRUTH,
    "binary": Kind.BYTES,
    "large_binary": Kind.BYTES,
}


def _keys_of(table: str, key: str) -> str:
    """The statement that reads the keys of a table as texts."""
    return (
        f"SELECT CAST({_quoted(key)} AS VARCHAR) FROM {_quoted(table)} "  # noqa: S608
        f"WHERE {_quoted(key)} IS NOT NULL"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
