"""Whose key signed a receipt: the recipient's own, and nobody else's.

A receipt by a key of the office itself would prove that something arrived which perhaps never
left; and under one key for two names nobody could be held to either.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from clerestory.cli.office import Office
from clerestory.disclosure import KEY_FILE_BYTES, Receipt, ReceiptKey, key_digest, read_receipt_key
from clerestory.holdings.letters import plain, words_of
from clerestory.kernel import Refusal
from clerestory.kernel.time import utc_text
from clerestory.ledger import EventType, Ledger
from clerestory.ledger.repeats import fields_everywhere, fields_of
from clerestory.notes import parse_vkey
from clerestory.notes.keys import parse_signing_key

_KEY_FILES = ("*.key", "*.vkey", "*.pem")


def check_not_ours(office: Office, key: ReceiptKey) -> None:
    """Refuse a key of the office itself: what it signs proves that nobody received anything.

    Raises:
        Refusal: The key lies in the office's folder, in whatever form.
    """
    path = own_key_file(office, key_digest(key))
    if path is not None:
        raise Refusal(
            "a receipt must be signed by its recipient, and this key is the office's own: "
            f"{path.relative_to(office.folder)}",
            code="receipt-key-ours",
            todo="give the key that the recipient handed over; if they did give this one, "
            "find out how they came by it before anything else is signed",
        )


def own_key_file(office: Office, digest: str, *, below: Collection[str] = (".",)) -> Path | None:
    """Return the office's file that holds the key of this digest, or its public half, if any."""
    files = (path for name in below for path in _key_files(office.folder / name))
    return next((path for path in files if _digest_in(path) == digest), None)


def standing_receipts(
    ledger: Ledger, demand_id: str, instead_of: int | None = None
) -> dict[int, Mapping[str, str]]:
    """Return the receipts of a demand that no later one stands in place of, by their entries.

    Args:
        ledger: The office's log.
        demand_id: Of which demand.
        instead_of: The entry that a receipt which is yet to be logged stands in place of.
    """
    found = dict(fields_of(ledger, EventType.ANSWER_RECEIVED, demand_id))
    replaced = {fields.get("instead_of") for fields in found.values()} | {str(instead_of)}
    return {index: fields for index, fields in found.items() if str(index) not in replaced}


def check_replaces(ledger: Ledger, told: Receipt, instead_of: int) -> None:
    """Refuse to stand in place of what is no receipt of the same package, or does not stand.

    Raises:
        Refusal: The entry is another.
    """
    fields = standing_receipts(ledger, told.demand_id).get(instead_of)
    if fields is None or fields["package"] != told.package:
        raise Refusal(
            "a receipt stands in place of another of the same package: the log's entry "
            f"{instead_of} is none that stands",
            code="receipt-replaces-nothing",
            todo="give the entry that the message about the other key named, or leave out "
            "--instead-of",
        )


def check_one_key(
    ledger: Ledger, told: Receipt, key: ReceiptKey, instead_of: int | None = None
) -> None:
    """Refuse a second receipt of one package under another key than the first.

    A receipt that was recorded by mistake, of somebody else than the recipient, must not keep the
    right one out: that one names the entry in whose place it stands, and both stay in the log.

    Raises:
        Refusal: The log holds one by another key. Whoever could have two keys taken for theirs
            could later show the receipt that suits them.
    """
    digest = key_digest(key)
    for index, fields in standing_receipts(ledger, told.demand_id, instead_of).items():
        same = fields["signed_by"] == told.signed_by or _key_of(fields) == digest
        if fields["package"] == told.package and not same:
            raise Refusal(
                "the receipts of one package must be signed by one key: the log's entry "
                f"{index} has another",
                code="receipt-other-key",
                todo="compare the key with the one agreed at the hand-over; keep both receipts, "
                "and ask the recipient which is theirs; where it is this one, add --instead-of "
                f"{index}",
            )


def check_one_time(ledger: Ledger, told: Receipt, instead_of: int | None = None) -> None:
    """Refuse a second receipt of one package that says another time than the first.

    Raises:
        Refusal: The log holds one. Whoever has signed for two times could later show the one that
            suits them.
    """
    for index, fields in standing_receipts(ledger, told.demand_id, instead_of).items():
        if fields["package"] == told.package and fields["received_at"] != utc_text(
            told.received_at
        ):
            raise Refusal(
                "a package is received once: the log's entry "
                f"{index} is a receipt of this one of another time",
                code="receipt-other-time",
                todo="keep both receipts, and ask the recipient which is right; where it is this "
                f"one, add --instead-of {index}",
            )


def check_one_name(ledger: Ledger, told: Receipt, key: ReceiptKey) -> None:
    """Refuse a key under which the log holds a receipt of somebody else.

    Raises:
        Refusal: One key has signed for two recipients.
    """
    digest, name = key_digest(key), _as_read(told.by)
    for index, fields in fields_everywhere(ledger, EventType.ANSWER_RECEIVED):
        if _key_of(fields) == digest and _as_read(fields["by"]) != name:
            raise Refusal(
                "a key must sign receipts for one recipient: the log's entry "
                f"{index} has one of another by the same key",
                code="receipt-key-shared",
                todo="ask whose the key is; each recipient signs with a key of their own, and "
                "one who has a new name with a new key",
            )


def _key_files(folder: Path) -> Iterator[Path]:
    for form in _KEY_FILES:
        yield from sorted(path for path in folder.rglob(form) if path.is_file())


def _digest_in(path: Path) -> str | None:
    """The digest of the public key in a file, or of the private key's public half, if any."""
    with path.open("rb") as file:
        content = file.read(KEY_FILE_BYTES)
    try:
        return key_digest(parse_signing_key(content.decode()).verifier)
    except (UnicodeDecodeError, Refusal):
        pass
    try:
        return key_digest(read_receipt_key(content))
    except Refusal:
        return None  # a key for another use, such as the one that encrypts


def _key_of(fields: Mapping[str, str]) -> str | None:
    if "key" in fields:
        return fields["key"]
    # An entry of an earlier version names the key by its text alone.
    try:
        return key_digest(parse_vkey(fields["signed_by"]))
    except Refusal:
        return None


def _as_read(name: str) -> tuple[str, ...]:
    return tuple(words_of(plain(name)))
