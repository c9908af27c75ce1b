"""Private fields and their salts, encrypted under one key a matter.

Destroying a matter's key is its erasure: what is left in old backups cannot be opened, and the
log, which holds commitments only, still verifies.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clerestory.kernel import canonical_bytes
from clerestory.ledger.commitment import SALT_BYTES, commit_fields
from clerestory.ledger.errors import Torn
from clerestory.notes import base64s
from clerestory.notes.errors import BadKey, BadNote
from clerestory.notes.key_files import Entropy, read_key_text, write_new_key

KEY_BYTES = 32

_NONCE_BYTES = 12


class KeyEncryptionKey(Protocol):
    """What wraps the matters' keys: a file here, a device or a service elsewhere."""

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Encrypt a matter's key; ``context`` must be given again to unwrap it."""

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt a matter's key.

        Raises:
            Torn: It was wrapped by another key or for another matter, or altered.
        """


class FileKeyEncryptionKey:
    """A key-encryption key held in memory, usually read from a file."""

    def __init__(self, key: bytes, *, entropy: Entropy) -> None:
        """Take a 32-byte AES key."""
        if len(key) != KEY_BYTES:
            raise BadKey(f"a key-encryption key has {KEY_BYTES} bytes: {len(key)}")
        self._cipher = AESGCM(key)
        self._entropy = entropy

    @classmethod
    def read(cls, path: Path, *, entropy: Entropy) -> "FileKeyEncryptionKey":
        """Read the key from a file that holds it in base64.

        Raises:
            Refusal: There is no such file.
            BadKey: The file is malformed or others may read it.
        """
        text = read_key_text(path).strip()
        try:
            key = base64s.decode(text, what="a key-encryption key")
        except BadNote:
            # The first message would quote the secret.
            raise BadKey(
                f"a key-encryption key file must hold standard base64: {path}",
                todo="name the file that clerestory log create made, or restore it",
            ) from None
        return cls(key, entropy=entropy)

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Encrypt a matter's key."""
        return _seal(self._cipher, key, context, self._entropy)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt a matter's key."""
        return _open(self._cipher, wrapped, context, what="a matter's key")


def write_encryption_key(path: Path, *, entropy: Entropy) -> None:
    """Make a key-encryption key and keep it in a new file."""
    write_new_key(path, f"{base64s.encode(entropy(KEY_BYTES))}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The private fields of one entry with the salts that its commitment used."""

    fields: Mapping[str, str]
    salts: Mapping[str, bytes]

    @property
    def commitment(self) -> bytes:
        """The commitment that these fields and salts lead to."""
        return commit_fields(self.fields, self.salts)


def new_payload(fields: Mapping[str, str], *, entropy: Entropy) -> Payload:
    """Give every field a fresh salt."""
    return Payload(fields=dict(fields), salts={name: entropy(SALT_BYTES) for name in fields})


def seal_payload(payload: Payload, *, key: bytes, entropy: Entropy) -> bytes:
    """Encrypt a payload under its matter's key, bound to its commitment."""
    content = canonical_bytes(
        {
            "fields": dict(payload.fields),
            "salts": {name: salt.hex() for name, salt in payload.salts.items()},
        }
    )
    return _seal(AESGCM(key), content, _payload_context(payload.commitment), entropy)


def open_payload(sealed: bytes, *, key: bytes, commitment: bytes) -> Payload:
    """Decrypt a payload and prove that it is what the leaf committed to.

    Raises:
        Torn: It was altered, or belongs to another leaf.
    """
    content = json.loads(_open(AESGCM(key), sealed, _payload_context(commitment), what="a payload"))
    salts = {str(name): bytes.fromhex(salt) for name, salt in content["salts"].items()}
    payload = Payload(fields=content["fields"], salts=salts)
    if payload.commitment != commitment:
        raise Torn("a payload must lead to its leaf's commitment")
    return payload


def seal_bytes(content: bytes, *, key: bytes, context: bytes, entropy: Entropy) -> bytes:
    """Encrypt what stands beside the entries under a matter's key, bound to ``context``."""
    return _seal(AESGCM(key), content, _beside(context), entropy)


def open_bytes(sealed: bytes, *, key: bytes, context: bytes, what: str) -> bytes:
    """Decrypt what ``seal_bytes`` encrypted.

    Raises:
        Torn: It was altered, or is of another context.
    """
    return _open(AESGCM(key), sealed, _beside(context), what=what)


def _beside(context: bytes) -> bytes:
    # Another beginning than that of a payload: neither can be taken for the other.
    return b"clerestory/beside/v1\x00" + context


def matter_context(matter: str) -> bytes:
    """Return what a wrapped key is bound to."""
    return b"clerestory/matter-key/v1\x00" + matter.encode()


def _payload_context(commitment: bytes) -> bytes:
    return b"clerestory/payload/v1\x00" + commitment


def _seal(cipher: AESGCM, content: bytes, context: bytes, entropy: Entropy) -> bytes:
    # A fresh random nonce: one key encrypts far fewer messages than would make two alike.
    nonce = entropy(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, context)


def _open(cipher: AESGCM, sealed: bytes, context: bytes, *, what: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as fault:
        raise Torn(f"{what} must open with its key and be unaltered") from fault
