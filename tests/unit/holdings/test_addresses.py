"""What folding makes one address, and what it leaves two. All made up."""

import pytest

from clerestory.holdings.addresses import fold_address
from clerestory.holdings.told_addresses import bare_address, may_be_home, may_tell_place


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Elm Street, Apt. 3, Lewiston, ME 04240-1111", "12 ELM ST #3 Lewiston 04240"),
        ("5 North Main Road, Exampleton, Maine 00011", "5 n main rd exampleton 00011"),
        ("P.O. Box 12, Exampleton", "PO BOX 12 Exampleton"),
        ("POB 12, Exampleton", "po box 12 exampleton"),
        ("c/o Made Up, 12 Elm St, Exampleton", "12 Elm Street Exampleton"),
        ("Care of Made Up\n12 Elm St, Exampleton", "12 Elm Street Exampleton"),
        ("9½ Elm St", "9 1/2 Elm Street"),
        ("١٢ Elm St", "12 Elm St"),
        ("12 Élm St", "12 elm st"),
    ],
)
def test_ways_to_write_one_address_are_equal(one: str, other: str) -> None:
    assert fold_address(one) == fold_address(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Elm St Apt 3, Lewiston", "12 Elm St Apt 4, Lewiston"),
        ("12 Elm St Apt 3, Lewiston", "12 Elm St, Lewiston"),
        ("PO Box 12, Exampleton", "12 Box Rd, Exampleton"),
        ("9½ Elm St", "91 2 Elm St"),
        ("12 N Elm St", "12 S Elm St"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert fold_address(one) != fold_address(other)


@pytest.mark.parametrize(
    "written",
    [
        "General Delivery, Exampleton, ME 00011", "homeless", "N/A", "Unknown", "none", "xxx",
        "No fixed address", "no permanent address, Exampleton", "Transient", "?", " ", "TBD",
        "same",
    ],
)  # fmt: skip
def test_where_nobody_in_particular_lives_is_no_address(written: str) -> None:
    assert fold_address(written) == ""


def test_a_street_may_begin_like_a_placeholder() -> None:
    assert fold_address("1 None Such Road, Exampleton") == "1 none such rd exampleton"


HOME = "91 Demonstration Lane, Exampleton, ME 00011"


@pytest.mark.parametrize(
    "text",
    [
        HOME, "12 Elm Street", "12Elm", "12 elm", "12 1/2 Elm St", "9\u00bd Elm", "Elm Street 12",
        "Elm 12", "12-14 Elm", "12 \u0415lm Street", "\u0415lm", "12 El\u00adm Street",
        "1\u00ad2 Elm", "\uff11\uff12 Elm", "\u0661\u0662 Elm", "\u2460\u2461 Elm", "RFD 2",
        "RR2 Box 41", "HC 61", "PO Box 7, Augusta", "P.O.B. 7", "general delivery", "Fort Road",
        "5 St. John", "5 Saint John", "Harbor House, Lewiston", "Rose Cottage", "the safe house",
        "behind the church", "staying with Beth", "Twelve Elm", "lives in Bath", "12.Elm",
        "since 1 May 12 Elm", "since 1 May 2026 12 Elm Street", "2026-03-01 12 Elm",
        "$214, 12 Elm", "was 7 Oak, now 12 Elm", "made up: moved to\n12 Elm", "12/Elm", "#12 Elm",
        "made-up diagnosis Z42", "2009 sedan", "1 May", "10:00", "made-up note no. 7",
        "the other parent plans to leave with the children", "amina.12@example.org",
        "Amina Warsame; her sister has a bed for the children", "pay slips, lease of 12 Elm",
        "\u6797\u6797", "12345 Elm", "207-555-0191-12 Elm", "12 months ago 7 Elm", "90210",
        "Elm12345678", "12345678Elm", "A$12Elm", "1210-14 Maple, Exampleton", "2008-12 Maple",
        "2008-12, Maple",
        "2008-99-14 Maple", "99/12/2026 Maple", "12 Days Ferry, Exampleton", "14 Weeks Mills",
        "12 hours hill", "203.0.113.7", "44.3106,69.7795", "1,23 Elm", "2026-03 Maple",
    ],
)  # fmt: skip
def test_what_may_say_a_place_is_taken_to_say_one(text: str) -> None:
    if text != "90210":
        assert may_tell_place(text)
    assert may_tell_place(text, words=0)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "Amina Warsame Example", "José da Conceição Santos Đỗ",
        "Amina Warsame; Yuusuf Nuur; Hodan Yuusuf; Guuleed Yuusuf", "1988-04-17", "04/17/1988",
        "2026-03-01 14:05:00", "2026-03", "$214", "$1,214.50", "paid $214", "$300 a month",
        "approved on 2025-01-02", "2025-01-02 for 12 months", "since 2024-02-29", "214", "-12.50",
        "1,214.50", "12,345,678", "2025-11, 2025-12", "2025-11; 2025-12", "2025-11/2026-02",
        "12 months", "3 weeks, then 2 days", "12 months.", "1912-03-01",
        "30%", "911-11-0000", "00000011X", "made-up account 00001234", "made-up claim, $300",
        "p20000011@example.org", "yes", "no", "pay slips", "hired 2025-04-05",
        "Made-Up Mills, $9000 a quarter", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
    ],
)  # fmt: skip
def test_what_cannot_say_a_place_leaves(text: str) -> None:
    assert not may_tell_place(text)


