"""The office's acts in the order of its log, as the audit of the chain takes them."""

from collections.abc import Iterator, Mapping

from clerestory.acts import Signed, signed_from
from clerestory.audit.chain import Logged
from clerestory.ledger import EventType, parse_leaf
from clerestory.ledger.storage import Reader
from clerestory.office.office import Office
from clerestory.store.models import ActRow

_AT_ONCE = 500


def walk(office: Office) -> Iterator[Logged]:
    """Yield every entry of the log with the act behind it, a part of the log at a time."""
    reader = Reader(office.statements())
    size = reader.head().size
    erased = _erased(office, size)
    for start in range(0, size, _AT_ONCE):
        end = min(start + _AT_ONCE, size)
        # A few questions for many entries: one by one, a server would be asked nine times for each.
        opened = office.keys.ledger.payloads(office.statements(), start, end)
        ids = {entry_id: index for index, (entry_id, _) in opened.items()}
        rows = {ids[row.entry]: row for row in ActRow.objects.filter(entry__in=list(ids))}
        for index, entry in enumerate(reader.entries(start, end), start):
            leaf = parse_leaf(entry)
            row = rows.get(index)
            gone = index in erased
            fields: Mapping[str, str] = {}
            if not gone and leaf.commitment is not None:
                # Says of one that is not among them what it lacks.
                _, payload = opened.get(index) or (
                    0,
                    office.keys.ledger.payload(office.statements(), index),
                )
                fields = payload.fields
            signed: Signed | None = None
            if row is not None and not gone:
                signed = signed_from(
                    fields, office=office.origin, matter=row.chain,
                    signatures=bytes(row.signatures),
                )  # fmt: skip
            yield Logged(index=index, leaf=leaf, fields=fields, signed=signed, is_erased=gone)


def _erased(office: Office, size: int) -> frozenset[int]:
    """Return the entries of which a later one says that they were erased."""
    reader, found = Reader(office.statements()), set[int]()
    for start in range(0, size, _AT_ONCE):
        end = min(start + _AT_ONCE, size)
        for index, entry in enumerate(reader.entries(start, end), start):
            if parse_leaf(entry).type is EventType.RETENTION_ERASED:
                fields = office.keys.ledger.payload(office.statements(), index).fields
                found |= {int(each) for each in fields["indexes"].split()}
    return frozenset(found)
