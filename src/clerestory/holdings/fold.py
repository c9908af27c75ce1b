"""Fold names, so that one name written in two ways becomes equal.

The same steps serve every name; nothing here asks which language a name is from. What the steps
make equal is small on purpose: two people must never become one by folding.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from clerestory.holdings.letters import look, plain, words_of
from clerestory.holdings.spellings import SPELLINGS


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


# Words before a name that are left out as often as written. Each is some people's name as well
# (Ben, Al, An, and Do where it was Đỗ), so that only its place shows which it is: see ``names``.
ARTICLES = _words("al el as ash an ar ad at az")
# Of these each is a particle behind "de" alone, as in de la Cruz: La and Los are names too.
AFTER_DE = _words("la las los")
PARTICLES = (
    ARTICLES
    | AFTER_DE
    | _words("bin ibn ben bint binti bte bt wa ould de da do dos das du des di del della d e y")
)
# A family name is never one of these, nor a given name; they may be said where none is on record.
CHILD_OF = _words("ibn bint binti bte bt ould")
SURE_PARTICLES = AFTER_DE | CHILD_OF | _words("el de da dos das du des del della")
# Written onto a family name as often as before it, or left out: Elsayed, LeBlanc, Latour.
ATTACHED = _words("el al le la les de di du da del della dela delos")
TITLES = _words("mr mrs ms miss mx dr prof rev sir hon sr sra srta mme mle")
# Generations: which of two people of one name.
_GENERATIONS = {
    "jr": "jr", "jnr": "jr", "jun": "jr", "junior": "jr", "hijo": "jr", "filho": "jr",
    "fils": "jr", "sr": "sr", "snr": "sr", "senior": "sr", "pere": "sr", "1st": "sr",
    "ii": "2", "2nd": "2", "2d": "2", "iii": "3", "3rd": "3", "3d": "3", "iv": "4", "4th": "4",
    "5th": "5", "6th": "6",
}  # fmt: skip
# Written where there is no name.
_NO_NAME = re.compile(
    r"\b(?:fnu|lnu|nfn|nln|nmn|nmi|unk|unkn|unknown|n/a|none|null|nobody|test|testing|anonymous|"
    r"withheld|desconocid[oa]|desconhecid[oa]|inconnue?|x{2,}|"
    r"(?:no|not|first|last|given|family|middle)\s+(?:name|given|provided|available|applicable)|"
    r"name unknown)\b|\?"
)
_NEWBORN = re.compile(
    r"\b(?:(?:baby|newborn|infant|unborn|bb)(?:[\s-]+(?:boy|girl|male|female|child|twin|of))*"
    r"(?:[\s-]+(?:[a-d]|[1-4])(?=\s|$))?|(?:boy|girl)[\s-]+(?:[a-d]|[1-4])(?=\s|$))(?!\w)"
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
_APOSTROPHES = re.compile("['’‘ʼʾʿʻ`´′＇]")
_ATTACHED = re.compile(rf"(?<=\s)({'|'.join(sorted(ARTICLES))})[-\u2010\u2011](?=\w)")
# In other alphabets two equal letters are two: 林林 is not 林.
_DOUBLED = re.compile(r"([a-z])\1+")
_VOWELS = re.compile(r"[aeiouy]")


@lru_cache(maxsize=200_000)
def fold_name(name: str) -> tuple[str, ...]:
    """Return the words of ``name``, folded, in the order they were written.

    >>> fold_name("Cabdiraxmaan Maxamed Cali") == fold_name("Abdi Rahman Muhammad Ali")
    True
    >>> fold_name("José Le Blanc") == fold_name("Jose LeBlanc")
    True
    """
    return tuple(word.rstrip("-") for word in fold_marked(name)[0])


@lru_cache(maxsize=200_000)
def fold_marked(name: str, *, least: int = 2) -> tuple[tuple[str, ...], str | None]:
    """Return the folded words of ``name`` and the generation that it says.

    A word is a generation only while ``least`` others are left: Junior Lee has a given name.

    A word that ends with a hyphen was written onto the next, as in al-Hashimi: such an article
    is nobody's name. Placeholders such as FNU or Baby Girl A are left out.
    """
    words, generation = _take_generation(_join(_split(name)), least)
    return tuple(_fold_word(word) for word in words), generation


@lru_cache(maxsize=500_000)
def is_near(one: str, other: str) -> bool:
    """Whether two folded words could be slips of each other. Wide on purpose.

    It never finds anybody: it only finds out that a second person is too close to the first.
    """
    one, other = look(one), look(other)
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


@lru_cache(maxsize=200_000)
def fold_together(one: str, other: str) -> str:
    """Return two folded words as they fold when they are written as one: El Amin and Elamin."""
    return _fold_word(one.rstrip("-") + other)


def _split(name: str) -> list[str]:
    # An apostrophe is left out as often as it is written, in O'Brien as in ʿAbd.
    # A tilde marks here what is attached, so a typed one is a gap like any other sign.
    text = plain(_APOSTROPHES.sub("", name)).replace("~", " ")
    text = re.sub(r"\bthe\s+younger\b", "jr", re.sub(r"\bthe\s+elder\b", "sr", text))
    text = _NEWBORN.sub(" ", _NO_NAME.sub(" ", text))
    text = _ATTACHED.sub(r"\1~", text)
    words = []
    for part in text.split():
        for piece in re.split(r"(?<=~)", part):
            bare = words_of(piece)
            words += [f"{bare[0]}-"] if piece.endswith("~") else bare
    return words


def _take_generation(words: list[str], least: int) -> tuple[list[str], str | None]:
    """Take out the word that says a generation; the first word is always a name."""
    for at, word in enumerate(words):
        said = _GENERATIONS.get(word)
        last = at == len(words) - 1
        # In Catalan and Portuguese some of these are names too, but for the last word.
        if said and at and len(words) > least and (last or word not in {"pere", "filho", "hijo"}):
            return words[:at] + words[at + 1 :], said
    return words, None


def _join(words: list[str]) -> list[str]:
    joined: list[str] = []
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        served = word in _SERVED and (
            before in _SERVANT
            or (before.rstrip("-") in PARTICLES and at > 1 and words[at - 2] in _SERVANT)
        )
        if served:
            while joined and joined[-1].rstrip("-") in PARTICLES:
                joined.pop()
            joined[-1] = "abdi" + word
        elif before in _SAINT and joined:
            joined[-1] = _SAINT[before] + word
        elif _is_joined(words, at) and joined:
            joined[-1] = joined[-1] + word
        else:
            joined.append(word)
    return joined


def _is_joined(words: Sequence[str], at: int) -> bool:
    """Whether the word before this one belongs to it: La Tour is Latour, and de la Tour is not."""
    before = words[at - 1] if at else ""
    of = words[at - 2] if at > 1 else ""
    return before in _JOINED and len(words[at]) > 2 and not (before in AFTER_DE and of == "de")


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
