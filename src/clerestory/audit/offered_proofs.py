"""What ``import clerestory`` offers on proofs: verify a package, verify a log.

Paths may be given as text or as :class:`~pathlib.Path`. A key is given as text, as it is
published, or as the :class:`~pathlib.Path` of the file that holds it.
"""

import os
from dataclasses import replace
from pathlib import Path

from clerestory.audit.packages import Verified
from clerestory.audit.packages import verify_package as verify_sealed
from clerestory.disclosure import Identity
from clerestory.kernel import BadFile
from clerestory.kernel.files import read_limited
from clerestory.ledger import VerifiedDirectory as VerifiedLog
from clerestory.ledger import verify_directory
from clerestory.ledger.growth import check_growth
from clerestory.notes import BadNote, Kind, open_checkpoint, parse_vkey

__all__ = ["Verified", "VerifiedLog", "verify_log", "verify_package"]

StrPath = str | os.PathLike[str]
Key = str | os.PathLike[str]
"""A published key as text, or the path of the file that holds it."""

_KEY_BYTES = 100_000
_CHECKPOINT_BYTES = 1_000_000


def verify_package(
    path: StrPath, *, sender: Key, log_key: Key, identity: StrPath | bytes | None = None
) -> Verified:
    """Verify a package that was handed over: its seal, and with an identity all that is in it.

    Args:
        path: The sealed file; its signature lies beside it as ``<name>.sig``.
        sender: The sender's published key, from elsewhere than the package.
        log_key: The log's published key, from elsewhere than the package.
        identity: The recipient's private key: the file that holds it, or its bytes. Without it
            nobody but the sender can look inside, and only the seal is checked.

    Returns:
        What was found true, and of which package; nothing of its contents is kept or written.

    Raises:
        Corruption: A part does not hold; ``code`` names which.
        Refusal: A file or a key is not there or not the right one; nothing is said of the package.

    Since: 0.1.0
    """
    given = identity
    if given is not None and not isinstance(given, bytes):
        given = read_limited(Path(given), _KEY_BYTES)
    return verify_sealed(
        Path(path),
        sender=_text_of(sender, _KEY_BYTES).strip(),
        log_vkey=_text_of(log_key, _KEY_BYTES).strip(),
        identity=None if given is None else Identity(given=given),
    )


def verify_log(
    folder: StrPath, *, log_key: Key, earlier: Key | None = None, proof: Key | None = None
) -> VerifiedLog:
    """Verify a public log whole: every entry, every tile, and the signed root.

    Args:
        folder: The log's public files: ``checkpoint`` and the folder ``tile``.
        log_key: The log's published key, from elsewhere than the folder.
        earlier: A checkpoint seen before, as text or as the path of its file. The log must have
            grown from it; without it a log that was replaced whole passes.
        proof: The log's consistency proof between ``earlier`` and the folder's checkpoint, as
            text or as the path of its file, in the form of a witness's request
            (``clerestory log checkpoint --request``). It is checked as well, whichever of the two
            is larger: the checkpoint in a package may cover entries that are not public yet, and
            without a proof the folder would look as if it had gone back.

    Returns:
        The log's name, its size in entries, its root (32 bytes), and the checkpoint to keep for
        the next time. ``consistent_with`` is the size of ``earlier``.

    Raises:
        Corruption: The files are not what the log signed, or not what it signed before.
        Refusal: A file or a key is not there or not the right one, or a proof is given without
            ``earlier`` or between two other sizes.

    Since: 0.1.0
    """
    # As it stands: a checkpoint is signed to the last line break.
    seen = None if earlier is None else _text_of(earlier, _CHECKPOINT_BYTES)
    key = _text_of(log_key, _KEY_BYTES).strip()
    if proof is None:
        return verify_directory(Path(folder), key, seen)
    if seen is None:
        raise BadNote(
            "a consistency proof is between two checkpoints: the earlier one is not given",
            todo="give the checkpoint that was seen before as earlier",
        )
    return _verify_grown(Path(folder), key, seen, _text_of(proof, _CHECKPOINT_BYTES))


def _verify_grown(folder: Path, key: str, seen: str, proof: str) -> VerifiedLog:
    """Verify a log, and its proof between what it shows and what was seen."""
    verifier = parse_vkey(key, only=Kind.ED25519)
    known = open_checkpoint(seen, verifier)
    verified = verify_directory(folder, verifier)
    shown = open_checkpoint(verified.checkpoint, verifier)
    check_growth(known, shown, proof.encode())
    if known.size <= shown.size:
        # The entries are all here, so that no proof need be believed.
        return verify_directory(folder, verifier, seen)
    return replace(verified, consistent_with=known.size)


def _text_of(given: Key, max_bytes: int) -> str:
    """Return the text, or that of the file; which of the two is told by type and never guessed."""
    if isinstance(given, str):
        return given
    path = Path(given)
    try:
        return read_limited(path, max_bytes).decode()
    except UnicodeDecodeError as fault:
        raise BadFile(
            f"{path.name} is not UTF-8 text: byte {fault.start}",
            todo="give the file as it was published",
            file=path.name,
        ) from fault
