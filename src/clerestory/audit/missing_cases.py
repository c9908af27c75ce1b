"""Which conditions of permits no known answer shows, and how much hangs on each.

A permit is no stronger than its weakest condition, and a condition that nobody tests can be
dropped unseen. So each condition of each opening permit wants its known answer: a field that stays
closed while everything else that the permit asks for is there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clerestory.audit.conditions import conditions_of
from clerestory.audit.lone_demands import Grade
from clerestory.audit.lone_failures import LoneFailures
from clerestory.audit.pack_check_policies import OPENING
from clerestory.kernel.canonical import Json
from clerestory.law.codes import Vocabulary
from clerestory.law.packs import Pack

_SAID = {
    Grade.GRAVE: "grave",
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

    ``exempt`` holds those for which there can be no known answer: proved to fail never alone.
    """

    conditions: int = 0
    missing: tuple[Missing, ...] = ()
    exempt: tuple[Missing, ...] = ()

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
        counted = Counter(one.grade for one in (*self.missing, *self.exempt))
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
        lacking = [f"{n} {_SAID[grade]}" for grade, n in counts.items() if grade in _SAID]
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
            "exempt": [one.to_json() for one in self.exempt],
        }


def coverage(packs: Iterable[Pack], found: LoneFailures, vocabulary: Vocabulary) -> Coverage:
    """Hold what the known answers showed against all conditions of the packs' permits."""
    number = 0
    missing: list[Missing] = []
    for pack in packs:
        for policy in pack.policies:
            for each in conditions_of(policy) if policy.action in OPENING else ():
                number += 1
                if (policy.id, each.number) not in found.found:
                    missing.append(
                        Missing(
                            pack=pack.name,
                            policy=policy.id,
                            number=each.number,
                            file=f"{pack.name}/{policy.file}",
                            line=policy.line,
                            words=each.words(vocabulary),
                        )
                    )
    return Coverage(conditions=number, missing=tuple(missing))
