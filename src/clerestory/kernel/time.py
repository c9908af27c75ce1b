"""Moments, days and time zones: the one place where a moment becomes a day.

A moment alone has no day. At half past one in the morning of 5 March in UTC it is still the evening
of the 4th in Maine, and the law of the 4th decides. So every day is asked for in the zone of the
office that holds the records, and nothing here reads a clock or the machine's own zone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from clerestory.kernel.errors import Refusal

# What this program logs, seals and receives happens in these years. Another year is a slip of the
# keys, and the log would show it for ever.
FIRST_YEAR, LAST_YEAR = 2000, 2099

# No place on earth is further from UTC.
_WIDEST_OFFSET = timedelta(hours=14)
# Nor is any place further behind it.
_WESTERNMOST = timedelta(hours=-12)

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")

_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T(?P<time>[0-9]{2}:[0-9]{2}(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,6})?)?)"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-5][0-9])?)?"
)

_EXAMPLE = "write it as 2026-03-04T20:30-05:00 or 2026-03-05T01:30Z"


class BadTime(Refusal):
    """A moment, a day or a time zone that is not written so that it can mean one thing only."""

    code = "time-unreadable"
    todo = _EXAMPLE


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its name in the IANA database, such as ``America/New_York``.

    Its rules come from the pinned package ``tzdata``. The machine's own copy, and whatever
    ``PYTHONTZPATH`` names, may be older or missing, and two machines must name the same day.
    """

    name: str

    def __post_init__(self) -> None:
        # A name from the list holds no dots and no leading slash: it cannot leave the package.
        if self.name not in zone_names():
            raise BadTime(
                f"a time zone has a name of the iana database: {self.name!r}",
                code="time-zone-unknown",
                todo="write for example America/New_York",
            )

    @property
    def rules(self) -> ZoneInfo:
        """The zone's offsets."""
        return _rules(self.name)

    def __str__(self) -> str:
        return self.name


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones that there are."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


@cache
def _rules(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def parse_moment(text: str) -> datetime:
    """Read a moment as ``2026-03-04T20:30-05:00`` or ``2026-03-05T01:30:00Z``.

    The zone must be there: a time without one means another moment on every machine.

    Raises:
        BadTime: It is a day alone, says no zone, or is not in this form; there is no such day or
            time, or no such offset on earth; or its year is not one of this century.

    Source: ISO 8601 and RFC 3339, of which this is the common part; ``-00:00`` and leap seconds
    are left out.

    >>> parse_moment("2026-03-04T20:30-05:00").isoformat()
    '2026-03-04T20:30:00-05:00'
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise BadTime(f"a time is written in iso 8601 with its zone: {text!r}")
    if match["time"] is None:
        raise BadTime(f"a time needs its hour and its zone, not the day alone: {text}")
    if match["zone"] is None:
        raise BadTime(
            f"a time must say its zone: {text}",
            code="time-no-zone",
            todo=f"add Z for UTC, or the offset of the clock it was read from: {text}-05:00",
        )
    if match["zone"] == "-00:00":
        raise BadTime(f"an offset of -00:00 says that the zone is not known: {text}")
    if match["second"] == "60":
        raise BadTime(
            f"a leap second cannot be kept: {text}", todo="write second 59 of the same minute"
        )
    try:
        at = datetime.fromisoformat(text)
    except ValueError as fault:
        raise BadTime(f"there is no such time: {text}") from fault
    return check_moment(at)


def check_moment(at: datetime) -> datetime:
    """Return a moment that can be logged, in whatever zone it was told.

    Raises:
        BadTime: It says no zone, or lies in a year or zone that cannot be meant.
    """
    offset = at.utcoffset()
    if offset is None:
        raise BadTime(f"a time must say its zone: {at}", code="time-no-zone")
    if abs(offset) > _WIDEST_OFFSET:
        raise BadTime(f"no place is more than 14 hours from utc: {at.isoformat()}")
    # The year is the one that was written: at its edges UTC may be in the next.
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadTime(
            f"a time lies in the years {FIRST_YEAR} to {LAST_YEAR}: {at.isoformat()}",
            code="time-implausible",
            todo="correct the year; where no time was given, set the machine's clock",
        )
    return at


def parse_day(text: str) -> date:
    """Read a day as ``2026-03-04`` and in no other form.

    Raises:
        BadTime: It is written in another way, or there is no such day.

    >>> parse_day("2026-03-04")
    datetime.date(2026, 3, 4)
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise BadTime(
            f"a day is written as year, month and day: {text!r}",
            code="day-unreadable",
            todo="write it as 2026-03-04",
        )
    try:
        return date(*map(int, match.groups()))
    except ValueError as fault:
        raise BadTime(
            f"there is no such day: {text}", code="day-unreadable", todo="write it as 2026-03-04"
        ) from fault


def local_day(at: datetime, zone: Zone) -> date:
    """Return the day on the wall calendar of the zone at that moment.

    Raises:
        BadTime: ``at`` says no zone, or lies in a year that cannot be meant.

    >>> local_day(parse_moment("2026-03-05T01:30Z"), Zone("America/New_York"))
    datetime.date(2026, 3, 4)
    """
    return check_moment(at).astimezone(zone.rules).date()


def latest_day(at: datetime) -> date:
    """Return the last day that has begun anywhere on earth at that moment.

    For what cannot be meant in any zone, such as a birth that is still to come; where a day decides
    something, it is the holder's own (``local_day``).

    Raises:
        BadTime: ``at`` says no zone, or lies in a year that cannot be meant.

    >>> latest_day(parse_moment("2026-03-05T10:00Z"))
    datetime.date(2026, 3, 6)
    """
    return check_moment(at).astimezone(timezone(_WIDEST_OFFSET)).date()


def earliest_day(at: datetime) -> date:
    """Return the first day that is not over everywhere on earth at that moment.

    For what must close at once: no office's calendar shows an earlier day.

    Raises:
        BadTime: ``at`` says no zone, or lies in a year that cannot be meant.

    >>> earliest_day(parse_moment("2026-03-05T03:10Z"))
    datetime.date(2026, 3, 4)
    """
    return check_moment(at).astimezone(timezone(_WESTERNMOST)).date()


def utc_text(at: datetime) -> str:
    """Write a moment in UTC, to the second: ``2026-03-05T01:30:00Z``.

    Raises:
        BadTime: ``at`` says no zone, or lies in a year that cannot be meant.
    """
    utc = check_moment(at).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{utc.isoformat()}Z"


def month_text(on: date) -> str:
    """Write the month of a day: ``2026-03``.

    >>> month_text(date(2026, 3, 4))
    '2026-03'
    """
    return f"{on.year:04d}-{on.month:02d}"


def quarter_text(on: date) -> str:
    """Write the quarter of a day: ``2026-Q1``.

    >>> quarter_text(date(2026, 12, 31))
    '2026-Q4'
    """
    return f"{on.year:04d}-Q{(on.month + 2) // 3}"
