"""What makes two writings of one number or key, and what leaves two. All made up."""

import pytest

from clerestory.holdings.writings import Written, writings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("P20000012", " p2000 0012\t"),
        ("P20000012", "\uff3020000012"),
        ("P20000012", "P-20000012"),
        ("P20000012", "P\u201220000012"),
        ("0020000012", "20000012"),
        ("20000012", "20000012.00"),
        ("\u0663\u06634", "334"),
        ("P1", "P1\0"),
        ("P1", "\u200eP1\u2060"),
        ("\u03911", "a1"),
        ("0-7", "7"),
        ("000", "0"),
        ("A0B07", "a0b7"),
    ],
)
def test_two_writings_of_one_have_a_form_in_common(one: str, other: str) -> None:
    assert writings(one) & writings(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("P1", "P11"), ("P10", "P1"), ("12", "21"), ("0", "7"), ("7.5", "7"), ("a", "b"), ("P1", "1")],
)
def test_two_keys_stay_two(one: str, other: str) -> None:
    assert not writings(one) & writings(other)


@pytest.mark.parametrize("blank", ["", "  ", "-", "#", "\u200b", "\r\n", "--/"])
def test_a_blank_has_no_form_and_is_like_nothing(blank: str) -> None:
    assert writings(blank) == frozenset()
    assert Written(["", " ", "-", blank]).alike(blank) == ()


def test_a_column_tells_how_it_writes_a_text() -> None:
    column = Written(["H-12", "h012", "H13", "", "2026-12", "202612"])

    assert column.alike("H 12") == ("H 12", "H-12", "h012")
    assert column.alike("H13") == ("H13",)
    assert set(column.alike("2026-0012")) == {"2026-0012", "2026-12", "202612"}
    assert column.alike("H14") == ("H14",)
