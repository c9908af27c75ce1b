"""Every number and word that stands for nobody, and their neighbors, which are somebody's."""

from collections.abc import Callable

import pytest

from clerestory.holdings.numbers import (
    UNREADABLE,
    NamesNobody,
    Unreadable,
    on_record,
    read_email,
    read_key,
    read_phone,
    read_ssn,
)
from clerestory.holdings.roster import MAX_ROWS

WORDS = (
    "unknown", "unk", "unkn", "none", "no", "nil", "null", "n/a", "nan", "not available",
    "not applicable", "not provided", "not given", "refused", "declined", "pending", "TBD", "test",
    "missing", "blank", "withheld", "x", "xxx-xx-xxxx", "-", "?", " ",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("read", [read_ssn, read_phone, read_email, read_key])
def test_a_word_for_nothing_is_nobodys(read: Callable[[str], str], word: str) -> None:
    for written in (word, word.upper(), f" {word}. "):
        with pytest.raises(NamesNobody):
            read(written)
        assert on_record(read, written) is None


@pytest.mark.parametrize(
    ("written", "nobody"),
    [
        ("123-45-6789", True), ("987-65-4321", True), ("078-05-1120", True),
        ("219-09-9999", True), ("457-55-5462", True),
        ("123-45-6788", False), ("987-65-4322", False), ("078-05-1121", False),
        ("219-09-9998", False), ("457-55-5463", False),
        ("000-12-3456", True), ("001-12-3456", False),
        ("665-12-3456", False), ("666-12-3456", True), ("667-12-3456", False),
        ("123-00-4567", True), ("123-01-4567", False),
        ("123-45-0000", True), ("123-45-0001", False),
        ("899-45-0000", True), ("900-45-0000", False), ("911-11-0000", False),
        ("222-22-2222", True), ("222-22-2223", False),
    ],
)  # fmt: skip
def test_a_social_security_number_is_somebodys_up_to_its_edges(written: str, nobody: bool) -> None:
    digits = written.replace("-", "")

    if nobody:
        with pytest.raises(NamesNobody):
            read_ssn(written)
        return
    assert read_ssn(written) == read_ssn(digits) == digits


@pytest.mark.parametrize("digits", ["12345678", "1234567890", "12345678A", ""])
def test_other_than_nine_digits_are_no_number(digits: str) -> None:
    with pytest.raises((Unreadable, NamesNobody)):
        read_ssn(digits)
    assert on_record(read_ssn, digits) == (UNREADABLE if digits else None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("207-555-0101", "2075550101"), ("1 207 555 0101", "2075550101"),
        ("+1 207 555 0101", "2075550101"), ("001 207 555 0101", "2075550101"),
        ("207-555-0101 x9", "2075550101"), ("+252 61 5550101", "+252615550101"),
        ("+44 555 01", "Unreadable"), ("+44555012", "+44555012"),
        ("+445550123456789", "+445550123456789"), ("+4455501234567890", "Unreadable"),
        ("555-0101", "Unreadable"), ("2 207 555 0101", "Unreadable"),
        ("(007) 555 0101", "NamesNobody"), ("107 555 0101", "NamesNobody"),
        ("222 222 2222", "NamesNobody"), ("555-555-5555", "NamesNobody"),
        ("555-555-5556", "5555555556"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_read_up_to_its_edges(written: str, read: str) -> None:
    if read.isalpha():
        with pytest.raises(NamesNobody if read == "NamesNobody" else Unreadable):
            read_phone(written)
        return
    assert read_phone(written) == read


def test_a_roster_has_as_many_rows_as_the_documents_say() -> None:
    assert MAX_ROWS == 5_000
