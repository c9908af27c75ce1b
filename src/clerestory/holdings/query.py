"""What is known of the person sought, and what the search answers."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from clerestory.holdings.addresses import fold_address
from clerestory.holdings.errors import QueryFault
from clerestory.holdings.fold import fold_marked
from clerestory.holdings.letters import latin_digits, mixes_alphabets, seen
from clerestory.holdings.names import AskedName, fold_asked
from clerestory.holdings.numbers import (
    NamesNobody,
    Unreadable,
    read_email,
    read_key,
    read_last4,
    read_medicaid_id,
    read_phone,
    read_ssn,
)

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

READERS: Mapping[str, Callable[[str], str]] = {
    "ssn": read_ssn,
    "ssn_last4": read_last4,
    "medicaid_id": read_medicaid_id,
    "person_id": read_key,
    "phone": read_phone,
    "email": read_email,
}
_HOW = {
    "ssn": "write nine digits, with or without hyphens; if only the last four are known, ssn_last4",
    "ssn_last4": "write four digits",
    "medicaid_id": "write one number, digits and letters, as it stands on the card",
    "person_id": "write one key, as the agency's own records have it",
    "phone": "write one number of ten digits, or + and the country's number",
    "email": "write one address, with an @",
}
# Systems write this day, or the first of their calendar, where no birth date is known.
NO_BIRTH_DATE = date(1900, 1, 1)
# Comparing takes time for each word: no name or address is longer.
MAX_VALUE = 300


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
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str) and len(value) > MAX_VALUE:
                raise _unreadable(field.name, f"write one value, of {MAX_VALUE} letters at most")
        for key, read in READERS.items():
            _check_number(key, getattr(self, key), read)
        if self.ssn and self.ssn_last4 and read_ssn(self.ssn)[-4:] != read_last4(self.ssn_last4):
            raise QueryFault(
                "ssn and ssn_last4 contradict each other",
                code="query-contradiction",
                todo="find out which is right, and give only that one",
            )
        _check_name(self.name)
        if self.birth_date is not None and self.birth_date <= NO_BIRTH_DATE:
            raise _nobodys("birth_date")

    def check_born_by(self, today: date) -> None:
        """Refuse a birth date that is still to come.

        Raises:
            QueryFault: It is after ``today``.
        """
        if self.birth_date is not None and self.birth_date > today:
            raise _unreadable("birth_date", "give the day of birth; this day is still to come")

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
            if isinstance(value, datetime) or not isinstance(value, str | date | None):
                raise _unreadable(key, "write it as a text in quotation marks")
            text = value.isoformat() if isinstance(value, date) else value
            values[key] = text if text and seen(text).strip() else None
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
    BIRTH_DATE_NOT_ON_RECORD = "birth-date-not-on-record"
    NUMBER_DISAGREES = "number-disagrees"
    NUMBER_NOT_ON_RECORD = "number-not-on-record"
    NOTHING_MORE_AGREES = "nothing-more-agrees"
    CONTACT_DISAGREES = "contact-disagrees"
    TWO_PERSONS_AGREE = "two-persons-agree"
    SECOND_PERSON_NEAR = "second-person-near"
    RECORDED_TWICE = "recorded-twice"
    TWO_ROWS_ONE_PERSON = "two-rows-one-person"
    NOT_IN_PROGRAM = "not-in-program"


SENTENCES: Mapping[Reason, str] = {
    Reason.NAME_MISSING: "a name is always needed; a number alone is one wrong "
    "digit from another person",
    Reason.NAME_TOO_SHORT: "a given name and a family name are needed",
    Reason.TOO_LITTLE_KNOWN: "besides the name, give a number of the person's own, or the full "
    "birth date and one thing more: an address, a telephone number, an e-mail address, or the last "
    "four digits of the Social Security number",
    Reason.NOBODY_AGREES: "nobody agrees with what was given",
    Reason.NAME_DISAGREES: "the name does not agree with what else was given",
    Reason.GIVEN_NAMES_INCOMPLETE: "an address or telephone number is shared by a household, so "
    "every given name must be said; or give a number of the person's own",
    Reason.BIRTH_DATE_DISAGREES: "the birth date does not agree",
    Reason.BIRTH_DATE_NOT_ON_RECORD: "no birth date is on record; a number of the person's own is "
    "needed",
    Reason.NUMBER_DISAGREES: "a number that was given does not agree",
    Reason.NUMBER_NOT_ON_RECORD: "a number was given, and none is on record that it could agree "
    "with; find out whose it is, or search without it",
    Reason.NOTHING_MORE_AGREES: "name and birth date agree, but nothing else that was given does",
    Reason.CONTACT_DISAGREES: "a telephone number or an e-mail address that was given is not the "
    "one on record, and no number of the person's own was given that agrees",
    Reason.TWO_PERSONS_AGREE: "more than one person agrees with what was given",
    Reason.SECOND_PERSON_NEAR: "a second person is too near for a safe answer; a number of "
    "the person's own may tell them apart",
    Reason.RECORDED_TWICE: "a second record may be of the same person, and say what protects them; "
    "join the two, or write the Social Security number into the one that lacks it",
    Reason.TWO_ROWS_ONE_PERSON: "another row or reference is the same person",
    Reason.NOT_IN_PROGRAM: "who was found is in no program that is asked about; an empty answer "
    "would tell that the agency knows the person from another one",
}
# Those that follow from the request alone, and so tell its writer nothing about the records.
OF_THE_REQUEST = frozenset({Reason.NAME_MISSING, Reason.NAME_TOO_SHORT, Reason.TOO_LITTLE_KNOWN})
# One sentence for all others: whether somebody is held, whether a number exists and what agreed
# cannot be told from it.
UNNAMED = (
    "nobody can be told for certain from what was given; that neither confirms nor denies that a "
    "record or a number exists"
)


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


def tell_requester(answer: NotFound | Refused) -> tuple[str, ...]:
    """Return the sentences that a requester may be given; reasons are for the agency's staff."""
    told = tuple(SENTENCES[reason] for reason in answer.reasons if reason in OF_THE_REQUEST)
    return told if len(told) == len(answer.reasons) else (UNNAMED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """A query, folded into the forms that the index holds."""

    name: AskedName
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
        numbers = {
            key: read(written) if (written := getattr(query, key)) else None
            for key, read in READERS.items()
        }
        if numbers["ssn"] is not None:
            numbers["ssn_last4"] = None
        return cls(
            name=fold_asked(query.name),
            born=query.birth_date.isoformat() if query.birth_date else None,
            address=fold_address(query.address) or None if query.address else None,
            **numbers,
        )


def read_date(written: str) -> date:
    """Read a full date as YYYY-MM-DD, in digits of any script.

    Raises:
        ValueError: It is written otherwise, or there is no such day.
    """
    text = latin_digits(written).strip()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError
    return date.fromisoformat(text)


def _read_date(written: str | None) -> date | None:
    try:
        return read_date(written) if written else None
    except ValueError as fault:
        raise _unreadable(
            "birth_date",
            "write the full date as YYYY-MM-DD, such as 1988-04-17; "
            "with day or month first it is read in two ways",
        ) from fault


def _check_number(key: str, written: str | None, read: Callable[[str], str]) -> None:
    if written is None:
        return
    try:
        read(written)
    except NamesNobody as fault:
        raise _nobodys(key) from fault
    except Unreadable as fault:
        raise _unreadable(key, _HOW[key]) from fault


def _check_name(name: str) -> None:
    words, _ = fold_marked(name)
    shown = latin_digits(name)
    if any(mixes_alphabets(word) for word in shown.split()):
        raise _unreadable("name", "write each word with the letters of one alphabet")
    if any(letter.isdigit() for word in words for letter in word):
        raise _unreadable("name", "write a number under its own key, such as ssn")
    if any(unicodedata.category(letter) in {"Cc", "Cn", "Co", "Cs"} for letter in shown.strip()):
        raise _unreadable("name", "write it in one line, with letters only")


def _nobodys(key: str) -> QueryFault:
    return QueryFault(
        f"the value is a placeholder that many records hold: {key}",
        code="query-placeholder",
        todo="take it out, or give what is the person's own",
    )


def _unreadable(key: str, todo: str) -> QueryFault:
    return QueryFault(f"the value cannot be read: {key}", code="query-unreadable", todo=todo)
