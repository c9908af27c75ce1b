"""What a copy of the program says of the facts of its table: run by ``test_one_row``.

On standard input: the folder of packs, a demand that states the facts, one that states none of
them, and the paths of the facts.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import cedarpy

from clerestory.audit.pack_check_sentences import check_sentences
from clerestory.audit.rows.writing import row_schema
from clerestory.demands import Demand, read_demand
from clerestory.demands.code_places import code_places
from clerestory.demands.condition import asked_in
from clerestory.demands.schema import schema
from clerestory.demands.writing_demands import demand_json
from clerestory.law.cedar_tree import parse
from clerestory.law.conditions import parse_condition
from clerestory.law.fact_table import can_change, worst_of
from clerestory.law.packs import PackStack, load_stack
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.circuit.well_formed import ordinary, well_formed
from clerestory.policy.explain.conditions import condition_of
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.schema import schema_text
from clerestory.policy.model.shape import flat_facts, shape_of

ON = date(2026, 3, 2)


def flat(demand: Demand, stack: PackStack) -> dict[str, Any]:
    """Return the facts of a demand's first item."""
    item = demand.items[0]
    facts = facts_of(demand, item, ON, stack.vocabulary)
    resource = f"{item.program}.{item.field}"
    return flat_facts(demand.requester.kind, resource, facts, stack.vocabulary)


def is_typed(path: str, stack: PackStack) -> bool:
    """Whether Cedar takes a policy that reads a fact."""
    action = 'action == Action::"release"'
    policy = f'permit (principal, {action}, resource) when {{ context.{path} == "yes" }};'
    return bool(cedarpy.validate_policies(policy, schema_text(stack.vocabulary)).validation_passed)


def groups() -> dict[str, Any]:
    """Return the keys of each group of the JSON Schema."""
    whole = schema("demand")
    places = {
        **{name: whole["properties"][name]["anyOf"][0] for name in ("consents", "agreements")},
        "subjects": whole["properties"]["subjects"],
    }
    return {
        "instrument": whole["$defs"]["instrument"]["properties"],
        **{name: node["items"]["properties"] for name, node in places.items()},
    }


def told(
    packs: str, stated: Mapping[str, Any], bare: Mapping[str, Any], paths: list[str]
) -> dict[str, Any]:
    """Return what every part that is made from the table says of the facts."""
    stack = load_stack(Path(packs), ["us-me"])
    shape = shape_of(stack)
    circuit = Circuit(shape)
    fitting = well_formed(circuit)
    demand, nothing = (read_demand(one, stack.vocabulary) for one in (stated, bare))
    facts, none = flat(demand, stack), flat(nothing, stack)
    again = demand_of(facts, ON, name="T-1")
    trees = {path: parse_condition(f'context.{path} == "yes"', "here") for path in paths}
    changed = [facts, *({**none, path: "yes"} for path in paths[:2])]
    return {
        "keys": groups(),
        "places": code_places()["instrument.came_by"],
        "facts": {path: facts[path] for path in paths},
        "nothing": {path: none[path] for path in paths},
        "written": demand_json(demand),
        "domains": {path: sorted(shape.facts[path]) for path in paths},
        "columns": [name for name in row_schema(shape).names if name in paths],
        "typed": [is_typed(path, stack) for path in [*paths, "consent.unheard_of"]],
        "asked": [
            [asked.fact, list(asked.codes)]
            for tree in trees.values()
            for asked in asked_in(condition_of(parse(tree)))
        ],
        "unsaid": sorted(
            flaw.text
            for flaw in check_sentences(Path(packs), stack.packs, stack.vocabulary)
            if flaw.grave
        ),
        "fits": [circuit.evaluate(one)[fitting] for one in changed],
        "plain": circuit.is_one_of("paper.came_by", ["email"]) in ordinary(circuit),
        "counterexample": again,
        "returns": flat(read_demand(again, stack.vocabulary), stack) == facts,
        "can_change": [path for path in paths if can_change(path)],
        "worst": [worst_of(path) for path in paths],
    }


if __name__ == "__main__":
    json.dump(told(*json.load(sys.stdin)), sys.stdout)
