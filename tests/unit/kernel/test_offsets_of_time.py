"""A moment's offset is read up to its edges, and one that tells no zone is refused."""

from datetime import timedelta

import pytest

from clerestory.kernel.time import BadTime, parse_moment


@pytest.mark.parametrize(
    ("offset", "hours"),
    [("Z", 0), ("+00:00", 0), ("-05:00", -5), ("+14:00", 14), ("-12:00", -12), ("+05:30", 5.5)],
)
def test_an_offset_on_earth_is_read(offset: str, hours: float) -> None:
    at = parse_moment(f"2026-03-04T20:30{offset}")

    assert at.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("offset", "said"),
    [("-00:00", "the zone is not known"), ("", "must say its zone"), ("+24:00", "no such time")],
)
def test_an_offset_that_tells_no_zone_is_refused_by_its_reason(offset: str, said: str) -> None:
    with pytest.raises(BadTime, match=said):
        parse_moment(f"2026-03-04T20:30{offset}")


def test_a_leap_second_is_refused_by_its_reason() -> None:
    with pytest.raises(BadTime, match="a leap second cannot be kept"):
        parse_moment("2026-03-04T20:30:60Z")
