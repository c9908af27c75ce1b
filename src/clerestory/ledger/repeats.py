"""Acts that may be typed twice: the log itself is asked whether it says so already."""

from clerestory.ledger.events import Event
from clerestory.ledger.leaf import parse_leaf
from clerestory.ledger.ledger import Ledger
from clerestory.ledger.rows import indexes_of


def find_entry(ledger: Ledger, event: Event) -> int | None:
    """Return the index of an entry that already says what ``event`` says, if there is one.

    A note beside the log would miss a run that was killed after it wrote the entry and before it
    wrote the note.
    """
    if event.matter is None:
        return None
    with ledger.log.reading() as reader:
        indexes = indexes_of(reader.connection, event.matter)
    for index in indexes:
        leaf = parse_leaf(ledger.entry(index))
        if leaf.type is event.type and ledger.payload(index).fields == event.fields:
            return index
    return None
