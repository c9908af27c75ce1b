"""One made-up log of 300 entries, as the vectors describe it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerestory.ledger import Ed25519Cosigner, Ed25519Signer, Log


@pytest.fixture(scope="session")
def signer() -> Ed25519Signer:
    return Ed25519Signer(name="ledger.example/test", seed=bytes(range(32)))


@pytest.fixture(scope="session")
def witness_key() -> Ed25519Cosigner:
    return Ed25519Cosigner(name="witness.example/w1", seed=bytes(range(32, 64)))


@pytest.fixture(scope="session")
def entries() -> list[bytes]:
    return [b'{"v":1,"n":%d}' % number for number in range(300)]


@pytest.fixture(scope="session")
def log(
    tmp_path_factory: pytest.TempPathFactory, signer: Ed25519Signer, entries: list[bytes]
) -> Iterator[Log]:
    """A published log of size 300, grown in uneven steps."""
    directory: Path = tmp_path_factory.mktemp("log")
    Log.create(directory, signers=[signer])
    with Log(directory, signers=[signer]) as log:
        for start, end in ((0, 1), (1, 3), (3, 255), (255, 258), (258, 300)):
            log.append(entries[start:end])
        log.publish(log.propose().note)
        yield log
