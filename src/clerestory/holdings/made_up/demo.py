"""A few made-up people with fixed names and numbers, for the demonstration's story.

All have the family name Example, so that nobody takes them for real.
"""

from dataclasses import dataclass
from datetime import date

from clerestory.holdings.made_up.people import MadeUpPerson

_DEMO_HOUSEHOLD = 900_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """One person of the story: the part played, the person, and the programs that pay."""

    part: str
    person: MadeUpPerson
    programs: tuple[str, ...]

    def query(self) -> dict[str, str]:
        """What a demand that knows the person well would give: the keys of a person query."""
        known = {
            "name": self.person.name,
            "birth_date": self.person.born.isoformat(),
            "address": self.person.address,
        }
        if self.person.ssn is not None:
            known["ssn"] = self.person.ssn
        return known


def _demo(
    part: str,
    number: int,
    name: str,
    born: date,
    household: int,
    *programs: str,
    woman: bool = True,
    tradition: str = "english",
    origin: int = 0,
) -> DemoPerson:
    given, _, family = name.partition("|")
    person_id = f"P2000{number:04d}"
    person = MadeUpPerson(
        person_id=person_id,
        given=given,
        family=family,
        other_names="",
        born=born,
        # The serial 0000 is never given out, and no other made-up person has it.
        ssn=f"9{number:02d}-{number:02d}-0000",
        medicaid_id=f"0000{number:04d}X",
        household=_DEMO_HOUSEHOLD + household,
        adult=born.year < 2008,
        woman=woman,
        address=f"{household} Demonstration Lane, Exampleton, ME 00011",
        phone=f"207-555-01{household:02d}",
        email=f"{person_id.lower()}@example.org",
        tradition=tradition,
        origin=origin,
    )
    return DemoPerson(part=part, person=person, programs=programs)


DEMO_PEOPLE = (
    _demo("snap-adult", 11, "Amina|Warsame Example", date(1988, 4, 17), 91,
          "snap", "mainecare", tradition="somali", origin=2),
    _demo("snap-spouse", 12, "Yuusuf|Nuur Example", date(1985, 1, 1), 91,
          "snap", "mainecare", woman=False, tradition="somali", origin=4),
    _demo("snap-twin-daughter", 13, "Hodan|Yuusuf Example", date(2017, 9, 30), 91,
          "snap", "mainecare", tradition="somali"),
    _demo("snap-twin-son", 14, "Guuleed|Yuusuf Example", date(2017, 9, 30), 91,
          "snap", "mainecare", woman=False, tradition="somali"),
    _demo("mainecare-adult", 21, "Jean-Luc|Thibodeau Example", date(1961, 11, 5), 92,
          "mainecare", woman=False, tradition="french"),
    _demo("hospital-patient", 31, "Robert Alan|Pinkham Example", date(1974, 6, 22), 93,
          "state_hospital", woman=False),
    _demo("wic-mother", 41, "Luzia|dos Santos Example", date(1999, 2, 3), 94,
          "wic", "mainecare", tradition="portuguese", origin=3),
    _demo("wic-infant", 42, "Tiago|dos Santos Example", date(2025, 8, 19), 94,
          "wic", "mainecare", woman=False, tradition="portuguese"),
)  # fmt: skip
