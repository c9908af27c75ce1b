"""Salted commitments: a leaf binds every field and shows none.

Each field has its own fresh 32-byte salt, so one field can be opened while the others stay shut,
and no key held by the agency could open history by guessing.

    field digest = SHA-256("clerestory/field/v1" || 0x00 || salt
                           || uint32 length || name || uint32 length || value)
    commitment   = SHA-256("clerestory/commit/v1" || 0x00 || field digests, sorted and joined)

Names and values are UTF-8; lengths are big-endian and count bytes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clerestory.ledger.errors import BadProof
from clerestory.notes.errors import BadNote

SALT_BYTES = 32

_FIELD_TAG = b"clerestory/field/v1\x00"

_COMMIT_TAG = b"clerestory/commit/v1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the holder of one field needs to prove it: its salt and the other digests."""

    name: str
    value: str
    salt: bytes
    others: tuple[bytes, ...]


def field_digest(*, name: str, value: str, salt: bytes) -> bytes:
    """Hash one field with its salt.

    Raises:
        BadNote: The salt has another length.
    """
    if len(salt) != SALT_BYTES:
        raise BadNote(f"a salt has {SALT_BYTES} bytes: {len(salt)}")
    parts = [_FIELD_TAG, salt]
    # Length before content: no name and value can be cut in two places.
    for text in (name, value):
        content = text.encode()
        parts += (len(content).to_bytes(4, "big"), content)
    return hashlib.sha256(b"".join(parts)).digest()


def commit_digests(digests: Sequence[bytes]) -> bytes:
    """Join field digests into the commitment; their order does not matter."""
    return hashlib.sha256(_COMMIT_TAG + b"".join(sorted(digests))).digest()


def commit_fields(fields: Mapping[str, str], salts: Mapping[str, bytes]) -> bytes:
    """Commit to all fields, each with the salt of the same name.

    Raises:
        BadNote: There is no field, a field has no salt, or two fields share one.
    """
    if not fields or fields.keys() != salts.keys():
        raise BadNote("a commitment needs fields, and one salt for each")
    if len(set(salts.values())) != len(salts):
        raise BadNote("a commitment needs another salt for each field")
    return commit_digests(
        [field_digest(name=name, value=fields[name], salt=salts[name]) for name in fields]
    )


def make_opening(name: str, fields: Mapping[str, str], salts: Mapping[str, bytes]) -> Opening:
    """Take out one field, so that its holder can prove it without the others' salts."""
    others = [
        field_digest(name=other, value=fields[other], salt=salts[other])
        for other in fields
        if other != name
    ]
    return Opening(name=name, value=fields[name], salt=salts[name], others=tuple(sorted(others)))


def open_field(commitment: bytes, opening: Opening) -> str:
    """Prove that the commitment holds this field with this value, and return the value.

    Raises:
        BadProof: It does not.
    """
    digest = field_digest(name=opening.name, value=opening.value, salt=opening.salt)
    if commit_digests([digest, *opening.others]) != commitment:
        raise BadProof(f"an opened field must fit its commitment: {opening.name}")
    return opening.value
