"""A demand's values."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from clerestory.demands import Demand, Item
from clerestory.demands.demand import Subject

Read = Callable[[Any], Demand]


@pytest.mark.parametrize(
    ("relation", "is_class"),
    [
        ("named", False),
        ("listed_row", False),
        ("household_member", False),
        ("class", True),
        ("unknown", True),
    ],
)
def test_who_is_not_tied_to_the_demand_counts_as_a_class(relation: str, is_class: bool) -> None:
    assert Subject(ref="S1", relation=relation).is_class is is_class


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
