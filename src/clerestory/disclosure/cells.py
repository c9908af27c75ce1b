"""A cell of a table for people with a spreadsheet: it says something, and it runs nothing."""

import unicodedata

from clerestory.kernel.canonical import Json

_FORMULA = frozenset("=+-@\u2212")
# What a spreadsheet, or whoever cleans up for one, takes away before it looks at a cell: whatever
# is not seen. Some of it is called a letter.
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def cell(value: Json) -> str:
    """Return ``value`` as text, with an apostrophe before what a spreadsheet would run."""
    if isinstance(value, list | tuple):
        # Each by itself: where a semicolon parts the columns, each begins a cell.
        return "; ".join(cell(each) for each in value)
    text = "" if value is None else str(value)
    return f"'{text}" if _may_be_formula(text) else text


def _may_be_formula(text: str) -> bool:
    bare = next((letter for letter in text if not is_unseen(letter)), "")
    # Full-width and other forms of the signs are taken for the signs themselves by some.
    first = unicodedata.normalize("NFKC", bare)[:1]
    return first in _FORMULA or text[:1] in {"\t", "\r", "\n"}


def is_unseen(letter: str) -> bool:
    """Say whether a letter or sign is one that nobody sees: a blank, a control, a filler."""
    return unicodedata.category(letter) in _UNSEEN or letter in _UNSEEN_LETTERS
