"""A cell of a table for people with a spreadsheet: it says something, and it runs nothing."""

import unicodedata

from clerestory.kernel.canonical import Json

_FORMULA = frozenset("=+-@\u2212")
# What a spreadsheet, or whoever cleans up for one, takes away before it looks at a cell.
_BLANK = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def cell(value: Json) -> str:
    """Return ``value`` as text, with an apostrophe before what a spreadsheet would run."""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if _may_be_formula(text) else text


def _may_be_formula(text: str) -> bool:
    bare = text.lstrip().lstrip(_BLANK).lstrip()
    # Full-width and other forms of the signs are taken for the signs themselves by some.
    first = unicodedata.normalize("NFKC", bare[:1])[:1]
    return first in _FORMULA or text[:1] in {"\t", "\r", "\n"}
