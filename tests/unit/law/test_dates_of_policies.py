"""Leaving a policy out of a day's law, and letting it test the day itself, are the same."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import cedarpy
import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.demands.demand import Demand, Item
from clerestory.demands.reading import load_document, read_demand
from clerestory.kernel import Period, canonical_bytes
from clerestory.law.packs import PackStack, load_stack
from clerestory.law.policies import Policy
from clerestory.policy.decide.engine import Engine
from clerestory.policy.decide.stages import Case, CaseAnswer, run
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.schema import field_uid, request

ROOT = Path(__file__).parents[3]
PACKS = ("us-federal", "us-me")
SOME_DAY = date(2026, 1, 1)

Question = tuple[Demand, Item]


@cache
def stack() -> PackStack:
    return load_stack(ROOT / "packs", PACKS)


@cache
def days() -> list[date]:
    """Every day on which the law changes, the day before it and the day after it."""
    return sorted({d + timedelta(days=n) for d in stack().boundaries() for n in (-1, 0, 1)})


def compares(operator: str, day: date) -> dict[str, Any]:
    on = {".": {"left": {"Var": "context"}, "attr": "on"}}
    return {operator: {"left": on, "right": {"datetime": [{"Value": day.isoformat()}]}}}


def day_conditions(policy: Policy) -> list[dict[str, Any]]:
    """The dates of a policy's authorities as conditions of its own."""
    spans = [stack().authorities[name].in_force for name in policy.authorities]
    bodies = [compares(">=", span.valid_from) for span in spans if span.valid_from]
    bodies += [compares("<", span.valid_to) for span in spans if span.valid_to]
    return [{"kind": "when", "body": body} for body in bodies]


def is_dated(policy: Policy) -> bool:
    return bool(day_conditions(policy))


@cache
def undated_stack() -> PackStack:
    """The same law in which every policy tests the day itself and none is ever left out."""
    policies = [
        replace(p, tree={**p.tree, "conditions": [*p.tree["conditions"], *day_conditions(p)]})
        for p in stack().policies
    ]
    authorities = {
        name: replace(authority, in_force=Period())
        for name, authority in stack().authorities.items()
    }
    return replace(stack(), policies=policies, authorities=authorities, digest="undated")


@cache
def demands() -> list[Demand]:
    folders = [ROOT / "casebook", *((ROOT / "packs" / name / "cases") for name in PACKS)]
    return [
        read_demand(demand_on(case, day_of(step)), stack().vocabulary)
        for path in list_case_files(folders)
        for case in cases_of(load_document(path), path.name)
        if set(case["packs"]) <= set(PACKS)
        for step in case["expect"]
    ]


@cache
def questions() -> list[Question]:
    """What all cases ask, each question once."""
    seen: dict[tuple[str, bytes], Question] = {}
    for demand in demands():
        for item in demand.items:
            seen.setdefault(key_of(case_on(SOME_DAY, (demand, item))), (demand, item))
    return list(seen.values())


def case_on(day: date, question: Question) -> Case:
    """A question with its facts as they stand on a day."""
    demand, item = question
    context = facts_of(demand, item, day, stack().vocabulary)
    return Case(demand.requester.kind, field_uid(item.program, item.field), context)


def key_of(case: Case) -> tuple[str, bytes]:
    """Name a case by all its facts but the day."""
    facts = {name: fact for name, fact in case.context.items() if name != "on"}
    return f"{case.principal} {case.resource}", canonical_bytes(facts)


def outcome(answer: CaseAnswer) -> tuple[object, ...]:
    return (
        answer.outcome,
        answer.lifts,
        answer.bars,
        answer.refers,
        answer.refusals,
        answer.coarsen_to,
        answer.errors,
    )


class BothWays:
    """Decides the same questions under both ways of dating the law."""

    def __init__(self) -> None:
        self.left_out: dict[frozenset[str], Engine] = {}
        self.known: dict[tuple[frozenset[str], tuple[str, bytes]], tuple[object, ...]] = {}
        self.tested = Engine.of(undated_stack(), SOME_DAY)

    def differences(self, day: date, asked: Sequence[Question]) -> Iterator[str]:
        cases = [case_on(day, question) for question in asked]
        entities = self.tested.law.entities([item for _, item in asked])
        expected = self._by_leaving_out(day, cases, entities)
        found = run(self.tested.law, cases, entities)
        for case, answer, known in zip(cases, found, expected, strict=True):
            if outcome(answer) != known:
                yield f"{day} {key_of(case)[0]}: {known} {outcome(answer)}"

    def _by_leaving_out(
        self, day: date, cases: Sequence[Case], entities: cedarpy.Entities
    ) -> list[tuple[object, ...]]:
        force = frozenset(policy.id for policy in stack().in_force(day))
        if force not in self.left_out:
            self.left_out[force] = Engine.of(stack(), day)
        # No policy as written reads the day, so days with the same law and facts are one.
        new = [case for case in cases if (force, key_of(case)) not in self.known]
        for case, answer in zip(new, run(self.left_out[force].law, new, entities), strict=True):
            self.known[force, key_of(case)] = outcome(answer)
        return [self.known[force, key_of(case)] for case in cases]


