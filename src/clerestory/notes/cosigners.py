"""Keys of witnesses, which sign a checkpoint with the time. Source: C2SP tlog-cosignature."""

from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from clerestory.notes.cosigned import ed25519_message, mldsa44_message
from clerestory.notes.keys import Kind, Verifier


class Cosigner(Protocol):
    """Whatever can cosign a checkpoint at a time."""

    @property
    def verifier(self) -> Verifier:
        """The public half."""

    def cosign(self, text: bytes, *, at: datetime) -> bytes:
        """Cosign the text of a checkpoint: eight bytes of time, then the signature."""


class Ed25519Cosigner:
    """An Ed25519 witness key (``cosignature/v1``)."""

    def __init__(self, *, name: str, seed: bytes) -> None:
        """Take the key whose 32-byte seed is ``seed``; use it for no other purpose."""
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self._verifier = Verifier(name=name, kind=Kind.ED25519_COSIGNER, public_bytes=public)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return self._verifier

    def cosign(self, text: bytes, *, at: datetime) -> bytes:
        """Cosign the text of a checkpoint."""
        time = int(at.timestamp())
        return time.to_bytes(8, "big") + self._key.sign(ed25519_message(text, time))


class MLDSA44Cosigner:
    """An ML-DSA-44 witness key: the type that new witnesses should use."""

    def __init__(self, *, name: str, seed: bytes) -> None:
        """Take the key whose 32-byte seed is ``seed``."""
        self._key = mldsa.MLDSA44PrivateKey.from_seed_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self._verifier = Verifier(name=name, kind=Kind.MLDSA44_COSIGNER, public_bytes=public)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return self._verifier

    def cosign(self, text: bytes, *, at: datetime) -> bytes:
        """Cosign the text of a checkpoint; ML-DSA signatures differ each time."""
        time = int(at.timestamp())
        message = mldsa44_message(text, time, cosigner=self._verifier.name)
        return time.to_bytes(8, "big") + self._key.sign(message)
