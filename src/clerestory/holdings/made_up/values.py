"""A made-up value for every field of the catalogue that is read for one person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from clerestory.holdings.made_up.people import MadeUpPerson

FIRST_DAY = date(2024, 1, 1)

_COUNTRIES = {
    "english": "Canada",
    "french": "Canada",
    "somali": "Somalia",
    "arabic": "Iraq",
    "portuguese": "Angola",
}
_LANGUAGES = {
    "english": "English",
    "french": "French",
    "somali": "Somali",
    "arabic": "Arabic",
    "portuguese": "Portuguese",
}
_STATUS = (
    "citizen",
    "naturalized citizen",
    "refugee",
    "asylum applicant",
    "lawful permanent resident",
    "temporary protected status",
    "no record returned",
)
_EMPLOYERS = (
    "Made-Up Mills",
    "Example Seafood Company",
    "Sample Woods Products",
    "Specimen Home Care",
    "Placeholder Diner",
    "Invented Logistics",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a value may be made from: the person, the household, the program, and chance."""

    person: MadeUpPerson
    household: Sequence[MadeUpPerson]
    program: str
    random: Random

    def pick(self, *choices: str) -> str:
        """One of the choices."""
        return self.random.choice(choices)

    def dollars(self, low: int, high: int) -> str:
        """An amount in whole dollars."""
        return f"${self.random.randrange(low, high)}"

    def day(self) -> date:
        """A day of the agency's first two years."""
        return FIRST_DAY + timedelta(days=self.random.randrange(730))

    def months(self) -> list[str]:
        """Months in a row within those two years, and at times a gap."""
        first = self.random.randrange(20)
        last = self.random.randrange(first + 3, 24)
        gap = self.random.randrange(first, 2 * last)
        return [
            f"{FIRST_DAY.year + at // 12}-{at % 12 + 1:02d}"
            for at in range(first, last + 1)
            if at != gap
        ]

    def others(self) -> list[MadeUpPerson]:
        """The rest of the household."""
        return [one for one in self.household if one.person_id != self.person.person_id]


Maker = Callable[[Setting], str | None]


def _determination(at: Setting) -> str:
    return f"{at.pick('approved', 'approved', 'approved', 'denied')} on {at.day()}"


def _household_members(at: Setting) -> str | None:
    return "; ".join(one.name for one in at.household) or None


def _relatives(at: Setting) -> str | None:
    return "; ".join(one.name for one in at.others()) or None


def _absent_parent(at: Setting) -> str | None:
    if at.person.adult or at.random.random() < 0.7:
        return None
    return f"{at.pick('Alex', 'Robin', 'Kim')} Example (made up)"


def _marked(at: Setting, number: int) -> str:
    """One made-up person in a hundred is marked; a mark says nothing about another."""
    return "yes" if int(at.person.person_id[1:]) % 100 == 50 + number else "no"


def _adults(maker: Maker) -> Maker:
    return lambda at: maker(at) if at.person.adult else None


def _rarely(maker: Maker, share: float) -> Maker:
    return lambda at: maker(at) if at.random.random() < share else None


def _note(what: str) -> Maker:
    return lambda at: f"made-up {what} no. {at.random.randrange(1, 1_000_000)}, {at.day()}"


# By the code of the field. What a person is, in the person tables:
ABOUT_PERSON: Mapping[str, Maker] = {
    "name": lambda at: at.person.name,
    "alias": lambda at: at.person.other_names or None,
    "date_of_birth": lambda at: at.person.born.isoformat(),
    "ssn": lambda at: at.person.ssn,
    "medicaid_id": lambda at: at.person.medicaid_id,
    "address": lambda at: at.person.address,
    "mailing_address": _rarely(lambda _: "PO Box 1, Exampleton, ME 00011", 0.1),
    "actual_address": _rarely(lambda _: "77 Undisclosed Road, Nowhere, ME 00019", 0.002),
    "phone": lambda at: at.person.phone,
    "email": _rarely(lambda at: at.person.email, 0.5),
    "emergency_contact": lambda at: next((one.name for one in at.others()), None),
    "citizenship": lambda at: "United States" if at.person.origin in (0, 1) else "other",
    "immigration_status": lambda at: _STATUS[at.person.origin],
    "a_number": lambda at: (
        f"A000{at.random.randrange(1_000_000):06d}" if at.person.origin > 1 else None
    ),
    "identification_number": _rarely(_note("identity document"), 0.05),
    "place_of_birth": lambda at: (
        _COUNTRIES[at.person.tradition] if at.person.origin else "United States"
    ),
    "national_origin": lambda at: (
        _COUNTRIES[at.person.tradition] if at.person.origin else "United States"
    ),
    "race_ethnicity": lambda at: at.pick("answer 1", "answer 2", "answer 3", "declined"),
    "language": lambda at: (
        _LANGUAGES[at.person.tradition]
        if at.person.origin or at.person.tradition == "french"
        else "English"
    ),
}

