"""The rules of the search, one by one."""

from collections.abc import Callable

import pytest

from clerestory.holdings import (
    Found,
    NotFound,
    PersonIndex,
    PersonQuery,
    Reason,
    Refused,
)
from clerestory.holdings.find import find_person

MakeIndex = Callable[..., PersonIndex]
AMINA = {
    "name": "Amina|Cali Nuur",
    "born": "1988-04-09",
    "ssn": "911-11-1234",
    "medicaid_id": "12345678A",
    "address": "9 Fable Street, Exampleton, ME 00011",
    "phone": "207-555-0101",
    "email": "m1@example.org",
}
TWIN = AMINA | {"name": "Ladan|Cali Nuur", "ssn": "911-11-1235", "medicaid_id": "22345678A"}


def ask(index: PersonIndex, **keys: str) -> object:
    return find_person(index, PersonQuery.from_mapping(keys))


def found(number: int, *why: str) -> Found:
    return Found(person_id=f"M{number}", why=why)


NAME = {"name": "Amina Ali Nur"}
BORN = {"birth_date": "1988-04-09"}
HOME = {"address": "9 Fable St, Exampleton 00011"}


@pytest.mark.parametrize("key", ["ssn", "medicaid_id"])
def test_a_number_and_the_name_find_one_person(make_index: MakeIndex, key: str) -> None:
    index = make_index(AMINA)

    assert ask(index, **NAME, **{key: AMINA[key]}) == found(
        1, "same-name", f"same-{key.replace('_', '-')}"
    )
    assert isinstance(ask(index, **NAME, **BORN, **{key: AMINA[key]}), Found)


def test_a_case_person_id_and_the_name_find_one_person(make_index: MakeIndex) -> None:
    assert ask(make_index(AMINA), **NAME, person_id="m1") == found(1, "same-name", "same-person-id")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("address", HOME["address"]),
        ("phone", "(207) 555 0101"),
        ("email", "M1@example.org"),
        ("ssn_last4", "1234"),
    ],
)
def test_name_birth_date_and_one_more_find_one_person(
    make_index: MakeIndex, key: str, value: str
) -> None:
    assert ask(make_index(AMINA), **NAME, **BORN, **{key: value}) == found(
        1, "same-name", "same-birth-date", f"same-{key.replace('_', '-')}"
    )


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"ssn": "911-11-1234"}, Reason.NAME_MISSING),
        ({"ssn": "911-11-1234", **BORN}, Reason.NAME_MISSING),
        ({"name": "Amina", **BORN, **HOME}, Reason.NAME_TOO_SHORT),
        ({**NAME, **BORN}, Reason.TOO_LITTLE_KNOWN),
        ({**NAME, **HOME}, Reason.TOO_LITTLE_KNOWN),
        ({**NAME, "ssn_last4": "1234"}, Reason.TOO_LITTLE_KNOWN),
        ({**NAME, "ssn": "911-11-1234", "birth_date": "1988-09-04"}, Reason.BIRTH_DATE_DISAGREES),
        ({"name": "Hodan Farah", "ssn": "911-11-1234"}, Reason.NAME_DISAGREES),
        ({"name": "Amino Farah", "ssn": "911-11-1234"}, Reason.NAME_DISAGREES),
        ({**NAME, **BORN, "ssn": "911-11-9999"}, Reason.NUMBER_DISAGREES),
        ({**NAME, **BORN, **HOME, "ssn_last4": "9999"}, Reason.NUMBER_DISAGREES),
        ({**NAME, **BORN, "address": "1 Else Road"}, Reason.NOTHING_MORE_AGREES),
        ({**NAME, **HOME, "birth_date": "1988-09-04"}, Reason.BIRTH_DATE_DISAGREES),
    ],
)
def test_doubt_names_nobody_and_says_why(
    make_index: MakeIndex, keys: dict[str, str], reason: Reason
) -> None:
    assert ask(make_index(AMINA), **keys) == Refused(reasons=(reason,))


def test_nobody_near_is_not_found(make_index: MakeIndex) -> None:
    assert ask(make_index(AMINA), name="Ladan Farah", **BORN, **HOME) == NotFound(
        reasons=(Reason.NOBODY_AGREES,)
    )
    assert ask(make_index(AMINA), **NAME, ssn="911-22-5555") == NotFound(
        reasons=(Reason.NOBODY_AGREES,)
    )


def test_a_moved_person_is_still_found_by_number(make_index: MakeIndex) -> None:
    assert isinstance(ask(make_index(AMINA), **NAME, ssn=AMINA["ssn"], address="1 Else Rd"), Found)


def test_twins_whose_names_are_far_apart_are_told_apart(make_index: MakeIndex) -> None:
    index = make_index(AMINA, TWIN)

    assert isinstance(ask(index, **NAME, **BORN, **HOME), Found)
    assert ask(index, name="Ladan Ali Nur", **BORN, ssn=TWIN["ssn"]) == found(
        2, "same-name", "same-birth-date", "same-ssn"
    )


