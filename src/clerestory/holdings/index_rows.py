"""One row of the index of persons: folded from the source's search keys, and read again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clerestory.holdings.addresses import fold_address
from clerestory.holdings.catalogue import SearchKey
from clerestory.holdings.errors import IndexFault
from clerestory.holdings.letters import seen
from clerestory.holdings.names import RecordedName, fold_recorded
from clerestory.holdings.numbers import (
    UNREADABLE,
    fold_key,
    numbers_within,
    on_record,
    read_email,
    read_medicaid_id,
    read_phone,
    read_ssn,
)
from clerestory.holdings.query import NO_BIRTH_DATE, read_date
from clerestory.holdings.source import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One indexed person, for comparison only; it never leaves this room."""

    row: int
    person_id: str
    born: str | None
    names: tuple[RecordedName, ...]
    ssn: str | None
    medicaid_id: str | None
    address: str | None
    phone: str | None
    email: str | None


def entry_of(row: Mapping[SearchKey, Scalar], key_column: str) -> tuple[str | None, ...]:
    """Return what the index keeps of one person, in the order of its columns.

    Raises:
        IndexFault: The row has no key that could stand in an index; it names ``key_column``.
    """
    text = {key: _as_text(value) for key, value in row.items()}
    names = fold_recorded(
        text.get(SearchKey.GIVEN_NAMES, ""),
        text.get(SearchKey.FAMILY_NAMES, ""),
        text.get(SearchKey.OTHER_NAMES, ""),
    )
    person_id = _own_key(row.get(SearchKey.PERSON_ID), key_column)
    return (
        person_id,
        _born(row.get(SearchKey.BIRTH_DATE)),
        ";".join(_write_name(name) for name in names),
        _number(read_ssn, row.get(SearchKey.SSN)),
        _number(read_medicaid_id, row.get(SearchKey.MEDICAID_ID)),
        fold_address(text.get(SearchKey.ADDRESS, "")) or None,
        _shared(read_phone, text.get(SearchKey.PHONE, "")),
        _shared(read_email, text.get(SearchKey.EMAIL, "")),
        fold_key(person_id),
    )


def unread_of(row: Mapping[SearchKey, Scalar], place: int) -> list[tuple[str, int]]:
    """Return what may be numbers in what cannot be read as one; rows are numbered as written."""
    kinds = ((read_ssn, SearchKey.SSN), (read_medicaid_id, SearchKey.MEDICAID_ID))
    found: set[str] = set()
    for read, key in kinds:
        value = row.get(key)
        if _number(read, value) == UNREADABLE:
            found |= numbers_within(_as_text(value))
    return [(number, place) for number in sorted(found)]


def candidate_of(row: Mapping[SearchKey, Scalar], key_column: str) -> Candidate:
    """Fold one row of search keys as the index does, for comparison with it.

    Raises:
        IndexFault: The row has no key that could stand in an index; it names ``key_column``.
    """
    return read_candidate((0, *entry_of(row, key_column)[:-1]))


def read_candidate(row: Sequence[Any]) -> Candidate:
    """Read a row of the index: its number, and the columns in their order.

    Raises:
        ValueError: It holds what no index has.
    """
    if not all(isinstance(cell, str | None) for cell in row[1:]):
        raise ValueError("an index holds texts alone")
    return Candidate(
        row=row[0],
        person_id=row[1],
        born=row[2],
        names=_read_names(row[3]),
        ssn=row[4],
        medicaid_id=row[5],
        address=row[6],
        phone=row[7],
        email=row[8],
    )


def _own_key(value: Scalar, column: str) -> str:
    """Return the source's key as it stands: it is what the records are read by afterwards."""
    if isinstance(value, float | bytes | bool):
        raise IndexFault(
            f"a person's key is a text or a whole number: {column} is {type(value).__name__}",
            code="index-key-kind",
            todo="change the column's type in a view, so that 900 stays 900 and is never 900.0",
        )
    text = "" if value is None else str(value)
    if not seen(text).strip():
        raise IndexFault(
            f"somebody has no key in {column}",
            code="index-key-missing",
            todo="let the catalogue name a column, or a view, where everybody has a key",
        )
    return text


def _born(value: Scalar) -> str | None:
    """Return an ISO day; nothing where none is known, or it cannot be read for certain."""
    if value is None or isinstance(value, bytes | float | int):
        return None
    try:
        born = value if isinstance(value, date) else read_date(str(value)[:10])
    except ValueError:
        return None
    return born.isoformat()[:10] if born.isoformat()[:10] > NO_BIRTH_DATE.isoformat() else None


def _number(read: Callable[[str], str], value: Scalar) -> str | None:
    # A column of doubles has lost leading zeros, and 900.0 would be read as 9000.
    return UNREADABLE if isinstance(value, float) else on_record(read, _as_text(value))


def _shared(read: Callable[[str], str], written: str) -> str | None:
    """A household's telephone or mail changes: one that cannot be read contradicts nothing."""
    held = on_record(read, written)
    return None if held == UNREADABLE else held


def _as_text(value: Scalar) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    return str(value)


def _write_name(name: RecordedName) -> str:
    return "|".join((" ".join(name.given), " ".join(name.family), name.generation or ""))


def _read_names(written: str) -> tuple[RecordedName, ...]:
    names = []
    for one in written.split(";"):
        given, family, generation = one.split("|")
        names.append(
            RecordedName(
                given=tuple(given.split()),
                family=tuple(family.split()),
                generation=generation or None,
            )
        )
    return tuple(names)
