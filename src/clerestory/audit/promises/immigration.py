"""The closed list of laws that may order a release to immigration enforcement: the program's own.

A pack's policies, exceptions, openings and ways may agree with each other on a law that is none of
these: then the promise ``few-laws-order-it`` is broken.
"""

from functools import cache
from pathlib import Path

from clerestory.audit.promises.question import LawRead
from clerestory.audit.promises.rows import condition_of
from clerestory.law.promise_rows import Kind, Row, read_rows

STATED = Path(__file__).with_name("immigration.toml")


@cache
def laws_to_immigration() -> tuple[Row, ...]:
    """Return the laws of the list, each as wide as its own text."""
    return read_rows(STATED, "the program", {"law": Kind()}).rows["law"]


def ordered_to_immigration(read: LawRead) -> int:
    """Return where one of these laws may order it, whatever the packs make of them."""
    return read.circuit.either([condition_of(read, row) for row in laws_to_immigration()])
