"""Receipts: the recipient signs one, the office records it."""

import hashlib
from datetime import datetime
from pathlib import Path

from clerestory.cli.office import Office
from clerestory.disclosure import Receipt, read_receipt, read_receipt_key, sign_text
from clerestory.kernel import Refusal
from clerestory.kernel.time import utc_text
from clerestory.ledger import Event, EventType
from clerestory.notes.key_files import read_signing_key


def signed_receipt(package: Path, demand_id: str, key: Path, at: datetime) -> bytes:
    """Return a receipt for a package, signed by its recipient.

    The package's SHA-256 is taken from the file that arrived, and the office's name from the key.
    """
    signer = read_signing_key(key)
    told = Receipt(
        demand_id=demand_id, package=_sha256(package), received_at=at, by=signer.verifier.name
    )
    return sign_text(told.unsigned_bytes().decode() + "\n", signer)


def record_receipt(
    office: Office,
    receipt: Path,
    package: Path,
    key: Path,
    signature: Path | None,
    at: datetime,
) -> tuple[Receipt, int]:
    """Check a receipt and append it to the log; return it and its index.

    Raises:
        Refusal: The file is no receipt, or was signed before the package was sealed.
        Corruption: The signature fails, or it is for another package.
    """
    told = read_receipt(
        receipt.read_bytes(),
        signature.read_bytes() if signature else None,
        key=read_receipt_key(key.read_bytes()),
        package_sha256=_sha256(package),
        sealed_at=office.sealed_at(_sha256(package)),
        now=at,
    )
    number = office.number_of(told.demand_id)
    event = Event(
        type=EventType.ANSWER_RECEIVED,
        scope=office.scope,
        matter=told.demand_id,
        fields={
            "demand": told.demand_id,
            "number": str(number),
            "package": told.package,
            "received_at": utc_text(told.received_at),
            "by": told.by,
        },
    )
    with office.ledger() as ledger:
        (appended,) = ledger.append([event], at, zone=office.zone)
    return told, appended.index


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise Refusal(
            f"there is no package {path}", code="package-not-found", todo="check the path"
        )
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            whole.update(piece)
    return whole.hexdigest()
