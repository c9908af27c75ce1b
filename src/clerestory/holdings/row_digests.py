"""Rows summed up to one number, in the same way by a database in one pass and by us row by row."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

WORDS, WORD_DIGITS = 2, 15
"""Of each row's SHA-256 so many words of so many hexadecimal digits are summed.

No database adds 256 bits, and each word that it cuts out costs as much as the digest itself. A
change that nobody aims at goes unseen once in 2**120; whoever writes the records could aim at it
with any sum, and needs none of that to change them.
"""
_WORD_BITS = 4 * WORD_DIGITS
_BITS = WORDS * _WORD_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDigests:
    """How many rows there are, and the sum of the digests of all; their order says nothing."""

    rows: int
    total: int

    @classmethod
    def of_words(cls, rows: int, sums: Sequence[int]) -> "RowDigests":
        """Put together what a database summed up word by word, the most significant first."""
        shifts = range(_WORD_BITS * (len(sums) - 1), -1, -_WORD_BITS)
        pairs = zip(sums, shifts, strict=True)
        return cls(rows=rows, total=sum(one << shift for one, shift in pairs))

    def __str__(self) -> str:
        return f"{self.rows}:{self.total % (1 << _BITS):0{_BITS // 4}x}"


def written_row(values: Sequence[str | None]) -> str:
    """Return a row as one text, which no other row has.

    >>> written_row(["Ana", None, ""])
    '3:Ana-0:'
    """
    # With its length before it, no letter can wander from one value into the next; the sign
    # tells a value that is missing from an empty one.
    return "".join("-" if one is None else f"{len(one)}:{one}" for one in values)


def digest_of_row(values: Sequence[str | None]) -> int:
    """Return what a row adds to the sum."""
    written = written_row(values).encode("utf-8", "surrogatepass")
    return int(hashlib.sha256(written).hexdigest()[: WORDS * WORD_DIGITS], 16)
