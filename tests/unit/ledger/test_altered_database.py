"""A database that somebody wrote to behind the program's back gives out nothing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clerestory.ledger import Ed25519Signer, Keeper, Log, RolledBack, Torn, verify_directory
from clerestory.ledger.database import open_database
from clerestory.ledger.storage import Reader, SqliteStatements


def entries(start: int, end: int) -> list[bytes]:
    return [b"made-up entry %d" % number for number in range(start, end)]


@contextmanager
def behind_its_back(folder: Path) -> Iterator[sqlite3.Connection]:
    """Write to the database as somebody would who owns its file: without its triggers."""
    cx = sqlite3.connect(folder / "ledger.sqlite3", isolation_level=None)
    for (name,) in cx.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        cx.execute(f"DROP TRIGGER {name}")
    yield cx
    cx.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf = CAST('another story' AS BLOB) WHERE id = 6",
        # In the unfinished tile, which is not stored but made of its entries: only the root tells.
        "UPDATE entry SET leaf = CAST('another story' AS BLOB) WHERE id = 310",
        "UPDATE tile SET hashes = zeroblob(8192) WHERE place = 0",
        "UPDATE tile SET hashes = zeroblob(32) WHERE place = 1 << 56",
    ],
)
def test_an_altered_database_is_not_published(
    log: Log, tmp_path: Path, signer: Ed25519Signer, statement: str
) -> None:
    log.append(entries(0, 300))
    log.publish(log.propose().note)
    log.append(entries(300, 320))
    note = log.propose().note
    with behind_its_back(tmp_path / "log") as cx:
        cx.execute(statement)

    with pytest.raises(Torn) as caught:
        log.publish(note)

    assert "do not publish" in caught.value.todo
    assert verify_directory(log.public.folder, signer.verifier).size == 300
    with log.reading() as reader:
        assert reader.latest_epoch(published=False) is not None


@pytest.mark.parametrize("index", [5, 4])
def test_a_proof_that_would_not_hold_is_not_given_out(log: Log, tmp_path: Path, index: int) -> None:
    log.append(entries(0, 9))
    with behind_its_back(tmp_path / "log") as cx:
        # Its own leaf for one index, and the leaf's sibling for the other.
        cx.execute("UPDATE entry SET leaf = CAST('another story' AS BLOB) WHERE id = 6")

    with pytest.raises(Torn) as caught:
        log.prove(index)

    assert "give out nothing" in caught.value.todo


def test_a_database_that_knows_fewer_sizes_than_the_public_is_not_opened(
    tmp_path: Path, signer: Ed25519Signer
) -> None:
    folder = tmp_path / "L"
    Log.create(folder, signers=[signer])
    with Log(folder, signers=[signer]) as log:
        log.append(entries(0, 2))
        log.publish(log.propose().note)
        log.append(entries(2, 3))
    shutil.copy(folder / "ledger.sqlite3", tmp_path / "backup")
    with Log(folder, signers=[signer]) as log:
        log.publish(log.propose().note)
    for path in folder.glob("ledger.sqlite3*"):
        path.unlink()
    # All three entries are there; only that the third was shown is forgotten.
    shutil.copy(tmp_path / "backup", folder / "ledger.sqlite3")

    with pytest.raises(RolledBack, match="3 is unknown to it"):
        Log(folder, signers=[signer])


def test_a_database_shorter_than_the_public_directory_is_not_opened(
    tmp_path: Path, signer: Ed25519Signer
) -> None:
    folder = tmp_path / "L"
    Log.create(folder, signers=[signer])
    with Log(folder, signers=[signer]) as log:
        log.append(entries(0, 2))
        log.publish(log.propose().note)
    shutil.copy(folder / "ledger.sqlite3", tmp_path / "backup")
    with Log(folder, signers=[signer]) as log:
        log.append(entries(2, 7))
        log.publish(log.propose().note)
    for path in [*folder.glob("ledger.sqlite3*"), folder / "high-water"]:
        path.unlink()
    shutil.copy(tmp_path / "backup", folder / "ledger.sqlite3")

    with pytest.raises(RolledBack, match="public/checkpoint shows 7, the database 2"):
        Log(folder, signers=[signer])


def test_who_keeps_a_log_is_set_when_it_is_made(tmp_path: Path, signer: Ed25519Signer) -> None:
    for keeper in Keeper:
        folder = tmp_path / keeper.value
        Log.create(folder, signers=[signer], keeper=keeper)
        with Log(folder, signers=[signer]) as log, log.reading() as reader:
            assert reader.keeper() is keeper


def test_a_database_of_version_1_is_an_operators(tmp_path: Path, signer: Ed25519Signer) -> None:
    Log.create(tmp_path / "L", signers=[signer], keeper=Keeper.OFFICE)
    with behind_its_back(tmp_path / "L") as cx:
        cx.execute("ALTER TABLE log DROP COLUMN keeper")
        cx.execute("PRAGMA user_version = 1")

    cx = open_database(tmp_path / "L" / "ledger.sqlite3", patience_seconds=1)

    assert Reader(SqliteStatements(cx)).keeper() is Keeper.OPERATOR
    cx.close()
