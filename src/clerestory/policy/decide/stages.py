"""One item through the law, stage by stage, as ``law.stages`` declares them.

What no stage allows is withheld. A policy whose evaluation fails turns the item to withheld, with
an alarm, since Cedar skips it and a skipped ``forbid`` would open the field in silence. What
counsel signed is heeded last (see ``counsel``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from clerestory.demands.determination import Outcome
from clerestory.law.stages import BY_ACTION, Stage, way
from clerestory.policy.circuit.circuit import answer_of
from clerestory.policy.decide.cases import Case, CaseAnswer
from clerestory.policy.decide.counsel import heed_counsel
from clerestory.policy.interpreters.cedar import Response
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import Request, request

__all__ = ["Case", "CaseAnswer", "run"]

_OUTCOMES = {answer_of(outcome): outcome for outcome in Outcome}
_NOTHING_SAID = Response(allowed=False, policies=())


def run(law: LawOfTheDay, cases: Sequence[Case], entities: cedarpy.Entities) -> list[CaseAnswer]:
    """Take the cases through all stages; each stage is one batch for the interpreter."""
    steps = [_Step(law, case, dict(case.context)) for case in cases]
    for stage in way(law.stages):
        left = [step for step in steps if step.outcome is None]
        if stage.retries:
            _retry(law, stage, left, entities)
            continue
        for step, response in _ask(law, stage.action, stage.asked, left, entities):
            step.take(stage, response.policies)
            step.note(response, stage)
    return heed_counsel(law, cases, [step.answer() for step in steps], entities)


def _retry(
    law: LawOfTheDay, stage: Stage, steps: "Sequence[_Step]", entities: cedarpy.Entities
) -> None:
    """Try two stages once more, for the cases in which a policy of this stage is met."""
    first, second = (BY_ACTION[action] for action in stage.retries)
    tried: list[tuple[_Step, _Step]] = []
    for step, response in _ask(law, stage.action, stage.action, steps, entities):
        step.errors += response.errors
        if response.policies:
            attempt = _Step(law, step.case, dict(step.context), met=dict(step.met))
            attempt.take(stage, response.policies)
            attempt.take(first, (*step.met.get(first.action, ()), *response.policies))
            tried.append((step, attempt))
    attempts = [attempt for _, attempt in tried]
    answers = _ask(law, second.action, stage.asked, attempts, entities)
    for (step, attempt), (_, response) in zip(tried, answers, strict=True):
        step.note(response, stage)
        if response.allowed:
            # What was filled for the attempt is forgotten with it.
            step.met = {**attempt.met, second.action: response.policies}


def _ask(
    law: LawOfTheDay, action: str, asked: str, steps: "Sequence[_Step]", entities: cedarpy.Entities
) -> "list[tuple[_Step, Response]]":
    policies = law.by_action[action]
    if not steps:
        return []
    if not policies.by_id:
        return [(step, _NOTHING_SAID) for step in steps]
    responses = policies.decide([step.request(asked) for step in steps], entities)
    return list(zip(steps, responses, strict=True))


@dataclass(slots=True)
class _Step:
    """A case on its way; becomes a :class:`CaseAnswer` at the end.

    ``met`` holds the determining policies of each stage that was asked.
    """

    law: LawOfTheDay
    case: Case
    context: dict[str, Any]
    met: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outcome: Outcome | None = None
    errors: tuple[str, ...] = ()

    def request(self, action: str) -> Request:
        return request(self.case.principal, action, self.case.resource, self.context)

    def take(self, stage: Stage, policies: Iterable[str]) -> None:
        """Keep the policies that were met, and fill the sets of the stage with their words."""
        self.met[stage.action] = tuple(sorted(set(policies)))
        self.context |= self.law.filled(stage, self.met[stage.action])

    def note(self, response: Response, stage: Stage) -> None:
        """Keep what failed, and the answer of a stage that gives one."""
        self.errors += response.errors
        if stage.answer and response.allowed:
            self.outcome = _OUTCOMES[stage.answer]

    def answer(self) -> CaseAnswer:
        # An error anywhere means that the law was not read whole: nothing may leave.
        outcome = Outcome.WITHHOLD if self.errors else self.outcome or Outcome.WITHHOLD
        coarser = self.law.words(self.met.get("lift_coarsened", ()), "coarsen_to")
        return CaseAnswer(
            outcome=outcome,
            context=self.context,
            lifts=self.met.get("lift", ()),
            bars=self._met("disclose", "forbid"),
            refers=self._met("refer", "permit"),
            refusals=self._met("refer", "forbid"),
            coarsen_to=coarser[0] if outcome is Outcome.COARSEN else None,
            errors=self.errors,
            defined=self.met.get("define", ()),
        )

    def _met(self, action: str, effect: str) -> tuple[str, ...]:
        policies = self.met.get(action, ())
        return tuple(name for name in policies if self.law.counts_as(name, effect))