@cache
def touched() -> list[Question]:
    """The questions that a dated policy would decide if all the law were in force at once."""
    always = replace(stack(), authorities=undated_stack().authorities, digest="all at once")
    dated = {policy.id for policy in stack().policies if is_dated(policy)}
    law = Engine.of(always, SOME_DAY).law
    cases = [case_on(SOME_DAY, question) for question in questions()]
    entities = law.entities([item for _, item in questions()])
    return [
        question
        for question, answer in zip(questions(), run(law, cases, entities), strict=True)
        if dated & {*answer.lifts, *answer.bars, *answer.refers, *answer.refusals}
    ]


def test_a_policy_is_in_force_exactly_on_the_days_that_its_dates_say() -> None:
    dated = [policy for policy in stack().policies if is_dated(policy)]
    static = {
        policy.id: {
            **{part: {"op": "All"} for part in ("principal", "action", "resource")},
            "effect": "permit",
            "conditions": day_conditions(policy),
            "annotations": {"id": policy.id},
        }
        for policy in dated
    }
    document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
    handle = cedarpy.PolicySet.from_str(cedarpy.policies_from_json_str(json.dumps(document)))
    on = [{"__extn": {"fn": "datetime", "arg": day.isoformat()}} for day in days()]
    asked = [dict(request("public", "lift", "snap.name", {"on": day})) for day in on]

    answers = cedarpy.is_authorized_batch(asked, handle, cedarpy.Entities.from_json_str("[]"))

    cedar_says = [set(a.diagnostics.id_annotations_by_reason.values()) for a in answers]
    loader_says = [{p.id for p in stack().in_force(day) if is_dated(p)} for day in days()]
    assert [answer.diagnostics.errors for answer in answers] == [[]] * len(days())
    assert cedar_says == loader_says
    assert len({frozenset(policies) for policies in loader_says}) > len(stack().packs)


def test_a_policy_without_dates_is_in_force_on_every_day() -> None:
    undated = {policy.id for policy in stack().policies if not is_dated(policy)}

    assert all(undated <= {p.id for p in stack().in_force(day)} for day in days())


def test_no_policy_as_written_reads_the_day() -> None:
    reading = [p.id for p in stack().policies if '"attr": "on"' in json.dumps(p.tree)]

    assert reading == []


def test_both_ways_of_dating_the_law_give_the_same_rulings_on_sampled_questions() -> None:
    both = BothWays()

    differences = [
        difference
        for n, day in enumerate(days())
        for difference in both.differences(day, touched()[n % 53 :: 53])
    ]

    assert len(touched()) > len(days())
    assert differences == []


@pytest.mark.slow
def test_both_ways_of_dating_the_law_give_the_same_rulings_around_every_boundary() -> None:
    """Every dated question is asked on the day before, the day, or the day after each change."""
    both = BothWays()

    differences = [
        difference
        for n, day in enumerate(days())
        for difference in both.differences(day, touched()[n % 3 :: 3])
    ]

    assert differences == []


@pytest.mark.slow
def test_both_ways_of_dating_the_law_give_the_same_rulings_on_all_questions_of_a_day() -> None:
    day = stack().boundaries()[len(stack().boundaries()) // 2]

    differences = list(BothWays().differences(day, questions()))

    assert differences == []


def test_a_boundary_of_the_law_changes_a_ruling_both_ways() -> None:
    """The comparison can fail: between the first day and the last, rulings do change."""
    both = BothWays()
    asked = touched()[:40]
    first, last = days()[0], days()[-1]

    differences = [*both.differences(first, asked), *both.differences(last, asked)]

    changed = [
        question
        for question in asked
        if len(
            {
                outcome
                for (_, key), outcome in both.known.items()
                if key == key_of(case_on(first, question))
            }
        )
        > 1
    ]
    assert differences == []
    assert changed
