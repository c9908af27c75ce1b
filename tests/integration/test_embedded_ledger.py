"""The ledger among its caller's tables does the same on both databases, and as in a folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clerestory.kernel import ClerestoryError, Refusal
from clerestory.kernel.files import no_steps
from clerestory.kernel.time import BadTime
from clerestory.ledger import (
    BadNote,
    Checkpoint,
    Ed25519Signer,
    EmbeddedLedger,
    FileKeyEncryptionKey,
    Forked,
    Ledger,
    OtherSigner,
    RolledBack,
    StorageFailed,
    Torn,
    audit_embedded,
    parse_leaf,
    sign_note,
    verify_directory,
    verify_proof,
)
from clerestory.ledger.frontier import Frontier, frontier_of
from clerestory.ledger.public_files import PublicFiles
from clerestory.ledger.sequencer import Batch
from clerestory.ledger.storage import Reader, SqliteStatements
from clerestory.ledger.storage.writer import insert_entry
from clerestory.ledger.tiles import tiles_of
from clerestory.notes import open_checkpoint
from ledger_databases import (
    AT,
    DEMAND,
    EASTERN,
    SIGNER,
    UPDATE,
    LedgerDatabase,
    Owner,
    counted,
    embedded,
)


def raw(owner: Owner, ledger: EmbeddedLedger, entries: list[bytes]) -> int:
    """Sequence entries of any bytes."""
    with owner.transaction():
        for entry in entries:
            insert_entry(owner.statements, entry)
        return ledger.sequence(owner.statements)


def test_an_act_and_its_leaf_are_one_commit_under_a_signed_checkpoint(
    ledger_database: LedgerDatabase,
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        index = owner.act(ledger)

        entry, proof = (
            ledger.entry(owner.statements, index),
            ledger.prove(owner.statements, index),
        )
        verified = verify_proof(proof, entry, SIGNER.verifier)
        assert (verified.index, verified.size) == (0, 1)
        assert parse_leaf(entry).serial == 1
        assert owner.rows("SELECT number FROM matter_row") == [(1,)]
        opening = ledger.opening(owner.statements, index, "office")
        assert opening.value == "first"
        with pytest.raises(Refusal):
            ledger.opening(owner.statements, index, "no such field")


@pytest.mark.parametrize("batches", [(1, 1, 1), (254, 1, 1, 1), (255, 257), (600, 1)])
def test_the_same_entries_give_the_same_bytes_as_in_a_folder(
    ledger_database: LedgerDatabase, tmp_path: Path, batches: tuple[int, ...]
) -> None:
    ledger, written, frontier = embedded(), 0, Frontier()
    with ledger_database.connection() as owner:
        for count in batches:
            entries = [b"made-up entry %d" % n for n in range(written, written + count)]
            written = raw(owner, ledger, entries)
            frontier.extend(entries)

            note = ledger.note(owner.statements)
            head = open_checkpoint(note, SIGNER.verifier)
            assert (head.size, head.root) == (frontier.size, frontier.root)
        with owner.transaction():
            assert ledger.propose(owner.statements) == written
        proposal = ledger.proposal(owner.statements)
        assert proposal is not None
        assert proposal.note == note
        with owner.transaction():
            ledger.publish(owner.statements, proposal.note)
        public = PublicFiles(tmp_path / "public")
        ledger.project(owner.statements, public)
        with owner.transaction():
            assert ledger.check(owner.statements, seen=[("a mirror", note)]) == written

        report = audit_embedded(ledger, owner.statements, public)
        # These entries are no events, which is told once; tree and files are as signed.
        assert report.size == written
        assert [one.message.partition(":")[0] for one in report.faults] == [
            "an entry must be a leaf of version 1 or 2"
        ]

    assert verify_directory(public.folder, SIGNER.verifier).size == written
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=counted())
    with Ledger.create(tmp_path / "L", SIGNER.verifier.name, SIGNER, kek) as folder:
        folder.log.append([b"made-up entry %d" % n for n in range(written)])
        folder.publish(folder.propose().note)
        assert folder.checkpoint() == note
        for tile in tiles_of(written):
            mine, theirs = (where.folder / tile.path for where in (public, folder.log.public))
            assert mine.read_bytes() == theirs.read_bytes()


def test_numbers_and_leaves_of_events_are_those_of_a_folder(
    ledger_database: LedgerDatabase, tmp_path: Path
) -> None:
    events = [DEMAND, UPDATE, DEMAND]
    entropy = counted()
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=entropy)
    with Ledger.create(
        tmp_path / "L", SIGNER.verifier.name, SIGNER, kek, entropy=entropy
    ) as folder:
        folder.append(events, AT, zone=EASTERN)
        wanted = [folder.entry(index) for index in range(3)]
        note = folder.checkpoint()
    ledger = embedded()
    with ledger_database.connection() as owner:
        with owner.transaction():
            recorded = ledger.record(owner.statements, events, AT, zone=EASTERN)
            ledger.sequence(owner.statements)

        assert [one.demand_number for one in recorded] == [1, None, 2]
        assert [one.entry for one in recorded] == wanted
        assert ledger.note(owner.statements) == note
        assert ledger.last_demand_number(owner.statements, "made-up") == 2
        assert ledger.payload(owner.statements, 1).fields == {"note": "made up"}


def test_what_was_recorded_waits_and_the_next_sequencer_takes_all_of_it(
    ledger_database: LedgerDatabase,
) -> None:
    with ledger_database.connection() as owner, ledger_database.connection() as other:
        with owner.transaction():
            first = ledger_row(owner)
        assert embedded().index_of(owner.statements, first) is None
        with pytest.raises(Refusal, match="0 of 0"):
            embedded().prove(owner.statements, 0)
        with other.transaction():
            second = ledger_row(other)
            assert embedded().sequence(other.statements) == 2

        assert embedded().index_of(owner.statements, first) == 0
        assert embedded().index_of(owner.statements, second) == 1


def ledger_row(owner: Owner) -> int:
    """Record one event and return its row's id."""
    return embedded().record(owner.statements, [UPDATE], AT, zone=EASTERN)[0].entry_id


