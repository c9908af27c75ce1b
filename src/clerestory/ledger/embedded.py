"""The ledger among the tables of its caller: state, number and leaf are one commit.

Every method takes the caller's connection. Two kinds of them are kept apart:

- ``begin``, ``check``, ``record``, ``sequence``, ``erase``, ``propose`` and ``publish`` work inside
  a transaction that the caller begins and ends. They return nothing that is signed.
- ``note``, ``prove``, ``proposal`` and ``project`` give out what is signed, and refuse inside a
  transaction: outside of one a connection sees what is committed, and nothing else.

An error of a writing method must leave the caller's transaction, as any error must. What the
method wrote before it is undone, also for a caller who catches it.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from secrets import token_bytes

from clerestory.kernel import Refusal
from clerestory.kernel.time import Zone, local_day
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.commitment import Opening
from clerestory.ledger.epochs import propose_epoch, publish_epoch
from clerestory.ledger.events import Event
from clerestory.ledger.leaf import quarter_of
from clerestory.ledger.projection import project
from clerestory.ledger.proving import entry_at, proof_of
from clerestory.ledger.public_files import PublicFiles
from clerestory.ledger.rebuilding import stored_faults
from clerestory.ledger.recovery import (
    SeenNotes,
    check_all_seen,
    check_head,
    check_public_epoch,
    load_edge,
)
from clerestory.ledger.rows import EventRows, Written, opening_of
from clerestory.ledger.sequencer import Sequencer, first_head
from clerestory.ledger.storage.reader import Epoch, Reader
from clerestory.ledger.storage.statements import Statements, check_begun, check_ended, whole
from clerestory.ledger.storage.writer import insert_entry, write_beginning
from clerestory.ledger.vault import KeyEncryptionKey, Payload
from clerestory.notes.key_files import Entropy
from clerestory.notes.keys import Signer, Verifier
from clerestory.notes.note import open_checkpoint


class EmbeddedLedger:
    """Writes events to the one log in the caller's database.

    It holds keys and no connection. Safe for several threads, each with its own connection.
    """

    def __init__(
        self,
        signers: Sequence[Signer],
        kek: KeyEncryptionKey,
        *,
        entropy: Entropy = token_bytes,
    ) -> None:
        """Take the keys.

        Args:
            signers: The log's key first; during a rotation also the other one, of the same name.
            kek: What wraps the matters' keys.
            entropy: Where salts, keys and nonces come from.
        """
        self._signers = list(signers)
        self._verifier = signers[0].verifier
        self._sequencer = Sequencer(signers)
        self._rows = EventRows(kek=kek, entropy=entropy)

    @property
    def verifier(self) -> Verifier:
        """The log's public key."""
        return self._verifier

    @property
    def beginning(self) -> str:
        """The signed checkpoint of the empty log: the same always, so that it may be known."""
        return first_head(self._signers).note

    # -- inside the caller's transaction -----------------------------------------------------

    def begin(self, statements: Statements, *, keeper: Keeper = Keeper.OFFICE) -> None:
        """Begin the log, whose origin is the name of its key, in tables that are made and empty.

        Raises:
            Refusal: One is begun already.
        """
        with statements.translated():
            check_begun(statements)
            statements.take_turn()
            if statements.execute("SELECT one FROM log").fetchone() is not None:
                raise Refusal(
                    "a database must have one ledger: it is begun already",
                    code="log-exists",
                    todo="go on with the one that there is",
                )
            with whole(statements):
                write_beginning(
                    statements,
                    origin=self._verifier.name,
                    head=first_head(self._signers),
                    keeper=keeper,
                )

    def check(
        self, statements: Statements, *, seen: SeenNotes = (), public: bytes | None = None
    ) -> int:
        """Prove that the log may go on, and return its size. Call it whenever an office opens.

        Args:
            statements: The caller's connection.
            seen: Checkpoints of this log that mirrors, witnesses or recipients hold.
            public: The checkpoint in the public directory, where there is one.

        Raises:
            Corruption: The database was altered, or is older than what somebody has seen.
            Refusal: The key-encryption key is another log's.
        """
        with statements.translated():
            check_begun(statements)
            # Head and entries are read by several statements: nobody may write between them.
            statements.take_turn()
            reader = Reader(statements)
            head = check_head(reader, self._verifier)
            load_edge(reader, head)
            check_all_seen(reader, head, seen, self._verifier)
            if public is not None:
                shown = [("public/checkpoint", public)]
                check_all_seen(reader, head, shown, self._verifier)
                check_public_epoch(reader, open_checkpoint(public, self._verifier))
            self._rows.check_key(statements)
            return head.size

    def record(
        self,
        statements: Statements,
        events: Sequence[Event],
        at: datetime,
        *,
        zone: Zone,
        late: bool = False,
    ) -> list[Written]:
        """Write events, which wait for the sequencer; a demand event draws its number here.

        Call it last, after the caller's own rows: from here to the end of the transaction no
        other one records or sequences. Nothing may leave the building on the strength of it.

        Args:
            statements: The caller's connection.
            events: What happened, in order.
            at: When; only the quarter is written to the log.
            zone: Where the agency is that the events' scope names: its quarter is written.
            late: Take events of a quarter before that of the scope's last entry, visibly.

        Raises:
            BadTime: The quarter is before that of the scope's last entry.
            Refusal: There is no transaction, or a matter was erased.
        """
        period = quarter_of(at, zone)
        with statements.translated():
            check_begun(statements)
            statements.take_turn()
            with whole(statements):
                return self._rows.write(
                    statements,
                    events,
                    period=period,
                    add=partial(insert_entry, statements),
                    late=late,
                )

    def sequence(self, statements: Statements) -> int:
        """Put all that waits under a signed checkpoint; see ``Sequencer.sequence``."""
        return self._sequencer.sequence(statements)

    def erase(
        self,
        statements: Statements,
        matter: str,
        *,
        scope: str,
        authority: str,
        at: datetime,
        zone: Zone,
        late: str = "",
    ) -> Written:
        """Destroy a matter's key, fields and salts, and record which entries that closes.

        What the database keeps of deleted rows is the caller's to clean: SQLite's write-ahead log
        with ``PRAGMA wal_checkpoint(TRUNCATE)``, PostgreSQL's tables with ``VACUUM``.

        Args:
            statements: The caller's connection.
            matter: Whose key is destroyed. This cannot be undone.
            scope: The agency.
            authority: The provision of law that requires or permits the erasure.
            at: When.
            zone: Where the agency is.
            late: The later day of an act that is logged already, where there is one.

        Raises:
            Refusal: There is no such matter, or it is erased already.
        """
        period = quarter_of(at, zone)
        # An entry that waits has no index that the erasure could name.
        self.sequence(statements)
        with statements.translated(), whole(statements):
            return self._rows.erase(
                statements,
                matter,
                scope=scope,
                authority=authority,
                on=local_day(at, zone),
                behind=late,
                period=period,
                add=partial(insert_entry, statements),
            )

    def propose(self, statements: Statements, *, at_least: int = 1) -> int:
        """Fix the size that will be published next, and return it; see ``propose_epoch``."""
        with statements.translated():
            check_begun(statements)
            statements.take_turn()
            return propose_epoch(statements, at_least=at_least).size

    def publish(self, statements: Statements, note: str) -> None:
        """Let the public see a proposed epoch.

        Args:
            statements: The caller's connection.
            note: What ``proposal`` returned, with whatever cosignatures it now has.

        Raises:
            BadNote: It is not the checkpoint that was proposed.
            Torn: The database was altered since: its entries or tiles lead to another root.
        """
        proposed = open_checkpoint(note, self._verifier)
        with statements.translated():
            check_begun(statements)
            # The public keeps what it is given: it is built anew from the entries before it goes.
            reader = Reader(statements)
            for fault in stored_faults(
                lambda: nullcontext(reader), size=proposed.size, root=proposed.root
            ):
                raise fault
            statements.take_turn()
            publish_epoch(statements, note, size=proposed.size)

    # -- outside of a transaction ------------------------------------------------------------

    def note(self, statements: Statements) -> str:
        """Return the latest signed checkpoint, which the public may not have yet.

        Raises:
            Refusal: A transaction is open.
        """
        with statements.translated():
            check_ended(statements)
            return Reader(statements).head().note

    def proposal(self, statements: Statements) -> Epoch | None:
        """Return the epoch that waits for its publication.

        Raises:
            Refusal: A transaction is open.
        """
        with statements.translated():
            check_ended(statements)
            return Reader(statements).latest_epoch(published=False)

    def prove(self, statements: Statements, index: int, *, published: bool = False) -> str:
        """Return the offline proof of one entry; see ``proof_of``.

        Raises:
            Refusal: A transaction is open, or the tree has no such index (yet).
        """
        with statements.translated():
            check_ended(statements)
            return proof_of(Reader(statements), index, self._verifier, published=published)

    def project(self, statements: Statements, public: PublicFiles) -> None:
        """Write whatever published files are missing; harmless to repeat.

        Raises:
            Refusal: A transaction is open.
        """
        with statements.translated():
            check_ended(statements)
            project(Reader(statements), public, self._verifier)

    # -- anywhere ------------------------------------------------------------------------------

    def index_of(self, statements: Statements, entry_id: int) -> int | None:
        """Return the index of a recorded event, or ``None`` while it waits."""
        with statements.translated():
            return Reader(statements).index_of(entry_id)

    def entry(self, statements: Statements, index: int) -> bytes:
        """Return one entry's public bytes."""
        with statements.translated():
            return entry_at(Reader(statements), index)

    def payload(self, statements: Statements, index: int) -> Payload:
        """Return the private fields and salts of one entry, proven against its leaf.

        Raises:
            Refusal: The entry has none, or they were erased.
            Torn: They cannot be opened, or are not what the leaf committed to.
        """
        with statements.translated():
            return self._rows.payload(Reader(statements), index)

    def payloads(
        self, statements: Statements, start: int, end: int
    ) -> dict[int, tuple[int, Payload]]:
        """Return what ``payload`` returns for each entry of a range that has it, with its row's id.

        Raises:
            Torn: Some cannot be opened, or are not what their leaf committed to.
        """
        with statements.translated():
            return self._rows.payloads(Reader(statements), start, end)

    def opening(self, statements: Statements, index: int, name: str) -> Opening:
        """Return what proves one field of one entry and leaves its other fields shut."""
        return opening_of(self.payload(statements, index), name)

    def last_demand_number(self, statements: Statements, scope: str) -> int:
        """Return the last demand number drawn in a scope, 0 before the first."""
        with statements.translated():
            return Reader(statements).last_number(scope)
