"""What is checked when a ledger is opened, before it may write anything.

A restored backup is a log that has forgotten. If it went on it would sign a second history, and
two signed histories destroy a log for ever: so whatever was seen outside is compared first.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from clerestory.ledger.errors import Forked, RolledBack, Torn
from clerestory.ledger.frontier import Frontier, edge_tiles, load_frontier
from clerestory.ledger.prover import Prover
from clerestory.ledger.storage.reader import Head, Reader
from clerestory.ledger.tiles import TILE_WIDTH
from clerestory.notes.checkpoint import Checkpoint
from clerestory.notes.errors import BadNote
from clerestory.notes.keys import Verifier
from clerestory.notes.note import open_checkpoint

_RESTORE = (
    "do not write to this ledger; bring back the newest database, or recover it from the public "
    "tiles and the records of those who hold proofs"
)

SeenNotes = Iterable[tuple[str, bytes | str]]
"""Checkpoints known from outside, each with where it was seen."""


def load_edge(reader: Reader, head: Head) -> Frontier:
    """Read the right edge of the tree and prove that it leads to the signed root.

    Raises:
        Torn: An edge tile is missing, short, or leads to another root.
    """
    contents = [reader.tile(tile) if tile else b"" for tile in edge_tiles(head.size)]
    frontier = load_frontier(head.size, contents)
    if frontier.root != head.root:
        raise Torn(
            f"the edge tiles must lead to the signed root of size {head.size}", todo=_RESTORE
        )
    return frontier


def edge_at(reader: Reader, head: Head, *, known: Frontier) -> Frontier:
    """Return the right edge of the tree, by way of an edge that was its own before, or is still.

    To hash the few entries that came since is less work than to read the edge tiles. What the
    known edge grows to must be the signed root as well: a wrong one costs time and nothing else.

    Raises:
        Torn: The stored entries and tiles lead to another root.
    """
    if known.root == head.root and known.size == head.size:
        return known.copy()
    if known.size < head.size <= known.size + TILE_WIDTH:
        grown = known.copy()
        grown.extend(reader.entries(known.size, head.size))
        if grown.root == head.root:
            return grown
    return load_edge(reader, head)


def check_head(reader: Reader, verifier: Verifier) -> Head:
    """Prove that the stored head is what the log signed, and that its entries are there.

    Raises:
        Torn: The stored numbers and the signed note differ, or entries are missing.
        Unsigned: The log's key did not sign the note.
    """
    head = reader.head()
    check_signed(head, verifier)
    if reader.entry_count() != head.size:
        raise Torn(
            f"the log must hold the entries it signed: {reader.entry_count()} of {head.size}",
            todo=_RESTORE,
        )
    return head


def check_signed(head: Head, verifier: Verifier) -> None:
    """Prove that a stored head is what the log signed.

    Raises:
        Torn: The stored numbers and the signed note differ.
        Unsigned: The log's key did not sign the note.
    """
    signed = open_checkpoint(head.note, verifier)
    if (signed.size, signed.root) != (head.size, head.root):
        raise Torn("the stored head must be what the log signed", todo=_RESTORE)


def check_seen(reader: Reader, head: Head, seen: Checkpoint, *, where: str) -> None:
    """Refuse to go on when a checkpoint that somebody has seen is not in this history.

    Raises:
        RolledBack: It is larger than all that this database knows.
        Forked: It has another root.
    """
    if seen.size > head.size:
        raise RolledBack(
            f"a ledger must not be shorter than what was seen: {where} shows {seen.size}, "
            f"the database {head.size}",
            todo=_RESTORE,
        )
    if seen.size and Prover(seen.size, reader.tile).root() != seen.root:
        raise Forked(
            f"one size must have one root: {where} shows another at size {seen.size}",
            todo=_RESTORE,
        )


def check_all_seen(reader: Reader, head: Head, notes: SeenNotes, verifier: Verifier) -> None:
    """Compare every checkpoint that is known from outside; each comes with where it was seen.

    Raises:
        BadNote: One of them is no checkpoint; the message says where it is.
    """
    for where, note in notes:
        try:
            seen = open_checkpoint(note, verifier)
        except BadNote as fault:
            raise BadNote(
                f"{where} must hold a checkpoint: {fault}",
                todo="move that file away and keep it; public/checkpoint is written again, as it "
                "was, by the next command that opens the log",
            ) from fault
        check_seen(reader, head, seen, where=where)


def check_public_epoch(reader: Reader, public: Checkpoint) -> None:
    """Refuse a database that does not know what the public already holds.

    Raises:
        RolledBack: The public directory shows a size that this database never published.
    """
    latest = reader.latest_epoch(published=True)
    if latest is None or public.size > latest.size:
        raise RolledBack(
            f"the database must know every published size: {public.size} is unknown to it",
            todo=_RESTORE,
        )


class HighWater:
    """A small file beside the database with the last size signed here.

    It costs no disk flush: it catches a database put back from a backup while its directory
    stayed, which public files cannot show between two epochs. It proves nothing to others.
    """

    _BYTES = 128

    def __init__(self, path: Path) -> None:
        """Keep the mark in ``path``."""
        self._path = path
        self._handle: int | None = None

    def write(self, head: Head) -> None:
        """Note a committed head."""
        line = f"{head.size} {head.root.hex()}".ljust(self._BYTES - 1) + "\n"
        if self._handle is None:
            self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        # In place and in one write: a killed process leaves the old line or the new one.
        os.pwrite(self._handle, line.encode(), 0)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def read(self, *, origin: str) -> Checkpoint | None:
        """Return what was signed last, or nothing where the mark cannot be read."""
        try:
            size, root = self._path.read_text("ascii").split()
            return Checkpoint(origin=origin, size=int(size), root=bytes.fromhex(root))
        except (FileNotFoundError, ValueError, BadNote):
            # After a power cut the mark may be torn; it is an aid and not the record.
            return None
