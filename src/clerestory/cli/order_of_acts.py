"""Acts follow one another in time: nothing is logged of a day before that of what is logged.

The log shows quarters only, on purpose. Behind its commitments it keeps the day of each receipt and
each answer, and by them a clock that was set back is seen: it would choose another day's law.
"""

from datetime import date

from clerestory.cli.office import Office
from clerestory.kernel.time import BadTime
from clerestory.ledger import EventType, Ledger
from clerestory.ledger.by_hand import ENDED_ANSWER
from clerestory.ledger.repeats import last_saying, said_of

_DATED = frozenset(
    {
        EventType.DEMAND_RECEIVED,
        EventType.CLASS_DEMAND_RECEIVED,
        EventType.ANSWER_SEALED,
        EventType.CLASS_DEMAND_ANSWERED,
        EventType.ANSWER_RECEIVED,
    }
)
# An erasure takes the days of one demand away, and says its own in their place.
_ERASED = frozenset({EventType.RETENTION_ERASED})
_UPDATES = frozenset({EventType.MATTER_UPDATED})
# Of the updates only one that ends an answer: others are written by hand, with any day.
_IN_OFFICE = {
    **dict.fromkeys(_DATED | _ERASED, "on"),
    **dict.fromkeys(_UPDATES, ENDED_ANSWER),
}


def check_not_before(office: Office, ledger: Ledger, demand_id: str, on: date) -> None:
    """Refuse an act of a day before the last of its demand, or of the office, unless it is late.

    Late is what was done before acts about other demands that are logged already. Of one demand
    each act stands on the one before it, so no act of it is late behind another.

    Raises:
        BadTime: It is of a day before the last act of its demand; or before one of another, and
            nobody said ``--late``.
    """
    own = _last_of_demand(ledger, demand_id)
    if own > str(on):
        raise BadTime(
            f"what is done about one demand is logged in the order of its days: {on} is before "
            f"{own}",
            code="log-time-backwards",
            todo="correct --at or the machine's clock, for the law of another day would be chosen; "
            f"--late helps only behind other demands. Where {own} is the wrong one, receive the "
            f"paper once more under an id of its own, with --again {demand_id}",
        )
    check_order_of_office(ledger, on, late=office.late)


def check_order_of_office(ledger: Ledger, on: date, *, late: bool) -> str:
    """Return the later day of an act that is logged already, or nothing where there is none.

    Raises:
        BadTime: There is one, and nobody said ``--late``.
    """
    last = _last_of_office(ledger)
    if last <= str(on):
        return ""
    if not late:
        raise BadTime(
            f"acts are logged in the order of their days: {on} is before {last}",
            code="log-time-backwards",
            todo="correct --at or the machine's clock, for the law of another day would be chosen; "
            "where the later entry is the wrong one, or this one is late, add --late",
        )
    return last


def later_day(ledger: Ledger, demand_id: str, on: date) -> str | None:
    """Return the day of the last act of this demand, or of the office, if it is after ``on``."""
    last = max(_last_of_demand(ledger, demand_id), _last_of_office(ledger))
    return last if last > str(on) else None


# Written with four digits for the year, days sort as texts do; nothing comes before all of them.
def _last_of_demand(ledger: Ledger, demand_id: str) -> str:
    said = [told for _, told in said_of(ledger, _DATED, demand_id)]
    updates = said_of(ledger, _UPDATES, demand_id)
    said += [told for _, told in updates if ENDED_ANSWER in told]
    return max((told.get("on", "") for told in said), default="")


def _last_of_office(ledger: Ledger) -> str:
    said = last_saying(ledger, _IN_OFFICE) or {}
    # One that was late says behind which day, and so the order goes on from there.
    return max(said.get("on", ""), said.get("late", ""))
