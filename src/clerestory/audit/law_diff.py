"""What one law answers otherwise than another, over all demands there can be.

Both laws are written into one circuit, and the solver is asked for a demand that the first answers
in one way and the second in another. Where there is none, "no difference" is a proof.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.proof import InterpretersDisagree, decide_facts
from clerestory.kernel.canonical import Json
from clerestory.policy.circuit import OUTCOMES, Circuit
from clerestory.policy.circuit_of_law import circuit_of
from clerestory.policy.counterexample import demand_of
from clerestory.policy.interpreters.smt import Solver, Verdict
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.shape import Shape, shape_of
from clerestory.policy.well_formed import ordinary, well_formed

_SAID = {
    "release": "released",
    "coarsen": "answered less exactly",
    "refer": "referred to counsel",
    "withhold": "withheld",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One kind of change: from one answer to another, with the smallest demand that shows it."""

    before: str
    after: str
    programs: tuple[str, ...]
    requesters: tuple[str, ...]
    demand: Mapping[str, Any] = field(repr=False)
    authorities_before: tuple[str, ...]
    authorities_after: tuple[str, ...]

    @property
    def opens(self) -> bool:
        """Whether the new law gives more than the old one did."""
        return OUTCOMES.index(self.after) < OUTCOMES.index(self.before)

    def lines(self) -> Iterator[str]:
        """Yield the change for people."""
        way = "OPENS " if self.opens else "CLOSES"
        yield f"{way} what was {_SAID[self.before]} is {_SAID[self.after]}"
        yield f"       programmes: {', '.join(self.programs)}"
        yield f"       requesters: {', '.join(self.requesters)}"
        yield f"       before, by: {', '.join(self.authorities_before)}"
        yield f"       after, by:  {', '.join(self.authorities_after)}"

    def to_json(self) -> dict[str, Json]:
        """Return the change for programs."""
        return {
            "before": self.before,
            "after": self.after,
            "opens": self.opens,
            "programs": list(self.programs),
            "requesters": list(self.requesters),
            "authorities_before": list(self.authorities_before),
            "authorities_after": list(self.authorities_after),
            "demand": dict(self.demand),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDiff:
    """All kinds of change. ``open_questions`` are pairs that the solver did not settle."""

    old: str
    new: str
    changes: tuple[Change, ...]
    open_questions: tuple[tuple[str, str], ...]
    seconds: float

    @property
    def is_none(self) -> bool:
        """Whether it is proved that no answer to any demand differs."""
        return not self.changes and not self.open_questions

    def to_json(self) -> dict[str, Json]:
        """Return the comparison for programs."""
        return {
            "old": self.old,
            "new": self.new,
            "no_difference": self.is_none,
            "changes": [change.to_json() for change in self.changes],
            "open": [list(pair) for pair in self.open_questions],
        }


def diff_laws(old: LawChoice, new: LawChoice, *, timeout_ms: int = 30_000) -> LawDiff:
    """Compare two laws by meaning.

    Raises:
        OutsideSubset: A policy uses what cannot be translated.
        InterpretersDisagree: Cedar does not confirm an example.
    """
    started = time.perf_counter()
    pair = _Pair(old, new, timeout_ms)
    changes: list[Change] = []
    unsettled: list[tuple[str, str]] = []
    for before in OUTCOMES:
        for after in OUTCOMES:
            if before == after:
                continue
            verdict, change = pair.change(before, after)
            if change is not None:
                changes.append(change)
            elif verdict is Verdict.OPEN:
                unsettled.append((before, after))
    changes.sort(key=lambda c: (not c.opens, OUTCOMES.index(c.after), OUTCOMES.index(c.before)))
    return LawDiff(
        old=old.name,
        new=new.name,
        changes=tuple(changes),
        open_questions=tuple(unsettled),
        seconds=time.perf_counter() - started,
    )


class _Pair:
    """Two laws in one circuit."""

    def __init__(self, old: LawChoice, new: LawChoice, timeout_ms: int) -> None:
        self._old, self._new = old, new
        base = Circuit(_joined(shape_of(old.stack), shape_of(new.stack)))
        self._before = circuit_of(LawOfTheDay.assemble(old.stack, old.on), base)
        self._after = circuit_of(LawOfTheDay.assemble(new.stack, new.on), base)
        self._solver = Solver(self._after, timeout_ms)
        self._solver.require(well_formed(self._after))
        self._plain = ordinary(self._after)

    def change(self, before: str, after: str) -> tuple[Verdict, Change | None]:
        differs = self._after.both([self._before.outcomes[before], self._after.outcomes[after]])
        answer = self._solver.ask(differs, plain=self._plain)
        if answer.facts is None:
            return answer.verdict, None
        first = decide_facts(self._old.stack, self._old.on, answer.facts)
        second = decide_facts(self._new.stack, self._new.on, answer.facts)
        if (first.answer, second.answer) != (before, after):
            raise InterpretersDisagree(
                f"the comparison says {before} and {after}, cedar says {first.answer} and "
                f"{second.answer}",
                todo="do not use these packs; report both pack digests",
            )
        return answer.verdict, Change(
            before=before,
            after=after,
            programs=self._where(differs, "resource.program"),
            requesters=self._where(differs, "principal"),
            demand=demand_of(answer.facts, self._new.on, name=f"DIFF-{before}-{after}"),
            authorities_before=first.authorities,
            authorities_after=second.authorities,
        )

    def _where(self, differs: int, path: str) -> tuple[str, ...]:
        """Return the codes with which this change can be met; one word where all can."""
        codes = sorted(self._after.shape.facts[path])
        met = [code for code in codes if self._can_be(differs, path, code)]
        return ("all",) if met == codes else tuple(met)

    def _can_be(self, differs: int, path: str, code: str) -> bool:
        here = self._after.both([differs, self._after.is_one_of(path, [code])])
        return self._solver.ask(here).verdict is not Verdict.NEVER


def _joined(one: Shape, other: Shape) -> Shape:
    """Return a shape in which a demand under either vocabulary can be said."""
    return Shape(
        facts={p: one.facts.get(p, frozenset()) | other.facts.get(p, frozenset()) for p in
               {**one.facts, **other.facts}},
        sets={p: one.sets[p] | other.sets[p] for p in one.sets},
    )  # fmt: skip
