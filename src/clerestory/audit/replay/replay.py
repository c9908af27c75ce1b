"""Replay: past demands answered under two laws, and where the answers part.

Answers are counted by who asks, on what paper, in which programme, for which field and in which
month, and by nothing else: nothing here tells persons apart by what is known about them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.replay.batch import TwoLaws
from clerestory.audit.rows.file import DemandFile, Say
from clerestory.audit.rows.kept_batches import KeptBatches

_FORMAT = "clerestory-replay/2"
# Counts by (dimension, value, answer before, answer after).
Flips = Counter[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class DutyCount:
    """How many rulings carry one duty before and after, gain it, and lose it."""

    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the rows. Persons are counted once in each demand."""

    old: str
    new: str
    rows: int
    answers: Mapping[tuple[str, str], int] = field(repr=False)
    flips: Flips = field(repr=False)
    duties: Mapping[str, DutyCount] = field(repr=False)
    persons_newly_exposed: int
    persons_no_longer_exposed: int
    checked_with_cedar: int
    made_up: bool = False

    @property
    def changed(self) -> int:
        """How many rulings differ."""
        return sum(count for (old, new), count in self.answers.items() if old != new)


class Replay:
    """Two laws and a file of demands. Batches that are done are kept in the folder ``work``."""

    def __init__(self, path: Path, old: LawChoice, new: LawChoice, work: Path) -> None:
        self.laws = TwoLaws(old, new)
        self.file = DemandFile(path, self.laws.columns)
        self._batches = KeptBatches(self.file, work, [_FORMAT, *self.laws.marks])

    def run(self, say: Say) -> Replayed:
        """Check the file, answer every batch that is not done, and add all up.

        Raises:
            BadReplayFile: The file is not in order, or changed meanwhile.
            InterpretersDisagree: Cedar answers a row otherwise.
        """
        return self._batches.add_up(
            lambda table, _: self.laws.answer(table),
            lambda found, _: add_results(self.laws.names, found, made_up=self._batches.made_up),
            say,
        )


def add_results(
    names: Sequence[str], results: Iterable[Mapping[str, Any]], *, made_up: bool
) -> Replayed:
    """Add up the results of all batches (see ``TwoLaws.answer``), each of them seen once."""
    rows = checked = 0
    answers: Counter[tuple[str, str]] = Counter()
    flips: Flips = Counter()
    duties: dict[str, list[int]] = {}
    exposed, closed = _Persons(), _Persons()
    for result in results:
        rows += result["rows"]
        checked += result["checked"]
        exposed.add(result["exposed"])
        closed.add(result["closed"])
        answers.update({(old, new): count for old, new, count in result["answers"]})
        flips.update({(d, v, old, new): count for d, v, old, new, count in result["flips"]})
        for label, *counts in result["duties"]:
            so_far = duties.get(label, [0] * len(counts))
            duties[label] = [one + more for one, more in zip(so_far, counts, strict=True)]
    old, new = names
    return Replayed(
        old=old,
        new=new,
        rows=rows,
        answers=answers,
        flips=flips,
        duties={label: DutyCount(*counts) for label, counts in sorted(duties.items())},
        persons_newly_exposed=exposed.count(),
        persons_no_longer_exposed=closed.count(),
        checked_with_cedar=checked,
        made_up=made_up,
    )


class _Persons:
    """Counts marks of persons, each once; a mark takes 16 bytes, so that millions fit."""

    def __init__(self) -> None:
        self._marks: list[NDArray[np.bytes_]] = []

    def add(self, marks: Sequence[str]) -> None:
        self._marks.append(np.frombuffer(bytes.fromhex("".join(marks)), dtype="S16"))

    def count(self) -> int:
        return len(np.unique(np.concatenate([np.empty(0, "S16"), *self._marks])))
