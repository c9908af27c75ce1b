"""Entries, offline proofs and consistency proofs, read from a log's tables wherever they stand."""

from clerestory.kernel import Refusal
from clerestory.ledger.proof_file import ProofFile, checked_proof
from clerestory.ledger.prover import Prover
from clerestory.ledger.storage.reader import Reader
from clerestory.notes.keys import Verifier


def entry_at(reader: Reader, index: int) -> bytes:
    """Return one entry.

    Raises:
        Refusal: The log has no such index.
    """
    check_index(index, reader.head().size)
    return reader.entries(index, index + 1)[0]


def proof_of(reader: Reader, index: int, verifier: Verifier, *, published: bool = False) -> str:
    """Return the offline proof of one entry, as the text of a ``.tlog-proof`` file.

    Args:
        reader: The log; what it reads is committed.
        index: Which entry.
        verifier: The log's key.
        published: Prove against the latest public checkpoint, with its cosignatures, instead of
            the latest signed one.

    Raises:
        Refusal: The tree has no such index (yet).
        Torn: The database was altered: the proof would not hold.
    """
    if published:
        epoch = reader.latest_epoch(published=True)
        size, note = (epoch.size, epoch.note) if epoch else (0, "")
    else:
        head = reader.head()
        size, note = head.size, head.note
    check_index(index, size)
    hashes = Prover(size, reader.tile).inclusion(index)
    entry = reader.entries(index, index + 1)[0]
    return checked_proof(
        ProofFile(index=index, hashes=tuple(hashes), checkpoint=note), entry, verifier
    )


def consistency_of(reader: Reader, old_size: int, size: int) -> list[bytes]:
    """Return the consistency proof between two sizes of the log."""
    check_index(size - 1, reader.head().size)
    return Prover(size, reader.tile).consistency(old_size)


def check_index(index: int, size: int) -> None:
    """Refuse an index that a tree of this size has not.

    Raises:
        Refusal: It has not.
    """
    if not 0 <= index < size:
        raise Refusal(
            f"an index must be in the tree: {index} of {size}",
            code="log-no-entry",
            todo="ask for an index that the checkpoint covers; a published tree may lag",
        )
