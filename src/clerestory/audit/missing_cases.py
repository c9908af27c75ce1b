"""Which conditions of permits no known answer shows, and how much hangs on each.

A permit is no stronger than its weakest condition, and a condition that nobody tests can be
dropped unseen. So each condition of each opening permit wants its known answer: a field that stays
closed while everything else that the permit asks for is there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clerestory.audit.conditions import conditions_of
from clerestory.audit.lone_demands import Grade
from clerestory.audit.lone_failures import LoneFailure, LoneFailures
from clerestory.audit.pack_check_policies import OPENING
from clerestory.demands.speaking import Speaker
from clerestory.kernel.canonical import Json
from clerestory.law.packs import Pack

_SAID = {
    Grade.GRAVE: "grave",
    Grade.WEAK: "weak",
    Grade.OPEN: "not settled in the time given",
    Grade.MISSING: "missing",
    Grade.ELSEWHERE: "opened by another policy whenever it fails alone",
    Grade.CATALOGUE: "shown only by an agency's catalogue",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A condition that no known answer shows: its policy, its file and line, and its words.

    ``number`` is its place among the conditions of its policy. ``grade`` is ``None`` until the
    solver was asked.
    """

    pack: str
    policy: str
    number: int
    file: str
    line: int
    words: str
    grade: Grade | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: {self.policy}"
        if self.grade is Grade.NEVER:
            return f"{place}: never fails alone, which is proved: {self.words}"
        if self.grade is Grade.WEAK:
            return (
                f"{place}: no known answer that lacks only this would change without it: "
                f"{self.words} (weak)"
            )
        said = f" ({_SAID[self.grade]})" if self.grade else ""
        return f"{place}: no known answer lacks only: {self.words}{said}"

    def to_json(self) -> dict[str, Json]:
        """Return it for programs."""
        return {
            "policy": self.policy,
            "number": self.number,
            "file": self.file,
            "line": self.line,
            "condition": self.words,
            "grade": self.grade.value if self.grade else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many conditions there are, and those that no known answer shows.

    Attributes:
        conditions: How many there are.
        missing: Those that no known answer shows.
        exempt: Those for which there can be none: proved never to fail alone.
        weak: Those that known answers show, of which none would change without the condition.
        found: Those that known answers show, each with the items in which it fails alone.
    """

    conditions: int = 0
    missing: tuple[Missing, ...] = ()
    exempt: tuple[Missing, ...] = ()
    weak: tuple[Missing, ...] = ()
    found: Sequence[tuple[Missing, Sequence[LoneFailure]]] = field(
        default=(), repr=False, compare=False
    )

    @property
    def shown(self) -> int:
        """How many conditions a known answer shows."""
        return self.conditions - len(self.missing) - len(self.exempt)

    @property
    def is_graded(self) -> bool:
        """Whether the solver was asked about all that are not shown."""
        return all(one.grade for one in self.missing)

    @property
    def grades(self) -> Mapping[Grade, int]:
        """How many conditions have each grade, those that have one, the worst first."""
        counted = Counter(one.grade for one in (*self.missing, *self.weak, *self.exempt))
        return {grade: counted[grade] for grade in Grade if counted[grade]}

    def __str__(self) -> str:
        told = (
            f"{self.shown} of {self.conditions} conditions of permits have a known answer "
            "in which they alone fail"
        )
        counts = self.grades
        proved = counts.get(Grade.NEVER, 0)
        if proved:
            told += f"; {proved} never fail alone, which is proved"
        if self.weak:
            told += f"; {len(self.weak)} are weak: none of these answers would change without it"
        lacking = [
            f"{n} {_SAID[grade]}"
            for grade, n in counts.items()
            if grade in _SAID and grade is not Grade.WEAK
        ]
        if lacking:
            told += f"; {len(self.missing)} lack one: {', '.join(lacking)}"
        return told

    def to_json(self) -> dict[str, Json]:
        """Return it for programs."""
        return {
            "all": self.conditions,
            "shown": self.shown,
            "grades": {grade.value: number for grade, number in self.grades.items()},
            "missing": [one.to_json() for one in self.missing],
            "weak": [one.to_json() for one in self.weak],
            "exempt": [one.to_json() for one in self.exempt],
        }


def coverage(packs: Iterable[Pack], found: LoneFailures, speaker: Speaker) -> Coverage:
    """Hold what the known answers showed against all conditions of the packs' permits."""
    missing: list[Missing] = []
    shown: list[tuple[Missing, Sequence[LoneFailure]]] = []
    for pack in packs:
        for policy in pack.policies:
            for each in conditions_of(policy) if policy.action in OPENING else ():
                one = Missing(
                    pack=pack.name,
                    policy=policy.id,
                    number=each.number,
                    file=f"{pack.name}/{policy.file}",
                    line=policy.line,
                    words=each.words(speaker),
                )
                items = found.found.get((policy.id, each.number))
                if items:
                    shown.append((one, items))
                else:
                    missing.append(one)
    return Coverage(
        conditions=len(shown) + len(missing), missing=tuple(missing), found=tuple(shown)
    )
