"""Replay: past demands answered under two laws, and where the answers part.

Answers are counted by who asks, on what paper, in which programme, for which field and in which
month, and by nothing else: nothing here tells persons apart by what is known about them.
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.proof import InterpretersDisagree
from clerestory.audit.replay_file import MONTH, BadReplayFile, DemandFile, Say
from clerestory.kernel import digest_of
from clerestory.policy.circuit import OUTCOMES
from clerestory.policy.circuit_of_law import circuit_of
from clerestory.policy.flat_cases import answers_by_cedar
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.shape import Shape

# What answers are counted by, and from which column.
DIMENSIONS: Mapping[str, str] = {
    "requester": "principal",
    "instrument": "paper.kind",
    "program": "resource.program",
    "field": "resource.name",
    "month": MONTH,
}
_FORMAT = "clerestory-replay/1"
# How much leaves with each answer: all of it, a coarser part, nothing.
_LEAVES = np.array([2, 1, 0, 0])
# So many changed and so many other rows of a batch are put to Cedar as well.
_CHECKED = 8
Flags = NDArray[np.bool_]
# Counts by (dimension, value, answer before, answer after).
Flips = Counter[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the rows. Persons are counted once in each demand."""

    old: str
    new: str
    rows: int
    answers: Mapping[tuple[str, str], int] = field(repr=False)
    flips: Flips = field(repr=False)
    persons_newly_exposed: int
    persons_no_longer_exposed: int
    checked_by_cedar: int
    made_up: bool = False

    @property
    def changed(self) -> int:
        """How many rulings differ."""
        return sum(count for (old, new), count in self.answers.items() if old != new)


class _Side:
    """One of the two laws, ready for tables and for Cedar."""

    def __init__(self, choice: LawChoice) -> None:
        self.choice = choice
        self.law = LawOfTheDay.assemble(choice.stack, choice.on)
        self.columnar = ColumnarLaw(circuit_of(self.law))

    @property
    def shape(self) -> Shape:
        return self.columnar.circuit.shape

    def mark(self) -> str:
        return f"{self.choice.stack.digest} {self.choice.on}"


