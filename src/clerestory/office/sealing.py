"""An answer is sealed: logged first, then written and encrypted to the one recipient it names.

The act binds the decision, both votes, what they leave, the recipient's key, and the digest of what
leaves. What leaves is read from the agency's records and kept nowhere: only the sealed package is
written, once the entry is proved to be in the log. A process that stopped in between finishes it by
doing the same again: what is read then must be what was logged, or the answer is taken back.

Law and records are asked once more on the day of the seal. Where either says something else than on
the day of the decision, nothing leaves: the demand is decided again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from clerestory.acts import Signed, Statement, key_hash
from clerestory.acts.statement import PACKAGE
from clerestory.audit.packages import seal_logged
from clerestory.disclosure import (
    Contents,
    LogEvidence,
    Recipient,
    check_sealable,
    permitted_items,
    read_recipient,
)
from clerestory.disclosure.recipients import public_keys_of
from clerestory.kernel import Refusal
from clerestory.kernel.folders import make_lasting
from clerestory.ledger.opening_file import opening_bytes
from clerestory.notes import Signer, Verifier
from clerestory.office.acting import Acted, draft
from clerestory.office.answer.contents import letter_of, package_contents
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import as_told, decide_with_record, nothing_left
from clerestory.office.answer.reading import read_values
from clerestory.office.answer.true_address import keep_true_address
from clerestory.office.asked import own_law
from clerestory.office.cells import Cells, cells_digest, releases_nothing
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done, stands_on
from clerestory.office.office import Office
from clerestory.office.own_keys import is_own
from clerestory.office.papers import check_paper, paper_digest, read_paper
from clerestory.office.ready import answer_name, check_package, destroy_void, entry_of, packages_of
from clerestory.office.resolving import look_in, looking, who_again
from clerestory.office.voted import decision_in, voted_on
from clerestory.office.voting import ballot_of, two_votes
from clerestory.store.models import MatterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What will leave, and what the act binds of it."""

    facts: Mapping[str, str]
    contents: Contents = field(repr=False)
    recipient: Recipient = field(repr=False)


def draft_seal(
    office: Office,
    matter: str,
    *,
    recipient: bytes,
    sender: Verifier,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which an answer is sealed, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        recipient: The recipient's public key or certificate, as they sent it.
        sender: The key under which the office's packages leave.
        actor: Who seals it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: Two did not vote for it, nothing of it may leave, law or records say something
            else by now, or the key is none that an answer is sealed to.
    """
    moment = office.moment(at)
    ready = _ready(office, matter, acts_in(office, matter), recipient, moment, office.day(moment))
    facts = {**ready.facts, "sender": key_hash(sender)}
    return draft(office, "seal", matter, actor=actor, key=key, at=at, facts=facts)


def seal(
    office: Office,
    signed: Signed,
    *,
    recipient: bytes,
    sender: Verifier,
    at: datetime | None = None,
) -> Acted:
    """Log that an answer is sealed to one recipient. Nothing has left then: see ``put_out``.

    Raises:
        Refusal: The statement is of another answer or recipient, or is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "seal")
    check_paper(recipient)
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        moment = office.moment(at)
        ready = _ready(office, told.matter, acts, recipient, moment, office.day(moment))
        facts = {**ready.facts, "sender": key_hash(sender)}
    return do(office, signed, facts, key=key, content=recipient, at=at)


def is_sealed_to(office: Office, matter: str, recipient: bytes) -> bool:
    """Whether an answer is sealed to this very recipient, and nothing was done since."""
    told = acts_in(office, matter)[-1].statement
    return told.act == "seal" and told.facts["recipient"] == paper_digest(recipient)


def put_out(office: Office, matter: str, *, sender: Signer, folder: Path) -> Path:
    """Write the package of an answer that is sealed, or find that it was written.

    Args:
        office: Whose matter.
        matter: Which one.
        sender: The key under which the office's packages leave.
        folder: Where the package is put, with its signature beside it.

    Raises:
        Refusal: No seal stands in the matter, or none does any more; the key is another than its
            act binds, or what is read now is not what was logged.
        Corruption: What is kept is not what its act binds, or what lies there is no such package.
        OSError: The disk is full, or the folder cannot be written.
    """
    acts = acts_in(office, matter)
    told = acts[-1].statement
    if told.act != "seal":
        raise _none(told.act)
    if told.facts["sender"] != key_hash(sender.verifier):
        raise Refusal(
            "a package leaves under the key that its act binds, and this is another",
            code="seal-other-sender",
            todo="bring back the key under which it was sealed, or take the answer back",
        )
    answer = answer_name(office, acts)
    for path in packages_of(folder, answer):
        # Whatever the records say by now: it was whole, and is what was logged.
        check_package(office, path, sender=sender.verifier, answer=answer)
        return path
    recipient = read_paper(office, matter, told.position)
    # Of the day of the seal, on whatever day it is finished: its letters bear that day.
    ready = _ready(office, matter, acts[:-1], recipient, office.moment(), told.on)
    differs = sorted(n for n in ready.facts if ready.facts[n] != told.facts.get(n))
    if differs:
        raise Refusal(
            f"a package holds what was logged, and by now it would not: {', '.join(differs)}",
            code="seal-changed",
            todo="take the answer back, and have the demand decided and voted on again",
        )
    make_lasting(folder)
    path = seal_logged(
        ready.contents,
        evidence=evidence_in(office, matter, told.position),
        log=office.keys.log_key,
        recipients=[ready.recipient],
        signer=sender,
        folder=folder,
        random_bytes=office.keys.entropy,
        answer=answer,
    ).path
    if acts_in(office, matter)[-1].digest != acts[-1].digest:
        # Taken back while it was written: whoever did that did not see it yet.
        destroy_void(office, matter, folder)
        raise _none(acts_in(office, matter)[-1].statement.act)
    return path


