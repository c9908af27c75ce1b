"""Two people let an answer stand, each for themselves, or lower it; nobody ever raises it.

A vote is over the decision that stands and the answer that the voter leaves of it, never over the
other vote. Where two leave different answers, the lower one, cell by cell, stands by the second
vote and is voted on again. What is counsel's to answer after two votes goes to counsel.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clerestory.acts import Signed, Statement
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import digest_of
from clerestory.office.acting import Acted, Step, draft
from clerestory.office.cells import (
    Cells,
    cells_digest,
    cells_from,
    lower_of,
    lowered_by,
    needs_counsel,
    read_wishes,
    write_wishes,
)
from clerestory.office.errors import OfficeAltered
from clerestory.office.matters import CHANGES_FACTS, acts_in, check_act, do, is_done
from clerestory.office.office import Office, own_key
from clerestory.office.papers import read_paper
from clerestory.store.models import VoteRow

_ENDS_VOTES = frozenset({"recuse", "refer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one person left of the answer, and the digest of their act."""

    digest: str
    cells: Cells = field(repr=False)


@dataclass(slots=True)
class Ballot:
    """The decision that stands in a matter, its answer, and who voted on it."""

    decision: str = ""
    cells: Cells = field(default_factory=dict, repr=False)
    votes: dict[str, Vote] = field(default_factory=dict)

    def left_with(self, voter: str, cells: Cells) -> tuple[str, Cells]:
        """Return where a vote leads, and the answer that stands then."""
        others = [vote.cells for name, vote in self.votes.items() if name != voter]
        if not others:
            return "one_vote", self.cells
        lower = lower_of(others[0], cells)
        if needs_counsel(lower):
            return "referred", lower
        same = cells_digest(others[0]) == cells_digest(cells)
        return ("voted" if same else "decided"), lower


def ballot_of(office: Office, acts: list[Signed]) -> Ballot:
    """Return what stands in a matter after these acts of it.

    Raises:
        Corruption: What is kept is not what an act binds.
    """
    ballot = Ballot()
    for signed in acts:
        told = signed.statement
        if told.act in CHANGES_FACTS:
            ballot = Ballot()
        elif told.act in _ENDS_VOTES:
            ballot.votes = {}
        elif told.act == "decide":
            ballot = Ballot(decision=signed.digest, cells=_decided(office, told))
        elif told.act == "vote":
            _take_vote(ballot, signed)
    return ballot


def two_votes(ballot: Ballot) -> tuple[Cells, list[str]]:
    """Return the answer that two people let stand, and the digests of their votes.

    Raises:
        Refusal: Two did not.
    """
    if len(ballot.votes) != 2:
        raise Refusal(
            f"an answer stands on the votes of two people: {len(ballot.votes)} stand",
            code="answer-unvoted",
            todo="have two reviewers vote on the decision as it stands",
        )
    cells = next(iter(ballot.votes.values())).cells
    return cells, [vote.digest for vote in ballot.votes.values()]


def draft_vote(
    office: Office,
    matter: str,
    *,
    actor: str,
    key: str,
    lower: Mapping[str, str] | None = None,
    dissent: str = "",
    at: datetime | None = None,
) -> Statement:
    """Write the statement of a vote, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        actor: Who votes.
        key: The hash of the key that they sign with.
        lower: What they lower, such as ``{"snap/S1.address": "withhold"}``.
        dissent: What they think otherwise, in words that name nobody; it is kept.
        at: When, in an office that is made up.

    Raises:
        Refusal: Nothing is decided, or an answer would be raised.
    """
    ballot = ballot_of(office, acts_in(office, matter))
    facts = _facts(ballot, actor, write_wishes(lower or {}), dissent)
    return draft(office, "vote", matter, actor=actor, key=key, at=at, facts=facts)


