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
    other = {"born": "2009-04-12", "ssn": "933-03-8888", "medicaid_id": "77777777C"}
    index = make_index(AMINA, AMINA | other)

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


def test_a_key_is_found_as_the_source_writes_it(make_index: MakeIndex) -> None:
    index = make_index(
        AMINA | {"person_id": "1-23"},
        TWIN | {"name": "Amina|Cali Nuur", "person_id": "123", "born": "1950-01-02"},
    )

    for key in ("1-23", "123"):
        answer = ask(index, **NAME, person_id=key)
        assert isinstance(answer, Found)
        assert answer.person_id == key
    assert isinstance(ask(index, **NAME, person_id="12-3"), NotFound)
    assert ask(index, **NAME, **BORN, **HOME, person_id="12-3") == Refused(
        reasons=(Reason.NUMBER_DISAGREES,)
    )


def test_keys_that_differ_in_case_alone_are_two(make_index: MakeIndex) -> None:
    other = TWIN | {"name": "Amina|Cali Nuur", "person_id": "AB1", "born": "1950-01-02"}
    index = make_index(AMINA | {"person_id": "ab1"}, other)

    found_key = ask(index, **NAME, person_id="AB1")
    assert isinstance(found_key, Found)
    assert found_key.person_id == "AB1"
    assert isinstance(ask(index, **NAME, person_id="Ab1"), NotFound)
    assert isinstance(ask(make_index(AMINA | {"person_id": "ab1"}), **NAME, person_id="AB1"), Found)


FATHER = {
    "name": "John|Smith",
    "born": "1950-01-02",
    "ssn": "911-11-1111",
    "address": "1 Test Road, Exampleton",
}
SON = FATHER | {"born": "1975-05-05", "ssn": "922-22-2222"}
JUNIOR = {"name": "John Smith Jr"}
SONS = {"birth_date": "1975-05-05", "address": "1 Test Road, Exampleton"}


def test_a_generation_that_no_record_says_leaves_two_namesakes_in_doubt(
    make_index: MakeIndex,
) -> None:
    index = make_index(FATHER, SON)

    doubt = Refused(reasons=(Reason.SECOND_PERSON_NEAR,))
    assert ask(index, **JUNIOR, ssn="922-22-2222") == doubt
    assert ask(index, **JUNIOR, **SONS) == doubt
    assert isinstance(ask(index, name="John Smith", **SONS), Found)
    assert isinstance(ask(make_index(SON), **JUNIOR, **SONS), Found)
    elsewhere = FATHER | {"address": "2 Else Road"}
    assert isinstance(ask(make_index(elsewhere, SON), **JUNIOR, **SONS), Found)


def test_a_generation_on_record_tells_father_and_son_apart(make_index: MakeIndex) -> None:
    senior = FATHER | {"name": "John|Smith Sr"}
    for son in (SON, SON | {"name": "John|Smith, Jr."}, SON | {"name": "John Jr|Smith"}):
        assert isinstance(ask(make_index(senior, son), **JUNIOR, **SONS), Found)
    assert ask(make_index(senior), **JUNIOR, ssn="911-11-1111") == Refused(
        reasons=(Reason.NAME_DISAGREES,)
    )


def test_a_namesake_who_agrees_with_more_than_the_chosen_is_a_second_person(
    make_index: MakeIndex,
) -> None:
    namesake = {"name": AMINA["name"], "born": "1960-02-02", "ssn": "933-03-8888"}
    index = make_index(AMINA, namesake | {"phone": "303-555-0102"})

    assert isinstance(ask(index, **NAME, ssn=AMINA["ssn"]), Found)
    assert isinstance(ask(index, **NAME, ssn=AMINA["ssn"], phone="207-555-0101"), Found)
    assert ask(index, **NAME, ssn=AMINA["ssn"], phone="303-555-0102") == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )
    # Whose name is only near is told apart by the number and the name together.
    sister = namesake | {"name": "Aminata|Cali Nuur", "phone": "303-555-0102"}
    asked = {"ssn": AMINA["ssn"], "phone": "303-555-0102"}
    assert isinstance(ask(make_index(AMINA, sister), **NAME, **asked), Found)


