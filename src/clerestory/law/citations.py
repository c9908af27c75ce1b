"""Citations as they are printed, looked up among the authorities of the packs."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from clerestory.law.authorities import Authority

_SECTION = re.compile(r"§+|\b(?:sections?|secs?)\b")
# A dot between figures is part of a number: 164.512.
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_PRINTED = re.compile(
    r"\d{1,3}(?:-[a-z])? ?(?:u\.? ?s\.? ?c|c\.? ?f\.? ?r|c\.? ?m\.? ?r|m\.? ?r\.? ?s)\.?(?: ?a\.?)?"
    r" ?(?:§+|sections?|secs?\.?)? ?\d{1,5}[a-z]?(?:[.-]\w{1,5})?(?:\(\w{1,5}\)){0,8}",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def fold_citation(text: str) -> str:
    """Return what is the same in all spellings of a citation.

    >>> fold_citation("22 M.R.S.A. section 4314(1)") == fold_citation("22 MRS §4314(1)")
    True
    """
    bare = re.sub(r"\s", "", _DOT.sub("", _SECTION.sub("", text.casefold())))
    return re.sub(r"^(\d+(?:-[a-z])?)mrsa", r"\1mrs", bare)


_LISTED = re.compile(
    r"(?P<text>.*?)\s*§§\s*(?P<sections>\d[\w-]*(?:\s*(?:,|and|-|to)\s*\d[\w-]*)+)"
)
_LONGEST_RANGE = 1000


@lru_cache(maxsize=4096)
def sections_of(citation: str) -> tuple[str, ...]:
    """Return each section that a citation stands for, folded.

    >>> sections_of("22 M.R.S. §§3172-3174")
    ('22mrs3172', '22mrs3173', '22mrs3174')
    >>> sections_of("22 M.R.S. §§3762 and 3781-A")
    ('22mrs3762', '22mrs3781-a')
    """
    listed = _LISTED.fullmatch(citation.strip())
    if listed is None:
        return (fold_citation(citation),)
    found: list[str] = []
    for part in re.split(r"\s*(?:,|\band\b)\s*", listed["sections"]):
        ends = re.fullmatch(r"(\d+)\s*(?:-|to)\s*(\d+)", part)
        first, last = (int(end) for end in ends.groups()) if ends else (0, -1)
        if 0 < last - first <= _LONGEST_RANGE:
            found += map(str, range(first, last + 1))
        else:
            found.append(part)
    return tuple(fold_citation(f"{listed['text']} {section}") for section in found)


def is_printed_citation(text: str) -> bool:
    """Whether a text is nothing but a citation, so that it can hold no word about a person."""
    return _PRINTED.fullmatch(text.strip()) is not None


def authorities_cited(text: str, authorities: Mapping[str, Authority]) -> tuple[str, ...]:
    """Return the ids that a citation means: its own, or else those of the text that it is part of.

    A whole section is found where the packs hold a part of it, and each section of several.
    """
    if text in authorities:
        return (text,)
    known = [
        (name, section)
        for name, each in authorities.items()
        for section in sections_of(each.citation)
    ]
    found = (name for sought in sections_of(text) for name in _meant(sought, known))
    return tuple(dict.fromkeys(found))


def _meant(sought: str, known: Sequence[tuple[str, str]]) -> list[str]:
    own = [name for name, section in known if section == sought]
    if own:
        return own
    around = [section for _, section in known if sought.startswith(f"{section}(")]
    if around:
        nearest = max(around, key=len)
        return [name for name, section in known if section == nearest]
    return [name for name, section in known if section.startswith(f"{sought}(")]
