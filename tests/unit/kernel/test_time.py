"""A moment says its zone, and its day is that of the office's own calendar."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from clerestory.kernel.time import (
    BadTime,
    Zone,
    check_moment,
    earliest_day,
    latest_day,
    local_day,
    month_text,
    parse_day,
    parse_moment,
    quarter_text,
    utc_text,
    zone_names,
)

MAINE = Zone("America/New_York")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-05T01:30Z", datetime(2026, 3, 5, 1, 30, tzinfo=UTC)),
        ("2026-03-05T01:30:59Z", datetime(2026, 3, 5, 1, 30, 59, tzinfo=UTC)),
        ("2026-03-05T01:30:00.5Z", datetime(2026, 3, 5, 1, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-04T20:30-05:00", datetime(2026, 3, 5, 1, 30, tzinfo=UTC)),
        ("2026-03-05T15:30+14:00", datetime(2026, 3, 5, 1, 30, tzinfo=UTC)),
        ("2026-03-05T07:15+05:45", datetime(2026, 3, 5, 1, 30, tzinfo=UTC)),
        ("2026-03-05T01:30+00:00", datetime(2026, 3, 5, 1, 30, tzinfo=UTC)),
        ("2000-01-01T00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("2099-12-31T23:59:59Z", datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2028-02-29T12:00Z", datetime(2028, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_a_moment_with_its_zone_is_read(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "time-unreadable", "iso 8601"),
        ("yesterday", "time-unreadable", "iso 8601"),
        ("2026-03-05", "time-unreadable", "its hour and its zone"),
        ("2026-03-05T01:30", "time-no-zone", "say its zone"),
        ("2026-03-05T01:30:00.123456", "time-no-zone", "say its zone"),
        ("2026-03-05 01:30Z", "time-unreadable", "iso 8601"),
        ("2026-03-05t01:30z", "time-unreadable", "iso 8601"),
        ("20260305T0130Z", "time-unreadable", "iso 8601"),
        ("2026-W10-4T01:30Z", "time-unreadable", "iso 8601"),
        ("2026-03-05T01Z", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30:00,5Z", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30:00.1234567Z", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30 EST", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30-0500", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30-05", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30-05:00:01", "time-unreadable", "iso 8601"),
        (" 2026-03-05T01:30Z", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:30Z\n", "time-unreadable", "iso 8601"),
        ("03/05/2026T01:30Z", "time-unreadable", "iso 8601"),
        # Digits of other scripts: Arabic, Thai, full width.
        ("٢٠٢٦-03-05T01:30Z", "time-unreadable", "iso 8601"),
        ("๒๐๒๖-03-05T01:30Z", "time-unreadable", "iso 8601"),
        ("2026-03-05T01:3０Z", "time-unreadable", "iso 8601"),
        ("2026-02-29T01:30Z", "time-unreadable", "no such time"),
        ("2026-13-01T01:30Z", "time-unreadable", "no such time"),
        ("2026-03-00T01:30Z", "time-unreadable", "no such time"),
        ("2026-03-05T24:00Z", "time-unreadable", "no such time"),
        ("2026-03-05T23:60Z", "time-unreadable", "no such time"),
        ("2026-03-05T23:59:61Z", "time-unreadable", "no such time"),
        ("2026-12-31T23:59:60Z", "time-unreadable", "leap second"),
        ("2026-03-05T01:30-00:00", "time-unreadable", "-00:00"),
        ("2026-03-05T01:30+14:01", "time-unreadable", "14 hours"),
        ("2026-03-05T01:30-23:59", "time-unreadable", "14 hours"),
        ("2026-03-05T01:30+24:00", "time-unreadable", "no such time"),
        ("2026-03-05T01:30+05:60", "time-unreadable", "iso 8601"),
        ("1999-12-31T23:59:59Z", "time-implausible", "2000 to 2099"),
        ("2100-01-01T00:00Z", "time-implausible", "2000 to 2099"),
        ("0001-01-01T00:00+14:00", "time-implausible", "2000 to 2099"),
        ("9999-12-31T23:59-14:00", "time-implausible", "2000 to 2099"),
        ("0000-03-05T01:30Z", "time-unreadable", "no such time"),
    ],
)
def test_what_could_mean_two_moments_or_none_is_refused(text: str, code: str, said: str) -> None:
    with pytest.raises(BadTime) as refused:
        parse_moment(text)

    assert (refused.value.code, said in str(refused.value)) == (code, True), str(refused.value)
    assert refused.value.todo
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 5),  # noqa: DTZ001 (the fault under test)
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 5, tzinfo=timezone(timedelta(hours=15))),
    ],
)
def test_a_moment_that_nobody_can_mean_gives_no_day(at: datetime) -> None:
    for use in (check_moment, utc_text, lambda at: local_day(at, MAINE)):
        with pytest.raises(BadTime):
            use(at)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # Standard time: the day turns at 05:00 UTC.
        ("2026-03-05T01:30Z", date(2026, 3, 4)),
        ("2026-03-05T04:59:59.999999Z", date(2026, 3, 4)),
        ("2026-03-05T05:00Z", date(2026, 3, 5)),
        # 8 March 2026: the hour from 2 to 3 is left out, and the day has 23 hours.
        ("2026-03-08T04:59:59Z", date(2026, 3, 7)),
        ("2026-03-08T05:00Z", date(2026, 3, 8)),
        ("2026-03-09T03:59:59Z", date(2026, 3, 8)),
        ("2026-03-09T04:00Z", date(2026, 3, 9)),
        # 1 November 2026: the hour from 1 to 2 comes twice, and the day has 25 hours.
        ("2026-11-01T03:59:59Z", date(2026, 10, 31)),
        ("2026-11-01T04:00Z", date(2026, 11, 1)),
        ("2026-11-02T04:59:59Z", date(2026, 11, 1)),
        ("2026-11-02T05:00Z", date(2026, 11, 2)),
        # The year turns with the day.
        ("2027-01-01T04:59:59Z", date(2026, 12, 31)),
        ("2027-01-01T05:00Z", date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_on_the_offices_wall(text: str, day: date) -> None:
    assert local_day(parse_moment(text), MAINE) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Pacific/Kiritimati", date(2026, 3, 5)),
        ("Pacific/Auckland", date(2026, 3, 5)),
        ("Asia/Kathmandu", date(2026, 3, 5)),
        ("UTC", date(2026, 3, 5)),
        ("America/Anchorage", date(2026, 3, 4)),
        ("Pacific/Pago_Pago", date(2026, 3, 4)),
    ],
)
def test_one_moment_has_its_own_day_in_each_zone(name: str, day: date) -> None:
    assert local_day(parse_moment("2026-03-05T01:30Z"), Zone(name)) == day


def test_the_offset_it_was_told_in_does_not_move_the_day() -> None:
    told = ["2026-03-05T01:30Z", "2026-03-05T15:30+14:00", "2026-03-04T13:30-12:00"]

    assert {local_day(parse_moment(text), MAINE) for text in told} == {date(2026, 3, 4)}


@pytest.mark.parametrize(
    "name",
    ["", "EST5", "Maine", "america/new_york", "../UTC", "/etc/localtime", "America", "America/",
     "America/New_York\n", "zone.tab"],
)  # fmt: skip
def test_a_zone_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadTime) as refused:
        Zone(name)

    assert refused.value.code == "time-zone-unknown"
    assert repr(name) in str(refused.value)


def test_every_zone_of_the_list_can_be_used() -> None:
    at = parse_moment("2026-07-01T12:00Z")

    days = {local_day(at, Zone(name)) for name in zone_names()}

    assert days <= {date(2026, 7, 1), date(2026, 7, 2)}


def test_neither_the_machines_zone_nor_its_files_move_the_day() -> None:
    script = (
        "from clerestory.kernel.time import *\n"
        "print(local_day(parse_moment('2026-03-05T01:30Z'), Zone('America/New_York')))"
    )
    settings = [{"TZ": "Asia/Tokyo"}, {"TZ": "nonsense"}, {"PYTHONTZPATH": ""}]

    said = [
        subprocess.run(
            [sys.executable, "-P", "-c", script],
            env={**os.environ, **setting}, check=True, capture_output=True, text=True,
        ).stdout.strip()
        for setting in settings
    ]  # fmt: skip

    assert said == ["2026-03-04"] * len(settings)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05T09:59:59Z", date(2026, 3, 5)),
        ("2026-03-05T10:00Z", date(2026, 3, 6)),
        ("2026-03-05T05:00-05:00", date(2026, 3, 6)),
    ],
)
def test_a_day_has_begun_once_it_is_midnight_where_the_day_begins_first(
    text: str, day: date
) -> None:
    assert latest_day(parse_moment(text)) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05T11:59:59Z", date(2026, 3, 4)),
        ("2026-03-05T12:00Z", date(2026, 3, 5)),
        ("2026-03-05T07:00-05:00", date(2026, 3, 5)),
    ],
)
def test_a_day_lasts_until_it_is_over_where_the_day_ends_last(text: str, day: date) -> None:
    assert earliest_day(parse_moment(text)) == day


def test_a_day_is_written_in_one_form() -> None:
    assert parse_day("2026-03-04") == date(2026, 3, 4)
    for text in ("2026-3-4", "20260304", "2026-W10-3", "2026-02-29", "04/03/2026", "٢٠٢٦-03-04",
                 "2026-03-04 ", "2026-03-04T00:00Z", "0000-01-01", ""):  # fmt: skip
        with pytest.raises(BadTime) as refused:
            parse_day(text)
        assert refused.value.code == "day-unreadable"


def test_moments_months_and_quarters_are_written_in_digits() -> None:
    at = parse_moment("2026-03-04T20:30:59.9-05:00")

    assert utc_text(at) == "2026-03-05T01:30:59Z"
    assert parse_moment(utc_text(at)) == at.replace(microsecond=0)
    assert month_text(date(2026, 3, 4)) == "2026-03"
    assert [quarter_text(date(2026, month, 1)) for month in range(1, 13)] == [
        f"2026-Q{number}" for number in (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)
    ]
