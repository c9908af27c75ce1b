"""Which codes a fact can hold, alone and under several laws, and a case as one row."""

from collections.abc import Callable

import pytest

from clerestory.demands import Demand
from clerestory.law.packs import PackStack
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import (
    Shape,
    flat_facts,
    joined,
    known_to_all,
    lists_of,
    shape_of,
)

ONE = Shape(facts={"kind": frozenset({"letter", "order"})}, sets={"flags": frozenset({"minor"})})
TWO = Shape(
    facts={"kind": frozenset({"order", "warrant"}), "live": frozenset({"yes"})},
    sets={"flags": frozenset({"minor", "refugee"})},
)


@pytest.mark.parametrize(
    ("fact", "lists"),
    [
        ("channel", (("channel",), frozenset())),
        ("component", (("component",), frozenset({"none"}))),
        ("paper.form", (("form",), frozenset({"none"}))),
        (
            "paper.names_field",
            ((), frozenset({"yes", "no", "everything", "unstated", "of_which_program"})),
        ),
        ("months", ((), frozenset({"one", "more", "unstated"}))),
        ("hold", ((), frozenset({"none", "active", "lapsed"}))),
        ("outcome", ((), frozenset({"release", "coarsen", "refer_to_counsel", "withhold"}))),
        ("findings.order_stayed", (("answer",), frozenset())),
        ("consent.given", (("answer",), frozenset())),
        ("on", None),
        ("established", None),
    ],
)
def test_a_fact_has_its_lists_and_further_codes(fact: str, lists: object) -> None:
    assert lists_of(fact) == lists


def test_a_shape_names_every_fact_and_every_set_once_in_the_order_of_a_row(
    stack: PackStack,
) -> None:
    shape = shape_of(stack)

    lists = stack.vocabulary.lists
    assert shape.columns == (*shape.facts, *shape.sets)
    assert len(set(shape.columns)) == len(shape.columns)
    assert shape.facts["channel"] == frozenset(lists["channel"])
    assert shape.facts["component"] == frozenset({"none", *lists["component"]})
    assert shape.facts["findings.order_stayed"] == {"yes", "no", "unknown"}
    assert shape.sets["raised"] == frozenset(lists["findings"])
    assert shape.sets["cited"] == frozenset(stack.authorities)
    assert {"outcome", "established", "on"}.isdisjoint(shape.columns)


def test_under_several_laws_a_fact_can_hold_what_it_can_under_any() -> None:
    assert joined([ONE, TWO]) == Shape(
        facts={"kind": frozenset({"letter", "order", "warrant"}), "live": frozenset({"yes"})},
        sets={"flags": frozenset({"minor", "refugee"})},
    )


def test_a_shape_joined_with_nothing_else_is_itself() -> None:
    assert joined([TWO]) == TWO
    assert joined([]) == Shape(facts={}, sets={})


def test_known_to_all_are_the_codes_of_every_law_that_has_the_fact() -> None:
    assert known_to_all([ONE.facts, TWO.facts]) == {
        "kind": frozenset({"order"}),
        "live": frozenset({"yes"}),
    }
    assert known_to_all([ONE.sets]) == ONE.sets
    assert known_to_all([]) == {}


def test_a_case_is_one_row_with_a_code_for_each_fact_and_a_list_for_each_set(
    stack: PackStack, make: Callable[..., Demand]
) -> None:
    demand = make()
    context = facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)

    row = flat_facts("police_state", "snap.address", context, stack.vocabulary)

    shape = shape_of(stack)
    stages = {"established", "lifted", "mandated", "barred", "outcome"}
    assert set(row) == {*shape.columns, *stages}
    assert (row["principal"], row["purpose"]) == ("police_state", "locate_fugitive")
    assert [row[f"resource.{part}"] for part in ("program", "name", "source")] == [
        "snap",
        "address",
        stack.vocabulary.get("fields", "address").source,
    ]
    assert row["grounds"] == ["fleeing_felony"]
    assert row["paper.kind"] == "letter"
    assert all(row[path] in codes for path, codes in shape.facts.items())


def test_the_catalogue_of_an_agency_knows_a_source_better_than_the_codes(
    stack: PackStack, make: Callable[..., Demand]
) -> None:
    demand = make()
    context = facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)

    row = flat_facts("fns", "snap.address", context, stack.vocabulary, "ssa")

    assert row["resource.source"] == "ssa"
