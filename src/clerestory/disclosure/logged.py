"""Logged before it happens: the evidence that a package carries of its own log entry.

The log's rules live in another room. What was checked there comes in as :class:`ProvedEvidence`,
which nothing but ``clerestory.audit`` makes (a guard of the code base sees to it); this room looks
once more whether it was proved for these very contents.
"""

from dataclasses import dataclass

from clerestory.kernel import Refusal

FIELD = "package"  # the name under which the entry commits to the contents' digest


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvidence:
    """The entry of a disclosure, the opening of its package field, and the inclusion proof.

    ``opening`` is empty where the entry shows the field itself: an answer about a whole class.
    """

    entry: bytes
    opening: bytes
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedEvidence:
    """Evidence that was checked against the log's key, and for which contents it holds."""

    evidence: LogEvidence
    demand_id: str
    contents_digest: str


def require_proved(proved: ProvedEvidence, *, demand_id: str, contents_digest: str) -> None:
    """Refuse to seal what was not proved to be logged.

    Raises:
        Refusal: The evidence was proved for another demand or for other contents.
    """
    # Proving and sealing are two calls: whatever lies between them may hand over the wrong pair.
    if (proved.demand_id, proved.contents_digest) != (demand_id, contents_digest):
        raise not_logged("the evidence was proved for other contents")


def not_logged(why: str) -> Refusal:
    """Return the refusal to seal what is not in the log."""
    return Refusal(
        f"a package must be logged before it is sealed: {why}",
        code="disclosure-not-logged",
        todo="append the disclosure to the log, sign a checkpoint, and seal with its proof",
    )
