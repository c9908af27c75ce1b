"""A made-up key for the tests of notes."""

import pytest

from clerestory.notes import Ed25519Signer


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(name="ledger.example/made-up", seed=bytes(range(32)))
