"""The one kind of statement that is ever sent for a person: named columns of one table."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from clerestory.holdings.catalogue import Column
from clerestory.holdings.kinds import Kind
from clerestory.holdings.source_faults import bad_date, bad_key, no_zone
from clerestory.kernel import Period

if TYPE_CHECKING:
    import sqlalchemy as sa

# What a text must look like to be compared as a day. With a zone at its end its day would depend
# on where one stands.
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:.]*)?")


class Grammar(Protocol):
    """How one source compares a key and a date; each source says it for its own tables."""

    @property
    def label(self) -> str:
        """Where the records are, without a password."""
        ...

    @property
    def key_kinds(self) -> frozenset[Kind]:
        """What a person's key may be here."""
        ...

    @property
    def has_zone(self) -> bool:
        """Whether it is known in which place a moment has its day."""
        ...

    def is_person(
        self, column: "sa.ColumnElement[str]", table: str, person: "sa.ColumnElement[str]"
    ) -> "sa.ColumnElement[bool]":
        """Whether a row's key is exactly this text."""
        ...

    def kind_of(self, table: str, column: str) -> Kind:
        """What a column holds."""
        ...

    def is_no_day(self, column: "sa.ColumnElement[Any]") -> "sa.ColumnElement[bool]":
        """Whether a text does not look like a day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Everybody who has one number in a column, in whatever way it is written there."""

    column: Column
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRow:
    """Read ``columns`` of ``table`` for the one person whose key is ``person_id``.

    Attributes:
        key: The column that holds the person's id, in this table and in ``members``.
        members: A table that must have a row for the person too, so that a program's fields are
            read only of people who are in the program; ``None`` when ``table`` is that table.
        dated: The date column that ``period`` is about; ``None`` reads the one current row.
        days: Whether each row also tells its day, behind the columns: a history without its days
            is none.
        household: The household of which everybody's rows are read instead. It serves what
            protects a household and nothing else.
    """

    table: str
    columns: tuple[str, ...]
    key: str
    person_id: str
    members: str | None
    dated: str | None = None
    period: Period | None = None
    days: bool = False
    household: Household | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table in which the person's key is compared."""
        more = [self.members, self.household.column.table if self.household else None]
        return (self.table, *(table for table in more if table is not None))

    @property
    def can_be_anybody(self) -> bool:
        """Whether the text can be a key anywhere: no database keeps these signs in a text."""
        try:
            self.person_id.encode()
        except UnicodeEncodeError:
            return False
        return "\0" not in self.person_id

    def check(self, grammar: Grammar) -> None:
        """Check that the key can tell people apart and that the date column has days.

        Raises:
            SourceFault: It is not so, or a table or the key is missing.
        """
        for table in self.tables:
            kind = grammar.kind_of(table, self.key)
            if kind not in grammar.key_kinds:
                raise bad_key(grammar.label, table, self.key, kind)
        if self.dated is None:
            return
        kind = grammar.kind_of(self.table, self.dated)
        if kind not in DAY_KINDS:
            raise bad_date(grammar.label, self.table, self.dated)
        if kind is Kind.ZONED_MOMENT and not grammar.has_zone:
            raise no_zone(grammar.label, self.table, self.dated)

    def statement(self, grammar: Grammar) -> "sa.Select[Any]":
        """The one SELECT: the columns asked for, and a WHERE that pins the person.

        Where the date column is a text, the last column says whether it is no day: such a row is
        never passed over in silence, whatever the period.
        """
        # Loading it takes as long as a whole decision, and deciding reads no row.
        import sqlalchemy as sa

        key = sa.column(self.key, sa.String)
        table = sa.table(self.table, key, *(sa.column(name) for name in self.columns))
        person = sa.bindparam("person", self.person_id, type_=sa.String)
        select = sa.select(*(table.c[name] for name in self.columns))
        if self.household is not None:
            return self._of_household(select, table.c[self.key], grammar, self.household)
        select = select.where(grammar.is_person(table.c[self.key], self.table, person))
        if self.members is not None:
            member = sa.table(self.members, sa.column(self.key, sa.String)).alias("member")
            here = grammar.is_person(member.c[self.key], self.members, person)
            select = select.where(sa.exists(sa.literal_column("1")).where(here))
        return select if self.dated is None else self._in_period(select, table, grammar, self.dated)

    def _of_household(
        self,
        select: "sa.Select[Any]",
        key: "sa.ColumnElement[str]",
        grammar: Grammar,
        household: Household,
    ) -> "sa.Select[Any]":
        import sqlalchemy as sa

        column = household.column
        member = sa.table(
            column.table, sa.column(self.key, sa.String), sa.column(column.name)
        ).alias("member")
        # Where each value has a type of its own, 7 and "7" are told apart unless they are texts.
        loose = Kind.ANY in {grammar.kind_of(table, self.key) for table in self.tables}

        def compared(column: "sa.ColumnElement[Any]") -> "sa.ColumnElement[Any]":
            return sa.cast(column, sa.Text) if loose else column

        held = sa.cast(member.c[column.name], sa.Text)
        same = [
            held == sa.bindparam(f"number_{at}", number, type_=sa.String)
            for at, number in enumerate(household.numbers)
        ]
        together = sa.select(compared(member.c[self.key])).where(sa.or_(sa.false(), *same))
        return select.where(compared(key).in_(together)).distinct()

    def has_written_days(self, grammar: Grammar) -> bool:
        """Whether the date column is a text."""
        return self.dated is not None and grammar.kind_of(self.table, self.dated) in _WRITTEN

    def _in_period(
        self, select: "sa.Select[Any]", table: "sa.TableClause", grammar: Grammar, dated: str
    ) -> "sa.Select[Any]":
        import sqlalchemy as sa

        kind = grammar.kind_of(self.table, dated)
        period = self.period or Period()
        if kind in _WRITTEN:
            text = sa.column(dated, sa.String, _selectable=table)
            within = [
                *([text >= period.valid_from.isoformat()] if period.valid_from else []),
                *([text < period.valid_to.isoformat()] if period.valid_to else []),
            ]
            strange = grammar.is_no_day(text)
            if within:
                select = select.where(sa.or_(sa.and_(*within), strange))
            if self.days:
                select = select.add_columns(text.label("day"))
            return select.add_columns(strange.label("no_day")).order_by(text)
        held = sa.column(dated, sa.Date, _selectable=table)
        # A date is compared as it is, so that an index on it serves.
        on: sa.ColumnElement[date] = held if kind is Kind.DATE else sa.cast(held, sa.Date)
        if period.valid_from is not None:
            select = select.where(on >= period.valid_from)
        if period.valid_to is not None:
            select = select.where(on < period.valid_to)
        if self.days:
            select = select.add_columns(on.label("day"))
        return select.order_by(held)


_WRITTEN = frozenset({Kind.TEXT, Kind.ANY})
# What a date column may hold.
DAY_KINDS = frozenset({*_WRITTEN, Kind.DATE, Kind.MOMENT, Kind.ZONED_MOMENT})
