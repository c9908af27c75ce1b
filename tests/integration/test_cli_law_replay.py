"""``law simulate`` and ``law replay`` as counsel uses them, with good files and bad ones."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from clerestory.audit.law_choice import choose_law
from clerestory.audit.proof import InterpretersDisagree
from clerestory.audit.replay.batch import DIMENSIONS
from clerestory.audit.replay.replay import Replay, Replayed
from clerestory.audit.rows.columns import BadReplayFile
from clerestory.cli.main import program
from clerestory.policy.interpreters.columnar import Answers, ColumnarLaw

PACKS = Path(__file__).parents[2] / "packs"
OLD = choose_law("us-me@2026-03-02", PACKS, date(2026, 11, 2))
BEFORE = choose_law("us-federal@2015-01-01", PACKS, date(2026, 11, 2))
NEW = choose_law("us-me@2026-11-02", PACKS, date(2026, 11, 2))
Change = Callable[[pa.Table], pa.Table]
LAWS = ("--pack", OLD.name, "--pack", NEW.name)
# With this seed some of the rows are answered otherwise by the two laws.
ROWS = ("--rows", "6000", "--seed", "8")


def law(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


def replayed(path: Path, work: Path, told: list[str] | None = None) -> Replayed:
    return Replay(path, OLD, NEW, work).run((told if told is not None else []).append)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    made = law("simulate", *ROWS, "--out", folder / "whole.parquet")
    assert made.exit_code == 0
    table = pq.read_table(folder / "whole.parquet")
    pq.write_table(table, folder / "made-up.parquet", row_group_size=1500)
    return folder / "made-up.parquet"


def test_what_is_made_up_says_so_and_is_the_same_again(file: Path, tmp_path: Path) -> None:
    law("simulate", *ROWS, "--out", tmp_path / "again.parquet")

    assert b"made up" in (pq.read_schema(file).metadata or {})[b"clerestory.made-up"]
    assert pq.read_table(file).equals(pq.read_table(tmp_path / "again.parquet"))


def test_made_up_rows_are_never_written_over_a_file(file: Path) -> None:
    refused = law("simulate", "--rows", "6", "--out", file)

    assert refused.exit_code != 0
    assert pq.read_metadata(file).num_rows == 6000


def test_flips_are_counted_by_each_dimension_alike(file: Path, tmp_path: Path) -> None:
    done = law("replay", "--demands", file, *LAWS, "--out", tmp_path, "--json")

    found = json.loads(done.output)
    answers = found["answers"]
    differing = sum(a["rulings"] for a in answers if a["before"] != a["after"])
    assert done.exit_code == 1
    assert found["rulings"] == 6000 == sum(answer["rulings"] for answer in answers)
    assert found["rulings_changed"] == differing > 0
    for name in DIMENSIONS:
        assert sum(one["rulings"] for one in found["flips"] if one["by"] == name) == differing
    assert json.loads((tmp_path / "replay.json").read_text()) == found
    assert (tmp_path / "flips.csv").read_text().startswith("dimension,value,before,after,rulings")
    assert ElementTree.parse(tmp_path / "months.svg").getroot().tag.endswith("svg")


def test_the_terminal_is_told_what_flips_and_that_all_is_made_up(
    file: Path, tmp_path: Path
) -> None:
    done = law("replay", "--demands", file, *LAWS, "--out", tmp_path)

    assert "every demand in this file is made up" in done.output
    assert "6,000 rulings" in done.output
    assert "persons newly exposed" in done.output


def test_duties_that_move_are_told(file: Path, tmp_path: Path) -> None:
    done = law("replay", "--demands", file, "--pack", BEFORE.name, "--pack", NEW.name,
               "--out", tmp_path, "--json")  # fmt: skip

    found = json.loads(done.output)
    duties = {one.pop("duty"): one for one in found["duties"]}
    for one in duties.values():
        assert one["after"] - one["before"] == one["gained"] - one["lost"]
    assert duties["log_demand within same day"]["after"] == 6000
    assert any(one["gained"] and one["after"] < 6000 for one in duties.values())


def test_nothing_is_counted_by_what_a_person_is() -> None:
    columns = set(DIMENSIONS.values())

    assert columns == {"principal", "paper.kind", "resource.program", "resource.name", "month"}


def test_persons_are_counted_once_in_each_demand(file: Path, tmp_path: Path) -> None:
    found = Replay(file, BEFORE, NEW, tmp_path).run(lambda _: None)
    back = Replay(file, NEW, BEFORE, tmp_path).run(lambda _: None)

    opened = {(a, b) for a, b in found.answers if b == "release" != a}
    assert found.persons_newly_exposed == back.persons_no_longer_exposed
    assert found.persons_no_longer_exposed == back.persons_newly_exposed
    assert 0 < found.persons_newly_exposed <= sum(found.answers[pair] for pair in opened)


def test_the_same_law_flips_nothing(file: Path, tmp_path: Path) -> None:
    done = law("replay", "--demands", file, *(2 * LAWS[:2]), "--out", tmp_path)

    assert done.exit_code == 0
    assert "0 differ" in done.output
    assert ElementTree.parse(tmp_path / "months.svg").getroot().tag.endswith("svg")


def test_a_replay_that_was_stopped_goes_on(file: Path, tmp_path: Path) -> None:
    def stop(text: str) -> None:
        if text == "batch 3 of 4":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Replay(file, OLD, NEW, tmp_path / "one").run(stop)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("batch-*")}
    told: list[str] = []
    resumed = replayed(file, tmp_path / "one", told)

    assert [path.name for path in sorted(kept)] == ["batch-00000.json", "batch-00001.json"]
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    assert not any(text.startswith("checking") for text in told)
    assert resumed == replayed(file, tmp_path / "other")


@pytest.mark.parametrize("spoil", [
    lambda _: b"", lambda note: note[:-20], lambda note: note.replace(b"1", b"2"),
    lambda _: b"null", lambda _: b"[" * 100_000, lambda _: b"\xff\n\xff\n",
])  # fmt: skip
def test_a_batch_whose_note_is_not_whole_is_answered_again(
    file: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    first = replayed(file, tmp_path)
    notes = {path: path.read_bytes() for path in tmp_path.rglob("batch-*.json")}
    assert len(notes) == 4
    for path, note in notes.items():
        path.write_bytes(spoil(note))

    assert replayed(file, tmp_path) == first
    assert {path: path.read_bytes() for path in notes} == notes


def test_a_file_that_changes_meanwhile_is_refused(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "changing.parquet"
    path.write_bytes(file.read_bytes())

    def change(text: str) -> None:
        if text == "batch 4 of 4":
            pq.write_table(pq.read_table(file).slice(0, 5999), path, row_group_size=1500)

    with pytest.raises(BadReplayFile) as refused:
        Replay(path, OLD, NEW, tmp_path / "work").run(change)

    assert refused.value.code == "replay-file-changed"
    assert list((tmp_path / "work").iterdir()) == []


def test_a_file_that_is_damaged_within_is_refused(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.parquet"
    pq.write_table(pq.read_table(file), path, row_group_size=1500, compression="zstd")
    content = bytearray(path.read_bytes())
    content[1000:60_000] = bytes(59_000)
    path.write_bytes(content)

    with pytest.raises(BadReplayFile, match=r"batch \d of 4 cannot be read") as refused:
        replayed(path, tmp_path / "work")

    assert refused.value.code == "replay-bad-file"


def test_another_law_shares_no_batches(file: Path, tmp_path: Path) -> None:
    replayed(file, tmp_path)
    Replay(file, OLD, OLD, tmp_path).run(lambda _: None)

    assert len(list(tmp_path.iterdir())) == 2


def test_an_answer_that_cedar_does_not_give_stops_the_replay(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = ColumnarLaw.decide

    def otherwise(self: ColumnarLaw, facts: pa.Table) -> Answers:
        answers = decide(self, facts)
        return replace(answers, outcome=(answers.outcome + 1) % np.uint8(4))

    monkeypatch.setattr(ColumnarLaw, "decide", otherwise)

    with pytest.raises(InterpretersDisagree, match="cedar says"):
        replayed(file, tmp_path)


def changed(name: str, values: Callable[[pa.Table], list[object]], kind: pa.DataType) -> Change:
    def change(table: pa.Table) -> pa.Table:
        at = table.schema.get_field_index(name)
        return table.set_column(at, name, pa.array(values(table), kind))

    return change


def first(name: str, value: object) -> Callable[[pa.Table], list[object]]:
    return lambda table: [value, *table[name].to_pylist()[1:]]


TEXT, TEXTS = pa.string(), pa.list_(pa.string())
BAD: dict[str, tuple[str, str, Change]] = {
    "missing": ("replay-column-missing", "findings.order_stayed",
                lambda table: table.drop_columns(["findings.order_stayed"])),
    "number": ("replay-column-type", "paper.kind must be a text",
               changed("paper.kind", lambda table: [1] * table.num_rows, pa.int64())),
    "no list": ("replay-column-type", "raised must be a list of texts",
                changed("raised", lambda table: ["x"] * table.num_rows, TEXT)),
    "unknown": ("replay-unknown-code", "6,000 of them in paper.kind: scroll",
                changed("paper.kind", lambda table: ["scroll"] * table.num_rows, TEXT)),
    "unknown in a set": ("replay-unknown-code", "1 of them in threats: rain",
                         changed("threats", first("threats", ["rain"]), TEXTS)),
    "null": ("replay-null", "1 of them in purpose",
             changed("purpose", first("purpose", None), TEXT)),
    "null in a set": ("replay-null", "1 of them in raised",
                      changed("raised", first("raised", [None]), TEXTS)),
    "no person": ("replay-null", "1 of them in person",
                  changed("person", first("person", None), TEXT)),
    "month": ("replay-month", "1 rows have another",
              changed("month", first("month", date(2026, 3, 17)), pa.date32())),
    "twice": ("replay-row-twice", "1 rows stand there twice",
              lambda table: pa.concat_tables([table, table.slice(0, 1)])),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_refused_with_its_fault(fault: str, file: Path, tmp_path: Path) -> None:
    code, said, change = BAD[fault]
    pq.write_table(change(pq.read_table(file)), tmp_path / "bad.parquet")

    with pytest.raises(BadReplayFile, match=said) as refused:
        replayed(tmp_path / "bad.parquet", tmp_path / "work")

    assert refused.value.code == code
    assert refused.value.todo
    assert not list((tmp_path / "work").glob("*"))


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_text("no table")

    with pytest.raises(BadReplayFile, match="not a Parquet file") as refused:
        replayed(tmp_path / "bad.parquet", tmp_path)

    assert refused.value.code == "replay-bad-file"


@pytest.mark.parametrize(
    ("place", "named"),
    [(0, "demand"), (1, "person"), (0, "DEMAND"), (3, "purpose"), (3, "of_no_use")],
)
def test_a_column_that_stands_twice_is_named(
    place: int, named: str, file: Path, tmp_path: Path
) -> None:
    table = pq.read_table(file).slice(0, 20)
    column = pa.array(["x"] * 20)
    table = table.add_column(place, named, column)
    if named == "of_no_use":
        table = table.append_column("Of_No_Use", column)
    pq.write_table(table, tmp_path / "twice.parquet")

    with pytest.raises(BadReplayFile, match=f"column {named} stands twice") as refused:
        replayed(tmp_path / "twice.parquet", tmp_path / "work")

    assert refused.value.code == "replay-column-twice"
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    "folder",
    ["demand=x", "month=2026-03-01/person=p", "[x]", "a*b", "a?b", "**", "it's", "100%41#"],
)
def test_a_folders_name_says_nothing_about_the_rows(
    folder: str, file: Path, tmp_path: Path
) -> None:
    table = pq.read_table(file).slice(0, 50)
    for name, rows in ((folder, table), ("axb", pa.concat_tables([table, table])), ("x", table)):
        (tmp_path / name).mkdir(parents=True)
        pq.write_table(rows, tmp_path / name / "rows.parquet")
    pq.write_table(table, tmp_path / "plain.parquet")

    found = replayed(tmp_path / folder / "rows.parquet", tmp_path / folder / "work")

    assert found == replayed(tmp_path / "plain.parquet", tmp_path / "work")


def test_two_laws_are_asked_for(file: Path) -> None:
    assert "twice" in law("replay", "--demands", file, "--pack", "us-me").output


def test_a_file_without_rows_has_no_flips(file: Path, tmp_path: Path) -> None:
    pq.write_table(pq.read_table(file).slice(0, 0), tmp_path / "none.parquet")

    assert replayed(tmp_path / "none.parquet", tmp_path / "work").rows == 0
