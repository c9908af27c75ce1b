"""``law simulate`` and ``law replay`` as counsel uses them, with good files and bad ones."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from clerestory.audit.law_choice import choose_law
from clerestory.audit.replay import BadFacts, Tally, replay
from clerestory.cli.main import program

PACKS = Path(__file__).parents[2] / "packs"
OLD = choose_law("us-me@2026-03-02", PACKS, date(2026, 11, 2))
NEW = choose_law("us-me@2026-11-02", PACKS, date(2026, 11, 2))


def law(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "made-up.parquet"
    assert law("simulate", "--rows", "6000", "--out", path).exit_code == 0
    return path


def test_what_is_made_up_says_so_and_is_the_same_again(file: Path, tmp_path: Path) -> None:
    law("simulate", "--rows", "6000", "--out", tmp_path / "again.parquet")

    assert b"made up" in (pq.read_schema(file).metadata or {})[b"clerestory.made-up"]
    assert pq.read_table(file).equals(pq.read_table(tmp_path / "again.parquet"))


def test_flips_are_counted_by_each_dimension_alike(file: Path, tmp_path: Path) -> None:
    packs = ("--pack", "us-me@2026-03-02", "--pack", "us-me@2026-11-02")

    done = law("replay", "--demands", file, *packs, "--out", tmp_path, "--json")

    found = json.loads(done.output)
    differing = sum(n for pair, n in found["pairs"].items() if len(set(pair.split())) == 2)
    assert found["rows"] == 6000 == sum(found["pairs"].values())
    assert differing > 0
    for what in ("requester", "instrument", "program", "field", "month"):
        assert sum(row[4] for row in found["flips"] if row[0] == what) == differing
    assert (tmp_path / "flips.csv").read_text().startswith("by,code,before,after,answers")


def test_the_same_law_flips_nothing(file: Path) -> None:
    tally = replay(file, NEW, NEW)

    assert tally.rows == 6000
    assert not tally.flips
    assert not tally.exposed


def test_a_replay_that_was_stopped_goes_on(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clerestory.audit.replay._ROWS", 1000)
    told: list[str] = []

    def stop_after_two(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(file, OLD, NEW, notes=tmp_path, say=stop_after_two)
    again: list[str] = []
    resumed = replay(file, OLD, NEW, notes=tmp_path, say=again.append)

    assert len(again) == 4
    assert resumed == replay(file, OLD, NEW)
    assert Tally.from_json(json.loads(json.dumps(resumed.to_json()))) == resumed


def twice(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table, table.slice(0, 1)])


def strange(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("paper.kind")
    return table.set_column(at, "paper.kind", pa.array(["scroll"] * table.num_rows))


def numbers(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("paper.kind")
    return table.set_column(at, "paper.kind", pa.array([1] * table.num_rows))


BAD: dict[str, Callable[[pa.Table], pa.Table]] = {
    "replay-column-missing": lambda table: table.drop_columns(["findings.order_stayed"]),
    "replay-column-type": numbers,
    "replay-unknown-code": strange,
    "replay-row-twice": twice,
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_refused_with_its_fault(code: str, file: Path, tmp_path: Path) -> None:
    pq.write_table(BAD[code](pq.read_table(file)), tmp_path / "bad.parquet")

    with pytest.raises(BadFacts) as refused:
        replay(tmp_path / "bad.parquet", OLD, NEW)

    assert refused.value.code == code
    assert refused.value.todo


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_text("no table")

    with pytest.raises(BadFacts, match=r"bad\.parquet is no Parquet file"):
        replay(tmp_path / "bad.parquet", OLD, NEW)


def test_missing_facts_are_counted_and_withheld(file: Path, tmp_path: Path) -> None:
    table = pq.read_table(file)
    at = table.schema.get_field_index("purpose")
    values = [None, *table.column("purpose").to_pylist()[1:]]
    path = tmp_path / "nulls.parquet"
    pq.write_table(table.set_column(at, "purpose", pa.array(values, pa.string())), path)

    assert replay(path, OLD, NEW).nulls == 1
