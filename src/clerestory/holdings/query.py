"""What is known of the person sought, and what the search answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from clerestory.holdings.errors import QueryFault
from clerestory.holdings.fold import fold_address, fold_name, fold_phone

# Said by name in the error, so that nobody looks for another way to write them.
NEVER_KEYS = frozenset(
    {
        "a_number",
        "citizenship",
        "identification_number",
        "immigration_status",
        "language",
        "national_origin",
        "nationality",
        "other_identifying_details",
        "place_of_birth",
        "race_ethnicity",
        "status_list",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuery:
    """What a demand says about one person. All the keys there are.

    Raises:
        QueryFault: A value cannot be read as what it should be. No message quotes a value.
    """

    name: str
    birth_date: date | None = None
    ssn: str | None = None
    ssn_last4: str | None = None
    medicaid_id: str | None = None
    person_id: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        if self.ssn is not None and not re.fullmatch(r"\d{3}-?\d{2}-?\d{4}", self.ssn.strip()):
            raise _unreadable("ssn", "write nine digits, with or without hyphens")
        if self.ssn_last4 is not None and not re.fullmatch(r"\d{4}", self.ssn_last4.strip()):
            raise _unreadable("ssn_last4", "write four digits")
        if self.ssn and self.ssn_last4 and self.ssn.strip()[-4:] != self.ssn_last4.strip():
            raise QueryFault(
                "ssn and ssn_last4 contradict each other",
                code="query-contradiction",
                todo="find out which is right, and give only that one",
            )
        if self.phone is not None and not fold_phone(self.phone):
            raise _unreadable("phone", "write at least ten digits")
        if self.email is not None and "@" not in self.email:
            raise _unreadable("email", "write it with an @")

    @classmethod
    def from_mapping(cls, written: Mapping[str, object]) -> "PersonQuery":
        """Read a query from a file's keys and texts; a key that is not one is an error.

        Raises:
            QueryFault: A key is unknown or may never be one, or a value is unreadable.
        """
        known = {field.name for field in fields(cls)}
        values: dict[str, str | None] = {}
        for key, value in written.items():
            if key in NEVER_KEYS:
                raise QueryFault(
                    f"nobody is found by status or by a proxy for it: {key}",
                    code="query-proxy",
                    todo="take the key out; ask with name, birth date and one thing more",
                )
            if key not in known:
                raise QueryFault(
                    f"no such key of a person: {key}",
                    code="query-unknown-key",
                    todo=f"use {', '.join(sorted(known))}",
                )
            if value is not None and not isinstance(value, str | date):
                raise _unreadable(key, "write it as a text in quotation marks")
            text = value.isoformat() if isinstance(value, date) else value
            values[key] = text if text and text.strip() else None
        born = values.pop("birth_date", None)
        name = values.pop("name", None) or ""
        return cls(name=name, birth_date=_read_date(born), **values)


class Reason(StrEnum):
    """Why nobody is named. Codes are stable; the sentences are in ``SENTENCES``."""

    NAME_MISSING = "name-missing"
    NAME_TOO_SHORT = "name-too-short"
    TOO_LITTLE_KNOWN = "too-little-known"
    NOBODY_AGREES = "nobody-agrees"
    NAME_DISAGREES = "name-disagrees"
    GIVEN_NAMES_INCOMPLETE = "given-names-incomplete"
    BIRTH_DATE_DISAGREES = "birth-date-disagrees"
    NUMBER_DISAGREES = "number-disagrees"
    NOTHING_MORE_AGREES = "nothing-more-agrees"
    TWO_PERSONS_AGREE = "two-persons-agree"
    SECOND_PERSON_NEAR = "second-person-near"


SENTENCES: Mapping[Reason, str] = {
    Reason.NAME_MISSING: "a name is always needed; a number alone is one wrong "
    "digit from another person",
    Reason.NAME_TOO_SHORT: "a given name and a family name are needed",
    Reason.TOO_LITTLE_KNOWN: "besides the name, give a number of the person's own, or the full "
    "birth date and one thing more: an address, a telephone number, an e-mail address, or the last "
    "four digits of the Social Security number",
    Reason.NOBODY_AGREES: "nobody agrees with what was given",
    Reason.NAME_DISAGREES: "the name does not agree with the number",
    Reason.GIVEN_NAMES_INCOMPLETE: "an address or telephone number is shared by a household, so "
    "every given name must be said; or give a number of the person's own",
    Reason.BIRTH_DATE_DISAGREES: "the birth date does not agree",
    Reason.NUMBER_DISAGREES: "a number that was given does not agree",
    Reason.NOTHING_MORE_AGREES: "name and birth date agree, but nothing else that was given does",
    Reason.TWO_PERSONS_AGREE: "more than one person agrees with what was given",
    Reason.SECOND_PERSON_NEAR: "a second person is too near for a safe answer; a number of "
    "the person's own may tell them apart",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Exactly one person, and what agreed: codes such as ``same-ssn``."""

    person_id: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """Nobody agrees. It does not say that the person is unknown to the agency."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Somebody may be meant, but it is not certain enough who. Nobody is named."""

    reasons: tuple[Reason, ...]


Answer = Found | NotFound | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """A query, folded into the forms that the index holds."""

    name: tuple[str, ...]
    born: str | None
    ssn: str | None
    ssn_last4: str | None
    medicaid_id: str | None
    person_id: str | None
    address: str | None
    phone: str | None
    email: str | None

    @classmethod
    def of(cls, query: PersonQuery) -> "Clues":
        """Fold a query."""
        ssn = fold_number(query.ssn)
        return cls(
            name=fold_name(query.name),
            born=query.birth_date.isoformat() if query.birth_date else None,
            ssn=ssn,
            ssn_last4=fold_number(query.ssn_last4) if ssn is None else None,
            medicaid_id=fold_number(query.medicaid_id),
            person_id=fold_number(query.person_id),
            address=fold_address(query.address) or None if query.address else None,
            phone=fold_phone(query.phone) or None if query.phone else None,
            email=query.email.strip().casefold() if query.email else None,
        )


def fold_number(number: str | None) -> str | None:
    """Keep letters and digits, in capitals; nothing when there are none."""
    return re.sub(r"[^0-9A-Z]", "", (number or "").upper()) or None


def _read_date(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as fault:
        raise _unreadable("birth_date", "write a full date as YYYY-MM-DD") from fault


def _unreadable(key: str, todo: str) -> QueryFault:
    return QueryFault(f"the value cannot be read: {key}", code="query-unreadable", todo=todo)
