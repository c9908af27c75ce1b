"""Duties: what the policies oblige to, joined over all rulings, with opened due dates."""

from collections.abc import Iterable, Sequence

import cedarpy

from clerestory.demands.demand import Demand
from clerestory.demands.determination import DueDate, Duty
from clerestory.law.clocks import compute_due, state_of
from clerestory.law.policies import Policy
from clerestory.policy.decide.stages import Case, CaseAnswer
from clerestory.policy.interpreters.cedar import Response
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import request


def duties_of(
    law: LawOfTheDay,
    demand: Demand,
    cases: Sequence[Case],
    answers: Sequence[CaseAnswer],
    entities: cedarpy.Entities,
) -> tuple[tuple[Duty, ...], tuple[str, ...]]:
    """Return the duties of a demand, each once, and the evaluation errors met on the way.

    A duty of law stands before the same duty of agency policy, and hides it.
    """
    responses = obliging(law, cases, answers, entities)
    satisfied = sorted({name for response in responses for name in response.policies})
    errors = tuple(error for response in responses for error in response.errors)
    duties = [duty for name in satisfied for duty in _duties(law, demand, law.policies[name])]
    return _each_once(duties), errors


def obliging(
    law: LawOfTheDay,
    cases: Sequence[Case],
    answers: Sequence[CaseAnswer],
    entities: cedarpy.Entities,
) -> list[Response]:
    """Return Cedar's response on the duties of each case, in order."""
    requests = [
        request(
            case.principal,
            "oblige",
            case.resource,
            {**answer.context, "outcome": answer.outcome.value},
        )
        for case, answer in zip(cases, answers, strict=True)
    ]
    return law.by_action["oblige"].decide(requests, entities)


def labels(policy: Policy) -> tuple[str, ...]:
    """Return what each duty of a policy comes to: what, to whom, within which time.

    For example ``notify_counsel within same day``.
    """
    to, within = policy.notes.get("to"), policy.notes.get("within")
    end = f"{f' to {to}' if to else ''}{f' within {within}' if within else ''}"
    return tuple(f"{code}{end}" for code in policy.words("duty"))


def _duties(law: LawOfTheDay, demand: Demand, policy: Policy) -> list[Duty]:
    authority = law.stack.authorities[policy.authorities[0]]
    within = policy.notes.get("within")
    return [
        Duty(
            code=code,
            basis=policy.notes.get("basis", authority.basis),
            authority=authority.id,
            within=within,
            to=policy.notes.get("to"),
            content=policy.words("content"),
            due=_due(within, demand, authority.citation) if within else None,
        )
        for code in policy.words("duty")
    ]


def _due(within: str, demand: Demand, citation: str) -> DueDate | None:
    state = state_of(demand.holder.jurisdiction)
    computed = compute_due(within, demand.received_on, state=state or "DC")
    if computed is None:
        return None
    return DueDate(
        on=computed.on, starts_on=demand.received_on, provision=citation, steps=computed.steps
    )


def _each_once(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    chosen: dict[tuple[str, str | None], Duty] = {}
    for duty in sorted(duties, key=_weight):
        key = (duty.code, duty.to)
        chosen.setdefault(key, duty)
    return tuple(sorted(chosen.values(), key=lambda duty: (duty.due is None, duty.code)))


def _weight(duty: Duty) -> tuple[bool, bool, str]:
    """Law before agency policy, a dated duty before an undated one."""
    return (duty.basis != "law", duty.due is None, duty.authority)
