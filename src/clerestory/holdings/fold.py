"""Fold names and addresses, so that one thing written in two ways becomes equal.

The same steps serve every name; nothing here asks which language a name is from. What the steps
make equal is small on purpose: two people must never become one by folding.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from clerestory.holdings.spellings import SPELLINGS


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


# Words that say nothing about which person it is: left out as often as written. They are kept,
# since Al is also a name, but one that finds no partner does not count against anybody.
PARTICLES = _words(
    "al el as ash an ar ad at az bin ibn ben bint binti wa ould de da do dos das du des "
    "di d e y jr sr ii iii iv junior senior mr mrs ms miss dr"
)
# These belong to the word that follows: Le Blanc is LeBlanc, St Pierre is Saint-Pierre.
_JOINED = {"le", "la", "les", "mc", "mac"}
_SAINT = {"st": "saint", "ste": "sainte", "saint": "saint", "sainte": "sainte"}
# Abd al-Rahman is written in one, two or three words.
_SERVANT = frozenset({"abd", "abdi", "abdul", "abdel", "abdal", "cabdi", "cabdul"})
_SERVED = _words(
    "rahman raxman raxmaan rahmaan rahim qadir qaadir kadir kader aziz asis casiis karim "
    "kariim kareem nasir naasir nasser razak risaq risaaq rizak rizaq weli wali latif "
    "hamid malik wahab salam fatah"
)
# Alef, alef maqsura and ta marbuta have several written forms; short vowels are mostly left out.
_ARABIC = str.maketrans("أإآٱىةؤئ", "ااااي" + "ه" + "وي")
_MARKS = re.compile(r"[\u0640\u064b-\u065f\u0670]")
_NOT_LETTERS = re.compile(r"[^\w]+|_")
_APOSTROPHES = re.compile("['’‘ʼʾʿ`]")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiouy]")


@lru_cache(maxsize=200_000)
def fold_name(name: str) -> tuple[str, ...]:
    """Return the words of ``name``, folded, in the order they were written.

    >>> fold_name("Cabdiraxmaan Maxamed Cali") == fold_name("Abdi Rahman Muhammad Ali")
    True
    >>> fold_name("José Le Blanc") == fold_name("Jose LeBlanc")
    True
    """
    return tuple(_fold_word(word) for word in _join(_split(name)))


@lru_cache(maxsize=200_000)
def fold_address(address: str) -> str:
    """Return one form for the ways to write one street address; the unit is part of it.

    >>> fold_address("12 Elm Street, Apt. 3, Lewiston, ME 04240-1111")
    '12 elm st 3 lewiston 04240'
    """
    text = _plain(address).replace("#", " ")
    text = re.sub(r"\b(\d{5})-\d{4}\b", r"\1", text)
    words = [word for word in _NOT_LETTERS.split(text) if word]
    return " ".join(_STREET.get(word, word) for word in words if word not in _UNSAID)


def fold_phone(phone: str) -> str:
    """Return the last ten digits, or nothing when there are fewer."""
    digits = re.sub(r"\D", "", phone)
    return digits[-10:] if len(digits) >= 10 else ""


@lru_cache(maxsize=500_000)
def is_near(one: str, other: str) -> bool:
    """Whether two folded words could be slips of each other. Wide on purpose.

    It never finds anybody: it only finds out that a second person is too close to the first.
    """
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if long.startswith(short) or is_slip(one, other):
        return True
    if len(short) >= 6 and OSA.distance(one, other, score_cutoff=2) <= 2:
        return True
    bones = _VOWELS.sub("", one)
    return len(bones) >= 2 and bones == _VOWELS.sub("", other)


def is_slip(one: str, other: str) -> bool:
    """Whether one letter was added, lost, changed or swapped."""
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _MARKS.sub("", text).translate(_ARABIC).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _split(name: str) -> list[str]:
    # An apostrophe is left out as often as it is written, in O'Brien as in ʿAbd.
    text = _APOSTROPHES.sub("", _plain(name))
    return [word for word in _NOT_LETTERS.split(text) if word]


def _join(words: list[str]) -> list[str]:
    joined: list[str] = []
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        served = word in _SERVED and (
            before in _SERVANT or (before in PARTICLES and at > 1 and words[at - 2] in _SERVANT)
        )
        if served:
            while joined and joined[-1] in PARTICLES:
                joined.pop()
            joined[-1] = "abdi" + word
        elif before in _SAINT and joined:
            joined[-1] = _SAINT[before] + word
        elif before in _JOINED and joined and len(word) > 2:
            joined[-1] = joined[-1] + word
        else:
            joined.append(word)
    return joined


def _general(word: str) -> str:
    """The steps that every word goes through; they make no two names in use equal."""
    word = _DOUBLED.sub(r"\1", word)
    return word.replace("ph", "f").replace("dj", "j").replace("ou", "u")


def _fold_word(word: str) -> str:
    word = _general(word)
    return _SAME.get(word, word)


def fold_spellings(lines: Sequence[str]) -> dict[str, str]:
    """Map each folded spelling to the first of its line.

    Raises:
        ValueError: A spelling stands in two lines, which would make two names one.
    """
    same: dict[str, str] = {}
    for line in lines:
        spellings = [_general("".join(_split(spelling))) for spelling in line.split()]
        for spelling in spellings:
            if same.setdefault(spelling, spellings[0]) != spellings[0]:
                raise ValueError(f"a spelling belongs to two names: {spelling}")
    return same


_SAME = fold_spellings(SPELLINGS)
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
}
_UNSAID = _words("apt apartment unit no number me maine usa us")
