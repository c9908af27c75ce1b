"""Sealing what is proved to be logged, and nothing else."""

from collections.abc import Callable, Sequence
from pathlib import Path

from clerestory.audit.packages.evidence import prove_logged
from clerestory.disclosure import Contents, LogEvidence, Recipient, Sealed, not_logged, seal_package
from clerestory.kernel import ClerestoryError
from clerestory.notes import Signer, Verifier


def seal_logged(
    contents: Contents,
    *,
    evidence: LogEvidence,
    log: Verifier,
    recipients: Sequence[Recipient],
    signer: Signer,
    folder: Path,
    random_bytes: Callable[[int], bytes],
    cbc: bool = False,
    answer: str = "",
) -> Sealed:
    """Prove that ``contents`` are logged, then seal them: all of it, or nothing.

    The proof is checked with the log's public key, as the recipient will check it, and not taken
    from whoever wrote the entry: a package that a stranger cannot verify must not leave.

    Args:
        contents: What will leave.
        evidence: Its log entry with the opening and the inclusion proof.
        log: The log's public key.
        recipients: To whom; see :func:`clerestory.disclosure.seal_package`.
        signer: The sender's key.
        folder: Where the package is put.
        random_bytes: Where the keys of an envelope come from.
        cbc: See :func:`clerestory.disclosure.seal_package`.
        answer: See :func:`clerestory.disclosure.package_name`.

    Raises:
        Refusal: The disclosure is not logged, or cannot be sealed.
        Corruption: A file changed since its digest was logged.
        OSError: The disk is full or the folder cannot be written.
    """
    try:
        proved = prove_logged(
            evidence,
            demand_id=contents.demand_id,
            contents_digest=contents.digest,
            log=log,
        )
    except ClerestoryError as fault:
        raise not_logged(str(fault)) from fault
    return seal_package(
        contents,
        proved=proved,
        recipients=recipients,
        signer=signer,
        folder=folder,
        random_bytes=random_bytes,
        cbc=cbc,
        answer=answer,
    )
