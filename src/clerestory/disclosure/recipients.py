"""Who the package is sealed to: reading the one key that the recipient sent.

A key that is merely dressed differently is read. A key that protects nothing, that the recipient
could not open with, or that is of another kind is refused by name, with what to send instead,
before anything is written or logged.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clerestory.disclosure import key_dress, key_kinds, ssh_keys
from clerestory.disclosure.age import age_key, seal_age
from clerestory.disclosure.certificates import read_certificate
from clerestory.disclosure.cms import seal_cms
from clerestory.disclosure.key_dress import Block, Line
from clerestory.disclosure.key_strength import check_x25519, signing_forms
from clerestory.disclosure.receipts import ReceiptKey
from clerestory.disclosure.recipient_kinds import (
    AgeRecipient,
    CertificateRecipient,
    Recipient,
    damaged,
    wrong,
)
from clerestory.disclosure.streams import FeedWriter
from clerestory.kernel import Refusal

__all__ = [
    "KEY_FILE_BYTES",
    "AgeRecipient",
    "CertificateRecipient",
    "Recipient",
    "age_key",
    "read_recipient",
]

KEY_FILE_BYTES = 1 << 20  # the largest keys there are, with a chain and its text, are far below
# What age-keygen prints before the key, and people copy with it.
_LABEL = re.compile(r"^(?:age )?(?:public key|recipient):\s*", re.IGNORECASE)
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def read_recipient(given: bytes, *, at: datetime) -> Recipient:
    """Read the one key that a package is to be sealed to, and seal to it once on trial.

    Args:
        given: The file as the recipient sent it.
        at: The moment for which a certificate must be valid.

    Raises:
        Refusal: It is not a key that can be sealed to; ``todo`` says what to ask for.
    """
    # 1. A file of a sane size, in one of the two forms: bytes of a certificate, or text.
    if not given.strip():
        raise wrong("the recipient key is empty")
    if len(given) > KEY_FILE_BYTES:
        raise wrong(f"a recipient key must be smaller than {KEY_FILE_BYTES} bytes: {len(given)}")
    value = key_dress.first_der(given)
    recipient = _from_text(given, at) if value is None else _from_der(value, at, "")
    # 2. Seal nothing to it, on the very path that the package takes. What this cannot do, the
    #    package could not do either, after it was logged.
    _seal_on_trial(recipient)
    return recipient


def public_keys_of(recipient: Recipient) -> tuple[ReceiptKey, ...]:
    """Return a recipient's key in the form in which keys that sign are compared.

    An age key has two: whoever holds the private half of either opens what is sealed to it. An RSA
    key without a certificate signs neither receipts nor packages, and has none.
    """
    if isinstance(recipient, CertificateRecipient):
        return (recipient.der,)
    if recipient.text.startswith("age1"):
        return tuple(
            map(Ed25519PublicKey.from_public_bytes, signing_forms(_x25519(recipient.text)))
        )
    if not recipient.text.startswith("ssh-ed25519 "):
        return ()
    key = serialization.load_ssh_public_key(recipient.text.encode())
    return (key,) if isinstance(key, Ed25519PublicKey) else ()


def _from_text(given: bytes, at: datetime) -> Recipient:
    text = key_dress.text_of(given)
    if text is None:
        raise key_kinds.wrong_bytes(given)
    key_kinds.check_whole_text(text)
    value = key_dress.first_der(key_dress.from_base64(text) or b"")
    if value is not None:
        return _from_der(value, at, "")
    blocks, outside = key_dress.take_apart(text)
    keys = outside
    if blocks:
        # Text around a block is for people, unless it is a key itself.
        keys = [line for line in outside if key_kinds.is_key(line.text)]
    if not blocks and not keys:
        raise wrong("the recipient key must be more than comments")
    # A chain is told from a certificate that stands twice before any of it is judged: what is
    # wrong with an authority's certificate is no news to the reader.
    bodies = {block.body: block.line for block in reversed(blocks)}
    if len(bodies) > 1:
        raise _not_one(len(bodies), bodies.values())
    read = [(block.line, _from_block(block, at)) for block in blocks[:1]]
    read += [(line.number, _from_line(line, at)) for line in keys]
    return _only_one(read)


def _only_one(read: list[tuple[int, Recipient]]) -> Recipient:
    # The same key twice is one key; of two different ones none is picked.
    different = {recipient: number for number, recipient in reversed(read)}
    if len(different) == 1:
        return read[0][1]
    raise _not_one(len(different), different.values())


def _not_one(keys: int, lines: Iterable[int]) -> Refusal:
    said = ", ".join(map(str, sorted(set(lines))))
    return wrong(
        f"one recipient key must be given: {keys} keys, lines {said}",
        code="recipient-not-one",
        send="leave the one key that the recipient named to you, or ask which it is",
    )


def _from_block(block: Block, at: datetime) -> Recipient:
    where = f", line {block.line}"
    if block.label in {"CERTIFICATE", "X509 CERTIFICATE"}:
        return _from_der(block.body, at, where)
    if block.label == "TRUSTED CERTIFICATE":  # OpenSSL writes its own remarks behind the value
        return read_certificate(key_kinds.leading_value(block.body, where), at=at, where=where)
    if block.label in {"PKCS7", "CMS", "PKCS #7 SIGNED DATA"}:
        return _from_bag(block.body, at, where)
    if block.label == "SSH2 PUBLIC KEY":
        return ssh_keys.read_blob(block.body, where)
    raise key_kinds.wrong_block(block.label, where)


def _from_der(value: bytes, at: datetime, where: str) -> Recipient:
    kind = key_kinds.kind_of_der(value)
    if kind == "certificate":
        return read_certificate(value, at=at, where=where)
    if kind == "bag":
        return _from_bag(value, at, where)
    raise key_kinds.wrong_der(kind, where)


def _from_bag(bag: bytes, at: datetime, where: str) -> Recipient:
    held = tuple(dict.fromkeys(key_dress.certificates_in(bag, where)))
    if len(held) != 1:
        # Which of a chain is the recipient's own is theirs to say: an old one may lie beside it.
        raise wrong(
            f"a bag of certificates must hold one: {len(held)}{where}",
            code="recipient-not-one",
            send="ask for the recipient's own certificate by itself, as PEM or DER",
        )
    return read_certificate(held[0], at=at, where=where)


def _from_line(line: Line, at: datetime) -> Recipient:
    where = f", line {line.number}"
    text = _LABEL.sub("", line.text).strip("\"'<>`")
    if text[:4].lower() == "age1":
        return _from_bech32(text, where)
    return ssh_keys.read_line(text, at=at, where=where)


def _from_bech32(text: str, where: str) -> AgeRecipient:
    # Bech32 is written in small letters or in capitals (for QR codes), never in both.
    plain = text.lower() if text.isupper() else text
    prefix = plain.rpartition("1")[0]
    if prefix != "age":
        raise key_kinds.wrong_age(prefix, where)
    recipient = AgeRecipient(text=plain)
    try:
        age_key(recipient)
    except Refusal as fault:
        raise damaged(where) from fault
    check_x25519(_x25519(plain))
    return recipient


def _x25519(text: str) -> bytes:
    """Return the 32 bytes of an age recipient that is whole, without its checksum."""
    data = text.rpartition("1")[2]
    bits = "".join(f"{_BECH32.index(letter):05b}" for letter in data[:-6])
    return bytes(int(bits[at : at + 8], 2) for at in range(0, 256, 8))


def _seal_on_trial(recipient: Recipient) -> None:
    try:
        if isinstance(recipient, AgeRecipient):
            seal_age(iter([b""]), [recipient], FeedWriter(lambda _: None))
        else:
            for _ in seal_cms([b""], 0, [recipient], random_bytes=bytes):
                pass
    except (Refusal, ValueError, TypeError) as fault:
        raise wrong(
            "a trial sealing to the recipient key failed", code="recipient-unusable"
        ) from fault
