"""Every fact stands once in the table, and what is made from it says no more and no less."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from clerestory.demands import Demand
from clerestory.demands.schema import schema
from clerestory.law.fact_table import (
    BY_PATH,
    FACTS,
    absent_of,
    can_change,
    in_context,
    parts_of,
)
from clerestory.law.packs import PackStack
from clerestory.law.stages import STAGE_SETS
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import OWN_WORDS, WITHOUT_CODES, shape_of

# What counsel signs: the stages read it, and no policy does.
SIGNED = {"opinion.favor", "opinion.against", "suspended"}
# What the form calls the group of a fact.
FORM = {"paper": "instrument", "agreement": "agreements"}


def flat(facts: Mapping[str, Any], head: str = "") -> Iterator[str]:
    for name, value in facts.items():
        plain = not isinstance(value, dict) or "__extn" in value or "__entity" in value
        yield from [f"{head}{name}"] if plain else flat(value, f"{head}{name}.")


def test_a_request_states_the_facts_of_the_table_and_the_findings_of_the_codes(
    stack: PackStack, make: Callable[..., Demand]
) -> None:
    demand = make()
    found = set(flat(facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)))

    findings = {f"findings.{code}" for code in stack.vocabulary.lists["findings"]}
    assert found == {fact.path for fact in in_context()} | findings | SIGNED


def test_every_fact_stands_once() -> None:
    assert len(BY_PATH) == len(FACTS)


def test_every_list_of_codes_is_there(stack: PackStack) -> None:
    for fact in FACTS:
        assert set(fact.lists) <= set(stack.vocabulary.lists), fact.path


def test_proof_and_replay_know_each_fact_but_days_words_and_the_answer(stack: PackStack) -> None:
    shape = shape_of(stack)

    findings = {f"findings.{code}" for code in stack.vocabulary.lists["findings"]}
    without = {*STAGE_SETS, *WITHOUT_CODES, "outcome"}
    assert {*shape.columns} == ({*BY_PATH} - without) | findings
    assert {*STAGE_SETS, "cited", *SIGNED} == OWN_WORDS
    assert {"on", "resource.proxy"} == WITHOUT_CODES


def test_what_the_form_states_by_the_same_word_is_a_key_of_the_form() -> None:
    whole = schema("demand")
    for head in dict.fromkeys(fact.head for fact in FACTS if fact.written):
        place = whole["properties"][FORM.get(head, head)]
        while "properties" not in place:
            place = place.get("items") or (place["anyOf"][0] if "anyOf" in place else place)
            if "$ref" in place:
                place = whole["$defs"][place["$ref"].rpartition("/")[2]]
        assert set(parts_of(head, written=True)) <= set(place["properties"]), head


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("findings.anything", True),
        ("consent.given", True),
        ("agreement.in_force", True),
        ("paper.kind", True),
        ("paper.names_field", True),
        ("paper.form", False),
        ("paper.persons", False),
        ("subject.relation", False),
        ("purpose", False),
        ("principal", False),
        ("no_such_fact", False),
    ],
)
def test_only_evidence_can_change(path: str, changes: bool) -> None:
    assert can_change(path) is changes


def test_what_is_not_there_is_said_so_but_for_what_nobody_can_know() -> None:
    assert absent_of("consent") == {
        **dict.fromkeys(("given", "recipient", "purpose", "field", "in_date", "elements"), "no"),
        "revoked": "unknown",
    }
    assert set(absent_of("agreement").values()) == {"no"}
