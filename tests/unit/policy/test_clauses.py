"""Policies taken apart into trigger and conditions."""

from collections.abc import Callable

from clerestory.demands import Demand
from clerestory.law.cedar_tree import Entity, Equal, Fact
from clerestory.policy import Engine
from clerestory.policy.explain.clauses import ClauseSet, split
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.schema import field_uid, request

Tiny = Callable[..., Engine]
Make = Callable[..., Demand]

LIFT = """
@id("lifts") @authority("act") @lifts("lock")
permit (principal in Requester::"law_enforcement", action == Action::"lift", resource)
when { context.purpose == Purpose::"locate_fugitive" }
when { context.paper.written == "yes" && context.paper.status == "live" }
unless { context.findings.order_stayed == "yes" || context.findings.order_reversed == "yes" };
@id("always") @authority("act") @lifts("lock")
permit (principal, action == Action::"lift", resource)
unless { context.paper.status == "live" };
"""


def test_the_first_when_triggers_and_the_rest_is_split_at_and(tiny: Tiny) -> None:
    policy = tiny(LIFT).law.policies["lifts"]

    trigger, clauses = split(policy)

    assert trigger == [Equal(Fact(("context", "purpose")), Entity("Purpose", "locate_fugitive"))]
    assert [clause.wanted for clause in clauses] == [True, True, False]
    assert all(clause.policy == "lifts" for clause in clauses)


def test_a_policy_that_starts_with_unless_is_always_worth_considering(tiny: Tiny) -> None:
    trigger, clauses = split(tiny(LIFT).law.policies["always"])

    assert trigger == []
    assert [clause.wanted for clause in clauses] == [False]


def unmet(engine: Engine, demand: Demand) -> dict[str, int]:
    law = engine.law
    clauses = ClauseSet.parse(list(law.by_action["lift"].by_id.values()))
    item = demand.items[0]
    facts = facts_of(demand, item, law.on, law.stack.vocabulary)
    asked = request(demand.requester.kind, "lift", field_uid(item.program, item.field), facts)
    [response] = clauses.decide([asked], law.entities([item]))
    return {name: len(missing) for name, missing in clauses.unmet(response).items()}


def test_cedar_itself_says_which_conditions_hold(tiny: Tiny, make: Make) -> None:
    engine = tiny(LIFT)

    assert unmet(engine, make()) == {"lifts": 0, "always": 1}
    assert unmet(engine, make(instrument={"written": "no", "status": "stayed"})) == {
        "lifts": 2,
        "always": 0,
    }
    assert unmet(engine, make(findings={"order_stayed": "yes"})) == {"lifts": 1, "always": 1}


def test_a_policy_whose_scope_or_trigger_does_not_fit_is_not_considered(
    tiny: Tiny, make: Make
) -> None:
    engine = tiny(LIFT)

    assert "lifts" not in unmet(engine, make(requester={"class": "landlord"}))
    assert "lifts" not in unmet(engine, make(purpose="tenancy"))
