"""The receipt at intake: the log's signed promise to show an entry in its next epochs.

It holds the leaf hash and the latest published size, and no index: the holder learns nothing of
how many entries wait. A holder whose leaf hash is missing from a later epoch can prove it.
"""

from dataclasses import dataclass

from clerestory.notes import base64s
from clerestory.notes.errors import BadNote, UnknownLog
from clerestory.notes.keys import Signer, Verifier
from clerestory.notes.note import check_signed, parse_note, sign_note

HEADER = "clerestory.promise/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The entry with this leaf hash stands in every epoch larger than ``epoch_size``."""

    origin: str
    leaf_hash: bytes
    epoch_size: int

    @property
    def text(self) -> bytes:
        """The signed bytes. Their first line is no origin, so no promise passes as a checkpoint."""
        digest = base64s.encode(self.leaf_hash)
        return f"{HEADER}\n{self.origin}\n{digest}\nafter {self.epoch_size}\n".encode()


def sign_promise(promise: Promise, signer: Signer) -> str:
    """Write a promise as a signed note."""
    return sign_note(promise.text, [signer]).content


def open_promise(content: bytes | str, verifier: Verifier) -> Promise:
    """Read a promise and prove that the log gave it.

    Raises:
        BadNote: It is not a promise.
        UnknownLog: Another log's promise.
        OtherSigner: Another key signed it.
        Unsigned: The log's signature fails.
    """
    note = parse_note(content)
    lines = note.text.decode().split("\n")
    if len(lines) != 5 or lines[0] != HEADER or not lines[3].startswith("after "):
        raise BadNote(f"a promise has four lines and begins with {HEADER}")
    if lines[1] != verifier.name:
        raise UnknownLog(f"a promise must be of the log {verifier.name}: {lines[1]}")
    check_signed(note, verifier, what="a promise")
    return Promise(
        origin=lines[1],
        leaf_hash=base64s.decode_hash(lines[2], what="a leaf hash"),
        epoch_size=base64s.parse_decimal(lines[3].removeprefix("after "), what="a tree size"),
    )
