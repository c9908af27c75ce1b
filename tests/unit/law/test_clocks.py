"""Due dates, with each day that was counted or skipped."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.law.clocks import Computed, check_clock, compute_due, state_of
from clerestory.law.errors import PackFault


def due_in_maine(within: str, starts_on: date) -> Computed:
    computed = compute_due(within, starts_on, state="ME")
    assert computed is not None
    return computed


def test_the_same_day_is_the_day_itself_even_a_sunday() -> None:
    sunday = date(2026, 3, 1)

    assert due_in_maine("same day", sunday) == Computed(
        on=sunday, steps=("2026-03-01: the same day",)
    )


@pytest.mark.parametrize("within", ["reasonable time", "monthly", "quarterly"])
def test_a_clock_without_a_length_has_no_due_date(within: str) -> None:
    assert compute_due(within, date(2026, 3, 2), state="ME") is None


def test_five_working_days_over_the_october_holiday_skip_it_and_the_week_end() -> None:
    computed = due_in_maine("5 working days", date(2026, 10, 7))

    assert computed.on == date(2026, 10, 15)
    assert computed.steps == (
        "2026-10-07: the clock starts",
        "2026-10-08: working day 1",
        "2026-10-09: working day 2",
        "2026-10-10: not counted, Saturday",
        "2026-10-11: not counted, Sunday",
        "2026-10-12: not counted, Indigenous Peoples' Day",
        "2026-10-13: working day 3",
        "2026-10-14: working day 4",
        "2026-10-15: working day 5",
    )


def test_patriots_day_is_a_holiday_in_maine_and_not_in_new_york() -> None:
    friday, monday = date(2026, 4, 17), date(2026, 4, 20)

    maine = due_in_maine("1 working day", friday)
    new_york = compute_due("1 working day", friday, state="NY")

    assert maine.on == monday + timedelta(days=1)
    assert f"{monday}: not counted, Patriots' Day" in maine.steps
    assert new_york is not None
    assert new_york.on == monday


def test_a_holiday_on_a_sunday_is_kept_on_the_monday() -> None:
    computed = due_in_maine("1 working day", date(2027, 7, 2))

    assert "2027-07-05: not counted, Independence Day (observed)" in computed.steps


def test_a_holiday_on_a_saturday_closes_no_friday() -> None:
    computed = due_in_maine("1 working day", date(2026, 7, 2))

    assert computed.on == date(2026, 7, 3)


def test_working_days_run_across_the_new_year() -> None:
    computed = due_in_maine("2 working days", date(2026, 12, 31))

    assert computed.on == date(2027, 1, 5)
    assert "2027-01-01: not counted, New Year's Day" in computed.steps


@pytest.mark.parametrize(("within", "days"), [("0 days", 0), ("1 day", 1), ("60 days", 60)])
def test_plain_days_count_week_ends(within: str, days: int) -> None:
    start = date(2026, 10, 7)

    computed = due_in_maine(within, start)

    assert computed.on == start + timedelta(days=days)
    assert computed.steps == (f"{start}: the clock starts", f"{computed.on}: day {days}")


@pytest.mark.parametrize(
    ("starts_on", "months", "due"),
    [
        (date(2026, 10, 7), 0, date(2026, 10, 7)),
        (date(2026, 10, 7), 1, date(2026, 11, 7)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 1, 27), 1, date(2026, 2, 27)),
        (date(2026, 1, 28), 1, date(2026, 2, 28)),
        (date(2026, 1, 29), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 1), 24, date(2028, 12, 1)),
    ],
)
def test_a_month_is_one_of_the_calendar(starts_on: date, months: int, due: date) -> None:
    computed = due_in_maine(f"{months} month{'' if months == 1 else 's'}", starts_on)

    assert computed == Computed(
        on=due, steps=(f"{starts_on}: the clock starts", f"{due}: month {months} is over")
    )


@pytest.mark.parametrize(
    ("friday", "closed_for"),
    [
        (date(2026, 6, 19), "Juneteenth National Independence Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 1, 1), "New Year's Day"),
        # The Saturday after is the holiday: 4 July 2026, 25 December 2027, 1 January 2028.
        (date(2026, 7, 3), None),
        (date(2027, 12, 24), None),
        (date(2027, 12, 31), None),
    ],
)
def test_a_friday_is_closed_by_its_own_holiday_alone(friday: date, closed_for: str | None) -> None:
    steps = due_in_maine("1 working day", friday - timedelta(days=1)).steps

    said = f"not counted, {closed_for}" if closed_for else "working day 1"
    assert steps[1] == f"{friday}: {said}"


CLOCKS = (
    "same day", "1 working day", "5 working days", "10 working days", "14 days", "1 month",
)  # fmt: skip

TABLE = """
import json, sys
from datetime import date, timedelta
from clerestory.law.clocks import compute_due
clocks, states = json.loads(sys.argv[1]), ["ME", "NY", "DC"]
for state in states:
    for number in range(0, 731):
        start = date(2026, 1, 1) + timedelta(days=number)
        for clock in clocks:
            due = compute_due(clock, start, state=state)
            print(state, start, clock, due.on, *due.steps, sep="|")
