"""Of which days a demand asks for records: never of a day after it came."""

from datetime import timedelta

from clerestory.demands.demand import Demand
from clerestory.kernel import Period, Refusal


def asked_period(demand: Demand) -> Period:
    """Return the days of which dated records answer a demand.

    A demand asks for what is held when it is received. What comes into being afterwards is for
    another demand, however late this one is answered, and whatever end its paper states: no paper
    that this program can read orders that records be sent as they come.

    Raises:
        Refusal: The paper's period begins after the demand was received.
    """
    paper, after = demand.instrument, demand.received_on + timedelta(days=1)
    first = paper.period_from
    if first is not None and first >= after:
        raise Refusal(
            "a demand asks for what is held when it is received: its period begins on "
            f"{first}, and it was received on {demand.received_on}",
            code="answer-period-ahead",
            todo="have the paper served again once its period has begun, and receive it under an "
            "id of its own; or correct the dates, where the paper says others",
        )
    end = after if paper.period_to is None else min(paper.period_to, after)
    return Period(valid_from=first, valid_to=end)
