"""Rows summed up to one number, in the same way by a database in one pass and by us row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

WORDS = 8
"""A SHA-256 is summed in so many words of 32 bits, since no database adds 256 bits."""
WORD_DIGITS = 8
"""The hexadecimal digits of one word."""
_WORD_BITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDigests:
    """How many rows there are, and the sum of the SHA-256 of each as it is written.

    A sum does not depend on the order of the rows. Nobody can choose records so that two sums are
    one without a hold on all the 256 bits.
    """

    rows: int
    total: int

    @classmethod
    def of_words(cls, rows: int, sums: Sequence[int]) -> "RowDigests":
        """Put together what a database summed up word by word, the most significant first."""
        shifts = range(_WORD_BITS * (len(sums) - 1), -1, -_WORD_BITS)
        pairs = zip(sums, shifts, strict=True)
        return cls(rows=rows, total=sum(one << shift for one, shift in pairs))

    def __str__(self) -> str:
        return f"{self.rows}:{self.total % (1 << WORDS * _WORD_BITS):064x}"


def written_row(values: Sequence[str | None]) -> str:
    """Return a row as one text, which no other row has.

    >>> written_row(["Ana", None, ""])
    '3:Ana-0:'
    """
    # With its length before it, no letter can wander from one value into the next; the sign
    # tells a value that is missing from an empty one.
    return "".join("-" if one is None else f"{len(one)}:{one}" for one in values)