"""


def test_due_dates_and_their_reasons_are_the_same_in_every_language() -> None:
    settings: list[dict[str, str]] = [
        {"LANG": "en_US.UTF-8"},
        {"LANG": "th_TH.UTF-8"},
        {"LANG": "C", "LANGUAGE": "th"},
        {"LC_ALL": "fr_FR.UTF-8", "LC_TIME": "fr_FR.UTF-8"},
        {"LC_ALL": "POSIX"},
        {"LANG": "ar", "LC_MESSAGES": "ar", "LANGUAGE": "ar:th"},
        {},
    ]
    bare = {
        name: value
        for name, value in os.environ.items()
        if name != "LANG" and not name.startswith(("LC_", "LANGUAGE"))
    }

    tables = [
        subprocess.run(
            [sys.executable, "-P", "-c", TABLE, json.dumps(CLOCKS)],
            env={**bare, "PYTHONIOENCODING": "utf-8", **setting},
            check=True, capture_output=True, encoding="utf-8",
        ).stdout
        for setting in settings
    ]  # fmt: skip

    assert "ME|2026-07-02|1 working day|2026-07-03|" in tables[0]
    assert "Independence Day" in tables[0]
    assert len(tables[0].splitlines()) == 3 * 731 * len(CLOCKS)
    assert [table == tables[0] for table in tables] == [True] * len(settings)


@pytest.mark.parametrize(
    "within",
    ["", "soon", "5 weeks", "-1 days", "5 working", "same day.", "same day\n", "٥ days", "5  days"],
)
def test_words_that_are_no_clock_are_refused_with_an_example(within: str) -> None:
    with pytest.raises(PackFault, match="not a clock") as caught:
        compute_due(within, date(2026, 3, 2), state="ME")

    assert "5 working days" in caught.value.todo
    with pytest.raises(PackFault):
        check_clock(within)


@given(start=st.dates(date(2020, 1, 1), date(2035, 1, 1)), length=st.integers(0, 30))
def test_a_due_date_in_working_days_is_never_on_a_week_end_and_opens_to_every_day(
    start: date, length: int
) -> None:
    computed = due_in_maine(f"{length} working days", start)

    assert len(computed.steps) == (computed.on - start).days + 1
    assert sum(": working day " in step for step in computed.steps) == length
    assert length == 0 or computed.on.weekday() < 5


@pytest.mark.parametrize(
    ("jurisdiction", "state"),
    [("us-me", "ME"), ("us-ny", "NY"), ("us-federal", None), ("us", None)],
)
def test_the_state_is_read_from_the_jurisdiction(jurisdiction: str, state: str | None) -> None:
    assert state_of(jurisdiction) == state
