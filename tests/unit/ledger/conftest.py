"""Made-up keys and ledgers for the ledger's tests."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clerestory.ledger import (
    Ed25519Signer,
    Event,
    EventType,
    FileKeyEncryptionKey,
    Ledger,
    Log,
)


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    """Counted bytes: never the same twice, the same in each run."""
    calls = iter(range(1, 1 << 30))
    return lambda size: next(calls).to_bytes(size, "big")


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(name="ledger.example/made-up", seed=bytes(range(32)))


@pytest.fixture
def kek(entropy: Callable[[int], bytes]) -> FileKeyEncryptionKey:
    return FileKeyEncryptionKey(bytes(range(32)), entropy=entropy)


@pytest.fixture
def demand() -> Event:
    return Event(
        type=EventType.DEMAND_RECEIVED,
        scope="made-up",
        matter="m/1",
        fields={"office": "first", "program": "snap", "outcome": "none yet"},
    )


@pytest.fixture
def ledger(
    tmp_path: Path,
    signer: Ed25519Signer,
    kek: FileKeyEncryptionKey,
    entropy: Callable[[int], bytes],
) -> Iterator[Ledger]:
    with Ledger.create(
        tmp_path / "ledger", signer.verifier.name, signer, kek, entropy=entropy
    ) as ledger:
        yield ledger


@pytest.fixture
def log(tmp_path: Path, signer: Ed25519Signer) -> Iterator[Log]:
    Log.create(tmp_path / "log", signers=[signer])
    with Log(tmp_path / "log", signers=[signer], patience_seconds=0.05) as log:
        yield log
