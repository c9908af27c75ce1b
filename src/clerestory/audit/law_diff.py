"""What one law answers otherwise than another, over all demands there can be.

The solver is asked once whether anything differs at all, and only where something does, in which
ways. Where nothing does, "no difference" is a proof.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.proof import Decided, InterpretersDisagree, decide_facts
from clerestory.audit.two_laws import DAY, Kind, TwoLaws
from clerestory.kernel.canonical import Json
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit, direction
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.circuit.well_formed import ordinary
from clerestory.policy.interpreters.smt import CanBe
from clerestory.policy.interpreters.whole_answers import circuit_answer
from clerestory.policy.model.shape import shape_of

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
    laws = TwoLaws(old.stack, new.stack, [(old.on, new.on)], timeout_ms=timeout_ms)
    found = find_kinds(laws, laws.kinds)
    changes = [change_of(laws, kind, laws.kinds[kind]) for kind in found.kinds]
    unsettled = [*found.unsettled, *(c for c in changes if isinstance(c, str))]
    return LawDiff(
        old=old.name,
        new=new.name,
        changes=tuple(sorted((c for c in changes if isinstance(c, Change)), key=_weight)),
        open_questions=tuple(unsettled),
        seconds=time.perf_counter() - started,
    )


def _weight(change: Change) -> tuple[bool, int, str, str, str, bool]:
    """Answers before duties, what opens first."""
    way = -direction(change.before, change.after)
    return (bool(change.duty), way, change.before, change.after, change.duty or "", change.gained)


@dataclass(frozen=True, slots=True)
class Found:
    """The kinds of change that can be met, and what the solver left open."""

    kinds: tuple[Kind, ...]
    unsettled: tuple[str, ...] = ()


def find_kinds(laws: TwoLaws, places: Mapping[Kind, int]) -> Found:
    """Return every kind of change that is met at its node, each found by a demand.

    Each demand that is found tells its kinds; what is left is asked until nothing is, so that
    there are as many questions as kinds that are met, and not as kinds that there could be.
    """
    same = laws.is_same_text
    left = {k: place for k, place in places.items() if not same and place != laws.after.no}
    kinds: list[Kind] = []
    while left:
        answer = laws.ask(laws.after.either(left.values()))
        if answer.can_be is CanBe.NEVER:
            break
        values = laws.after.evaluate(answer.facts) if answer.facts is not None else []
        new = [kind for kind, place in left.items() if values and values[place]]
        if not new:
            beside = f" beside {', '.join(kind.name for kind in kinds)}" if kinds else ""
            return Found(tuple(kinds), (f"whether anything differs{beside}",))
        kinds += new
        left = {kind: place for kind, place in left.items() if kind not in new}
    return Found(tuple(kind for kind in places if kind in kinds))


def codes_met(laws: TwoLaws, place: int, path: str) -> tuple[str, ...] | None:
    """Return the codes of a fact with which a node can be met; ``None`` if that was left open."""
    met: set[str] = set()
    while True:
        left = laws.shape.facts[path] - met
        answer = laws.ask(laws.after.both([place, laws.after.is_one_of(path, left)]))
        if answer.can_be is CanBe.NEVER:
            return tuple(sorted(met))
        if answer.facts is None:
            return None
        met |= {str(answer.facts[path]), *laws.codes_beside(answer.facts, path, place)}


def change_of(laws: TwoLaws, kind: Kind, place: int) -> Change | str:
    """Return one kind of change with its smallest demand, which Cedar decides under both laws.

    Where the solver leaves it open, what was asked is returned.

    Raises:
        InterpretersDisagree: Cedar does not confirm the demand.
    """
    answer = laws.ask(place, plain=ordinary(laws.after))
    programs = codes_met(laws, place, "resource.program")
    requesters = codes_met(laws, place, "principal")
    if answer.facts is None or programs is None or requesters is None:
        return kind.name
    first, second = _confirmed(laws, kind, answer.facts)
    _, on = laws.days[str(answer.facts[DAY])]
    return Change(
        before=first.whole.label,
        after=second.whole.label,
        duty=kind.duty or None,
        gained=kind.gained,
        programs=_all(programs, laws.shape.facts["resource.program"]),
        requesters=_all(requesters, laws.shape.facts["principal"]),
        demand=demand_of(answer.facts, on, name=_file_name(kind)),
        authorities_before=first.authorities,
        authorities_after=second.authorities,
    )


def _all(met: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    return ("all",) if known.issubset(met) else met


def _confirmed(laws: TwoLaws, kind: Kind, facts: Mapping[str, Any]) -> tuple[Decided, Decided]:
    """Let Cedar decide the demand under both laws, and keep it only if both say the same."""
    old_day, new_day = laws.days[str(facts[DAY])]
    sides = [(laws.old, old_day, laws.before), (laws.new, new_day, laws.after)]
    first, second = (_decided(stack, on, circuit, kind, facts) for stack, on, circuit in sides)
    return first, second


def _decided(
    stack: PackStack, on: date, circuit: Circuit, kind: Kind, facts: Mapping[str, Any]
) -> Decided:
    told = circuit_answer(circuit, facts)
    if not _can_be_read(stack, facts):
        # A code that only the other law knows: under this one nobody could have written the
        # demand, and no policy of it asks for the code.
        return Decided(whole=told, policies=(), authorities=())
    decided = decide_facts(stack, on, facts)
    if told != decided.whole:
        raise InterpretersDisagree(
            f"{kind.name}: the comparison says {told} and cedar says {decided.whole}",
            todo="do not use these packs; report both pack digests",
        )
    return decided


def _can_be_read(stack: PackStack, facts: Mapping[str, Any]) -> bool:
    shape = shape_of(stack)
    return all(facts[path] in codes for path, codes in shape.facts.items()) and all(
        shape.sets[path].issuperset(facts[path]) for path in shape.sets
    )


def _file_name(kind: Kind) -> str:
    return f"DIFF-{re.sub('[^a-z0-9]+', '-', kind.name)}"
