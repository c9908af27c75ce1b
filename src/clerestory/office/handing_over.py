"""What was sealed or refused leaves, once its entry is proved to be in the log; a receipt comes.

Handing over binds the very file that leaves: a package by its digest, which its sender signed, or a
letter by the one that its refusal binds. With it the recipient's key for receipts is bound, so that
nobody else's receipt is ever taken for theirs.
"""

from base64 import b64encode
from datetime import datetime, time
from pathlib import Path

from clerestory.acts import Signed, Statement, key_hash
from clerestory.disclosure import Receipt, key_digest, read_receipt, read_receipt_key
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import canonical_bytes
from clerestory.kernel.files import read_limited
from clerestory.notes import Verifier
from clerestory.office.acting import Acted, draft
from clerestory.office.asked import asked, own_law
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done
from clerestory.office.office import Office
from clerestory.office.own_keys import is_own
from clerestory.office.papers import MAX_PAPER_BYTES, paper_digest, read_paper
from clerestory.office.ready import ANSWERS, answer_name, beside, check_package


def draft_hand_over(
    office: Office,
    matter: str,
    *,
    sent: Path,
    sender: Verifier,
    receipt_key: bytes = b"",
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which an answer leaves, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        sent: The package, with its signature beside it, or the letter of the refusal.
        sender: The key under which the office's packages leave.
        receipt_key: The key under which the recipient will sign for it, where they gave one.
        actor: Who hands it over.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: Nothing was sealed or refused, this is not it, or the key is the office's own.
        Corruption: The package is not one that this office signed.
    """
    facts = _facts(office, acts_in(office, matter), sent, sender, receipt_key)
    return draft(office, "hand_over", matter, actor=actor, key=key, at=at, facts=facts)


def hand_over(
    office: Office,
    signed: Signed,
    *,
    sent: Path,
    sender: Verifier,
    receipt_key: bytes = b"",
    at: datetime | None = None,
) -> Acted:
    """Take note that an answer leaves: it may be given away once this has returned.

    Raises:
        Refusal: The statement is of another file or key, or is not the next act.
        NotAllowed: Whoever signed may not, the matter stands elsewhere, or its entries are not
            proved to be in the log.
        Corruption: Whoever is named did not sign it, or the package is not this office's.
    """
    told = signed.statement
    check_act(told, "hand_over")
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts = _facts(office, acts, sent, sender, receipt_key)
    return do(office, signed, facts, key=key, content=receipt_key or None, at=at)


def draft_receipt_taken(
    office: Office,
    matter: str,
    *,
    receipt: bytes,
    signature: bytes | None = None,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which a recipient's signed receipt is kept, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        receipt: The receipt.
        signature: Its signature, where that is a file of its own.
        actor: Who takes it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: It is of another package or demand, or no key for receipts was handed over.
        Corruption: It is not signed with the key that was handed over.
    """
    acts = acts_in(office, matter)
    facts = _receipt_facts(office, matter, acts, receipt, signature, office.moment(at))
    return draft(office, "take_receipt", matter, actor=actor, key=key, at=at, facts=facts)


def take_receipt(
    office: Office,
    signed: Signed,
    *,
    receipt: bytes,
    signature: bytes | None = None,
    at: datetime | None = None,
) -> Acted:
    """Keep the recipient's signed receipt. The same one is found again; another is refused.

    Raises:
        Refusal: The statement is of another receipt, or is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it, or the recipient did not sign the receipt.
    """
    told = signed.statement
    check_act(told, "take_receipt")
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts = _receipt_facts(office, told.matter, acts, receipt, signature, office.moment(at))
    kept = {"receipt": b64encode(receipt).decode(), "signature": _text(signature)}
    return do(office, signed, facts, key=key, content=canonical_bytes(kept), at=at)


def answer_act(acts: list[Signed]) -> Signed:
    """Return the seal or the refusal that stands.

    Raises:
        Refusal: None does.
    """
    last = acts[-1]
    if last.statement.act not in ANSWERS:
        raise Refusal(
            f"what leaves was sealed or refused just before: the last act is {last.statement.act}",
            code="hand-over-nothing",
            todo="have the answer sealed, or its refusal logged",
        )
    return last


def _facts(
    office: Office,
    acts: list[Signed],
    sent: Path,
    sender: Verifier,
    receipt_key: bytes,
) -> dict[str, str]:
    answer = answer_act(acts)
    told = answer.statement
    if told.act == "seal":
        if told.facts["sender"] != key_hash(sender):
            raise _other("it left under another key than the one that its seal binds")
        leaves = {
            "sent": check_package(office, sent, sender=sender, answer=answer_name(office, acts)),
            "beside": "", "recipient": told.facts["recipient"],
        }  # fmt: skip
    else:
        leaves = {
            "sent": _bound(sent, told.facts["letter"]),
            "beside": _bound(beside(sent), told.facts["index"]), "recipient": "",
        }  # fmt: skip
    signs = _key_for_receipts(office, receipt_key, sender)
    return {"to": "handed_over", "answered": answer.digest, "receipt_key": signs, **leaves}


def _bound(path: Path, digest: str) -> str:
    """Return the digest of a letter that is the one that its refusal binds."""
    if paper_digest(read_limited(path, MAX_PAPER_BYTES)) != digest:
        raise _other(f"it is another: {path.name}")
    return digest


def _other(why: str) -> Refusal:
    return Refusal(
        f"what leaves is what was logged, and nothing beside it: {why}",
        code="hand-over-other",
        todo="hand over what the office wrote for this answer: do the same again that logged it, "
        "and it is written again",
    )


def _key_for_receipts(office: Office, receipt_key: bytes, sender: Verifier) -> str:
    """Return what the act binds of the recipient's key for receipts; nothing where none came."""
    if not receipt_key:
        return ""
    given = read_receipt_key(receipt_key)
    if is_own(office, [given], sender):
        raise Refusal(
            "a receipt is signed by its recipient, and this key is of the office's own",
            code="receipt-key-ours",
            todo="give the key that the recipient handed over; if they did give this one, "
            "find out how they came by it before anything else is signed",
        )
    return key_digest(given)


def _receipt_facts(
    office: Office,
    matter: str,
    acts: list[Signed],
    receipt: bytes,
    signature: bytes | None,
    moment: datetime,
) -> dict[str, str]:
    handed = next((act for act in reversed(acts) if act.statement.act == "hand_over"), None)
    if handed is None or not handed.statement.facts["receipt_key"]:
        raise Refusal(
            "a receipt is checked with the key that was given at the hand-over, and none was",
            code="receipt-no-key",
            todo="keep the receipt with the papers; nobody can tell whose it is",
        )
    told = handed.statement
    found: Receipt = read_receipt(
        receipt, signature,
        key=read_receipt_key(read_paper(office, matter, told.position)),
        package_sha256=told.facts["sent"],
        sealed_at=datetime.combine(told.on, time.min, office.zone.rules),
        now=moment,
    )  # fmt: skip
    demand = asked(office, own_law(office), matter, acts)
    if found.demand_id != demand.id:
        raise Refusal(
            "a receipt names the demand that its package answers",
            code="receipt-other-demand",
            todo="ask the recipient for a receipt that names the demand as the letter does",
        )
    return {
        "to": "receipted", "handed_over": handed.digest, "sent": told.facts["sent"],
        "receipt_key": told.facts["receipt_key"],
        "receipt": paper_digest(receipt + b"\0" + (signature or b"")),
    }  # fmt: skip


def _text(signature: bytes | None) -> str:
    return "" if signature is None else b64encode(signature).decode()
