"""Made-up queries whose right answer is known: written from one person, then spoiled.

They are spoiled as papers are: slips of the pen, other spellings, day and month swapped, former
names, missing and wrong numbers, an old address; and as machines and clerks spoil them: digits of
other scripts, letters that nobody sees, strokes left out, a generation after the name, initials,
masks and placeholders.
"""
# Each spoiler takes the same three things, and most need fewer.
# ruff: noqa: ARG001

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from clerestory.holdings.made_up.people import MadeUpPerson
from clerestory.holdings.made_up.records import in_script, stroked, with_unseen

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
_NUMBERS = ("ssn", "ssn_last4", "medicaid_id", "person_id", "phone")

Known = dict[str, str]
Spoiler = Callable[["QueryMaker", Known, MadeUpPerson], bool]


@dataclass
class Draft:
    """A query being spoiled: the keys so far, and what was done to them."""

    known: Known
    spoiled: list[str] = field(default_factory=list)


class QueryMaker:
    """Writes query after query; people with a twin or a namesake are asked about far oftener."""

    def __init__(self, random: Random, people: list[MadeUpPerson]) -> None:
        self.random = random
        self.people = people
        self._hard = hard_cases(people)
        self._given: dict[int, set[str]] = {}
        for person in people:
            self._given.setdefault(person.household, set()).add(person.given)

    def make(self) -> tuple[MadeUpPerson, Draft]:
        """Return a person and a query about this person."""
        random = self.random
        person = random.choice(self._hard if random.random() < 0.3 else self.people)
        draft = Draft(known={"name": person.name, "birth_date": person.born.isoformat()})
        numbers = {"medicaid_id": person.medicaid_id, "person_id": person.person_id}
        if person.ssn:
            numbers |= {"ssn": person.ssn, "ssn_last4": person.ssn[-4:]}
        shared = {"address": person.address, "phone": person.phone, "email": person.email}
        kind = random.random()
        if kind < 0.4:
            key = random.choice(sorted(numbers))
            draft.known[key] = numbers[key]
        if kind > 0.3:
            for key in random.sample(sorted(shared), random.choice((1, 1, 1, 2, 3))):
                draft.known[key] = shared[key]
        for name in [name for name in SPOILERS if random.random() < 0.07]:
            if SPOILERS[name](self, draft.known, person):
                draft.spoiled.append(name)
        return person, draft

    def stranger(self, person: MadeUpPerson) -> MadeUpPerson:
        """Somebody of another household, whose given name nobody in this person's has.

        With a sister's name on it, a paper would be about the sister.
        """
        while True:
            other = self.random.choice(self.people)
            if other.given not in self._given[person.household]:
                return other


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


def _spoil_name_by_slip(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    known["name"] = _slip(maker.random, known["name"], "aeinorst")
    return True


def _spoil_name_by_spelling(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    before = known["name"]
    for written, others in OTHER_SPELLINGS.items():
        if written in known["name"].split() or (" " in written and written in known["name"]):
            known["name"] = known["name"].replace(written, maker.random.choice(others), 1)
    return known["name"] != before


def _spoil_name_by_order(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    words = known["name"].split()
    maker.random.shuffle(words)
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_dropping(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    words = known["name"].split()
    if len(words) > 2:
        words.pop(maker.random.randrange(len(words)))
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_plain_letters(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    split = unicodedata.normalize("NFD", known["name"])
    plain = "".join(letter for letter in split if not unicodedata.combining(letter)).upper()
    known["name"], before = plain, known["name"]
    return plain != before


def _spoil_name_by_former(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    if not person.other_names:
        return False
    given, _bar, family = maker.random.choice(person.other_names.split(";")).partition("|")
    known["name"] = f"{given} {family}"
    return True


def _spoil_name_by_a_word_more(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    words = known["name"].split()
    words.insert(maker.random.randrange(len(words) + 1), maker.stranger(person).given.split()[0])
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_another_given(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    other = maker.stranger(person).given
    known["name"], before = f"{other} {person.family}", known["name"]
    return known["name"] != before


def _spoil_name_by_generation(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    known["name"] += maker.random.choice((" Jr", " Sr.", ", III", " II", " Junior"))
    return True


def _spoil_name_by_initials(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    words = known["name"].split()
    at = maker.random.randrange(len(words))
    words[at] = f"{words[at][0]}."
    known["name"] = " ".join(words)
    return True


def _spoil_name_by_unseen(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    known["name"] = with_unseen(maker.random, known["name"])
    return True


def _spoil_name_by_strokes(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    known["name"], before = stroked(maker.random, known["name"]), known["name"]
    return known["name"] != before


def _spoil_name_by_placeholder(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    given = maker.random.choice(("FNU", "Baby Girl", "Unknown", "Baby Boy A", "N/A", "Infant"))
    known["name"] = f"{given} {person.family}"
    return True


def _spoil_date_by_swap(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    year, month, day = known["birth_date"].split("-")
    if int(day) > 12 or day == month:
        return False
    known["birth_date"] = f"{year}-{day}-{month}"
    return True


def _spoil_date_by_digit(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    wrong = _wrong_digit(maker.random, known["birth_date"])
    try:
        date.fromisoformat(wrong)
    except ValueError:
        return False
    known["birth_date"] = wrong
    return True


def _spoil_number(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    key = _number_of(known)
    if key is None:
        return False
    known[key] = _wrong_digit(maker.random, known[key])
    return True


def _spoil_number_by_script(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    key = _number_of(known)
    if key is None:
        return False
    known[key] = in_script(maker.random, known[key])
    return True


def _spoil_number_by_placeholder(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    known["ssn"] = maker.random.choice(("000-00-0000", "999-99-9999", "123-45-6789", "XXX-XX-1234"))
    return True


def _spoil_number_by_anothers(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    other = maker.stranger(person)
    known["ssn"] = in_script(maker.random, other.ssn or "900-01-0001")
    known.pop("ssn_last4", None)
    return True


def _spoil_address_by_old(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    if "address" not in known:
        return False
    known["address"] = maker.stranger(person).address
    return True


def _spoil_address_by_form(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    if "address" not in known:
        return False
    known["address"] = known["address"].replace("Street", "St.").replace(", ME", "").upper()
    return True


def _spoil_address_by_nowhere(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    if "address" not in known:
        return False
    known["address"] = "General Delivery, Exampleton, ME 00011"
    return True


def _spoil_phone_by_extension(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    if "phone" not in known:
        return False
    known["phone"] = f"+1 {known['phone']} x12"
    return True


def _spoil_by_missing_date(maker: QueryMaker, known: Known, person: MadeUpPerson) -> bool:
    if maker.random.random() < 0.5:
        return False
    known.pop("birth_date")
    return True


def _spoilers() -> Iterator[tuple[str, Spoiler]]:
    last = "_spoil_by_missing_date"  # the others expect a date
    for name in sorted(globals(), key=lambda name: name == last):
        if name.startswith("_spoil_"):
            yield name.removeprefix("_spoil_"), globals()[name]


SPOILERS: dict[str, Spoiler] = dict(_spoilers())