def test_a_namesake_whose_medicaid_number_is_a_slip_away_is_a_second_person(
    make_index: MakeIndex,
) -> None:
    namesake = {"name": AMINA["name"], "born": "1960-02-02", "medicaid_id": "12345679A"}
    index = make_index(AMINA, namesake)

    assert ask(index, **NAME, medicaid_id="12345678A") == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )
    assert isinstance(ask(index, **NAME, **BORN, medicaid_id="12345678A"), Found)


@pytest.mark.parametrize("held", ["XXX-XX-1234", "91111123", "911-11-1234 old: 911-11-1235"])
def test_a_number_on_record_that_cannot_be_read_agrees_with_none(
    make_index: MakeIndex, held: str
) -> None:
    index = make_index(AMINA | {"ssn": held})

    for said in ({"ssn": "911-11-1234"}, {"ssn_last4": "1234"}):
        assert ask(index, **NAME, **BORN, **HOME, **said) == Refused(
            reasons=(Reason.NUMBER_DISAGREES,)
        )
    assert isinstance(ask(index, **NAME, **BORN, **HOME), Found)


@pytest.mark.parametrize("held", ["000-00-0000", "999-99-9999", "unknown", "123-45-6789", ""])
def test_a_placeholder_on_record_is_no_number(make_index: MakeIndex, held: str) -> None:
    index = make_index(AMINA | {"ssn": held})

    assert ask(index, **NAME, **BORN, **HOME, ssn="911-11-1234") == Refused(
        reasons=(Reason.NUMBER_NOT_ON_RECORD,)
    )
    assert isinstance(ask(index, **NAME, **BORN, **HOME), Found)


def test_a_placeholder_agrees_with_no_placeholder(make_index: MakeIndex) -> None:
    nowhere = "General Delivery, Exampleton"
    index = make_index(AMINA | {"address": nowhere, "born": "1900-01-01", "phone": "000-000-0000"})

    assert ask(index, **NAME, **BORN, address=nowhere) == Refused(
        reasons=(Reason.TOO_LITTLE_KNOWN,)
    )
    assert ask(index, **NAME, **BORN, email="m1@example.org") == Refused(
        reasons=(Reason.BIRTH_DATE_NOT_ON_RECORD,)
    )


@pytest.mark.parametrize(
    "written",
    ["٩١١-١١-١٢٣٤", "９１１１１１２３４", "911 11 1234", "911‑11‑1234", "\u200e911-11-1234"],
)
def test_a_number_in_other_digits_is_the_number(make_index: MakeIndex, written: str) -> None:
    assert isinstance(ask(make_index(AMINA), **NAME, ssn=written), Found)
    assert isinstance(ask(make_index(AMINA | {"ssn": written}), **NAME, ssn="911-11-1234"), Found)
    wrong = written.replace("٤", "٥").replace("４", "５").replace("4", "5")
    assert ask(make_index(AMINA), **NAME, **BORN, **HOME, ssn=wrong) == Refused(
        reasons=(Reason.NUMBER_DISAGREES,)
    )


def test_a_name_that_fits_weakly_is_not_told_from_a_near_one_by_a_number_a_slip_away(
    make_index: MakeIndex,
) -> None:
    mary = AMINA | {"name": "Mary|Smith"}
    marie = TWIN | {"name": "Marie|Smith"}
    asked = {"name": "Mary Smyth", "ssn": AMINA["ssn"]}

    assert ask(make_index(mary, marie), **BORN, **asked) == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )
    far = marie | {"ssn": "933-03-8888"}
    assert isinstance(ask(make_index(mary, far), **BORN, **asked), Found)


def test_a_generation_on_the_chosens_record_is_enough(make_index: MakeIndex) -> None:
    index = make_index(FATHER, SON | {"name": "John|Smith Jr"})

    assert isinstance(ask(index, **JUNIOR, ssn="922-22-2222"), Found)


