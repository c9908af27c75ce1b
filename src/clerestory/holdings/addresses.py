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


def _words(text: str) -> list[str]:
    text = re.sub(r"\b(\d{5})-\d{4}\b", r"\1", text.replace("#", " "))
    return words_of(re.sub(r"\bp\W*o\W*box\b", "po box", text))


def _folded(words: list[str]) -> str:
    return " ".join(_STREET.get(word, word) for word in words if word not in _UNSAID)
