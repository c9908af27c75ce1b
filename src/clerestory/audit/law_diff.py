"""What one law answers otherwise than another, over all demands there can be.

Both laws are written into one circuit, and the solver is asked for a demand that the first answers
in one way and the second in another. Where there is none, "no difference" is a proof.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.proof import InterpretersDisagree, decide_facts
from clerestory.kernel.canonical import Json
from clerestory.policy.circuit import Circuit, direction
from clerestory.policy.circuit_of_law import circuit_of
from clerestory.policy.counterexample import demand_of
from clerestory.policy.interpreters.smt import Solver, Verdict
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.shape import joined, shape_of
from clerestory.policy.well_formed import ordinary, well_formed
from clerestory.policy.whole_answers import WholeAnswer, circuit_answer

_SAID = {
    "release": "released",
    "coarsen": "answered less exactly",
    "refer": "referred to counsel",
    "withhold": "withheld",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One kind of change: from one answer to another, with the smallest demand that shows it.

    For a duty ``before`` and ``after`` are the same answer, and ``duty`` is owed only before, or
    only after (``gained``).
    """

    before: str
    after: str
    duty: str | None = None
    gained: bool = False
    programs: tuple[str, ...]
    requesters: tuple[str, ...]
    demand: Mapping[str, Any] = field(repr=False)
    authorities_before: tuple[str, ...]
    authorities_after: tuple[str, ...]

    @property
    def opens(self) -> bool:
        """Whether the new law gives more than the old one did."""
        return direction(self.before, self.after) > 0

    @property
    def way(self) -> str:
        """In one word, what the new law does."""
        if self.duty:
            return "ADDS" if self.gained else "DROPS"
        return {1: "OPENS", -1: "CLOSES", 0: "ALTERS"}[direction(self.before, self.after)]

    def lines(self) -> Iterator[str]:
        """Yield the change for people."""
        if self.duty:
            yield f"{self.way:6} the duty {self.duty}, where the answer stays the same"
        else:
            yield f"{self.way:6} what was {_said(self.before)} is {_said(self.after)}"
        yield f"       programmes: {', '.join(self.programs)}"
        yield f"       requesters: {', '.join(self.requesters)}"
        yield f"       before, by: {', '.join(self.authorities_before)}"
        yield f"       after, by:  {', '.join(self.authorities_after)}"

    def to_json(self) -> dict[str, Json]:
        """Return the change for programs."""
        return {
            "before": self.before,
            "after": self.after,
            "duty": self.duty,
            "gained": self.gained,
            "opens": self.opens,
            "programs": list(self.programs),
            "requesters": list(self.requesters),
            "authorities_before": list(self.authorities_before),
            "authorities_after": list(self.authorities_after),
            "demand": dict(self.demand),
        }


