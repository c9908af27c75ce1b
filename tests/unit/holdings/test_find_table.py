"""Every combination of what was said with what is on record, and its exact answer. All made up."""

from collections.abc import Callable

import pytest

from clerestory.holdings import Found, PersonIndex, PersonQuery
from clerestory.holdings.find import find_person

MakeIndex = Callable[..., PersonIndex]
RECORD = {
    "name": "Mary Jane|Smith",
    "born": "1988-04-09",
    "ssn": "911-11-1234",
    "address": "9 Fable Street",
    "phone": "207-555-0142",
    "email": "mary.jane@example.org",
}
ANSWERS = {
    "F": "found",
    "-": "nobody-agrees",
    "N": "name-disagrees",
    "B": "birth-date-disagrees",
    "U": "birth-date-not-on-record",
    "X": "number-disagrees",
    "H": "number-not-on-record",
    "G": "given-names-incomplete",
    "M": "nothing-more-agrees",
    "C": "contact-disagrees",
    "D": "recorded-twice",
    "T": "too-little-known",
    "2": "second-person-near",
    "A": "two-persons-agree",
}
EVIDENCE = {
    "ssn": {"ssn": "911-11-1234"},
    "last4": {"ssn_last4": "1234"},
    "address": {"address": "9 Fable St."},
    "nothing": {"address": "1 Else Road"},
    "wrong_ssn": {"ssn": "911-11-9999", "address": "9 Fable St."},
    "wrong4": {"ssn_last4": "9999", "address": "9 Fable St."},
    "unheld_ssn": {"ssn": "911-11-1234", "address": "9 Fable St."},
    "same_mail": {"address": "9 Fable St.", "email": "Mary.Jane@example.org"},
    "other_mail": {"address": "9 Fable St.", "email": "marie.jane@example.org"},
    "other_phone": {"address": "9 Fable St.", "phone": "207-555-0199"},
    "slip_phone": {"address": "9 Fable St.", "phone": "207-555-0143"},
    "mail_beside_ssn": {"ssn": "911-11-1234", "email": "marie.jane@example.org"},
    "mail_beside_last4": {"ssn_last4": "1234", "phone": "207-555-0199"},
}
NAMES = {
    "full": "Mary Jane Smith",
    "part": "Mary Smith",
    "weak": "Mary Jane Ann Smith",
    "near": "Marie Jane Smith",
    "none": "Hodan Farah",
}
# What was said beside the name; the birth date: the same, another, not said, not on record; and
# the answer for a name that fits in full, in part, weakly, nearly, not at all.
ONE_RECORD = [
    ("ssn", "same", "FFFNN"),
    ("ssn", "other", "BBBBB"),
    ("ssn", "unsaid", "FFNNN"),
    ("ssn", "unheld", "FFNNN"),
    ("last4", "same", "FF---"),
    ("last4", "other", "-----"),
    ("last4", "unsaid", "TTTTT"),
    ("last4", "unheld", "-----"),
    ("address", "same", "FGN--"),
    ("address", "other", "BB---"),
    ("address", "unsaid", "TTTTT"),
    ("address", "unheld", "UU---"),
    ("nothing", "same", "MM---"),
    ("nothing", "other", "-----"),
    ("nothing", "unsaid", "TTTTT"),
    ("nothing", "unheld", "-----"),
    ("wrong_ssn", "same", "XXX--"),
    ("wrong_ssn", "other", "XX---"),
    ("wrong_ssn", "unsaid", "XX---"),
    ("wrong_ssn", "unheld", "XX---"),
    ("wrong4", "same", "XXX--"),
    ("wrong4", "other", "XX---"),
    ("wrong4", "unsaid", "TTTTT"),
    ("wrong4", "unheld", "XX---"),
    ("unheld_ssn", "same", "HHN--"),
    ("unheld_ssn", "other", "BB---"),
    ("unheld_ssn", "unsaid", "HH---"),
    ("unheld_ssn", "unheld", "HH---"),
    ("same_mail", "same", "FGN--"),
    ("other_mail", "same", "CCN--"),
    ("other_mail", "other", "BB---"),
    ("other_phone", "same", "CCN--"),
    ("slip_phone", "same", "FGN--"),
    ("mail_beside_ssn", "same", "FFFNN"),
    ("mail_beside_last4", "same", "FF---"),
]


