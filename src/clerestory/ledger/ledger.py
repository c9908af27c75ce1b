"""The agency's ledger: events in, signed checkpoints, proofs and openings out."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_bytes

from clerestory.kernel import ClerestoryError, Refusal
from clerestory.kernel.files import Steps, no_steps
from clerestory.kernel.time import Zone, local_day
from clerestory.ledger.by_hand import Keeper, check_by_hand
from clerestory.ledger.commitment import Opening
from clerestory.ledger.events import Event
from clerestory.ledger.leaf import quarter_of
from clerestory.ledger.log import Log
from clerestory.ledger.promise import Promise, sign_promise
from clerestory.ledger.recovery import SeenNotes
from clerestory.ledger.rows import EventRows, Written, opening_of
from clerestory.ledger.sequencer import Batch
from clerestory.ledger.storage.reader import Epoch
from clerestory.ledger.storage.sqlite import translated
from clerestory.ledger.storage.statements import whole
from clerestory.ledger.storage.writer import insert_entry
from clerestory.ledger.tree import leaf_hash
from clerestory.ledger.vault import KeyEncryptionKey, Payload
from clerestory.notes.key_files import Entropy
from clerestory.notes.keys import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """One event that is durable and under a signed checkpoint."""

    index: int
    leaf_hash: bytes
    entry: bytes = field(repr=False)
    checkpoint: str = field(repr=False)
    demand_number: int | None = None


@dataclass(slots=True)
class _Ticket:
    """One caller's events, waiting for whoever holds the write lock next."""

    events: Sequence[Event]
    period: str
    done: bool = False
    written: list[tuple[int, Written]] = field(default_factory=list)
    checkpoint: str = ""
    fault: BaseException | None = None


