"""May we? One demand decided person by person and field by field under the law of one day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from typing import Any

import cedarpy

from clerestory.demands.demand import Demand, Item
from clerestory.demands.determination import Determination, NearMiss, Outcome, Ruling, overall_of
from clerestory.kernel import digest_of_each
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import answer_of
from clerestory.policy.decide.duties import duties_of
from clerestory.policy.decide.lowering import lower_answers
from clerestory.policy.decide.possible import Possible
from clerestory.policy.decide.stages import Case, CaseAnswer, run
from clerestory.policy.explain.changes import Changes
from clerestory.policy.explain.near_misses import Considered
from clerestory.policy.explain.reasons import Reasons
from clerestory.policy.model.counsel import check_named
from clerestory.policy.model.facts import DemandFacts
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import field_uid

ENGINE = f"clerestory {version('clerestory')}, cedarpy {version('cedarpy')}"


@dataclass(frozen=True)
class Engine:
    """The law of one day, ready to decide demands. Build it once and keep it.

    ``sources`` says who supplied a programme's field where the agency's catalogue knows better
    than the codes: a field's source matters as much as its label.
    """

    law: LawOfTheDay
    considered: Considered = field(repr=False)
    sources: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        stack: PackStack,
        on: date,
        sources: Mapping[tuple[str, str], str] | None = None,
    ) -> "Engine":
        """Assemble the law of the day ``on``."""
        law = LawOfTheDay.assemble(stack, on)
        return cls(law=law, considered=Considered.of(law), sources=sources or {})

    def decide(
        self,
        demand: Demand,
        *,
        explain: bool = True,
        lowerings: Mapping[Item, Outcome] | None = None,
    ) -> Determination:
        """Decide a demand.

        Args:
            demand: The demand with the findings made so far; what is absent is unknown.
            explain: Whether to compute what would change each ruling and the open questions.
            lowerings: What reviewers withhold or refer of what the law would release.

        Raises:
            Refusal: A lowering would raise an answer, or names nothing that is asked for.
        """
        docket = self.docket(demand)
        answers = self.answers(docket)
        changes = (
            Changes.of(self.law, docket.cases, answers, docket.entities)
            if explain
            else Changes.none(self.law, docket.cases)
        )
        places, answers, origins = lower_answers(self.law, docket.places, answers, lowerings or {})
        cases = (*docket.cases, *(docket.cases[origin] for origin in origins))
        docket = replace(docket, cases=cases, places=places)
        misses = self.considered.near_misses(docket.cases, answers, docket.entities)
        # A case of which every item was lowered is nobody's answer and obliges to nothing.
        live = sorted(set(places.values()))
        duties, duty_errors = duties_of(
            self.law, demand, [cases[n] for n in live], [answers[n] for n in live],
            docket.entities,
        )  # fmt: skip
        rulings = self._rulings(demand, docket, answers, misses, changes)
        return Determination(
            demand_id=demand.id,
            on=self.law.on,
            overall=overall_of([ruling.outcome for ruling in rulings]),
            rulings=rulings,
            duties=duties,
            questions=changes.questions(docket.places),
            packs=self.law.stack.names,
            pack_digest=self.law.stack.digest,
            facts_digest=docket.digest,
            engine=ENGINE,
            alarms=tuple(sorted({e for f in answers for e in f.errors} | set(duty_errors))),
        )

    def answers(self, docket: "Docket") -> Sequence[CaseAnswer]:
        """Return what each case of a docket comes to, before anybody lowers it."""
        found = run(self.law, docket.cases, docket.entities)
        return self._possible.withheld_where_not(docket.cases, found, self.sources)

    @cached_property
    def _possible(self) -> Possible:
        return Possible.of(self.law.stack)

    def docket(self, demand: Demand) -> "Docket":
        """Return the distinct cases that a demand puts to the law, before anything is decided.

        Raises:
            Refusal: Counsel's opinion or suspension is of what no pack in use has.
        """
        check_named(demand, self.law.stack)
        stack = self.law.stack
        facts = DemandFacts.of(demand, self.law.on, stack.vocabulary, stack.authorities)
        places: dict[Item, int] = {}
        known: dict[tuple[str, str, str], int] = {}
        cases: list[Case] = []
        names: list[tuple[str | None, str, str]] = []
        for item in demand.items:
            about = facts.about(item)
            # Persons about whom the same facts are known get the same ruling: decide it once.
            key = (item.program, item.field, about.digest)
            place = known.get(key)
            if place is None:
                place = known[key] = len(cases)
                resource = field_uid(item.program, item.field)
                cases.append(Case(demand.requester.kind, resource, about.context))
                names.append((self.sources.get(key[:2]), resource, about.digest))
            places[item] = place
        kind = demand.requester.kind
        return Docket(
            cases=tuple(cases),
            places=places,
            entities=self.law.entities(places, self.sources),
            digest=digest_of_each(
                [kind, item.subject, *names[place]] for item, place in places.items()
            ),
        )

    def _rulings(
        self,
        demand: Demand,
        docket: "Docket",
        answers: Sequence[CaseAnswer],
        misses: Sequence[tuple[NearMiss, ...]],
        changes: Changes,
    ) -> tuple[Ruling, ...]:
        reasons = Reasons(self.law, demand)
        made: dict[int, dict[str, Any]] = {}
        for place, answer in enumerate(answers):
            authorities, policies = determining(self.law, answer)
            made[place] = {
                "outcome": answer.outcome,
                "authorities": authorities,
                "policies": policies,
                "considered_not_met": misses[place],
                "reason": reasons.of(answer, authorities, misses[place]),
                "would_change": changes.turns(place),
                "coarsen_to": answer.coarsen_to,
                "lowered_from": answer.lowered_from,
                "opinions": answer.opinions,
                "suspended": answer.suspended,
            }
        return tuple(Ruling(item=item, **made[place]) for item, place in docket.places.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """The distinct cases of a demand, which of them each item is, and the digest of all facts."""

    cases: tuple[Case, ...]
    places: Mapping[Item, int]
    entities: cedarpy.Entities = field(repr=False)
    digest: str


def determining(law: LawOfTheDay, answer: CaseAnswer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the determining authorities and policies of one answer."""
    if answer.lowered_from is not None:
        return (law.stack.deciding("lowering"),), ()
    met = (*answer.refers, *answer.suspended, *answer.lifts, *answer.bars, *answer.refusals)
    told, signed = answer_of(answer.outcome), {*answer.opinions, *answer.suspended}
    policies = tuple(n for n in dict.fromkeys(met) if n in signed or law.decides(n, told))
    if answer.outcome is Outcome.WITHHOLD:
        # The locks decide; a ruling that settles the point for counsel stands behind them.
        ordered = (*law.authorities_of(answer.bars), *law.authorities_of(answer.refusals))
        kept = sorted(dict.fromkeys(ordered), key=law.is_of_the_house)
        return tuple(kept) or (law.stack.deciding("silence"),), policies
    return law.authorities_of(policies) or (law.stack.deciding("silence"),), policies
