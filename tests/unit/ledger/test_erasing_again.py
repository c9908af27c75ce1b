"""An erasure that a reader or a kill kept from its end is finished when it is typed again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from clerestory.kernel import Refusal
from clerestory.kernel.time import Zone
from clerestory.ledger import (
    Appended,
    Ed25519Signer,
    Event,
    FileKeyEncryptionKey,
    Ledger,
    StorageFailed,
)

EASTERN = Zone("America/New_York")


@pytest.fixture
def folder(
    tmp_path: Path, signer: Ed25519Signer, kek: FileKeyEncryptionKey, demand: Event, at: datetime
) -> Path:
    with Ledger.create(tmp_path / "L", signer.verifier.name, signer, kek) as ledger:
        ledger.append([demand], at, zone=EASTERN)
    return tmp_path / "L"


@pytest.fixture
def other_program(folder: Path) -> Iterator[sqlite3.Connection]:
    """Another program that has the database open, so that closing ours writes nothing back."""
    with closing(sqlite3.connect(folder / "ledger.sqlite3", isolation_level=None)) as cx:
        cx.execute("SELECT count(*) FROM entry").fetchone()
        yield cx


def erase(ledger: Ledger, at: datetime) -> Appended:
    with ledger.log.transaction() as cx:
        cx.execute("PRAGMA busy_timeout = 0")
    return ledger.erase("m/1", scope="made-up", authority="made up", at=at, zone=EASTERN)


def size_of(ledger: Ledger) -> int:
    with ledger.log.reading() as reader:
        return reader.head().size


def not_written_back(folder: Path) -> int:
    return (folder / "ledger.sqlite3-wal").stat().st_size


def test_an_erasure_that_a_reader_kept_from_its_end_is_told_done_only_once_it_is(
    folder: Path,
    signer: Ed25519Signer,
    kek: FileKeyEncryptionKey,
    at: datetime,
    other_program: sqlite3.Connection,
) -> None:
    other_program.execute("BEGIN")
    other_program.execute("SELECT count(*) FROM entry").fetchone()
    for _ in range(2):
        with (
            Ledger.open(folder, signer, kek) as ledger,
            pytest.raises(StorageFailed, match="a reader holds it"),
        ):
            erase(ledger, at)
        assert not_written_back(folder) > 0
    other_program.execute("COMMIT")

    with Ledger.open(folder, signer, kek) as ledger:
        with pytest.raises(Refusal, match="m/1 is erased already"):
            erase(ledger, at)
        assert size_of(ledger) == 2
    assert not_written_back(folder) == 0


def test_an_erasure_that_was_cut_short_is_finished_by_the_same_words(
    folder: Path,
    signer: Ed25519Signer,
    kek: FileKeyEncryptionKey,
    at: datetime,
    other_program: sqlite3.Connection,
) -> None:
    armed = False

    def steps(step: str) -> None:
        if armed and step == "acknowledge":
            raise KeyboardInterrupt

    ledger = Ledger(folder, signer, kek, steps=steps)
    armed = True
    with pytest.raises(KeyboardInterrupt), ledger:
        ledger.erase("m/1", scope="made-up", authority="made up", at=at, zone=EASTERN)
    assert not_written_back(folder) > 0
    assert other_program.execute("SELECT count(*) FROM entry").fetchone() == (2,)

    with Ledger.open(folder, signer, kek) as again:
        with pytest.raises(Refusal, match="m/1 is erased already") as caught:
            erase(again, at)
        assert size_of(again) == 2
    assert caught.value.code == "log-erased"
    assert "nothing is left to be done" in caught.value.todo
    assert not_written_back(folder) == 0
