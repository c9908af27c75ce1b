"""Signed notes: who vouches for bytes, with a key that has a name.

Source: C2SP signed-note.md, signature type 0x01 (Ed25519).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clerestory.kernel import Corruption, Refusal

_ED25519 = b"\x01"
_DASH = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A named Ed25519 key. ``str()`` gives the verifier key, ``name+id+base64``."""

    name: str
    raw: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or any(c.isspace() for c in self.name):
            raise Refusal(
                f"a key name must have no plus sign and no space: {self.name}",
                code="key-name-unusable",
                todo="use a name such as dhhs.maine.example/sender",
            )
        if len(self.raw) != 32:
            raise Refusal(
                f"an Ed25519 public key must be 32 bytes: {len(self.raw)}",
                code="key-unreadable",
                todo="give the verifier key as the sender published it",
            )

    @property
    def key_id(self) -> str:
        """The first 4 bytes of the key's hash, as 8 hexadecimal digits."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).hexdigest()[:8]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    def pem(self) -> bytes:
        """Return the key as PEM, the form that ``openssl pkeyutl`` reads."""
        return Ed25519PublicKey.from_public_bytes(self.raw).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signer:
    """A named private key. It has no ``repr``, so that it cannot end in a message."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The half that may be published."""
        return PublicKey(name=self.name, raw=self._key().public_key().public_bytes_raw())

    def secret_text(self) -> str:
        """Return the private key in its written form; keep it where only the sender reads."""
        secret = base64.b64encode(_ED25519 + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.public.key_id}+{secret}"

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over ``message``."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def read_public_key(text: str) -> PublicKey:
    """Read a verifier key.

    Raises:
        Refusal: It is not one, is a private key, or its id is not that of the key.
    """
    words = text.strip().split("+", 2)
    if text.strip().startswith("PRIVATE+KEY+"):
        raise _bad_key("a private key was given where the public one belongs")
    if len(words) != 3:
        raise _bad_key("a verifier key is name+id+base64")
    raw = _typed_key(words[2])
    key = PublicKey(name=words[0], raw=raw)
    if key.key_id != words[1]:
        raise _bad_key("the key's id is not that of the key")
    return key


def read_signer(text: str) -> Signer:
    """Read a private key from its written form.

    Raises:
        Refusal: It is not one. The text is never repeated.
    """
    words = text.strip().split("+", 4)
    if len(words) != 5 or words[:2] != ["PRIVATE", "KEY"]:
        raise _bad_key("a signing key begins with PRIVATE+KEY+")
    seed = _typed_key(words[4])
    if len(seed) != 32:
        raise _bad_key("a signing key has 32 secret bytes")
    signer = Signer(name=words[2], seed=seed)
    if signer.public.key_id != words[3]:
        raise _bad_key("the key's id is not that of the key")
    return signer


def sign_note(text: str, signer: Signer) -> bytes:
    """Return ``text``, which ends in a newline, as a note with one signature."""
    if not text.endswith("\n"):
        raise ValueError("a note's text must end in a newline")
    public = signer.public
    signed = bytes.fromhex(public.key_id) + signer.sign(text.encode())
    line = f"{_DASH}{public.name} {base64.b64encode(signed).decode()}\n"
    return f"{text}\n{line}".encode()


def open_note(note: bytes, key: PublicKey, *, what: str) -> str:
    """Return the text of ``note`` once ``key`` has signed for it.

    Raises:
        Corruption: The note is malformed, not signed by ``key``, or altered. ``what`` names the
            part in the message and in the code.
    """
    code = f"{what}-signature-invalid"
    text, line = _split(note, code)
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    signed = _strict_base64(encoded)
    if signed is None or len(signed) != 68 or not line.startswith(_DASH):
        raise Corruption(f"the {what} signature is not in the note form", code=code)
    if name != key.name or signed[:4].hex() != key.key_id:
        raise Corruption(f"the {what} signature is not by the key {key.name}", code=code)
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signed[4:], text.encode())
    except (InvalidSignature, ValueError) as fault:
        raise Corruption(f"the {what} signature is not valid", code=code) from fault
    return text


def _split(note: bytes, code: str) -> tuple[str, str]:
    try:
        whole = note.decode()
    except UnicodeDecodeError as fault:
        raise Corruption("a note must be UTF-8 text", code=code) from fault
    text, gap, line = whole.rpartition("\n\n")
    if not gap or not line.endswith("\n") or "\n" in line[:-1] or "\r" in whole:
        raise Corruption("a note is text, an empty line and one signature line", code=code)
    return text + "\n", line[:-1]


def _typed_key(encoded: str) -> bytes:
    decoded = _strict_base64(encoded)
    if decoded is None or decoded[:1] != _ED25519:
        raise _bad_key("the key must be an Ed25519 key in padded base64")
    return decoded[1:]


def _strict_base64(text: str) -> bytes | None:
    # Spare bits would let one signature be written in several ways.
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None


def _bad_key(message: str) -> Refusal:
    return Refusal(
        message, code="key-unreadable", todo="give the key as clerestory keys wrote or published it"
    )
