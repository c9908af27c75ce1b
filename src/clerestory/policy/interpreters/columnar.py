"""The columnar interpreter: the law of a day over many rows of facts at once.

A row is one person's field in one demand, with a column for each fact and each set of the shape
(see ``shape.flat_facts``). Every node of the circuit becomes one bit a row, eight rows a byte, so
that one processor instruction answers for hundreds of rows; what policies share is computed once.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clerestory.policy.circuit import OUTCOMES, All, Any_, Circuit, Has, Is, Not, codes_read

if TYPE_CHECKING:
    import pyarrow as pa

# So many rows at a time stay in the processor's nearer caches.
_ROWS = 1 << 17
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answer to each row as its number in ``circuit.OUTCOMES``, and which policies it met."""

    outcome: NDArray[np.uint8]
    policies: Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True)
class ColumnarLaw:
    """A circuit made ready for tables.

    ``policies`` are those of which it is wanted which rows meet them; whatever neither they nor
    the outcome rest on is left out.
    """

    circuit: Circuit
    policies: tuple[str, ...] = ()
    threads: int = 2

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts and sets that are read, in order."""
        return tuple(self._questions)

    @cached_property
    def _wanted(self) -> list[int]:
        asked = [self.circuit.policies[name] for name in self.policies]
        return [*self.circuit.outcomes.values(), *asked]

    @cached_property
    def _questions(self) -> Mapping[str, list[Is | Has]]:
        questions: dict[str, list[Is | Has]] = {}
        for atom in codes_read(self.circuit, self._wanted):
            questions.setdefault(atom.path, []).append(atom)
        return questions

    @cached_property
    def _gates(self) -> list[int]:
        return self.circuit.reached(self._wanted)

    def decide(self, facts: "pa.Table") -> Answers:
        """Answer every row.

        A fact that is null is what an evaluation error is to Cedar: the row is withheld.

        Args:
            facts: A table with at least the columns of :attr:`columns`: text for a fact, a list of
                texts for a set.
        """
        facts = facts.unify_dictionaries()
        slices = [facts.slice(at, _ROWS) for at in range(0, facts.num_rows, _ROWS)]
        # The work is in numpy and arrow, which let other threads run meanwhile.
        with ThreadPoolExecutor(self.threads) as pool:
            parts = list(pool.map(self._part, slices))
        empty = np.empty(0, np.uint8)
        return Answers(
            outcome=np.concatenate([empty, *(part.outcome for part in parts)]),
            policies={
                name: np.concatenate([empty.astype(bool), *(part.policies[name] for part in parts)])
                for name in self.policies
            },
        )

    def _part(self, facts: "pa.Table") -> Answers:
        rows = facts.num_rows
        held: dict[Is | Has, Bits] = {}
        whole = np.ones(rows, dtype=bool)
        for path, atoms in self._questions.items():
            column = facts.column(path).combine_chunks()
            if column.null_count:
                whole &= ~np.asarray(column.is_null())
            held |= _of_set(column, atoms) if path in self.circuit.shape.sets else _of_fact(
                column, atoms
            )  # fmt: skip
        nodes = self._evaluated(held, (rows + 7) // 8)
        outcome = np.full(rows, OUTCOMES.index("withhold"), dtype=np.uint8)
        for number, name in enumerate(OUTCOMES):
            outcome[_unpacked(nodes[self.circuit.outcomes[name]], rows) & whole] = number
        return Answers(
            outcome=outcome,
            policies={
                name: _unpacked(nodes[self.circuit.policies[name]], rows) & whole
                for name in self.policies
            },
        )

    def _evaluated(self, held: Mapping[Is | Has, Bits], width: int) -> dict[int, Bits]:
        nodes: dict[int, Bits] = {}
        for place in self._gates:
            match self.circuit.nodes[place]:
                case (Is() | Has()) as atom:
                    nodes[place] = held[atom]
                case Not(of):
                    nodes[place] = ~nodes[of]
                case All(of):
                    nodes[place] = _joined(np.bitwise_and, nodes, of, 255, width)
                case Any_(of):
                    nodes[place] = _joined(np.bitwise_or, nodes, of, 0, width)
        return nodes


def _joined(
    operation: np.ufunc, nodes: Mapping[int, Bits], of: tuple[int, ...], start: int, width: int
) -> Bits:
    bits = nodes[of[0]].copy() if of else np.full(width, start, dtype=np.uint8)
    for place in of[1:]:
        operation(bits, nodes[place], out=bits)
    return bits


def _of_fact(column: "pa.Array", atoms: list[Is | Has]) -> dict[Is | Has, Bits]:
    """Answer the questions about one fact once for each code, and look the rows up."""
    numbers, codes = _encoded(column)
    answers: dict[Is | Has, Bits] = {}
    for atom in atoms:
        wanted = atom.codes if isinstance(atom, Is) else frozenset()
        table = np.array([*(code in wanted for code in codes), False])
        answers[atom] = np.packbits(table.take(numbers, mode="clip"))
    return answers


def _of_set(column: "pa.Array", atoms: list[Is | Has]) -> dict[Is | Has, Bits]:
    """Answer the questions about one set by the rows in which each code stands."""
    import pyarrow.compute as pc

    owners = np.asarray(pc.list_parent_indices(column))
    numbers, codes = _encoded(pc.list_flatten(column))
    answers: dict[Is | Has, Bits] = {}
    for atom in atoms:
        flags = np.zeros(len(column), dtype=bool)
        if isinstance(atom, Has) and atom.code in codes:
            flags[owners[numbers == codes.index(atom.code)]] = True
        answers[atom] = np.packbits(flags)
    return answers


def _encoded(column: "pa.Array") -> tuple[NDArray[np.int64], list[str]]:
    """Return each row's number in the list of codes; a null has the number after the last."""
    import pyarrow as pa

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = encoded.dictionary.to_pylist()
    return np.asarray(encoded.indices.fill_null(len(codes)), dtype=np.intp), codes


def _unpacked(bits: Bits, rows: int) -> NDArray[np.bool_]:
    return np.unpackbits(bits, count=rows).astype(bool)