@pytest.fixture(params=ONE_RECORD, ids=lambda row: "-".join(row[:2]))
def row(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    told: tuple[str, str, str] = request.param
    return told


def answer_of(index: PersonIndex, query: dict[str, str]) -> str:
    answer = find_person(index, PersonQuery.from_mapping(query))
    return "found" if isinstance(answer, Found) else "+".join(answer.reasons)


def test_one_record(make_index: MakeIndex, row: tuple[str, str, str]) -> None:
    said, birth, answers = row
    record = RECORD | ({"born": ""} if birth == "unheld" else {})
    if said == "unheld_ssn":
        del record["ssn"]
    index = make_index(record)
    born = {"same": RECORD["born"], "unheld": RECORD["born"], "other": "1988-04-10"}.get(birth)
    query = EVIDENCE[said] | ({"birth_date": born} if born else {})

    told = [answer_of(index, query | {"name": name}) for name in NAMES.values()]

    assert told == [ANSWERS[letter] for letter in answers]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"ssn": "911-11-1234", "birth_date": "1988-04-09"}, "found"),
        ({"ssn": "911-11-1234"}, "name-disagrees"),
        ({"ssn": "911-11-1234", "birth_date": "1988-04-10"}, "birth-date-disagrees"),
        ({"ssn_last4": "1234", "birth_date": "1988-04-09"}, "nobody-agrees"),
        ({"address": "9 Fable St.", "birth_date": "1988-04-09"}, "name-disagrees"),
    ],
)
def test_the_first_given_name_may_be_unsaid_where_number_and_birth_date_agree(
    make_index: MakeIndex, query: dict[str, str], answer: str
) -> None:
    assert answer_of(make_index(RECORD), query | {"name": "Jane Smith"}) == answer


@pytest.mark.parametrize(("ssn", "answer"), [("911-11-1235", "second-person-near"),
                                             ("933-03-8888", "found")])  # fmt: skip
def test_a_twin_with_the_same_further_name_is_told_apart_by_more_than_a_slip(
    make_index: MakeIndex, ssn: str, answer: str
) -> None:
    index = make_index(RECORD, RECORD | {"name": "Ann Jane|Smith", "ssn": ssn})
    query = {"name": "Jane Smith", "ssn": "911-11-1234", "birth_date": "1988-04-09"}

    assert answer_of(index, query) == answer


RIVAL_NAMES = {
    "full": "Mary Jane|Smith",
    "part": "Mary Jane Ann|Smith",
    "near": "Marie Jane|Smith",
    "none": "Hodan|Farah",
}
RIVAL_BIRTHS = {
    "same": "1988-04-09",
    "slip": "1988-04-08",
    "swapped": "1988-09-04",
    "far": "1960-02-02",
    "none": "",
}
RIVAL_NUMBERS = {"slip": "911-11-1235", "far": "933-03-8888", "none": ""}
# The name in full and one thing more, said with the birth date but for the second; how near the
# name of a second person at the same address is; and the answer. Five groups: the second person's
# birth date is the same, a slip away, day for month, far, unknown; in each the second person's
# number is a slip away, far, unknown.
SECOND_PERSON = [
    ("ssn", "full", "2FD FFF FFF FFF FFF"),
    ("ssn", "part", "2FD FFF FFF FFF FFF"),
    ("ssn", "near", "FFF FFF FFF FFF FFF"),
    ("ssn", "none", "FFF FFF FFF FFF FFF"),
    ("ssn unsaid", "full", "2FD 2FF 2FF 2FF 2FF"),
    ("ssn unsaid", "part", "2FD 2FF 2FF 2FF 2FF"),
    ("ssn unsaid", "near", "FFF FFF FFF FFF FFF"),
    ("ssn unsaid", "none", "FFF FFF FFF FFF FFF"),
    ("last4", "full", "2F2 FFF FFF FFF FFF"),
    ("last4", "part", "2F2 FFF FFF FFF FFF"),
    ("last4", "near", "2F2 FFF FFF FFF FFF"),
    ("last4", "none", "FFF FFF FFF FFF FFF"),
    ("address", "full", "AAA 222 222 FFF 222"),
    ("address", "part", "222 222 222 FFF 222"),
    ("address", "near", "222 222 222 FFF 222"),
    ("address", "none", "FFF FFF FFF FFF FFF"),
]


@pytest.mark.parametrize(("said", "name", "answers"), SECOND_PERSON)
def test_a_second_person(make_index: MakeIndex, said: str, name: str, answers: str) -> None:
    query = EVIDENCE[said.partition(" ")[0]] | {"name": NAMES["full"]}
    if "unsaid" not in said:
        query["birth_date"] = RECORD["born"]
    told = []
    for born in RIVAL_BIRTHS.values():
        for ssn in RIVAL_NUMBERS.values():
            second = RECORD | {"name": RIVAL_NAMES[name], "born": born, "ssn": ssn}
            told.append(answer_of(make_index(RECORD, second), query))

    assert told == [ANSWERS[letter] for letter in answers.replace(" ", "")]
