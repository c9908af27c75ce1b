"""One demand has one answer: what the log holds of an earlier one, and what may follow it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clerestory.cli.committed_lookups import check_lookups
from clerestory.cli.deciding import Decided, decide_again
from clerestory.cli.logging_answers import ANSWERS, DECISIONS
from clerestory.cli.office import Office
from clerestory.kernel import Refusal
from clerestory.kernel.time import parse_day
from clerestory.ledger import Ledger
from clerestory.ledger.repeats import said_of

_NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An answer that the log holds.

    Attributes:
        index: Its entry.
        digest: What the entry commits to: the letters of a refusal, or what a package holds.
        sealed_to: The recipient; nobody for a refusal.
        signed: Who let it go.
        on: The day of its letters; ``None`` in an entry of an earlier version.
    """

    index: int
    digest: str
    sealed_to: str
    signed: str
    on: date | None


def refused_before(ledger: Ledger, decided: Decided) -> Before | None:
    """Return the refusal of this demand that was logged, if any.

    Raises:
        Refusal: It was answered with a package: what has left cannot be refused.
    """
    sealed = None
    for answer in answers_before(ledger, decided.demand.id):
        if answer.sealed_to == _NOBODY:
            return answer
        sealed = answer
    if sealed is not None:
        raise Refusal(
            f"the demand {decided.demand.id} was answered with a package already, log entry "
            f"{sealed.index}, and cannot be refused now",
            code="answer-sealed-already",
            todo="hand over the package, or type disclose again where it was cut short; where it "
            "must not leave, keep it and ask counsel; refuse a new paper under an id of its own",
        )
    return None


def check_may_follow(office: Office, decided: Decided) -> None:
    """Refuse to answer with a package what was refused on the same facts.

    A demand that was refused may still be answered once a fact is known that was not known then,
    such as a court's order to obey it. On the same facts the refusal stands.

    Raises:
        Refusal: It was refused on the facts that are given now.
        Corruption: The record of look-ups is not the one that an earlier answer commits to.
    """
    with office.ledger() as ledger:
        check_lookups(office, ledger)
        refused = None
        for answer in answers_before(ledger, decided.demand.id):
            if answer.sealed_to != _NOBODY:
                return
            refused = answer
        if refused is not None and _is_on_same_facts(ledger, decided, refused):
            raise refused_otherwise(decided, refused.index)


def refused_otherwise(decided: Decided, index: int) -> Refusal:
    """Return what to raise where a refusal was logged and this would be another answer."""
    return Refusal(
        f"the demand {decided.demand.id} was refused already, log entry {index}, and this would "
        "be another answer",
        code="answer-refused-already",
        todo="the first one stands: hand over its letters; give the demand as it was refused to "
        "have them again. Where a court has ordered more since, write its order into the demand "
        "and disclose; receive another paper under an id of its own",
    )


def as_on(decided: Decided, day: date) -> Decided:
    """Return the demand as it was decided under the law of ``day``."""
    return decided if decided.determination.on == day else decide_again(decided, day)


def answers_before(ledger: Ledger, demand_id: str) -> Iterator[Before]:
    """Yield every answer to a demand that the log holds, the oldest first."""
    for index, told in said_of(ledger, ANSWERS, demand_id):
        on = told.get("on")
        yield Before(
            index=index,
            digest=told["package"],
            sealed_to=told["sealed_to"],
            signed=told["signed"],
            on=parse_day(on) if on else None,
        )


def _is_on_same_facts(ledger: Ledger, decided: Decided, refused: Before) -> bool:
    # The decision lies just before its answer: both are logged at once.
    facts = dict(said_of(ledger, DECISIONS, decided.demand.id))[refused.index - 1]["facts"]
    then = decided if refused.on is None else as_on(decided, refused.on)
    return facts in {decided.determination.facts_digest, then.determination.facts_digest}