class Replay:
    """Two laws and a file of demands. Batches that are done are kept in the folder ``work``."""

    def __init__(self, path: Path, old: LawChoice, new: LawChoice, work: Path) -> None:
        self._sides = (_Side(old), _Side(new))
        # Cedar is asked about whole rows, so every column is needed, and each law must know it.
        first, second = (side.shape for side in self._sides)
        self.file = DemandFile(
            path,
            facts=_known_to_both(first.facts, second.facts),
            sets=_known_to_both(first.sets, second.sets),
        )
        self._work = work

    def run(self, say: Say) -> Replayed:
        """Check the file, answer every batch that is not done, and add all up.

        Raises:
            BadReplayFile: The file is not in order, or changed meanwhile.
            InterpretersDisagree: Cedar answers a row otherwise.
        """
        batches = self.file.batches()
        done = self._folder()
        if not (done / "checked").is_file():
            self.file.check(say)
            done.mkdir(parents=True, exist_ok=True)
            (done / "checked").touch()
        results = []
        for number in range(batches):
            say(f"batch {number + 1} of {batches}")
            results.append(self._result(done / f"batch-{number:05}.json", number))
        if self._folder() != done:
            # Its notes may be of either content, so none of them is kept.
            shutil.rmtree(done)
            raise BadReplayFile(
                f"the file changed while it was read: {self.file.path}",
                code="replay-file-changed",
                todo="let nobody write to the file, then run the same again",
            )
        metadata = self.file.open().schema_arrow.metadata or {}
        names = [side.choice.name for side in self._sides]
        return _added(names, results, made_up=b"clerestory.made-up" in metadata)

    def _folder(self) -> Path:
        marks: list[Any] = [_FORMAT, self.file.digest(), *(side.mark() for side in self._sides)]
        return self._work / digest_of(marks)[:24]

    def _result(self, kept: Path, number: int) -> Mapping[str, Any]:
        if kept.is_file():
            # A batch is put in place whole, so a file that is there is a finished one.
            known: Mapping[str, Any] = json.loads(kept.read_text("utf-8"))
            return known
        result = self._answer(self.file.batch(number))
        draft = kept.with_suffix(".draft")
        draft.write_text(json.dumps(result), "utf-8")
        draft.replace(kept)
        return result

    def _answer(self, table: pa.Table) -> dict[str, Any]:
        old, new = (side.columnar.decide(table).outcome for side in self._sides)
        changed = old != new
        self._check_by_cedar(table, changed, (old, new))
        pairs = np.bincount(old.astype(int) * len(OUTCOMES) + new, minlength=len(OUTCOMES) ** 2)
        return {
            "rows": table.num_rows,
            "answers": [
                [OUTCOMES[pair // 4], OUTCOMES[pair % 4], int(count)]
                for pair, count in enumerate(pairs)
                if count
            ],
            "flips": [[*key, count] for key, count in _flips(table, changed, old, new).items()],
            "exposed": _persons(table, _LEAVES[new] > _LEAVES[old]),
            "closed": _persons(table, _LEAVES[new] < _LEAVES[old]),
            "checked": len(_sample(changed)),
        }

    def _check_by_cedar(
        self, table: pa.Table, changed: Flags, answers: Sequence[NDArray[np.uint8]]
    ) -> None:
        places = _sample(changed)
        paths = [*self.file.facts, *self.file.sets]
        rows = table.select(paths).take(pa.array(places, pa.int64())).to_pylist()
        for side, found in zip(self._sides, answers, strict=True):
            for place, answer in zip(places, answers_by_cedar(side.law, rows), strict=True):
                if OUTCOMES[found[place]] != answer:
                    raise InterpretersDisagree(
                        f"the replay says {OUTCOMES[found[place]]} and cedar says {answer}, in "
                        f"demand {table['demand'][place]} under {side.choice.name}",
                        todo="do not use these packs; report both pack digests",
                    )


def _known_to_both(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    return {
        path: one.get(path, other.get(path, frozenset())) & other.get(path, one.get(path, set()))
        for path in {**one, **other}
    }


def _sample(changed: Flags) -> list[int]:
    """Return some changed rows and some others, spread over the batch."""
    places: list[int] = []
    for rows in (np.flatnonzero(changed), np.flatnonzero(~changed)):
        places += rows[np.linspace(0, len(rows) - 1, min(_CHECKED, len(rows)), dtype=int)].tolist()
    return places


def _flips(
    table: pa.Table, changed: Flags, old: NDArray[np.uint8], new: NDArray[np.uint8]
) -> Flips:
    rows = table.filter(pa.array(changed))
    pairs = old[changed].astype(np.int64) * len(OUTCOMES) + new[changed]
    found: Flips = Counter()
    for dimension, column in DIMENSIONS.items():
        values = pa.table({"value": rows[column].cast(pa.string()), "pair": pairs})
        counts = values.group_by(["value", "pair"]).aggregate([([], "count_all")])
        for one in counts.to_pylist():
            before, after = OUTCOMES[one["pair"] // 4], OUTCOMES[one["pair"] % 4]
            found[dimension, one["value"], before, after] += one["count_all"]
    return found


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


def _added(
    names: Sequence[str], results: Sequence[Mapping[str, Any]], *, made_up: bool
) -> Replayed:
    answers: Counter[tuple[str, str]] = Counter()
    flips: Flips = Counter()
    for result in results:
        answers.update({(old, new): count for old, new, count in result["answers"]})
        flips.update({(d, v, old, new): count for d, v, old, new, count in result["flips"]})
    old, new = names
    return Replayed(
        old=old,
        new=new,
        rows=sum(result["rows"] for result in results),
        answers=answers,
        flips=flips,
        persons_newly_exposed=len({mark for result in results for mark in result["exposed"]}),
        persons_no_longer_exposed=len({mark for result in results for mark in result["closed"]}),
        checked_by_cedar=sum(result["checked"] for result in results),
        made_up=made_up,
    )
