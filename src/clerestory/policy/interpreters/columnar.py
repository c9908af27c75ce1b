"""The columnar interpreter: the law of a day over many rows of facts at once.

A row is one person's field in one demand, with a column for each fact and each set of the shape
(see ``shape.flat_facts``). Every node of the circuit becomes one bit a row, eight rows a byte, so
that one processor instruction answers for hundreds of rows; what policies share is computed once.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clerestory.policy.circuit.circuit import OUTCOMES, All, Any_, Circuit, Has, Is, Not, codes_read

if TYPE_CHECKING:
    import pyarrow as pa

# So many rows at a time stay in the processor's nearer caches.
_ROWS = 1 << 17
Bits = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ColumnarCircuit:
    """Some nodes of a circuit, each under a name, made ready for tables.

    Whatever these nodes do not rest on is left out.
    """

    circuit: Circuit
    wanted: Mapping[str, int]
    threads: int = 2

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts and sets that are read, in order."""
        return tuple(self._questions)

    @cached_property
    def _questions(self) -> Mapping[str, list[Is | Has]]:
        questions: dict[str, list[Is | Has]] = {}
        for atom in codes_read(self.circuit, self.wanted.values()):
            questions.setdefault(atom.path, []).append(atom)
        return questions

    @cached_property
    def _gates(self) -> list[int]:
        return self.circuit.reached(self.wanted.values())

    def met(self, facts: "pa.Table") -> dict[str, Flags]:
        """Tell of every row and every wanted node whether the row meets it.

        A fact, a set or a code of a set that is null is what an evaluation error is to Cedar: the
        row meets nothing.

        Args:
            facts: A table with at least the columns of :attr:`columns`: text for a fact, a list of
                texts for a set.
        """
        facts = facts.unify_dictionaries()
        slices = [facts.slice(at, _ROWS) for at in range(0, facts.num_rows, _ROWS)]
        # The work is in numpy and arrow, which let other threads run meanwhile.
        with ThreadPoolExecutor(self.threads) as pool:
            parts = list(pool.map(self._part, slices))
        nothing = np.empty(0, bool)
        return {n: np.concatenate([nothing, *(part[n] for part in parts)]) for n in self.wanted}

    def _part(self, facts: "pa.Table") -> dict[str, Flags]:
        import pyarrow as pa

        rows = facts.num_rows
        held: dict[Is | Has, Bits] = {}
        whole = np.ones(rows, dtype=bool)
        for path, atoms in self._questions.items():
            column = facts.column(path).combine_chunks()
            if column.null_count:
                # A list that is null may hide codes; rows taken anew have none beneath it.
                column = column.take(pa.array(range(rows)))
            _clear_nulls(whole, column)
            held |= _of_set(column, atoms) if path in self.circuit.shape.sets else _of_fact(
                column, atoms
            )  # fmt: skip
        nodes = self._evaluated(held, (rows + 7) // 8)
        known = np.packbits(whole)
        return {
            name: np.unpackbits(nodes[place] & known, count=rows).view(bool)
            for name, place in self.wanted.items()
        }

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answer to each row as its number in ``circuit.OUTCOMES``, and what else it meets."""

    outcome: NDArray[np.uint8]
    met: Mapping[str, Flags]


@dataclass(frozen=True)
class ColumnarLaw:
    """The circuit of a law made ready for tables.

    ``wanted`` names what else to tell of each row, such as ``circuit.determining``,
    ``circuit.duties`` or ``circuit.coarser``.
    """

    circuit: Circuit
    wanted: Mapping[str, int] = field(default_factory=dict)
    threads: int = 2

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts and sets that are read, in order."""
        return self._nodes.columns

    @cached_property
    def _nodes(self) -> ColumnarCircuit:
        # The fourth answer is the one of a row that meets no other, also of one with a null.
        outcomes = {f"\0{name}": self.circuit.outcomes[name] for name in OUTCOMES[:-1]}
        return ColumnarCircuit(self.circuit, {**self.wanted, **outcomes}, self.threads)

    def decide(self, facts: "pa.Table") -> Answers:
        """Answer every row of a table (see :meth:`ColumnarCircuit.met`)."""
        met = self._nodes.met(facts)
        outcome = np.full(facts.num_rows, len(OUTCOMES) - 1, dtype=np.uint8)
        for number, name in enumerate(OUTCOMES[:-1]):
            outcome[met[f"\0{name}"]] = number
        return Answers(outcome=outcome, met={name: met[name] for name in self.wanted})


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


def _clear_nulls(whole: Flags, column: "pa.Array") -> None:
    """Clear the flag of each row in which the fact is null, or the set, or a code of the set."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type) and column.dictionary.null_count:
        column = column.dictionary_decode()
    if column.null_count:
        whole &= ~np.asarray(column.is_null())
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        codes = pc.list_flatten(column)
        known = np.ones(len(codes), dtype=bool)
        _clear_nulls(known, codes)
        if not known.all():
            whole[np.asarray(pc.list_parent_indices(column))[~known]] = False


def _encoded(column: "pa.Array") -> tuple[NDArray[np.int64], list[str]]:
    """Return each row's number in the list of codes; a null has the number after the last."""
    import pyarrow as pa

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = encoded.dictionary.to_pylist()
    return np.asarray(encoded.indices.fill_null(len(codes)), dtype=np.intp), codes
