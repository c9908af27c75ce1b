"""All regimes over one file: figures counted by hand, resumed, and refused where the file moves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.audit.lab.compare import Compared, Comparison, Figures
from clerestory.audit.lab.counting import Counts
from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.rows.columns import BadReplayFile

Row = dict[str, Any]
Made = Callable[..., Regimes]
Written = Callable[..., Path]
FAX: Row = {"channel": "fax", "subject.relation": "listed_row", "subject.alone": "no"}
CLOSED: Row = {**FAX, "channel": "post"}


@pytest.fixture
def rows(row: Row) -> list[Row]:
    """Three demands: of two persons, one of them by fax; of procedures alone; of a press office."""
    procedures = {"resource.name": "procedures"}
    return [
        row,
        {**row, "resource.name": "ssn"},
        {**row, "person": "P2", **FAX},
        {**row, "demand": "D2", **procedures},
        {**row, "demand": "D3", "principal": "press", **CLOSED},
    ]


def quiet(_: str) -> None:
    return None


def figures(
    regime: str, group: str, rulings: tuple[int, ...], fields: int, minutes: int, *counts: int
) -> Figures:
    demands, answered, to_counsel, refused, referred, persons = counts
    return Figures(
        regime=regime,
        group=group,
        counts=Counts(demands=demands, answered=answered, to_counsel=to_counsel, refused=refused,
                      referred=referred, persons_exposed=persons),
        rulings=dict(zip(("release", "coarsen", "refer", "withhold"), rulings, strict=True)),
        fields_exposed=fields,
        staff_minutes=minutes,
    )  # fmt: skip


# The law releases D1's address and number; the regime "named" the procedures of D2 too.
EXPECTED = (
    figures("law", "all", (2, 0, 0, 3), 2, 3 + 10 + 2_000 + 10_000, 3, 1, 0, 2, 0, 1),
    figures("old law", "all", (0, 0, 0, 5), 0, 3 + 3_000, 3, 0, 0, 3, 0, 0),
    figures("named", "all", (3, 0, 1, 1), 2, 3 + 20 + 100 + 1_000 + 10_000, 3, 2, 0, 1, 1, 1),
    figures("law", "police", (2, 0, 0, 2), 2, 2 + 10 + 1_000 + 10_000, 2, 1, 0, 1, 0, 1),
    figures("old law", "police", (0, 0, 0, 4), 0, 2 + 2_000, 2, 0, 0, 2, 0, 0),
    figures("named", "police", (3, 0, 1, 0), 2, 2 + 20 + 100 + 10_000, 2, 2, 0, 0, 1, 1),
)


@pytest.mark.parametrize("batch", [100, 2, 1])
def test_figures_are_the_same_in_batches_of_every_size(
    batch: int, regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    path = file(rows, batch=batch)

    found = Comparison(regimes(), path, tmp_path / "work").run(quiet)

    assert found == Compared(EXPECTED, rows=5, checked_with_cedar=5, made_up=False)


def test_a_file_that_is_marked_as_made_up_gives_figures_that_are(
    regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    found = Comparison(regimes(), file(rows, made_up=True), tmp_path / "work").run(quiet)

    assert found == Compared(EXPECTED, rows=5, checked_with_cedar=5, made_up=True)


NO_FIGURES = tuple(
    figures(regime, group, (0, 0, 0, 0), 0, 0, *[0] * 6)
    for group in ("all", "police")
    for regime in ("law", "old law", "named")
)


def test_a_file_without_rows_comes_to_nothing(regimes: Made, file: Written, tmp_path: Path) -> None:
    found = Comparison(regimes(), file([]), tmp_path / "work").run(quiet)

    assert found == Compared(NO_FIGURES, rows=0, checked_with_cedar=0, made_up=False)


def test_a_file_without_batches_comes_to_nothing(
    regimes: Made, table: Callable[..., pa.Table], tmp_path: Path
) -> None:
    path = tmp_path / "demands.parquet"
    pq.ParquetWriter(path, table([]).schema).close()

    found = Comparison(regimes(), path, tmp_path / "work").run(quiet)

    assert found == Compared(NO_FIGURES, rows=0, checked_with_cedar=0, made_up=False)


def test_a_run_that_was_stopped_goes_on_where_it_was(
    regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    path, work = file(rows, batch=2), tmp_path / "work"

    def stop(said: str) -> None:
        if said == "batch 3 of 3":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Comparison(regimes(), path, work).run(stop)
    kept = {path: path.stat().st_mtime_ns for path in work.glob("*/batch-*")}

    said: list[str] = []
    found = Comparison(regimes(), path, work).run(said.append)

    # Two finished batches, each a note and its persons, are not answered again.
    assert len(kept) == 4
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert found == Compared(EXPECTED, rows=5, checked_with_cedar=5, made_up=False)
    assert said == ["batch 1 of 3", "batch 2 of 3", "batch 3 of 3",
                    "counting demands and persons once each"]  # fmt: skip


def test_a_batch_whose_persons_are_not_whole_is_answered_again(
    regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    path, work = file(rows, batch=2), tmp_path / "work"
    first = Comparison(regimes(), path, work).run(quiet)
    persons = sorted(work.glob("*/batch-*.parquet"))
    persons[0].write_bytes(persons[0].read_bytes()[:-9])
    persons[1].write_bytes(persons[2].read_bytes())
    persons[2].unlink()

    assert Comparison(regimes(), path, work).run(quiet) == first


def test_another_scenario_starts_anew(
    regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    path, work = file(rows), tmp_path / "work"
    Comparison(regimes(), path, work).run(quiet)

    Comparison(regimes(("Who is named.", "Who is named and more.")), path, work).run(quiet)

    assert len(list(work.glob("*/checked"))) == 2


def test_a_file_that_changes_meanwhile_is_refused_and_its_batches_are_dropped(
    regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    path, work = file(rows), tmp_path / "work"

    def change(said: str) -> None:
        if said == "batch 1 of 1":
            file(rows[:3])

    with pytest.raises(BadReplayFile, match=r"^the file changed while it was read: ") as refused:
        Comparison(regimes(), path, work).run(change)

    assert refused.value.code == "replay-file-changed"
    assert list(work.glob("*/batch-*")) == []


def test_a_file_with_a_code_of_no_list_is_refused(
    regimes: Made, file: Written, rows: list[Row], tmp_path: Path
) -> None:
    path = file([*rows, {**rows[0], "demand": "D9", "channel": "pigeon"}])

    with pytest.raises(BadReplayFile, match=r"1 of them in channel: pigeon$"):
        Comparison(regimes(), path, tmp_path / "work").run(quiet)