def vote(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Take a vote.

    Raises:
        Refusal: The statement is not of the decision that stands, would raise an answer, or is
            another vote of the same person on the same decision.
        NotAllowed: Whoever signed may not vote in this matter today.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "vote")
    decision = told.facts.get("decision", "")
    # A round begins where votes were voided: whoever voted before that votes again.
    rows = [row for row in office.rows(told.matter) if row.position < told.position]
    round_ = office.chain(told.matter, rows).round
    key = own_key("vote", told.matter, decision, told.actor, str(round_))
    facts = None
    if not is_done(key):
        ballot = ballot_of(office, acts_in(office, told.matter, told.position))
        facts = _facts(
            ballot, told.actor, told.facts.get("lowered", ""), told.facts.get("dissent", "")
        )

    def also(step: Step) -> None:
        VoteRow.objects.create(
            act=step.row, matter_id=told.matter, round=round_, decision=decision,
            voter_id=told.actor,
        )  # fmt: skip

    return do(office, signed, facts, key=key, also=also, at=at)


def draft_recusal(
    office: Office,
    matter: str,
    *,
    actor: str,
    key: str,
    reason: str,
    at: datetime | None = None,
) -> Statement:
    """Write the statement by which somebody takes no part in a matter's votes."""
    facts = {"to": _after_recusal(office, matter), "reason": reason}
    return draft(office, "recuse", matter, actor=actor, key=key, at=at, facts=facts)


def recuse(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Take note that somebody takes no part, now or later; votes that were cast begin again.

    Raises:
        Refusal: It says no reason, or is not the next act.
        NotAllowed: Whoever signed may not, or did it already.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "recuse")
    reason = told.facts.get("reason", "")
    if not reason.strip():
        raise Refusal(
            "a recusal says its reason",
            code="recuse-no-reason",
            todo="say why, in words that name nobody else",
        )
    key, facts = own_key("recuse", told.matter, told.actor), None
    if not is_done(key):
        facts = {"to": _after_recusal(office, told.matter), "reason": reason}
    return do(office, signed, facts, key=key, at=at)


def _after_recusal(office: Office, matter: str) -> str:
    rows = office.rows(matter)
    state = office.chain(matter, rows).standing.state
    return state if state in {"received", "referred"} else "decided"


def _facts(ballot: Ballot, voter: str, lowered: str, dissent: str) -> dict[str, str]:
    """Return what a vote binds: the decision and what it leaves of it, and of no other vote."""
    if not ballot.decision:
        raise Refusal(
            "a vote is on a decision, and none stands",
            code="vote-undecided",
            todo="have the demand decided first",
        )
    cells = lowered_by(ballot.cells, read_wishes(lowered))
    to, _ = ballot.left_with(voter, cells)
    return {
        "to": to, "decision": ballot.decision, "answer": cells_digest(cells),
        "lowered": lowered, "dissent": dissent,
    }  # fmt: skip


def _take_vote(ballot: Ballot, signed: Signed) -> None:
    told = signed.statement
    cells = lowered_by(ballot.cells, read_wishes(told.facts["lowered"]))
    to, left = ballot.left_with(told.actor, cells)
    bound = (told.facts["decision"], told.facts["answer"], told.facts["to"])
    if bound != (ballot.decision, cells_digest(cells), to):
        raise OfficeAltered(
            f"a vote is of the decision that stood: {told.matter}, position {told.position}"
        )
    if to in {"decided", "referred"}:
        # What both keep stands by this very vote.
        ballot.decision, ballot.cells, ballot.votes = signed.digest, left, {}
    else:
        ballot.votes[told.actor] = Vote(digest=signed.digest, cells=cells)


def _decided(office: Office, told: Statement) -> Cells:
    return cells_from(decided_parts(office, told)["cells"])


def decided_parts(office: Office, told: Statement) -> dict[str, Any]:
    """Return what is kept of a decision: the facts, the determination, its cells and stages.

    Raises:
        Corruption: It is not what its act binds.
    """
    parts: dict[str, Any] = json.loads(read_paper(office, told.matter, told.position))
    differs = [name for name, part in parts.items() if digest_of(part) != told.facts.get(name)]
    if differs or "cells" not in parts:
        raise OfficeAltered(
            f"what was decided is what its act binds: {told.matter}, position {told.position}"
        )
    return parts
