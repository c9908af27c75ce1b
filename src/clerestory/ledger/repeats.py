"""Acts that may be typed twice: the log itself is asked whether it says so already."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from clerestory.kernel import Refusal
from clerestory.ledger.events import Event, EventType
from clerestory.ledger.leaf import Leaf, parse_leaf
from clerestory.ledger.ledger import Ledger
from clerestory.ledger.rows import check_not_erased, indexes_of

_ENTRIES_AT_ONCE = 1_000


def find_entry(
    ledger: Ledger, event: Event, *, beside: Collection[str] = frozenset()
) -> int | None:
    """Return the index of an entry that already says what ``event`` says, if there is one.

    A note beside the log would miss a run that was killed after it wrote the entry and before it
    wrote the note.

    Args:
        ledger: The log that is asked.
        event: What would be written.
        beside: Fields that say how the first run found things, such as its day: another
            value of them makes no other entry.
    """
    return next(_saying(ledger, event, beside), None)


def find_entries(
    ledger: Ledger,
    events: Sequence[Event],
    *,
    beside: Collection[str] = frozenset(),
    but: Collection[int] = (),
) -> int | None:
    """Return the last index of entries that stand one after another and say what ``events`` say.

    Args:
        ledger: The log that is asked.
        events: What would be written at once, of one matter.
        beside: Fields, shown or not, of which another value makes no other entry.
        but: Last entries that are not looked for.
    """
    places = [set(_saying(ledger, event, beside)) for event in events]
    last = len(events) - 1
    for index in sorted(places[-1].difference(but)):
        if all(index - last + place in found for place, found in enumerate(places)):
            return index
    return None


def _saying(ledger: Ledger, event: Event, beside: Collection[str]) -> Iterator[int]:
    if event.matter is None:
        return
    for index, leaf in _entries(ledger, event.matter):
        same = leaf.type is event.type and _but(leaf.public, beside) == _but(event.public, beside)
        if same and _but(ledger.payload(index).fields, beside) == _but(event.fields, beside):
            yield index


def _but(fields: Mapping[str, str], beside: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in beside}


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
        check_not_erased(reader.statements, matter)


def fields_of(
    ledger: Ledger, kind: EventType, matter: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the index and the private fields of each entry of one type in one matter."""
    for index, leaf in _entries(ledger, matter):
        if leaf.type is kind:
            yield index, ledger.payload(index).fields


def fields_everywhere(ledger: Ledger, kind: EventType) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the index and the private fields of each entry of one type that was not erased."""
    with ledger.log.reading() as reader:
        size = reader.head().size
    for start in range(0, size, _ENTRIES_AT_ONCE):
        with ledger.log.reading() as reader:
            entries = reader.entries(start, min(start + _ENTRIES_AT_ONCE, size))
        for index, entry in enumerate(entries, start):
            if parse_leaf(entry).type is kind and (said := _kept(ledger, index)) is not None:
                yield index, dict(said)


def last_saying(ledger: Ledger, names: Mapping[EventType, str]) -> Mapping[str, str] | None:
    """Return the private fields of the newest entry of some types that has one of its type's name.

    Entries that were erased are passed over.

    Args:
        ledger: The log that is asked.
        names: For each type the field that its entry must have.
    """
    with ledger.log.reading() as reader:
        end = reader.head().size
    while end > 0:
        start = max(0, end - _ENTRIES_AT_ONCE)
        with ledger.log.reading() as reader:
            entries = reader.entries(start, end)
        for index in reversed(range(start, end)):
            name = names.get(parse_leaf(entries[index - start]).type)
            if name is not None and name in (said := _kept(ledger, index) or {}):
                return said
        end = start
    return None


def said_of(
    ledger: Ledger, kinds: Collection[EventType], matter: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the index of each entry of some types in one matter, and all that it says."""
    for index, leaf in _entries(ledger, matter):
        if leaf.type in kinds:
            yield index, {**leaf.public, **ledger.payload(index).fields}


def _kept(ledger: Ledger, index: int) -> Mapping[str, str] | None:
    """Return the private fields of an entry, and nothing of one that was erased."""
    try:
        return ledger.payload(index).fields
    except Refusal as fault:
        if fault.code != "log-erased":
            raise
        return None


def _entries(ledger: Ledger, matter: str) -> Iterator[tuple[int, Leaf]]:
    with ledger.log.reading() as reader:
        indexes = indexes_of(reader.statements, matter)
    for index in indexes:
        yield index, parse_leaf(ledger.entry(index))
