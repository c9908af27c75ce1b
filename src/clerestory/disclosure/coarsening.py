"""Coarser answers: from a full value to the little that a ruling lets leave."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from clerestory.kernel import Refusal

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH_SAID = r"\d{4}-(0[1-9]|1[0-2]): (yes|no)"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MONTH_OR_DAY = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:-\d{2})?")
_TOWN = re.compile(r"(?:^|,)([^,]+?),? (?:ME|Maine)(?:,? \d{5}(?:-\d{4})?)?$", re.IGNORECASE)

# What a coarser answer looks like. A record that looks otherwise cannot be built, so a full
# value never leaves under the name of a coarser one.
SHAPES: Mapping[str, re.Pattern[str]] = {
    "yes_no": re.compile(r"yes|no"),
    "year": re.compile(r"\d{4}"),
    "county": re.compile(r"[A-Z][a-z]+ County"),
    "month_yes_no": re.compile(rf"{_MONTH_SAID}(; {_MONTH_SAID})*"),
}
# Ten years: who asks about more asks for a history.
_MOST_MONTHS = 120
# Two words and no third: nothing on file is one of the two, or cannot be answered.
YES_OR_NO = frozenset({"yes_no", "month_yes_no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseningTables:
    """What the profile knows about the world: towns, and words that mean yes or no.

    ``counties`` maps a town's folded name to its county; ``months`` are the months that were asked
    about (``2026-03``), oldest first, where there are any.
    """

    counties: Mapping[str, str] = field(default_factory=dict)
    yes_words: frozenset[str] = frozenset({"yes"})
    no_words: frozenset[str] = frozenset({"no"})
    months: tuple[str, ...] = ()


def coarsen(precision: str, values: Sequence[str], tables: CoarseningTables) -> str:
    """Return the coarser answer ``precision`` asks for.

    A value that cannot be read without guessing is refused, never passed on as it stands.
    Only an answer for a month takes several values, or none: the months or days that are on file.

    Raises:
        Refusal: The precision is unknown, or the value does not fit it.

    >>> coarsen("year", ["1984-05-17"], CoarseningTables())
    '1984'
    """
    function = _FUNCTIONS.get(precision)
    if function is None:
        raise Refusal(
            f"a coarser answer must be one of {', '.join(sorted(_FUNCTIONS))}: {precision}",
            code="disclosure-coarsening-unknown",
            todo="correct coarsen_to in the policy, then decide again",
        )
    texts = [value.strip() for value in values]
    if len(texts) != 1 and precision != "month_yes_no":
        raise _unclear(precision, "one value")
    return function(texts, tables)


def _yes_no(values: Sequence[str], tables: CoarseningTables) -> str:
    word = values[0].casefold()
    if word in tables.yes_words:
        return "yes"
    if word in tables.no_words:
        return "no"
    raise _unclear("yes_no", "a word that the profile lists as yes or no")


def _year(values: Sequence[str], _tables: CoarseningTables) -> str:
    match = _DATE.fullmatch(values[0])
    if match is None:
        raise _unclear("year", "a date written YYYY-MM-DD")
    return match.group(1)


def _county(values: Sequence[str], tables: CoarseningTables) -> str:
    # Only the last word before the state is the town: a street or a building may bear the name
    # of another one, and a town of that name may lie in another state.
    match = _TOWN.search(", ".join(" ".join(line.split()) for line in values[0].splitlines()))
    county = tables.counties.get(match.group(1).strip().casefold()) if match else None
    if county is None:
        raise _unclear("county", "an address in a town of the profile's table, with its state")
    return f"{county} County"


def _month_yes_no(values: Sequence[str], tables: CoarseningTables) -> str:
    asked = tables.months
    if not 0 < len(asked) <= _MOST_MONTHS or not all(map(_MONTH.fullmatch, asked)):
        raise Refusal(
            f"an answer for months needs the months asked about, {_MOST_MONTHS} at most, each "
            f"written YYYY-MM: {', '.join(asked[:2]) or 'none'}",
            code="disclosure-month-missing",
            todo="ask the requester which months are meant, and write the instrument's period",
        )
    matches = [_MONTH_OR_DAY.fullmatch(text) for text in values]
    if not all(matches):
        raise _unclear("month_yes_no", "values that are months or days, written YYYY-MM(-DD)")
    months = {match.group(1) for match in matches if match}
    return "; ".join(f"{month}: {'yes' if month in months else 'no'}" for month in asked)


def _unclear(precision: str, wanted: str) -> Refusal:
    # The value itself is personal and stays out of the message.
    return Refusal(
        f"the coarser answer {precision} needs {wanted}",
        code="disclosure-coarsening-unclear",
        todo="look at the value in the agency's own system, or withhold the field",
    )


_FUNCTIONS: Mapping[str, Callable[[Sequence[str], CoarseningTables], str]] = {
    "yes_no": _yes_no,
    "year": _year,
    "county": _county,
    "month_yes_no": _month_yes_no,
}
