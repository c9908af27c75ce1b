"""The log itself: entries in, signed checkpoints and proofs out.

This class knows entries as bytes. What an entry may say is for ``Ledger`` above it.

Epochs: every append is under a signed checkpoint at once, which stays inside the agency and goes
only to those whose own entry it proves. The public sees chosen sizes: ``propose`` fixes one,
witnesses cosign it, ``publish`` writes its files. So nobody can tell when a request came by
watching the log grow.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clerestory.kernel.files import Steps, no_steps
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.database import create_database, open_database
from clerestory.ledger.epochs import propose_epoch, publish_epoch
from clerestory.ledger.errors import StorageFailed
from clerestory.ledger.frontier import Frontier
from clerestory.ledger.projection import project
from clerestory.ledger.proving import consistency_of, entry_at, proof_of
from clerestory.ledger.public_files import PublicFiles
from clerestory.ledger.rebuilding import stored_faults
from clerestory.ledger.recovery import (
    HighWater,
    SeenNotes,
    check_all_seen,
    check_head,
    check_public_epoch,
    check_seen,
    edge_at,
    load_edge,
)
from clerestory.ledger.sequencer import Batch, first_head
from clerestory.ledger.storage.reader import Epoch, Head, Reader
from clerestory.ledger.storage.sqlite import SqliteStatements, translated
from clerestory.ledger.storage.statements import Statements
from clerestory.notes.errors import UnknownLog
from clerestory.notes.keys import Signer, Verifier
from clerestory.notes.note import open_checkpoint

DATABASE = "ledger.sqlite3"

PUBLIC = "public"

HIGH_WATER = "high-water"


class Log:
    """An append-only transparency log in one directory. Safe for several threads and processes."""

    def __init__(
        self,
        directory: Path,
        *,
        signers: Sequence[Signer],
        seen: SeenNotes = (),
        steps: Steps = no_steps,
        patience_seconds: float = 20,
    ) -> None:
        """Open the log, prove its right edge, and finish what an interruption left.

        Args:
            directory: Where ``create`` made it.
            signers: The log's key first; during a rotation also the other one, of the same name.
            seen: Checkpoints of this log that mirrors or witnesses hold.
            steps: Told of every durable step.
            patience_seconds: How long to wait for another process's write.
        """
        self.directory = directory
        self._signers = list(signers)
        self._steps = steps
        self._writing = threading.RLock()
        self._reading = threading.Lock()
        self._failed = False
        self.public = PublicFiles(directory / PUBLIC, steps=steps)
        self._mark = HighWater(directory / HIGH_WATER)
        path = directory / DATABASE
        self._cx = open_database(path, patience_seconds=patience_seconds)
        self._reader_cx = open_database(path, patience_seconds=patience_seconds)
        self._statements = SqliteStatements(self._cx)
        self._reader = Reader(SqliteStatements(self._reader_cx))
        try:
            with translated():
                self._head, self._frontier = self._recover(seen)
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(
        cls, directory: Path, *, signers: Sequence[Signer], keeper: Keeper = Keeper.OPERATOR
    ) -> None:
        """Make an empty log whose origin is the name of its key."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        origin, head = signers[0].verifier.name, first_head(signers)
        with translated():
            create_database(directory / DATABASE, origin=origin, head=head, keeper=keeper)

    def __enter__(self) -> "Log":
        """Return the log."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the database; the log can be opened again."""
        self._cx.close()
        self._reader_cx.close()
        self._mark.close()

    @property
    def verifier(self) -> Verifier:
        """The log's public key."""
        return self._signers[0].verifier

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.verifier.name

    @property
    def latest_note(self) -> str:
        """The signed checkpoint of this object's latest commit."""
        return self._head.note

    def _recover(self, seen: SeenNotes) -> tuple[Head, Frontier]:
        if self._reader.origin() != self.origin:
            raise UnknownLog(
                f"a key must be the log's own: {self.origin} is not {self._reader.origin()}",
                todo="give the key that this log was created with",
            )
        # What others may show is read first: another process may append meanwhile, and a database
        # read before its mark would look as if it had forgotten.
        mark, public = self._mark.read(origin=self.origin), self.public.checkpoint()
        self._reader_cx.execute("BEGIN")
        try:
            head = check_head(self._reader, self.verifier)
            frontier = load_edge(self._reader, head)
            if mark is not None:
                check_seen(self._reader, head, mark, where=HIGH_WATER)
            check_all_seen(self._reader, head, seen, self.verifier)
            if public is not None:
                shown = [("public/checkpoint", public)]
                check_all_seen(self._reader, head, shown, self.verifier)
                check_public_epoch(self._reader, open_checkpoint(public, self.verifier))
        finally:
            self._reader_cx.execute("ROLLBACK")
        self._head, self._frontier = head, frontier
        if self._cx.execute("SELECT 1 FROM entry WHERE leaf_index IS NULL LIMIT 1").fetchone():
            with self.writing():
                pass
        self.project()
        return self._head, self._frontier

    # -- writing ---------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Batch]:
        """Hold the write lock for one batch; leaving the block signs and commits it.

        An exception inside the block rolls everything back. An error of the disk or the database
        stops this object for good: what the files now hold is found out by opening them again.
        """
        with self._writing, self._fatal_faults():
            with translated():
                self._steps("begin")
                self._cx.execute("BEGIN IMMEDIATE")
            try:
                with translated():
                    head, frontier = self._current()
                    batch = Batch(self._statements, head=head, frontier=frontier)
                yield batch
                with translated():
                    new = batch.seal(self._signers, origin=self.origin, steps=self._steps)
                    self._steps("commit")
                    self._cx.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            self._head, self._frontier = new, frontier
            self._steps("mark")
            self._mark.write(new)
            self._steps("acknowledge")

    def _current(self) -> tuple[Head, Frontier]:
        # Another process may have appended since; its tiles are as good as ours.
        reader = Reader(self._statements)
        head = reader.head()
        return head, edge_at(reader, head, known=self._frontier)

    def _roll_back(self) -> None:
        if self._cx.in_transaction:
            try:
                self._cx.execute("ROLLBACK")
            except sqlite3.Error:
                self._failed = True

    @contextmanager
    def _fatal_faults(self) -> Iterator[None]:
        if self._failed:
            raise StorageFailed(
                "the ledger has stopped after a storage error", todo="open the ledger again"
            )
        try:
            yield
        except (StorageFailed, OSError):
            # Never retried on the same descriptors: after a failed flush they may lie.
            self._failed = True
            raise

    @contextmanager
    def transaction(self) -> Iterator[Statements]:
        """Hold the write lock for rows that need no new checkpoint."""
        with self._writing, self._fatal_faults():
            with translated():
                self._steps("begin")
                self._cx.execute("BEGIN IMMEDIATE")
            try:
                yield self._statements
                with translated():
                    self._steps("commit")
                    self._cx.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            self._steps("acknowledge")

    def append(self, entries: Sequence[bytes]) -> tuple[range, str]:
        """Add entries durably; return their indexes and the signed checkpoint that covers them."""
        with self.writing() as batch, translated():
            self._steps("insert")
            indexes = batch.add_all(entries)
        return indexes, self.latest_note

    def sequence(self) -> str:
        """Give every waiting row its index; return the signed checkpoint that covers them."""
        with self.writing():
            pass
        return self._head.note

    def scrub(self) -> None:
        """Empty the write-ahead log, so that destroyed keys are not left in it."""
        with self._writing, self._fatal_faults(), translated():
            busy = self._cx.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise StorageFailed(
                    "destroyed keys must leave the write-ahead log: a reader holds it",
                    todo="close other programs that read the ledger, then erase again",
                )

    # -- reading ---------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Read what is committed."""
        with self._reading, translated():
            yield self._reader

    def checkpoint(self) -> str:
        """Return the latest signed checkpoint, which the public may not have yet."""
        with self.reading() as reader:
            return reader.head().note

    def entry(self, index: int) -> bytes:
        """Return one entry.

        Raises:
            Refusal: The log has no such index.
        """
        with self.reading() as reader:
            return entry_at(reader, index)

    def prove(self, index: int, *, published: bool = False) -> str:
        """Return the offline proof of one entry, as the text of a ``.tlog-proof`` file.

        Args:
            index: Which entry.
            published: Prove against the latest public checkpoint, with its cosignatures, instead
                of the latest signed one.

        Raises:
            Refusal: The tree has no such index (yet).
            Torn: The database was altered: the proof would not hold.
        """
        with self.reading() as reader:
            return proof_of(reader, index, self.verifier, published=published)

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """Return the consistency proof between two sizes of this log."""
        with self.reading() as reader:
            return consistency_of(reader, old_size, size)

    # -- publishing ------------------------------------------------------------------------

    def propose(self, *, at_least: int = 1) -> Epoch:
        """Fix the size that will be published next; asked again, return the same.

        Args:
            at_least: New entries that an epoch must have, so that one entry is not shown alone.

        Raises:
            Refusal: There are fewer new entries.
        """
        with self.transaction() as statements, translated():
            return propose_epoch(statements, at_least=at_least, steps=self._steps)

    def publish(self, note: str) -> None:
        """Let the public see a proposed epoch.

        Args:
            note: The proposal's checkpoint, with whatever cosignatures it now has.

        Raises:
            BadNote: It is not the checkpoint that was proposed.
            Torn: The database was altered since: its entries or tiles lead to another root.
        """
        proposed = open_checkpoint(note, self.verifier)
        size = proposed.size
        # The public keeps what it is given: it is built anew from the entries before it goes out.
        for fault in stored_faults(self.reading, size=size, root=proposed.root):
            raise fault
        with self.transaction() as statements, translated():
            publish_epoch(statements, note, size=size, steps=self._steps)
        self.project()

    def project(self) -> None:
        """Write whatever published files are missing; harmless to repeat."""
        with self._fatal_faults(), self.reading() as reader:
            project(reader, self.public, self.verifier)
