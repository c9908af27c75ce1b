"""All regimes of a scenario over the same demands, batch by batch, resumable."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from clerestory.audit.lab.cedar_check import check_with_cedar
from clerestory.audit.lab.counting import Counts, count_all, masks, write_persons
from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.scenario import MINUTES, Group, Regime
from clerestory.audit.rows.file import DemandFile, Say
from clerestory.audit.rows.kept_batches import KeptBatches, Result
from clerestory.policy.circuit.circuit import OUTCOMES
from clerestory.policy.interpreters.columnar import ColumnarCircuit, Flags

_FORMAT = "clerestory-lab-batch/1"
_CHECKED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one regime comes to in one group of demands.

    ``rulings`` are person-fields by answer; ``fields_exposed`` those that say something about a
    person and leave, whole or coarser. ``staff_minutes`` rest on the scenario's assumptions.
    """

    regime: str
    group: str
    counts: Counts
    rulings: Mapping[str, int]
    fields_exposed: int
    staff_minutes: int


@dataclass(frozen=True, slots=True)
class Compared:
    """All figures, regimes in the scenario's order within each group."""

    figures: tuple[Figures, ...]
    rows: int = field(kw_only=True)
    checked_with_cedar: int = field(kw_only=True)
    made_up: bool = field(kw_only=True)


class Comparison:
    """The regimes and one file of demands. Batches that are done are kept in ``work``."""

    def __init__(self, regimes: Regimes, demands: Path, work: Path) -> None:
        self._regimes = regimes
        self._columnar = ColumnarCircuit(regimes.circuit, regimes.wanted)
        self._pairs = [(g, r) for g in regimes.scenario.groups for r in regimes.scenario.regimes]
        file = DemandFile(demands, regimes.columns)
        marks = [_FORMAT, regimes.scenario.text, *regimes.marks()]
        self._batches = KeptBatches(file, work, marks)

    def run(self, say: Say) -> Compared:
        """Check the file, answer every batch that is not done, and count.

        Raises:
            BadReplayFile: The file is not in order, or changed meanwhile.
            InterpretersDisagree: Cedar answers a row otherwise.
        """

        def add(found: Iterable[Result], done: Path) -> Compared:
            results = list(found)
            say("counting demands and persons once each")
            files = sorted(done.glob("batch-*.parquet"))
            return self._added(results, count_all(files, len(self._pairs), done / "spill"))

        return self._batches.add_up(self._answer, add, say)

    def _answer(self, table: pa.Table, name: Path) -> dict[str, Any]:
        met = self._columnar.met(table)
        places = np.linspace(0, table.num_rows - 1, min(_CHECKED, table.num_rows), dtype=int)
        check_with_cedar(self._regimes, table, met, places.tolist())
        pairs = [_Rows(met, group, regime) for group, regime in self._pairs]
        flags = {
            "asked": [rows.here for rows in pairs],
            "exposed": [rows.exposed for rows in pairs],
            "answered": [rows.opened for rows in pairs],
            "referred": [rows.of("refer") for rows in pairs],
        }
        write_persons(name.with_suffix(".parquet"), table, masks(flags))
        return {
            "rows": table.num_rows,
            "checked": len(places),
            "rulings": [[int(rows.of(a).sum()) for a in OUTCOMES[:-1]] for rows in pairs],
            "asked": [int(rows.here.sum()) for rows in pairs],
            "fields": [int(rows.exposed.sum()) for rows in pairs],
        }

    def _added(self, results: Sequence[Mapping[str, Any]], counts: Sequence[Counts]) -> Compared:
        figures = []
        for place, ((group, regime), count) in enumerate(zip(self._pairs, counts, strict=True)):
            opened = [sum(r["rulings"][place][n] for r in results) for n in range(3)]
            asked = sum(result["asked"][place] for result in results)
            rulings = dict(zip(OUTCOMES, [*opened, asked - sum(opened)], strict=True))
            figures.append(
                Figures(
                    regime=regime.id,
                    group=group.id,
                    counts=count,
                    rulings=rulings,
                    fields_exposed=sum(result["fields"][place] for result in results),
                    staff_minutes=sum(_minutes(regime, count)),
                )
            )
        return Compared(
            tuple(figures),
            rows=sum(result["rows"] for result in results),
            checked_with_cedar=sum(result["checked"] for result in results),
            made_up=self._batches.made_up,
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a batch in one group under one regime."""

    met: Mapping[str, Flags]
    group: Group
    regime: Regime

    def of(self, answer: str) -> Flags:
        return self.met[f"{answer} {self.regime.id}"] & self.here

    @property
    def here(self) -> Flags:
        return self.met[f"group {self.group.id}"]

    @property
    def opened(self) -> Flags:
        return self.of("release") | self.of("coarsen")

    @property
    def exposed(self) -> Flags:
        return self.opened & self.met["exposes"]


def _minutes(regime: Regime, count: Counts) -> Iterator[int]:
    numbers = (count.demands, count.answered, count.referred, count.refused,
               count.persons_exposed)  # fmt: skip
    for key, number in zip(MINUTES, numbers, strict=True):
        yield regime.minutes[key] * number