def _none(act: str) -> Refusal:
    return Refusal(
        f"a package is written of an answer that is sealed: the last act is {act}",
        code="seal-none",
        todo="have the answer voted on and sealed",
    )


def evidence_in(office: Office, matter: str, position: int) -> LogEvidence:
    """Return the entry of a seal with the opening of its package and its inclusion proof."""
    ledger, statements = office.keys.ledger, office.statements()
    index = entry_of(office, matter, position)
    return LogEvidence(
        entry=ledger.entry(statements, index),
        opening=opening_bytes(ledger.opening(statements, index, PACKAGE)),
        proof=ledger.prove(statements, index),
    )


def _ready(
    office: Office,
    matter: str,
    acts: list[Signed],
    recipient: bytes,
    moment: datetime,
    on: date,
) -> Ready:
    """Work out from law and records of a day what leaves, and what a seal binds of it."""
    ballot = ballot_of(office, acts)
    cells, votes = two_votes(ballot)
    if releases_nothing(cells):
        raise Refusal(
            "an answer of which nothing leaves is refused, and not sealed",
            code="seal-nothing",
            todo="have the refusal logged, with its letter",
        )
    to = read_recipient(recipient, at=moment)
    _check_for_others(office, to)
    told, contents, kept_back = _contents(office, matter, acts, cells, moment, on)
    check_sealable(contents, [to], cbc=False)
    return Ready(
        contents=contents,
        recipient=to,
        facts={
            "to": "sealed", "decision": ballot.decision, "votes": " ".join(votes),
            "answer": cells_digest(cells), "kept_back": " ".join(kept_back),
            "recipient": paper_digest(recipient), "recipient_name": to.name,
            "law": told.determination.pack_digest,
            PACKAGE: contents.digest, "stands_on": stands_on(acts),
        },
    )  # fmt: skip


def _contents(
    office: Office, matter: str, acts: list[Signed], cells: Cells, moment: datetime, on: date
) -> tuple[Decided, Contents, list[str]]:
    """Read what the voted answer opens; return it with what the records keep back of it."""
    place = decision_in(acts)
    voted = voted_on(office, matter, acts, cells, on)
    kept = look_in(office, matter, acts)
    home = own_law(office).profiles / office.profile
    row = MatterRow.objects.get(id=matter)
    items = permitted_items(voted.determination)
    if any(item.subject.endswith("*") for item in items):
        raise Refusal(
            "what is about nobody in particular is no answer of the records",
            code="seal-class",
            todo="have what is about a class withheld here, and answered by a paper of its own",
        )
    if kept is None:
        raise nothing_left()
    with looking(office, matter, acts[:place], who_again(kept), moment, on) as look:
        if look.kept != kept:
            raise Refusal(
                "the records say something else of the persons than when they were established",
                code="seal-persons",
                todo="have the persons established again, the demand decided, and voted on",
            )
        needed = {item.subject for item in items}
        keys = {ref: one.key for ref, one in look.persons.items() if one.key}
        catalogue = look.holdings.catalogue
        protected = decide_with_record(
            voted, source=look.source, catalogue=catalogue, on=on,
            persons={ref: key for ref, key in keys.items() if ref in needed},
            beside={ref: key for ref, key in keys.items() if ref not in needed},
        )  # fmt: skip
        values = read_values(look.source, catalogue, protected.decided, keys, items, known={})
        protected = keep_true_address(protected, catalogue, values)
    open_items = permitted_items(protected.decided.determination)
    if not open_items:
        raise nothing_left()
    letter = letter_of(
        as_told(protected.decided), profile=home, made_up=office.made_up, number=row.number,
        entry=entry_of(office, matter, 1), on=on,
    )  # fmt: skip
    contents = package_contents(
        letter, {item: value for item, value in values.items() if item in open_items},
        profile=home, marks={ref: one.marks for ref, one in look.persons.items()},
    )  # fmt: skip
    return protected.decided, contents, [f"{i.program}/{i.ref}" for i in protected.lowered]


def _check_for_others(office: Office, to: Recipient) -> None:
    """Refuse to seal an answer to a key of the office itself, or of anybody in it.

    The log would show an answer to somebody who cannot open it, and who is in the office could.
    """
    if not is_own(office, public_keys_of(to)):
        return
    raise Refusal(
        "an answer is sealed to its recipient's key, and this key is of the office's own",
        code="recipient-ours",
        todo="ask the recipient for their own key: they run age-keygen and send the line that "
        "begins with age1; if they did give this one, find out how they came by it before "
        "anything else is signed",
    )
