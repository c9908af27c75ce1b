"""The whole answer to a flat row, told by each interpreter, so that they can be compared.

Cedar is the reference. ``flat_facts`` makes the rows, ``case_of`` turns them back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cedarpy

from clerestory.policy.circuit.circuit import OUTCOMES, Circuit, answer_of
from clerestory.policy.decide.duties import labels, obliging
from clerestory.policy.decide.engine import determining
from clerestory.policy.decide.stages import Case, run
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.interpreters.flat_cases import by_source, case_of, entities_of
from clerestory.policy.model.law_of_the_day import LawOfTheDay

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAnswer:
    """What one row comes to: the answer, its determining policies and the labels of its duties."""

    outcome: str
    coarsen_to: str | None
    policies: frozenset[str]
    duties: frozenset[str]

    @property
    def label(self) -> str:
        """The answer in one phrase, with what a coarser one gives instead."""
        return f"{self.outcome} to {self.coarsen_to}" if self.coarsen_to else self.outcome


def cedar_answers(law: LawOfTheDay, rows: Sequence[Mapping[str, Any]]) -> list[WholeAnswer]:
    """Let Cedar answer flat rows, in order."""
    answers: dict[int, WholeAnswer] = {}
    for lot in by_source(rows):
        cases = [case_of(row, law.on) for row in lot]
        found = answers_of_cases(law, cases, entities_of(law, lot))
        answers |= {id(row): answer for row, answer in zip(lot, found, strict=True)}
    return [answers[id(row)] for row in rows]


def answers_of_cases(
    law: LawOfTheDay, cases: Sequence[Case], entities: cedarpy.Entities
) -> list[WholeAnswer]:
    """Let Cedar answer cases, in order."""
    answers = run(law, cases, entities)
    duties = obliging(law, cases, answers, entities)
    return [
        WholeAnswer(
            outcome=answer_of(found.outcome),
            coarsen_to=found.coarsen_to,
            policies=frozenset(determining(law, found)[1]),
            duties=frozenset(d for p in obliged.policies for d in labels(law.policies[p])),
        )
        for found, obliged in zip(answers, duties, strict=True)
    ]


def circuit_answer(circuit: Circuit, facts: Mapping[str, Any]) -> WholeAnswer:
    """Evaluate the circuit for one flat row."""
    values = circuit.evaluate(facts)
    (outcome,) = _holding(circuit.outcomes, values)
    return WholeAnswer(
        outcome=outcome,
        coarsen_to=next(iter(_holding(circuit.coarser, values)), None),
        policies=frozenset(_holding(circuit.determining, values)),
        duties=frozenset(_holding(circuit.duties, values)),
    )


def columnar_answers(circuit: Circuit, facts: "pa.Table") -> list[WholeAnswer]:
    """Let the columnar interpreter answer the rows of a small table, in order."""
    outcome = ColumnarLaw(circuit).decide(facts).outcome
    policies, coarser, duties = (
        ColumnarLaw(circuit, wanted).decide(facts).met
        for wanted in (circuit.determining, circuit.coarser, circuit.duties)
    )
    return [
        WholeAnswer(
            outcome=OUTCOMES[number],
            coarsen_to=next((code for code, met in coarser.items() if met[row]), None),
            policies=frozenset(name for name, met in policies.items() if met[row]),
            duties=frozenset(label for label, met in duties.items() if met[row]),
        )
        for row, number in enumerate(outcome)
    ]


def _holding(places: Mapping[str, int], values: Sequence[bool]) -> list[str]:
    return [name for name, place in places.items() if values[place]]
