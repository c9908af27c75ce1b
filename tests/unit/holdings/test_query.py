"""What may be asked, and what is refused before anything is looked up."""

from datetime import UTC, date, datetime

import pytest

from clerestory.holdings import (
    SENTENCES,
    UNNAMED,
    NotFound,
    PersonQuery,
    QueryFault,
    Reason,
    Refused,
    tell_requester,
)


def test_a_query_is_read_from_texts_and_dates() -> None:
    read = PersonQuery.from_mapping(
        {"name": "Made Up", "birth_date": "1980-01-02", "ssn": " ", "phone": None}
    )

    assert read == PersonQuery(name="Made Up", birth_date=date(1980, 1, 2))
    assert PersonQuery.from_mapping({"name": "Made Up", "birth_date": date(1980, 1, 2)}) == read


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"name": "M U", "ssn": "12345678"}, "query-unreadable"),
        ({"name": "M U", "ssn_last4": "12a4"}, "query-unreadable"),
        ({"name": "M U", "ssn": "900-01-0001", "ssn_last4": "0002"}, "query-contradiction"),
        ({"name": "M U", "phone": "555-0101"}, "query-unreadable"),
        ({"name": "M U", "email": "example.org"}, "query-unreadable"),
        ({"name": "M U", "birth_date": "1980-13-01"}, "query-unreadable"),
        ({"name": "M U", "birth_date": "1980"}, "query-unreadable"),
        ({"name": 7}, "query-unreadable"),
        ({"name": "Аnna U"}, "query-unreadable"),
        ({"name": "M U 911-11-1234"}, "query-unreadable"),
        ({"name": "M U ١٢٣٤"}, "query-unreadable"),
        ({"name": "M\x1b[31m U"}, "query-unreadable"),
        ({"name": "M\nU"}, "query-unreadable"),
        ({"name": "M U", "ssn": "XXX-XX-1234"}, "query-unreadable"),
        ({"name": "M U", "ssn": "911-11-1234 911-11-1235"}, "query-unreadable"),
        ({"name": "M U", "ssn": "123-45-6789"}, "query-placeholder"),
        ({"name": "M U", "ssn": "none"}, "query-placeholder"),
        ({"name": "M U", "medicaid_id": "unknown"}, "query-placeholder"),
        ({"name": "M U", "medicaid_id": "no number"}, "query-unreadable"),
        ({"name": "M U", "person_id": "N/A"}, "query-placeholder"),
        ({"name": "M U", "phone": "1-800-FLOWERS"}, "query-unreadable"),
        ({"name": "M U", "phone": "000-000-0000"}, "query-placeholder"),
        ({"name": "M U", "birth_date": "04/17/1988"}, "query-unreadable"),
        ({"name": "M U", "birth_date": "19880417"}, "query-unreadable"),
        ({"name": "M U", "birth_date": "1988-W16-7"}, "query-unreadable"),
        ({"name": "M U", "birth_date": "1988-02-30"}, "query-unreadable"),
        ({"name": "M U", "birth_date": datetime(1988, 4, 17, tzinfo=UTC)}, "query-unreadable"),
        ({"name": "M U", "birth_date": "1900-01-01"}, "query-placeholder"),
        ({"name": "M U", "ssn": "９００-01-0001", "ssn_last4": "٠٠٠٢"}, "query-contradiction"),
        ({"name": "M U" * 101}, "query-unreadable"),
        ({"name": "M U", "address": "1 " * 151}, "query-unreadable"),
        ({"name": "M U", "shoe_size": "9"}, "query-unknown-key"),
        ({"name": "M U", "a_number": "9"}, "query-proxy"),
    ],
)
def test_what_cannot_be_read_is_refused_without_being_quoted(
    written: dict[str, object], code: str
) -> None:
    with pytest.raises(QueryFault) as fault:
        PersonQuery.from_mapping(written)

    assert fault.value.code == code
    assert fault.value.todo
    for value in written.values():
        assert str(value) not in f"{fault.value} {fault.value.todo}" or len(str(value)) < 4


def test_every_reason_has_a_sentence_without_figures() -> None:
    assert set(SENTENCES) == set(Reason)
    assert not any(letter.isdigit() for sentence in SENTENCES.values() for letter in sentence)


def test_a_day_is_read_in_digits_of_any_script() -> None:
    for written in ("1988-04-17", "١٩٨٨-٠٤-١٧", "１９８８-０４-１７", " 1988-04-17 "):
        read = PersonQuery.from_mapping({"name": "M U", "birth_date": written})
        assert read.birth_date == date(1988, 4, 17)


def test_an_ambiguous_day_is_refused_with_what_to_write() -> None:
    with pytest.raises(QueryFault) as fault:
        PersonQuery.from_mapping({"name": "M U", "birth_date": "04/05/1988"})

    assert "YYYY-MM-DD" in fault.value.todo
    assert "read in two ways" in fault.value.todo


def test_the_first_day_after_the_placeholder_is_a_birth_date() -> None:
    read = PersonQuery.from_mapping({"name": "M U", "birth_date": "1900-01-02"})

    assert read.birth_date == date(1900, 1, 2)


def test_nobody_is_born_tomorrow() -> None:
    query = PersonQuery(name="M U", birth_date=date(2026, 3, 2))

    query.check_born_by(date(2026, 3, 2))
    with pytest.raises(QueryFault) as fault:
        query.check_born_by(date(2026, 3, 1))
    assert fault.value.code == "query-unreadable"


@pytest.mark.parametrize("reason", sorted(Reason))
def test_a_requester_is_told_of_the_request_and_never_of_the_records(reason: Reason) -> None:
    told = tell_requester(Refused(reasons=(reason,)))

    if reason in {Reason.NAME_MISSING, Reason.NAME_TOO_SHORT, Reason.TOO_LITTLE_KNOWN}:
        assert told == (SENTENCES[reason],)
    else:
        assert told == (UNNAMED,)


def test_one_reason_of_the_records_hides_all_others() -> None:
    mixed = Refused(reasons=(Reason.NAME_MISSING, Reason.NUMBER_DISAGREES))

    assert tell_requester(mixed) == (UNNAMED,)
    assert tell_requester(NotFound(reasons=(Reason.NOBODY_AGREES,))) == (UNNAMED,)


def test_a_long_name_is_a_name() -> None:
    assert len(PersonQuery(name="Ma Up " * 50).name) == 300
