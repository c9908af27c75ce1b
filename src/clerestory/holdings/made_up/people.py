"""Made-up people in households, from a seed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from clerestory.holdings.made_up.names import TRADITIONS, Tradition

# Social Security numbers beginning with 9 and with these middle digits are never given out, not
# even as taxpayer numbers; 555-0100 to 555-0199 are kept for fiction in every area code.
_SSN_GROUPS = 49
_SSN_SERIALS = 9_999
_SSN_SPACE = 100 * _SSN_GROUPS * _SSN_SERIALS
_TOWNS = (
    ("Exampleton", "00011"),
    ("North Sample", "00012"),
    ("Port Specimen", "00013"),
    ("Mount Madeup", "00014"),
    ("Placeholder Falls", "00015"),
    ("Isle of Instance", "00016"),
)
_STREETS = [
    "Samplewood Lane",
    "Specimen Street",
    "Example Avenue",
    "Mockup Road",
    "Dummy Drive",
    "Fictive Court",
    "Pretend Street",
    "Invented Road",
    "Storybook Lane",
    "Fable Street",
    "Nowhere Avenue",
    "Imaginary Drive",
]
_TODAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpPerson:
    """One made-up person: who, where, and of which household.

    Attributes:
        other_names: Former and other names, ``given|family``, separated by ``;``.
        tradition: How the family is named. It decides other made-up values and is written nowhere.
        origin: 0 born in the United States, else a small number that the made-up status follows.
    """

    person_id: str
    given: str
    family: str
    other_names: str
    born: date
    ssn: str | None
    medicaid_id: str
    household: int
    adult: bool
    woman: bool
    address: str
    phone: str
    email: str
    tradition: str
    origin: int

    @property
    def name(self) -> str:
        """The name as it is written."""
        return f"{self.given} {self.family}".strip()

    @property
    def age(self) -> int:
        """Age in whole years on the agency's own first day."""
        return (_TODAY - self.born).days // 365


