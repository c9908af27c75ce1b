"""A demand's values."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest

from clerestory.demands import AnsweredTooEarly, Demand, Item, check_day_of_answer
from clerestory.demands.demand import Subject

Read = Callable[[Any], Demand]


@pytest.mark.parametrize(
    ("ref", "relation", "is_class", "is_several"),
    [
        ("S1", "named", False, False),
        ("S1", "listed_row", False, False),
        ("S1", "household_member", False, False),
        ("S1", "unknown", False, False),
        ("S*", "class", True, True),
        ("S*", "unknown", False, True),
        ("S*", "listed_row", False, True),
    ],
)
def test_one_person_is_no_class_whatever_is_known_of_the_tie(
    ref: str, relation: str, is_class: bool, is_several: bool
) -> None:
    subject = Subject(ref=ref, relation=relation)

    assert (subject.is_class, subject.is_several) == (is_class, is_several)


def test_a_subject_is_found_by_its_ref(document: dict[str, Any], read: Read) -> None:
    document["subjects"].append({"ref": "S2", "relation": "household_member"})

    assert read(document).subject("S2").relation == "household_member"


def test_an_item_is_written_as_person_and_field() -> None:
    assert Item("S1", "snap", "address").ref == "S1.address"
    assert sorted([Item("S2", "snap", "a"), Item("S1", "tanf", "b")])[0].subject == "S1"


def test_a_demand_cannot_be_changed(document: dict[str, Any], read: Read) -> None:
    demand = read(document)

    with pytest.raises(FrozenInstanceError):
        demand.purpose = "tenancy"  # type: ignore[misc]


@pytest.mark.parametrize(("day", "comes"), [(1, False), (2, True), (3, True)])
def test_nothing_is_answered_before_it_came(
    day: int, comes: bool, document: dict[str, Any], read: Callable[[Any], Demand]
) -> None:
    demand, on = read(document), date(2026, 3, day)

    if comes:
        check_day_of_answer(demand, on)
        return
    with pytest.raises(AnsweredTooEarly, match="2026-03-01 is before 2026-03-02") as refused:
        check_day_of_answer(demand, on)
    assert refused.value.code == "answer-before-receipt"
    assert "received.date" in (refused.value.todo or "")