def test_twins_whose_names_are_near_need_a_number(make_index: MakeIndex) -> None:
    hassan = AMINA | {"name": "Xasan|Cali"}
    hussein = TWIN | {"name": "Xuseen|Cali", "ssn": "911-11-5678"}
    index = make_index(hassan, hussein)

    assert ask(index, name="Hassan Ali", **BORN, **HOME) == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )
    assert ask(index, name="Hassan Ali", **BORN, ssn_last4="1234") == found(
        1, "same-name", "same-birth-date", "same-ssn-last4"
    )


def test_numbers_one_slip_apart_do_not_tell_near_twins_apart(make_index: MakeIndex) -> None:
    index = make_index(AMINA | {"name": "Xasan|Cali"}, TWIN | {"name": "Xuseen|Cali"})

    assert ask(index, name="Hassan Ali", **BORN, ssn_last4="1234") == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )


def test_the_family_name_alone_never_finds_the_one_twin_that_is_held(
    make_index: MakeIndex,
) -> None:
    assert ask(make_index(AMINA), name="Ali Nur", **BORN, **HOME) == NotFound(
        reasons=(Reason.NOBODY_AGREES,)
    )


def test_namesakes_born_the_same_day_need_a_number(make_index: MakeIndex) -> None:
    namesake = AMINA | {"ssn": "933-03-8888", "medicaid_id": "9Z", "address": "1 Other Road"}
    index = make_index(AMINA, namesake)

    assert ask(index, **NAME, **BORN, **HOME) == Refused(reasons=(Reason.SECOND_PERSON_NEAR,))
    assert isinstance(ask(index, **NAME, **BORN, ssn=AMINA["ssn"]), Found)
    assert ask(index, **NAME, **BORN, phone=AMINA["phone"]) == Refused(
        reasons=(Reason.TWO_PERSONS_AGREE,)
    )


def test_a_namesake_at_the_address_with_day_and_month_swapped_is_a_second_person(
    make_index: MakeIndex,
) -> None:
    index = make_index(AMINA, AMINA | {"born": "1988-09-04", "ssn": "933-03-8888"})

    assert ask(index, **NAME, **BORN, **HOME) == Refused(reasons=(Reason.SECOND_PERSON_NEAR,))


def test_a_namesake_at_the_address_of_another_generation_is_no_danger(
    make_index: MakeIndex,
) -> None:
    index = make_index(AMINA, AMINA | {"born": "2009-04-12", "ssn": "933-03-8888"})

    assert isinstance(ask(index, **NAME, **BORN, **HOME), Found)


def test_without_a_birth_date_a_namesake_one_digit_away_is_a_second_person(
    make_index: MakeIndex,
) -> None:
    index = make_index(AMINA, TWIN | {"name": AMINA["name"], "born": "1960-02-02"})

    assert ask(index, **NAME, ssn=AMINA["ssn"]) == Refused(reasons=(Reason.SECOND_PERSON_NEAR,))


def test_a_household_address_needs_every_given_name(make_index: MakeIndex) -> None:
    index = make_index(AMINA | {"name": "Maria Luísa|Silva"})

    assert ask(index, name="Maria Silva", **BORN, **HOME) == Refused(
        reasons=(Reason.GIVEN_NAMES_INCOMPLETE,)
    )
    assert isinstance(ask(index, name="Maria Silva", **BORN, ssn_last4="1234"), Found)


def test_a_slip_in_the_family_name_needs_number_and_birth_date(make_index: MakeIndex) -> None:
    index = make_index(AMINA | {"name": "Mary|Smith"})

    assert isinstance(ask(index, name="Mary Smyth", **BORN, ssn=AMINA["ssn"]), Found)
    assert ask(index, name="Mary Smyth", ssn=AMINA["ssn"]) == Refused(
        reasons=(Reason.NAME_DISAGREES,)
    )


def test_a_number_that_was_given_and_is_not_on_record_is_not_passed_over(
    make_index: MakeIndex,
) -> None:
    person = {key: value for key, value in AMINA.items() if key != "ssn"}
    index = make_index(person)

    assert ask(index, **NAME, **BORN, **HOME, ssn="911-11-1234") == Refused(
        reasons=(Reason.NUMBER_NOT_ON_RECORD,)
    )
    assert ask(index, **NAME, **BORN, **HOME, ssn_last4="1234") == Refused(
        reasons=(Reason.NUMBER_NOT_ON_RECORD,)
    )
    # Another number of the person's own agrees: the paper knows this person.
    assert ask(index, **NAME, ssn="911-11-1234", medicaid_id="12345678A") == found(
        1, "same-name", "same-medicaid-id"
    )


def test_a_number_that_is_somebody_elses_refuses(make_index: MakeIndex) -> None:
    without = {key: value for key, value in AMINA.items() if key != "ssn"}
    other = {"name": "Hodan|Farah", "born": "1970-01-02", "ssn": "933-03-8888"}
    index = make_index(without, other)

    assert ask(index, **NAME, medicaid_id="12345678A", ssn="933-03-8888") == Refused(
        reasons=(Reason.NUMBER_DISAGREES,)
    )


def test_a_record_without_a_birth_date_is_found_by_number_only(make_index: MakeIndex) -> None:
    index = make_index(AMINA | {"born": ""})

    assert isinstance(ask(index, **NAME, **BORN, ssn="911-11-1234"), Found)
    assert ask(index, **NAME, **BORN, **HOME) == Refused(reasons=(Reason.BIRTH_DATE_NOT_ON_RECORD,))
