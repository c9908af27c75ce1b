"""Facts that a solver made, decided again by Cedar: a counterexample is shown only if it is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clerestory.audit.every_day import DAY, EveryDay
from clerestory.demands import read_demand
from clerestory.demands.schema import check_shape
from clerestory.kernel import Corruption
from clerestory.law.packs import PackStack
from clerestory.policy import Engine
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.interpreters.whole_answers import (
    WholeAnswer,
    answers_of_cases,
    circuit_answer,
)


class InterpretersDisagree(Corruption):
    """Two interpreters of one law gave two answers: nothing they say may be used."""

    code = "interpreters-disagree"
    todo = "do not use these packs; keep them as they are, and report their digests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What Cedar answered to facts that a solver made, and on what it rests."""

    whole: WholeAnswer
    policies: tuple[str, ...]
    authorities: tuple[str, ...]


def decide_facts(stack: PackStack, on: date, facts: Mapping[str, Any]) -> Decided:
    """Write flat facts as a demand, read it as any other, and let Cedar decide it."""
    document = demand_of(facts, on, name="PROOF")
    check_shape(document, "demand")
    demand = read_demand(document, stack.vocabulary)
    item = demand.items[0]
    sources = {(item.program, item.field): str(facts["resource.source"])}
    engine = Engine.of(stack, on, sources)
    ruling = next(r for r in engine.decide(demand, explain=False).rulings if r.item == item)
    docket = engine.docket(demand)
    case = docket.cases[docket.places[item]]
    (whole,) = answers_of_cases(engine.law, [case], docket.entities)
    return Decided(whole=whole, policies=ruling.policies, authorities=ruling.authorities)


def confirmed(
    every_day: EveryDay, name: str, facts: Mapping[str, Any]
) -> tuple[Mapping[str, Any], tuple[str, ...], date]:
    """Let Cedar decide the counterexample of a promise.

    Returns:
        The demand, the policies that decided it, and the day on which they did.

    Raises:
        InterpretersDisagree: Cedar gives another answer, or obliges to something else.
    """
    on, said_of = every_day.days[facts[DAY]], {k: v for k, v in facts.items() if k != DAY}
    wanted = circuit_answer(every_day.circuit, facts)
    decided = decide_facts(every_day.law.stack, on, said_of)
    for said, heard in (
        (wanted.label, decided.whole.label),
        (_listed(wanted), _listed(decided.whole)),
    ):
        if said != heard:
            raise InterpretersDisagree(
                f"the proof of {name} says {said} and cedar says {heard}, on {on}",
                todo="do not use these packs; report the pack digest and the promise",
            )
    return demand_of(said_of, on, name=f"BREAKS-{name}"), decided.policies, on


def _listed(answer: WholeAnswer) -> str:
    return ", ".join(sorted(answer.duties)) or "nothing"