@pytest.mark.parametrize("text", ["207-555-0191", "(207) 555-0191", "207.555.0191", "", "--"])
def test_a_telephone_number_is_no_place_in_a_column_of_addresses(text: str) -> None:
    assert not may_tell_place(text, words=0)


@pytest.mark.parametrize("text", ["Lewiston", "Les Pins", "12", "same"])
def test_a_name_alone_is_a_place_in_a_column_of_addresses(text: str) -> None:
    assert not may_tell_place(text)
    assert may_tell_place(text, words=0)


@pytest.mark.parametrize(
    ("text", "home", "may"),
    [
        (HOME, "91 Demonstration Lane Apt 2, Exampleton", True),
        (HOME, "91Demonstration La", True),
        ("lease of Demonstration Lane 91", HOME, True),
        ("091-A Demonstraton Lane", HOME, True),
        ("12 Elm Street, Bath", "12 1/2 Elm Street, Bath", True),
        ("12 Elm Street, Bath", "c/o Ann, 7 Oak Road; after 1 May 12 Elm Street", True),
        ("13 Elm Street, Bath", "12-14 Elm Street, Bath", True),
        ("12 to 14 Elm", "13 Elm", True),
        ("Elm Street, Bath", "12 Elm Street", True),
        ("12 Elm Street", "Twelve Elm Street", True),
        ("Twelve Elm Street", "12 Elm Street", True),
        ("PO Box 12, Augusta", "PO Box #012", True),
        (HOME, "same as mailing", True),
        (HOME, "\ufffd", True),
        (HOME, "Harbor House", True),
        (HOME, "0 Oak", True),
        ("13 Elm Street, Bath, ME 04530", "12 Elm Street, Bath, ME 04530", False),
        ("13 Elm Street, Bath, ME 04530-1200", "12 Elm Street, Bath, ME 04530-1200", False),
        ("Oak House", "12 Elm Street, Bath", False),
        ("Amina Elm", "12 Elm Street, Bath", False),
        ("$12 on 2026-03-12", "same as mailing", False),
        ("Les Pins, Bath", "les pins; Bath", True),
        ("moved to Les Pins", "Les Pins", True),
        ("Les Pins", "Les Pins, Bath", False),
        ("Amina Warsame", "min", False),
        ("Amina Warsame", "--", False),
    ],
)
def test_whom_another_home_may_be_told_by(text: str, home: str, may: bool) -> None:
    assert may_be_home(text, home) is may


@pytest.mark.parametrize(
    ("text", "home", "may"),
    [
        ("Les Pins", "Les Pins, Bath", True),
        ("Maple Hill Bath", "Maple Hill 3, Bath", True),
        ("Harborside", "Les Pins", True),
        ("Amina Elm", "12 Elm", True),
        ("Oak Hill", "12 Elm", False),
        ("207-555-0191", "Les Pins", False),
        ("", "Les Pins", False),
    ],
)
def test_in_a_column_of_addresses_a_name_alone_may_be_the_home(
    text: str, home: str, may: bool
) -> None:
    assert may_be_home(text, home, words=0) is may


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("PO Box 1, Exampleton, ME 00011", "P.O. BOX 1\nExampleton ME 00011 ", True),
        ("PO Box 1, Exampleton", "PO Box 1 Apt 2, Exampleton", False),
        ("PO Box 1, Exampleton", "c/o Beth, PO Box 1, Exampleton", False),
        ("PO Box 1, Exampleton", "PO Box \uff11, Exampleton", True),
    ],
)
def test_a_designated_address_is_exactly_that(one: str, other: str, same: bool) -> None:
    assert (bare_address(one) == bare_address(other)) is same
