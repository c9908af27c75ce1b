"""An audit from the inside: every leaf, tile, number, payload, erasure and public file.

A private entry that cannot be opened, and that no erasure names, is a finding: somebody lost or
destroyed what the log says the agency knew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.ledger.directory import verify_directory
from clerestory.ledger.directory_files import account_for
from clerestory.ledger.embedded import EmbeddedLedger
from clerestory.ledger.errors import Torn
from clerestory.ledger.events import EventType
from clerestory.ledger.leaf import Leaf, parse_leaf
from clerestory.ledger.ledger import Ledger
from clerestory.ledger.projection import content_of
from clerestory.ledger.public_files import PublicFiles
from clerestory.ledger.rebuilding import Reading, stored_faults, stretches
from clerestory.ledger.recount import Recount
from clerestory.ledger.storage.reader import Reader
from clerestory.ledger.storage.statements import Statements
from clerestory.ledger.tile_files import TileFiles
from clerestory.ledger.tiles import tiles_of
from clerestory.ledger.vault import Payload
from clerestory.notes.keys import Verifier

_PLANTED = "find out who put it there; a copy of the folder would carry it along"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFault:
    """One thing that is not as it must be."""

    code: str
    message: str


@dataclass(slots=True)
class AuditReport:
    """What an audit saw; ``unknown`` are files in the public folder that are not the log's."""

    size: int = 0
    opened: int = 0
    erased: int = 0
    recount: Recount = field(default_factory=Recount)
    unknown: tuple[str, ...] = ()
    faults: list[LedgerFault] = field(default_factory=list)

    def add(self, fault: ClerestoryError, *, where: str = "") -> None:
        """Note a fault."""
        self.faults.append(LedgerFault(code=fault.code, message=f"{fault}{where}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A ledger, wherever its tables stand, as an audit looks at it."""

    reading: Reading
    payload: Callable[[int], Payload]
    folder: Path
    verifier: Verifier


def audit_ledger(ledger: Ledger) -> AuditReport:
    """Check everything that the agency's own copy allows to be checked; raises nothing it finds."""
    return _audit(
        _View(
            reading=ledger.log.reading,
            payload=ledger.payload,
            folder=ledger.log.public.folder,
            verifier=ledger.log.verifier,
        )
    )


def audit_embedded(
    ledger: EmbeddedLedger, statements: Statements, public: PublicFiles
) -> AuditReport:
    """Do the same for a ledger in its caller's database; in a transaction nothing comes between."""
    reader = Reader(statements)

    @contextmanager
    def reading() -> Iterator[Reader]:
        with statements.translated():
            yield reader

    return _audit(
        _View(
            reading=reading,
            payload=partial(ledger.payload, statements),
            folder=public.folder,
            verifier=ledger.verifier,
        )
    )


def _audit(view: _View) -> AuditReport:
    report = AuditReport()
    with view.reading() as reader:
        _check_database(reader, report)
        report.size = reader.head().size
    for check in (_check_tree, _check_leaves, _check_public):
        try:
            check(view, report)
        except (Corruption, Refusal) as fault:
            report.add(fault)
    return report


def _check_database(reader: Reader, report: AuditReport) -> None:
    for line in reader.statements.damage():
        report.add(Torn(f"the database must be whole: {line}"))


def _check_tree(view: _View, report: AuditReport) -> None:
    with view.reading() as reader:
        head = reader.head()
    for fault in stored_faults(view.reading, size=head.size, root=head.root):
        report.add(fault)


def _check_leaves(view: _View, report: AuditReport) -> None:
    shut: set[int] = set()
    named: set[int] = set()
    for start, entries in stretches(view.reading, report.size):
        try:
            report.recount.take(start, entries)
        except Torn as fault:
            report.add(fault)
        for index, entry in enumerate(entries, start):
            try:
                leaf = parse_leaf(entry)
            except Torn:
                continue  # the recount above has reported it
            _open_leaf(view, report, index, leaf, shut, named)
    report.erased = len(shut & named)
    for index in sorted(shut - named):
        report.add(
            Torn(f"an entry must open or be named by an erasure: {index}", code="log-unopenable")
        )
    for index in sorted(named - shut):
        report.add(
            Torn(f"an entry named by an erasure must not open: {index}", code="log-not-erased")
        )


def _open_leaf(
    view: _View,
    report: AuditReport,
    index: int,
    leaf: Leaf,
    shut: set[int],
    named: set[int],
) -> None:
    if leaf.commitment is None:
        return
    try:
        payload = view.payload(index)
    except Refusal:
        shut.add(index)
        return
    except Corruption as fault:
        report.add(fault, where=f": index {index}")
        return
    report.opened += 1
    if leaf.type is EventType.RETENTION_ERASED:
        places = payload.fields.get("indexes", "").split()
        # An operator of an older version could type an erasure in; it names whatever they typed.
        if not places or not all(place.isascii() and place.isdigit() for place in places):
            report.add(Torn(f"an erasure must name its entries: index {index}"))
            return
        named.update(map(int, places))


def _check_public(view: _View, report: AuditReport) -> None:
    with view.reading() as reader:
        epochs = [epoch for epoch in reader.epochs() if epoch.published]
    folder = view.folder
    if epochs:
        files = verify_directory(folder, view.verifier).files
    elif folder.is_dir():
        files = account_for(TileFiles(folder), 0)
    else:
        return
    report.unknown = files.unknown
    # The log's own run has ended: it leaves no tile that its checkpoint does not cover.
    for name in files.ahead:
        report.add(Torn(f"a file must not lie beyond the public checkpoint: {name}", todo=_PLANTED))
    before = 0
    for epoch in epochs:
        for tile in tiles_of(epoch.size, since=before):
            with view.reading() as reader:
                wanted = content_of(reader, tile)
            path = folder / tile.path
            if not path.is_file():
                report.add(Torn(f"a published file must be there: {tile.path}"))
            elif path.read_bytes() != wanted:
                report.add(Torn(f"a published file must keep its bytes: {tile.path}"))
        before = epoch.size
