"""Signed notes: a text, an empty line, and one line for each signature.

Source: C2SP signed-note and Go's ``sumdb/note``, which reads what is written here.
"""

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clerestory.notes import base64s
from clerestory.notes.checkpoint import Checkpoint, parse_body
from clerestory.notes.cosigners import Cosigner
from clerestory.notes.errors import BadKey, BadNote, OtherSigner, UnknownLog
from clerestory.notes.keys import Signer, Verifier, check_name

MAX_NOTE_BYTES = 1_000_000

MAX_SIGNATURES = 100

_DASH = "— "

_CONTROL = bytes(byte for byte in range(0x20) if byte != 0x0A)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line, not yet checked."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, its newline included."""
        return f"{_DASH}{self.name} {base64s.encode(self.key_id + self.content)}\n"

    @property
    def said(self) -> str:
        """Name and key id, for messages."""
        return f"{self.name} (key id {self.key_id.hex()})"

    def is_by(self, verifier: Verifier) -> bool:
        """Say whether the line claims to be by this key."""
        return (self.name, self.key_id) == (verifier.name, verifier.key_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note taken apart; nothing in it is proven until ``signers_of`` says so."""

    text: bytes
    signatures: tuple[Signature, ...]

    @property
    def content(self) -> str:
        """The whole note as it is written in a file."""
        return f"{self.text.decode()}\n{''.join(s.line for s in self.signatures)}"


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline.

    Raises:
        BadNote: It is malformed.
    """
    if not line.startswith(_DASH):
        raise BadNote(f"a signature line begins with a dash and a space: {line[:40]!r}")
    name, space, encoded = line[len(_DASH) :].partition(" ")
    try:
        check_name(name)
    except BadKey as fault:
        # Not the reader's key: a name in a file that came from elsewhere.
        raise BadNote(f"a signature line names its key: {line[:40]!r}") from fault
    content = base64s.decode(encoded, what="a signature") if space else b""
    if len(content) < 5:
        raise BadNote(f"a signature line holds a name, a key id and a signature: {line[:40]!r}")
    return Signature(name=name, key_id=content[:4], content=content[4:])


def check_untouched(raw: bytes, *, what: str) -> None:
    """Refuse what a program changed that meant to copy a text; that is no sign of a forgery.

    Raises:
        BadNote: It has line ends of another system, or a byte order mark before it.
    """
    byte = 0 if raw.startswith(codecs.BOM_UTF8) else raw.find(b"\r")
    if byte >= 0:
        raise BadNote(
            f"{what} must be as it was signed, and a program that copied it changed its line ends "
            f"or put a byte order mark before it: byte {byte}",
            todo="copy the file again, byte for byte and not as text",
        )


def parse_note(content: bytes | str) -> Note:
    """Take a note apart, strictly.

    Raises:
        BadNote: It is not a signed note.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    # What a stored row holds may be of any kind, whatever the caller's types promise.
    if not isinstance(raw, bytes):
        raise BadNote("a note must be text")
    if len(raw) > MAX_NOTE_BYTES:
        raise BadNote(f"a note has at most {MAX_NOTE_BYTES} bytes: {len(raw)}")
    check_untouched(raw, what="a note")
    try:
        decoded = raw.decode()
    except UnicodeDecodeError as fault:
        raise BadNote(f"a note must be utf-8: byte {fault.start}") from fault
    for place, letter in enumerate(decoded):
        if letter < " " and letter != "\n":
            raise BadNote(f"a note has no control character: {ord(letter):#04x} at {place}")
    # The text itself may hold empty lines; signatures never do.
    text, blank, lines = decoded.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote("a note is a text, an empty line and signature lines")
    found = lines[:-1].split("\n")
    if len(found) > MAX_SIGNATURES:
        raise BadNote(f"a note has at most {MAX_SIGNATURES} signatures: {len(found)}")
    signatures = tuple(parse_signature(line) for line in found)
    return Note(text=f"{text}\n".encode(), signatures=signatures)


def signers_of(note: Note, verifiers: Iterable[Verifier]) -> list[Verifier]:
    """List the known keys that signed the note; unknown signatures are passed over.

    Raises:
        Unsigned: A known key's signature fails: somebody altered the note.
    """
    known = list(verifiers)
    signed: list[Verifier] = []
    for signature in note.signatures:
        for verifier in known:
            if signature.is_by(verifier) and verifier not in signed:
                verifier.check(note.text, signature.content)
                signed.append(verifier)
    return signed


def only_signed(note: Note, verifiers: Iterable[Verifier]) -> Note:
    """Return the note with one proven line for each known key that signed it, and no other.

    Raises:
        Unsigned: A known key's signature fails: somebody altered the note.
    """
    lines = [
        next(line for line in note.signatures if line.is_by(verifier))
        for verifier in signers_of(note, verifiers)
    ]
    return Note(text=note.text, signatures=tuple(lines))


def sign_note(text: bytes, signers: Sequence[Signer]) -> Note:
    """Sign a text with each key.

    Raises:
        BadNote: The text is empty, does not end its last line, or holds a control character.
    """
    if not text.endswith(b"\n"):
        raise BadNote("a note's text must end its last line")
    if len(text.translate(None, _CONTROL)) != len(text):
        raise BadNote("a note has no control character")
    lines = []
    for signer in signers:
        key = signer.verifier
        lines.append(Signature(name=key.name, key_id=key.key_id, content=signer.sign(text)))
    return Note(text=text, signatures=tuple(lines))


def cosign_note(note: Note, cosigner: Cosigner, *, at: datetime) -> Signature:
    """Return the witness's signature line for a checkpoint's note."""
    key = cosigner.verifier
    return Signature(name=key.name, key_id=key.key_id, content=cosigner.cosign(note.text, at=at))


def with_signatures(note: Note, lines: Iterable[Signature]) -> Note:
    """Add signature lines that the note does not have yet."""
    new = [line for line in lines if line not in note.signatures]
    return Note(text=note.text, signatures=(*note.signatures, *new))


def check_signed(note: Note, verifier: Verifier, *, what: str) -> None:
    """Prove that one key signed a note; other people's signatures are passed over.

    Args:
        note: The note.
        verifier: The key that must have signed.
        what: What the note is, for the message, such as ``a checkpoint``.

    Raises:
        OtherSigner: Nobody with this key signed: most often the key is the wrong one.
        Unsigned: The key's own signature fails: the note was altered.
    """
    # Two troubles that need two answers: a wrong key is asked for again, an altered note is kept.
    if not signers_of(note, [verifier]):
        signed = ", ".join(signature.said for signature in note.signatures)
        raise OtherSigner(
            f"{what} must be signed by the key that was given: it names {signed}, "
            f"and the key is {verifier.said}",
            todo="compare the key with the published one; if the key is right, the file is not "
            "its owner's: keep the file and raise the alarm",
        )


def open_checkpoint(content: bytes | str, verifier: Verifier) -> Checkpoint:
    """Read a checkpoint and prove that the log with this key signed it.

    Raises:
        BadNote: It is not a checkpoint.
        UnknownLog: It is a checkpoint of another log.
        OtherSigner: Another key signed it.
        Unsigned: The log's signature fails.
    """
    note = parse_note(content)
    checkpoint = parse_body(note.text)
    if checkpoint.origin != verifier.name:
        raise UnknownLog(
            f"a checkpoint must be of the log {verifier.said}: {checkpoint.origin}, signed by "
            f"{', '.join(signature.said for signature in note.signatures)}",
            todo="ask for the checkpoint or the key of the other log",
        )
    check_signed(note, verifier, what="a checkpoint")
    return checkpoint
