"""The opening of one field as a file: what its holder shows to prove that field and no other.

Canonical JSON with the field's name, value and salt, and the digests of the other fields, which
stay shut.
"""

import json

from clerestory.kernel import canonical_bytes
from clerestory.ledger.commitment import SALT_BYTES, Opening
from clerestory.notes.errors import BadNote

_KEYS = {"name", "value", "salt", "others"}

_DIGEST_BYTES = 32


def opening_bytes(opening: Opening) -> bytes:
    """Write an opening."""
    return canonical_bytes(
        {
            "name": opening.name,
            "value": opening.value,
            "salt": opening.salt.hex(),
            "others": [other.hex() for other in opening.others],
        }
    )


def parse_opening(content: bytes) -> Opening:
    """Read an opening, strictly: it must be byte for byte what this program writes.

    Raises:
        BadNote: It is not.
    """
    try:
        told = json.loads(content)
        if not isinstance(told, dict) or told.keys() != _KEYS:
            raise ValueError("its keys are not those of an opening")
        opening = Opening(
            name=_text(told["name"]),
            value=_text(told["value"]),
            salt=bytes.fromhex(_text(told["salt"])),
            others=tuple(bytes.fromhex(_text(other)) for other in told["others"]),
        )
    except (ValueError, TypeError, RecursionError) as fault:
        raise _bad(str(fault)[:80]) from fault
    if len(opening.salt) != SALT_BYTES or any(len(o) != _DIGEST_BYTES for o in opening.others):
        raise _bad("a salt or a digest has another length")
    if opening_bytes(opening) != content:
        raise _bad("it is not in its one form")
    return opening


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a part of it is not a text")
    return value


def _bad(why: str) -> BadNote:
    return BadNote(f"an opening must be written in its form: {why}", code="log-opening")
