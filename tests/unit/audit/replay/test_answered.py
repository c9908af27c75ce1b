"""Demand rows answered one by one, and written as they are answered."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.law_choice import LawChoice, choose_law
from clerestory.audit.replay.answered import SCHEMA, lists_of, write_answers
from clerestory.audit.replay.one_law import OneLaw
from clerestory.audit.rows.columns import BadReplayFile
from clerestory.audit.rows.known import known_rows
from clerestory.audit.rows.writing import row_schema
from clerestory.kernel import Refusal
from clerestory.policy.interpreters.whole_answers import cedar_answers

PACKS = Path(__file__).parents[4] / "packs"
ON = date(2026, 11, 2)


@pytest.fixture(scope="module")
def choice() -> LawChoice:
    return choose_law("us-me", PACKS, ON)


@pytest.fixture(scope="module")
def rows(choice: LawChoice) -> pa.Table:
    files = list_case_files([PACKS / "us-me" / "cases"])
    facts = [dict(row.facts) for row in known_rows(PACKS, files)][:300]
    month = {"month": date(2026, 11, 1), "person": "P1"}
    named = [{"demand": f"D{n}", **month, **one} for n, one in enumerate(facts)]
    return pa.Table.from_pylist(named, row_schema(OneLaw(choice).circuit.shape))


def nothing(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def saved(rows: pa.Table, tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    pq.write_table(rows, path, row_group_size=70)
    return path


def test_each_row_has_the_answer_the_policies_and_the_duties_that_cedar_gives(
    choice: LawChoice, rows: pa.Table, saved: Path, tmp_path: Path
) -> None:
    found = write_answers(saved, choice, tmp_path / "out.parquet", tmp_path, nothing)

    told = pq.read_table(tmp_path / "out.parquet")
    law = OneLaw(choice)
    facts = rows.select([*law.circuit.shape.columns]).to_pylist()
    wanted = cedar_answers(law.law, facts)
    assert [one.label for one in wanted] == told["answer"].to_pylist()
    assert [sorted(one.policies) for one in wanted] == told["policies"].to_pylist()
    assert [sorted(one.duties) for one in wanted] == told["duties"].to_pylist()
    for key in ("demand", "person", "resource.program", "resource.name"):
        assert told[key].to_pylist() == rows[key].to_pylist()
    assert found.rows == rows.num_rows
    assert found.answers == {
        label: told["answer"].to_pylist().count(label) for label in set(told["answer"].to_pylist())
    }
    assert len(found.answers) >= 3


def test_one_batch_is_held_at_a_time(choice: LawChoice, saved: Path, tmp_path: Path) -> None:
    said: list[str] = []

    found = write_answers(saved, choice, tmp_path / "out.parquet", tmp_path, said.append)

    groups = pq.ParquetFile(tmp_path / "out.parquet").metadata.num_row_groups
    batches = pq.ParquetFile(saved).metadata.num_row_groups
    assert groups == batches > 1
    assert next(line for line in said if line.endswith("answered")) == "70 rows answered"
    assert found.checked_with_cedar == 16 * (batches - 1) + min(16, found.rows % 70 or 70)
    assert not found.made_up


def test_a_file_that_exists_is_kept(choice: LawChoice, saved: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")

    with pytest.raises(Refusal, match="the file exists already") as fault:
        write_answers(saved, choice, kept, tmp_path, nothing)

    assert fault.value.code == "rows-file-exists"
    assert kept.read_text() == "mine"


def test_rows_that_change_meanwhile_leave_no_answers(
    choice: LawChoice, saved: Path, tmp_path: Path
) -> None:
    def change(said: str) -> None:
        if said.endswith("rows answered"):
            with saved.open("ab") as stream:
                stream.write(b"more")

    with pytest.raises(BadReplayFile) as fault:
        write_answers(saved, choice, tmp_path / "out.parquet", tmp_path, change)

    assert fault.value.code == "replay-file-changed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.parquet"]


def test_a_missing_value_is_refused_before_anything_is_written(
    choice: LawChoice, rows: pa.Table, tmp_path: Path
) -> None:
    place = rows.column_names.index("paper.status")
    gone = pa.array([None] * rows.num_rows, pa.string())
    pq.write_table(rows.set_column(place, "paper.status", gone), tmp_path / "rows.parquet")

    with pytest.raises(BadReplayFile) as fault:
        write_answers(
            tmp_path / "rows.parquet", choice, tmp_path / "out.parquet", tmp_path, nothing
        )

    assert fault.value.code == "replay-null"
    assert not (tmp_path / "out.parquet").exists()


def test_names_stand_in_the_rows_that_have_their_flag() -> None:
    flags = {"b": np.array([True, False, True]), "a": np.array([True, False, False])}

    assert lists_of(flags, 3).to_pylist() == [["a", "b"], [], ["b"]]
    assert lists_of({}, 2).to_pylist() == [[], []]
    assert lists_of({"a": np.zeros(0, bool)}, 0).to_pylist() == []
    assert lists_of(flags, 3).type == SCHEMA.field("policies").type
