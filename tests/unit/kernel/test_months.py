"""Months as a demand's period has them."""

from datetime import date

import pytest

from clerestory.kernel import Period
from clerestory.kernel.period import months_of, whole_months


def period(first: str | None, after: str | None) -> Period:
    return Period(
        valid_from=date.fromisoformat(first) if first else None,
        valid_to=date.fromisoformat(after) if after else None,
    )


@pytest.mark.parametrize(
    ("first", "after", "months"),
    [
        ("2026-03-01", "2026-04-01", "2026-03"),
        ("2026-03-01", "2026-04-02", "2026-03 2026-04"),
        ("2026-03-31", "2026-04-01", "2026-03"),
        ("2025-11-30", "2026-02-01", "2025-11 2025-12 2026-01"),
        ("2025-12-01", "2026-01-01", "2025-12"),
        ("0001-01-01", "0001-02-01", "0001-01"),
        ("9999-12-30", "9999-12-31", "9999-12"),
    ],
)
def test_the_months_of_a_period_are_those_of_its_days(first: str, after: str, months: str) -> None:
    assert months_of(period(first, after)) == tuple(months.split())


@pytest.mark.parametrize(("first", "after"), [(None, "2026-01-01"), ("2026-01-01", None)])
def test_a_period_without_an_end_has_no_number_of_months(
    first: str | None, after: str | None
) -> None:
    with pytest.raises(ValueError, match="a first and a last day"):
        months_of(period(first, after))


@pytest.mark.parametrize(
    ("first", "after", "whole"),
    [
        ("2026-03-15", "2026-03-16", ("2026-03-01", "2026-04-01")),
        ("2026-03-01", "2026-04-01", ("2026-03-01", "2026-04-01")),
        ("2026-03-31", "2026-04-02", ("2026-03-01", "2026-05-01")),
        ("2026-11-02", "2026-11-30", ("2026-11-01", "2026-12-01")),
        ("2026-12-02", "2026-12-31", ("2026-12-01", "2027-01-01")),
        (None, "2026-12-31", (None, "2027-01-01")),
        ("2026-12-31", None, ("2026-12-01", None)),
        (None, None, (None, None)),
        ("9999-12-02", "9999-12-31", ("9999-12-01", None)),
    ],
)
def test_a_period_widens_to_the_months_that_it_touches(
    first: str | None, after: str | None, whole: tuple[str | None, str | None]
) -> None:
    assert whole_months(period(first, after)) == period(*whole)
