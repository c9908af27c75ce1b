"""One number or key in all the ways in which two clerks or two systems write it.

It never finds anybody: it only finds out that two writings may be of one, which then protects or
refuses.
"""

import re
from collections.abc import Iterable

from clerestory.holdings.letters import latin_digits, look, plain, words_of

_ZEROS_BEFORE = re.compile(r"(?<![0-9])0+(?=[0-9])")
_FRACTION = re.compile(r"\.0+$")


def writings(text: str) -> frozenset[str]:
    """Return the forms of a number or key; two writings of one have a form in common.

    Capitals, accents, digits of any script, letters of another alphabet that look the same, letters
    that nobody sees, zeros before a number, and blanks, dashes and other signs make no other one.
    What has neither a letter nor a digit has no form, and is nobody's.

    >>> sorted(writings("H-0091")), sorted(writings("h\uff19\uff11"))
    (['h91'], ['h91'])
    >>> sorted(writings("2026-0012"))
    ['20260012', '202612']
    """
    words = words_of(_FRACTION.sub("", look(latin_digits(plain(text))).strip()))
    bare = (_ZEROS_BEFORE.sub("", one) for one in words)
    return frozenset({_ZEROS_BEFORE.sub("", "".join(words)), "".join(bare)} - {""})


class Written:
    """The texts of one column by their forms."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts: dict[str, list[str]] = {}
        for text in texts:
            for form in writings(text):
                self._texts.setdefault(form, []).append(text)

    def alike(self, text: str) -> tuple[str, ...]:
        """Return every text of the column that may be ``text``, and that one; none for a blank."""
        forms = sorted(writings(text))
        told = [text] if forms else []
        return tuple(
            dict.fromkeys([*told, *(one for form in forms for one in self._texts.get(form, []))])
        )
