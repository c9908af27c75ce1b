"""What was considered and did not open a field, with the conditions that were missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cedarpy

from clerestory.demands.condition import AllOf, all_of
from clerestory.demands.determination import NearMiss, Outcome
from clerestory.demands.speaking import Speaker
from clerestory.law.citations import authorities_cited
from clerestory.policy.decide.stages import Case, CaseAnswer
from clerestory.policy.explain.case_facts import CaseFacts
from clerestory.policy.explain.clauses import Clause, ClauseSet
from clerestory.policy.explain.conditions import missing_of
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import request


@dataclass(frozen=True)
class Considered:
    """The clause sets of a day's lifting policies, kept between demands."""

    law: LawOfTheDay
    lifts: ClauseSet = field(repr=False)

    @classmethod
    def of(cls, law: LawOfTheDay) -> "Considered":
        """Split the lifting policies of the day into trigger and conditions."""
        return cls(law, ClauseSet.parse(list(law.by_action["lift"].by_id.values())))

    def near_misses(
        self, cases: Sequence[Case], answers: Sequence[CaseAnswer], entities: cedarpy.Entities
    ) -> list[tuple[NearMiss, ...]]:
        """Return the near misses of each case; a case that is released has none.

        A near miss is a lifting policy whose trigger fits and whose conditions fail, one that was
        met and yet left a lock, an authority named by a ``consider`` policy, or one that the
        requester cites and that decides nothing.
        """
        closed = [n for n, answer in enumerate(answers) if answer.outcome != Outcome.RELEASE]
        results: list[tuple[NearMiss, ...]] = [()] * len(cases)
        asked = [
            request(cases[n].principal, "lift", cases[n].resource, answers[n].context)
            for n in closed
        ]
        considered = [
            request(cases[n].principal, "consider", cases[n].resource, answers[n].context)
            for n in closed
        ]
        if not closed:
            return results
        lifts = self.lifts.decide(asked, entities)
        others = self.law.by_action["consider"].decide(considered, entities)
        known = self.law.stack.authorities
        # What all cases of a demand cite is looked up once.
        texts = {text for n in closed for text in answers[n].context["cited"]}
        meant = {text: authorities_cited(text, known) for text in texts}
        for n, lift, other in zip(closed, lifts, others, strict=True):
            found = self._missing(self.lifts.unmet(lift), self._facts(cases[n], answers[n]))
            for name in (*self.law.authorities_of(other.policies), *self._cited(answers[n], meant)):
                found.setdefault(name, NearMiss(authority=name))
            results[n] = tuple(found.values())
        return results

    def _facts(self, case: Case, answer: CaseAnswer) -> CaseFacts:
        program, _, name = case.resource.partition(".")
        vocabulary = self.law.stack.vocabulary
        return CaseFacts(vocabulary, case.principal, program, name, answer.context)

    def _missing(
        self, unmet: Mapping[str, Sequence[Clause]], facts: CaseFacts
    ) -> dict[str, NearMiss]:
        found: dict[str, NearMiss] = {}
        tells = Speaker(sentences=self.law.stack.sentences).tells_of_files
        for name in sorted(unmet, key=lambda name: (len(unmet[name]), name)):
            whole = all_of(
                missing_of(clause.tree, clause.wanted, facts.holds, tells) for clause in unmet[name]
            )
            missing = whole.parts if isinstance(whole, AllOf) else (whole,)
            for authority in self.law.policies[name].authorities:
                miss = NearMiss(authority=authority, missing=missing, is_met=not unmet[name])
                found.setdefault(authority, miss)
        return found

    def _cited(self, answer: CaseAnswer, meant: Mapping[str, Sequence[str]]) -> list[str]:
        deciding = set(self.law.authorities_of((*answer.lifts, *answer.bars, *answer.refers)))
        cited = (name for text in answer.context["cited"] for name in meant[text])
        return [name for name in cited if name not in deciding]
