"""Whether a single condition holds is read off the facts as Cedar reads it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.demands.reading import load_document, read_demand
from clerestory.law.cedar_tree import Fact, Tree, fold
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack
from clerestory.policy import Engine
from clerestory.policy.decide.engine import Docket
from clerestory.policy.decide.stages import Case, CaseAnswer, run
from clerestory.policy.explain.case_facts import CaseFacts
from clerestory.policy.explain.clauses import Clause, ClauseSet
from clerestory.policy.model.schema import request

ROOT = Path(__file__).parents[3]
FILES = (
    "us-federal/cases/near-misses-snap.yaml", "us-federal/cases/near-misses-courts.yaml",
    "us-federal/cases/near-misses-alternatives.yaml", "us-me/cases/near-misses-maine.yaml",
    "us-me/cases/acting-for-another.yaml", "us-federal/cases/permits-exchange-and-process.yaml",
)  # fmt: skip
MOST = 6


def decided(stack: PackStack) -> Iterator[tuple[Engine, Docket, Case, CaseAnswer]]:
    """Yield cases of the packs with their answers, each with the law of its day."""
    engines: dict[object, Engine] = {}
    for file in FILES:
        for case in cases_of(load_document(ROOT / "packs" / file), file)[:MOST]:
            on = day_of(case["expect"][0])
            engine = engines.setdefault(on, Engine.of(stack, on))
            docket = engine.docket(read_demand(demand_on(case, on), stack.vocabulary))
            answers = run(engine.law, docket.cases, docket.entities)
            for one, answer in zip(docket.cases, answers, strict=True):
                yield engine, docket, one, answer


def is_met(clause: Clause, facts: CaseFacts) -> bool:
    def atom(tree: Tree, wanted: bool) -> bool:
        return facts.holds(tree) == wanted

    return fold(clause.tree, clause.wanted, every=all, either=any, atom=atom)


def test_conditions_hold_as_cedar_says(stack: PackStack) -> None:
    seen: dict[bool, int] = {True: 0, False: 0}
    for engine, docket, case, answer in decided(stack):
        program, _, name = case.resource.partition(".")
        facts = CaseFacts(stack.vocabulary, case.principal, program, name, answer.context)
        lifts: ClauseSet = engine.considered.lifts
        asked = request(case.principal, "lift", case.resource, answer.context)
        (response,) = lifts.decide([asked], docket.entities)
        for clause_id, clause in lifts.clauses.items():
            holds = is_met(clause, facts)
            assert holds == (clause_id in response.policies), (clause_id, case.resource)
            seen[holds] += 1

    assert min(seen.values()) > 500


def test_a_fact_that_no_list_holds_is_told_by_its_name(stack: PackStack) -> None:
    facts = CaseFacts(stack.vocabulary, "police_state", "snap", "address", {"findings": {}})

    with pytest.raises(PackFault, match=r"^a policy asks findings\.gone, which codes\.yaml does"):
        facts.holds(Fact(("context", "findings", "gone")))
