"""What the agency committed to: a public, tamper-evident log that holds nothing personal.

RFC 6962 hashing, C2SP tiles, checkpoints, cosignatures and offline proofs, so that any client of
those formats can check this log. ``Ledger`` writes events to a folder of its own and
``EmbeddedLedger`` to tables beside its caller's, in the caller's transaction; ``verify_proof`` and
``verify_directory`` need nothing but public files and the log's key.
"""

from clerestory.ledger.audit import AuditReport, LedgerFault, audit_embedded, audit_ledger
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.commitment import (
    Opening,
    commit_fields,
    field_digest,
    make_opening,
    open_field,
)
from clerestory.ledger.cosigning import add_cosignatures, ask_witnesses, request_for
from clerestory.ledger.directory import VerifiedDirectory, verify_directory
from clerestory.ledger.embedded import EmbeddedLedger
from clerestory.ledger.errors import (
    BadProof,
    Busy,
    Forked,
    RolledBack,
    StorageFailed,
    Torn,
)
from clerestory.ledger.events import Event, EventType, parse_event_type
from clerestory.ledger.leaf import Leaf, parse_leaf
from clerestory.ledger.ledger import Appended, Ledger
from clerestory.ledger.log import Log
from clerestory.ledger.promise import Promise, open_promise
from clerestory.ledger.proof_file import VerifiedEntry, parse_proof, verify_proof
from clerestory.ledger.recount import Recount
from clerestory.ledger.rows import Written
from clerestory.ledger.storage import (
    SqliteStatements,
    Statements,
    create_tables,
    statements_on,
)
from clerestory.ledger.tree import leaf_hash, node_hash
from clerestory.ledger.trust import TrustPolicy, parse_trust_policy
from clerestory.ledger.vault import FileKeyEncryptionKey, KeyEncryptionKey
from clerestory.ledger.witness import Answer, Witness
from clerestory.notes import (
    BadNote,
    Checkpoint,
    Ed25519Cosigner,
    Ed25519Signer,
    MLDSA44Cosigner,
    OtherSigner,
    Signer,
    UnknownLog,
    Unsigned,
    Verifier,
    open_checkpoint,
    parse_note,
    parse_signing_key,
    parse_vkey,
    sign_note,
)

__all__ = [
    "Answer",
    "Appended",
    "AuditReport",
    "BadNote",
    "BadProof",
    "Busy",
    "Checkpoint",
    "Ed25519Cosigner",
    "Ed25519Signer",
    "EmbeddedLedger",
    "Event",
    "EventType",
    "FileKeyEncryptionKey",
    "Forked",
    "Keeper",
    "KeyEncryptionKey",
    "Leaf",
    "Ledger",
    "LedgerFault",
    "Log",
    "MLDSA44Cosigner",
    "Opening",
    "OtherSigner",
    "Promise",
    "Recount",
    "RolledBack",
    "Signer",
    "SqliteStatements",
    "Statements",
    "StorageFailed",
    "Torn",
    "TrustPolicy",
    "UnknownLog",
    "Unsigned",
    "VerifiedDirectory",
    "VerifiedEntry",
    "Verifier",
    "Witness",
    "Written",
    "add_cosignatures",
    "ask_witnesses",
    "audit_embedded",
    "audit_ledger",
    "commit_fields",
    "create_tables",
    "field_digest",
    "leaf_hash",
    "make_opening",
    "node_hash",
    "open_checkpoint",
    "open_field",
    "open_promise",
    "parse_event_type",
    "parse_leaf",
    "parse_note",
    "parse_proof",
    "parse_signing_key",
    "parse_trust_policy",
    "parse_vkey",
    "request_for",
    "sign_note",
    "statements_on",
    "verify_directory",
    "verify_proof",
]
