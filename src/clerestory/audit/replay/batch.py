"""One batch of demand rows answered under two laws, and counted.

A batch result is plain JSON, so that it can be kept, sent and added: the same function answers a
batch on one machine and on many.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.replay.one_law import Answers, Numbers, OneLaw
from clerestory.audit.rows.columns import MONTH, DemandColumns
from clerestory.law.fact_table import KIND
from clerestory.policy.interpreters.columnar import Flags

# What answers are counted by, and from which column.
DIMENSIONS: Mapping[str, str] = {
    "requester": "principal",
    "instrument": KIND,
    "program": "resource.program",
    "field": "resource.name",
    "month": MONTH,
}
# So many changed and so many other rows of a batch are put to Cedar as well.
_CHECKED = 8


class TwoLaws:
    """An old and a new law that answer the same rows.

    ``labels`` are the answers in order, the most open first, a coarser one for each thing that can
    be given instead.
    """

    def __init__(self, old: LawChoice, new: LawChoice) -> None:
        self._sides = tuple(OneLaw(choice, policies=False) for choice in (old, new))
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
        for side in self._sides:
            side.check_with_cedar(table, sample)
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
        self, table: pa.Table, changed: Flags, old: Answers, new: Answers
    ) -> Iterator[list[Any]]:
        rows = table.filter(pa.array(changed))
        pairs = self._pairs(old.label[changed], new.label[changed])
        for dimension, column in DIMENSIONS.items():
            values = pa.table({"value": rows[column].cast(pa.string()), "pair": pairs})
            counts = values.group_by(["value", "pair"]).aggregate([([], "count_all")])
            for one in counts.to_pylist():
                yield [dimension, one["value"], *self._pair(one["pair"]), one["count_all"]]


def _leaves(label: str) -> int:
    """Return how much leaves with an answer: all of it, a coarser part, nothing."""
    return 2 if label == "release" else int(label.startswith("coarsen"))


def _sample(changed: Flags) -> list[int]:
    """Return some changed rows and some others, spread over the batch."""
    places: list[int] = []
    for rows in (np.flatnonzero(changed), np.flatnonzero(~changed)):
        places += rows[np.linspace(0, len(rows) - 1, min(_CHECKED, len(rows)), dtype=int)].tolist()
    return places


def _duties(old: Answers, new: Answers) -> Iterator[list[Any]]:
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
