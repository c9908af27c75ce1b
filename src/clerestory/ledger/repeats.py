"""Acts that may be typed twice: the log itself is asked whether it says so already."""

from collections.abc import Collection, Iterator, Mapping

from clerestory.ledger.events import Event, EventType
from clerestory.ledger.leaf import Leaf, parse_leaf
from clerestory.ledger.ledger import Ledger
from clerestory.ledger.rows import indexes_of, indexes_of_type


def find_entry(ledger: Ledger, event: Event, *, by: Collection[str] | None = None) -> int | None:
    """Return the index of an entry that already says what ``event`` says, if there is one.

    A note beside the log would miss a run that was killed after it wrote the entry and before it
    wrote the note.

    Args:
        ledger: The log.
        event: What would be appended.
        by: The fields that make it the same act, public or not; all of them where none is named.
    """
    with ledger.log.reading() as reader:
        indexes = (
            indexes_of_type(reader.connection, event.type.value)
            if event.matter is None
            else indexes_of(reader.connection, event.matter)
        )
    for index in indexes:
        leaf = parse_leaf(ledger.entry(index))
        if (leaf.type, leaf.scope) == (event.type, event.scope):
            told, wanted = _said(ledger, index, leaf), {**event.public, **event.fields}
            names = told.keys() | wanted.keys() if by is None else by
            if all(name in told and told[name] == wanted.get(name) for name in names):
                return index
    return None


def _said(ledger: Ledger, index: int, leaf: Leaf) -> dict[str, str]:
    fields = ledger.payload(index).fields if leaf.commitment else {}
    return {**leaf.public, **fields}


def fields_of(
    ledger: Ledger, kind: EventType, matter: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the index and the private fields of each entry of one type in one matter."""
    with ledger.log.reading() as reader:
        indexes = indexes_of(reader.connection, matter)
    for index in indexes:
        if parse_leaf(ledger.entry(index)).type is kind:
            yield index, ledger.payload(index).fields
