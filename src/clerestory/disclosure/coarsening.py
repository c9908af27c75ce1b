"""Coarser answers: from a full value to the little that a ruling lets leave."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clerestory.kernel import Refusal

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_TOWN_END = re.compile(r"\s+(ME|MAINE)(\s+\d{5}(-\d{4})?)?$", re.IGNORECASE)

# What a coarser answer looks like. A record that looks otherwise cannot be built, so a full
# value never leaves under the name of a coarser one.
SHAPES: Mapping[str, re.Pattern[str]] = {
    "yes_no": re.compile(r"yes|no"),
    "year": re.compile(r"\d{4}"),
    "county": re.compile(r"[A-Z][a-z]+ County"),
    "month_yes_no": re.compile(r"\d{4}-(0[1-9]|1[0-2]): (yes|no)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseningTables:
    """What the profile knows about the world: towns, and words that mean yes or no.

    ``counties`` maps a town's folded name to its county; ``month`` is the month that was asked
    about (``2026-03``), where one was.
    """

    counties: Mapping[str, str] = field(default_factory=dict)
    yes_words: frozenset[str] = frozenset({"yes"})
    no_words: frozenset[str] = frozenset({"no"})
    month: str | None = None


def coarsen(precision: str, value: str, tables: CoarseningTables) -> str:
    """Return the coarser answer ``precision`` asks for.

    A value that cannot be read without guessing is refused, never passed on as it stands.

    Raises:
        Refusal: The precision is unknown, or the value does not fit it.

    >>> coarsen("year", "1984-05-17", CoarseningTables())
    '1984'
    """
    function = _FUNCTIONS.get(precision)
    if function is None:
        raise Refusal(
            f"a coarser answer must be one of {', '.join(sorted(_FUNCTIONS))}: {precision}",
            code="disclosure-coarsening-unknown",
            todo="correct coarsen_to in the policy, then decide again",
        )
    return function(value.strip(), tables)


def _yes_no(value: str, tables: CoarseningTables) -> str:
    word = value.casefold()
    if word in tables.yes_words:
        return "yes"
    if word in tables.no_words:
        return "no"
    raise _unclear("yes_no", "a word that the profile lists as yes or no")


def _year(value: str, tables: CoarseningTables) -> str:
    del tables
    match = _DATE.fullmatch(value)
    if match is None:
        raise _unclear("year", "a date written YYYY-MM-DD")
    return match.group(1)


def _county(value: str, tables: CoarseningTables) -> str:
    parts = [part.strip() for part in re.split(r"[,\n]", value) if part.strip()]
    for part in reversed(parts):
        town = _TOWN_END.sub("", part).strip().casefold()
        county = tables.counties.get(town)
        if county is not None:
            return f"{county} County"
    raise _unclear("county", "an address whose town is in the profile's table of towns")


def _month_yes_no(value: str, tables: CoarseningTables) -> str:
    month = tables.month
    if month is None or _MONTH.fullmatch(month) is None:
        raise Refusal(
            f"an answer for a month needs the month asked about, written YYYY-MM: {month}",
            code="disclosure-month-missing",
            todo="ask the requester which month is meant, and pass it",
        )
    months = value.split()
    if not all(_MONTH.fullmatch(each) for each in months):
        raise _unclear("month_yes_no", "months written YYYY-MM with spaces between")
    return f"{month}: {'yes' if month in months else 'no'}"


def _unclear(precision: str, wanted: str) -> Refusal:
    # The value itself is personal and stays out of the message.
    return Refusal(
        f"the coarser answer {precision} needs {wanted}",
        code="disclosure-coarsening-unclear",
        todo="look at the value in the agency's own system, or withhold the field",
    )


_FUNCTIONS: Mapping[str, Callable[[str, CoarseningTables], str]] = {
    "yes_no": _yes_no,
    "year": _year,
    "county": _county,
    "month_yes_no": _month_yes_no,
}