def test_a_namesake_with_a_further_given_name_is_a_namesake(make_index: MakeIndex) -> None:
    father = FATHER | {"name": "John Paul|Smith"}
    by_phone = father | {"address": "2 Else Road", "phone": "207-555-0101"}

    for one, son in ((father, SON), (by_phone, SON | {"phone": "207-555-0101"})):
        assert ask(make_index(one, son), **JUNIOR, ssn="922-22-2222") == Refused(
            reasons=(Reason.SECOND_PERSON_NEAR,)
        )


@pytest.mark.parametrize("number", ["911-11-1243", "911-11-1134", "911-11-1235"])
def test_two_neighbors_swapped_or_one_digit_changed_is_one_slip(
    make_index: MakeIndex, number: str
) -> None:
    twin = TWIN | {"name": "Xuseen|Cali", "ssn": number}
    index = make_index(AMINA | {"name": "Xasan|Cali"}, twin)

    assert ask(index, name="Hassan Ali", **BORN, ssn_last4="1234") == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )


def test_two_telephone_numbers_that_cannot_be_read_make_no_household(
    make_index: MakeIndex,
) -> None:
    nowhere = {"address": "", "phone": "call 555"}
    index = make_index(FATHER | nowhere, SON | nowhere)

    assert isinstance(ask(index, **JUNIOR, ssn="922-22-2222"), Found)


def test_a_number_and_its_last_four_digits_are_one_thing(make_index: MakeIndex) -> None:
    assert ask(make_index(AMINA), **NAME, ssn="911-11-1234", ssn_last4="1234") == found(
        1, "same-name", "same-ssn"
    )


@pytest.mark.parametrize(
    ("second", "twice"),
    [
        # Without a number, or with one that cannot be read, it may be the same person.
        ({"ssn": ""}, True),
        ({"ssn": "911-11"}, True),
        ({"ssn": "", "name": "Amina Hodan|Cali Nuur"}, True),
        # With the person's own number it is, whatever else is written there.
        ({"born": "1960-02-02"}, True),
        ({"born": "", "name": "Aminah|Ali"}, True),
        ({"name": "Amina|Johnson"}, True),
        ({"name": "Beth|Johnson", "born": "1960-02-02"}, True),
        ({"name": "FNU|LNU", "born": ""}, True),
        ({"ssn": "\uff19\uff11\uff11-11-1234", "name": "Beth|Johnson"}, True),
        ({"ssn": "", "medicaid_id": "12345678A", "name": "Beth|Johnson", "born": ""}, True),
        ({"ssn": "933-03-8888", "medicaid_id": "1234 5678-a", "name": "Amina|Johnson"}, True),
        # Or with it among words, or in the place of the other number.
        ({"ssn": "SSN 911-11-1234", "name": "Beth|Johnson", "born": ""}, True),
        ({"ssn": "911-11-1234 (old), 933-03-8888", "name": "Beth|Johnson", "born": ""}, True),
        ({"ssn": "922-22-8888/911111234", "name": "Beth|Johnson", "born": ""}, True),
        ({"ssn": "12345678A", "name": "Beth|Johnson", "born": ""}, True),
        ({"ssn": "", "medicaid_id": "was 12345678-a?", "name": "Beth|Johnson", "born": ""}, True),
        ({"ssn": "", "medicaid_id": "911-11-1234", "name": "Beth|Johnson", "born": ""}, True),
        # A number of another kind may fall together: two birth dates are two persons.
        ({"ssn": "12345678A", "name": "Beth|Johnson", "born": "1960-02-02"}, False),
        (
            {"ssn": "", "medicaid_id": "911-11-1234", "name": "Beth|Johnson", "born": "1960-02-02"},
            False,
        ),
        ({"ssn": "SSN 911-11-1234", "name": "Beth|Johnson", "born": "1960-02-02"}, True),
        ({"ssn": "no 911-11-12345", "name": "Beth|Johnson", "born": ""}, False),
        ({"ssn": "SSN 911-11-1235", "name": "Beth|Johnson", "born": ""}, False),
        # With another number, birth date or name it is somebody else.
        ({"ssn": "933-03-8888"}, False),
        ({"ssn": "", "born": "1960-02-02"}, False),
        ({"ssn": "", "born": ""}, False),
        ({"ssn": "", "name": "Ladan|Cali Nuur"}, False),
        ({"ssn": "911-11", "name": "Ladan|Cali Nuur"}, False),
        ({"ssn": "933-03-8888", "medicaid_id": "unknown"}, False),
        ({"ssn": "933-03-8888", "medicaid_id": "?"}, False),
        ({"ssn": "933-03-8888", "medicaid_id": "12345678B", "name": "Amina|Johnson"}, False),
    ],
)
@pytest.mark.parametrize("born", [{}, BORN])
def test_who_may_be_recorded_twice_is_not_found_by_a_number_of_one_record(
    make_index: MakeIndex, second: dict[str, str], twice: bool, born: dict[str, str]
) -> None:
    other = AMINA | {"medicaid_id": "77777777C", "address": "", "phone": "", "email": ""} | second
    index = make_index(AMINA, other | {"person_id": "K900"})
    by_number = ask(index, **NAME, **born, medicaid_id=AMINA["medicaid_id"])

    assert isinstance(by_number, Found) is not twice
    if twice:
        assert by_number == Refused(reasons=(Reason.RECORDED_TWICE,))
    # The key of one record is no way past the other.
    for key in ("M1", "m1"):
        assert isinstance(ask(index, **NAME, **born, person_id=key), Found) is not twice