def test_a_sequencer_with_nothing_to_do_changes_nothing(ledger_database: LedgerDatabase) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        before = ledger.note(owner.statements)
        with owner.transaction():
            assert ledger.sequence(owner.statements) == 1

        assert ledger.note(owner.statements) == before


def test_a_rolled_back_act_takes_its_leaf_its_number_and_its_signature_back(
    ledger_database: LedgerDatabase,
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        before = ledger.note(owner.statements)
        owner.cx.execute("BEGIN")
        ledger.record(owner.statements, [DEMAND, DEMAND], AT, zone=EASTERN)
        assert ledger.sequence(owner.statements) == 3
        owner.cx.rollback()

        assert ledger.note(owner.statements) == before
        assert ledger.last_demand_number(owner.statements, "made-up") == 1
        # The same object goes on: what it remembers of the lost tree is not built on.
        assert owner.act(ledger) == 1
        assert parse_leaf(ledger.entry(owner.statements, 1)).serial == 2
        with owner.transaction():
            assert ledger.check(owner.statements) == 2


GIVING: dict[str, Callable[[EmbeddedLedger, Owner], object]] = {
    "note": lambda ledger, owner: ledger.note(owner.statements),
    "prove": lambda ledger, owner: ledger.prove(owner.statements, 0),
    "proposal": lambda ledger, owner: ledger.proposal(owner.statements),
    "project": lambda ledger, owner: ledger.project(owner.statements, PublicFiles(Path("no"))),
}


@pytest.mark.parametrize("giving", GIVING)
def test_nothing_signed_is_given_out_inside_a_transaction(
    ledger_database: LedgerDatabase, giving: str
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        with owner.transaction(), pytest.raises(Refusal) as caught:
            GIVING[giving](ledger, owner)

    assert caught.value.code == "log-uncommitted"


def erase(ledger: EmbeddedLedger, owner: Owner) -> None:
    ledger.erase(owner.statements, "m/1", scope="made-up", authority="made up", at=AT, zone=EASTERN)


WRITING: dict[str, Callable[[EmbeddedLedger, Owner], object]] = {
    "begin": lambda ledger, owner: ledger.begin(owner.statements),
    "check": lambda ledger, owner: ledger.check(owner.statements),
    "record": lambda ledger, owner: ledger.record(owner.statements, [DEMAND], AT, zone=EASTERN),
    "sequence": lambda ledger, owner: ledger.sequence(owner.statements),
    "erase": erase,
    "propose": lambda ledger, owner: ledger.propose(owner.statements),
    "publish": lambda ledger, owner: ledger.publish(
        owner.statements, ledger.note(owner.statements)
    ),
}


@pytest.mark.parametrize("writing", WRITING)
def test_nothing_is_written_where_each_statement_would_be_a_commit(
    ledger_database: LedgerDatabase, writing: str
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        with pytest.raises(Refusal) as caught:
            WRITING[writing](ledger, owner)

        assert caught.value.code == "log-no-transaction"
        assert owner.rows("SELECT count(*) FROM entry") == [(1,)]
        assert owner.rows("SELECT last FROM demand_number") == [(1,)]


def test_a_caught_refusal_leaves_nothing_of_the_ledgers_in_the_commit(
    ledger_database: LedgerDatabase,
) -> None:
    ledger = embedded()
    other = replace(DEMAND, matter="m/2")
    with ledger_database.connection() as owner:
        owner.act(ledger)
        with owner.transaction():
            erase(ledger, owner)
            ledger.sequence(owner.statements)
        with owner.transaction():
            with pytest.raises(Refusal, match="must not be erased"):
                # The first has drawn its number and stands when the second is refused.
                ledger.record(owner.statements, [other, UPDATE], AT, zone=EASTERN)
            owner.cx.execute("INSERT INTO matter_row (number) VALUES (77)")

        assert owner.rows("SELECT number FROM matter_row") == [(1,), (77,)]
        assert owner.rows("SELECT count(*) FROM entry") == [(2,)]
        assert owner.rows("SELECT last FROM demand_number") == [(1,)]
        assert owner.rows("SELECT count(*) FROM matter WHERE id = 'm/2'") == [(0,)]


def test_a_quarter_never_goes_back_but_visibly(ledger_database: LedgerDatabase) -> None:
    ledger = embedded()
    earlier = AT.replace(month=7)
    with ledger_database.connection() as owner:
        owner.act(ledger)
        with pytest.raises(BadTime), owner.transaction():
            ledger.record(owner.statements, [DEMAND], earlier, zone=EASTERN)
        with owner.transaction():
            ledger.record(owner.statements, [DEMAND], earlier, zone=EASTERN, late=True)
            ledger.sequence(owner.statements)

        assert parse_leaf(ledger.entry(owner.statements, 1)).period == "2026-Q3"


def test_an_erased_matter_is_closed_and_the_log_says_so(
    ledger_database: LedgerDatabase, tmp_path: Path
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        with owner.transaction():
            # An entry that still waits is erased with the others, and named.
            ledger.record(owner.statements, [UPDATE], AT, zone=EASTERN)
            erase(ledger, owner)
            ledger.sequence(owner.statements)

        for index in (0, 1):
            with pytest.raises(Refusal) as caught:
                ledger.payload(owner.statements, index)
            assert caught.value.code == "log-erased"
        assert ledger.payload(owner.statements, 2).fields["indexes"] == "0 1"
        report = audit_embedded(ledger, owner.statements, PublicFiles(tmp_path / "public"))
        assert (report.size, report.opened, report.erased, report.faults) == (3, 1, 2, [])
        with pytest.raises(Refusal) as caught, owner.transaction():
            ledger.record(owner.statements, [UPDATE], AT, zone=EASTERN)
        assert caught.value.code == "log-erased"


def test_a_log_is_begun_once(ledger_database: LedgerDatabase) -> None:
    with ledger_database.connection() as owner:
        with pytest.raises(Refusal) as caught, owner.transaction():
            embedded().begin(owner.statements)

        assert caught.value.code == "log-exists"


def test_a_database_older_than_what_was_seen_may_not_go_on(
    ledger_database: LedgerDatabase, tmp_path: Path
) -> None:
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=counted())
    with Ledger.create(tmp_path / "L", SIGNER.verifier.name, SIGNER, kek) as folder:
        folder.append([UPDATE, UPDATE], AT, zone=EASTERN)
        seen = folder.checkpoint()
    with ledger_database.connection() as owner:
        owner.act(embedded())
        with pytest.raises(RolledBack), owner.transaction():
            embedded().check(owner.statements, seen=[("a recipient", seen)])


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        # Another root of the same size is refused by a trigger.
        ("UPDATE head SET size = size + 1", "must be what the log signed"),
        ("UPDATE head SET size = 2, note = 'made up'", "a note is a text"),
        ("INSERT INTO entry (leaf_index, leaf) SELECT 1, leaf FROM entry", "it signed: 2 of 1"),
    ],
)
def test_a_head_that_was_not_signed_is_not_built_on(
    ledger_database: LedgerDatabase, statement: str, message: str
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        owner.cx.execute(statement)
        with pytest.raises(ClerestoryError, match=message), owner.transaction():
            embedded().check(owner.statements)
        entries = owner.rows("SELECT count(*) FROM entry")
        with pytest.raises(ClerestoryError):
            owner.act(ledger)
        with pytest.raises(ClerestoryError):
            owner.act(embedded())

        assert owner.rows("SELECT count(*) FROM entry") == entries


def untriggered(owner: Owner, table: str, trigger: str) -> None:
    """Take a trigger away, as whoever owns the database can."""
    if isinstance(owner.statements, SqliteStatements):
        owner.cx.execute(f"DROP TRIGGER {trigger}")
    else:
        owner.cx.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.mark.parametrize("last", [1, 7])
def test_a_counter_that_was_set_draws_no_number(ledger_database: LedgerDatabase, last: int) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        owner.act(ledger)
        untriggered(owner, "demand_number", "number_has_no_gap")
        owner.cx.execute(f"UPDATE demand_number SET last = {last}")
        with pytest.raises(Torn, match=f"{last + 1} after 2"):
            owner.act(ledger)

        assert owner.rows("SELECT count(*) FROM entry") == [(2,)]


def test_an_altered_database_gives_out_nothing_and_is_not_gone_on_with(
    ledger_database: LedgerDatabase, tmp_path: Path
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        for _ in range(3):
            owner.act(ledger)
        with owner.transaction():
            ledger.propose(owner.statements)
        proposal = ledger.proposal(owner.statements)
        assert proposal is not None
        untriggered(owner, "entry", "entry_never_changes")
        owner.cx.execute(
            "UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE leaf_index = 1) "
            "WHERE leaf_index = 0"
        )

        with pytest.raises(Torn, match="edge tiles"), owner.transaction():
            embedded().check(owner.statements)
        report = audit_embedded(ledger, owner.statements, PublicFiles(tmp_path / "public"))
        assert [one.message for one in report.faults] == [
            "the entries must lead to the signed root: size 3",
            "demand numbers have no gap: index 0 has 2 instead of 1",
            "a payload must open with its key and be unaltered: index 0",
        ]
        with pytest.raises(Torn, match="edge tiles"):
            owner.act(embedded())
        with pytest.raises(Torn, match="signed root: size 3"), owner.transaction():
            ledger.publish(owner.statements, proposal.note)
        with pytest.raises(Torn, match="a proof must hold"):
            ledger.prove(owner.statements, 2)
        assert ledger.proposal(owner.statements) == proposal


def test_another_wrapping_key_is_refused_before_anything_is_written_under_it(
    ledger_database: LedgerDatabase,
) -> None:
    other = EmbeddedLedger([SIGNER], FileKeyEncryptionKey(bytes(32), entropy=counted()))
    with ledger_database.connection() as owner:
        owner.act(embedded())
        with pytest.raises(Refusal) as caught, owner.transaction():
            other.check(owner.statements)

    assert caught.value.code == "log-other-kek"


def test_only_what_was_proposed_is_published(ledger_database: LedgerDatabase) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        early = ledger.note(owner.statements)
        with pytest.raises(BadNote, match="size 1 was not proposed"), owner.transaction():
            ledger.publish(owner.statements, early)
        owner.act(ledger)
        with owner.transaction():
            assert ledger.propose(owner.statements) == 2
        with pytest.raises(BadNote, match="size 1 was not proposed"), owner.transaction():
            ledger.publish(owner.statements, early)
        proposal = ledger.proposal(owner.statements)
        assert proposal is not None
        with owner.transaction():
            ledger.publish(owner.statements, proposal.note)
        with pytest.raises(Refusal, match="at least 1 new entries: 0"), owner.transaction():
            ledger.propose(owner.statements)


def test_a_tree_that_somebody_else_signed_is_not_signed_on(
    ledger_database: LedgerDatabase,
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        # Entry, root and head fit each other; only the signature is another key's.
        frontier = frontier_of([ledger.entry(owner.statements, 0), b"planted"])
        stranger = Ed25519Signer(name=SIGNER.verifier.name, seed=bytes(32))
        text = Checkpoint(origin=SIGNER.verifier.name, size=2, root=frontier.root).text
        insert_entry(owner.statements, b"planted", index=1)
        owner.statements.execute(
            "UPDATE head SET size = 2, root = ?, note = ?",
            (frontier.root, sign_note(text, [stranger]).content),
        )

        for sequencer in (ledger, embedded()):
            with pytest.raises(OtherSigner):
                owner.act(sequencer)
        with pytest.raises(OtherSigner), owner.transaction():
            ledger.check(owner.statements)


@pytest.mark.parametrize("more", [0, 1, 300])
def test_a_tree_that_was_rolled_back_is_not_remembered_as_the_logs(
    ledger_database: LedgerDatabase, more: int
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.act(ledger)
        owner.cx.execute("BEGIN")
        ledger.record(owner.statements, [DEMAND], AT, zone=EASTERN)
        assert ledger.sequence(owner.statements) == 2
        owner.cx.rollback()
        # Another process writes as many entries, or more, than were lost.
        raw(owner, embedded(), [b"made-up entry %d" % number for number in range(1 + more)])

        assert owner.act(ledger) == 2 + more
        with owner.transaction():
            assert embedded().check(owner.statements) == 3 + more
        entry = ledger.entry(owner.statements, 2 + more)
        assert verify_proof(ledger.prove(owner.statements, 2 + more), entry, SIGNER.verifier)


def test_a_caught_error_of_the_sequencer_leaves_all_as_it_waited(
    ledger_database: LedgerDatabase,
) -> None:
    ledger = embedded()
    with ledger_database.connection() as owner:
        owner.cx.execute(
            "CREATE TRIGGER made_up BEFORE UPDATE ON head "
            + (
                "BEGIN SELECT RAISE(ABORT, 'made up'); END"
                if ledger_database.kind == "sqlite"
                else "EXECUTE FUNCTION ledger_refuses('made up')"
            )
        )
        with owner.transaction():
            raw_entry = insert_entry(owner.statements, b"made-up entry")
            # The index is given and undone again: a caller who goes on commits no half of it.
            with pytest.raises(StorageFailed, match="made up"):
                ledger.sequence(owner.statements)
        assert ledger.index_of(owner.statements, raw_entry) is None
        owner.cx.execute(
            "DROP TRIGGER made_up" + ("" if ledger_database.kind == "sqlite" else " ON head")
        )
        with owner.transaction():
            assert ledger.sequence(owner.statements) == 1
        with owner.transaction():
            assert ledger.check(owner.statements) == 1


def test_the_head_moves_only_from_the_one_that_was_built_on(
    ledger_database: LedgerDatabase,
) -> None:
    with ledger_database.connection() as owner:
        raw(owner, embedded(), [b"made-up entry"])
        head = Reader(owner.statements).head()
        # As if the lock had not held, and somebody else had moved it.
        stale = replace(head, root=bytes(32))
        owner.cx.execute("BEGIN")
        insert_entry(owner.statements, b"another")
        batch = Batch(owner.statements, head=stale, frontier=frontier_of([b"made-up entry"]))
        with pytest.raises(Forked):
            batch.seal([SIGNER], origin=SIGNER.verifier.name, steps=no_steps)
        owner.cx.rollback()

        assert Reader(owner.statements).head() == head
