"""Citations as they are printed, looked up among the authorities of the packs."""

import re
from collections.abc import Mapping
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


def is_printed_citation(text: str) -> bool:
    """Whether a text is nothing but a citation, so that it can hold no word about a person."""
    return _PRINTED.fullmatch(text.strip()) is not None


def authorities_cited(text: str, authorities: Mapping[str, Authority]) -> tuple[str, ...]:
    """Return the ids that a citation means: its own, or else those of the text that it is part of.

    A whole section is found where the packs hold a part of it.
    """
    if text in authorities:
        return (text,)
    sought = fold_citation(text)
    folded = {name: fold_citation(each.citation) for name, each in authorities.items()}
    own = tuple(name for name, text in folded.items() if text == sought)
    if own:
        return own
    around = [text for text in folded.values() if sought.startswith(f"{text}(")]
    if around:
        nearest = max(around, key=len)
        return tuple(name for name, text in folded.items() if text == nearest)
    return tuple(name for name, text in folded.items() if text.startswith(f"{sought}("))
