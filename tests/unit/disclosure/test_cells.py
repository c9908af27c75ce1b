"""A cell says what it says, and no spreadsheet runs it."""

import pytest

from clerestory.disclosure.cells import cell

UNSEEN = (
    "", " ", "\u00a0", "\u3000", "\u200b", "\u200b \u200b", "\u200e", "\u202e", "\u2066", "\u180e",
    "\ufeff", "\u00ad", "\x00", "\x1b", "\ufe0f", "\u0301", "\u034f", "\u115f", "\u2800", "\u3164",
    "\uffa0", "\n", "\u2028", "\U000e0041",
)  # fmt: skip
SIGNS = ("=", "+", "-", "@", "\u2212", "\uff1d", "\uff20", "\ufe63", "\u207c")


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_formula_behind_anything_that_is_not_seen_gets_an_apostrophe(
    unseen: str, sign: str
) -> None:
    assert cell(f"{unseen}{sign}1+1") == f"'{unseen}{sign}1+1"


@pytest.mark.parametrize("text", ["", "\t1", "\r1", "\n1"])
def test_what_begins_a_line_by_itself_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == (f"'{text}" if text else "")


@pytest.mark.parametrize("text", ["x=1", "1-2", "\u200b1", " 12 Main St", "'=1", "\u2800", "a; =1"])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_each_of_several_values_is_looked_at() -> None:
    assert cell(["a", "=1", " +2", "b"]) == "a; '=1; ' +2; b"
    assert cell(None) == ""
