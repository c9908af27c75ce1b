"""Answers that were logged, never handed over, and ended since: they stand for nothing any more."""

from clerestory.ledger import EventType, Ledger
from clerestory.ledger.by_hand import ENDED_ANSWER
from clerestory.ledger.repeats import said_of

_UPDATES = frozenset({EventType.MATTER_UPDATED})


def ended_answers(ledger: Ledger, demand_id: str) -> dict[int, int]:
    """Return for each answer of a demand that was ended its entry, and the entry that ended it."""
    return {
        int(told[ENDED_ANSWER]): index
        for index, told in said_of(ledger, _UPDATES, demand_id)
        if ENDED_ANSWER in told
    }
