"""What an answer stands on, counted without the table of acts.

The table says which act leads where, and it could be edited. So that no answer passes that nobody
decided, or on which fewer than two people voted, this is counted a second time from the acts alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from clerestory.acts.statement import Signed
from clerestory.audit.chain.discrepancy import Wrong

KEYED_IN = frozenset({"receive", "amend"})
_ENDS_VOTES = frozenset({"amend", "establish", "opine", "take_back", "recuse", "refer"})
_ENDS_DECISION = frozenset({"amend", "establish", "opine", "take_back"})
_ANSWERS = frozenset({"seal", "refuse"})


@dataclass(slots=True)
class Answering:
    """The decision and the votes that stand in one matter, and the answer that these left."""

    decision: str = ""
    votes: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    keyed_in: set[str] = field(default_factory=set)
    answered: bool = False

    def take(self, signed: Signed) -> Iterator[Wrong]:
        """Count one more act; yield each thing that is wrong with it."""
        told = signed.statement
        if told.act in KEYED_IN:
            self.keyed_in.add(told.actor)
        if told.act in _ENDS_VOTES:
            self.votes, self.left, self.answered = {}, set(), False
        if told.act in _ENDS_DECISION:
            self.decision = ""
        if told.act == "decide":
            self.decision, self.votes, self.left = signed.digest, {}, set()
        elif told.act == "vote":
            yield from self._vote(signed)
        elif told.act in _ANSWERS:
            yield from self._wrong(signed)
            self.answered = True
        elif told.act == "hand_over":
            if not self.answered:
                yield Wrong("what leaves was sealed or refused before", code="chain-nothing-sealed")
            yield from self._wrong(signed, points=False)

    def _vote(self, signed: Signed) -> Iterator[Wrong]:
        told = signed.statement
        if not self.decision or told.facts.get("decision") != self.decision:
            yield Wrong("a vote names the decision that stands", code="chain-vote-elsewhere")
        if told.facts.get("to") in ("one_vote", "voted"):
            self.votes[told.actor] = signed.digest
            self.left.add(told.facts.get("answer", ""))
        else:
            # The two lowered it differently: what both keep stands by this very vote.
            self.decision, self.votes, self.left = signed.digest, {}, set()

    def _wrong(self, signed: Signed, *, points: bool = True) -> Iterator[Wrong]:
        facts = signed.statement.facts
        if not self.decision:
            yield Wrong("an answer stands on a decision", code="chain-answer-undecided")
        if len(self.votes) < 2:
            yield Wrong(
                code="chain-answer-unvoted",
                what=f"an answer stands on the votes of two people: {len(self.votes)} stand",
            )
        if self.keyed_in & self.votes.keys():
            yield Wrong("nobody votes on what they keyed in", code="chain-voter-keyed-in")
        if points and (
            facts.get("decision") != self.decision
            or {facts.get("answer")} != self.left
            or sorted(facts.get("votes", "").split()) != sorted(self.votes.values())
        ):
            yield Wrong(
                "an answer names its decision and both votes, and is the one that they let stand",
                code="chain-answer-elsewhere",
            )
