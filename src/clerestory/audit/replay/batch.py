"""One batch of demand rows answered under two laws, and counted.

A batch result is plain JSON, so that it can be kept, sent and added: the same function answers a
batch on one machine and on many.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.proof import InterpretersDisagree
from clerestory.audit.rows.columns import MONTH, DemandColumns
from clerestory.policy.circuit_of_law import circuit_of
from clerestory.policy.interpreters.columnar import ColumnarCircuit, Flags
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.whole_answers import cedar_answers, columnar_answers

# What answers are counted by, and from which column.
DIMENSIONS: Mapping[str, str] = {
    "requester": "principal",
    "instrument": "paper.kind",
    "program": "resource.program",
    "field": "resource.name",
    "month": MONTH,
}
# So many changed and so many other rows of a batch are put to Cedar as well.
_CHECKED = 8
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Answered:
    """The rows under one law: each answer's place in the labels, and who owes which duty."""

    label: Numbers
    duties: Mapping[str, Flags]


class _Side:
    """One of the two laws, ready for tables and for Cedar."""

    def __init__(self, choice: LawChoice) -> None:
        self.choice = choice
        self.law = LawOfTheDay.assemble(choice.stack, choice.on)
        self.circuit = circuit_of(self.law)
        owed = {f"duty {name}": place for name, place in self.circuit.duties.items()}
        self._columnar = ColumnarCircuit(self.circuit, {**self.circuit.labels, **owed})

    def answer(self, table: pa.Table, labels: Sequence[str]) -> _Answered:
        met = self._columnar.met(table)
        # A row with a null meets nothing, and is withheld.
        label = np.full(table.num_rows, labels.index("withhold"), dtype=np.int64)
        for name in self.circuit.labels:
            label[met[name]] = labels.index(name)
        duties = {name: met[f"duty {name}"] for name in self.circuit.duties}
        return _Answered(label, duties)


class TwoLaws:
    """An old and a new law that answer the same rows.

    ``labels`` are the answers in order, the most open first, a coarser one for each thing that can
    be given instead.
    """

    def __init__(self, old: LawChoice, new: LawChoice) -> None:
        self._sides = (_Side(old), _Side(new))
        self.columns = DemandColumns.of([side.circuit.shape for side in self._sides])
        coarser = sorted({code for side in self._sides for code in side.circuit.coarser})
        self.labels = ["release", *(f"coarsen to {code}" for code in coarser), "refer", "withhold"]

    @property
    def names(self) -> tuple[str, str]:
        """How the two laws were asked for."""
        old, new = self._sides
        return old.choice.name, new.choice.name

    @property
    def marks(self) -> list[str]:
        """What tells each law from every other: the digest of its packs, and the day."""
        return [side.choice.mark for side in self._sides]

    def answer(self, table: pa.Table) -> dict[str, Any]:
        """Answer the rows under both laws and count where they part.

        Args:
            table: Checked rows (see ``rows.columns``), with all columns of both laws.

        Raises:
            InterpretersDisagree: Cedar answers one of the rows that it was asked about otherwise.
        """
        old, new = (side.answer(table, self.labels) for side in self._sides)
        changed = old.label != new.label
        sample = _sample(changed)
        self._check_with_cedar(table, sample)
        pairs, counts = np.unique(self._pairs(old.label, new.label), return_counts=True)
        leaves = np.array([_leaves(label) for label in self.labels])
        before, after = leaves[old.label], leaves[new.label]
        return {
            "rows": table.num_rows,
            "answers": [
                [*self._pair(int(pair)), int(count)]
                for pair, count in zip(pairs, counts, strict=True)
            ],
            "flips": list(self._flips(table, changed, old, new)),
            "duties": list(_duties(old, new)),
            "exposed": _persons(table, after > before),
            "closed": _persons(table, after < before),
            "checked": len(sample),
        }

    def _pairs(self, old: Numbers, new: Numbers) -> Numbers:
        return old * len(self.labels) + new

    def _pair(self, number: int) -> tuple[str, str]:
        before, after = divmod(number, len(self.labels))
        return self.labels[before], self.labels[after]

    def _flips(
        self, table: pa.Table, changed: Flags, old: _Answered, new: _Answered
    ) -> Iterator[list[Any]]:
        rows = table.filter(pa.array(changed))
        pairs = self._pairs(old.label[changed], new.label[changed])
        for dimension, column in DIMENSIONS.items():
            values = pa.table({"value": rows[column].cast(pa.string()), "pair": pairs})
            counts = values.group_by(["value", "pair"]).aggregate([([], "count_all")])
            for one in counts.to_pylist():
                yield [dimension, one["value"], *self._pair(one["pair"]), one["count_all"]]

    def _check_with_cedar(self, table: pa.Table, places: Sequence[int]) -> None:
        rows = table.select([*self.columns.facts, *self.columns.sets]).take(
            pa.array(places, pa.int64())
        )
        asked = rows.to_pylist()
        for side in self._sides:
            found = columnar_answers(side.circuit, rows)
            answers = cedar_answers(side.law, asked)
            for place, one, other in zip(places, found, answers, strict=True):
                if one != other:
                    raise InterpretersDisagree(
                        f"the replay says {one} and cedar says {other}, in demand "
                        f"{table['demand'][place]} under {side.choice.name}",
                        todo="do not use these packs; report both pack digests",
                    )


def _leaves(label: str) -> int:
    """Return how much leaves with an answer: all of it, a coarser part, nothing."""
    return 2 if label == "release" else int(label.startswith("coarsen"))


def _sample(changed: Flags) -> list[int]:
    """Return some changed rows and some others, spread over the batch."""
    places: list[int] = []
    for rows in (np.flatnonzero(changed), np.flatnonzero(~changed)):
        places += rows[np.linspace(0, len(rows) - 1, min(_CHECKED, len(rows)), dtype=int)].tolist()
    return places


def _duties(old: _Answered, new: _Answered) -> Iterator[list[Any]]:
    """Yield each duty with the rulings that carry it before and after, gain it and lose it."""
    nothing = np.zeros(len(old.label), dtype=bool)
    for label in sorted({*old.duties, *new.duties}):
        before, after = old.duties.get(label, nothing), new.duties.get(label, nothing)
        yield [label, *map(int, (before.sum(), after.sum(), (after & ~before).sum(),
                                 (before & ~after).sum()))]  # fmt: skip


def _persons(table: pa.Table, which: Flags) -> list[str]:
    """Return one mark for each person in each demand, so that no name is kept with the counts.

    Whoever holds the file of demands can make the marks again: keep both in the same place.
    """
    rows = table.select(["demand", "person"]).filter(pa.array(which))
    if not rows.num_rows:
        return []
    text = pc.binary_join_element_wise(*(c.cast(pa.string()) for c in rows.columns), "\0")
    marks = (hashlib.sha256(one.encode()).hexdigest()[:32] for one in pc.unique(text).to_pylist())
    return sorted(marks)
