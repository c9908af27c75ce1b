"""The law of a day as one circuit of yes and no, from facts to outcomes.

A pack's policies are finite: every fact is a code of a known list, or a set of such codes. So the
whole way of an item through the stages (see ``stages``) can be written as a circuit whose inputs
are two kinds of question, "is this fact one of these codes" and "does this set hold this code".
The proof interpreter and the columnar interpreter both read it; Cedar does not, and is what they
are compared with.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any

from clerestory.demands.determination import Outcome
from clerestory.law.promises import ANSWERS
from clerestory.policy.model.shape import Shape

OUTCOMES = ANSWERS


def answer_of(outcome: Outcome) -> str:
    """Return what a circuit calls the outcome of a ruling: one of :data:`OUTCOMES`."""
    return "refer" if outcome is Outcome.REFER else outcome.value


def direction(before: str, after: str) -> int:
    """Return 1 if the later answer is the more open one, -1 if the earlier is, 0 if neither.

    The answers may be labels: of ``coarsen to year`` and ``coarsen to county`` neither is.
    """
    early, late = (OUTCOMES.index(label.partition(" ")[0]) for label in (before, after))
    return (early > late) - (early < late)


@dataclass(frozen=True, slots=True)
class Is:
    """Whether the fact at ``path`` is one of ``codes``."""

    path: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Has:
    """Whether the set at ``path`` holds ``code``."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of node ``of``."""

    of: int


@dataclass(frozen=True, slots=True)
class All:
    """Every node of ``of`` holds; true for none."""

    of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one node of ``of`` holds; false for none."""

    of: tuple[int, ...]


Node = Is | Has | Not | All | Any_


@dataclass
class Circuit:
    """Nodes in order, each after those it reads; the same node is kept once.

    ``words`` names the nodes of each stage: (``established``, word), (``lifted``, lock) and so on.
    ``policies`` tells where each policy is satisfied, ``determining`` where the answer rests on it.
    ``outcomes`` are the four answers, ``coarser`` the coarser ones by what is given instead, and
    ``duties`` the duties (see ``duties.labels``).
    """

    shape: Shape = field(repr=False)
    nodes: list[Node] = field(default_factory=list, repr=False)
    policies: dict[str, int] = field(default_factory=dict, repr=False)
    words: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    outcomes: dict[str, int] = field(default_factory=dict)
    determining: dict[str, int] = field(default_factory=dict, repr=False)
    coarser: dict[str, int] = field(default_factory=dict, repr=False)
    duties: dict[str, int] = field(default_factory=dict, repr=False)
    _places: dict[Node, int] = field(default_factory=dict, repr=False)

    def add(self, node: Node) -> int:
        """Return the place of a node, new or known."""
        place = self._places.get(node)
        if place is None:
            place = self._places[node] = len(self.nodes)
            self.nodes.append(node)
        return place

    @property
    def labels(self) -> dict[str, int]:
        """The node of every answer, the most open first, each coarser one by what it gives."""
        coarser = {f"coarsen to {code}": place for code, place in sorted(self.coarser.items())}
        whole = {name: place for name, place in self.outcomes.items() if name != "coarsen"}
        return {"release": whole.pop("release"), **coarser, **whole}

    @cached_property
    def yes(self) -> int:
        """The node that always holds."""
        return self.add(All(()))

    @cached_property
    def no(self) -> int:
        """The node that never holds."""
        return self.add(Any_(()))

    def negate(self, place: int) -> int:
        """Return the contrary of a node."""
        node = self.nodes[place]
        if isinstance(node, Not):
            return node.of
        if place == self.yes:
            return self.no
        return self.yes if place == self.no else self.add(Not(place))

    def both(self, places: Iterable[int]) -> int:
        """Return the node that holds where all the given ones hold."""
        kept = {place for place in places if place != self.yes}
        if self.no in kept or any(self._is_contrary(place, kept) for place in kept):
            return self.no
        return kept.pop() if len(kept) == 1 else self.add(All(tuple(sorted(kept))))

    def either(self, places: Iterable[int]) -> int:
        """Return the node that holds where at least one of the given ones holds."""
        kept = {place for place in places if place != self.no}
        if self.yes in kept or any(self._is_contrary(place, kept) for place in kept):
            return self.yes
        return kept.pop() if len(kept) == 1 else self.add(Any_(tuple(sorted(kept))))

    def _is_contrary(self, place: int, others: set[int]) -> bool:
        node = self.nodes[place]
        return isinstance(node, Not) and node.of in others

    def is_one_of(self, path: str, codes: Iterable[str]) -> int:
        """Return the node of "the fact is one of these codes"; a code out of the list is never."""
        domain = self.shape.facts[path]
        wanted = frozenset(codes) & domain
        if not wanted:
            return self.no
        return self.yes if wanted == domain else self.add(Is(path, wanted))

    def holds(self, path: str, code: str) -> int:
        """Return the node of "the set holds this code"."""
        return self.add(Has(path, code)) if code in self.shape.sets[path] else self.no

    def holds_any(self, *paths: str) -> int:
        """Return the node of "one of these sets holds something"."""
        return self.either(
            self.holds(path, c) for path in paths for c in sorted(self.shape.sets[path])
        )

    def reached(self, wanted: Iterable[int]) -> list[int]:
        """Return, in order, the places of all nodes that the wanted ones rest on."""
        seen: set[int] = set()
        waiting = list(wanted)
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            waiting += inputs(self.nodes[place])
        return sorted(seen)

    def evaluate(self, facts: Mapping[str, Any]) -> list[bool]:
        """Return the value of every node for flat facts (see ``shape.flat_facts``)."""
        values = self.evaluate_of(range(len(self.nodes)), facts)
        return [values[place] for place in range(len(self.nodes))]

    def evaluate_of(self, places: Iterable[int], facts: Mapping[str, Any]) -> dict[int, bool]:
        """Return the values of the given nodes, which must be in order and rest on each other."""
        values: dict[int, bool] = {}
        for place in places:
            match self.nodes[place]:
                case Is(path, codes):
                    values[place] = facts[path] in codes
                case Has(path, code):
                    values[place] = code in facts[path]
                case Not(of):
                    values[place] = not values[of]
                case All(of):
                    values[place] = all(values[read] for read in of)
                case Any_(of):
                    values[place] = any(values[read] for read in of)
        return values

    def evaluate_rows(self, columns: Mapping[str, Mapping[str, int]], whole: int) -> list[int]:
        """Return for every node the rows on which it holds, one bit a row.

        Args:
            columns: For each fact and set, and each of its codes, the rows that say it.
            whole: A one for every row.
        """
        values: list[int] = []
        for node in self.nodes:
            match node:
                case Is(path, codes):
                    said = columns.get(path, {})
                    bits = reduce(or_, (said.get(code, 0) for code in codes), 0)
                case Has(path, code):
                    bits = columns.get(path, {}).get(code, 0)
                case Not(of):
                    bits = whole ^ values[of]
                case All(of):
                    bits = reduce(and_, (values[place] for place in of), whole)
                case Any_(of):
                    bits = reduce(or_, (values[place] for place in of), 0)
            values.append(bits)
        return values


def inputs(node: Node) -> tuple[int, ...]:
    """Return the places that a node reads."""
    match node:
        case Not(of):
            return (of,)
        case All(of) | Any_(of):
            return of
    return ()


def codes_read(circuit: Circuit, wanted: Iterable[int]) -> Iterator[Is | Has]:
    """Yield the questions about facts that the wanted nodes rest on."""
    for place in circuit.reached(wanted):
        node = circuit.nodes[place]
        if isinstance(node, Is | Has):
            yield node
