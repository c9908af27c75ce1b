"""Fold street addresses, so that one address written in two ways becomes equal."""

import re
from functools import lru_cache

from clerestory.holdings.letters import latin_digits, plain, words_of

_STREET = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "boulevard": "blvd",
    "terrace": "ter",
    "highway": "hwy",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "pob": "po box",
}
_UNSAID = frozenset(
    ["apt", "apartment", "unit", "no", "number", "ste", "suite", "me", "maine", "usa", "us"]
)
# Somebody else's name, through whom a letter goes.
_CARE_OF = re.compile(r"^\s*(?:c\s*/\s*o|care of|in care of|attn)\b[^,\n]*[,\n]")
# Where nobody in particular lives. Hundreds have it on record, so that it agrees with nobody.
_NOWHERE = re.compile(
    r"^(?:general delivery|homeless|no fixed (?:address|abode)|no permanent address|transient|"
    r"unhoused|undomiciled|no address|address unknown|not (?:provided|given|available|applicable)|"
    r"unknown|unk|none|n a|na|null|same|confidential|withheld|refused|declined|tbd|x+)\b"
)

# A number and a name, or a box: enough to find a door.
_LINE = re.compile(r"\d+\w* \w|po box \d")


@lru_cache(maxsize=200_000)
def fold_address(address: str) -> str:
    """Return one form for the ways to write one street address; the unit is part of it.

    Nothing is left of a place where nobody in particular lives, such as general delivery.

    >>> fold_address("12 Elm Street, Apt. 3, Lewiston, ME 04240-1111")
    '12 elm st 3 lewiston 04240'
    >>> fold_address("General Delivery, Lewiston, ME")
    ''
    """
    words = _words(_CARE_OF.sub("", latin_digits(plain(address))))
    if not words or _NOWHERE.match(" ".join(words)):
        return ""
    return _folded(words)


def says_address(text: str, address: str) -> bool:
    """Whether a text says an address, or its first line with a number and a street.

    >>> says_address("lease of 91 Elm St. from 2024", "91 Elm Street, Lewiston, ME 04240")
    True
    """
    said = f" {_folded(_words(latin_digits(plain(text))))} "
    parts = (address, *re.split(r"[,\n]", address))
    folded = [_folded(_words(latin_digits(plain(part)))) for part in parts]
    # The town alone, or the number of a room, is not where somebody lives.
    telling = [one for at, one in enumerate(folded) if _LINE.match(one) or (not at and " " in one)]
    return any(f" {one} " in said for one in telling)


def _words(text: str) -> list[str]:
    text = re.sub(r"\b(\d{5})-\d{4}\b", r"\1", text.replace("#", " "))
    return words_of(re.sub(r"\bp\W*o\W*box\b", "po box", text))


def _folded(words: list[str]) -> str:
    return " ".join(_STREET.get(word, word) for word in words if word not in _UNSAID)