def _said(label: str) -> str:
    answer, _, instead = label.partition(" to ")
    return f"{_SAID[answer]} ({instead})" if instead else _SAID[answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDiff:
    """All kinds of change. ``open_questions`` are those that the solver did not settle."""

    old: str
    new: str
    changes: tuple[Change, ...]
    open_questions: tuple[str, ...]
    seconds: float

    @property
    def is_none(self) -> bool:
        """Whether it is proved that no answer and no duty differs, for any demand."""
        return not self.changes and not self.open_questions

    def to_json(self) -> dict[str, Json]:
        """Return the comparison for programs."""
        return {
            "old": self.old,
            "new": self.new,
            "no_difference": self.is_none,
            "changes": [change.to_json() for change in self.changes],
            "open": list(self.open_questions),
        }


def diff_laws(old: LawChoice, new: LawChoice, *, timeout_ms: int = 30_000) -> LawDiff:
    """Compare two laws by meaning: every answer, and every duty where the answer is the same.

    Raises:
        OutsideSubset: A policy uses what cannot be translated.
        InterpretersDisagree: Cedar does not confirm an example.
    """
    started = time.perf_counter()
    pair = _Pair(old, new, timeout_ms)
    changes: list[Change] = []
    unsettled: list[str] = []
    for kind in pair.kinds():
        verdict, change = pair.change(kind)
        if change is not None:
            changes.append(change)
        elif verdict is Verdict.OPEN:
            unsettled.append(kind.name)
    changes.sort(
        key=lambda change: (change.duty is not None, -direction(change.before, change.after))
    )
    return LawDiff(
        old=old.name,
        new=new.name,
        changes=tuple(changes),
        open_questions=tuple(unsettled),
        seconds=time.perf_counter() - started,
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """One way in which the laws may part, and the node of the demands on which they do."""

    name: str
    place: int
    duty: str | None = None
    gained: bool = False


class _Pair:
    """Two laws in one circuit."""

    def __init__(self, old: LawChoice, new: LawChoice, timeout_ms: int) -> None:
        self._old, self._new = old, new
        base = Circuit(joined([shape_of(old.stack), shape_of(new.stack)]))
        self._before = circuit_of(LawOfTheDay.assemble(old.stack, old.on), base)
        self._after = circuit_of(LawOfTheDay.assemble(new.stack, new.on), base)
        self._solver = Solver(self._after, timeout_ms)
        self._solver.require(well_formed(self._after))
        self._plain = ordinary(self._after)

    def kinds(self) -> Iterator[_Kind]:
        """Yield every pair of answers that differ, then every duty, gained and lost."""
        before, after = self._before.labels, self._after.labels
        for one, other in product(before, after):
            if one != other:
                both = self._after.both([before[one], after[other]])
                yield _Kind(f"from {one} to {other}", both)
        same = self._after.either(
            self._after.both([before[label], after[label]]) for label in before if label in after
        )
        for duty in sorted({*self._before.duties, *self._after.duties}):
            owed, owes = (c.duties.get(duty, c.no) for c in (self._before, self._after))
            gained = self._after.both([same, self._after.negate(owed), owes])
            lost = self._after.both([same, owed, self._after.negate(owes)])
            yield _Kind(f"the duty {duty} gained", gained, duty, gained=True)
            yield _Kind(f"the duty {duty} lost", lost, duty)

    def change(self, kind: _Kind) -> tuple[Verdict, Change | None]:
        """Look for a demand on which the laws part so, and let Cedar decide it under both."""
        answer = self._solver.ask(kind.place, plain=self._plain)
        if answer.facts is None:
            return answer.verdict, None
        first = decide_facts(self._old.stack, self._old.on, answer.facts)
        second = decide_facts(self._new.stack, self._new.on, answer.facts)
        self._check(kind, answer.facts, first.whole, second.whole)
        return answer.verdict, Change(
            before=first.whole.label,
            after=second.whole.label,
            duty=kind.duty,
            gained=kind.gained,
            programs=self._where(kind.place, "resource.program"),
            requesters=self._where(kind.place, "principal"),
            demand=demand_of(answer.facts, self._new.on, name=_file_name(kind)),
            authorities_before=first.authorities,
            authorities_after=second.authorities,
        )

    def _check(
        self, kind: _Kind, facts: Mapping[str, Any], before: WholeAnswer, after: WholeAnswer
    ) -> None:
        for circuit, cedar in ((self._before, before), (self._after, after)):
            told = circuit_answer(circuit, facts)
            if told != cedar:
                raise InterpretersDisagree(
                    f"{kind.name}: the comparison says {told} and cedar says {cedar}",
                    todo="do not use these packs; report both pack digests",
                )

    def _where(self, differs: int, path: str) -> tuple[str, ...]:
        """Return the codes with which this change can be met; one word where all can."""
        codes = sorted(self._after.shape.facts[path])
        met = [code for code in codes if self._can_be(differs, path, code)]
        return ("all",) if met == codes else tuple(met)

    def _can_be(self, differs: int, path: str, code: str) -> bool:
        here = self._after.both([differs, self._after.is_one_of(path, [code])])
        return self._solver.ask(here).verdict is not Verdict.NEVER


def _file_name(kind: _Kind) -> str:
    return f"DIFF-{re.sub('[^a-z0-9]+', '-', kind.name)}"
