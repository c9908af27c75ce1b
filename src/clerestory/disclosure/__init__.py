"""The answer that leaves: minimise, write, seal, and take the receipt.

In order: :func:`minimise` cuts the values down to the rulings, the letters say so,
:func:`prepare_contents` lays out what will leave and names its digest, the ledger logs that
digest, :func:`seal_package` seals it with the log's proof, and :func:`read_receipt` takes the
recipient's word. Proving the log's part, and checking all of it again for a stranger, is for
``clerestory.audit.packages``.
"""

from clerestory.disclosure.attachments import attach_bytes, attach_file
from clerestory.disclosure.cms import CBC_CAUTION
from clerestory.disclosure.coarsening import CoarseningTables, coarsen
from clerestory.disclosure.contents import Contents, prepare_contents, reduced_determination
from clerestory.disclosure.letter_facts import Addressed, LetterInput
from clerestory.disclosure.letters import (
    acknowledgement_letter,
    disclosure_letter,
    person_notice,
    refusal_letter,
    withholding_index,
)
from clerestory.disclosure.logged import FIELD, LogEvidence, ProvedEvidence, not_logged
from clerestory.disclosure.minimising import (
    Attachment,
    History,
    Minimised,
    Record,
    Value,
    minimise,
    permitted_items,
)
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.receipts import (
    Receipt,
    ReceiptKey,
    key_digest,
    read_receipt,
    read_receipt_key,
)
from clerestory.disclosure.recipients import (
    KEY_FILE_BYTES,
    AgeRecipient,
    CertificateRecipient,
    Recipient,
    read_recipient,
)
from clerestory.disclosure.sealing import Sealed, check_sealable, package_name, seal_package
from clerestory.disclosure.signing import open_signed, sign_text
from clerestory.disclosure.stationery import Stationery, read_coarsening, read_stationery

__all__ = [
    "CBC_CAUTION",
    "FIELD",
    "KEY_FILE_BYTES",
    "Addressed",
    "AgeRecipient",
    "Attachment",
    "CertificateRecipient",
    "CoarseningTables",
    "Contents",
    "History",
    "Identity",
    "LetterInput",
    "LogEvidence",
    "Minimised",
    "ProvedEvidence",
    "Receipt",
    "ReceiptKey",
    "Recipient",
    "Record",
    "Sealed",
    "Stationery",
    "Value",
    "acknowledgement_letter",
    "attach_bytes",
    "attach_file",
    "check_sealable",
    "coarsen",
    "disclosure_letter",
    "key_digest",
    "minimise",
    "not_logged",
    "open_signed",
    "package_name",
    "permitted_items",
    "person_notice",
    "prepare_contents",
    "read_coarsening",
    "read_receipt",
    "read_receipt_key",
    "read_recipient",
    "read_stationery",
    "reduced_determination",
    "refusal_letter",
    "seal_package",
    "sign_text",
    "withholding_index",
]
