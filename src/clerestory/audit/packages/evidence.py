"""A package's own log entry: it stands in the log, and it commits to exactly these contents."""

from clerestory.disclosure import FIELD, LogEvidence, ProvedEvidence
from clerestory.kernel import Corruption
from clerestory.ledger import (
    BadNote,
    BadProof,
    EventType,
    Leaf,
    Ledger,
    Torn,
    Unsigned,
    VerifiedEntry,
    Verifier,
    open_field,
    parse_leaf,
    verify_proof,
)
from clerestory.ledger.opening_file import opening_bytes, parse_opening


def evidence_of(ledger: Ledger, index: int) -> LogEvidence:
    """Take an answer's entry out of the ledger with its opening and its inclusion proof.

    Only the package's own field is opened; the entry's other fields stay shut.
    """
    entry = ledger.entry(index)
    # An entry that shows its fields has nothing to open.
    opening = b"" if parse_leaf(entry).public else opening_bytes(ledger.opening(index, FIELD))
    return LogEvidence(entry=entry, opening=opening, proof=ledger.prove(index))


def prove_logged(
    evidence: LogEvidence, *, demand_id: str, contents_digest: str, log: Verifier
) -> ProvedEvidence:
    """Check evidence against the log's key and return it as proved.

    Raises:
        OtherSigner, UnknownLog: The proof is signed by another log or key than ``log``.
        Corruption: The evidence does not hold; ``code`` says in what.
    """
    check_inclusion(evidence, log)
    check_commitment(evidence, demand_id=demand_id, contents_digest=contents_digest)
    return ProvedEvidence(evidence=evidence, demand_id=demand_id, contents_digest=contents_digest)


def check_inclusion(evidence: LogEvidence, log: Verifier) -> VerifiedEntry:
    """Prove that the log holds the entry (RFC 6962 inclusion under a signed checkpoint).

    Raises:
        OtherSigner, UnknownLog: The proof is signed by another log or key than ``log``.
        Corruption: The proof does not lead to the log's signed root (``package-proof-invalid``).
    """
    try:
        return verify_proof(evidence.proof, evidence.entry, log)
    except (BadNote, BadProof, Unsigned) as fault:
        raise _alarm(
            f"the inclusion proof must show the entry in the log: {fault}", "package-proof-invalid"
        ) from fault


def check_commitment(evidence: LogEvidence, *, demand_id: str, contents_digest: str) -> None:
    """Prove that the entry, once it is known to be logged, is about exactly these contents.

    Raises:
        Corruption: It is of another type, for another demand, or commits to something else.
    """
    try:
        leaf = parse_leaf(evidence.entry)
    except Torn as fault:
        raise _alarm(str(fault), "package-entry-unreadable") from fault
    # Only these types say that an answer left. Any other entry that holds the same digest in
    # a field of the same name was written for something else. Of the acts in a matter, which look
    # alike, a seal alone binds a field of that name (see ``acts.statement``).
    if leaf.type is EventType.CLASS_DEMAND_ANSWERED:
        committed = _shown(leaf, evidence, demand_id)
    elif leaf.type in {EventType.ANSWER_SEALED, EventType.MATTER_UPDATED}:
        committed = _opened(leaf, evidence)
    else:
        raise _alarm(
            f"a package's entry must be that of an answer: {leaf.type.value}",
            "package-entry-other-type",
        )
    if committed != contents_digest:
        raise _alarm(
            "the log entry must commit to these contents, and commits to others",
            "package-not-the-logged-one",
        )


def _opened(leaf: Leaf, evidence: LogEvidence) -> str:
    """Return what the entry of an answer about somebody commits to."""
    try:
        opening = parse_opening(evidence.opening)
    except BadNote as fault:
        raise _alarm(str(fault), "package-opening-unreadable") from fault
    # Before the value is compared: another field may hold a text that looks like a digest.
    if opening.name != FIELD:
        raise _alarm(
            f"the opening must be of the field {FIELD}, and is of another",
            "package-opening-other-field",
        )
    try:
        return open_field(leaf.commitment or b"", opening)
    except BadProof as fault:
        raise _alarm(str(fault), "package-opening-invalid") from fault


def _shown(leaf: Leaf, evidence: LogEvidence, demand_id: str) -> str | None:
    """Return what the entry of an answer about a whole class shows."""
    if evidence.opening:
        raise _alarm(
            "an entry that shows its fields must come without an opening",
            "package-opening-unreadable",
        )
    if leaf.public.get("demand") != demand_id:
        raise _alarm(
            "the log entry must be for this demand, and is for another",
            "package-entry-other-demand",
        )
    return leaf.public.get(FIELD)


def _alarm(message: str, code: str) -> Corruption:
    return Corruption(
        message,
        code=code,
        todo="do not use the package; keep it, and tell the sender and whoever audits the log",
    )
