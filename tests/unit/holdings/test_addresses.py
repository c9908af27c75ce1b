"""What folding makes one address, and what it leaves two. All made up."""

import pytest

from clerestory.holdings.addresses import fold_address
from clerestory.holdings.told_addresses import says_address


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


HIDDEN = "12 Elm Street, Apt. 3, Lewiston, ME 04240"


@pytest.mark.parametrize(
    ("text", "address", "says"),
    [
        (HIDDEN, HIDDEN, True),
        ("12 ELM ST APT 3 LEWISTON 04240", HIDDEN, True),
        ("Lease of 12 Elm St. since May", HIDDEN, True),
        ("made up: moved to\n12 Elm Street", HIDDEN, True),
        ("c/o A Friend, 12 Elm Street", HIDDEN, True),
        ("none; letters go to 12 Elm Street", HIDDEN, True),
        ("112 Elm Street", HIDDEN, False),
        ("12 Elm Road", HIDDEN, False),
        ("1 Oak Street, Apt 3, Lewiston, ME 04240", HIDDEN, False),
        ("Lewiston", HIDDEN, False),
        ("apartment 3", HIDDEN, False),
        ("P.O. Box 12, Augusta", "PO Box 12, Hope, ME", True),
        ("P.O. Box 123, Augusta", "PO Box 12, Hope, ME", False),
        ("the safe house", "Safe House", True),
        ("none on file", "none", False),
        ("", HIDDEN, False),
        ("12 Elm Street", "", False),
    ],
)
def test_a_text_that_says_an_address_is_met(text: str, address: str, says: bool) -> None:
    assert says_address(text, address) is says


HOME = "91 Demonstration Lane, Exampleton, ME 00011"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (HOME, "91 Demonstration Lane Apt 2, Exampleton, ME 00011"),
        (HOME, "91 Demonstration Ln #2, Exampleton"),
        (HOME, "Apt 2 91 Demonstration Lane Exampleton"),
        ("12 Elm Street", "12 Apt 3 Elm St"),
        (HOME, "Lot 4 Sample Park 91 Demonstration Lane"),
        (HOME, "91-A Demonstration La, Exampleton"),
        (HOME, "091A Demonstraton Lane"),
        (HOME, "91 Demonstration Lane Exampleton ME 00011 (rear)"),
        (HOME, "A Friend 91 Demonstration"),
        (HOME, "['91 Demonstration Lane']"),
        ("14 North Main Street Apt 3, Exampleton", "14 Main St, Exampleton"),
        ("14 North Main Street Apt 3, Exampleton", "No. 14 No. Main St"),
        ("22 State Route 4, Exampleton", "22 Rte 4"),
        ("5 St. John Street", "5 Saint John St, Exampleton"),
        ("5 First Avenue", "5 1st Av"),
        ("5 Mount Hope Ave", "5 Mt Hope Avenue"),
        ("12 Court St, Exampleton", "12 Court Street"),
        ("RR2 Box 41, Exampleton", "RR 2 Box 41, Exampleton"),
        ("P.O. Box No. 012, Augusta", "PO Box 12, Hope, ME"),
    ],
)
def test_one_home_is_met_however_two_clerks_typed_it(text: str, address: str) -> None:
    assert says_address(text, address)
    assert says_address(f"note: {text}", address)


@pytest.mark.parametrize(
    "address",
    ["same", "Same as mailing", "see case notes", "on file", "confidential", "yes", "Lane 91",
     "withheld", "\ufffd", "?", "Safe House"],
)  # fmt: skip
def test_what_cannot_be_compared_may_be_any_address(address: str) -> None:
    assert says_address(HOME, address)
    assert says_address("PO Box 12, Augusta", address)
    assert says_address("P.O. Box 12", address)
    assert not says_address("207-555-0191", address)
    assert not says_address("1200", address)
    assert not says_address("2026-03-01", address)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("PO Box 7, Augusta, ME", "91 Demonstration Lane Apt 2, Exampleton"),
        (HOME, "PO Box 91, Exampleton"),
        (HOME, "PO Box 91"),
        ("22 State Route 9, Exampleton", "22 Rte 4, Exampleton"),
        ("12 Oak Street, Exampleton", "12 Elm Street, Exampleton"),
        ("2 Elm Street, Exampleton", "91 Demonstration Lane Apt 2, Exampleton"),
        ("12 Elm St", "12 Elmo St"),
        (HOME, "N/A"),
        (HOME, "not known"),
        (HOME, "xxx"),
        (HOME, " - "),
    ],
)
def test_another_place_is_not_the_one_kept_secret(text: str, address: str) -> None:
    assert not says_address(text, address)
