"""Schema, entities and requests, made from the vocabulary."""

import json
from collections.abc import Callable

import cedarpy
import pytest

from clerestory.demands import Demand
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack
from clerestory.law.policies import policies_text
from clerestory.law.stages import STAGE_SETS
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.schema import (
    entities_json,
    field_entity,
    field_uid,
    group_entities,
    request,
    schema_text,
)


def test_every_policy_of_the_real_packs_passes_the_schema_strictly(stack: PackStack) -> None:
    result = cedarpy.validate_policies(
        policies_text(list(stack.policies)), schema_text(stack.vocabulary)
    )

    assert result.validation_passed, result.errors[:3]


@pytest.mark.parametrize(
    "condition",
    ['context.findings.no_such_finding == "yes"', "context.paper.kind == 1", "resource.nickname"],
)
def test_a_policy_that_reads_what_is_not_there_does_not_pass_the_schema(
    condition: str, stack: PackStack
) -> None:
    policy = f'permit (principal, action == Action::"lift", resource) when {{ {condition} }};'

    result = cedarpy.validate_policies(policy, schema_text(stack.vocabulary))

    assert not result.validation_passed


def test_the_facts_of_a_demand_follow_the_schema(
    stack: PackStack, make: Callable[..., Demand]
) -> None:
    demand = make(
        consents=[{"by": "S1", "to": "police_state"}], agreements=[{"with": "police_state"}]
    )
    item = demand.items[0]
    facts = facts_of(demand, item, demand.received_on, stack.vocabulary)
    entities = [
        *group_entities(stack.vocabulary),
        field_entity(stack.vocabulary, item.program, item.field),
    ]
    asked = request("police_state", "lift", field_uid(item.program, item.field), facts)

    # With a schema, a request whose facts do not follow it is an error.
    result = cedarpy.is_authorized(
        {key: _uid(value) for key, value in asked.items()},
        "permit (principal, action, resource);",
        entities_json(entities),
        schema=schema_text(stack.vocabulary),
    )

    assert result.diagnostics.errors == []
    assert result.allowed


def _uid(value: object) -> object:
    if isinstance(value, dict) and set(value) == {"type", "id"}:
        return f'{value["type"]}::"{value["id"]}"'
    return value


def test_the_sets_that_stages_hand_on_start_empty(
    stack: PackStack, make: Callable[..., Demand]
) -> None:
    demand = make()
    facts = facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)

    assert [facts[name] for name in STAGE_SETS] == [[], [], [], []]


def test_a_field_knows_its_program_its_groups_its_source_and_whether_it_tells_status(
    stack: PackStack,
) -> None:
    entity = field_entity(stack.vocabulary, "snap", "a_number")
    taxed = field_entity(stack.vocabulary, "snap", "income", "irs")

    assert entity["uid"] == {"type": "Field", "id": "snap.a_number"}
    assert entity["attrs"] == {
        "name": "a_number", "program": "snap", "source": "household", "proxy": True,
    }  # fmt: skip
    assert entity["parents"] == [
        {"type": "Program", "id": "snap"},
        {"type": "Category", "id": "identity"},
    ]
    assert taxed["attrs"]["source"] == "irs"


def test_every_group_is_an_entity_once(stack: PackStack) -> None:
    entities = group_entities(stack.vocabulary)
    uids = [json.dumps(entity["uid"]) for entity in entities]
    parents = {json.dumps(parent) for entity in entities for parent in entity["parents"]}

    assert len(uids) == len(set(uids))
    assert parents <= set(uids)


@pytest.mark.parametrize("gone", ["answer", "category", "findings", "program_group"])
def test_a_vocabulary_without_a_list_is_told_by_the_lists_name(stack: PackStack, gone: str) -> None:
    lists = {name: codes for name, codes in stack.vocabulary.lists.items() if name != gone}

    with pytest.raises(PackFault, match=rf"^codes\.yaml lacks the list {gone}, from which"):
        group_entities(Vocabulary(lists))
