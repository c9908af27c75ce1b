"""A checkpoint's text: which log, how many leaves, which root. Source: C2SP tlog-checkpoint."""

import hashlib
from dataclasses import dataclass

from clerestory.notes import base64s
from clerestory.notes.errors import BadNote

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves. Source: RFC 6962 section 2.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says about itself; the signatures are around it, in the note."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise BadNote("a checkpoint names its origin on one line")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise BadNote("a checkpoint of size 0 must have the root of the empty tree")

    @property
    def text(self) -> bytes:
        """The bytes that a signature covers."""
        lines = (self.origin, str(self.size), base64s.encode(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()


def parse_body(text: bytes) -> Checkpoint:
    """Read the text of a checkpoint, strictly.

    Raises:
        BadNote: A line is missing, empty or written in another way.
    """
    try:
        decoded = text.decode()
    except UnicodeDecodeError as fault:
        raise BadNote(f"a checkpoint must be utf-8: byte {fault.start}") from fault
    if not decoded.endswith("\n"):
        raise BadNote("a checkpoint must end its last line")
    lines = decoded[:-1].split("\n")
    if len(lines) < 3:
        raise BadNote(f"a checkpoint has at least three lines: {len(lines)}")
    origin, size, root, *extensions = lines
    if not all(extensions):
        raise BadNote("a checkpoint has no empty extension line")
    return Checkpoint(
        origin=origin,
        size=base64s.parse_decimal(size, what="a tree size"),
        root=base64s.decode_hash(root, what="a root hash"),
        extensions=tuple(extensions),
    )
