"""Proof that a package's own log entry stands in the log (logged before it happens).

The log's rules live in another room; what this room needs of them comes in as two callables.
"""

from collections.abc import Callable
from dataclasses import dataclass

from clerestory.kernel import ClerestoryError, Corruption, Refusal

FIELD = "package"  # the name under which the entry commits to the contents' digest

VerifyProof = Callable[[str, bytes, str], object]
"""``(proof text, entry, log's verifier key)``: raises unless the entry is in the log."""

VerifyOpening = Callable[[bytes, bytes, str, str], object]
"""``(entry, opening, field, value)``: raises unless the entry commits to field = value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvidence:
    """The entry of a disclosure, the opening of its package field, and the inclusion proof."""

    entry: bytes
    opening: bytes
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChecks:
    """How the log is checked, and against which key."""

    verify_proof: VerifyProof
    verify_opening: VerifyOpening
    log_vkey: str


# What a reader of foreign bytes may raise: whatever it is, the evidence does not hold.
_FAILURES = (ClerestoryError, ValueError, TypeError, LookupError)


def check_logged(evidence: LogEvidence, contents_digest: str, checks: LogChecks) -> None:
    """Check that the log holds an entry that commits to exactly these contents.

    Raises:
        Corruption: The proof does not verify (``package-proof-invalid``), or the entry commits to
            something else (``package-not-the-logged-one``).
    """
    try:
        checks.verify_proof(evidence.proof, evidence.entry, checks.log_vkey)
    except _FAILURES as fault:
        raise Corruption(
            f"the inclusion proof does not show the entry in the log: {fault}",
            code="package-proof-invalid",
        ) from fault
    try:
        checks.verify_opening(evidence.entry, evidence.opening, FIELD, contents_digest)
    except _FAILURES as fault:
        raise Corruption(
            f"the log entry does not commit to these contents: {fault}",
            code="package-not-the-logged-one",
        ) from fault


def require_logged(evidence: LogEvidence, contents_digest: str, checks: LogChecks) -> None:
    """Refuse to go on unless the disclosure is logged.

    Raises:
        Refusal: It is not.
    """
    try:
        check_logged(evidence, contents_digest, checks)
    except Corruption as fault:
        raise Refusal(
            f"a package must be logged before it is sealed: {fault}",
            code="disclosure-not-logged",
            todo="append the disclosure to the log, sign a checkpoint, and seal with its proof",
        ) from fault
