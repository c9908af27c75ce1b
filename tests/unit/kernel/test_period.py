"""Periods are half-open."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.kernel import Period

DAY = date(2026, 3, 2)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "inside"),
    [
        (Period(), (True, True, True)),
        (Period(valid_from=DAY), (False, True, True)),
        (Period(valid_to=DAY), (True, False, False)),
        (Period(valid_from=DAY, valid_to=AFTER), (False, True, False)),
    ],
)
def test_the_first_day_is_in_and_the_last_is_out(
    period: Period, inside: tuple[bool, bool, bool]
) -> None:
    assert tuple(day in period for day in (BEFORE, DAY, AFTER)) == inside


@pytest.mark.parametrize("end", [DAY, BEFORE])
def test_a_period_must_end_after_it_starts(end: date) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        Period(valid_from=DAY, valid_to=end)


@given(start=st.dates(), middle=st.dates(), end=st.dates(), day=st.dates())
def test_two_periods_that_meet_share_no_day_and_leave_none_out(
    start: date, middle: date, end: date, day: date
) -> None:
    start, middle, end = sorted((start, middle, end))
    if not start < middle < end:
        return
    first = Period(valid_from=start, valid_to=middle)
    second = Period(valid_from=middle, valid_to=end)
    whole = Period(valid_from=start, valid_to=end)

    assert (day in first) + (day in second) == (day in whole)


@pytest.mark.parametrize(
    ("outer", "inner", "covers"),
    [
        ((None, None), (None, None), True),
        ((None, None), ((1, 1), (2, 1)), True),
        (((1, 1), (2, 1)), ((1, 1), (2, 1)), True),
        (((1, 2), (2, 1)), ((1, 1), (2, 1)), False),
        (((1, 1), (2, 1)), ((1, 1), (2, 2)), False),
        (((1, 1), None), ((1, 1), None), True),
        (((1, 1), None), (None, (2, 1)), False),
        ((None, (2, 1)), ((1, 1), None), False),
        (((1, 1), (2, 1)), ((3, 1), (4, 1)), False),
    ],
)
def test_a_period_covers_another_of_which_each_day_is_its_own(
    outer: Any, inner: Any, covers: bool
) -> None:
    def period(ends: Any) -> Period:
        first, after = (end and date(2026, *end) for end in ends)
        return Period(valid_from=first, valid_to=after)

    assert period(outer).covers(period(inner)) is covers
