"""Made-up queries whose right answer is known: written from one person, then spoiled.

They are spoiled as papers are: slips of the pen, other spellings, day and month swapped, former
names, missing and wrong numbers, an old address; and as machines and clerks spoil them: digits of
other scripts, letters that nobody sees, strokes left out, a generation after the name, initials,
masks and placeholders. The records are made hard in the same ways.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from clerestory.holdings.catalogue import SearchKey
from clerestory.holdings.made_up.people import MadeUpPerson

# Written apart from the program's own table of spellings, which must not mark its own work.
OTHER_SPELLINGS = {
    "Maxamed": ["Mohamed", "Mohammed", "Muhammad", "Mahamed"],
    "Mohamed": ["Maxamed", "Mohamud", "Mohammad"],
    "Xasan": ["Hassan", "Hasan", "Xassan"],
    "Hassan": ["Xasan", "Hasan"],
    "Xuseen": ["Hussein", "Hussain"],
    "Hussein": ["Xuseen", "Husayn"],
    "Cabdi": ["Abdi"],
    "Cali": ["Ali"],
    "Ali": ["Cali", "Aly"],
    "Cabdiraxmaan": ["Abdirahman", "Abdi Rahman", "Abdurahman"],
    "Abd al-Rahman": ["Abdulrahman", "Abdel Rahman", "Abdirahman"],
    "Caasha": ["Aisha", "Asha"],
    "Faadumo": ["Fatuma", "Fadumo", "Fatima"],
    "Xaliimo": ["Halima", "Halimo"],
    "Jaamac": ["Jama"],
    "Yuusuf": ["Yusuf", "Yussuf", "Joseph"],
    "Nuur": ["Nur", "Noor"],
    "Saynab": ["Zainab", "Zeinab"],
    "Mahmoud": ["Mahmud", "Maxamuud"],
    "Thibodeau": ["Thibodeaux", "Tibbetts"],
    "Saint-Pierre": ["St. Pierre", "St-Pierre", "Saint Pierre"],
    "LeBlanc": ["Le Blanc", "Leblanc", "White"],
    "al-Hashimi": ["Al Hashimi", "Hashimi", "el-Hashimi"],
    "bin Saleh": ["Saleh", "ibn Saleh"],
    "dos Santos": ["Santos", "Dos Santos"],
    "de Sousa": ["Souza", "Sousa"],
    "Luís": ["Luiz", "Luis"],
    "João": ["Joao", "John"],
    "O'Brien": ["OBrien", "O’Brien", "O Brien"],
    "McDonald": ["Mc Donald", "MacDonald"],
}
_SCRIPTS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९", "⁰¹²³⁴⁵⁶⁷⁸⁹", "⓪①②③④⑤⑥⑦⑧⑨")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f"
_STROKED = {"D": "Đ", "d": "đ", "l": "ł", "L": "Ł", "i": "ı", "o": "ø"}
_NUMBERS = ("ssn", "ssn_last4", "medicaid_id", "person_id", "phone")

Known = dict[str, str]
Spoiler = Callable[[Random, Known, MadeUpPerson, list[MadeUpPerson]], bool]


@dataclass
class Draft:
    """A query being spoiled: the keys so far, and what was done to them."""

    known: Known
    spoiled: list[str] = field(default_factory=list)


def write_query(random: Random, person: MadeUpPerson, people: list[MadeUpPerson]) -> Draft:
    """Start from what is true, keep some keys, spoil some of them."""
    draft = Draft(known={"name": person.name, "birth_date": person.born.isoformat()})
    numbers = {"medicaid_id": person.medicaid_id, "person_id": person.person_id}
    if person.ssn:
        numbers |= {"ssn": person.ssn, "ssn_last4": person.ssn[-4:]}
    shared = {"address": person.address, "phone": person.phone, "email": person.email}
    kind = random.random()
    if kind < 0.4 and numbers:
        key = random.choice(sorted(numbers))
        draft.known[key] = numbers[key]
    if kind > 0.3:
        for key in random.sample(sorted(shared), random.choice((1, 1, 1, 2, 3))):
            draft.known[key] = shared[key]
    for name in [name for name in SPOILERS if random.random() < 0.07]:
        if SPOILERS[name](random, draft.known, person, people):
            draft.spoiled.append(name)
    return draft


def hard_cases(people: list[MadeUpPerson]) -> list[MadeUpPerson]:
    """People who have a twin, or a namesake born the same day or living at the same address."""
    names = Counter((person.name, person.born) for person in people)
    twins = Counter((person.household, person.born) for person in people)
    same = Counter((person.name, person.address) for person in people)
    return [
        person
        for person in people
        if names[person.name, person.born] > 1
        or twins[person.household, person.born] > 1
        or same[person.name, person.address] > 1
    ]


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


def _slip(random: Random, text: str, letters: str) -> str:
    at = random.randrange(len(text))
    how = random.randrange(4)
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[:at] + random.choice(letters) + text[at:]
    if how == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + random.choice(letters) + text[at + 1 :]


def _wrong_digit(random: Random, text: str) -> str:
    places = [at for at, letter in enumerate(text) if letter.isdigit()]
    at = random.choice(places)
    # A neighboring number is the likeliest slip, and a twin's number is a neighboring one.
    digit = str((int(text[at]) + random.choice((1, -1, random.randrange(1, 10)))) % 10)
    return text[:at] + digit + text[at + 1 :]


def _number_of(known: Known) -> str | None:
    return next((key for key in _NUMBERS if key in known), None)


def _spoil_name_by_slip(random: Random, known: Known, *_: object) -> bool:
    known["name"] = _slip(random, known["name"], "aeinorst")
    return True


def _spoil_name_by_spelling(random: Random, known: Known, *_: object) -> bool:
    before = known["name"]
    for written, others in OTHER_SPELLINGS.items():
        if written in known["name"].split() or (" " in written and written in known["name"]):
            known["name"] = known["name"].replace(written, random.choice(others), 1)
    return known["name"] != before


def _spoil_name_by_order(random: Random, known: Known, *_: object) -> bool:
    words = known["name"].split()
    random.shuffle(words)
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_dropping(random: Random, known: Known, *_: object) -> bool:
    words = known["name"].split()
    if len(words) > 2:
        words.pop(random.randrange(len(words)))
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_plain_letters(_: Random, known: Known, *__: object) -> bool:
    split = unicodedata.normalize("NFD", known["name"])
    plain = "".join(letter for letter in split if not unicodedata.combining(letter)).upper()
    known["name"], before = plain, known["name"]
    return plain != before


def _spoil_name_by_former(
    random: Random, known: Known, person: MadeUpPerson, _: list[MadeUpPerson]
) -> bool:
    if not person.other_names:
        return False
    given, _bar, family = random.choice(person.other_names.split(";")).partition("|")
    known["name"] = f"{given} {family}"
    return True


def _spoil_name_by_a_word_more(
    random: Random, known: Known, _: MadeUpPerson, people: list[MadeUpPerson]
) -> bool:
    words = known["name"].split()
    words.insert(random.randrange(len(words) + 1), random.choice(people).given.split()[0])
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_another_given(
    random: Random, known: Known, person: MadeUpPerson, people: list[MadeUpPerson]
) -> bool:
    other = random.choice(people).given
    known["name"], before = f"{other} {person.family}", known["name"]
    return known["name"] != before


def _spoil_name_by_generation(random: Random, known: Known, *_: object) -> bool:
    known["name"] += random.choice((" Jr", " Sr.", ", III", " II", " Junior"))
    return True


def _spoil_name_by_initials(random: Random, known: Known, *_: object) -> bool:
    words = known["name"].split()
    at = random.randrange(len(words))
    words[at] = f"{words[at][0]}."
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_unseen(random: Random, known: Known, *_: object) -> bool:
    known["name"] = with_unseen(random, known["name"])
    return True


def _spoil_name_by_strokes(random: Random, known: Known, *_: object) -> bool:
    known["name"], before = stroked(random, known["name"]), known["name"]
    return known["name"] != before


def _spoil_name_by_placeholder(
    random: Random, known: Known, person: MadeUpPerson, _: list[MadeUpPerson]
) -> bool:
    given = random.choice(("FNU", "Baby Girl", "Unknown", "Baby Boy A", "N/A", "Infant"))
    known["name"] = f"{given} {person.family}"
    return True


def _spoil_date_by_swap(_: Random, known: Known, *__: object) -> bool:
    year, month, day = known["birth_date"].split("-")
    if int(day) > 12 or day == month:
        return False
    known["birth_date"] = f"{year}-{day}-{month}"
    return True


def _spoil_date_by_digit(random: Random, known: Known, *_: object) -> bool:
    wrong = _wrong_digit(random, known["birth_date"])
    try:
        date.fromisoformat(wrong)
    except ValueError:
        return False
    known["birth_date"] = wrong
    return True


def _spoil_number(random: Random, known: Known, *_: object) -> bool:
    key = _number_of(known)
    if key is None:
        return False
    known[key] = _wrong_digit(random, known[key])
    return True


def _spoil_number_by_script(random: Random, known: Known, *_: object) -> bool:
    key = _number_of(known)
    if key is None:
        return False
    known[key] = in_script(random, known[key])
    return True


def _spoil_number_by_placeholder(random: Random, known: Known, *_: object) -> bool:
    known["ssn"] = random.choice(("000-00-0000", "999-99-9999", "123-45-6789", "XXX-XX-1234"))
    return True


def _spoil_number_by_anothers(
    random: Random, known: Known, _: MadeUpPerson, people: list[MadeUpPerson]
) -> bool:
    other = random.choice(people)
    known["ssn"] = in_script(random, other.ssn or "900-01-0001")
    known.pop("ssn_last4", None)
    return True


def _spoil_address_by_old(
    random: Random, known: Known, _: MadeUpPerson, people: list[MadeUpPerson]
) -> bool:
    if "address" not in known:
        return False
    known["address"] = random.choice(people).address
    return True


def _spoil_address_by_form(_: Random, known: Known, *__: object) -> bool:
    if "address" not in known:
        return False
    known["address"] = known["address"].replace("Street", "St.").replace(", ME", "").upper()
    return True


def _spoil_address_by_nowhere(_: Random, known: Known, *__: object) -> bool:
    if "address" not in known:
        return False
    known["address"] = "General Delivery, Exampleton, ME 00011"
    return True


def _spoil_phone_by_extension(_: Random, known: Known, *__: object) -> bool:
    if "phone" not in known:
        return False
    known["phone"] = f"+1 {known['phone']} x12"
    return True


def _spoil_by_missing_date(random: Random, known: Known, *_: object) -> bool:
    if random.random() < 0.5:
        return False
    known.pop("birth_date")
    return True


def _spoilers() -> Iterator[tuple[str, Spoiler]]:
    last = "_spoil_by_missing_date"  # the others expect a date
    for name in sorted(globals(), key=lambda name: name == last):
        if name.startswith("_spoil_"):
            yield name.removeprefix("_spoil_"), globals()[name]


SPOILERS: dict[str, Spoiler] = dict(_spoilers())
