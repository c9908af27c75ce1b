"""One promise put to a law on every day at once, and what the law gives a promise to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from clerestory.audit.every_day import EveryDay
from clerestory.law.conditions import parse_with_terms, terms_in
from clerestory.law.errors import PackFault
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import Conditions
from clerestory.policy.model.law_of_the_day import LawOfTheDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A promise as two nodes of a law's circuit.

    ``broken`` holds for the demands that break it. ``premise`` holds for those that could: where
    no demand fits it on any day, the promise says nothing, and is not proved.
    """

    id: str
    says: str
    premise: int
    broken: int


@dataclass
class LawRead:
    """A law as promises read it, on every day: its circuit, and conditions in Cedar's words.

    Args:
        every_day: The law, already written.
        terms: The named conditions, as they are written.
        made: Named conditions that were made from tables: already nodes of the circuit.
    """

    every_day: EveryDay
    terms: Mapping[str, str]
    made: Mapping[str, Callable[["LawRead"], int]]
    _known: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._conditions = Conditions.of(self.circuit, self.law, self._known)
        self._waiting: list[str] = []

    @property
    def circuit(self) -> Circuit:
        """The circuit of the law."""
        return self.every_day.circuit

    @property
    def law(self) -> LawOfTheDay:
        """Every policy that stands on some day."""
        return self.every_day.law

    @property
    def opened(self) -> int:
        """The node of "something leaves": it is released, or a coarser answer is given."""
        return opened(self.circuit)

    def condition(self, text: str, tree: Mapping[str, Any], *, name: str) -> int:
        """Return the node of a condition, its named conditions read before it.

        Raises:
            PackFault: It names a condition that no file has, or one that rests on itself.
            OutsideSubset: It uses what cannot be translated, or a word that is gone.
        """
        for term in terms_in(text):
            self._name(term, name)
        return self._conditions.read(tree, name=name)

    def term(self, term: str, *, name: str) -> int:
        """Return the node of a named condition."""
        self._name(term, name)
        return self._known[term]

    def _name(self, term: str, user: str) -> None:
        if term in self._known:
            return
        if term in self._waiting:
            raise PackFault(
                f"{user}: the condition {term} rests on itself",
                todo="write one of the conditions out",
            )
        if term not in self.made and term not in self.terms:
            raise PackFault(
                f"{user}: there is no condition called {term}",
                todo="name it under [terms], or mend the name",
            )
        self._waiting.append(term)
        if term in self.made:
            place = self.made[term](self)
        else:
            text, name = self.terms[term], f"the condition {term}"
            place = self.condition(text, _parsed(text, name), name=name)
        self._waiting.pop()
        self._known[term] = place


def opened(circuit: Circuit) -> int:
    """Return the node of "something leaves" in a law that is written into a circuit."""
    return circuit.either([circuit.outcomes["release"], circuit.outcomes["coarsen"]])


@cache
def _parsed(text: str, name: str) -> Mapping[str, Any]:
    # The same conditions are read for every stack of packs.
    return parse_with_terms(text, name)
