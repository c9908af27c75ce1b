"""One law on every day at once: the day is one more fact of a demand.

A policy is met on the days on which it stands. So one question to the solver covers every demand
on every day, and what is the same on most days is written once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from clerestory.kernel import Period
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import Shape, shape_of

DAY = "day"
"""The fact that names the day. It stands in no demand, and so in no other circuit."""


def all_days(stacks: Sequence[PackStack], more: Iterable[date] = ()) -> list[date]:
    """Return every day on which the law of any of the stacks changes, and the day before them all.

    Between two of them nothing changes, so each stands for the days until the next one.

    Args:
        stacks: The laws.
        more: Further days on which something begins or ends that is held against the law.
    """
    boundaries = sorted({*more, *(day for stack in stacks for day in stack.boundaries())})
    first = min(boundaries, default=date(2026, 1, 1)) - timedelta(days=1)
    return [first, *boundaries]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryDay:
    """A law of several days as one circuit.

    Args:
        law: Every policy that stands on some of the days. Its own day says nothing.
        circuit: The policies, each met only on the days on which it stands.
        days: The days by their code.
        stands: For each policy the codes of the days on which it stands.
    """

    law: LawOfTheDay = field(repr=False)
    circuit: Circuit
    days: Mapping[str, date]
    stands: Mapping[str, frozenset[str]] = field(repr=False)

    @classmethod
    def of(
        cls, stack: PackStack, days: Mapping[str, date], into: Circuit | None = None
    ) -> "EveryDay":
        """Write the law of a stack on these days.

        Args:
            stack: The packs.
            days: The days by their code.
            into: A circuit of :func:`with_days` whose nodes are shared.

        Raises:
            OutsideSubset: A policy uses what cannot be translated.
        """
        base = into or Circuit(with_days(shape_of(stack), days))
        in_force = {code: {policy.id for policy in stack.in_force(d)} for code, d in days.items()}
        stands = {
            policy.id: frozenset(code for code in days if policy.id in in_force[code])
            for policy in stack.policies
        }
        policies = [policy for policy in stack.policies if stands[policy.id]]
        law = LawOfTheDay.of(stack, max(days.values()), policies)
        circuit = circuit_of(law, base, _nodes(base, stands))
        return cls(law=law, circuit=circuit, days=days, stands=stands)

    def standing(self) -> dict[str, int]:
        """Return for each policy the node of "it stands on this day"."""
        return _nodes(self.circuit, self.stands)

    def within(self, period: Period) -> int:
        """Return the node of "the day is within this period"."""
        return self.circuit.is_one_of(DAY, [c for c, day in self.days.items() if day in period])

    def without(self, left_out: Mapping[str, frozenset[str]]) -> Circuit:
        """Write the law once more without some policies on days of these codes."""
        nothing = frozenset[str]()
        stands = {name: days - left_out.get(name, nothing) for name, days in self.stands.items()}
        return circuit_of(self.law, self.circuit, _nodes(self.circuit, stands))


def _nodes(circuit: Circuit, stands: Mapping[str, frozenset[str]]) -> dict[str, int]:
    return {name: circuit.is_one_of(DAY, days) for name, days in stands.items()}


def with_days(shape: Shape, days: Iterable[str]) -> Shape:
    """Return a shape in which a demand names its day as well, by one of these codes."""
    return replace(shape, facts={**shape.facts, DAY: frozenset(days)})


def by_code(days: Iterable[date]) -> dict[str, date]:
    """Return days by their codes."""
    return {day.isoformat(): day for day in days}
