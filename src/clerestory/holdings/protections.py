"""What the record of the one person found says that protects them.

It is read before anything leaves, and only adds: a mark that is absent takes no protection away
that the demand itself speaks of. What cannot be told counts as protective.

The record of one tells where the household lives. So a mark of another of the household that hides
a home is read too, without that person's name, and counts for the person found.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from clerestory.holdings.catalogue import (
    Catalogue,
    Column,
    Protection,
    ProtectionMark,
    SearchKey,
    fold_mark,
)
from clerestory.holdings.errors import SourceFault
from clerestory.holdings.kinds import KEYS_PRINTED, Kind
from clerestory.holdings.numbers import names_nobody
from clerestory.holdings.one_row import ISO_DAY, Household, OneRow
from clerestory.holdings.source import Scalar, Source
from clerestory.holdings.source_faults import bad_value, not_one_row
from clerestory.holdings.told_addresses import bare_address
from clerestory.holdings.writings import writings

_OF_AGE = 18
# Nobody is older. A birth date before that is no birth date.
_OLDEST = 125


@dataclass(frozen=True, slots=True, kw_only=True)
class Protections:
    """What a record says: ``stated`` is certain, ``unknown`` cannot be told from what is there.

    Attributes:
        household: What hides the home of another of the household, and so this person's.
        true_addresses: Where the person truly lives, if the record keeps that apart; or, but for a
            designated one, the address in the file, where the person keeps theirs secret and it
            stands nowhere else, or another of the household does.
        others_addresses: Where others of the household truly live, if the record keeps it apart.
    """

    stated: frozenset[Protection]
    unknown: frozenset[Protection]
    household: frozenset[Protection] = frozenset()
    true_addresses: tuple[str, ...] = ()
    others_addresses: tuple[str, ...] = ()

    @property
    def flags(self) -> frozenset[str]:
        """The flags to decide with. Doubt protects: what cannot be told is taken as stated."""
        return frozenset(str(one) for one in self.stated | self.unknown | self.household)


def read_protections(
    source: Source,
    catalogue: Catalogue,
    person_id: str,
    *,
    on: date,
    told: Collection[str] = (),
) -> Protections:
    """Read every mark of protection in one person's record.

    Args:
        source: The agency's records.
        catalogue: Says where the marks are; with none nothing is read and nothing is known.
        person_id: The one person found, by the source's own key.
        on: The holder's local day, which decides who is a minor.
        told: What else is known to protect the person, such as what the demand says.

    Raises:
        SourceFault: The person has no row in the table of persons, or two; or a mark cannot be
            read. Nothing may leave then.
    """
    _check_there(source, catalogue, person_id)
    stated: set[Protection] = set()
    unknown: set[Protection] = set()
    household: set[Protection] = set()
    addresses: dict[str, None] = {}
    others: dict[str, None] = {}
    together = _households(source, catalogue, person_id)
    for mark in catalogue.protections:
        values = _values(source, catalogue, mark, person_id)
        said = _said(mark, values, on)
        if said is not False:
            (unknown if said is None else stated).add(mark.protection)
        # Without a household of their own the person is met alone, or nobody is.
        shared = _values_of_household(source, catalogue, mark, person_id, together)
        if shared and _said(mark, shared, on) is not False:
            household.add(mark.protection)
        if mark.holds_address:
            addresses.update(_texts(values))
            others.update(_texts(shared))
    _check_met(source, catalogue, person_id, together)
    secret = Protection.ADDRESS_CONFIDENTIALITY
    if secret in told:
        stated.add(secret)
    if secret in household - stated or (secret in stated | unknown and not addresses):
        # Who takes part has a designated address in the file. Until somebody writes it there, and
        # in the file of a housemate, it is the home.
        addresses.update(_home_in_file(source, catalogue, person_id))
    return Protections(
        stated=frozenset(stated),
        unknown=frozenset(unknown - stated),
        household=frozenset(household - stated - unknown),
        true_addresses=tuple(addresses),
        others_addresses=tuple(one for one in others if one not in addresses),
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


def _texts(values: Iterable[Scalar]) -> dict[str, None]:
    """The addresses among the values; a blank is none.

    What is held as bytes is read as text. What is no text stays as a mark that nobody can compare
    with anything, so that everything may be what it says.
    """
    texts = (_address(one) for one in values if one is not None)
    return {text: None for text in texts if text.strip()}


def _address(value: Scalar) -> str:
    if not isinstance(value, bytes | bytearray | memoryview):
        return str(value)
    try:
        return bytes(value).decode()
    except UnicodeDecodeError:
        return "\ufffd"


def _values(
    source: Source, catalogue: Catalogue, mark: ProtectionMark, person_id: str
) -> list[Scalar]:
    _check_same_key(source, catalogue, mark.column.table)
    return _read_column(source, catalogue, mark.column, person_id)


def _households(source: Source, catalogue: Catalogue, person_id: str) -> tuple[Household, ...]:
    """The households and cases of the person, with each writing of their numbers."""
    found = []
    for column in catalogue.households:
        _check_same_key(source, catalogue, column.table)
        for value in _read_column(source, catalogue, column, person_id):
            if isinstance(value, bytes | bytearray | memoryview):
                # Not known to be a number: whoever writes the same as text would not be met.
                raise bad_value(column.table, column.name, Kind.BYTES)
            text = "" if value is None else str(value)
            # Hundreds may have "unknown" there, and do not live together.
            if names_nobody(text):
                continue
            if numbers := source.written_as(column.table, column.name, text):
                found.append(Household(column=column, numbers=numbers))
    return tuple(found)


def _values_of_household(
    source: Source,
    catalogue: Catalogue,
    mark: ProtectionMark,
    person_id: str,
    together: Sequence[Household],
) -> list[Scalar]:
    """What stands in a mark that hides a home, for everybody who is of the person's household."""
    if not mark.protection.hides_home:
        return []
    values: list[Scalar] = []
    for household in together:
        values += _read_column(source, catalogue, mark.column, person_id, household=household)
    return values


