"""What SQLite and PostgreSQL have in common: reads through SQLAlchemy, one connection each."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import UserDefinedType

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.kinds import HeldColumn, Kind
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.row_digests import RowDigests
from clerestory.holdings.source import Recorder, Scalar
from clerestory.holdings.source_faults import bad_date, bad_value, lacks, shown, unreadable
from clerestory.holdings.writings import Written, writings

BUSY_SECONDS = 2
# What a driver raises by itself where bytes are no text, or a date or number is out of range.
_NO_VALUE = (ValueError, OverflowError)
_SCAN_ROWS = 5_000
_Answer = TypeVar("_Answer")


class NamedType(UserDefinedType[str]):
    """A type by the name that the database itself gives it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: object) -> str:
        """The name, as the database wrote it."""
        return self.name


class SqlSource(ABC):
    """One database. Each read opens its own connection, so a database that went away is noticed."""

    # The kinds that a person's key may be of here.
    key_kinds: frozenset[Kind]
    # Whether each value has a type of its own, whatever is declared of its column.
    is_dynamic = False

    def __init__(self, engine: sa.Engine, *, label: str, recorder: Recorder | None = None) -> None:
        self.engine = engine
        self._label = shown(label)
        self._held: dict[str, tuple[HeldColumn, ...] | None] = {}
        self._nobodys: dict[tuple[str, str, str], frozenset[str]] = {}
        self._written: dict[tuple[str, str], Written] = {}
        if recorder is not None:
            self._listen(recorder)

    @property
    def label(self) -> str:
        """Where the records are, without a password."""
        return self._label

    def read_one(self, row: OneRow) -> list[tuple[Scalar, ...]]:
        """Run one read for one person."""
        if not row.can_be_anybody:
            return []

        def read(connection: sa.Connection) -> list[tuple[Scalar, ...]]:
            self._check_row(connection, row)
            if not self._can_be_key(connection, row):
                return []
            return list(map(tuple, connection.execute(row.statement(self))))

        found = self.guard(read, table=row.table, columns=row.columns)
        if not row.has_written_days(self):
            return found
        if any(one[-1] for one in found):
            raise bad_date(self._label, row.table, str(row.dated))
        return [one[:-1] for one in found]

    def scan_keys(
        self, table: str, columns: Sequence[str], order_by: str
    ) -> Generator[tuple[Scalar, ...], None, None]:
        """Walk the search keys of every person, for building the index."""
        kinds = {one.name: one for one in self.columns_of(table) or ()}
        asked = [self._scanned(kinds.get(name), name) for name in columns]
        statement = sa.select(*asked).select_from(sa.table(table)).order_by(sa.column(order_by))

        def start(connection: sa.Connection) -> sa.CursorResult[Any]:
            return connection.execution_options(yield_per=_SCAN_ROWS).execute(statement)

        try:
            with self.engine.connect() as connection:
                for found in start(connection):
                    yield tuple(found)
        except DBAPIError as fault:
            raise self.explain(fault, table, columns) from fault
        except _NO_VALUE as fault:
            raise unreadable(f"{self._label}, table {table}") from fault
        self.check_unchanged()

    def sum_digests(self, table: str, columns: Sequence[str | None]) -> RowDigests | None:
        """Say nothing: SQLite has no digest, and each answer of it is noted (``index_age``)."""
        del table, columns
        return None

    def sample(self, table: str, columns: Sequence[str], rows: int) -> list[tuple[Scalar, ...]]:
        """The first rows of a table, for a check of their form."""
        kinds = {one.name: one for one in self.columns_of(table) or ()}
        asked = [self._scanned(kinds.get(name), name) for name in columns]
        statement = sa.select(*asked).select_from(sa.table(table)).limit(rows)
        return self.guard(
            lambda connection: list(map(tuple, connection.execute(statement))),
            table=table,
            columns=columns,
        )

    def has_key_twice(self, table: str, key: str) -> bool:
        """Whether two rows of a table have one key."""
        column: sa.ColumnElement[Any] = sa.column(key)
        statement: sa.Select[Any] = (
            sa.select(sa.literal_column("1"))
            .select_from(sa.table(table))
            .where(column.is_not(None))
            .group_by(column)
            .having(sa.func.count() > 1)
            .limit(1)
        )
        return self._has_row(statement, table, key)

    def has_keys_alike(self, table: str, key: str) -> bool:
        """Whether two keys of a table differ in nothing but capitals and blanks around them."""
        text = sa.cast(sa.column(key), sa.Text)
        folded = sa.func.lower(sa.func.trim(text))
        statement: sa.Select[Any] = (
            sa.select(sa.literal_column("1"))
            .select_from(sa.table(table))
            .group_by(folded)
            .having(sa.func.min(self._exact(text)) != sa.func.max(self._exact(text)))
            .limit(1)
        )
        return self._has_row(statement, table, key)

    def has_key_missing(self, table: str, key: str) -> bool:
        """Whether a row of a table has no key."""
        statement: sa.Select[Any] = (
            sa.select(sa.literal_column("1"))
            .select_from(sa.table(table))
            .where(sa.column(key).is_(None))
            .limit(1)
        )
        return self._has_row(statement, table, key)

    def whose_keys(self, table: str, persons: str, key: str) -> tuple[bool, bool]:
        """Whether a key of ``table`` is one of ``persons``, and whether one is nobody's there.

        They are compared as the texts by which a person is read, and taken as sets, which needs
        no index on either column.
        """
        text = sa.cast(sa.column(key), sa.Text)
        own, known = (_keys_of(one, key, text) for one in (table, persons))

        def has_row(statement: sa.CompoundSelect[Any]) -> bool:
            first: sa.Select[Any] = (
                sa.select(sa.literal_column("1")).select_from(statement.subquery()).limit(1)
            )
            return self._has_row(first, table, key)

        return has_row(own.intersect(known)), has_row(own.except_(known))

    def keys_of_nobody(self, table: str, persons: str, key: str) -> frozenset[str]:
        """The keys of ``table`` that are nobody's in ``persons``, in all forms."""
        if (table, persons, key) not in self._nobodys:
            text = self._exact(sa.cast(sa.column(key), sa.Text))
            own, known = (_keys_of(one, key, text) for one in (table, persons))
            found = self.guard(
                lambda connection: connection.execute(own.except_(known)).scalars().all(),
                table=table,
                columns=[key],
            )
            forms = (writings(str(text)) for text in found)
            self._nobodys[table, persons, key] = frozenset[str]().union(*forms)
        return self._nobodys[table, persons, key]

    def written_as(self, table: str, column: str, text: str) -> tuple[str, ...]:
        """How a column writes what another text of it says, that text included."""
        if (table, column) not in self._written:
            held: sa.ColumnElement[Any] = sa.column(column)
            statement = (
                sa.select(sa.cast(held, sa.Text))
                .select_from(sa.table(table))
                .where(held.is_not(None))
                .distinct()
            )
            found = self.guard(
                lambda connection: connection.execute(statement).scalars().all(),
                table=table,
                columns=[column],
            )
            self._written[table, column] = Written(map(str, found))
        return self._written[table, column].alike(text)

    def columns_of(self, table: str) -> tuple[HeldColumn, ...] | None:
        """The columns of a table or view, or ``None`` when there is no such table."""
        if table not in self._held:
            self._held[table] = self.guard(lambda connection: self._look(connection, table))
        return self._held[table]

    def kind_of(self, table: str, column: str) -> Kind:
        """What a column holds."""
        return self._column(table, column).kind

    @abstractmethod
    def is_person(
        self, column: sa.ColumnElement[str], table: str, person: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Whether a row's key is exactly this text."""

    @abstractmethod
    def is_no_day(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether a text does not look like a day."""

    @abstractmethod
    def explain(self, fault: DBAPIError, table: str, columns: Sequence[str]) -> SourceFault:
        """Return what a driver's error means, without its words."""

    @abstractmethod
    def check_unchanged(self) -> None:
        """Refuse what was read when the source is not what it was.

        Raises:
            SourceFault: It is so.
        """

    def written_state(self, now: datetime) -> str | None:
        """What differs once anything was written; a server tells nothing that could be relied on.

        Its counters of changes are late, are set back, and know nothing of what a view shows.
        """
        del now
        return None

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def guard(
        self,
        work: Callable[[sa.Connection], _Answer],
        *,
        table: str = "",
        columns: Sequence[str] = (),
    ) -> _Answer:
        """Do some work on a connection of its own, and tell its faults without a driver's words.

        Raises:
            SourceFault: Whatever went wrong.
        """
        try:
            with self.engine.connect() as connection:
                done = work(connection)
        except DBAPIError as fault:
            raise self.explain(fault, table, columns) from fault
        except _NO_VALUE as fault:
            place = f"{self._label}, table {table}" if table else self._label
            raise unreadable(place) from fault
        self.check_unchanged()
        return done

    @abstractmethod
    def _look(self, connection: sa.Connection, table: str) -> tuple[HeldColumn, ...] | None:
        """Ask the database for the columns of a table."""

    @abstractmethod
    def _scanned(self, held: HeldColumn | None, name: str) -> sa.ColumnElement[Any]:
        """A column as the index and the check read it."""

    def _can_be_key(self, _connection: sa.Connection, _row: OneRow) -> bool:
        """Whether the text can be a key of this source at all."""
        return True

    def _column(self, table: str, column: str) -> HeldColumn:
        for one in self.columns_of(table) or ():
            if one.name == column:
                return one
        raise lacks(self._label, table, [column])

    def _check_row(self, connection: sa.Connection, row: OneRow) -> None:
        for table in row.tables:
            if table not in self._held:
                self._held[table] = self._look(connection, table)
        if self._held[row.table] is None:
            raise lacks(self._label, row.table, row.columns)
        row.check(self)
        for held in self._held[row.table] or ():
            # A driver has no value for some of them, and for others one that nobody would read.
            if held.name in row.columns and held.kind is Kind.OTHER:
                raise bad_value(row.table, held.name, Kind.OTHER)

    def _exact(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        """A text that is compared letter by letter, whatever its column says."""
        return sa.collate(text, "C")

    @property
    def has_zone(self) -> bool:
        """Whether it is known in which place a moment has its day."""
        return False

    def _has_row(self, statement: sa.Select[Any], table: str, column: str) -> bool:
        found = self.guard(
            lambda connection: connection.execute(statement).first(), table=table, columns=[column]
        )
        return found is not None

    def _listen(self, recorder: Recorder) -> None:
        def before(
            _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
        ) -> None:
            recorder(statement, parameters)

        sa.event.listen(self.engine, "before_cursor_execute", before)


def _keys_of(table: str, key: str, text: sa.ColumnElement[str]) -> sa.Select[Any]:
    """The statement that reads the keys of a table in one form of their text."""
    return sa.select(text).select_from(sa.table(table)).where(sa.column(key).is_not(None))
