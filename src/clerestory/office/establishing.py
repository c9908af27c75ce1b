"""A fact is established from evidence, by whom the table of facts names."""

from datetime import datetime
from typing import Any

from clerestory.acts import Signed, Statement
from clerestory.demands import demand_json
from clerestory.kernel import Refusal
from clerestory.office.acting import Acted, Step, draft
from clerestory.office.asked import asked, own_law
from clerestory.office.claims import ROLES, Claim, claim_at, since_the_paper
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done, stands_on
from clerestory.office.office import Office
from clerestory.office.papers import check_paper, paper_digest
from clerestory.store.models import MatterRow


def draft_finding(
    office: Office,
    matter: str,
    *,
    fact: str,
    answer: str,
    evidence: bytes,
    by: str,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which a fact is established, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        fact: What is established, such as ``findings.crime_named`` or ``consents.1``.
        answer: ``yes``, ``no`` or, of a finding, ``unknown``.
        evidence: What shows it: the paper itself, or what was noted of a look into the files.
        by: As whom they establish it, in the words of the table of facts.
        actor: Who establishes it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: The fact cannot be established, by them or so, or they did it already.
    """
    acts = acts_in(office, matter)
    claim = _claim(office, matter, acts, fact)
    facts = _facts(claim, acts, answer=answer, evidence=evidence, by=by)
    _check_new(acts, facts, actor)
    return draft(office, "establish", matter, actor=actor, key=key, at=at, facts=facts)


def establish(
    office: Office, signed: Signed, *, evidence: bytes, at: datetime | None = None
) -> Acted:
    """Establish a fact; whatever was decided or voted before counts no more.

    Raises:
        Refusal: The statement is not of this evidence, the fact cannot be established by them, or
            it is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "establish")
    check_paper(evidence)
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        claim = _claim(office, told.matter, acts, told.facts.get("fact", ""))
        facts = _facts(
            claim, acts, evidence=evidence,
            answer=told.facts.get("answer", ""), by=told.facts.get("by", ""),
        )  # fmt: skip
        _check_new(acts, facts, told.actor)

    def also(step: Step) -> None:
        _check_by(step, told.facts["by"])

    return do(office, signed, facts, key=key, content=evidence, also=also, at=at)


def _claim(office: Office, matter: str, acts: list[Signed], fact: str) -> Claim:
    law = own_law(office)
    demand = asked(office, law, matter, acts)
    written: dict[str, Any] = demand_json(demand)
    return claim_at(written, fact, law.stack.vocabulary)


def _facts(
    claim: Claim, acts: list[Signed], *, answer: str, evidence: bytes, by: str
) -> dict[str, str]:
    """Return what the act binds.

    Raises:
        Refusal: This answer is none, or it is not theirs to give.
    """
    if answer not in claim.answers:
        raise Refusal(
            f"{claim.fact} is established as {' or '.join(sorted(claim.answers))}: {answer!a}",
            code="establish-answer",
            todo="give one of these answers",
        )
    # Two establish an agreement, and one of them is counsel; a finding is one person's.
    if by not in ROLES or (claim.people == 1 and by != claim.by):
        raise Refusal(
            f"{claim.fact} is established by {claim.by}: {by!a}",
            code="establish-by",
            todo=f"ask somebody with one of: {', '.join(sorted(ROLES[claim.by]))}",
        )
    return {
        "to": "received", "fact": claim.fact, "answer": answer, "by": by, "claim": claim.digest,
        "evidence": paper_digest(evidence), "stands_on": stands_on(acts),
    }  # fmt: skip


def _check_new(acts: list[Signed], facts: dict[str, str], actor: str) -> None:
    same = ("fact", "answer", "evidence", "by")
    told = [act.statement for act in since_the_paper(acts)]
    latest = [one for one in told if one.facts["fact"] == facts["fact"]][-1:]
    if any(one.actor == actor and all(one.facts[n] == facts[n] for n in same) for one in latest):
        raise Refusal(
            f"this person established this already, from the same evidence: {facts['fact']}",
            code="establish-nothing",
            todo="nothing is left for them to do; a consent or an agreement takes a second person",
        )


def _check_by(step: Step, by: str) -> None:
    told = step.signed.statement
    site = MatterRow.objects.get(id=told.matter).site
    actor = step.staff.actor(told.actor, on=told.on, site=site)
    if actor.roles.isdisjoint(ROLES[by]):
        raise Refusal(
            f"what is established as {by} is signed by one of: {', '.join(sorted(ROLES[by]))}",
            code="establish-by",
            todo="ask somebody with one of these roles to find it and sign",
        )
