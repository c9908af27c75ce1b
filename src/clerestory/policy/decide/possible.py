"""Only facts that a demand can state are decided: what the proof ranges over is what is answered.

The proof is about requests that are well formed (see ``well_formed``). A case that is not would be
answered outside of what was proved, so it is withheld, with an alarm: the program's own reading of
demands and its proof have come apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from clerestory.demands.determination import Outcome
from clerestory.kernel.same import Same
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit, Has, Is
from clerestory.policy.circuit.well_formed import parts_of_well_formed
from clerestory.policy.decide.stages import Case, CaseAnswer
from clerestory.policy.model.shape import flat_facts, shape_of

ALARM = "facts-not-well-formed"
# What a demand cites may be any text: policies ask only for authorities that they know.
_OPEN = frozenset({"cited"})


@dataclass(frozen=True, slots=True)
class Possible:
    """What requests under one stack of packs can state."""

    stack: PackStack = field(repr=False)
    circuit: Circuit = field(repr=False)
    parts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, stack: PackStack) -> "Possible":
        """Write down what no demand says together, once for a stack."""
        return _possible(Same((stack,)))

    def wrong_with(self, case: Case, source: str | None = None) -> str | None:
        """Return which fact, or which facts together, no demand states; ``None`` if all is well.

        The facts are named and never their values.
        """
        facts = flat_facts(
            case.principal, case.resource, case.context, self.stack.vocabulary, source
        )
        shape = self.circuit.shape
        for path, codes in shape.facts.items():
            if facts.get(path) not in codes:
                return path
        for path, codes in shape.sets.items():
            if path not in _OPEN and not codes.issuperset(facts[path]):
                return path
        values = self.circuit.evaluate(facts)
        for part in self.parts:
            if not values[part]:
                return " with ".join(sorted(self._paths(part)))
        return None

    def _paths(self, part: int) -> set[str]:
        nodes = (self.circuit.nodes[place] for place in self.circuit.reached([part]))
        return {node.path for node in nodes if isinstance(node, Is | Has)}

    def withheld_where_not(
        self,
        cases: Sequence[Case],
        answers: Sequence[CaseAnswer],
        sources: Mapping[tuple[str, str], str],
    ) -> list[CaseAnswer]:
        """Return the answers, those to facts that no demand states withheld with an alarm."""
        return [
            answer if wrong is None else _withheld(answer, f"{ALARM}: {wrong}")
            for case, answer in zip(cases, answers, strict=True)
            for wrong in [self.wrong_with(case, sources.get(_field(case)))]
        ]


# Each day has an engine of its own, and all days of a stack have the same facts.
@lru_cache(maxsize=8)
def _possible(same: Same[PackStack]) -> Possible:
    (stack,) = same.parts
    circuit = Circuit(shape_of(stack))
    return Possible(stack, circuit, tuple(parts_of_well_formed(circuit)))


def _field(case: Case) -> tuple[str, str]:
    program, _, name = case.resource.partition(".")
    return program, name


def _withheld(answer: CaseAnswer, error: str) -> CaseAnswer:
    return replace(
        answer,
        outcome=Outcome.WITHHOLD,
        coarsen_to=None,
        errors=(*answer.errors, error),
    )
