"""Facts written as a demand and read again are the same facts."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from clerestory.demands import read_demand
from clerestory.demands.schema import check_shape
from clerestory.law.packs import load_stack
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.circuit.well_formed import well_formed
from clerestory.policy.decide.engine import Engine
from clerestory.policy.interpreters.smt import Solver
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import flat_facts

ON = date(2026, 3, 2)
STACK = load_stack(Path(__file__).parents[2] / "packs", ["us-federal", "us-me"])
CIRCUIT = circuit_of(Engine.of(STACK, ON).law)


@pytest.mark.parametrize("seed", range(60))
def test_facts_come_back_from_the_demand_that_was_written_of_them(seed: int) -> None:
    draw = Random(seed)
    solver = Solver(CIRCUIT)
    solver.require(well_formed(CIRCUIT))
    facts, sets = CIRCUIT.shape.facts, CIRCUIT.shape.sets
    wishes = [CIRCUIT.is_one_of(path, [draw.choice(sorted(facts[path]))]) for path in facts]
    wishes += [CIRCUIT.holds(path, draw.choice(sorted(sets[path]))) for path in sets]
    draw.shuffle(wishes)
    found = solver.ask(CIRCUIT.yes, plain=wishes).facts
    assert found is not None

    document = demand_of(found, ON, name="PROOF-1")
    check_shape(document, "demand")
    demand = read_demand(document, STACK.vocabulary)
    item = demand.items[0]
    again = flat_facts(
        demand.requester.kind,
        f"{item.program}.{item.field}",
        facts_of(demand, item, ON, STACK.vocabulary),
        STACK.vocabulary,
        found["resource.source"],
    )

    assert {path: again[path] for path in facts} == {path: found[path] for path in facts}
    assert {path: sorted(again[path]) for path in sets} == {path: found[path] for path in sets}
