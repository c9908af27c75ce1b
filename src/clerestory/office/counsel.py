"""What goes to counsel, and comes back as counsel's signed answer.

Counsel answers points: the policies that referred, each for the items that it referred, in favor or
against. What the law makes of that the law itself says; no opinion passes a lock of the house. What
people sent to counsel, or a look that left it open whom the paper means, has no point. Of that
counsel says for each item whether it stays closed.

An opinion is of the decision that it answers. Any change of the facts voids it, but for the look
that finds whom the paper names.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clerestory.acts import Signed, Statement
from clerestory.demands import Determination, Item, Outcome
from clerestory.demands.determination import overall_of
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json, canonical_bytes
from clerestory.office.acting import Acted, draft
from clerestory.office.claims import PERSONS
from clerestory.office.errors import OfficeAltered
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done
from clerestory.office.office import Office
from clerestory.office.papers import paper_digest, read_paper
from clerestory.office.voting import ballot_of, decided_parts

CLOSED = ""
"""The point of what no policy referred: counsel's answer to it is that it stays closed."""
_VOIDS = frozenset({"receive", "amend", "establish", "take_back"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Counsel's answer to one point.

    Attributes:
        point: The policy that referred, or ``CLOSED``.
        in_favor: Whether it may leave; of what has no point it never is.
        items: Of which items, such as ``snap/S1.address``.
        reason: Why, in words that name nobody.
    """

    point: str
    in_favor: bool
    items: tuple[str, ...]
    reason: str

    def told(self) -> dict[str, Json]:
        """Return it in its one written form."""
        return {
            "point": self.point, "in_favor": self.in_favor, "items": sorted(self.items),
            "reason": self.reason,
        }  # fmt: skip


def draft_referral(
    office: Office,
    matter: str,
    *,
    reason: str,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which somebody asks for counsel, for its actor to sign.

    Raises:
        Refusal: Nothing is decided, or no reason is said.
    """
    facts = _referral(office, acts_in(office, matter), reason)
    return draft(office, "refer", matter, actor=actor, key=key, at=at, facts=facts)


def refer(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Ask for counsel although the law did not; votes that were cast are void.

    Raises:
        Refusal: It says no reason, or is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "refer")
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts = _referral(office, acts, told.facts.get("reason", ""))
    return do(office, signed, facts, key=key, at=at)


def draft_opinions(
    office: Office,
    matter: str,
    *,
    opinions: Sequence[Opinion],
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement of counsel's answers, for counsel to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        opinions: The answers; none where what people asked needs no other answer than the law's.
        actor: Who answers.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: Nothing was referred, or an answer is to what was not.
    """
    facts = _facts(office, acts_in(office, matter), _content(opinions))
    return draft(office, "opine", matter, actor=actor, key=key, at=at, facts=facts)


def opine(
    office: Office, signed: Signed, *, opinions: Sequence[Opinion], at: datetime | None = None
) -> Acted:
    """Take counsel's answers; the demand is decided again with them.

    Raises:
        Refusal: The statement is of other answers, or of what was not referred.
        NotAllowed: Whoever signed is not counsel, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told, content = signed.statement, _content(opinions)
    check_act(told, "opine")
    key, facts = bound_key(told), None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts = _facts(office, acts, content)
    return do(office, signed, facts, key=key, content=content, at=at)


def opinions_in(
    office: Office, matter: str, acts: Sequence[Signed]
) -> list[tuple[Statement, list[dict[str, Any]]]]:
    """Return the acts of counsel that still speak, each with its answers.

    Raises:
        Corruption: What is kept is not what an act binds.
    """
    speaking: list[tuple[Statement, list[dict[str, Any]]]] = []
    for act in acts:
        told = act.statement
        if _voids(told):
            speaking = []
        elif told.act == "opine":
            content = read_paper(office, matter, told.position)
            if paper_digest(content) != told.facts["opinion"]:
                raise OfficeAltered(
                    f"an opinion is what its act binds: {matter}, position {told.position}"
                )
            speaking.append((told, json.loads(content)))
    return speaking


def written_opinions(
    speaking: Sequence[tuple[Statement, list[dict[str, Any]]]],
) -> list[dict[str, Any]]:
    """Return the answers to points in the written form of a demand."""
    return [
        {
            "point": one["point"], "answer": "yes" if one["in_favor"] else "no",
            "records": _records(one["items"]), "by": told.actor, "signed_on": str(told.on),
            "reason": one["reason"],
        }
        for told, answers in speaking
        for one in answers
        if one["point"] != CLOSED
    ]  # fmt: skip


def closed_by_counsel(
    speaking: Sequence[tuple[Statement, list[dict[str, Any]]]], items: Sequence[Item]
) -> frozenset[Item]:
    """Return those of the items that counsel said stay closed."""
    names = {
        name for _, answers in speaking for one in answers if one["point"] == CLOSED
        for name in one["items"]
    }  # fmt: skip
    return frozenset(item for item in items if f"{item.program}/{item.ref}" in names)


def with_closed(told: Determination, closed: frozenset[Item]) -> Determination:
    """Return a determination in which what counsel closed is withheld."""
    if not closed:
        return told
    rulings = tuple(
        replace(one, outcome=Outcome.WITHHOLD, coarsen_to=None)
        if one.item in closed and one.outcome is Outcome.REFER
        else one
        for one in told.rulings
    )
    return replace(told, rulings=rulings, overall=overall_of([one.outcome for one in rulings]))


def _voids(told: Statement) -> bool:
    # Whom the paper names is looked up once counsel lets something leave; what their record says of
    # protection closes more, through the law, and opens nothing.
    return told.act in _VOIDS and told.facts.get("fact") != PERSONS


def _referral(office: Office, acts: list[Signed], reason: str) -> dict[str, str]:
    if not reason.strip():
        raise Refusal(
            "whoever asks for counsel says why",
            code="refer-no-reason",
            todo="say why, in words that name nobody",
        )
    decision = ballot_of(office, acts).decision
    if not decision:
        raise Refusal(
            "counsel is asked about a decision, and none stands",
            code="vote-undecided",
            todo="have the demand decided first",
        )
    return {"to": "referred", "decision": decision, "reason": reason}


def _facts(office: Office, acts: list[Signed], content: bytes) -> dict[str, str]:
    place = next(
        (n for n in range(len(acts) - 1, -1, -1) if acts[n].statement.act == "decide"), None
    )
    if place is None or any(_voids(act.statement) for act in acts[place:]):
        raise Refusal(
            "counsel answers a decision, and none stands",
            code="opine-undecided",
            todo="have the demand decided first",
        )
    parts = decided_parts(office, acts[place].statement)
    referred, ordered = _referred(parts), _ordered(parts)
    for one in json.loads(content):
        _check_referred(one, referred)
        if one["point"] == CLOSED and (kept := ordered & set(one["items"])):
            raise Refusal(
                f"what a judge or a law orders is never closed by an opinion: {min(kept)}",
                code="opine-ordered",
                todo="answer the order; leave the item out",
            )
    return {"to": "received", "decision": acts[place].digest, "opinion": paper_digest(content)}


def _referred(parts: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    """Return for each item of a decision the points that referred it; of some there are none."""
    found = {f"{program}/{ref}": frozenset[str]() for program, ref, *_ in parts["cells"]}
    for case in parts["stages"]:
        for name in case["items"]:
            found[name] = frozenset(case["refers"])
    return found


def _ordered(parts: Mapping[str, Any]) -> frozenset[str]:
    """Return what is ordered, but for those of whom it is not certain whom the paper means."""
    return frozenset(
        f"{program}/{ref}"
        for program, ref, outcome, _, is_ordered in parts["cells"]
        if is_ordered and outcome != Outcome.REFER.value
    )


def _check_referred(one: Mapping[str, Any], referred: Mapping[str, frozenset[str]]) -> None:
    for name in one["items"]:
        points = referred.get(name)
        named = one["point"]
        if points is None or (named != CLOSED and named not in points):
            raise Refusal(
                f"counsel answers what was referred: {name} by {named or 'people'}",
                code="opine-not-referred",
                todo="name the policy that refers, as the decision tells it with each answer that "
                "goes to counsel, and the items that it refers",
            )
        if named == CLOSED and (points or one["in_favor"]):
            raise Refusal(
                f"what a policy refers is answered by its point, and the rest is closed: {name}",
                code="opine-which-point",
                todo="name the policy that refers; without a point an answer only closes",
            )


def _content(opinions: Sequence[Opinion]) -> bytes:
    if any(not one.items or not one.reason.strip() for one in opinions):
        raise Refusal(
            "an opinion names its items and says why",
            code="opine-no-reason",
            todo="name each item, such as snap/S1.address, and say why, in words that name nobody",
        )
    told: list[Json] = [one.told() for one in opinions]
    return canonical_bytes(told)


def _records(items: Sequence[str]) -> list[dict[str, Any]]:
    fields: dict[str, list[str]] = {}
    for name in items:
        program, _, ref = name.partition("/")
        fields.setdefault(program, []).append(ref)
    return [{"program": program, "fields": refs} for program, refs in fields.items()]
