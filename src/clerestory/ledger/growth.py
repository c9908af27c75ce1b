"""Two checkpoints of one log, and the proof that the smaller tree is how the larger one began."""

from clerestory.ledger.tree import check_consistency
from clerestory.ledger.witness import parse_request
from clerestory.notes.checkpoint import Checkpoint
from clerestory.notes.errors import BadNote


def check_growth(one: Checkpoint, other: Checkpoint, proof: bytes) -> None:
    """Prove that of two checkpoints the smaller one's tree is how the larger one's began.

    Args:
        one: A checkpoint whose signature is checked already.
        other: Another one of the same log.
        proof: The form in which a log asks a witness to go on: ``old`` and the smaller size, one
            hash a line, an empty line, the larger checkpoint (C2SP tlog-witness,
            ``add-checkpoint``). Its own checkpoint is not believed: it says what is proved.

    Raises:
        BadNote: The proof is not in its form, or is of two other checkpoints.
        BadProof: It does not lead from the one root to the other: the log was rewritten.
    """
    older, newer = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    request = parse_request(proof)
    shown = (request.checkpoint.origin, request.old_size, request.checkpoint.size)
    if shown != (newer.origin, older.size, newer.size):
        raise BadNote(
            f"a consistency proof must be from size {older.size} to size {newer.size} of "
            f"{newer.origin}: it is from {request.old_size} to {request.checkpoint.size} of "
            f"{request.checkpoint.origin}",
            todo="ask the log's office for the proof between these two sizes",
        )
    check_consistency(
        old_size=older.size,
        size=newer.size,
        old_root=older.root,
        root=newer.root,
        proof=request.proof,
    )
