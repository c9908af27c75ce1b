"""The mark by which made-up records are known."""

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.source import Source

NOTICE = (
    "Everything here is made up. No person exists; numbers, addresses and e-mail addresses are of "
    "kinds that are never given out."
)
TABLE, KEY = "made_up", "all"


def says_made_up(source: Source) -> bool:
    """Whether a source says of itself that the program made it up."""
    mark = OneRow(table=TABLE, columns=("statement",), key="person_id", person_id=KEY, members=None)
    try:
        rows = source.read_one(mark)
    except SourceFault:
        return False  # it has no such table
    return [tuple(row) for row in rows] == [(NOTICE,)]
