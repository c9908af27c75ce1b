"""The one place where the program reads a clock, and whose calendar gives the day."""

from collections.abc import Set
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from clerestory.cli.places import profiles_folder
from clerestory.kernel import BadFile, Refusal
from clerestory.kernel.ids import is_made_up as is_made_up
from clerestory.kernel.reading import read_toml
from clerestory.kernel.time import BadTime, Zone, check_moment, local_day, parse_day, parse_moment

DEFAULT_PROFILE = "maine-dhhs"
FORMAT = "clerestory-profile/1"

_UTC = Zone("UTC")
_KEYS = {"format", "time_zone", "jurisdiction"}


class Day(click.ParamType[date]):
    """A day on the command line: ``2026-03-04`` and no other form."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or say that it is none."""
        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value))
        except BadTime as fault:
            self.fail(f"{fault}; {fault.todo}", param, ctx)


DAY = Day()

at_option = click.option(
    "--at",
    "at_text",
    metavar="TIME",
    help="Now, with its zone: 2026-03-04T20:30-05:00 or 2026-03-05T01:30Z.  [default: the clock]",
)
late_option = click.option(
    "--late",
    is_flag=True,
    help="Log what was done before other acts that are logged; of its own demand nothing later is.",
)
late_entry_option = click.option(
    "--late", is_flag=True, help="Log it although the log has entries of a later quarter."
)
profile_option = click.option(
    "--profile",
    default=DEFAULT_PROFILE,
    show_default=True,
    help="The agency whose calendar says what today is.",
)


def read_clock(at_text: str | None) -> datetime:
    """Return the moment that was given, or else now.

    Raises:
        BadTime: It cannot be read, says no zone, or lies in a year that cannot be meant.
    """
    return check_moment(datetime.now(UTC)) if at_text is None else parse_moment(at_text)


def check_not_ahead(at: datetime, *, made_up: bool, zone: Zone = _UTC) -> None:
    """Refuse to act of a day that has not come: every act after it would be before it.

    Args:
        at: When the act is said to be.
        made_up: Whether who acts exists for show only, and so has a clock of its own.
        zone: Whose calendar says what today is.

    Raises:
        BadTime: The machine's clock says an earlier day.
    """
    on, today = local_day(at, zone), local_day(read_clock(None), zone)
    if on > today and not made_up:
        raise BadTime(
            f"an act is logged of today or of an earlier day: {on} is after {today}",
            code="log-time-ahead",
            todo="correct --at, or leave it out: then it is the machine's clock; where that is "
            "wrong, correct it",
        )


def today_in(profile: str) -> date:
    """Return today on a profile's calendar, whatever the zone of this machine.

    Raises:
        Refusal: There is no such profile, or it says no usable zone.
    """
    return local_day(read_clock(None), zone_of(profiles_folder() / profile))


def zone_of_scopes(scopes: Set[str], otherwise: str) -> Zone:
    """Return the one zone of a log's scopes: that of the profile which each of them names.

    Args:
        scopes: The scopes of events that are appended together, at least one.
        otherwise: The profile whose zone counts for a scope that names no profile.

    Raises:
        Refusal: A profile is not there or says no usable zone, or the zones are several.
    """
    profiles = profiles_folder()
    folders = [profiles / scope for scope in sorted(scopes)]
    zones = {zone_of(own if own.is_dir() else profiles / otherwise) for own in folders}
    if len(zones) != 1:
        raise Refusal(
            f"events appended together are of one time zone: {', '.join(sorted(map(str, zones)))}",
            code="log-event",
            todo="append the events of each agency by themselves",
        )
    return zones.pop()


def zone_of(profile: Path) -> Zone:
    """Read the time zone of a profile's folder.

    Raises:
        Refusal: There is no such profile, or it says no usable zone; the message names the file.
    """
    if not profile.is_dir():
        raise Refusal(
            f"there is no profile {profile.name}",
            code="office-profile",
            todo="see the folder profiles/",
        )
    path = profile / "profile.toml"
    if not path.exists():
        raise _bad(path, "it is not there")
    try:
        told = read_toml(path)
    except BadFile as fault:
        raise _bad(path, str(fault)) from fault
    if unknown := sorted(set(told) - _KEYS):
        raise _bad(path, f"it has keys that are not known: {', '.join(unknown)}")
    if told.get("format") != FORMAT:
        raise _bad(path, f"its format is not {FORMAT}")
    if not isinstance(told.get("time_zone"), str):
        raise _bad(path, "it has no time_zone")
    try:
        return Zone(told["time_zone"])
    except BadTime as fault:
        raise _bad(path, str(fault)) from fault


def _bad(path: Path, why: str) -> Refusal:
    return Refusal(
        f"{path.parent.name}/{path.name} must say the agency's time zone: {why}",
        code="profile-zone",
        todo=f'write into {path}: format = "{FORMAT}" and time_zone = "America/New_York"',
    )
