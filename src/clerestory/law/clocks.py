"""Due dates that can be opened: the provision, the first day, each day skipped and why."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from clerestory.law.errors import PackFault

_CLOCK = re.compile(r"(?:([0-9]{1,4}) (working days?|days?|months?)|same day)")
OPEN_CLOCKS = frozenset({"reasonable time", "monthly", "quarterly"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A due date with the steps that led to it, each a plain sentence part."""

    on: date
    steps: tuple[str, ...]


def compute_due(within: str, starts_on: date, *, state: str) -> Computed | None:
    """Compute a due date; ``None`` for a clock without a fixed length, such as reasonable time.

    The first day counted is the day after ``starts_on``. Working days leave out Saturdays,
    Sundays and the state's legal holidays; plain days are all counted. A month is one of the
    calendar, not thirty days: it ends on the day of the same number, or on the month's last where
    there is none, so that a month from 31 January is due on 28 February. No policy of the packs
    counts in months, and a statute that means another month is to be written in days.

    Args:
        within: ``same day``, ``5 working days``, ``60 days``, ``reasonable time`` and the like.
        starts_on: The day on which the clock starts.
        state: Two letters of the state whose holidays count, for example ``ME``.

    Raises:
        PackFault: The words are not a clock.

    >>> compute_due("5 working days", date(2026, 10, 6), state="ME").on
    datetime.date(2026, 10, 14)
    """
    check_clock(within)
    if within in OPEN_CLOCKS:
        return None
    match = _CLOCK.fullmatch(within)
    if match is None or match.group(1) is None:
        return Computed(on=starts_on, steps=(f"{starts_on}: the same day",))
    length, unit = int(match.group(1)), match.group(2)
    if unit.startswith("working"):
        return _working_days(length, starts_on, state)
    plain = unit.startswith("day")
    due = starts_on + timedelta(days=length) if plain else _months_later(starts_on, length)
    last = f"day {length}" if plain else f"month {length} is over"
    return Computed(on=due, steps=(f"{starts_on}: the clock starts", f"{due}: {last}"))


def check_clock(within: str) -> None:
    """Refuse words that are not a clock.

    Raises:
        PackFault: The words are none of the known forms.
    """
    if within not in OPEN_CLOCKS and not _CLOCK.fullmatch(within):
        raise PackFault(
            f"not a clock: {within}",
            todo="write for example 'same day', '5 working days', '60 days' or 'reasonable time'",
        )


def _months_later(starts_on: date, months: int) -> date:
    years, month = divmod(starts_on.month - 1 + months, 12)
    year, month = starts_on.year + years, month + 1
    return date(year, month, min(starts_on.day, calendar.monthrange(year, month)[1]))


def _working_days(length: int, starts_on: date, state: str) -> Computed:
    steps = [f"{starts_on}: the clock starts"]
    day, counted = starts_on, 0
    while counted < length:
        day += timedelta(days=1)
        closed = _why_closed(day, state)
        if closed:
            steps.append(f"{day}: not counted, {closed}")
        else:
            counted += 1
            steps.append(f"{day}: working day {counted}")
    return Computed(on=day, steps=tuple(steps))


def _why_closed(day: date, state: str) -> str:
    if day.weekday() >= 5:
        return "Saturday" if day.weekday() == 5 else "Sunday"
    # A holiday on a Saturday is kept on Friday by the federal calendar. That a State does so was
    # not read anywhere, and the earlier due date is the safer one. A Friday is therefore closed by
    # its own holidays alone; which these are is never read from their names.
    kept = day.weekday() != 4
    return str(_holidays(state, day.year, kept=kept).get(day, ""))


@cache
def _holidays(state: str, year: int, *, kept: bool) -> Mapping[date, str]:
    """Return the holidays of a year; with ``kept`` also the working days on which one is kept."""
    # Loading every country's calendar takes a third of a second, and few demands need it.
    import holidays

    # Without a language the names, and with them whatever is read from them, follow LANG.
    return holidays.country_holidays(
        "US", subdiv=state, years=year, observed=kept, language="en_US"
    )


def state_of(jurisdiction: str) -> str | None:
    """Return the state's two letters, or ``None`` for the federal jurisdiction.

    >>> state_of("us-me")
    'ME'
    """
    _, _, state = jurisdiction.partition("-")
    return state.upper() if len(state) == 2 else None
