"""What comes in by the one door, what was keyed in wrongly, and what is taken back.

The intake token is drawn by whoever takes the paper in, before it is sent to the office, and kept
until the office answers. Whatever happens between, the same token leads to the same number.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from clerestory.acts import Signed, Statement
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, Step, draft, perform
from clerestory.office.matters import acts_in, bound_key, stands_on, unbound
from clerestory.office.office import Office, own_key
from clerestory.office.papers import check_paper, keep_paper, paper_digest
from clerestory.store.models import MatterRow

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,128}", re.ASCII)
_MATTER_DIGITS = 20


def intake_of(token: str) -> str:
    """Return the digest of an intake token: what the act binds and is found by.

    Raises:
        Refusal: It is too short to be drawn by nobody else, or holds other signs.
    """
    if not _TOKEN.fullmatch(token):
        raise Refusal(
            "an intake token has 22 to 128 letters, digits, hyphens and low lines",
            code="intake-token",
            todo="draw one at random for each paper, and keep it until the office has answered",
        )
    return own_key("intake", token)


def matter_of(token: str) -> str:
    """Return the id of the matter that a token opens: it tells nothing of what comes in."""
    return f"M-{intake_of(token)[:_MATTER_DIGITS]}"


def draft_receipt(
    office: Office,
    *,
    token: str,
    paper: bytes,
    actor: str,
    key: str,
    site: str = "",
    facts: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which a paper is received, for its actor to sign.

    Args:
        office: Where it came in.
        token: Its intake token.
        paper: All of it.
        actor: Who takes it in.
        key: The hash of the key that they sign with.
        site: Of which site it is, where the office has several.
        facts: What else the act binds, such as digests of what the paper asks.
        at: When, in an office that is made up.
    """
    matter = matter_of(token)
    return draft(
        office, "receive", matter, actor=actor, key=key, at=at,
        facts={
            **(facts or {}), "to": "received", "intake": intake_of(token), "site": site,
            "paper": paper_digest(paper),
        },
    )  # fmt: skip


def receive(
    office: Office, signed: Signed, *, token: str, paper: bytes, at: datetime | None = None
) -> Acted:
    """Take a paper in: it draws its number before anything is known of the outcome.

    Done again with the same token and paper, on whatever day, it finds what was done.

    Raises:
        Refusal: The statement is not of this token and paper, or the token is another paper's.
        NotAllowed: Whoever signed may not take papers in.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_paper(paper)
    _check_binds(told, "receive", {"intake": intake_of(token), "paper": paper_digest(paper),
                                   "to": "received"})  # fmt: skip
    if told.matter != matter_of(token):
        raise unbound("matter")

    def save(step: Step) -> None:
        number = step.written.demand_number
        if number is None:  # pragma: no cover - the type of its entry draws one
            raise Refusal("a received demand has a number", code="log-no-number",
                          todo="report it: the log draws a number for each demand")  # fmt: skip
        MatterRow.objects.create(
            id=told.matter, number=number, state=step.move.to, site=told.facts.get("site", ""),
            received_on=told.on,
        )  # fmt: skip
        keep_paper(office, told.matter, told.position, paper)

    return perform(office, signed, key=intake_of(token), save=save, at=at)


def draft_amendment(
    office: Office,
    matter: str,
    *,
    paper: bytes,
    reason: str,
    actor: str,
    key: str,
    facts: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which what was keyed in is corrected from the paper.

    Args:
        office: Whose matter.
        matter: Which one.
        paper: The whole of it as it should have been keyed in.
        reason: What was wrong, in words that name nobody.
        actor: Who corrects it.
        key: The hash of the key that they sign with.
        facts: What else the act binds.
        at: When, in an office that is made up.

    Raises:
        Refusal: Nothing differs.
    """
    before = current_paper(office, matter)
    if before == paper_digest(paper):
        raise Refusal(
            f"an amendment changes something: {matter}",
            code="amend-nothing",
            todo="nothing is left to be done: the paper stands as it is given",
        )
    return draft(
        office, "amend", matter, actor=actor, key=key, at=at,
        facts={**(facts or {}), "to": "received", "paper": paper_digest(paper),
               "instead_of": before, "reason": reason,
               "stands_on": stands_on(acts_in(office, matter))},
    )  # fmt: skip


def amend(office: Office, signed: Signed, *, paper: bytes, at: datetime | None = None) -> Acted:
    """Correct what was keyed in; whatever was decided or voted on it counts no more.

    Raises:
        Refusal: The statement is not of this paper, says no reason, or is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_paper(paper)
    _check_binds(told, "amend", {"paper": paper_digest(paper), "to": "received"})
    if not told.facts.get("reason", "").strip():
        raise Refusal(
            "an amendment says its reason",
            code="amend-no-reason",
            todo="say what was keyed in wrongly, in words that name nobody",
        )

    def save(step: Step) -> None:
        if told.facts.get("instead_of") != current_paper(office, told.matter, told.position):
            raise unbound("instead_of")
        if told.facts.get("stands_on") != stands_on(acts_in(office, told.matter, told.position)):
            raise unbound("stands_on")
        MatterRow.objects.filter(id=told.matter).update(state=step.move.to)
        keep_paper(office, told.matter, told.position, paper)

    return perform(office, signed, key=bound_key(told), save=save, at=at)


def draft_withdrawal(
    office: Office,
    matter: str,
    *,
    paper: bytes,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which a demand is taken back; ``paper`` is what says so."""
    return draft(
        office, "withdraw", matter, actor=actor, key=key, at=at,
        facts={"to": "withdrawn", "paper": paper_digest(paper)},
    )  # fmt: skip


def withdraw(office: Office, signed: Signed, *, paper: bytes, at: datetime | None = None) -> Acted:
    """Take note that the demand was taken back, before anything left.

    Raises:
        Refusal: The statement is not of this paper, or is not the next act.
        NotAllowed: Whoever signed may not, or something left already.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_paper(paper)
    _check_binds(told, "withdraw", {"paper": paper_digest(paper), "to": "withdrawn"})

    def save(step: Step) -> None:
        MatterRow.objects.filter(id=told.matter).update(state=step.move.to)
        keep_paper(office, told.matter, told.position, paper)

    return perform(office, signed, key=bound_key(told), save=save, at=at)


def current_paper(office: Office, matter: str, before: int | None = None) -> str:
    """Return the digest of a matter's demand, as received or as amended last.

    Args:
        office: Whose matter.
        matter: Which one.
        before: Only before this position; now where nothing is said.

    Raises:
        Refusal: Nothing was received under this id.
    """
    told = [act.statement for act in acts_in(office, matter, before)]
    return next(one.facts["paper"] for one in reversed(told) if one.act in ("receive", "amend"))


def _check_binds(told: Statement, act: str, facts: Mapping[str, str]) -> None:
    if told.act != act:
        raise unbound("act")
    for name, text in facts.items():
        if told.facts.get(name) != text:
            raise unbound(name)
