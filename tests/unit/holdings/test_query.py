"""What may be asked, and what is refused before anything is looked up."""

from datetime import date

import pytest

from clerestory.holdings import SENTENCES, PersonQuery, QueryFault, Reason


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
