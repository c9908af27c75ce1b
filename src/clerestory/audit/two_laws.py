"""Two laws in one circuit, on every day at once, and the kinds of demands on which they part.

The day is one more fact of a demand here: a policy is met on the days on which it stands. So one
question to the solver covers every demand on every day, and where it answers "never", that no
answer and no duty differs is a proof.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clerestory.audit.every_day import DAY, EveryDay, all_days, with_days
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.well_formed import well_formed
from clerestory.policy.interpreters.smt import Answer, Solver
from clerestory.policy.model.shape import Shape, joined, shape_of

__all__ = ["DAY", "DayPair", "Kind", "TwoLaws", "all_days"]

DayPair = tuple[date, date]
"""The day on which the old law is asked and the one on which the new law is."""


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """One way in which two laws part: another answer, or another duty beside the same answer.

    Answers are labels such as ``release`` and ``coarsen to year``. For a duty both are empty.
    """

    before: str = ""
    after: str = ""
    duty: str = ""
    gained: bool = False

    @property
    def name(self) -> str:
        """The kind in a few words."""
        if self.duty:
            return f"the duty {self.duty} {'gained' if self.gained else 'lost'}"
        return f"from {self.before} to {self.after}"


class TwoLaws:
    """Two laws written into one circuit that shares their nodes.

    Args:
        old: The packs of the one law.
        new: The packs of the other.
        days: On which days each is asked; see :func:`all_days`.
        timeout_ms: How long one question may take.
        beside: An earlier comparison with the same law on the same days: what it wrote and asked
            is used again.

    Raises:
        OutsideSubset: A policy uses what cannot be translated.
    """

    def __init__(
        self,
        old: PackStack,
        new: PackStack,
        days: Sequence[DayPair],
        *,
        timeout_ms: int = 30_000,
        beside: "TwoLaws | None" = None,
    ) -> None:
        self.old, self.new = old, new
        self.days: Mapping[str, DayPair] = {_code(pair): pair for pair in days}
        shape = with_days(joined([shape_of(old), shape_of(new)]), self.days)
        known = beside if beside and (beside.old, beside.days, beside.shape) == (
            old, self.days, shape,
        ) else None  # fmt: skip
        base = known.after if known else Circuit(shape)
        first = known.every_day[0] if known else self._write(old, 0, base)
        self.every_day: tuple[EveryDay, EveryDay] = (first, self._write(new, 1, base))
        self.laws = (first.law, self.every_day[1].law)
        self.before: Circuit = first.circuit
        self.after: Circuit = self.every_day[1].circuit
        self.kinds: Mapping[Kind, int] = dict(self._kinds())
        self.differs = self.after.either([self._other_answer(), *self._duty_places()])
        # That a suspension only lowers is proved of each law by itself. Two laws are compared while
        # nothing is suspended: each change would be told a second time, by what is left of it.
        suspended = self.after.holds_any("suspended")
        self._can_be = self.after.both([well_formed(self.after), self.after.negate(suspended)])
        self._timeout_ms = timeout_ms
        # Both are written into the nodes of one circuit, which is all that a solver reads.
        self._solver: Solver | None = known._solver if known else None

    @property
    def shape(self) -> Shape:
        """What a demand under either law can say, and the days."""
        return self.after.shape

    @property
    def is_same_text(self) -> bool:
        """Whether both say the same so plainly that no solver has to be asked."""
        return self.differs == self.after.no

    def ask(self, place: int, *, plain: Sequence[int] = ()) -> Answer:
        """Ask whether a demand can be made, on some day, for which a node holds."""
        if self._solver is None:
            self._solver = Solver(self.after, self._timeout_ms)
            self._solver.require(self._can_be)
        return self._solver.ask(place, plain=plain)

    def codes_beside(self, facts: Mapping[str, Any], path: str, place: int) -> list[str]:
        """Return the codes of a fact with which a node is met, all else being as it is.

        One demand that is found tells so of all its neighbors, where each would be a question.
        """
        codes = sorted(self.shape.facts[path])
        whole = (1 << len(codes)) - 1
        columns: dict[str, dict[str, int]] = {
            name: dict.fromkeys([value] if isinstance(value, str) else value, whole)
            for name, value in facts.items()
        }
        columns[path] = {code: 1 << number for number, code in enumerate(codes)}
        values = self.after.evaluate_rows(columns, whole)
        met = values[place] & values[self._can_be]
        return [code for number, code in enumerate(codes) if met >> number & 1]

    def code_on(self, day: date) -> str:
        """Return the code of the day that stands for a day; the first for those before it."""
        starts = sorted((new, code) for code, (_, new) in self.days.items())
        return max((s for s in starts if s[0] <= day), default=starts[0])[1]

    def kinds_at(self, facts: Mapping[str, Any]) -> tuple[Kind, ...]:
        """Return every way in which the laws part on these facts, which name a day."""
        values = self.after.evaluate(facts)
        return tuple(kind for kind, place in self.kinds.items() if values[place])

    def _write(self, stack: PackStack, side: int, base: Circuit) -> EveryDay:
        return EveryDay.of(stack, {code: pair[side] for code, pair in self.days.items()}, base)

    def _kinds(self) -> Iterator[tuple[Kind, int]]:
        before, after = self.before.labels, self.after.labels
        for one, here in before.items():
            for other, there in after.items():
                if one != other:
                    yield Kind(before=one, after=other), self.after.both([here, there])
        shared = [label for label in before if label in after]
        same = self.after.either(self.after.both([before[n], after[n]]) for n in shared)
        for duty in sorted({*self.before.duties, *self.after.duties}):
            owed, owes = (c.duties.get(duty, c.no) for c in (self.before, self.after))
            gained = self.after.both([same, self.after.negate(owed), owes])
            lost = self.after.both([same, owed, self.after.negate(owes)])
            yield Kind(duty=duty, gained=True), gained
            yield Kind(duty=duty), lost

    def _other_answer(self) -> int:
        """Return where the answers part: one of each law's labels always holds."""
        after = self.after.labels
        return self.after.either(
            self.after.both([here, self.after.negate(after.get(label, self.after.no))])
            for label, here in self.before.labels.items()
        )

    def _duty_places(self) -> Iterable[int]:
        return (place for kind, place in self.kinds.items() if kind.duty)


def _code(pair: DayPair) -> str:
    old, new = pair
    return new.isoformat() if old == new else f"{old}/{new}"
