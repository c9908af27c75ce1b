"""What one word of YAML without quotes means: text, a whole number, a day, yes or no, nothing."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from clerestory.kernel.bad_file import show

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_YES = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE"})
_NO = frozenset({"no", "No", "NO", "false", "False", "FALSE"})
# YAML 1.1 reads these as yes and no, YAML 1.2 as text: two programs would read two demands.
_ON_AND_OFF = frozenset({"on", "On", "ON", "off", "Off", "OFF"})
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SHORT_DAY = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_QUOTE = "put it in quotes"
# In this order: the first that fits says what is wrong. No part may match in two ways, lest a long
# word that fits none is tried in all of them.
_NO_NUMBERS = (
    (re.compile(r"-0"), "a number is written with a sign that it does not need", "write 0"),
    (
        re.compile(r"[-+]?0[0-9_]+"),
        "a number begins with a zero, which some programs read in base 8",
        "write it in quotes, or without the zero",
    ),
    (
        re.compile(r"[-+]?0[xXoObB][0-9a-fA-F_]+"),
        "a number is written in another base",
        "write it in ordinary digits, or in quotes",
    ),
    (
        re.compile(r"[-+]?[0-9]++_[0-9_]*+(?:\.[0-9_]*+)?"),
        "a number holds a low line, which some programs leave out",
        "write its digits alone, or put it in quotes",
    ),
    (
        re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
        "numbers with colons are read in base 60 by some programs",
        _QUOTE,
    ),
    (re.compile(r"\+[0-9]+"), "a number is written with a plus", "write it without, or in quotes"),
    (re.compile(r"-?[0-9]{19,}"), "a number has more than 18 digits", _QUOTE),
    (
        re.compile(r"[-+]?(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9]++)?"),
        "a number is not whole",
        "write a whole number, or put it in quotes",
    ),
    (
        re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
        "this is no number that can be counted with",
        _QUOTE,
    ),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A word that cannot be read as it stands, and what to write instead."""

    what: str
    write_instead: str


Scalar = None | bool | int | str | date


def read_plain(text: str) -> Scalar | Wrong:
    """Read a word without quotes.

    A form that two programs would read in two ways is refused. A day with a time of day stays
    text: whether a time is wanted is for the form to say.

    >>> read_plain("2026-03-02"), read_plain("yes"), read_plain("3")
    (datetime.date(2026, 3, 2), True, 3)
    """
    if text in _NOTHING:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    if text in _ON_AND_OFF:
        return Wrong(
            f"some programs read this word as yes or no: {text}",
            "write yes or no, or put it in quotes where the word itself is meant",
        )
    if text[0] in "0123456789+-." and not text[-1].isspace():
        return _number_or_day(text)
    return text


def read_day(text: str) -> date | Wrong:
    """Read a day that is written as 2026-02-26.

    >>> read_day("2026-02-30").what
    'February 2026 has 28 days: 2026-02-30'
    """
    found = _DAY.fullmatch(text)
    if not found:
        return Wrong(f"this is not a day: {show(text)}", "write a day as 2026-02-26")
    year, month, day = (int(part) for part in found.groups())
    if not year:
        return Wrong(f"there is no year 0: {text}", "write a day as 2026-02-26")
    if not 1 <= month <= 12:
        return Wrong(
            f"there is no month {month}: {text}", "write year, month and day, as 2026-02-26"
        )
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        return Wrong(
            f"{_MONTHS[month]} {year} has {last} days: {text}", "check the day on the paper"
        )
    return date(year, month, day)


# English in every country: the names of the standard library follow the machine's language.
_MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _number_or_day(text: str) -> Scalar | Wrong:
    if _WHOLE.fullmatch(text) and text != "-0":
        return int(text)
    if _DAY.fullmatch(text):
        return read_day(text)
    if _SHORT_DAY.fullmatch(text):
        return Wrong(f"a day has two digits for month and day: {text}", "write it as 2026-03-02")
    for form, what, write_instead in _NO_NUMBERS:
        if form.fullmatch(text):
            return Wrong(f"{what}: {show(text)}", write_instead)
    return text
