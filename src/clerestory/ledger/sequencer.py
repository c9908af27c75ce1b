"""One write transaction: rows get their indexes, tiles grow, the checkpoint is signed.

All of it is one commit. The signature leaves the process only after that commit: a signed
checkpoint that the database has forgotten would be the first half of a fork.
"""

from collections.abc import Sequence

from clerestory.kernel.files import Steps, no_steps
from clerestory.ledger.errors import Forked
from clerestory.ledger.frontier import Frontier
from clerestory.ledger.recovery import check_signed, edge_at
from clerestory.ledger.storage.reader import Head, Reader
from clerestory.ledger.storage.statements import Statements, check_begun, whole
from clerestory.ledger.storage.writer import (
    index_waiting,
    insert_entries,
    insert_entry,
    move_head,
    store_tiles,
)
from clerestory.ledger.tiles import MAX_ENTRY_BYTES, check_entry
from clerestory.notes.checkpoint import Checkpoint
from clerestory.notes.keys import Signer
from clerestory.notes.note import sign_note


class Batch:
    """Entries on their way into the log, inside one transaction that holds the write lock."""

    def __init__(self, statements: Statements, *, head: Head, frontier: Frontier) -> None:
        """Begin at ``head``, whose right edge is ``frontier``; rows without an index come first."""
        self.statements = statements
        self._head = head
        self._frontier = frontier
        self._new = index_waiting(statements, start=head.size)

    @property
    def size(self) -> int:
        """The tree size once this batch is committed."""
        return self._head.size + len(self._new)

    @property
    def mark(self) -> int:
        """Where the batch stands, for ``forget_since``."""
        return len(self._new)

    def forget_since(self, mark: int) -> None:
        """Drop entries whose rows the caller has rolled back."""
        del self._new[mark:]

    def add(self, entry: bytes) -> tuple[int, int]:
        """Add one entry; return its row id and its index."""
        # The lock is held, so the index is known and the row need not wait for it.
        index = self.size
        row_id = insert_entry(self.statements, entry, index=index)
        self._new.append(entry)
        return row_id, index

    def add_all(self, entries: Sequence[bytes]) -> range:
        """Add many entries; return their indexes."""
        if entries and max(map(len, entries)) > MAX_ENTRY_BYTES:
            check_entry(max(entries, key=len))
        start = self.size
        insert_entries(self.statements, entries, start=start)
        self._new += entries
        return range(start, start + len(entries))

    def seal(self, signers: Sequence[Signer], *, origin: str, steps: Steps) -> Head:
        """Store the tiles and the signed checkpoint; the caller commits.

        Raises:
            Forked: Another sequencer moved the head although the lock was held.
        """
        if not self._new:
            return self._head
        steps("tiles")
        changed = self._frontier.extend(self._new)
        store_tiles(self.statements, changed)
        steps("sign")
        head = _signed(self._frontier, signers, origin=origin)
        steps("head")
        if not move_head(self.statements, old=self._head, new=head):
            raise Forked(f"one sequencer moves the head at a time: expected {self._head.size}")
        return head


class Sequencer:
    """Puts the entries that wait under a signed checkpoint, in transactions that are the caller's.

    Several may run at once, in threads and in processes: they take turns, and each takes whatever
    waits then.
    """

    def __init__(self, signers: Sequence[Signer]) -> None:
        """Sign with ``signers``: the log's key first; during a rotation also the other one."""
        self._signers = list(signers)
        self._known: Frontier | None = None

    def sequence(self, statements: Statements) -> int:
        """Give every entry that waits its index, and return the tree's new size.

        The signed checkpoint is not returned. It stands in the database, where the committed one
        is read after the transaction: one that leaves and is rolled back would be half a fork.

        Raises:
            Refusal: There is no transaction.
            Corruption: What the log would build on is not what its key has signed.
        """
        verifier = self._signers[0].verifier
        with statements.translated():
            check_begun(statements)
            statements.take_turn()
            reader = Reader(statements)
            head, known = reader.head(), self._known
            if known is None or (known.size, known.root) != (head.size, head.root):
                check_signed(head, verifier)
            frontier = edge_at(reader, head, known=known or Frontier())
            with whole(statements):
                batch = Batch(statements, head=head, frontier=frontier)
                size = batch.seal(self._signers, origin=verifier.name, steps=no_steps).size
        # Kept though the caller may yet roll back: it is used only where it leads to a root that
        # is committed and signed.
        self._known = frontier
        return size


def first_head(signers: Sequence[Signer]) -> Head:
    """Return the signed checkpoint of the empty log whose origin is the name of its key."""
    return _signed(Frontier(), signers, origin=signers[0].verifier.name)


def _signed(frontier: Frontier, signers: Sequence[Signer], *, origin: str) -> Head:
    size, root = frontier.size, frontier.root
    text = Checkpoint(origin=origin, size=size, root=root).text
    return Head(size=size, root=root, note=sign_note(text, signers).content)