class Ledger:
    """Writes events to one log. Safe for several threads and processes."""

    def __init__(
        self,
        directory: Path,
        signing_key: Signer,
        kek: KeyEncryptionKey,
        *,
        extra_keys: Sequence[Signer] = (),
        entropy: Entropy = token_bytes,
        seen: SeenNotes = (),
        steps: Steps = no_steps,
        patience_seconds: float = 20,
        late: bool = False,
    ) -> None:
        """Open the ledger; see ``Log`` for what is checked and finished first.

        Args:
            directory: Where ``create`` made it.
            signing_key: The log's key.
            kek: What wraps the matters' keys.
            extra_keys: During a rotation, the other key of the same name.
            entropy: Where salts, keys and nonces come from.
            seen: Checkpoints of this log that mirrors or witnesses hold.
            steps: Told of every durable step.
            patience_seconds: How long to wait for another process's write.
            late: Take events of a quarter before that of the scope's last entry. Everybody will
                see that they were late.
        """
        self.log = Log(
            directory,
            signers=[signing_key, *extra_keys],
            seen=seen,
            steps=steps,
            patience_seconds=patience_seconds,
        )
        self._signer = signing_key
        self._rows = EventRows(kek=kek, entropy=entropy)
        self._steps = steps
        self._late = late
        self._queue: list[_Ticket] = []
        self._queueing = threading.Lock()
        self._leading = threading.Lock()
        try:
            with self.log.reading() as reader:
                self._rows.check_key(reader.statements)
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(
        cls,
        directory: Path,
        origin: str,
        signing_key: Signer,
        kek: KeyEncryptionKey,
        *,
        entropy: Entropy = token_bytes,
        keeper: Keeper = Keeper.OPERATOR,
    ) -> "Ledger":
        """Make an empty ledger and open it.

        Args:
            directory: Where; it is made.
            origin: The log's name for ever.
            signing_key: The log's key, of the same name.
            kek: What wraps the matters' keys.
            entropy: Where salts, keys and nonces come from.
            keeper: Who keeps it; in an office's log acts are written by their commands alone.

        Raises:
            Refusal: One is there already, or the key's name is not the origin.
        """
        if signing_key.verifier.name != origin:
            raise Refusal(
                f"a log's key must have the origin as its name: {signing_key.verifier.name}",
                code="log-origin",
                todo=f"make a key named {origin}",
            )
        Log.create(directory, signers=[signing_key], keeper=keeper)
        return cls(directory, signing_key, kek, entropy=entropy)

    @classmethod
    def open(
        cls,
        directory: Path,
        signing_key: Signer,
        kek: KeyEncryptionKey,
        *,
        entropy: Entropy = token_bytes,
        seen: SeenNotes = (),
        late: bool = False,
    ) -> "Ledger":
        """Open a ledger that exists."""
        return cls(directory, signing_key, kek, entropy=entropy, seen=seen, late=late)

    def __enter__(self) -> "Ledger":
        """Return the ledger."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.log.close()

    # -- writing ---------------------------------------------------------------------------

    def append(self, events: Sequence[Event], at: datetime, *, zone: Zone) -> list[Appended]:
        """Write events, all or none; they are under a signed checkpoint when this returns.

        Callers that come while a commit is under way share the next one.

        Args:
            events: What happened, in order. A demand event draws its number here.
            at: When; only the quarter is written to the log.
            zone: Where the agency is that the events' scope names: its quarter is written.

        Raises:
            Refusal: The quarter is before that of the scope's last entry.
        """
        ticket = _Ticket(events=list(events), period=quarter_of(at, zone))
        with self._queueing:
            self._queue.append(ticket)
        with self._leading:
            # Whoever led while we waited may have taken our ticket along.
            if not ticket.done:
                self._commit_waiting()
        if ticket.fault is not None:
            raise ticket.fault
        return [
            Appended(
                index=index,
                leaf_hash=leaf_hash(written.entry),
                entry=written.entry,
                checkpoint=ticket.checkpoint,
                demand_number=written.demand_number,
            )
            for index, written in ticket.written
        ]

    def _commit_waiting(self) -> None:
        with self._queueing:
            tickets, self._queue = self._queue, []
        try:
            with self.log.writing() as batch:
                for ticket in tickets:
                    self._write_ticket(batch, ticket)
            checkpoint = self.log.latest_note
        except BaseException as fault:
            # The commit failed, so it failed for everybody in it.
            for ticket in tickets:
                ticket.done, ticket.fault = True, ticket.fault or fault
            return
        for ticket in tickets:
            ticket.done, ticket.checkpoint = True, checkpoint

    def _write_ticket(self, batch: Batch, ticket: _Ticket) -> None:
        mark = batch.mark
        indexes: list[int] = []

        def add(entry: bytes) -> int:
            entry_id, index = batch.add(entry)
            indexes.append(index)
            return entry_id

        with translated():
            try:
                with whole(batch.statements):
                    self._steps("insert")
                    rows = self._rows.write(
                        batch.statements,
                        ticket.events,
                        period=ticket.period,
                        add=add,
                        late=self._late,
                    )
                ticket.written = list(zip(indexes, rows, strict=True))
            except ClerestoryError as fault:
                # One caller's refusal takes its own rows back and leaves the others' alone.
                batch.forget_since(mark)
                ticket.fault = fault

    def record(self, events: Sequence[Event], at: datetime, *, zone: Zone) -> list[int]:
        """Write events durably without an index yet; return their row ids.

        For a business transaction that must not wait for the sequencer. Nothing may leave the
        building on the strength of it: call ``sequence`` first.
        """
        period = quarter_of(at, zone)
        with self.log.transaction() as statements, translated():
            self._steps("insert")
            rows = self._rows.write(
                statements,
                events,
                period=period,
                add=partial(insert_entry, statements),
                late=self._late,
            )
        return [written.entry_id for written in rows]

    def sequence(self) -> str:
        """Put every recorded event under a signed checkpoint, and return it."""
        return self.log.sequence()

    def index_of(self, entry_id: int) -> int | None:
        """Return the index of a recorded event, or ``None`` while it waits."""
        with self.log.reading() as reader:
            return reader.index_of(entry_id)

    def erase(
        self, matter: str, *, scope: str, authority: str, at: datetime, zone: Zone, late: str = ""
    ) -> Appended:
        """Destroy a matter's key, fields and salts, and log which entries that closes.

        Args:
            matter: Whose key is destroyed. This cannot be undone.
            scope: The agency.
            authority: The provision of law that requires or permits the erasure.
            at: When.
            zone: Where the agency is.
            late: The later day of an act that is logged already, where there is one.

        Raises:
            Refusal: There is no such matter, it is erased already, or the quarter is before that
                of the scope's last entry.
        """
        period = quarter_of(at, zone)
        # Before too: an erasure that was cut short, or kept from its end, is finished.
        self.log.scrub()
        with self.log.writing() as batch, translated():
            self._steps("erase")
            added: list[int] = []

            def add(entry: bytes) -> int:
                entry_id, index = batch.add(entry)
                added.append(index)
                return entry_id

            written = self._rows.erase(
                batch.statements,
                matter,
                scope=scope,
                authority=authority,
                on=local_day(at, zone),
                behind=late,
                period=period,
                add=add,
                late=self._late,
            )
        self.log.scrub()
        return Appended(
            index=added[0],
            leaf_hash=leaf_hash(written.entry),
            entry=written.entry,
            checkpoint=self.log.latest_note,
        )

    def check_by_hand(self, events: Sequence[Event]) -> None:
        """Refuse events that only a command of this log's keeper writes; see ``by_hand``."""
        with self.log.reading() as reader:
            check_by_hand(events, reader.keeper())

    # -- reading ---------------------------------------------------------------------------

    def checkpoint(self) -> str:
        """Return the latest signed checkpoint, which the public may not have yet."""
        return self.log.checkpoint()

    def prove(self, index: int, *, published: bool = False) -> str:
        """Return the offline proof of one entry; see ``Log.prove``."""
        return self.log.prove(index, published=published)

    def entry(self, index: int) -> bytes:
        """Return one entry's public bytes."""
        return self.log.entry(index)

    def payload(self, index: int) -> Payload:
        """Return the private fields and salts of one entry, proven against its leaf.

        Raises:
            Refusal: The entry has none, or they were erased.
            Torn: They cannot be opened, or are not what the leaf committed to.
        """
        with self.log.reading() as reader:
            return self._rows.payload(reader, index)

    def opening(self, index: int, name: str) -> Opening:
        """Return what proves one field of one entry and leaves its other fields shut."""
        return opening_of(self.payload(index), name)

    def promise(self, index: int) -> str:
        """Return the log's signed promise to show an entry in its next epoch."""
        digest = leaf_hash(self.entry(index))
        with self.log.reading() as reader:
            # A size that is proposed but not yet public may also lack the entry.
            sizes = [epoch.size for epoch in reader.epochs() if epoch.size <= index]
        promise = Promise(
            origin=self.log.origin, leaf_hash=digest, epoch_size=max(sizes, default=0)
        )
        return sign_promise(promise, self._signer)

    def last_demand_number(self, scope: str) -> int:
        """Return the last demand number drawn in a scope, 0 before the first."""
        with self.log.reading() as reader:
            return reader.last_number(scope)

    # -- publishing ------------------------------------------------------------------------

    def propose(self, *, at_least: int = 1) -> Epoch:
        """Fix the size that will be published next; see ``Log.propose``."""
        return self.log.propose(at_least=at_least)

    def shown(self) -> Epoch | None:
        """Return the last published epoch if it covers every entry and nothing is proposed."""
        with self.log.reading() as reader:
            last = reader.latest_epoch(published=True)
            waiting = reader.latest_epoch(published=False)
            return last if last and not waiting and last.size == reader.head().size else None

    def publish(self, note: str) -> None:
        """Let the public see a proposed epoch; see ``Log.publish``."""
        self.log.publish(note)
