"""Made-up records as hard to search as real ones: placeholders, masks, odd letters, generations."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from clerestory.holdings.catalogue import SearchKey
from clerestory.holdings.made_up.people import MadeUpPerson

_SCRIPTS = (
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "０１２３４５６７８９",
    "०१२३४५६७८९",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "⓪①②③④⑤⑥⑦⑧⑨",
)
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f"
_STROKED = {"D": "Đ", "d": "đ", "l": "ł", "L": "Ł", "i": "ı", "o": "ø"}


def with_generations(people: list[MadeUpPerson]) -> list[MadeUpPerson]:
    """Write Sr and Jr after half of the names that parent and grown child share."""
    eldest: dict[tuple[int, str], int] = {}
    told: list[MadeUpPerson] = []
    for person in people:
        at = eldest.setdefault((person.household, person.name), len(told))
        if at != len(told) and person.household % 2:
            told[at] = replace(people[at], family=f"{people[at].family} Sr")
            person = replace(person, family=f"{person.family}, Jr.")
        told.append(person)
    return told


def record_of(random: Random, person: MadeUpPerson) -> dict[SearchKey, str | None]:
    """Return a person's search keys as an agency has them: one record in twelve is spoiled."""
    record: dict[SearchKey, str | None] = {
        SearchKey.PERSON_ID: person.person_id,
        SearchKey.SSN: person.ssn,
        SearchKey.MEDICAID_ID: person.medicaid_id,
        SearchKey.GIVEN_NAMES: person.given,
        SearchKey.FAMILY_NAMES: person.family,
        SearchKey.OTHER_NAMES: person.other_names,
        SearchKey.BIRTH_DATE: person.born.isoformat(),
        SearchKey.ADDRESS: person.address,
        SearchKey.PHONE: person.phone,
        SearchKey.EMAIL: person.email,
    }
    spoiled = random.randrange(12 * len(_RECORDS))
    if spoiled < len(_RECORDS):
        key, spoil = _RECORDS[spoiled]
        record[key] = spoil(random, record[key] or "")
    return record


def in_script(random: Random, text: str) -> str:
    """Write the digits of ``text`` in another script."""
    return text.translate(str.maketrans("0123456789", random.choice(_SCRIPTS)))


def with_unseen(random: Random, text: str) -> str:
    """Put a letter that nobody sees somewhere into ``text``."""
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_UNSEEN) + text[at:]


def stroked(random: Random, text: str) -> str:
    """Put a stroke through one letter that can have one."""
    places = [at for at, letter in enumerate(text) if letter in _STROKED]
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + _STROKED[text[at]] + text[at + 1 :]


_RECORDS: tuple[tuple[SearchKey, Callable[[Random, str], str]], ...] = (
    (SearchKey.GIVEN_NAMES, lambda _, given: f"{given} Q."),
    (SearchKey.GIVEN_NAMES, lambda _, given: f"{given} NMN"),
    (SearchKey.GIVEN_NAMES, lambda *_: "FNU"),
    (SearchKey.GIVEN_NAMES, lambda *_: "Baby Boy A"),
    (SearchKey.FAMILY_NAMES, lambda *_: "LNU"),
    (SearchKey.FAMILY_NAMES, lambda _, family: f"{family} III"),
    (SearchKey.FAMILY_NAMES, lambda random, name: stroked(random, name)),
    (SearchKey.GIVEN_NAMES, lambda random, name: with_unseen(random, name)),
    (SearchKey.BIRTH_DATE, lambda *_: "1900-01-01"),
    (SearchKey.SSN, lambda *_: "000-00-0000"),
    (SearchKey.SSN, lambda _, ssn: f"XXX-XX-{ssn[-4:]}"),
    (SearchKey.SSN, lambda random, ssn: in_script(random, ssn)),
    (SearchKey.MEDICAID_ID, lambda *_: "unknown"),
    (SearchKey.ADDRESS, lambda *_: "General Delivery, Exampleton, ME 00011"),
    (SearchKey.PHONE, lambda _, phone: f"{phone} ext. 4"),
)
