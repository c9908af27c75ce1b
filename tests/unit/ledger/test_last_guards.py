"""Guards behind other guards: each is met here alone, where nothing before it helps."""

import shutil
import stat
from datetime import datetime
from pathlib import Path

import pytest

from clerestory.kernel import Refusal
from clerestory.kernel.time import Zone
from clerestory.ledger import Ed25519Signer, Event, Ledger, Log, Torn, verify_directory

EASTERN = Zone("America/New_York")


def entries(start: int, end: int) -> list[bytes]:
    return [b"made-up entry %d" % number for number in range(start, end)]


@pytest.mark.parametrize("size", [1, 5, 255, 256, 257, 300])
def test_files_that_agree_with_each_other_must_lead_to_the_signed_root(
    log: Log, tmp_path: Path, signer: Ed25519Signer, size: int
) -> None:
    log.append(entries(0, size))
    log.publish(log.propose().note)
    Log.create(tmp_path / "other", signers=[signer])
    with Log(tmp_path / "other", signers=[signer]) as other:
        other.append([b"another story", *entries(1, size)])
        other.publish(other.propose().note)
    honest, told = log.public.folder, other.public.folder
    # Entries and tiles are all another story's, and only the checkpoint is the signed one.
    shutil.copy(honest / "checkpoint", told / "checkpoint")

    with pytest.raises(Torn, match=f"must lead to the signed root: size {size}"):
        verify_directory(told, signer.verifier)


def test_the_record_of_erasures_stays_once_there_is_one(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    ledger.append([demand], at, zone=EASTERN)
    erased = ledger.erase("m/1", scope="made-up", authority="made up", at=at, zone=EASTERN)
    told = ledger.payload(erased.index).fields

    with pytest.raises(Refusal) as caught:
        ledger.erase(
            "clerestory/retention", scope="made-up", authority="made up", at=at, zone=EASTERN
        )

    assert caught.value.code == "log-retention"
    assert ledger.payload(erased.index).fields == told
    with ledger.log.reading() as reader:
        assert reader.head().size == erased.index + 1


def test_nobody_else_looks_into_a_logs_folder(log: Log) -> None:
    assert stat.S_IMODE(log.public.folder.parent.stat().st_mode) == 0o700


def test_what_a_publication_did_not_write_is_written_when_the_log_is_opened(
    log: Log, tmp_path: Path, signer: Ed25519Signer
) -> None:
    log.append(entries(0, 300))
    log.publish(log.propose().note)
    folder = log.public.folder
    shown = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    # As it is left where the disk was full between the database and the folder.
    log.close()
    shutil.rmtree(folder)

    with Log(tmp_path / "log", signers=[signer]):
        written = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert written == shown
    assert verify_directory(folder, signer.verifier).size == 300
