"""All that is promised of one stack of packs, asked again of its law with a slip in it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from clerestory.audit.promises.gathering import Promises
from clerestory.audit.promises.question import Question
from clerestory.audit.proof import different_laws
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack
from clerestory.law.promises import Promise
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.circuit.well_formed import well_formed
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.smt import CanBe, Solver
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import shape_of
from mutants.slip import Slip

# After so many slips the circuit is begun anew: each leaves nodes that nobody asks for again.
_SLIPS = 40


class Promised:
    """A stack that keeps its promises; the same node is the same question, and was proved."""

    def __init__(self, stack: PackStack) -> None:
        self._stack = stack
        self._promises = Promises.of(stack)
        self._left = 0

    @property
    def written(self) -> Sequence[Promise]:
        """The promises that the packs themselves make."""
        return self._promises.packs

    def broken_by(self, slip: Slip) -> str:
        """Return the first promise that does not hold with a slip in the law; empty if all do."""
        if not self._left:
            self._begin()
        self._left -= 1
        stack, promises = slip.stack_with(self._stack), self._with(slip)
        met: dict[str, bool] = {}
        try:
            for day in reversed(different_laws(stack)):
                for question in self._ask(stack, promises, day):
                    if question.broken not in self._kept:
                        if self._solver.ask(question.broken).can_be is not CanBe.NEVER:
                            return question.id
                        self._kept.add(question.broken)
                    known = met.get(question.id, False)
                    met[question.id] = known or self._can_be(question.premise)
        except (PackFault, OutsideSubset) as fault:
            return f"cannot be asked: {fault}"
        return next((f"{name} (about nothing)" for name, held in met.items() if not held), "")

    def _begin(self) -> None:
        self._base = Circuit(shape_of(self._stack))
        self._solver = Solver(self._base)
        self._solver.require(well_formed(self._base))
        self._left = _SLIPS
        self._met: dict[int, bool] = {}
        self._kept = {
            question.broken
            for day in different_laws(self._stack)
            for question in self._ask(self._stack, self._promises, day)
        }

    def _ask(self, stack: PackStack, promises: Promises, day: date) -> Iterator[Question]:
        law = LawOfTheDay.assemble(stack, day)
        yield from promises.ask(circuit_of(law, self._base), law)

    def _can_be(self, premise: int) -> bool:
        if premise not in self._met:
            self._met[premise] = self._solver.ask(premise).can_be is CanBe.POSSIBLE
        return self._met[premise]

    def _with(self, slip: Slip) -> Promises:
        packs = [slip.promises.get(promise.id, promise) for promise in self._promises.packs]
        return replace(self._promises, packs=[one for one in packs if one is not None])
