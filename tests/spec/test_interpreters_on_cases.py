"""The circuit that the proof and the replay read, held against Cedar on every known answer."""

from functools import cache
from pathlib import Path

import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.audit.law_days import LawDays
from clerestory.demands import load_document, read_demand
from clerestory.law.packs import available_packs
from clerestory.policy.circuit.circuit import Circuit, answer_of
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.decide.engine import Engine
from clerestory.policy.decide.stages import run
from clerestory.policy.model.shape import flat_facts

ROOT = Path(__file__).parents[2]
DAYS = LawDays(ROOT / "packs")
FILES = list_case_files([ROOT / "casebook", *sorted((ROOT / "packs").glob("*/cases"))])


@cache
def circuit(engine_key: frozenset[str], packs: tuple[str, ...]) -> Circuit:
    return circuit_of(ENGINES[engine_key, packs].law)


ENGINES: dict[tuple[frozenset[str], tuple[str, ...]], Engine] = {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_the_circuit_answers_each_known_case_as_cedar_does(path: Path) -> None:
    known = set(available_packs(ROOT / "packs"))
    compared = 0
    for case in cases_of(load_document(path), path.name):
        packs = tuple(case["packs"])
        if not set(packs) <= known:
            continue
        for step in case["expect"]:
            on = day_of(step)
            engine = DAYS.engine(packs, on)
            key = frozenset(engine.law.policies)
            ENGINES[key, packs] = engine
            made = circuit(key, packs)
            vocabulary = engine.law.stack.vocabulary
            docket = engine.docket(read_demand(demand_on(case, on), vocabulary))
            for asked, finding in zip(
                docket.cases, run(engine.law, docket.cases, docket.entities), strict=True
            ):
                facts = flat_facts(asked.principal, asked.resource, asked.context, vocabulary)
                values = made.evaluate(facts)
                outcome = answer_of(finding.outcome)
                holding = [name for name, place in made.outcomes.items() if values[place]]
                lifted = {w for (s, w), n in made.words.items() if s == "lifted" and values[n]}
                established = {
                    w for (s, w), n in made.words.items() if s == "established" and values[n]
                }

                assert holding == [outcome], (case["demand"]["id"], on, asked.resource)
                assert established == set(finding.context["established"])
                if outcome != "coarsen":
                    assert lifted == set(finding.context["lifted"])
                compared += 1

    assert compared or path.name == "states.yaml"
