"""The answer that leaves: minimise, write, seal, verify, and take the receipt.

In order: :func:`minimise` cuts the values down to the rulings, the letters say so,
:func:`prepare_contents` lays out what will leave and names its digest, the ledger logs that
digest, :func:`seal_package` seals it with the log's proof, :func:`verify_package` checks all of it
again for a stranger, and :func:`read_receipt` takes the recipient's word.
"""

from clerestory.disclosure.coarsening import CoarseningTables, coarsen
from clerestory.disclosure.contents import Contents, prepare_contents, reduced_determination
from clerestory.disclosure.given_files import read_given
from clerestory.disclosure.letter_facts import LetterInput
from clerestory.disclosure.letters import (
    disclosure_letter,
    person_notice,
    refusal_letter,
    withholding_index,
)
from clerestory.disclosure.logged import FIELD, LogChecks, LogEvidence
from clerestory.disclosure.minimising import (
    Attachment,
    Minimised,
    Record,
    Value,
    minimise,
    permitted_items,
)
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.receipts import Receipt, read_receipt, read_receipt_key
from clerestory.disclosure.recipients import (
    KEY_FILE_BYTES,
    AgeRecipient,
    CertificateRecipient,
    Recipient,
    read_recipient,
)
from clerestory.disclosure.sealing import Sealed, package_name, seal_package
from clerestory.disclosure.signing import open_signed, sign_text
from clerestory.disclosure.stationery import Stationery, read_coarsening, read_stationery
from clerestory.disclosure.verifying import Verified, verify_package

__all__ = [
    "FIELD",
    "KEY_FILE_BYTES",
    "AgeRecipient",
    "Attachment",
    "CertificateRecipient",
    "CoarseningTables",
    "Contents",
    "Identity",
    "LetterInput",
    "LogChecks",
    "LogEvidence",
    "Minimised",
    "Receipt",
    "Recipient",
    "Record",
    "Sealed",
    "Stationery",
    "Value",
    "Verified",
    "coarsen",
    "disclosure_letter",
    "minimise",
    "open_signed",
    "package_name",
    "permitted_items",
    "person_notice",
    "prepare_contents",
    "read_coarsening",
    "read_given",
    "read_receipt",
    "read_receipt_key",
    "read_recipient",
    "read_stationery",
    "reduced_determination",
    "refusal_letter",
    "seal_package",
    "sign_text",
    "verify_package",
    "withholding_index",
]
