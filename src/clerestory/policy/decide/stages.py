"""One item through the law, stage by stage. The answer of each stage is a fact for the next.

1. ``define``: which defined words fit (a judge's order, a valid consent, a whole class ...).
2. ``lift``: which locks do permits and mandates lift? A permit lifts its own programme's lock only.
3. ``release``: is something lifted, and is no lock left?
4. ``coarsen``: the same for a coarser answer, if some policy offers one.
5. ``refer``: must counsel decide?

What no stage allows is withheld. A policy whose evaluation fails turns the item to withheld, with
an alarm, since Cedar skips it and a skipped ``forbid`` would open the field in silence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cedarpy

from clerestory.demands.determination import Outcome
from clerestory.law.stages import GIVEN_BY
from clerestory.policy.decide.cases import Case, CaseAnswer
from clerestory.policy.decide.counsel import heed_counsel
from clerestory.policy.interpreters.cedar import Response
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import Request, request

__all__ = ["Case", "CaseAnswer", "run"]


def run(law: LawOfTheDay, cases: Sequence[Case], entities: cedarpy.Entities) -> list[CaseAnswer]:
    """Take the cases through all stages; each stage is one batch for the interpreter."""
    steps = [_Step(case, dict(case.context)) for case in cases]
    for step, response in _ask(law, "define", steps, entities):
        step.note(response)
        step.defined = response.policies
        step.give(law, "established", response.policies)
    for step, response in _ask(law, "lift", steps, entities):
        step.note(response)
        step.lift(law, response.policies)
    for step, response in _ask(law, "release", steps, entities):
        step.note(response)
        if response.allowed:
            step.outcome = Outcome.RELEASE
        else:
            step.bars = response.policies
            step.give(law, "barred", response.policies)
    if law.by_action["lift_coarsened"].by_id:
        _coarsen(law, [step for step in steps if step.outcome is None], entities)
    left = [step for step in steps if step.outcome is None]
    for step, response in _ask(law, "refer", left, entities):
        step.note(response)
        step.outcome = Outcome.REFER if response.allowed else Outcome.WITHHOLD
        if response.allowed:
            step.refers = response.policies
        else:
            step.refusals = response.policies
    return heed_counsel(law, cases, [step.answer() for step in steps], entities)


def _coarsen(law: LawOfTheDay, steps: "Sequence[_Step]", entities: cedarpy.Entities) -> None:
    tried: list[_Step] = []
    for step, response in _ask(law, "lift_coarsened", steps, entities):
        step.note(response)
        if response.policies:
            attempt = _Step(step.case, dict(step.context))
            attempt.lift(law, (*step.lifts, *response.policies))
            attempt.offered = response.policies
            attempt.origin = step
            tried.append(attempt)
    for attempt, response in _ask(law, "coarsen", tried, entities):
        origin = attempt.origin or attempt
        origin.note(response)
        if response.allowed:
            origin.outcome = Outcome.COARSEN
            origin.lifts = attempt.lifts
            origin.bars = ()
            origin.coarsen_to = law.words(attempt.offered, "coarsen_to")[0]


def _ask(
    law: LawOfTheDay, action: str, steps: "Sequence[_Step]", entities: cedarpy.Entities
) -> "list[tuple[_Step, Response]]":
    policies = law.by_action["disclose" if action in {"release", "coarsen"} else action]
    if not steps:
        return []
    responses = policies.decide([step.request(action) for step in steps], entities)
    return list(zip(steps, responses, strict=True))


@dataclass(slots=True)
class _Step:
    """A case on its way; becomes a :class:`CaseAnswer` at the end."""

    case: Case
    context: dict[str, Any]
    outcome: Outcome | None = None
    defined: tuple[str, ...] = ()
    lifts: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    coarsen_to: str | None = None
    errors: tuple[str, ...] = ()
    origin: "_Step | None" = None

    def request(self, action: str) -> Request:
        return request(self.case.principal, action, self.case.resource, self.context)

    def note(self, response: Response) -> None:
        self.errors += response.errors

    def give(self, law: LawOfTheDay, name: str, policies: Iterable[str]) -> None:
        """Fill the set of a stage with the words of the policies that were met."""
        _, note = GIVEN_BY[name]
        self.context[name] = law.words(policies, note)

    def lift(self, law: LawOfTheDay, policies: tuple[str, ...]) -> None:
        self.lifts = tuple(sorted(set(policies)))
        self.give(law, "lifted", self.lifts)
        self.give(law, "mandated", law.mandates.intersection(self.lifts))

    def answer(self) -> CaseAnswer:
        outcome = self.outcome or Outcome.WITHHOLD
        return CaseAnswer(
            # An error anywhere means that the law was not read whole: nothing may leave.
            outcome=Outcome.WITHHOLD if self.errors else outcome,
            context=self.context,
            lifts=self.lifts,
            bars=self.bars,
            refers=self.refers,
            refusals=self.refusals,
            coarsen_to=None if self.errors else self.coarsen_to,
            errors=self.errors,
            defined=self.defined,
        )
