"""Receipts: the recipient signs one, the office records it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from clerestory.cli.clock import check_not_ahead, is_made_up
from clerestory.cli.ended import ended_answers
from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.order_of_acts import check_not_before, later_day
from clerestory.cli.receipt_keys import (
    check_not_ours,
    check_one_key,
    check_one_name,
    check_one_time,
    check_replaces,
    standing_receipts,
)
from clerestory.cli.received import check_noted
from clerestory.cli.sealed_packages import sealed_note
from clerestory.disclosure import (
    KEY_FILE_BYTES,
    Receipt,
    ReceiptKey,
    key_digest,
    read_receipt,
    read_receipt_key,
    sign_text,
)
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.time import utc_text
from clerestory.ledger import Event, EventType, Ledger
from clerestory.ledger.repeats import fields_of
from clerestory.notes.key_files import read_signing_key

_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A receipt in the log: what it says, its entry, and whether the entry was there before."""

    receipt: Receipt
    index: int
    again: bool


def signed_receipt(package: Path, demand_id: str, key: Path, at: datetime) -> bytes:
    """Return a receipt for a package, signed by its recipient.

    The package's SHA-256 is taken from the file that arrived, and the office's name from the key.
    """
    signer = read_signing_key(key)
    check_not_ahead(at, made_up=is_made_up(signer.verifier.name))
    told = Receipt(
        demand_id=demand_id, package=_sha256(package), received_at=at, by=signer.verifier.name
    )
    return sign_text(told.unsigned_bytes().decode() + "\n", signer)


@one_at_a_time
def record_receipt(
    office: Office,
    receipt: Path,
    package: Path,
    key: Path,
    signature: Path | None,
    at: datetime,
    *,
    instead_of: int | None = None,
) -> Recorded:
    """Check a receipt and append it to the log, once.

    Args:
        office: Whose log.
        receipt: The file that the recipient signed.
        package: What arrived.
        key: The recipient's key.
        signature: The signature, where it is a file of its own.
        at: Now.
        instead_of: The log's entry of a wrong receipt of this package, in whose place it stands.

    Raises:
        Refusal: The file is no receipt, is for another package or demand, was signed before the
            package was sealed, or by a key that is the office's own or another recipient's; or it
            is of an earlier day than what is logged.
        Corruption: The signature fails.
    """
    theirs = read_receipt_key(read_handed_in(key, KEY_FILE_BYTES))
    check_not_ours(office, theirs)
    sha256 = _sha256(package)
    noted = sealed_note(office, sha256)
    told = read_receipt(
        read_handed_in(receipt, _MAX_BYTES),
        read_handed_in(signature, _MAX_BYTES) if signature else None,
        key=theirs,
        package_sha256=sha256,
        sealed_at=noted.at,
        now=at,
    )
    _check_demand(told, noted.demand_id)
    number = office.number_of(told.demand_id)
    event = _event(office, told, number, theirs, instead_of)
    with office.ledger() as ledger:
        check_noted(ledger, told.demand_id, number, office.asked(told.demand_id))
        known = _standing(ledger, event, told)
        if known is not None:
            return Recorded(receipt=told, index=known, again=True)
        _check_answered(ledger, told, noted.entry)
        if instead_of is not None:
            check_replaces(ledger, told, instead_of)
        check_one_key(ledger, told, theirs, instead_of)
        check_one_name(ledger, told, theirs)
        check_one_time(ledger, told, instead_of)
        day = office.day(at)
        check_not_before(office, ledger, told.demand_id, day)
        behind = later_day(ledger, told.demand_id, day)
        dated = {"on": str(day)} | ({"late": behind} if behind else {})
        event = replace(event, fields={**event.fields, **dated})
        (appended,) = ledger.append([event], at, zone=office.zone)
    return Recorded(receipt=told, index=appended.index, again=False)


def _event(
    office: Office, told: Receipt, number: int, key: ReceiptKey, instead_of: int | None
) -> Event:
    fields = {
        "demand": told.demand_id,
        "number": str(number),
        "package": told.package,
        "received_at": utc_text(told.received_at),
        "by": told.by,
        "signed_by": told.signed_by,
        "key": key_digest(key),
    }
    if instead_of is not None:
        fields["instead_of"] = str(instead_of)
    return Event(
        type=EventType.ANSWER_RECEIVED, scope=office.scope, matter=told.demand_id, fields=fields
    )


def _standing(ledger: Ledger, event: Event, told: Receipt) -> int | None:
    """Return the entry of this very receipt, if it stands.

    Others of the same words may not stand any more: what took their place was replaced in turn.
    """
    said = _as_said(event.fields)
    standing = standing_receipts(ledger, told.demand_id).items()
    return next((index for index, fields in standing if _as_said(fields) == said), None)


def _as_said(fields: Mapping[str, str]) -> dict[str, str]:
    # The same receipt may be given with its key in another form, without what it replaces, or on
    # another day.
    beside = {"key", "instead_of", "on", "late"}
    return {name: said for name, said in fields.items() if name not in beside}


def _check_demand(told: Receipt, demand_id: str) -> None:
    if told.demand_id != demand_id:
        raise Refusal(
            f"a receipt must name the demand that its package answers: {demand_id}, not "
            f"{told.demand_id}",
            code="receipt-other-demand",
            todo="ask the recipient for a receipt that names the demand as the letter does",
        )


def _check_answered(ledger: Ledger, told: Receipt, entry: int | None) -> None:
    """Refuse a receipt for a demand that the log shows no answer of to anybody.

    Args:
        ledger: The office's log.
        told: The receipt.
        entry: The answer that the package was sealed for, where its note says it.

    Raises:
        Corruption: There is none, or it was ended as one that never left: whatever was handed over
            left without the log.
    """
    ended = ended_answers(ledger, told.demand_id)
    if entry in ended:
        raise Corruption(
            "a receipt must be for an answer that the log holds: the package is of log entry "
            f"{entry}, which log entry {ended[entry]} ended as never handed over",
            code="receipt-not-answered",
            todo="keep the receipt, the package and the office's folder as they are, and find out "
            "with counsel who handed it over",
        )
    answers = (
        fields
        for kind in (EventType.ANSWER_SEALED, EventType.CLASS_DEMAND_ANSWERED)
        for index, fields in fields_of(ledger, kind, told.demand_id)
        if index not in ended
    )
    # A refusal is an answer too, and is sealed to nobody.
    if all(fields.get("sealed_to") == "nobody" for fields in answers):
        raise Corruption(
            f"a receipt must be for an answer that the log holds: it holds none of "
            f"{told.demand_id} that was sealed to anybody",
            code="receipt-not-answered",
            todo="keep the receipt, the package and the office's folder as they are, and find out "
            "what was handed over, and by whom",
        )


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
