"""Signed notes and the keys that sign and check them: one copy for every room above.

The ledger's checkpoints and promises, the seals and contents of packages, and receipts are all
notes: a text, an empty line, and signature lines. Nothing here knows what a text means, except
for a checkpoint, whose lines a cosignature covers.

Source: C2SP signed-note, tlog-checkpoint and tlog-cosignature, and Go's ``sumdb/note``.
"""

from clerestory.notes.checkpoint import EMPTY_ROOT, Checkpoint, parse_body
from clerestory.notes.cosigners import Cosigner, Ed25519Cosigner, MLDSA44Cosigner
from clerestory.notes.errors import BadKey, BadNote, OtherSigner, UnknownLog, Unsigned
from clerestory.notes.keys import (
    Ed25519Signer,
    Kind,
    Signer,
    Verifier,
    parse_signing_key,
    parse_vkey,
)
from clerestory.notes.note import (
    Note,
    Signature,
    check_signed,
    cosign_note,
    open_checkpoint,
    parse_note,
    parse_signature,
    sign_note,
    signers_of,
    with_signatures,
)

__all__ = [
    "EMPTY_ROOT",
    "BadKey",
    "BadNote",
    "Checkpoint",
    "Cosigner",
    "Ed25519Cosigner",
    "Ed25519Signer",
    "Kind",
    "MLDSA44Cosigner",
    "Note",
    "OtherSigner",
    "Signature",
    "Signer",
    "UnknownLog",
    "Unsigned",
    "Verifier",
    "check_signed",
    "cosign_note",
    "open_checkpoint",
    "parse_body",
    "parse_note",
    "parse_signature",
    "parse_signing_key",
    "parse_vkey",
    "sign_note",
    "signers_of",
    "with_signatures",
]
