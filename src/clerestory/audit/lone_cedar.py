"""Cedar's word on a demand of the solver: one condition alone is missing, and shuts the item."""

from collections.abc import Mapping
from dataclasses import replace

from clerestory.audit.conditions import Condition, without
from clerestory.audit.lone_demands import Grade, LoneDemand
from clerestory.audit.lone_failures import LoneFailures
from clerestory.audit.proof_cedar import InterpretersDisagree
from clerestory.demands import read_demand
from clerestory.demands.determination import Outcome
from clerestory.demands.schema import check_shape
from clerestory.law.policies import Policy
from clerestory.policy.circuit.circuit import answer_of, direction
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.decide.engine import Engine
from clerestory.policy.decide.stages import Case, run
from clerestory.policy.interpreters.cedar import PolicySet
from clerestory.policy.model.law_of_the_day import LawOfTheDay


def confirm(engine: Engine, found: LoneDemand, policy: Policy, condition: Condition) -> None:
    """Write a demand, read it as any other, and ask Cedar what it lacks.

    Args:
        engine: The law of the day of the demand.
        found: What the solver found, with the facts of a demand.
        policy: The policy whose condition is in question.
        condition: The condition that should be the only one missing.

    Raises:
        InterpretersDisagree: Cedar finds more missing, or less, or another answer.
    """
    facts: Mapping[str, object] = found.facts or {}
    document = demand_of(facts, found.on, name="LACKS")
    check_shape(document, "demand")
    demand = read_demand(document, engine.law.stack.vocabulary)
    item = demand.items[0]
    sources = {(item.program, item.field): str(facts["resource.source"])}
    docket = replace(engine, sources=sources).docket(demand)
    case = docket.cases[docket.places[item]]
    (answer,) = run(engine.law, [case], docket.entities)
    lone = LoneFailures()
    known = Case(case.principal, case.resource, answer.context)
    lone.add(engine.law, {policy.id: policy}, policy.action, [known], docket.entities)
    if (policy.id, condition.number) not in lone.found:
        raise _disagree(policy, condition, "lacks more or less than that")
    if answer.outcome is Outcome.RELEASE and found.grade is not Grade.ELSEWHERE:
        raise _disagree(policy, condition, "is released")
    if found.opens:
        (after,) = run(_law_without(engine.law, policy, condition), [case], docket.entities)
        if direction(answer_of(answer.outcome), answer_of(after.outcome)) <= 0:
            raise _disagree(policy, condition, "opens no further without it")


def _law_without(law: LawOfTheDay, policy: Policy, condition: Condition) -> LawOfTheDay:
    weaker = {policy.id: without(policy, condition)}
    policies = {**law.by_action[policy.action].by_id, **weaker}
    sets = {**law.by_action, policy.action: PolicySet.parse(list(policies.values()))}
    return replace(law, policies={**law.policies, **weaker}, by_action=sets)


def _disagree(policy: Policy, condition: Condition, what: str) -> InterpretersDisagree:
    return InterpretersDisagree(
        f"the demand that should lack condition {condition.number} of {policy.id} alone {what}",
        todo="do not use these packs; report the pack digest and the policy",
    )
