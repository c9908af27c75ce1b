"""Acts follow one another in time: nothing is logged of a day before that of what is logged.

The log shows quarters only, on purpose. Behind its commitments it keeps the day of each receipt and
each answer, and by them a clock that was set back is seen: it would choose another day's law.
"""

from datetime import date

from clerestory.cli.office import Office
from clerestory.kernel import Refusal
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
    """Refuse an act of a day before what is logged of the demand, or of any other.

    With ``--late`` an act may be older than those of other demands; never than its own demand's.

    Raises:
        Refusal: It is.
    """
    own = [told["on"] for _, told in said_of(ledger, _DATED, demand_id) if "on" in told]
    newest = None if office.late else last_saying(ledger, _DATED, "on")
    # Written with four digits for the year, days sort as texts do.
    if own and str(on) < max(own):
        raise Refusal(
            f"nothing is done about a demand before what was done about it: {on} is before "
            f"{max(own)}",
            code="answer-before-receipt",
            todo="correct --at or the machine's clock; the law of another day would be chosen",
        )
    if newest is not None and str(on) < newest:
        raise Refusal(
            f"acts are logged in the order of their days: {on} is before {newest}",
            code="log-time-backwards",
            todo="correct --at or the machine's clock; where the later entry is the wrong one, or "
            "this one is late, add --late",
        )
