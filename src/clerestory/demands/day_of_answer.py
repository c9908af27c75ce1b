"""On which day a demand may be answered: not before it came."""

from datetime import date

from clerestory.demands.demand import Demand
from clerestory.demands.errors import AnsweredTooEarly


def check_day_of_answer(demand: Demand, on: date) -> None:
    """Refuse to answer a demand before it came: an older law would be chosen for it.

    Args:
        demand: The demand, with the day on which it was received.
        on: The holder's local day whose law is to answer.

    Raises:
        AnsweredTooEarly: The day lies before the day of receipt.
    """
    if on < demand.received_on:
        raise AnsweredTooEarly(
            f"nothing is done about a demand before the day it was received: {on} is before "
            f"{demand.received_on}"
        )
