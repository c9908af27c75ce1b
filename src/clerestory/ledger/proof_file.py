"""Offline proofs: an inclusion proof and the checkpoint it leads to, in one text.

Source: C2SP tlog-proof.
"""

from dataclasses import dataclass

from clerestory.ledger.errors import BadProof, Torn
from clerestory.ledger.tree import check_inclusion, leaf_hash
from clerestory.notes import base64s
from clerestory.notes.errors import BadNote, Unsigned
from clerestory.notes.keys import Kind, Verifier, parse_vkey
from clerestory.notes.note import check_untouched, open_checkpoint

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFile:
    """The parts of a proof. ``extra`` is not authenticated by anything."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """The proof as it is written in a ``.tlog-proof`` file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64s.encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [base64s.encode(digest) for digest in self.hashes]
        return "\n".join([*lines, "", self.checkpoint])


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedEntry:
    """What a checked proof establishes: this entry stands at this place of this log."""

    origin: str
    index: int
    leaf_hash: bytes
    size: int
    root: bytes
    checkpoint: str


def parse_proof(text: str) -> ProofFile:
    """Read a proof, strictly.

    Raises:
        BadNote: It is not written as tlog-proof says.
    """
    check_untouched(text.encode(), what="a proof")
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise BadNote(f"a proof must begin with {HEADER} and hold a checkpoint")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = base64s.decode(lines.pop(0).removeprefix("extra "), what="extra data")
    if not lines or not lines[0].startswith("index "):
        raise BadNote("a proof must name the index of its entry")
    index = base64s.parse_decimal(lines.pop(0).removeprefix("index "), what="an index")
    if len(lines) > 63:
        raise BadNote(f"a proof has at most 63 hashes: {len(lines)}")
    hashes = tuple(base64s.decode_hash(line, what="a proof hash") for line in lines)
    return ProofFile(index=index, hashes=hashes, checkpoint=checkpoint, extra=extra)


def checked_proof(proof: ProofFile, entry: bytes, log: Verifier) -> str:
    """Return a proof as text once it holds, since who is given a false one will blame the log.

    Raises:
        Torn: It does not hold: what it was built from was altered.
    """
    try:
        verify_proof(proof.text, entry, log)
    except (BadProof, Unsigned) as fault:
        raise Torn(
            f"a proof must hold before it is given out: {fault}",
            todo="give out nothing; run: clerestory log audit DIRECTORY",
        ) from fault
    return proof.text


def verify_proof(proof_text: str, entry_bytes: bytes, vkey: str | Verifier) -> VerifiedEntry:
    """Prove, without any database, that a log holds these entry bytes.

    Args:
        proof_text: The text of a ``.tlog-proof`` file.
        entry_bytes: The whole entry, as it stands in the log.
        vkey: The log's public key, from a source other than the proof.

    Raises:
        BadNote: The proof or the key is malformed.
        UnknownLog: The checkpoint is of another log.
        OtherSigner: The checkpoint is signed by another key.
        Unsigned: The log's signature on the checkpoint fails.
        BadProof: The entry is not what the log holds there.
    """
    verifier = parse_vkey(vkey, only=Kind.ED25519) if isinstance(vkey, str) else vkey
    proof = parse_proof(proof_text)
    checkpoint = open_checkpoint(proof.checkpoint, verifier)
    digest = leaf_hash(entry_bytes)
    check_inclusion(
        index=proof.index,
        size=checkpoint.size,
        leaf=digest,
        proof=proof.hashes,
        root=checkpoint.root,
    )
    return VerifiedEntry(
        origin=checkpoint.origin,
        index=proof.index,
        leaf_hash=digest,
        size=checkpoint.size,
        root=checkpoint.root,
        checkpoint=proof.checkpoint,
    )
