"""The ledger's own promises: numbers, proofs, openings, erasure, epochs, audit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from clerestory.kernel import Refusal
from clerestory.kernel.time import BadTime, Zone, local_day, parse_moment
from clerestory.ledger import (
    BadNote,
    BadProof,
    Ed25519Signer,
    Event,
    EventType,
    FileKeyEncryptionKey,
    Ledger,
    Log,
    OtherSigner,
    Torn,
    UnknownLog,
    Unsigned,
    audit_ledger,
    leaf_hash,
    open_checkpoint,
    open_field,
    open_promise,
    parse_leaf,
    parse_note,
    verify_directory,
    verify_proof,
)
from clerestory.ledger.vault import write_encryption_key
from clerestory.notes.key_files import (
    read_cosigning_key,
    read_signing_key,
    write_cosigning_key,
    write_signing_key,
)

EASTERN = Zone("America/New_York")


def test_an_appended_event_is_proven_without_a_database(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    (one,) = ledger.append([demand], at, zone=EASTERN)

    verified = verify_proof(ledger.prove(one.index), one.entry, ledger.log.verifier.vkey)

    assert verified.index == one.index == 0
    assert verified.leaf_hash == one.leaf_hash == leaf_hash(one.entry)
    assert verified.checkpoint == one.checkpoint == ledger.checkpoint()


def test_a_proof_of_another_entry_or_log_is_refused(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    first, second = ledger.append([demand, demand], at, zone=EASTERN)
    other = Ed25519Signer(name="other.example", seed=bytes(32)).verifier
    thief = Ed25519Signer(name=ledger.log.origin, seed=bytes(32)).verifier

    with pytest.raises(BadProof):
        verify_proof(ledger.prove(first.index), second.entry, ledger.log.verifier)
    with pytest.raises(UnknownLog):
        verify_proof(ledger.prove(first.index), first.entry, other)
    with pytest.raises(OtherSigner):
        verify_proof(ledger.prove(first.index), first.entry, thief)


def test_demand_numbers_have_no_gap_and_start_at_one_in_each_scope(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    decided = replace(demand, type=EventType.DEMAND_DECIDED)
    elsewhere = replace(demand, scope="other")

    done = ledger.append([demand, decided, demand, elsewhere], at, zone=EASTERN)

    assert [one.demand_number for one in done] == [1, None, 2, 1]
    assert [parse_leaf(one.entry).serial for one in done] == [1, None, 2, 1]
    assert ledger.last_demand_number("made-up") == 2


def test_a_refused_append_gives_its_number_back_and_writes_nothing(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    ledger.erase("m/1", scope="made-up", authority="made up", at=at, zone=EASTERN)
    other = replace(demand, matter="m/2")

    with pytest.raises(Refusal, match="erased"):
        ledger.append([other, demand], at, zone=EASTERN)
    (after,) = ledger.append([other], at, zone=EASTERN)

    assert (after.index, after.demand_number) == (2, 2)


def test_the_leaf_shows_no_field_and_the_opening_shows_one(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    (one,) = ledger.append([demand], at, zone=EASTERN)
    leaf = parse_leaf(one.entry)
    assert leaf.commitment is not None

    opening = ledger.opening(one.index, "program")

    assert open_field(leaf.commitment, opening) == "snap"
    assert not any(value.encode() in one.entry for value in demand.fields.values())
    assert b"m/1" not in one.entry
    with pytest.raises(Refusal, match="must have the field"):
        ledger.opening(one.index, "unknown")


def test_equal_events_have_unlike_leaves_of_one_length(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    decided = replace(demand, type=EventType.DEMAND_DECIDED)
    longer = replace(decided, fields={**decided.fields, "reason": "long " * 500})

    done = ledger.append([decided, decided, longer], at, zone=EASTERN)

    assert len({one.entry for one in done}) == 3
    assert len({len(one.entry) for one in done}) == 1


def test_private_fields_are_nowhere_in_the_files(
    ledger: Ledger, demand: Event, at: datetime, tmp_path: Path
) -> None:
    ledger.append([replace(demand, fields={"name": "Made-Up Person"})], at, zone=EASTERN)
    ledger.publish(ledger.propose().note)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert len(files) > 4
    assert [path for path in files if b"Made-Up Person" in path.read_bytes()] == []


def test_erasure_closes_the_entries_and_the_log_still_verifies(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand, replace(demand, matter="m/2"), demand], at, zone=EASTERN)
    erased = ledger.erase(
        "m/1", scope="made-up", authority="22 MRS 0 (made up)", at=at, zone=EASTERN
    )
    ledger.publish(ledger.propose().note)

    with pytest.raises(Refusal, match="kept to be opened"):
        ledger.payload(0)
    assert ledger.payload(1).fields == demand.fields
    assert ledger.payload(erased.index).fields == {
        "indexes": "0 2",
        "authority": "22 MRS 0 (made up)",
        "on": str(local_day(at, EASTERN)),
    }
    assert verify_directory(ledger.log.public.folder, ledger.log.verifier).size == 4
    report = audit_ledger(ledger)
    assert (report.opened, report.erased, report.faults) == (2, 2, [])
    with pytest.raises(Refusal, match="m/1 is erased already"):
        ledger.erase("m/1", scope="made-up", authority="again", at=at, zone=EASTERN)


def test_a_destroyed_key_is_gone_from_every_file(
    ledger: Ledger, demand: Event, at: datetime, tmp_path: Path
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    with ledger.log.reading() as reader:
        wrapped, sealed = reader.statements.execute(
            "SELECT wrapped_key, sealed FROM matter JOIN payload ON matter_id = matter.id"
        ).fetchone()

    ledger.erase("m/1", scope="made-up", authority="made up", at=at, zone=EASTERN)

    for path in tmp_path.rglob("ledger.sqlite3*"):
        content = path.read_bytes()
        assert wrapped not in content, path.name
        assert sealed not in content, path.name


def test_neither_an_unknown_matter_nor_the_record_of_erasures_is_erased(
    ledger: Ledger, at: datetime
) -> None:
    for matter in ("m/9", "clerestory/retention"):
        with pytest.raises(Refusal):
            ledger.erase(matter, scope="made-up", authority="made up", at=at, zone=EASTERN)


def test_what_cannot_be_opened_and_no_erasure_names_is_a_finding(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand, replace(demand, matter="m/2")], at, zone=EASTERN)
    with ledger.log.transaction() as cx:
        cx.execute("DELETE FROM payload WHERE matter_id = 'm/2'")

    findings = audit_ledger(ledger).faults

    assert [(one.code, one.message) for one in findings] == [
        ("log-unopenable", "an entry must open or be named by an erasure: 1")
    ]


def test_an_altered_payload_is_a_finding(ledger: Ledger, demand: Event, at: datetime) -> None:
    ledger.append([demand, replace(demand, matter="m/2")], at, zone=EASTERN)
    with ledger.log.transaction() as cx:
        (sealed,) = cx.execute("SELECT sealed FROM payload WHERE matter_id = 'm/1'").fetchone()
        cx.execute("DELETE FROM payload WHERE matter_id = 'm/1'")
        cx.execute("INSERT INTO payload VALUES (1, 'm/1', ?)", (sealed[:-1] + b"\0",))

    with pytest.raises(Torn, match="unaltered"):
        ledger.payload(0)
    (finding,) = audit_ledger(ledger).faults
    assert "index 0" in finding.message


def test_another_wrapping_key_is_told_from_an_altered_matter(
    ledger: Ledger, demand: Event, at: datetime, signer: Ed25519Signer, kek: FileKeyEncryptionKey
) -> None:
    folder = ledger.log.directory
    ledger.append([demand, replace(demand, matter="another")], at, zone=EASTERN)
    wrong = FileKeyEncryptionKey(bytes(32), entropy=lambda size: bytes(size))

    with pytest.raises(Refusal, match="opens none of its 2 matters") as refused:
        Ledger.open(folder, signer, wrong)
    with ledger.log.transaction() as cx:
        cx.execute("DROP TRIGGER matter_stays_erased")
        cx.execute("UPDATE matter SET wrapped_key = zeroblob(60) WHERE id = ?", (demand.matter,))
    with (
        Ledger.open(folder, signer, kek) as altered,
        pytest.raises(Torn, match="matter's key"),
    ):
        altered.payload(0)

    assert refused.value.code == "log-other-kek"


def test_an_erased_matter_does_not_tell_whose_key_it_is(
    ledger: Ledger, demand: Event, at: datetime, signer: Ed25519Signer
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    ledger.erase(str(demand.matter), scope=demand.scope, authority="made up", at=at, zone=EASTERN)
    wrong = FileKeyEncryptionKey(bytes(32), entropy=lambda size: bytes(size))

    with pytest.raises(Refusal, match="opens none of its 1 matters"):
        Ledger.open(ledger.log.directory, signer, wrong)


@pytest.mark.parametrize("published", [True, False])
def test_an_audit_names_what_was_planted_in_the_public_folder(
    published: bool, ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    if published:
        ledger.publish(ledger.propose().note)
    folder = ledger.log.public.folder
    for name in ("tile/0/000.p/2", "tile/entries/001.p/7", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"made up")

    report = audit_ledger(ledger)

    assert [(one.code, one.message) for one in report.faults] == [
        ("log-torn", f"a file must not lie beyond the public checkpoint: {name}")
        for name in ("tile/0/000.p/2", "tile/entries/001.p/7")
    ]
    assert report.unknown == ("notes.txt",)


def test_a_missing_public_file_is_a_finding(ledger: Ledger, demand: Event, at: datetime) -> None:
    for _ in range(2):
        ledger.append([demand], at, zone=EASTERN)
        ledger.publish(ledger.propose().note)
    (ledger.log.public.folder / "tile/0/000.p/1").unlink()

    (finding,) = audit_ledger(ledger).faults

    assert finding.message == "a published file must be there: tile/0/000.p/1"


def test_recorded_events_wait_and_all_are_sequenced(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    first, second = ledger.record([demand, demand], at, zone=EASTERN)
    assert ledger.index_of(first) is None

    (appended,) = ledger.append([demand], at, zone=EASTERN)

    assert (ledger.index_of(first), ledger.index_of(second)) == (0, 1)
    assert (appended.index, appended.demand_number) == (2, 3)
    assert ledger.payload(1).fields == demand.fields


def test_opening_the_ledger_sequences_what_was_left(
    ledger: Ledger, demand: Event, at: datetime, signer: Ed25519Signer, kek: FileKeyEncryptionKey
) -> None:
    (row,) = ledger.record([demand], at, zone=EASTERN)
    ledger.close()

    with Ledger.open(ledger.log.directory, signer, kek) as again:
        assert again.index_of(row) == 0


def test_the_public_sees_sizes_of_epochs_only(ledger: Ledger, demand: Event, at: datetime) -> None:
    folder = ledger.log.public.folder
    for _ in range(3):
        ledger.append([demand], at, zone=EASTERN)
    assert not folder.exists()

    proposal = ledger.propose()
    ledger.append([demand], at, zone=EASTERN)
    ledger.publish(proposal.note)

    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {"checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"}
    assert open_checkpoint((folder / "checkpoint").read_bytes(), ledger.log.verifier).size == 3


def test_a_proposal_stays_the_same_until_it_is_published(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    first = ledger.propose()
    ledger.append([demand], at, zone=EASTERN)

    assert ledger.propose() == first
    ledger.publish(first.note)
    assert ledger.propose().size == 2


def test_an_epoch_waits_for_enough_entries(ledger: Ledger, demand: Event, at: datetime) -> None:
    ledger.append([demand] * 4, at, zone=EASTERN)

    with pytest.raises(Refusal, match="at least 5"):
        ledger.propose(at_least=5)
    ledger.append([demand], at, zone=EASTERN)
    assert ledger.propose(at_least=5).size == 5


def test_only_a_proposed_checkpoint_is_published(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    with pytest.raises(BadNote, match="not proposed"):
        ledger.publish(ledger.checkpoint())
    ledger.propose()
    ledger.append([demand], at, zone=EASTERN)
    with pytest.raises(BadNote, match="not proposed"):
        ledger.publish(ledger.checkpoint())


def test_a_proof_under_the_public_checkpoint_waits_for_it(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    first, _ = ledger.append([demand, demand], at, zone=EASTERN)
    with pytest.raises(Refusal, match="0 of 0"):
        ledger.prove(0, published=True)
    ledger.publish(ledger.propose().note)
    ledger.append([demand], at, zone=EASTERN)

    verified = verify_proof(ledger.prove(0, published=True), first.entry, ledger.log.verifier)

    assert verified.size == 2
    with pytest.raises(Refusal, match="2 of 2"):
        ledger.prove(2, published=True)


def test_a_promise_counts_from_the_last_size_that_lacks_the_entry(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    def promised(index: int) -> int:
        return open_promise(ledger.promise(index), ledger.log.verifier).epoch_size

    ledger.append([demand] * 2, at, zone=EASTERN)
    before = [promised(0), promised(1)]
    ledger.propose()
    ledger.append([demand] * 2, at, zone=EASTERN)

    # Size 2 holds entries 0 and 1, and lacks the entries 2 and 3.
    assert before == [0, 0]
    assert [promised(index) for index in range(4)] == [0, 0, 2, 2]


def test_a_ledger_takes_late_events_only_when_it_is_opened_for_them(
    ledger: Ledger, demand: Event, at: datetime, signer: Ed25519Signer, kek: FileKeyEncryptionKey
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    earlier = at.replace(year=at.year - 1)

    with Ledger.open(ledger.log.directory, signer, kek) as other, pytest.raises(BadTime):
        other.append([demand], earlier, zone=EASTERN)
    with Ledger(ledger.log.directory, signer, kek) as other, pytest.raises(BadTime):
        other.append([demand], earlier, zone=EASTERN)


def test_a_promise_names_no_index_and_holds_for_the_next_epoch(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    ledger.publish(ledger.propose().note)
    ledger.append([demand], at, zone=EASTERN)
    ledger.propose()
    (one,) = ledger.append([demand], at, zone=EASTERN)

    text = ledger.promise(one.index)
    promise = open_promise(text, ledger.log.verifier)

    # The epoch of size 2 is proposed already and will not hold the entry.
    assert (promise.leaf_hash, promise.epoch_size) == (one.leaf_hash, 2)
    with pytest.raises(BadNote):
        open_checkpoint(text, ledger.log.verifier)
    with pytest.raises(BadNote):
        open_promise(ledger.checkpoint(), ledger.log.verifier)
    with pytest.raises(Unsigned):
        open_promise(text.replace("after 2", "after 9"), ledger.log.verifier)
    with pytest.raises(UnknownLog):
        open_promise(text, Ed25519Signer(name="other.example", seed=bytes(32)).verifier)


def test_a_log_needs_a_key_of_its_own_name(
    tmp_path: Path, signer: Ed25519Signer, kek: FileKeyEncryptionKey
) -> None:
    with pytest.raises(Refusal, match="origin"):
        Ledger.create(tmp_path / "x", "other.example", signer, kek)
    assert not (tmp_path / "x").exists()


def test_keys_are_kept_in_files_for_their_owner_only(
    tmp_path: Path, entropy: Callable[[int], bytes]
) -> None:
    log_key = tmp_path / "keys" / "log.key"
    made = write_signing_key(log_key, name="ledger.example/made-up", entropy=entropy)
    write_encryption_key(tmp_path / "kek", entropy=entropy)

    assert read_signing_key(log_key).verifier == made.verifier
    assert log_key.stat().st_mode & 0o077 == 0
    with pytest.raises(Refusal, match="not be replaced"):
        write_signing_key(log_key, name="other.example", entropy=entropy)
    log_key.chmod(0o644)
    with pytest.raises(BadNote, match="owner only") as caught:
        read_signing_key(log_key)
    assert "chmod 600" in caught.value.todo
    with pytest.raises(Refusal, match="must exist"):
        read_signing_key(tmp_path / "missing")


@pytest.mark.parametrize("kind", ["ed25519", "ml-dsa-44"])
def test_a_witness_key_is_read_as_it_was_written(
    kind: str, tmp_path: Path, entropy: Callable[[int], bytes]
) -> None:
    made = write_cosigning_key(tmp_path / "w", name="w.example", kind=kind, entropy=entropy)

    assert read_cosigning_key(tmp_path / "w").verifier == made.verifier
    (tmp_path / "w").write_text("CLERESTORY+COSIGNER+ed25519+w.example+secret!")
    with pytest.raises(BadNote) as caught:
        read_cosigning_key(tmp_path / "w")
    assert "secret" not in str(caught.value)


def test_entries_come_back_byte_for_byte(log: Log) -> None:
    entries = [b"", b"\0", bytes(65_535), b"\xff" * 300]

    indexes, note = log.append(entries)

    assert [log.entry(index) for index in indexes] == entries
    assert parse_note(note).text.split(b"\n")[1] == b"4"
    with pytest.raises(BadNote, match="65535"):
        log.append([b"fine", bytes(65_536)])
    with pytest.raises(Refusal, match="4 of 4"):
        log.entry(4)


def periods(ledger: Ledger) -> list[str]:
    with ledger.log.reading() as reader:
        return [parse_leaf(entry).period for entry in reader.entries(0, reader.head().size)]


LAST_OF_MARCH, FIRST_OF_APRIL = (
    parse_moment(text) for text in ("2026-04-01T03:59:59Z", "2026-04-01T04:00Z")
)


def test_a_quarter_never_goes_back_and_nothing_is_written(ledger: Ledger, demand: Event) -> None:
    ledger.append([demand], LAST_OF_MARCH, zone=EASTERN)
    ledger.append([demand], FIRST_OF_APRIL, zone=EASTERN)

    for write in (ledger.append, ledger.record):
        with pytest.raises(BadTime, match=r"made-up must not go back.*2026-Q1 after 2026-Q2") as no:
            write([demand], LAST_OF_MARCH, zone=EASTERN)
        assert no.value.code == "log-time-backwards"
        assert "--late" in no.value.todo
    with pytest.raises(BadTime, match="2026-Q1 after 2026-Q2"):
        ledger.erase("m/1", scope="made-up", authority="x", at=LAST_OF_MARCH, zone=EASTERN)
    ledger.sequence()

    assert periods(ledger) == ["2026-Q1", "2026-Q2"]
    assert ledger.last_demand_number("made-up") == 2
    assert ledger.payload(0).fields == demand.fields


def test_within_a_quarter_and_from_another_scope_an_earlier_time_is_taken(
    ledger: Ledger, demand: Event
) -> None:
    elsewhere = replace(demand, scope="elsewhere")

    ledger.append([demand], parse_moment("2026-06-30T12:00Z"), zone=EASTERN)
    ledger.append([demand], FIRST_OF_APRIL, zone=EASTERN)
    ledger.append([elsewhere], LAST_OF_MARCH, zone=EASTERN)
    ledger.append([demand], FIRST_OF_APRIL, zone=EASTERN)
    with pytest.raises(BadTime):
        ledger.append([elsewhere, demand], LAST_OF_MARCH, zone=EASTERN)

    assert periods(ledger) == ["2026-Q2", "2026-Q2", "2026-Q1", "2026-Q2"]


def test_what_waits_for_the_sequencer_counts_for_the_order(ledger: Ledger, demand: Event) -> None:
    ledger.record([demand], FIRST_OF_APRIL, zone=EASTERN)

    with pytest.raises(BadTime):
        ledger.append([demand], LAST_OF_MARCH, zone=EASTERN)


def test_a_ledger_opened_for_late_events_takes_them(
    tmp_path: Path, signer: Ed25519Signer, kek: FileKeyEncryptionKey, demand: Event
) -> None:
    Ledger.create(tmp_path / "late", signer.verifier.name, signer, kek).close()
    with Ledger.open(tmp_path / "late", signer, kek, late=True) as ledger:
        ledger.append([demand], parse_moment("2036-04-01T12:00Z"), zone=EASTERN)
        ledger.append([demand], FIRST_OF_APRIL, zone=EASTERN)
        ledger.erase("m/1", scope="made-up", authority="x", at=LAST_OF_MARCH, zone=EASTERN)

        assert periods(ledger) == ["2036-Q2", "2026-Q2", "2026-Q1"]


def test_the_quarter_in_the_log_is_that_of_the_zone_it_is_told(
    ledger: Ledger, demand: Event
) -> None:
    at = parse_moment("2026-03-31T16:00Z")

    ledger.append([replace(demand, scope="maine")], at, zone=EASTERN)
    ledger.append([replace(demand, scope="line-islands")], at, zone=Zone("Pacific/Kiritimati"))

    assert periods(ledger) == ["2026-Q1", "2026-Q2"]
