"""Whether a text may say where somebody lives who keeps it secret, in whatever way it was typed.

Two clerks write one home in too many ways to compare them: 12Elm, Elm Street 12, "since 1 May 12
Elm", the house behind the church. So of who keeps a home secret a text is taken to tell it unless
it is of the few forms that cannot: a name, a date, a sum of money, a number longer than a house's.
"""

import re

from clerestory.holdings.letters import latin_digits, plain, words_of


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


# Words that a text may have and still be no more than a name or a short label; a list of names has
# its parts. What is longer is prose, which can describe a place without any word of an address.
LABEL_WORDS = 5
_PART = re.compile(r"[;\n]")
# The numbers that are of no house: a day, a month or a moment, money, a span of time, and what has
# as many digits as numbers of cases, accounts, persons and telephones. A month stands alone, since
# houses 2008 to 2012 are written so too; so does a span of time, since a road may be called Weeks.
_NO_HOUSE = re.compile(
    r"(?<!\w)(?:"
    r"(?:19|20)\d\d-[01]\d-[0-3]\d(?:[t ]\d\d:\d\d(?::\d\d)?)?"
    r"|(?:19|20)\d\d-[01]\d(?=\s*(?:$|[;/\n]|,\s*\d))"
    r"|[01]\d/[0-3]\d/(?:19|20)\d\d"
    r"|\$\d[\d,]*(?:\.\d\d)?"
    r"|\d{1,3} (?:months?|weeks?|days?|hours?)(?=\s*(?:$|[;,.\n]))"
    r"|\d{3}-\d\d-\d{4}"
    r"|(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}"
    r"|[a-z]?\d{7,}[a-z]?"
    r")(?!\w)"
)
# With one decimal point: an address in a network or a point on a map has more, or two parts.
_ONE_NUMBER = re.compile(r"[-$]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_OF_PLACES = _words(
    # Kinds of streets,
    "street st str avenue ave av road rd drive dr lane ln court ct place pl boulevard blvd terrace "
    "ter highway hwy route rt rte circle cir parkway pkwy square sq trail trl way row path pike "
    "loop alley crescent plaza ridge "
    # parts of an address,
    "po pob box apt apartment unit suite ste room rm floor lot bldg building rr rfd hc pmb zip "
    "general delivery care address addr "
    # kinds of homes,
    "house home cottage cabin farm camp shelter hostel motel hotel inn lodge hall manor tower "
    "towers village park trailer mobile estate estates center centre "
    # and what is said of them.
    "at in near behind above beside opposite corner next by lives live living lived stay stays "
    "staying stayed moved moves moving resides residing residence located "
    # A house's number in words.
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred"
)
_ZIP = re.compile(r"(?<![0-9])[0-9]{5}(?:-[0-9]{4})?\s*$", re.MULTILINE)
_RANGE = re.compile(r"(?<![0-9])([0-9]{1,6})\s*(?:-|to|/)\s*([0-9]{1,6})(?![0-9])")
_LONGEST_RANGE = 200


def may_tell_place(text: str, *, words: int = LABEL_WORDS) -> bool:
    """Whether a text may say where anybody lives; only of a few forms it is certain that it cannot.

    Args:
        text: What would leave.
        words: How many words a label may have; 0 where the column is one of addresses.

    >>> may_tell_place("since 1 May 12Elm"), may_tell_place("behind the church")
    (True, True)
    >>> may_tell_place("paid $214 on 2026-03-01"), may_tell_place("Amina Warsame")
    (False, False)
    """
    shown = latin_digits(plain(text))
    # In a column of addresses it may be a house's.
    if words and _ONE_NUMBER.fullmatch(shown.strip()):
        return False
    rest = _NO_HOUSE.sub(" ", shown)
    said = words_of(rest)
    if not "".join(said).isascii() or any(letter.isdigit() for letter in rest):
        return True
    longest = max(len(words_of(part)) for part in _PART.split(rest))
    return longest > words or not _OF_PLACES.isdisjoint(said)


def may_be_home(text: str, home: str, *, words: int = LABEL_WORDS) -> bool:
    """Whether a text about somebody else may say that home.

    Wide on purpose: one number in common is enough, and with a home of which no number is known
    ("same as mailing", a house with a name) every place.

    Args:
        text: What would leave.
        home: Where somebody lives who keeps it secret.
        words: How many words a label may have; 0 where the column is one of addresses.

    >>> may_be_home("Elm St 12, Bath", "12 1/2 Elm Street, Bath"), may_be_home("7 Elm St", "12 Elm")
    (True, False)
    """
    if _words_apart(home).strip() and _words_apart(home) in _words_apart(text):
        return True
    if not may_tell_place(text, words=words):
        return False
    theirs = _numbers(home)
    if not theirs:
        return True
    ours = _numbers(text)
    shared = set(words_of(plain(text))) & set(words_of(plain(home)))
    return not ours.isdisjoint(theirs) or (not ours and bool(shared))


def bare_address(text: str) -> str:
    """Return an address without blanks, signs and capitals, to tell whether it is exactly another.

    >>> bare_address("P.O. Box 1, Exampleton") == bare_address("PO BOX 1 Exampleton")
    True
    """
    return "".join(words_of(latin_digits(plain(text))))


def _words_apart(text: str) -> str:
    return f" {' '.join(words_of(latin_digits(plain(text))))} "


def _numbers(text: str) -> set[str]:
    """Every number of a text but the ZIP code at the end, and those within a range."""
    shown = _ZIP.sub(" ", latin_digits(plain(text)))
    found = {one.lstrip("0") for one in re.findall(r"[0-9]+", shown)}
    for first, last in _RANGE.findall(shown):
        if 0 < int(last) - int(first) <= _LONGEST_RANGE:
            found |= set(map(str, range(int(first), int(last))))
    return found - {""}
