"""One PostgreSQL database, read-only by the database's own lock."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.kinds import KEY_KINDS, HeldColumn, Kind
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.postgresql_faults import explain_fault
from clerestory.holdings.postgresql_url import read_database_url
from clerestory.holdings.row_digests import WORD_DIGITS, WORDS, RowDigests
from clerestory.holdings.source import Recorder
from clerestory.holdings.sql_source import BUSY_SECONDS, NamedType, SqlSource

_ISO = "'^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]*)?$'"
# One level of domain is looked through. The catalogue's names are quoted, so they mean exactly
# themselves, in the schemas of the search path.
_COLUMNS = sa.text(
    """
    SELECT a.attname, b.typname, b.typtype, t.typtype, format_type(a.atttypid, a.atttypmod),
           a.atttypmod
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    """
)
_KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT, "varchar": Kind.TEXT, "bpchar": Kind.TEXT, "citext": Kind.TEXT,
    "name": Kind.TEXT, "char": Kind.TEXT, "int2": Kind.WHOLE, "int4": Kind.WHOLE,
    "int8": Kind.WHOLE, "uuid": Kind.UUID, "date": Kind.DATE, "timestamp": Kind.MOMENT,
    "timestamptz": Kind.ZONED_MOMENT, "float4": Kind.DOUBLE, "float8": Kind.DOUBLE,
    "numeric": Kind.DECIMAL, "bool": Kind.TRUTH, "bytea": Kind.BYTES,
}  # fmt: skip
_UTF_8: sa.ColumnElement[str] = sa.literal_column("'UTF8'")
# Texts of these types are compared as they are; with a longer text a cast would cut it off.
_PLAIN = frozenset({"text", "varchar", "name"})


class PostgresqlSource(SqlSource):
    """One database by URL."""

    key_kinds = KEY_KINDS

    def __init__(
        self, url: str, *, recorder: Recorder | None = None, zone: str | None = None
    ) -> None:
        place = read_database_url(url)
        self._zone = zone
        self._tls = place.has_tls
        # Dates are read and written in one way, whatever the server's own settings are; what
        # stands later wins, so nothing in the URL comes after what makes it read-only.
        options = " ".join(
            [
                f"-c lock_timeout={BUSY_SECONDS}s",
                place.settings,
                *([f"-c TimeZone={zone}"] if zone else []),
                "-c DateStyle=ISO,YMD -c IntervalStyle=iso_8601 -c bytea_output=hex",
                # Rows that a policy hides would be people without a record, a mark or a namesake:
                # all rows are read, or none.
                "-c row_security=off -c default_transaction_read_only=on",
            ]
        )
        arguments: dict[str, Any] = {"options": options}
        if "connect_timeout" not in place.url.query:
            arguments["connect_timeout"] = 5
        try:
            engine = sa.create_engine(place.url, poolclass=NullPool, connect_args=arguments)
        except (ModuleNotFoundError, NoSuchModuleError) as fault:
            raise SourceFault(
                "the driver for PostgreSQL is not installed",
                code="source-no-driver",
                todo="install psycopg, and write the URL as postgresql+psycopg://...",
            ) from fault
        super().__init__(engine, label=place.label, recorder=recorder)
        self._check_read_only()

    @property
    def has_zone(self) -> bool:
        """Whether it is known in which place a moment has its day."""
        return self._zone is not None

    def is_person(
        self, column: sa.ColumnElement[str], table: str, person: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Whether a row's key is exactly this text.

        The text is cast to the column's type and never the column to text, so that an index on it
        serves. The second comparison is letter by letter, where the type's own is not.
        """
        held = self._column(table, column.name)
        cast = person if held.cast is None else sa.cast(person, NamedType(held.cast))
        exact = sa.collate(sa.cast(column, sa.Text), "C") == person
        return sa.and_(column == cast, exact)

    def is_no_day(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether a text does not look like a day."""
        return column.op("!~", is_comparison=True)(sa.literal_column(_ISO, sa.String))

    def explain(self, fault: DBAPIError, table: str, columns: Any) -> SourceFault:
        """Return what a driver's error means, without its words."""
        return explain_fault(fault, label=self.label, table=table, columns=columns)

    def sum_digests(self, table: str, columns: Sequence[str | None]) -> RowDigests | None:
        """Sum up the rows in the server, which sends one row of numbers."""
        kinds = {one.name: one for one in self.columns_of(table) or ()}
        asked = [kinds.get(name) if name else None for name in columns]
        # Bytes are no texts, and what the table lacks is told by the walk.
        if any(
            name and (held is None or held.kind is Kind.BYTES)
            for name, held in zip(columns, asked, strict=True)
        ):
            return None
        statement = _summing(
            table, [sa.cast(sa.column(held.name), sa.Text) if held else None for held in asked]
        )
        try:
            found = self.guard(
                lambda connection: connection.execute(statement).one(),
                table=table, columns=[name for name in columns if name],
            )  # fmt: skip
        except SourceFault:
            # A server before version 11 has no SHA-256; whatever else it is, the walk meets it too.
            return None
        return RowDigests.of_words(int(found[0]), [int(one or 0) for one in found[1:]])

    def check_unchanged(self) -> None:
        """A server shows each statement one state of its tables; nothing is left to check."""

    def _can_be_key(self, connection: sa.Connection, row: OneRow) -> bool:
        """Ask the database whether the text is the very one it would print for such a key."""
        casts = {self._column(table, row.key).cast for table in row.tables} - {None}
        for cast in sorted(filter(None, casts)):
            person = sa.bindparam("person", row.person_id, type_=sa.String)
            there = sa.cast(sa.cast(person, NamedType(cast)), sa.Text)
            try:
                if not connection.execute(sa.select(there == person)).scalar():
                    return False
            except DBAPIError as fault:
                # Class 22 is a text that no value of the type is written as; 23514 a domain's own.
                state = str(getattr(fault.orig, "sqlstate", None) or "")
                if not state.startswith("22") and state != "23514":
                    raise
                connection.rollback()
                return False
        return True

    def _look(self, connection: sa.Connection, table: str) -> tuple[HeldColumn, ...] | None:
        quoted = '"' + table.replace('"', '""') + '"'
        found = connection.execute(_COLUMNS, {"name": quoted}).fetchall()
        return tuple(_held(*row) for row in found) or None

    def _scanned(self, held: HeldColumn | None, name: str) -> sa.ColumnElement[Any]:
        column: sa.ColumnElement[Any] = sa.column(name)
        if held is None or held.kind is Kind.BYTES:
            return column
        return sa.cast(column, sa.Text)

    def _check_read_only(self) -> None:
        setting = self.guard(
            lambda connection: connection.execute(sa.text("SHOW transaction_read_only")).scalar()
        )
        if setting != "on":
            raise SourceFault(
                f"the source must refuse every write: {self.label}",
                code="source-writable",
                todo="give a database role whose transactions are read-only",
            )


def _summing(table: str, texts: Sequence[sa.ColumnElement[str] | None]) -> sa.Select[Any]:
    """The statement that sums up what ``written_row`` makes of each row, word by word."""
    dash: sa.ColumnElement[str] = sa.literal_column("'-'", sa.Text)
    parts: list[sa.ColumnElement[str]] = [
        dash if text is None else sa.func.coalesce(_with_length(text), dash) for text in texts
    ]
    row = sa.func.convert_to(functools.reduce(lambda one, more: one.concat(more), parts), _UTF_8)
    digests = (
        sa.select(sa.func.encode(sa.func.sha256(row), sa.literal_column("'hex'")).label("told"))
        .select_from(sa.table(table))
        .subquery()
    )
    word = "(('x' || substr(told, {}, {}))::bit({})::bigint)"
    sums: list[sa.ColumnElement[int]] = [
        sa.literal_column("sum" + word.format(at + 1, WORD_DIGITS, 4 * WORD_DIGITS))
        for at in range(0, WORDS * WORD_DIGITS, WORD_DIGITS)
    ]
    told: list[sa.ColumnElement[Any]] = [sa.func.count(), *sums]
    counted: sa.Select[Any] = sa.select(*told)
    return counted.select_from(digests)


def _with_length(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    length = sa.cast(sa.func.length(text), sa.Text)
    return length.concat(sa.literal_column("':'", sa.Text)).concat(text)


def _held(
    name: str, base: str, base_type: str, own_type: str, written: str, modifier: int
) -> HeldColumn:
    kind = Kind.LABEL if base_type == "e" else _KINDS.get(base, Kind.OTHER)
    # numeric(10,0) holds whole numbers and prints them so.
    if kind is Kind.DECIMAL and modifier >= 0 and (modifier - 4) & 0xFFFF == 0:
        kind = Kind.WHOLE
    plain = base in _PLAIN and own_type != "d"
    return HeldColumn(name=name, kind=kind, cast=None if plain else written)