def _home_in_file(source: Source, catalogue: Catalogue, person_id: str) -> dict[str, None]:
    column = catalogue.search.get(SearchKey.ADDRESS)
    if column is None:
        return {}
    designated = set(map(bare_address, catalogue.designated_addresses))
    told = _texts(_read_column(source, catalogue, column, person_id))
    return {text: None for text in told if bare_address(text) not in designated}


def _read_column(
    source: Source,
    catalogue: Catalogue,
    column: Column,
    person_id: str,
    *,
    household: Household | None = None,
) -> list[Scalar]:
    rows = source.read_one(
        OneRow(
            table=column.table,
            columns=(column.name,),
            key=catalogue.person.name,
            person_id=person_id,
            members=None,
            household=household,
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
    rows = _read_column(source, catalogue, person, person_id)
    if len(rows) != 1:
        raise not_one_row(source.label, person.table, len(rows))


def _check_met(
    source: Source, catalogue: Catalogue, person_id: str, together: Sequence[Household]
) -> None:
    """Refuse where a mark stands under a key in another writing, and is never met.

    The key may be the person's or that of anybody of the household; the others' keys are read for
    this alone, and only where a table has keys of nobody.
    """
    person = catalogue.person
    tables = {mark.column.table for mark in catalogue.protections}
    tables |= {household.table for household in catalogue.households}
    nobodys = {}
    for table in sorted(tables - {person.table}):
        _check_same_key(source, catalogue, table)
        if keys := source.keys_of_nobody(table, person.table, person.name):
            nobodys[table] = keys
    if not nobodys:
        return
    forms = set(writings(person_id))
    for household in together:
        key = Column(table=household.column.table, name=person.name)
        for other in _read_column(source, catalogue, key, person_id, household=household):
            forms |= writings(str(other))
    for table, keys in nobodys.items():
        if not keys.isdisjoint(forms):
            raise _met_by_nobody(source, f"{table}.{person.name}", person.table)


def _met_by_nobody(source: Source, column: str, persons: str) -> SourceFault:
    return SourceFault(
        "what protects a person or their household is kept under a key in another writing: "
        f"{column}: {source.label}",
        code="source-key-other-writing",
        todo=f"write the key there as it stands in {persons}, capitals, blanks and signs too; run "
        "clerestory holdings check, which names such tables",
    )
