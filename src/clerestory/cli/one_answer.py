"""One demand has one answer: what the log holds of an earlier one, and what may follow it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from clerestory.cli.deciding import decide_again
from clerestory.cli.ended import ended_answers
from clerestory.cli.logging_answers import ANSWERS, DECISIONS
from clerestory.cli.same_paper import said_unless_erased
from clerestory.kernel import Refusal
from clerestory.kernel.time import parse_day
from clerestory.ledger import Ledger
from clerestory.ledger.repeats import said_of
from clerestory.office.answer.decided import Decided

NOBODY = "nobody"
"""To whom a refusal is sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An answer that the log holds.

    Attributes:
        index: Its entry.
        demand_id: The demand that it answers.
        digest: What the entry commits to: the letters of a refusal, or what a package holds.
        sealed_to: The recipient; nobody for a refusal.
        signed: Who let it go.
        on: The day of its letters; ``None`` in an entry of an earlier version.
        ended: Whether it was ended since, and never left.
    """

    index: int
    demand_id: str
    digest: str
    sealed_to: str
    signed: str
    on: date | None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedBefore:
    """A refusal that the log holds, and the package that answered the demand since, if one did."""

    refusal: Before
    sealed: Before | None

    def otherwise(self, decided: Decided) -> Refusal:
        """Return what to raise where this would be another refusal than the one logged."""
        if self.sealed is not None:
            return _sealed_already(decided, self.sealed)
        return refused_otherwise(self.refusal)


def refused_before(ledger: Ledger, decided: Decided) -> RefusedBefore | None:
    """Return the refusal of this demand that was logged, if any.

    Raises:
        Refusal: It was answered with a package alone: what has left cannot be refused.
    """
    refused = sealed = None
    for answer in answers_before(ledger, decided.demand.id):
        if answer.sealed_to != NOBODY:
            sealed = sealed if answer.ended else answer
        elif refused is None:
            refused = answer
    if refused is not None:
        return RefusedBefore(refusal=refused, sealed=sealed)
    if sealed is not None:
        raise _sealed_already(decided, sealed)
    return None


def check_not_refused(ledger: Ledger, decided: Decided) -> None:
    """Refuse to answer with a package what was refused on the same facts.

    For entries of an earlier version, which commit to the digest of the facts alone.

    Raises:
        Refusal: It was refused on the facts that are given now.
    """
    refused = None
    for answer in answers_before(ledger, decided.demand.id):
        if answer.ended:
            continue
        if answer.sealed_to != NOBODY:
            return
        refused = answer
    if refused is not None and _is_on_same_facts(ledger, decided, refused):
        raise refused_otherwise(refused)


def refused_otherwise(refused: Before) -> Refusal:
    """Return what to raise where a refusal was logged and this would be another answer."""
    return Refusal(
        f"the demand {refused.demand_id} was refused already, log entry {refused.index}, and this "
        "would be another answer",
        code="answer-refused-already",
        todo="the first one stands: hand over its letters; give the demand as it was refused to "
        "have them again. Where a court has ordered more since, write its order into the demand, "
        "name it with --changed, and disclose; receive another paper under an id of its own",
    )


def _sealed_already(decided: Decided, sealed: Before) -> Refusal:
    return Refusal(
        f"the demand {decided.demand.id} was answered with a package already, log entry "
        f"{sealed.index}, and cannot be refused now",
        code="answer-sealed-already",
        todo="hand over the package, or type disclose again where it was cut short; where it was "
        "cut short and may not leave any more, end it with abandon; where a package must not "
        "leave, keep it and ask counsel; refuse a new paper under an id of its own",
    )


def as_on(decided: Decided, day: date) -> Decided:
    """Return the demand as it was decided under the law of ``day``."""
    return decided if decided.determination.on == day else decide_again(decided, day)


def answers_before(ledger: Ledger, demand_id: str) -> Iterator[Before]:
    """Yield every answer to a demand that the log holds, the oldest first."""
    told_of = list(said_unless_erased(ledger, ANSWERS, demand_id))
    ended = ended_answers(ledger, demand_id) if told_of else {}
    for index, told in told_of:
        on = told.get("on")
        yield Before(
            index=index,
            demand_id=demand_id,
            digest=told["package"],
            sealed_to=told["sealed_to"],
            signed=told["signed"],
            on=parse_day(on) if on else None,
            ended=index in ended,
        )


def decision_of(ledger: Ledger, demand_id: str, answer: int) -> Mapping[str, str]:
    """Return what the decision of an answer says; ``answer`` is the answer's own entry."""
    # The decision lies just before its answer: both are logged at once.
    return dict(said_of(ledger, DECISIONS, demand_id))[answer - 1]


def facts_judged(ledger: Ledger, demand_id: str, answer: int) -> str:
    """Return the digest of the facts that an answer was given on."""
    return decision_of(ledger, demand_id, answer)["facts"]


def _is_on_same_facts(ledger: Ledger, decided: Decided, refused: Before) -> bool:
    facts = facts_judged(ledger, decided.demand.id, refused.index)
    then = decided if refused.on is None else as_on(decided, refused.on)
    return facts in {decided.determination.facts_digest, then.determination.facts_digest}
