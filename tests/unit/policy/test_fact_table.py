"""Every fact stands once in the table, and what is made from it says no more and no less.

Run this file as a program to write the published JSON Schema of demands anew.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from clerestory.demands import Demand
from clerestory.demands.code_places import code_places
from clerestory.demands.schema import schema
from clerestory.law.fact import ESTABLISHERS
from clerestory.law.fact_table import (
    BY_PATH,
    FACTS,
    absent_of,
    can_change,
    in_context,
    said_of,
    worst_of,
    worth_of,
)
from clerestory.law.packs import PackStack
from clerestory.law.stages import STAGE_SETS
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import OWN_WORDS, WITHOUT_CODES, shape_of

PUBLISHED = Path(__file__).parents[3] / "src/clerestory/demands/schemas/demand.schema.json"
# What counsel signs: the stages read it, and no policy does.
SIGNED = {"opinion.favor", "opinion.against", "suspended"}
HEADS = dict.fromkeys(fact.head for fact in FACTS)


def made_schema() -> str:
    return json.dumps(schema("demand"), indent=1, ensure_ascii=False) + "\n"


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


def test_the_published_schema_is_the_one_that_the_table_makes() -> None:
    assert PUBLISHED.read_text("utf-8") == made_schema()


def test_every_place_of_the_form_that_has_codes_is_known_to_the_table() -> None:
    stated = {fact.place: fact.lists[0] for fact in FACTS if fact.place and fact.lists}
    answers = {place for place, name in stated.items() if name == "answer"}

    places = code_places()
    assert {place: places[place] for place in stated if place not in answers} == {
        place: name for place, name in stated.items() if place not in answers
    }


def test_what_is_said_of_a_group_lies_in_the_group_itself_and_can_be_left_out() -> None:
    for fact in (fact for head in HEADS for fact in said_of(head)):
        assert fact.place.count(".") == 1, fact.path
        assert fact.silence, fact.path
        assert not fact.many, fact.path


def test_who_may_establish_each_fact_is_said() -> None:
    assert {fact.by for fact in FACTS} == set(ESTABLISHERS)


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


def test_what_opens_least_is_no_but_for_what_takes_a_consent_away() -> None:
    worst = {path: worst_of(path) for path in BY_PATH if worst_of(path)}

    assert worst == {
        fact.path: "yes" if fact.path == "consent.revoked" else "no"
        for fact in FACTS
        if fact.head in {"consent", "agreement"}
    }
    assert worst_of("findings.anything") == ""


@pytest.mark.parametrize(
    ("head", "changes", "worth"),
    [
        ("consent", {}, 6),
        ("consent", {"elements": "unknown"}, 5),
        ("consent", {"revoked": "unknown"}, 4),
        ("consent", {"revoked": "yes"}, 5),
        ("agreement", {}, 6),
        ("agreement", {"bars_onward_sharing": "no"}, 6),
        ("agreement", {"in_force": "unknown"}, 5),
    ],
)
def test_the_closest_paper_is_the_one_of_which_most_is_so(
    head: str, changes: dict[str, str], worth: int
) -> None:
    best = {f.part: "no" if f.worst == "yes" else "yes" for f in FACTS if f.head == head}

    assert worth_of(head, best | changes) == worth


if __name__ == "__main__":
    PUBLISHED.write_text(made_schema(), "utf-8")
