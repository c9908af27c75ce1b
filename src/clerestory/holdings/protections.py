"""What the record of the one person found says that protects them.

It is read before anything leaves, and only adds: a mark that is absent takes no protection away
that the demand itself speaks of. What cannot be told counts as protective.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clerestory.holdings.catalogue import Catalogue, Protection, ProtectionMark
from clerestory.holdings.catalogue_file import fold_mark
from clerestory.holdings.errors import SourceFault
from clerestory.holdings.kinds import KEYS_PRINTED, Kind
from clerestory.holdings.one_row import ISO_DAY, OneRow
from clerestory.holdings.source import Scalar, Source
from clerestory.holdings.source_faults import not_one_row

_OF_AGE = 18
# Nobody is older. A birth date before that is no birth date.
_OLDEST = 125


@dataclass(frozen=True, slots=True, kw_only=True)
class Protections:
    """What a record says: ``stated`` is certain, ``unknown`` cannot be told from what is there.

    ``true_addresses`` is where the person truly lives, if the record keeps that apart.
    """

    stated: frozenset[Protection]
    unknown: frozenset[Protection]
    true_addresses: tuple[str, ...] = ()

    @property
    def flags(self) -> frozenset[str]:
        """The flags to decide with. Doubt protects: what cannot be told is taken as stated."""
        return frozenset(str(one) for one in self.stated | self.unknown)


def read_protections(
    source: Source, catalogue: Catalogue, person_id: str, *, on: date
) -> Protections:
    """Read every mark of protection in one person's record.

    Args:
        source: The agency's records.
        catalogue: Says where the marks are; with none nothing is read and nothing is known.
        person_id: The one person found, by the source's own key.
        on: The holder's local day, which decides who is a minor.

    Raises:
        SourceFault: The person has no row in the table of persons, or two; or a mark cannot be
            read. Nothing may leave then.
    """
    _check_there(source, catalogue, person_id)
    stated: set[Protection] = set()
    unknown: set[Protection] = set()
    addresses: dict[str, None] = {}
    for mark in catalogue.protections:
        values = _values(source, catalogue, mark, person_id)
        said = _said(mark, values, on)
        if said is not False:
            (unknown if said is None else stated).add(mark.protection)
        if mark.holds_address:
            addresses.update((value, None) for value in values if isinstance(value, str))
    return Protections(
        stated=frozenset(stated),
        unknown=frozenset(unknown - stated),
        true_addresses=tuple(addresses),
    )


def is_minor(born: date, on: date) -> bool:
    """Whether somebody born on one day is under 18 on another.

    Who is born on 29 February comes of age on 1 March where there is no such day.

    >>> is_minor(date(2008, 2, 29), date(2026, 2, 28))
    True
    """
    return (on.year - born.year, on.month, on.day) < (_OF_AGE, born.month, born.day)


def _said(mark: ProtectionMark, values: list[Scalar], on: date) -> bool | None:
    """What a mark says: yes, no, or neither."""
    if mark.is_row:
        return bool(values)
    if mark.is_birth_date:
        return _is_young([_day(value) for value in values] or [None], on)
    texts = {_text(value) for value in values}
    if mark.yes is None:
        return bool(texts - {""})
    if texts & mark.yes:
        return True
    # Without a row of the person in that table nothing is said there.
    return False if texts <= mark.no else None


def _is_young(days: Iterable[date | None], on: date) -> bool | None:
    told = {
        None if born is None or not 0 <= on.year - born.year <= _OLDEST or born > on
        else is_minor(born, on)
        for born in days
    }  # fmt: skip
    return True if True in told else None if None in told else False


def _day(value: Scalar) -> date | None:
    if isinstance(value, date):
        # A moment is a date as well; its day is the day written.
        return date(value.year, value.month, value.day)
    # Other forms that the calendar would take, such as weeks, are not what was agreed.
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.hex()
    return fold_mark(str(value))


def _values(
    source: Source, catalogue: Catalogue, mark: ProtectionMark, person_id: str
) -> list[Scalar]:
    _check_same_key(source, catalogue, mark.column.table)
    rows = source.read_one(
        OneRow(
            table=mark.column.table,
            columns=(mark.column.name,),
            key=catalogue.person.name,
            person_id=person_id,
            members=None,
        )
    )
    return [row[0] for row in rows]


def _check_same_key(source: Source, catalogue: Catalogue, table: str) -> None:
    """Refuse a table in which the person would not be met, and so seem to have no mark."""
    key = catalogue.person.name
    kinds = {
        held.kind
        for one in (table, catalogue.person.table)
        for held in source.columns_of(one) or ()
        if held.name == key
    }
    if len(kinds) > 1 and Kind.ANY not in kinds and not kinds.isdisjoint(KEYS_PRINTED):
        raise SourceFault(
            f"what protects a person is kept under keys of another type: {table}.{key}: "
            f"{source.label}",
            code="source-key-other-type",
            todo=f"give {table}.{key} the type of {catalogue.person}, in a view if need be",
        )


def _check_there(source: Source, catalogue: Catalogue, person_id: str) -> None:
    person = catalogue.person
    rows = source.read_one(
        OneRow(
            table=person.table,
            columns=(person.name,),
            key=person.name,
            person_id=person_id,
            members=None,
        )
    )
    if len(rows) != 1:
        raise not_one_row(source.label, person.table, len(rows))
