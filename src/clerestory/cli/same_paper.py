"""A paper that came before: found under whatever id it stands, and what it is then held against.

Under a new id the same paper would begin anew, and what was refused or lowered would be forgotten.
So ``receive`` looks for it in the log, by what it asks, by whom and of whom: neither its id, nor
the day on which it came, nor what was found out or written about it since makes another paper.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clerestory.cli.received import asked_digest
from clerestory.demands import Demand, asked_parts
from clerestory.kernel import Refusal
from clerestory.ledger import EventType, Ledger
from clerestory.ledger.repeats import fields_everywhere, find_numbered, said_of

RECEIPTS = (EventType.DEMAND_RECEIVED, EventType.CLASS_DEMAND_RECEIVED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A demand that the log holds: its entry, its number and its id."""

    entry: int
    number: int
    demand_id: str


def question_of(demand: Demand) -> dict[str, str]:
    """Return what the entry of a receipt says of what is asked, whatever its id and its day.

    The period stands by itself: one that a paper leaves open may be written into it afterwards.
    """
    parts = {k: v for k, v in asked_parts(demand).items() if k != "received"}
    period = parts.pop("period", None)
    question = {"question": asked_digest(parts)}
    return question if period is None else {**question, "period": period}


def check_repeats(ledger: Ledger, demand: Demand, again: str | None) -> tuple[str, ...]:
    """Return the ids under which this very paper stands already, the newest first.

    Args:
        ledger: The office's log.
        demand: The demand that is received.
        again: The id that it is said to repeat, if it is said to repeat any.

    Raises:
        Refusal: It stands already and is not said to repeat that; or what it is said to repeat is
            another paper, or none that was received.
    """
    found = sorted(_standing(ledger, demand), key=lambda one: one.entry, reverse=True)
    ids = tuple(one.demand_id for one in found)
    if again is not None and again not in ids:
        raise Refusal(
            f"what is received again is the paper that it was: {again} is none that asks the same",
            code="answer-again-other",
            todo=f"give the id under which it stands: {', '.join(ids)}"
            if ids
            else "leave out --again: no paper that asks the same is in the log",
        )
    if found and again is None:
        newest = found[0]
        raise Refusal(
            f"this very paper was received already, as {newest.demand_id}, number {newest.number}",
            code="answer-same-paper",
            todo=f"go on with {newest.demand_id}; where the same was asked once more, add --again "
            f"{newest.demand_id}, and what was answered then is held against it; where this is "
            "another paper, write what tells them apart, such as requester.reference, who signed "
            "it and when",
        )
    return ids


def repeated_by(ledger: Ledger, demand_id: str) -> tuple[str, ...]:
    """Return the ids of the demands that a received one repeats, the newest first."""
    for _, told in said_of(ledger, RECEIPTS, demand_id):
        return tuple(told.get("again", "").split())
    return ()


def said_unless_erased(
    ledger: Ledger, kinds: frozenset[EventType], demand_id: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield what entries of some types say of a demand that may have been erased."""
    try:
        yield from said_of(ledger, kinds, demand_id)
    except Refusal as fault:
        if fault.code != "log-erased":
            raise


def _standing(ledger: Ledger, demand: Demand) -> Iterator[Standing]:
    asks, asked = asked_digest(asked_parts(demand)), question_of(demand)
    for kind in RECEIPTS:
        for entry, told in fields_everywhere(ledger, kind):
            # An entry of an earlier version says the day too: of another day it is not known.
            is_same = told.get("asked") == asks or _is_same(told, asked)
            if is_same and (drawn := find_numbered(ledger, told["demand"])) is not None:
                yield Standing(entry, drawn[1], told["demand"])


def _is_same(told: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    periods = {one["period"] for one in (told, asked) if "period" in one}
    return told.get("question") == asked["question"] and len(periods) < 2
