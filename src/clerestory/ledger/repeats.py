"""Acts that may be typed twice: the log itself is asked whether it says so already."""

from collections.abc import Iterator, Mapping

from clerestory.ledger.events import Event, EventType
from clerestory.ledger.leaf import Leaf, parse_leaf
from clerestory.ledger.ledger import Ledger
from clerestory.ledger.rows import check_not_erased, indexes_of


def find_entry(ledger: Ledger, event: Event) -> int | None:
    """Return the index of an entry that already says what ``event`` says, if there is one.

    A note beside the log would miss a run that was killed after it wrote the entry and before it
    wrote the note.
    """
    if event.matter is None:
        return None
    for index, leaf in _entries(ledger, event.matter):
        same = leaf.type is event.type and dict(leaf.public) == dict(event.public)
        if same and ledger.payload(index).fields == event.fields:
            return index
    return None


def find_numbered(ledger: Ledger, matter: str) -> tuple[int, int] | None:
    """Return the index and the demand number of the entry with which a matter began, if it did."""
    for index, leaf in _entries(ledger, matter):
        if leaf.serial is not None:
            return index, leaf.serial
    return None


def check_open(ledger: Ledger, matter: str) -> None:
    """Refuse a matter that was erased; one that never was is let through.

    Raises:
        Refusal: Its key is destroyed.
    """
    with ledger.log.reading() as reader:
        check_not_erased(reader.connection, matter)


def fields_of(
    ledger: Ledger, kind: EventType, matter: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the index and the private fields of each entry of one type in one matter."""
    for index, leaf in _entries(ledger, matter):
        if leaf.type is kind:
            yield index, ledger.payload(index).fields


def _entries(ledger: Ledger, matter: str) -> Iterator[tuple[int, Leaf]]:
    with ledger.log.reading() as reader:
        indexes = indexes_of(reader.connection, matter)
    for index in indexes:
        yield index, parse_leaf(ledger.entry(index))
