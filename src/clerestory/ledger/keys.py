"""Keys that sign and check notes, in the text forms other programs use.

Source: C2SP signed-note (keys and key ids), tlog-cosignature (types 4 and 6), and Go's
``sumdb/note`` for the private form of an Ed25519 key.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from clerestory.ledger import base64s
from clerestory.ledger.cosigned import ed25519_message, mldsa44_message
from clerestory.ledger.errors import BadNote, Unsigned


class Kind(IntEnum):
    """The signature types that this program makes and checks."""

    ED25519 = 0x01
    ED25519_COSIGNER = 0x04
    MLDSA44_COSIGNER = 0x06


_PUBLIC_BYTES = {Kind.ED25519: 32, Kind.ED25519_COSIGNER: 32, Kind.MLDSA44_COSIGNER: 1312}
_SIGNATURE_BYTES = {Kind.ED25519: 64, Kind.ED25519_COSIGNER: 72, Kind.MLDSA44_COSIGNER: 2428}


def check_name(name: str) -> None:
    """Refuse a key name that a note cannot carry."""
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise BadNote(f"a key name has no space and no plus sign: {name!r}")
    if any(ord(letter) < 0x20 for letter in name):
        raise BadNote(f"a key name has no control character: {name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    kind: Kind
    public_bytes: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public_bytes) != _PUBLIC_BYTES[self.kind]:
            raise BadNote(
                f"a key of type {self.kind:#04x} has {_PUBLIC_BYTES[self.kind]} bytes: "
                f"{len(self.public_bytes)}"
            )

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of the same name."""
        return _key_id(self.name, self.kind, self.public_bytes)

    @property
    def vkey(self) -> str:
        """The public text form."""
        key = base64s.encode(bytes([self.kind]) + self.public_bytes)
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def check(self, text: bytes, signature: bytes) -> None:
        """Check one signature over the text of a note (its last newline included).

        Raises:
            Unsigned: The signature is not by this key over this text.
        """
        if len(signature) != _SIGNATURE_BYTES[self.kind]:
            raise Unsigned(f"a signature by {self.name} has another length: {len(signature)}")
        try:
            if self.kind is Kind.ED25519:
                _ed25519(self.public_bytes).verify(signature, text)
                return
            time, body = int.from_bytes(signature[:8], "big"), signature[8:]
            if self.kind is Kind.ED25519_COSIGNER:
                _ed25519(self.public_bytes).verify(body, ed25519_message(text, time))
            else:
                message = mldsa44_message(text, time, cosigner=self.name)
                mldsa.MLDSA44PublicKey.from_public_bytes(self.public_bytes).verify(body, message)
        except (InvalidSignature, ValueError) as fault:
            raise Unsigned(f"a signature by {self.name} must be over this note") from fault


@lru_cache(maxsize=64)
def _key_id(name: str, kind: Kind, public_bytes: bytes) -> bytes:
    material = b"%s\n%c%s" % (name.encode(), kind, public_bytes)
    return hashlib.sha256(material).digest()[:4]


def _ed25519(public_bytes: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(public_bytes)


def parse_vkey(text: str) -> Verifier:
    """Read a public key in its text form.

    Raises:
        BadNote: It is malformed, of a type that is not supported, or its id does not fit.
    """
    # The base64 part may hold plus signs itself.
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise BadNote(f"a verifier key is name+id+base64: {text[:80]!r}")
    name, key_id, encoded = parts
    material = base64s.decode(encoded, what="a verifier key")
    try:
        kind = Kind(material[0]) if material else None
    except ValueError:
        kind = None
    if kind is None:
        raise BadNote(
            f"a verifier key must be of a known type: {material[:1].hex() or 'empty'}",
            todo="use an Ed25519 log key (01) or a cosigner key (04, 06)",
        )
    verifier = Verifier(name=name, kind=kind, public_bytes=material[1:])
    if verifier.key_id.hex() != key_id:
        raise BadNote(f"a verifier key must carry its own id: {key_id} is not that of {name}")
    return verifier


class Signer(Protocol):
    """Whatever can sign the text of a note: a key in memory, in a file or in a device."""

    @property
    def verifier(self) -> Verifier:
        """The public half."""

    def sign(self, text: bytes) -> bytes:
        """Sign the text of a note, its last newline included."""


class Ed25519Signer:
    """An Ed25519 key in memory that signs as a log."""

    def __init__(self, *, name: str, seed: bytes) -> None:
        """Take the key whose 32-byte seed is ``seed``."""
        check_name(name)
        if len(seed) != 32:
            raise BadNote(f"an ed25519 seed has 32 bytes: {len(seed)}")
        self._seed = seed
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        self._name = name

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"<{type(self).__name__} {self._name}>"

    @cached_property
    def verifier(self) -> Verifier:
        """The public half."""
        public = self._key.public_key().public_bytes_raw()
        return Verifier(name=self._name, kind=Kind.ED25519, public_bytes=public)

    def sign(self, text: bytes) -> bytes:
        """Sign the text of a note."""
        return self._key.sign(text)

    @property
    def private_text(self) -> str:
        """The private text form that Go's ``sumdb/note`` reads; keep it secret."""
        key = base64s.encode(bytes([Kind.ED25519]) + self._seed)
        return f"PRIVATE+KEY+{self._name}+{self.verifier.key_id.hex()}+{key}"


def parse_signing_key(text: str) -> Ed25519Signer:
    """Read the private text form of an Ed25519 key.

    Raises:
        BadNote: It is malformed, or its id does not fit. The message never shows the key.
    """
    parts = text.strip().split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
        raise BadNote("a signing key is PRIVATE+KEY+name+id+base64")
    try:
        material = base64s.decode(parts[4], what="a signing key")
    except BadNote:
        # The first message would quote the secret.
        raise BadNote("a signing key must be standard base64") from None
    if len(material) != 33 or material[0] != Kind.ED25519:
        raise BadNote("a signing key must be of type 01, ed25519, with 32 bytes")
    signer = Ed25519Signer(name=parts[2], seed=material[1:])
    if signer.verifier.key_id.hex() != parts[3]:
        raise BadNote(f"a signing key must carry its own id: {parts[3]}")
    return signer


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
