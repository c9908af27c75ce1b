"""Made-up rows: the same seed gives the same, each varies a known demand, none stands twice."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.audit.rows.simulator import MADE_UP, Mix, known_mix, simulate
from clerestory.kernel import Refusal
from clerestory.policy.model.shape import Shape

SHAPE = Shape(
    facts={
        "principal": frozenset({"fns", "press"}),
        "resource.program": frozenset({"snap", "tanf"}),
        "resource.name": frozenset({"address", "name", "wages"}),
        "paper.status": frozenset({"expired", "live"}),
        "findings.order_stayed": frozenset({"no", "unknown", "yes"}),
    },
    sets={"cited": frozenset(), "grounds": frozenset({"audit"})},
)


def row(principal: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "principal": principal, "resource.program": "snap", "resource.name": name,
        "paper.status": "live", "findings.order_stayed": "unknown", "cited": [], "grounds": [],
        **more,
    }  # fmt: skip


ROWS = [row("fns", "address"), row("fns", "name"), row("press", "wages", grounds=["audit"])]
MIX = Mix(ROWS, [[0, 1], [2]])


def written(path: Path, *, rows: int = 600, seed: int = 1, mix: Mix = MIX) -> pa.Table:
    simulate(mix, SHAPE, path, rows=rows, seed=seed)
    return pq.read_table(path)


def test_a_mix_keeps_the_rows_of_each_demand_together() -> None:
    mix = Mix.of([("A", ROWS[0]), ("B", ROWS[2]), ("A", ROWS[1])], SHAPE)

    assert mix == Mix([ROWS[0], ROWS[2], ROWS[1]], [[0, 2], [1]])


def test_a_field_stands_once_in_a_demand_and_what_the_shape_cannot_say_is_left_out() -> None:
    rows = [
        ("A", ROWS[0]),
        ("A", {**ROWS[0], "paper.status": "expired"}),
        ("A", {**ROWS[1], "paper.status": "quashed"}),
        ("B", {**ROWS[2], "grounds": ["gossip"]}),
        ("B", {path: code for path, code in ROWS[2].items() if path != "principal"}),
        ("C", {**ROWS[2], "cited": ["in anybody's words"]}),
    ]

    mix = Mix.of(rows, SHAPE)

    assert mix == Mix([rows[0][1], rows[5][1]], [[0], [1]])


def test_mixes_that_differ_have_other_digests() -> None:
    other = Mix(ROWS, [[0], [1], [2]])

    assert MIX.digest == Mix(list(ROWS), [[0, 1], [2]]).digest
    assert MIX.digest != other.digest
    assert len(MIX.digest) == 64


def test_the_known_demands_of_all_packs_are_mixed(packs: Path) -> None:
    mix, shape = known_mix(packs, [packs / "us-aa" / "cases" / "cases.yaml"])

    assert mix.demands == [[0], [1]]
    assert [one["findings.official_capacity"] for one in mix.rows] == ["yes", "no"]
    assert set(mix.rows[0]) >= set(shape.columns)


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(tmp_path: Path) -> None:
    first = written(tmp_path / "1.parquet")
    again = written(tmp_path / "2.parquet")
    other = written(tmp_path / "3.parquet", seed=2)

    assert first.equals(again)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    assert not first.equals(other)


@pytest.mark.parametrize("rows", [1, 2, 7, 100_001])
def test_there_are_as_many_rows_as_wanted_and_none_stands_twice(rows: int, tmp_path: Path) -> None:
    found = written(tmp_path / "made.parquet", rows=rows)

    keys = found.select(["demand", "person", "resource.program", "resource.name"])
    once = keys.group_by(keys.column_names).aggregate([])
    assert (found.num_rows, once.num_rows) == (rows, rows)


def test_every_file_is_marked_as_made_up_with_its_seed(tmp_path: Path) -> None:
    metadata = written(tmp_path / "made.parquet", seed=7).schema.metadata

    assert metadata[b"clerestory.seed"] == b"7"
    assert metadata[MADE_UP] == (
        b"every row is made up: no such demand was made, and no such person exists"
    )


def test_a_made_up_demand_is_a_known_one_with_a_few_facts_drawn_anew(tmp_path: Path) -> None:
    found = written(tmp_path / "made.parquet", rows=3_000)

    demands: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in found.to_pylist():
        demands[one["demand"]].append(one)
    for rows in demands.values():
        for path in ("month", "principal", "paper.status", "findings.order_stayed"):
            assert len({one[path] for one in rows}) == 1
        fields = {one["resource.name"] for one in rows}
        assert fields <= ({"address", "name"} if rows[0]["principal"] == "fns" else {"wages"})
        assert all(one["grounds"] == (["audit"] if fields == {"wages"} else []) for one in rows)
    shares = [
        sum(rows[0][path] != usual for rows in demands.values()) / len(demands)
        for path, usual in (("paper.status", "live"), ("findings.order_stayed", "unknown"))
    ]
    # Of what is drawn anew some comes out as it was.
    assert 0.02 < shares[0] < 0.12
    assert 0.01 < shares[1] < 0.06
    assert {one["month"].day for one in found.to_pylist()} == {1}
    assert min(found["month"].to_pylist()) >= date(2023, 1, 1)


def test_progress_is_told(tmp_path: Path) -> None:
    said: list[str] = []

    simulate(MIX, SHAPE, tmp_path / "made.parquet", rows=1_234, seed=1, say=said.append)

    assert said[-1] == "1,234 of 1,234 rows written"


def test_a_file_that_exists_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    path.write_text("mine")

    with pytest.raises(Refusal, match=r"^the file exists already: ") as refused:
        written(path)

    assert (refused.value.code, path.read_text()) == ("simulate-file-exists", "mine")


def test_without_a_known_demand_nothing_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^there is no known demand to vary$") as refused:
        written(tmp_path / "made.parquet", mix=Mix([], []))

    assert refused.value.code == "simulate-no-demands"
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_stops_leaves_no_file(tmp_path: Path) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(MIX, SHAPE, tmp_path / "made.parquet", rows=10, seed=1, say=stop)

    assert list(tmp_path.iterdir()) == []
