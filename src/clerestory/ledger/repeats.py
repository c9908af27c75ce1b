"""Acts that may be typed twice: the log itself is asked whether it says so already."""

from collections.abc import Iterator, Mapping

from clerestory.ledger.events import Event, EventType
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
    for index, fields in fields_of(ledger, event.type, event.matter):
        if fields == event.fields:
            return index
    return None


def fields_of(
    ledger: Ledger, kind: EventType, matter: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the index and the private fields of each entry of one type in one matter."""
    with ledger.log.reading() as reader:
        indexes = indexes_of(reader.connection, matter)
    for index in indexes:
        if parse_leaf(ledger.entry(index)).type is kind:
            yield index, ledger.payload(index).fields
