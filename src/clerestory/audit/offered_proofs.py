"""What ``import clerestory`` offers on proofs: verify a package, verify a log.

Paths may be given as text or as :class:`~pathlib.Path`. A key is given as text, as it is
published, or as the :class:`~pathlib.Path` of the file that holds it.
"""

import os
from pathlib import Path

from clerestory.audit.packages import Verified
from clerestory.audit.packages import verify_package as verify_sealed
from clerestory.disclosure import Identity
from clerestory.kernel import BadFile
from clerestory.kernel.files import read_limited
from clerestory.ledger import VerifiedDirectory as VerifiedLog
from clerestory.ledger import verify_directory

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


def verify_log(folder: StrPath, *, log_key: Key, earlier: Key | None = None) -> VerifiedLog:
    """Verify a public log whole: every entry, every tile, and the signed root.

    Args:
        folder: The log's public files: ``checkpoint`` and the folder ``tile``.
        log_key: The log's published key, from elsewhere than the folder.
        earlier: A checkpoint seen before, as text or as the path of its file. The log must have
            grown from it; without it a log that was replaced whole passes.

    Returns:
        The log's name, its size in entries, its root (32 bytes), and the checkpoint to keep for
        the next time.

    Raises:
        Corruption: The files are not what the log signed, or not what it signed before.
        Refusal: A file or a key is not there or not the right one.

    Since: 0.1.0
    """
    # As it stands: a checkpoint is signed to the last line break.
    seen = None if earlier is None else _text_of(earlier, _CHECKPOINT_BYTES)
    return verify_directory(Path(folder), _text_of(log_key, _KEY_BYTES).strip(), seen)


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
