"""Read what a determination permits, and open nothing else.

The reader gets the permitted fields, one by one, and builds one SELECT for each person, program
and table from them. A column that is not permitted is in no statement; a row of another person
is in no answer. It does not decide: who may read what was decided before it is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from clerestory.holdings.catalogue import Catalogue, Column
from clerestory.holdings.errors import ReadFault, SourceFault
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.source import Source
from clerestory.holdings.source_faults import bad_value
from clerestory.kernel import Period

Values = tuple[str | int | float | bytes, ...]
_DAY = len("2026-03-17")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedField:
    """One person, one field of one program, one period: what may be read.

    Attributes:
        period: Which days of a dated field. ``Period()`` is every day and must be said; a field
            that is not dated has one current value and takes no notice of it.
    """

    person_id: str
    program: str
    field: str
    period: Period | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """What the source holds for one permitted field; no values when it holds nothing.

    A dated field has one value for each row of the period, oldest first, and in ``days`` the day of
    each, written ``2026-03-17``.
    """

    person_id: str
    program: str
    field: str
    values: Values
    days: tuple[str, ...] = ()


def read_fields(
    source: Source, catalogue: Catalogue, permitted: Sequence[PermittedField]
) -> tuple[FieldValue, ...]:
    """Return the values of the permitted fields, in the order they were given.

    Every field is checked before the first row is opened: one that cannot be read stops all.

    Raises:
        ReadFault: A program or field is unknown, has nothing to read for one person, or is
            dated and comes without a period; or the same field is permitted twice.
        SourceFault: The source is gone, locked, or lacks a table or column; or it holds two
            current rows for the person.
    """
    held = [_check_readable(catalogue, at, one) for at, one in enumerate(permitted)]
    if len({(one.person_id, one.program, one.field) for one in permitted}) != len(permitted):
        raise ReadFault(
            "a field of one person is permitted twice",
            code="read-field-twice",
            todo="join the two permissions into one before reading",
        )
    found: dict[int, _Found] = {}
    for group in _group(held):
        found.update(_read_group(source, catalogue, group))
    return tuple(
        FieldValue(
            person_id=one.person_id,
            program=one.program,
            field=one.field,
            values=found[at].values,
            days=found[at].days,
        )
        for at, one in enumerate(permitted)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Readable:
    """One permitted field whose column is known; ``at`` is its place in the order given."""

    at: int
    permitted: PermittedField
    column: Column
    dated: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What stands in one column, and the days of its rows where they have one."""

    values: Values
    days: tuple[str, ...]


def _check_readable(catalogue: Catalogue, at: int, one: PermittedField) -> _Readable:
    field = catalogue.get_field(one.program, one.field)
    if field.column is None:
        raise ReadFault(
            f"the field has nothing to read for one person: {one.program}.{one.field}",
            code="read-not-about-a-person",
            todo="answer it from the program's own papers, not from a person's row",
        )
    if field.dated is not None and one.period is None:
        raise ReadFault(
            f"a dated field is read for a stated period: {one.program}.{one.field}",
            code="read-no-period",
            todo="state the period of the determination; Period() is every day",
        )
    if field.monthly and one.period is not None:
        # A month's row has its first day, so that only the start moves: a row of a later day
        # would be of a month that begins after the period.
        first = one.period.valid_from
        one = replace(one, period=replace(one.period, valid_from=first and first.replace(day=1)))
    return _Readable(at=at, permitted=one, column=field.column, dated=field.dated)


def _group(held: Sequence[_Readable]) -> list[list[_Readable]]:
    """What one SELECT can answer: same person, program, table, and rows."""
    groups: dict[tuple[object, ...], list[_Readable]] = {}
    for one in held:
        rows = (one.dated, one.permitted.period) if one.dated is not None else None
        key = (one.permitted.person_id, one.permitted.program, one.column.table, rows)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _read_group(
    source: Source, catalogue: Catalogue, group: Sequence[_Readable]
) -> dict[int, _Found]:
    first = group[0]
    names = tuple(dict.fromkeys(one.column.name for one in group))
    members = catalogue.programs[first.permitted.program].members
    rows = source.read_one(
        OneRow(
            table=first.column.table,
            columns=names,
            key=catalogue.person.name,
            person_id=first.permitted.person_id,
            members=None if first.column.table == members else members,
            dated=first.dated,
            period=first.permitted.period if first.dated is not None else None,
            days=first.dated is not None,
        )
    )
    if first.dated is None and len(rows) > 1:
        raise SourceFault(
            f"the source holds two current rows for one person: {first.column.table}",
            code="source-two-rows",
            todo="find out which is right, and let the catalogue name a view that holds only it",
        )
    return {
        one.at: _found(rows, names.index(one.column.name), one.column, dated=one.dated is not None)
        for one in group
    }


def _found(
    rows: Sequence[tuple[object, ...]], place: int, column: Column, *, dated: bool
) -> _Found:
    held = [row for row in rows if row[place] is not None]
    # A text that says a moment begins with its day.
    days = tuple(str(_plain(row[-1], column))[:_DAY] for row in held) if dated else ()
    return _Found(values=tuple(_plain(row[place], column) for row in held), days=days)


def _plain(value: object, column: Column) -> str | int | float | bytes:
    """A driver's value as what leaves: a text, a number or bytes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float | bytes):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    # A list or a document would be written in this language's own way, which nobody asked for.
    raise bad_value(column.table, column.name, type(value).__name__)