# What protects its person. It is made from the person's number and not by chance, so that what is
# made up for the other columns stays as it is; nobody of the story is marked.
PROTECTED: Mapping[str, Maker] = {
    "protections.address_confidentiality": lambda at: _marked(at, 1),
    "protections.domestic_violence": lambda at: _marked(at, 2),
    "protections.family_violence_indicator": lambda at: _marked(at, 3),
    "protections.protected_8usc1367": lambda at: _marked(at, 4),
}

# Which household somebody is of.
HOUSEHOLD: Mapping[str, Maker] = {
    "households.same": lambda at: f"H{at.person.household:09d}",
}

# What a program keeps about its people, one value each:
IN_PROGRAM: Mapping[str, Maker] = {
    "absent_parent": _absent_parent,
    "admission_status": lambda at: at.pick("admitted", "discharged"),
    "application_form": _note("application"),
    "appointment_times": _rarely(lambda at: f"{at.day()} 10:00, Exampleton office", 0.3),
    "assets": _adults(lambda at: at.dollars(0, 2000)),
    "bank_account": _adults(lambda at: f"made-up account {at.random.randrange(10_000):08d}"),
    "benefit_amount": lambda at: at.dollars(40, 900),
    "case_file": _note("case file"),
    "case_notes": _note("case note"),
    "certification_dates": lambda at: f"{at.day()} for 12 months",
    "counselling_notes": _note("counselling note"),
    "criminal_record": _rarely(_note("record check"), 0.2),
    "diagnosis": lambda at: f"made-up diagnosis Z{at.random.randrange(100):02d}",
    "discharge_date": _rarely(lambda at: at.day().isoformat(), 0.6),
    "doctor_letter": _rarely(_note("doctor's letter"), 0.2),
    "eligibility_determination": _determination,
    "eligibility_documents": lambda at: at.pick("pay slips", "lease", "birth record", "affidavit"),
    "employer": _adults(_rarely(lambda at: at.pick(*_EMPLOYERS), 0.6)),
    "employer_address": _adults(_rarely(lambda _: "1 Mockup Road, Exampleton, ME 00011", 0.6)),
    "fti_income": _adults(lambda at: at.dollars(5000, 40000)),
    "health_screening": _note("screening"),
    "household_members": _household_members,
    "income": _adults(lambda at: f"{at.dollars(0, 3200)} a month"),
    "informant_identity": _rarely(_note("caller"), 0.05),
    "ip_address": lambda at: f"192.0.2.{at.random.randrange(1, 255)}",
    "ndnh_data": _adults(_rarely(lambda at: f"hired {at.day()}", 0.5)),
    "program_participation": lambda at: f"since {at.day()}",
    "relatives": _relatives,
    "sud_records": _note("treatment record"),
    "supporting_affidavits": _rarely(_note("affidavit"), 0.2),
    "treatment": lambda at: at.pick("made-up treatment A", "made-up treatment B"),
    "unearned_income": _adults(_rarely(lambda at: f"{at.dollars(100, 1500)} a month", 0.3)),
    "vehicles": _adults(_rarely(lambda at: at.pick("2009 sedan", "2014 pickup"), 0.5)),
}

# What has one row for each month, and in which months:
MONTHLY: Mapping[str, Callable[[Setting], list[str]]] = {
    "program_participation": lambda at: at.months(),
}

# What has a date, many rows a person; the number is the most rows there are:
DATED: Mapping[str, tuple[int, Maker]] = {
    "benefit_history": (4, lambda at: f"paid {at.dollars(40, 900)}"),
    "child_support_paid": (4, lambda at: f"received {at.dollars(20, 500)}"),
    "claims": (3, lambda at: f"made-up claim, {at.dollars(30, 4000)}"),
    "ebt_transactions": (5, lambda at: f"Placeholder Market, {at.dollars(3, 120)}"),
    "notices": (2, lambda at: f"notice of {at.pick('renewal', 'change', 'decision')}"),
    "visit_dates": (3, lambda at: at.pick("clinic visit", "telephone visit")),
    "wages": (4, lambda at: f"{at.pick(*_EMPLOYERS)}, {at.dollars(400, 9000)} a quarter"),
}
