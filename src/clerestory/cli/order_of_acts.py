"""Acts follow one another in time: nothing is logged of a day before that of what is logged.

The log shows quarters only, on purpose. Behind its commitments it keeps the day of each receipt and
each answer, and by them a clock that was set back is seen: it would choose another day's law.
"""

from datetime import date

from clerestory.cli.office import Office
from clerestory.kernel.time import BadTime
from clerestory.ledger import EventType, Ledger
from clerestory.ledger.repeats import last_saying, said_of

_DATED = frozenset(
    {
        EventType.DEMAND_RECEIVED,
        EventType.CLASS_DEMAND_RECEIVED,
        EventType.ANSWER_SEALED,
        EventType.CLASS_DEMAND_ANSWERED,
    }
)


def check_not_before(office: Office, ledger: Ledger, demand_id: str, on: date) -> None:
    """Refuse an act of a day before the last of its demand, or of the office, unless it is late.

    Raises:
        BadTime: It is of an earlier day, and nobody said ``--late``.
    """
    behind = later_day(ledger, demand_id, on)
    if behind is not None and not office.late:
        raise BadTime(
            f"acts are logged in the order of their days: {on} is before {behind}",
            code="log-time-backwards",
            todo="correct --at or the machine's clock, for the law of another day would be chosen; "
            "where the later entry is the wrong one, or this one is late, add --late",
        )


def later_day(ledger: Ledger, demand_id: str, on: date) -> str | None:
    """Return the day of the last act of this demand, or of the office, if it is after ``on``."""
    days = [told["on"] for _, told in said_of(ledger, _DATED, demand_id) if "on" in told]
    newest = last_saying(ledger, _DATED, "on")
    # Written with four digits for the year, days sort as texts do.
    last = max([*days, newest or ""])
    return last if last > str(on) else None
