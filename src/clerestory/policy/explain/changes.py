"""What would change a ruling, and the few unknown facts whose answers matter.

Sets of changes are proposed by abduction over the policies, and each is then decided again by
Cedar: only a set that really turns the ruling is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import cedarpy

from clerestory.demands.demand import Item
from clerestory.demands.determination import Change, Outcome, Question, Turn
from clerestory.law.fact_table import KIND, goes_with_kind, is_new_evidence
from clerestory.policy.decide.stages import Case, CaseAnswer, run
from clerestory.policy.explain.abduction import (
    NOTHING,
    Abduction,
    ChangeSet,
    Ways,
    cost,
    either,
    every,
    together,
)
from clerestory.policy.explain.applying import apply_changes
from clerestory.policy.model.law_of_the_day import LawOfTheDay

_TRIED = {Outcome.RELEASE: 5, Outcome.REFER: 2}
_MOST_SPARED = 150
_LONGEST_SPARED = 5
_SHOWN = {Outcome.RELEASE: 4, Outcome.REFER: 2}


@dataclass(frozen=True, slots=True)
class _Trial:
    place: int
    target: Outcome
    changes: ChangeSet


@dataclass(frozen=True)
class Changes:
    """The verified turns of each case of a demand."""

    law: LawOfTheDay = field(repr=False)
    found: Mapping[int, tuple[Turn, ...]]
    closing: Mapping[int, tuple[Turn, ...]]
    cases: Sequence[Case] = field(repr=False)

    @classmethod
    def none(cls, law: LawOfTheDay, cases: Sequence[Case]) -> "Changes":
        """Compute nothing, where only the rulings are wanted."""
        return cls(law=law, found={}, closing={}, cases=cases)

    @classmethod
    def of(
        cls,
        law: LawOfTheDay,
        cases: Sequence[Case],
        answers: Sequence[CaseAnswer],
        entities: cedarpy.Entities,
    ) -> "Changes":
        """Propose changes for every case and keep those that Cedar confirms."""
        trials = [
            trial
            for place, (case, answer) in enumerate(zip(cases, answers, strict=True))
            for trial in _trials(law, place, case, answer)
        ]
        results = _decided(law, cases, trials, entities)
        trials, results = _leaner(law, cases, trials, results, entities)
        confirmed: dict[int, list[Turn]] = {}
        closing: dict[int, list[Turn]] = {}
        for trial, result in zip(trials, results, strict=True):
            if answers[trial.place].outcome is Outcome.RELEASE:
                if result.outcome is not Outcome.RELEASE:
                    closing.setdefault(trial.place, []).append(_turn(result.outcome, trial))
            elif result.outcome is trial.target:
                confirmed.setdefault(trial.place, []).append(_turn(trial.target, trial))
        return cls(
            law=law,
            found={place: _chosen(turns) for place, turns in confirmed.items()},
            closing={place: tuple(turns) for place, turns in closing.items()},
            cases=cases,
        )

    def turns(self, place: int) -> tuple[Turn, ...]:
        """Return the smallest sets that would turn the case, release first."""
        return self.found.get(place, ())

    def questions(self, places: Mapping[Item, int]) -> tuple[Question, ...]:
        """Return the unknown findings that would turn rulings, those that turn most first."""
        turned = self._turned({*places.values()})
        rulings: dict[int, list[str]] = {}
        for item, place in places.items():
            rulings.setdefault(place, []).append(f"{item.program}/{item.ref}")
        # Many questions turn the same rulings: a long list of them is put in order once.
        lists: dict[frozenset[int], tuple[str, ...]] = {}
        for cases in {*turned.values()}:
            lists[cases] = tuple(sorted(ref for place in cases for ref in rulings[place]))
        vocabulary = self.law.stack.vocabulary
        questions = [
            Question(
                fact=fact,
                by=vocabulary.get("findings", fact.removeprefix("findings.")).by,
                turns=lists[cases],
            )
            for fact, cases in turned.items()
        ]
        return tuple(sorted(questions, key=lambda q: (-len(q.turns), q.fact)))

    def _turned(self, places: Iterable[int]) -> dict[str, frozenset[int]]:
        """Return the cases that each unknown finding would turn."""
        turned: dict[str, set[int]] = {}
        for place in places:
            for turn in (*self.found.get(place, ()), *self.closing.get(place, ())):
                if self._only_unknown(place, turn):
                    for change in turn.changes:
                        turned.setdefault(change.fact, set()).add(place)
        return {fact: frozenset(cases) for fact, cases in turned.items()}

    def _only_unknown(self, place: int, turn: Turn) -> bool:
        findings = self.cases[place].context["findings"]
        return all(
            change.fact.startswith("findings.")
            and findings[change.fact.removeprefix("findings.")] == "unknown"
            for change in turn.changes
        )


def _decided(
    law: LawOfTheDay, cases: Sequence[Case], trials: Sequence[_Trial], entities: cedarpy.Entities
) -> list[CaseAnswer]:
    asked = [
        replace(
            cases[trial.place], context=apply_changes(cases[trial.place].context, trial.changes)
        )
        for trial in trials
    ]
    return run(law, asked, entities)


def _leaner(
    law: LawOfTheDay,
    cases: Sequence[Case],
    trials: Sequence[_Trial],
    results: Sequence[CaseAnswer],
    entities: cedarpy.Entities,
) -> tuple[list[_Trial], list[CaseAnswer]]:
    """Leave changes out of the sets that work, one at a time, and keep what still works.

    Abduction reads the locks that are left as they stood, though a change may take one away. A
    demand with very many different cases is left as it is: see ``_MOST_SPARED``.
    """
    tried, found = list(trials), list(results)
    working = [t for t, r in zip(trials, results, strict=True) if r.outcome is t.target]
    while working:
        spared = [
            _Trial(trial.place, trial.target, trial.changes - {change})
            for trial in working
            for change in _may_be_idle(trial.changes)
        ]
        if not spared or len(spared) > _MOST_SPARED:
            break
        decided = zip(spared, _decided(law, cases, spared, entities), strict=True)
        works = [(trial, result) for trial, result in decided if result.outcome is trial.target]
        working = [trial for trial, _ in works]
        # What is left of a better paper may be no more than another description of this one.
        shown = [one for one in works if is_new_evidence(one[0].changes)]
        tried += [trial for trial, _ in shown]
        found += [result for _, result in shown]
    return tried, found


def _may_be_idle(changes: ChangeSet) -> list[tuple[str, str]]:
    """Return what may be left out of a set, one at a time, and leave something.

    A consent or an agreement is one act: of a long set, no single line of it is left out.
    """
    single = sorted(changes)
    if len(changes) > _LONGEST_SPARED:
        single = [one for one in single if not one[0].startswith(("consent.", "agreement."))]
    return single if len(changes) > 1 else []


def _trials(law: LawOfTheDay, place: int, case: Case, answer: CaseAnswer) -> list[_Trial]:
    if answer.errors:
        return []  # The law was not read whole: nothing can be read off it.
    program, _, name = case.resource.partition(".")
    mind = Abduction(law, case.principal, program, name, answer.context)
    if answer.outcome is Outcome.RELEASE:
        return [
            _Trial(place, Outcome.WITHHOLD, changes)
            for policy in answer.lifts
            for changes in mind.policy(law.policies[policy], want=False)
            if len(changes) == 1
        ]
    wanted = {Outcome.RELEASE: _to_release(law, mind)}
    tried = []
    if answer.outcome is Outcome.WITHHOLD:
        wanted[Outcome.REFER] = _to_refer(law, mind)
        tried = [_Trial(place, Outcome.REFER, way) for way in _looked_at_again(answer)]
    return tried + [
        _Trial(place, target, way)
        for target, ways in wanted.items()
        for way in _tried(ways)[: _TRIED[target]]
    ]


def _looked_at_again(answer: CaseAnswer) -> Ways:
    """Return what the law noticed by itself and a person can find by looking: a word of both names.

    A paper that contradicts itself is such a word; only somebody who holds it can say how it is.
    """
    findings = answer.context["findings"]
    return [
        frozenset({(f"findings.{word}", "yes")})
        for word in answer.context["established"]
        if findings.get(word) == "unknown" and word not in answer.context["raised"]
    ]


def _to_release(law: LawOfTheDay, mind: Abduction) -> Ways:
    ways = mind.anything_lifted()
    forbids = (p for p in law.by_action["disclose"].by_id.values() if p.effect == "forbid")
    return together(ways, every(mind.policy(policy, want=False) for policy in forbids))


def _to_refer(law: LawOfTheDay, mind: Abduction) -> Ways:
    policies = law.by_action["refer"].by_id.values()
    settled = every(mind.policy(p, want=False) for p in policies if p.effect == "forbid")
    referred = either(mind.policy(p, want=True) for p in policies if p.effect == "permit")
    return together(settled, referred)


def _tried(ways: Ways) -> list[ChangeSet]:
    """Keep one set for each kind of paper: which judge signs it makes no other set."""
    seen: set[tuple[object, ...]] = set()
    kept: list[ChangeSet] = []
    for way in sorted(ways, key=lambda way: (cost(way), sorted(way))):
        key = tuple(sorted(change for change in way if not goes_with_kind(change[0])))
        if way != NOTHING and key not in seen and is_new_evidence(way):
            seen.add(key)
            kept.append(way)
    return kept


def _turn(outcome: Outcome, trial: _Trial) -> Turn:
    return Turn(
        outcome=outcome,
        changes=tuple(
            Change(fact=path, value=value) for path, value in sorted(trial.changes, key=_as_told)
        ),
    )


def _as_told(change: tuple[str, str]) -> tuple[bool, bool, str]:
    """What the paper is comes first, then what else is on it, then what was found."""
    path, _ = change
    return (path != KIND, not path.startswith("paper."), path)


def _chosen(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Show the lightest sets of each outcome."""
    sets = {turn: (turn.outcome, frozenset(turn.changes)) for turn in turns}
    smallest = [
        turn
        for turn, (outcome, changes) in sets.items()
        if not any(outcome is other[0] and other[1] < changes for other in sets.values())
    ]
    ordered = sorted(
        smallest, key=lambda t: (t.outcome is not Outcome.RELEASE, _weight(t), t.changes)
    )
    shown: list[Turn] = []
    for outcome, most in _SHOWN.items():
        shown += [turn for turn in ordered if turn.outcome is outcome][:most]
    return tuple(shown)


def _weight(turn: Turn) -> tuple[int, int]:
    return cost(frozenset((change.fact, change.value) for change in turn.changes))