class PeopleMaker:
    """Makes household after household; all chance comes from one seeded source."""

    def __init__(self, seed: int) -> None:
        # Made-up people need a repeatable source, not a secret one.
        self.random = Random(seed)  # noqa: S311
        self._used_ssn: set[int] = set()
        self._used_medicaid: set[str] = set()
        self._made = 0
        self._households = 0
        self._recent: list[MadeUpPerson] = []

    def make_household(self) -> list[MadeUpPerson]:
        """One household: one or two adults, children, at times a parent or twins."""
        random = self.random
        tradition = self._tradition()
        self._households += 1
        address, phone = self._address(), self._phone()
        born = self._born(20, 75, tradition)
        people = [self._adult(tradition, address, phone, born, woman=random.random() < 0.6)]
        if random.random() < 0.45:
            people.append(self._partner(people[0], tradition))
        people += self._children(people, tradition)
        if random.random() < 0.02:
            people.append(self._namesake_child(people[0]))
        people = [self._with_other_name(person) for person in people]
        if self._recent and random.random() < 0.02:
            people[0] = self._namesake(people[0])
        # A few hundred people to share an address or a name and birth date with.
        self._recent = (self._recent + people)[-300:]
        return people

    def next_person_id(self) -> str:
        """Ids go up and down, so that nearness of ids says nothing."""
        self._made += 1
        return f"P{(self._made * 7_368_787) % 10_000_019:08d}"

    def next_ssn(self, after: str | None = None) -> str:
        """A number that is never given out; twins get numbers in a row."""
        number = self.random.randrange(_SSN_SPACE)
        if after is not None:
            area, group, serial = (int(part) for part in after.split("-"))
            number = ((area - 900) * _SSN_GROUPS + group - 1) * _SSN_SERIALS + serial
            number %= _SSN_SPACE
        while number in self._used_ssn:
            number = (number + 1) % _SSN_SPACE
        self._used_ssn.add(number)
        rest, serial = divmod(number, _SSN_SERIALS)
        area, group = divmod(rest, _SSN_GROUPS)
        return f"{900 + area}-{group + 1:02d}-{serial + 1:04d}"

    def _next_medicaid_id(self, letters: str) -> str:
        """A number that nobody else has: two records with one number may be of one person."""
        while True:
            number = f"{self.random.randrange(10_000_000, 100_000_000)}"
            number += self.random.choice(letters) if len(letters) > 1 else letters
            if number not in self._used_medicaid:
                self._used_medicaid.add(number)
                return number

    def _adult(
        self, tradition: Tradition, address: str, phone: str, born: date, *, woman: bool
    ) -> MadeUpPerson:
        random = self.random
        given = random.choice(tradition.women if woman else tradition.men)
        if tradition.patronymic:
            family = f"{random.choice(tradition.men)} {random.choice(tradition.men)}"
        else:
            family = random.choice(tradition.families)
        abroad = tradition.code in {"somali", "arabic", "portuguese"} and random.random() < 0.8
        origin = random.randrange(1, 7) if abroad else 0
        person_id = self.next_person_id()
        return MadeUpPerson(
            person_id=person_id,
            given=given,
            family=family,
            other_names="",
            born=born,
            ssn=None if origin == 6 else self.next_ssn(),
            medicaid_id=self._next_medicaid_id("ACDHKM"),
            household=self._households,
            adult=True,
            woman=woman,
            address=address,
            phone=phone,
            email=f"{person_id.lower()}@example.org",
            tradition=tradition.code,
            origin=origin,
        )

    def _partner(self, first: MadeUpPerson, tradition: Tradition) -> MadeUpPerson:
        born = first.born + timedelta(days=self.random.randrange(-2500, 700))
        partner = self._adult(tradition, first.address, first.phone, born, woman=not first.woman)
        if tradition.patronymic:
            return partner
        return replace(
            partner, family=first.family, other_names=f"{partner.given}|{partner.family}"
        )

    def _children(self, parents: list[MadeUpPerson], tradition: Tradition) -> list[MadeUpPerson]:
        random = self.random
        children: list[MadeUpPerson] = []
        for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
            child = self._child(parents, tradition, self._born(0, 18, tradition))
            children.append(child)
            if random.random() < 0.08:
                names = random.choice(tradition.twins)
                children[-1] = replace(child, given=names[0])
                twin = self._child(parents, tradition, child.born)
                ssn = self.next_ssn(after=child.ssn) if child.ssn else None
                children.append(replace(twin, given=names[1], ssn=ssn, origin=child.origin))
        return children

    def _child(self, parents: list[MadeUpPerson], tradition: Tradition, born: date) -> MadeUpPerson:
        first = parents[0]
        woman = self.random.random() < 0.5
        child = self._adult(tradition, first.address, first.phone, born, woman=woman)
        family = first.family
        if tradition.patronymic:
            father = next((person for person in parents if not person.woman), first)
            family = f"{father.given} {father.family.split()[0]}"
        origin = child.origin if self.random.random() < 0.4 else 0
        ssn = child.ssn or (self.next_ssn() if origin != 6 else None)
        return replace(child, family=family, adult=False, origin=origin, ssn=ssn)

    def _namesake_child(self, parent: MadeUpPerson) -> MadeUpPerson:
        """A grown child of the same name at the same address."""
        person_id = self.next_person_id()
        # The 28th at the latest, which every year has in every month.
        day = min(parent.born.day, 28)
        born = parent.born.replace(year=min(parent.born.year + 20, 2007), day=day)
        return replace(
            parent,
            person_id=person_id,
            born=born,
            ssn=self.next_ssn() if parent.ssn else None,
            medicaid_id=self._next_medicaid_id("K"),
            email=f"{person_id.lower()}@example.org",
        )

    def _namesake(self, person: MadeUpPerson) -> MadeUpPerson:
        """Give a person the name and birth date of somebody in another household."""
        other = self.random.choice(self._recent)
        return replace(person, given=other.given, family=other.family, born=other.born)

    def _with_other_name(self, person: MadeUpPerson) -> MadeUpPerson:
        if person.other_names or self.random.random() > 0.08:
            return person
        tradition = next(t for t in TRADITIONS if t.code == person.tradition)
        pool = tradition.families or tradition.men
        return replace(person, other_names=f"{person.given}|{self.random.choice(pool)}")

    def _tradition(self) -> Tradition:
        place = self.random.randrange(sum(tradition.share for tradition in TRADITIONS))
        for tradition in TRADITIONS:
            place -= tradition.share
            if place < 0:
                return tradition
        raise AssertionError("the shares are added up above")

    def _born(self, youngest: int, oldest: int, tradition: Tradition) -> date:
        days = self.random.randrange(youngest * 365, oldest * 365)
        born = _TODAY - timedelta(days=days + 1)
        if self.random.randrange(1000) < tradition.new_year:
            return born.replace(month=1, day=1)
        return born

    def _address(self) -> str:
        random = self.random
        if self._recent and random.random() < 0.12:
            return random.choice(self._recent).address  # two households under one roof
        town, zip_code = random.choice(_TOWNS)
        street = random.choice(_STREETS)
        if random.random() < 0.04:
            return f"1 {street}, {town}, ME {zip_code}"  # a shelter that hundreds write from
        unit = f" Apt {random.randrange(1, 13)}" if random.random() < 0.4 else ""
        return f"{random.randrange(2, 3000)} {street}{unit}, {town}, ME {zip_code}"

    def _phone(self) -> str:
        # Every area code, or thousands would share the hundred numbers of one: a made-up number
        # must tell households apart as a real one does.
        area = self.random.randrange(201, 1000)
        return f"{area}-555-01{self.random.randrange(100):02d}"


def make_people(*, seed: int, persons: int) -> list[MadeUpPerson]:
    """Make ``persons`` made-up people; the same seed and number make the same people."""
    maker = PeopleMaker(seed)
    people: list[MadeUpPerson] = []
    while len(people) < persons:
        people += maker.make_household()
    return people[:persons]
