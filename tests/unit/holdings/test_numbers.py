"""A number is read, or names nobody, or cannot be read; it is never passed over. All made up."""

from collections.abc import Callable

import pytest

from clerestory.holdings.numbers import (
    UNREADABLE,
    NamesNobody,
    Unreadable,
    fold_key,
    on_record,
    read_email,
    read_key,
    read_last4,
    read_medicaid_id,
    read_phone,
    read_ssn,
)

Read = Callable[[str], str]


@pytest.mark.parametrize(
    ("read", "written", "number"),
    [
        (read_ssn, "911-11-1234", "911111234"),
        (read_ssn, " ９１１ ١١ 1234 ", "911111234"),
        (read_ssn, "911-11-0000", "911110000"),
        (read_ssn, "899-01-0001", "899010001"),
        (read_ssn, "001-01-0001", "001010001"),
        (read_ssn, "667-01-0001", "667010001"),
        (read_last4, "0000", "0000"),
        (read_last4, "١٢٣٤", "1234"),
        (read_medicaid_id, "12 345-678a", "12345678A"),
        (read_medicaid_id, "ＭＣ１２３", "MC123"),
        (read_medicaid_id, "11", "11"),
        (read_medicaid_id, "111", "111"),
        (read_phone, "(207) 555-0101", "2075550101"),
        (read_phone, "1 207 555 0101", "2075550101"),
        (read_phone, "+1 207.555.0101 x12", "2075550101"),
        (read_phone, "207-555-0101 ext. 3", "2075550101"),
        (read_phone, "207-555-0101 Extension 123456", "2075550101"),
        (read_phone, "207-555-0101 #4", "2075550101"),
        (read_phone, "2075550101;ext=4", "2075550101"),
        (read_phone, "٢٠٧٥٥٥٠١٠١", "2075550101"),
        (read_phone, "+44 20 7946 0958", "+442079460958"),
        (read_phone, "011 44 20 7946 0958", "+442079460958"),
        (read_phone, "+252 61 555", "+25261555"),
        (read_email, " M1@Example.ORG ", "m1@example.org"),
        (read_key, " 1-23 ", "1-23"),
    ],
)
def test_a_number_is_read(read: Read, written: str, number: str) -> None:
    assert read(written) == number


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (read_ssn, "000-12-3456"),
        (read_ssn, "666-12-3456"),
        (read_ssn, "899-00-1234"),
        (read_ssn, "899-12-0000"),
        (read_ssn, "999-99-9999"),
        (read_ssn, "١١١١١١١١١"),
        (read_ssn, "123-45-6789"),
        (read_ssn, "N/A"),
        (read_ssn, "Unknown"),
        (read_ssn, "XXX-XX-XXXX"),
        (read_ssn, "***-**-****"),
        (read_ssn, "-"),
        (read_last4, "none"),
        (read_medicaid_id, "0000"),
        (read_medicaid_id, "99999999"),
        (read_medicaid_id, "pending"),
        (read_phone, "000-000-0000"),
        (read_phone, "555-555-5555"),
        (read_phone, "123-456-7890"),
        (read_phone, "012-345-6789"),
        (read_email, "none@none.com"),
        (read_email, "noemail@example.org"),
        (read_key, "unknown"),
        (read_key, "  "),
    ],
)
def test_a_placeholder_names_nobody(read: Read, written: str) -> None:
    with pytest.raises(NamesNobody):
        read(written)
    assert on_record(read, written) is None


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (read_ssn, "91111123"),
        (read_ssn, "9111112345"),
        (read_ssn, "XXX-XX-1234"),
        (read_ssn, "911-11-123O"),
        (read_ssn, "911-11-1234 or 911-11-1235"),
        (read_ssn, "911-11-1234, 911-11-1235"),
        (read_last4, "123"),
        (read_last4, "12345"),
        (read_last4, "12a4"),
        (read_medicaid_id, "ABC"),
        (read_medicaid_id, "7"),
        (read_medicaid_id, "MC123; MC124"),
        (read_medicaid_id, "1" * 40 + "2"),
        (read_phone, "555-0101"),
        (read_phone, "207-555-01012"),
        (read_phone, "207-555-0101 / 207-555-0102"),
        (read_phone, "1-800-FLOWERS"),
        (read_phone, "+44 2079"),
        (read_phone, "+1 555 0101"),
        (read_phone, "+4420794609581234"),
        (read_email, "example.org"),
        (read_email, "a@b"),
        (read_email, "a@example.org, b@example.org"),
        (read_key, "1\n2"),
    ],
)
def test_what_is_no_number_of_its_kind_is_said_to_be_none(read: Read, written: str) -> None:
    with pytest.raises(Unreadable):
        read(written)
    assert on_record(read, written) == UNREADABLE


def test_a_foreign_number_is_not_the_one_of_maine_that_it_ends_with() -> None:
    assert read_phone("+44 20 7946 0958") != read_phone("207-946-0958")


def test_a_record_without_a_number_has_none() -> None:
    assert on_record(read_ssn, " \u200b") is None
    assert on_record(read_ssn, "٩١١-١١-١٢٣٤") == "911111234"


def test_separators_of_a_key_count_and_its_case_does_not() -> None:
    assert fold_key(" Ab-1 ") == fold_key("aB-1")
    assert fold_key("1-23") != fold_key("12-3") != fold_key("123")
