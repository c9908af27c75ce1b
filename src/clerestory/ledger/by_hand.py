"""Which events a person may append with a file of events, and which only a command of ours writes.

An entry that says that a demand was received, decided or answered stands for an act, with what the
act checks first. Typed in by hand it would be a claim without the act, and nobody could tell.
"""

from collections.abc import Iterable
from enum import Enum
from types import MappingProxyType

from clerestory.kernel import Refusal
from clerestory.ledger.events import Event, EventType


class Keeper(Enum):
    """Who keeps a log. It is set when the log is created and never changes."""

    OFFICE = "office"  # made by: clerestory keys office
    OPERATOR = "operator"  # made by: clerestory log create


ENDED_ANSWER = "ended_answer"
"""The field of an update by which ``clerestory abandon`` ends an answer."""

_WRITTEN_BY = MappingProxyType(
    {
        EventType.DEMAND_RECEIVED: "clerestory receive",
        EventType.DEMAND_DECIDED: "clerestory disclose or clerestory refuse",
        EventType.ANSWER_SEALED: "clerestory disclose or clerestory refuse",
        EventType.ANSWER_RECEIVED: "clerestory receipt",
        EventType.DEMAND_CLOSED: "the act that closes a matter, in an office's database",
        EventType.CLASS_DEMAND_RECEIVED: "clerestory receive",
        EventType.CLASS_DEMAND_DECIDED: "clerestory disclose or clerestory refuse",
        EventType.CLASS_DEMAND_ANSWERED: "clerestory disclose or clerestory refuse",
        EventType.RETENTION_ERASED: "clerestory log erase",
    }
)
"""The command that writes each type in an office's log; all others may be appended by hand."""


def is_by_hand(kind: EventType, keeper: Keeper) -> bool:
    """Whether an event of this type may be appended by hand to a log of this keeper.

    Whoever keeps a log for systems of their own appends what they did. An erasure says that keys
    were destroyed in this very database, so no keeper may type one in.
    """
    if kind is EventType.RETENTION_ERASED:
        return False
    return keeper is Keeper.OPERATOR or kind not in _WRITTEN_BY


def check_by_hand(events: Iterable[Event], keeper: Keeper) -> None:
    """Refuse a file of events that holds one which only a command writes.

    Raises:
        Refusal: It does; the message names the first and the next step names its command.
    """
    for number, event in enumerate(events, 1):
        # Of the updates that anybody may write one stands for an act.
        ends = keeper is Keeper.OFFICE and ENDED_ANSWER in event.fields
        if ends or not is_by_hand(event.type, keeper):
            command = "clerestory abandon" if ends else _WRITTEN_BY[event.type]
            raise Refusal(
                f"an event of type {event.type.value} must not be appended by hand: event {number}",
                code="log-event-internal",
                todo=f"it is written by: {command}; nothing was written",
            )