@pytest.mark.parametrize("ssn", ["", "911-11", "unknown"])
def test_two_without_a_number_are_not_one_by_it(make_index: MakeIndex, ssn: str) -> None:
    other = {"name": "Ladan|Nuur Faarax", "medicaid_id": "77777777C"}
    index = make_index(AMINA | {"ssn": ssn}, AMINA | other | {"ssn": ssn})

    assert isinstance(ask(index, **NAME, **BORN, medicaid_id=AMINA["medicaid_id"]), Found)


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ("SSN 911-11-1234", "911-11-1234", True),
        ("SSN 911-11-1234", "911-11-1234 (old)", True),
        ("SSN 911-11-1234", "911-11-1235", False),
        # What stands in many records, or is a day, is nobody's number.
        ("SSN 123-45-6789", "ssn: 123-45-6789", False),
        ("asked for 2026-01-05", "asked for 2026-01-05", False),
    ],
)
def test_the_number_among_words_may_be_in_the_record_that_was_asked_for(
    make_index: MakeIndex, first: str, second: str, twice: bool
) -> None:
    other = {"name": "Beth|Johnson", "born": "", "medicaid_id": "77777777C", "address": ""}
    index = make_index(AMINA | {"ssn": first}, AMINA | other | {"ssn": second, "phone": ""})

    answer = ask(index, **NAME, **BORN, medicaid_id=AMINA["medicaid_id"])

    assert answer == (
        Refused(reasons=(Reason.RECORDED_TWICE,))
        if twice
        else found(1, "same-name", "same-birth-date", "same-medicaid-id")
    )


@pytest.mark.parametrize("name", ["Hassan H Musa", "H Musa Hassan"])
def test_a_brother_with_nearly_the_name_who_agrees_with_more_is_a_second_person(
    make_index: MakeIndex, name: str
) -> None:
    one = AMINA | {"name": "Hussein|Musa Hassan"}
    other = one | {"name": "Hassan|Musa Hassan", "ssn": "933-03-8888", "email": "m2@example.org"}
    index = make_index(one, other | {"medicaid_id": "77777777C"})
    keys = {"name": name, "medicaid_id": AMINA["medicaid_id"], **BORN}

    assert isinstance(ask(index, **keys, email="m1@example.org"), Found)
    assert ask(index, **keys, email="m2@example.org") == Refused(
        reasons=(Reason.SECOND_PERSON_NEAR,)
    )
