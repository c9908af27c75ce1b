"""Strict base64: one byte string, one way to write it."""

import base64
import binascii

from clerestory.notes.errors import BadNote


def encode(content: bytes) -> str:
    """Write bytes in the standard alphabet with padding."""
    return base64.b64encode(content).decode("ascii")


def decode(text: str, *, what: str) -> bytes:
    """Read standard, padded base64 with zero spare bits, and nothing else.

    Raises:
        BadNote: The text is written in another way.
    """
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as fault:
        raise BadNote(f"{what} must be standard base64: {text[:80]!r}") from fault
    # Spare bits are not looked at by the decoder, so two texts could mean one value.
    if encode(content) != text:
        raise BadNote(f"{what} must be base64 without spare bits: {text[:80]!r}")
    return content


def decode_hash(text: str, *, what: str) -> bytes:
    """Read one SHA-256 hash."""
    content = decode(text, what=what)
    if len(content) != 32:
        raise BadNote(f"{what} must have 32 bytes: {len(content)}")
    return content


def parse_decimal(text: str, *, what: str) -> int:
    """Read a number without sign, spaces or leading zeros, below 2**63.

    Raises:
        BadNote: It is written in another way.
    """
    # str.isdigit alone would take digits of other scripts.
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise BadNote(f"{what} must be a plain decimal number: {text[:40]!r}")
    if len(text) > 19 or int(text) >= 1 << 63:
        raise BadNote(f"{what} must be below 2**63: {text[:40]!r}")
    return int(text)
