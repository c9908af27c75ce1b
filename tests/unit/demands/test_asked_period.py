"""A demand asks for what is held when it is received, and for no later day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clerestory.demands import Demand, asked_period
from clerestory.kernel import Period, Refusal

CAME = date(2026, 3, 2)
NEXT = date(2026, 3, 3)


@pytest.fixture
def demand(read: Callable[[Any], Demand], document: dict[str, Any]) -> Demand:
    return read(document)


def over(made: Demand, first: date | None, after: date | None) -> Demand:
    paper = replace(made.instrument, period_from=first, period_to=after)
    return replace(made, received_on=CAME, instrument=paper)


@pytest.mark.parametrize(
    ("first", "after", "ends"),
    [
        (None, None, NEXT),
        (date(2016, 1, 1), None, NEXT),
        (CAME, None, NEXT),
        (None, CAME, CAME),
        (None, NEXT, NEXT),
        (None, date(2026, 3, 4), NEXT),
        (date(2026, 1, 1), date(9999, 12, 31), NEXT),
        (date(2025, 1, 1), date(2025, 7, 1), date(2025, 7, 1)),
    ],
)
def test_dated_records_end_with_the_day_of_receipt(
    demand: Demand, first: date | None, after: date | None, ends: date
) -> None:
    assert asked_period(over(demand, first, after)) == Period(valid_from=first, valid_to=ends)


@pytest.mark.parametrize("first", [NEXT, date(2027, 1, 1)])
@pytest.mark.parametrize("after", [None, date(2028, 1, 1)])
def test_a_period_to_come_is_refused(demand: Demand, first: date, after: date | None) -> None:
    with pytest.raises(Refusal) as caught:
        asked_period(over(demand, first, after))

    assert caught.value.code == "answer-period-ahead"
    assert str(caught.value).endswith(f"begins on {first}, and it was received on {CAME}")
