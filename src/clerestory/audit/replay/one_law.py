"""The law of a day, ready to answer tables of demand rows, and held against Cedar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.proof import InterpretersDisagree
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.columnar import ColumnarCircuit, Flags
from clerestory.policy.interpreters.whole_answers import cedar_answers, columnar_answers
from clerestory.policy.model.law_of_the_day import LawOfTheDay

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answers:
    """Each row's answer as its place in the labels, and who has which duty and which policy."""

    label: Numbers
    duties: Mapping[str, Flags]
    policies: Mapping[str, Flags]


class OneLaw:
    """A law as a circuit for tables, and as policies for Cedar.

    Args:
        choice: The packs and the day.
        policies: Whether the determining policies of each row are wanted as well.
    """

    def __init__(self, choice: LawChoice, *, policies: bool = True) -> None:
        self.choice = choice
        self.law = LawOfTheDay.assemble(choice.stack, choice.on)
        self.circuit = circuit_of(self.law)
        self._policies = self.circuit.determining if policies else {}
        named = {f"duty {name}": place for name, place in self.circuit.duties.items()}
        named |= {f"policy {name}": place for name, place in self._policies.items()}
        self._columnar = ColumnarCircuit(self.circuit, {**self.circuit.labels, **named})

    def answer(self, table: pa.Table, labels: Sequence[str]) -> Answers:
        """Answer the rows of a table that was checked; ``labels`` numbers the answers."""
        met = self._columnar.met(table)
        # A row with a null meets nothing, and is withheld.
        label = np.full(table.num_rows, labels.index("withhold"), dtype=np.int64)
        for name in self.circuit.labels:
            label[met[name]] = labels.index(name)
        return Answers(
            label,
            {name: met[f"duty {name}"] for name in self.circuit.duties},
            {name: met[f"policy {name}"] for name in self._policies},
        )

    def check_with_cedar(self, table: pa.Table, places: Sequence[int]) -> None:
        """Let Cedar answer some rows as well.

        Raises:
            InterpretersDisagree: It answers one of them otherwise.
        """
        shape = self.circuit.shape
        rows = table.select([*shape.facts, *shape.sets]).take(pa.array(places, pa.int64()))
        found = columnar_answers(self.circuit, rows)
        answers = cedar_answers(self.law, rows.to_pylist())
        for place, one, other in zip(places, found, answers, strict=True):
            if one != other:
                raise InterpretersDisagree(
                    f"the replay says {one} and cedar says {other}, in demand "
                    f"{table['demand'][place]} under {self.choice.name}",
                    todo="do not use these packs; report both pack digests",
                )
