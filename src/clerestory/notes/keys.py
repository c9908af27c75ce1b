"""Keys that sign and check notes, in the text forms other programs use.

Source: C2SP signed-note (keys and key ids), tlog-cosignature (types 4 and 6), and Go's
``sumdb/note`` for the private form of an Ed25519 key.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from clerestory.notes import base64s
from clerestory.notes.cosigned import ed25519_message, mldsa44_message
from clerestory.notes.errors import BadKey, BadNote, Unsigned


class Kind(IntEnum):
    """The signature types that this program makes and checks."""

    ED25519 = 0x01
    ED25519_COSIGNER = 0x04
    MLDSA44_COSIGNER = 0x06


SEED_BYTES = 32

_PUBLIC_BYTES = {Kind.ED25519: 32, Kind.ED25519_COSIGNER: 32, Kind.MLDSA44_COSIGNER: 1312}
_SIGNATURE_BYTES = {Kind.ED25519: 64, Kind.ED25519_COSIGNER: 72, Kind.MLDSA44_COSIGNER: 2428}


# Every encoding, its sign bit left out, of the eight points of small order (RFC 7748 section 7 and
# RFC 8032 section 5.1.3): under such a "key" one signature holds for any message.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)

_SECRET_MARKS = ("PRIVATE+KEY+", "CLERESTORY+COSIGNER+", "AGE-SECRET-KEY-", "PRIVATE KEY-----")


def check_name(name: str) -> None:
    """Refuse a key name that a note cannot carry.

    Raises:
        BadKey: It is empty, or holds a space, a plus sign or a control character.
    """
    if not name or "+" in name or any(c.isspace() or ord(c) < 0x20 for c in name):
        raise BadKey(
            f"a key name has no space, no plus sign and no control character: {name[:80]!r}",
            code="key-name-unusable",
            todo="use a name such as dhhs.maine.example/sender",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    kind: Kind
    public_bytes: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public_bytes) != _PUBLIC_BYTES[self.kind]:
            raise _bad_key(
                f"a key of type {self.kind:#04x} has {_PUBLIC_BYTES[self.kind]} bytes: "
                f"{len(self.public_bytes)}"
            )
        if self.kind is not Kind.MLDSA44_COSIGNER:
            point = self.public_bytes[:31] + bytes([self.public_bytes[31] & 0x7F])
            if point in _SMALL_ORDER:
                raise _bad_key("a key must not be a point of small order: anyone signs for it")

    def __str__(self) -> str:
        return self.vkey

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of the same name."""
        return _key_id(self.name, self.kind, self.public_bytes)

    @property
    def vkey(self) -> str:
        """The public text form."""
        key = base64s.encode(bytes([self.kind]) + self.public_bytes)
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @property
    def said(self) -> str:
        """Name and id, for messages: short enough to be read out by telephone."""
        return f"{self.name} (key id {self.key_id.hex()})"

    def pem(self) -> bytes:
        """Return an Ed25519 key as PEM, the form that ``openssl pkeyutl`` reads."""
        return _ed25519(self.public_bytes).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

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


def parse_vkey(text: str, *, only: Kind | None = None) -> Verifier:
    """Read a public key in its text form, ``name+id+base64``.

    Args:
        text: The key; space around it is passed over.
        only: The one type that belongs here; any known type where nothing is said.

    Raises:
        BadKey: It is malformed, secret, of a type that does not belong, or its id does not fit.
    """
    if any(mark in text for mark in _SECRET_MARKS):
        # The text is not repeated: it is a secret, and now it has been shown to somebody.
        raise BadKey(
            "a private key was given where the public one belongs",
            todo="give the public key, and replace this private key: it has been shown",
        )
    # The base64 part may hold plus signs itself.
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise _bad_key(f"a verifier key is name+id+base64: {text[:80]!r}")
    name, key_id, encoded = parts
    material = _decode_key(encoded)
    try:
        kind = Kind(material[0]) if material else None
    except ValueError:
        kind = None
    if kind is None:
        raise _bad_key(f"a verifier key must be of a known type: {material[:1].hex() or 'empty'}")
    if only is not None and kind is not only:
        raise _bad_key(f"a key of type {kind:#04x} was given where type {only:#04x} belongs")
    verifier = Verifier(name=name, kind=kind, public_bytes=material[1:])
    if verifier.key_id.hex() != key_id:
        raise _bad_key(f"a verifier key must carry its own id: {key_id[:16]} is not that of {name}")
    return verifier


def _decode_key(encoded: str) -> bytes:
    try:
        return base64s.decode(encoded, what="a verifier key")
    except BadNote as fault:
        raise _bad_key(str(fault)) from fault


def _bad_key(message: str) -> BadKey:
    return BadKey(
        message, todo="copy the key again, whole and on one line, from where it was published"
    )


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
        if len(seed) != SEED_BYTES:
            raise BadKey(f"an ed25519 seed has {SEED_BYTES} bytes: {len(seed)}")
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
        BadKey: It is malformed, or its id does not fit. The message never shows the key.
    """
    parts = text.strip().split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
        raise _bad_secret("a signing key is PRIVATE+KEY+name+id+base64")
    try:
        material = base64s.decode(parts[4], what="a signing key")
    except BadNote:
        # The first message would quote the secret.
        raise _bad_secret("a signing key must be standard base64") from None
    if len(material) != 1 + SEED_BYTES or material[0] != Kind.ED25519:
        raise _bad_secret("a signing key must be of type 01, ed25519, with 32 bytes")
    signer = Ed25519Signer(name=parts[2], seed=material[1:])
    if signer.verifier.key_id.hex() != parts[3]:
        raise _bad_secret(f"a signing key must carry its own id: {parts[3][:16]}")
    return signer


def _bad_secret(message: str) -> BadKey:
    return BadKey(message, todo="give the private key file as the program wrote it")
