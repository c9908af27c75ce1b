"""Replay on Spark: the answers and the refusals of one machine, and nothing beyond loopback."""

import ast
import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from clerestory.audit.law_choice import choose_law
from clerestory.audit.proof import InterpretersDisagree
from clerestory.audit.replay import spark
from clerestory.audit.replay.batch import TwoLaws
from clerestory.audit.replay.replay import Replay, Replayed
from clerestory.audit.replay.spark import PlacedLaws, SparkFault, SparkReplay
from clerestory.audit.rows.columns import BadReplayFile
from clerestory.cli.main import program
from clerestory.cli.spark_session import spark_session
from clerestory.policy.interpreters.columnar import Answers, ColumnarLaw

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "packs"
OLD, NEW = (
    choose_law(name, PACKS, date(2026, 11, 2)) for name in ("us-federal@2015-01-01", "us-me")
)
ROWS = 3000
MISSING = [
    name
    for name, found in {
        "pyspark": find_spec("pyspark"),
        "pandas": find_spec("pandas"),
        "java": shutil.which("java"),
    }.items()
    if not found
]
needs_spark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
Change = Callable[[pa.Table], pa.Table]


def law(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "made-up.parquet"
    assert law("simulate", "--rows", str(ROWS), "--out", path).exit_code == 0
    return path


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with spark_session("local[2]", tmp_path_factory.mktemp("spark")) as started:
        yield started


@pytest.fixture(scope="module")
def local(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    return Replay(file, OLD, NEW, tmp_path_factory.mktemp("local")).run(lambda _: None)


def on_spark(session: Any, rows: Path, say: Callable[[str], None] = lambda _: None) -> Replayed:
    return SparkReplay(str(rows), OLD, NEW, PACKS, rows.parent).run(session, say)


@needs_spark
def test_one_batch_is_answered_as_on_one_machine(session: Any, file: Path, local: Replayed) -> None:
    assert on_spark(session, file) == local
    assert local.made_up
    assert local.changed > 0
    assert local.persons_newly_exposed + local.persons_no_longer_exposed > 0
    assert local.duties


@needs_spark
def test_a_folder_is_answered_as_its_rows_in_one_file(
    session: Any, file: Path, local: Replayed, tmp_path: Path
) -> None:
    table = pq.read_table(file)
    for part in range(3):
        pq.write_table(table.slice(1000 * part, 1000), tmp_path / f"part-{part}.parquet")

    found = on_spark(session, tmp_path)

    # Of each batch up to 16 rows are put to Cedar as well, and here are more batches than one.
    assert local.checked_with_cedar == 16
    assert 16 < found.checked_with_cedar <= 48
    assert replace(found, checked_with_cedar=16) == local


@needs_spark
@pytest.mark.parametrize("folder", ["demand=x/month=2020-01-01", "[x]", "{a,b}", "a*b"])
def test_a_folders_name_says_nothing_about_the_rows(
    folder: str, session: Any, file: Path, local: Replayed, tmp_path: Path
) -> None:
    for name in (folder, "axb", "x", "a"):
        (tmp_path / name).mkdir(parents=True)
        shutil.copy(file, tmp_path / name)

    above = tmp_path / folder.split("/")[0]
    assert on_spark(session, above) == local
    assert on_spark(session, tmp_path / folder / file.name) == local


@needs_spark
@pytest.mark.parametrize("name", ["demand", "DEMAND"])
def test_a_column_that_stands_twice_is_named(
    name: str, session: Any, file: Path, tmp_path: Path
) -> None:
    table = pq.read_table(file).slice(0, 20)
    pq.write_table(table.append_column(name, pa.array(["x"] * 20)), tmp_path / "twice.parquet")

    with pytest.raises(BadReplayFile, match="column demand stands twice") as refused:
        on_spark(session, tmp_path / "twice.parquet")

    assert refused.value.code == "replay-column-twice"


@needs_spark
def test_rows_that_do_not_all_say_so_are_not_made_up(
    session: Any, file: Path, tmp_path: Path
) -> None:
    table = pq.read_table(file)
    pq.write_table(table.slice(0, 10), tmp_path / "one.parquet")
    pq.write_table(table.slice(10, 10).replace_schema_metadata(None), tmp_path / "two.parquet")

    assert not on_spark(session, tmp_path).made_up


@needs_spark
def test_no_rows_have_no_flips(session: Any, file: Path, tmp_path: Path) -> None:
    pq.write_table(pq.read_table(file).slice(0, 0), tmp_path / "none.parquet")

    assert on_spark(session, tmp_path / "none.parquet").rows == 0


def changed(name: str, first: object, kind: pa.DataType, *, all_rows: bool = False) -> Change:
    def change(table: pa.Table) -> pa.Table:
        rest = [first] * (table.num_rows - 1) if all_rows else table[name].to_pylist()[1:]
        at = table.schema.get_field_index(name)
        return table.set_column(at, name, pa.array([first, *rest], kind))

    return change


TEXT, TEXTS = pa.string(), pa.list_(pa.string())
BAD: dict[str, Change] = {
    "missing": lambda table: table.drop_columns(["findings.order_stayed", "paper.kind"]),
    "unknown": changed("paper.kind", "scroll", TEXT, all_rows=True),
    "unknown in a set": changed("threats", ["rain"], TEXTS),
    "null": changed("purpose", None, TEXT),
    "null in a set": changed("raised", [None], TEXTS),
    "no person": changed("person", None, TEXT),
    "month": changed("month", date(2026, 3, 17), pa.date32()),
    "twice": lambda table: pa.concat_tables([table, table.slice(5, 2), table.slice(5, 1)]),
    "null and twice": lambda table: pa.concat_tables(
        [changed("purpose", None, TEXT)(table), table.slice(5, 1).cast(
            changed("purpose", None, TEXT)(table).schema)]
    ),
}  # fmt: skip


@needs_spark
@pytest.mark.parametrize("fault", BAD)
def test_bad_rows_are_refused_in_the_same_words(
    fault: str, session: Any, file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.parquet"
    pq.write_table(BAD[fault](pq.read_table(file)), path)

    with pytest.raises(BadReplayFile) as by_local:
        Replay(path, OLD, NEW, tmp_path / "work").run(lambda _: None)
    with pytest.raises(BadReplayFile) as by_spark:
        on_spark(session, path)

    assert str(by_spark.value) == str(by_local.value)
    assert by_spark.value.code == by_local.value.code
    assert by_spark.value.todo == by_local.value.todo


@needs_spark
def test_a_column_of_another_type_is_called_what_spark_calls_it(
    session: Any, file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.parquet"
    pq.write_table(changed("person", 1, pa.int64(), all_rows=True)(pq.read_table(file)), path)

    with pytest.raises(BadReplayFile, match="person must be a text: bigint") as refused:
        on_spark(session, path)

    assert refused.value.code == "replay-column-type"


@needs_spark
def test_what_is_no_parquet_is_refused(session: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_text("no table")
    (tmp_path / "empty").mkdir()

    for name in ("bad.parquet", "nothing.parquet", "empty"):
        with pytest.raises(BadReplayFile, match=name) as refused:
            on_spark(session, tmp_path / name)
        assert refused.value.code == "replay-bad-file"


@needs_spark
def test_rows_that_change_meanwhile_are_refused(session: Any, file: Path, tmp_path: Path) -> None:
    path = tmp_path / "changing.parquet"
    path.write_bytes(file.read_bytes())

    def change(text: str) -> None:
        if text.startswith("looking"):
            os.utime(path, ns=(1, 1))

    with pytest.raises(BadReplayFile) as refused:
        on_spark(session, path, change)

    assert refused.value.code == "replay-file-changed"


@needs_spark
def test_an_executor_with_other_packs_answers_nothing(
    session: Any, file: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "packs"
    shutil.copytree(PACKS, mine)
    path = mine / "us-me" / "maine.cedar"
    told: list[str] = []

    def change(text: str) -> None:
        # The driver has read its packs when this is said, and the executors have not.
        if not told:
            path.write_text(path.read_text("utf-8") + "\n// changed\n", "utf-8")
        told.append(text)

    old, new = (choose_law(choice.name, mine, date(2026, 11, 2)) for choice in (OLD, NEW))
    with pytest.raises(SparkFault) as refused:
        SparkReplay(str(file), old, new, mine, tmp_path).run(session, change)

    assert refused.value.code == "spark-other-packs"


@needs_spark
def test_spark_listens_on_loopback_only(session: Any) -> None:
    java = session.sparkContext._gateway.proc.pid
    sockets = {
        str(one.readlink()) for one in Path(f"/proc/{java}/fd").iterdir() if one.is_symlink()
    }

    listening = [
        line.split()[1].partition(":")[0]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{java}/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in sockets
    ]

    assert listening
    assert set(listening) <= {"0100007F", "0000000000000000FFFF00000100007F"}


@needs_spark
def test_the_command_is_quiet_and_leaves_nothing_running(
    file: Path, local: Replayed, tmp_path: Path
) -> None:
    words = ["law", "replay", "--demands", str(file), "--engine", "spark", "--out", "out"]
    words += ["--pack", OLD.name, "--pack", f"us-me@{NEW.on}", "--spark-master", "local[1]"]
    start = "from clerestory.cli import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", start, *words, "--json"],
        cwd=tmp_path,
        env={**os.environ, "CLERESTORY_HOME": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert done.stderr == ""
    assert found["rulings"] == ROWS
    assert found["rulings_changed"] == local.changed
    assert json.loads((tmp_path / "out" / "replay.json").read_text()) == found
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in (tmp_path / "out" / "spark").iterdir()] == ["spark.log"]


@needs_spark
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_spark_that_does_not_start_names_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho no memory >&2\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(SparkFault) as refused, spark_session("local[1]", tmp_path / "work"):
        pass

    assert refused.value.code == "spark-failed"
    assert "spark.log" in refused.value.todo
    # What the package leaves open where Java ends at once is closed here, inside this test.
    del refused
    gc.collect()
    assert "no memory" in (tmp_path / "work" / "spark.log").read_text()


@pytest.mark.parametrize("part", ["pyspark", "pandas", "java"])
def test_a_missing_part_is_named(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = "clerestory.cli.spark_session"
    monkeypatch.setattr(f"{held}.find_spec", lambda name: None if name == part else "found")
    monkeypatch.setattr(f"{held}.shutil.which", lambda *_, **__: None)

    with pytest.raises(SparkFault, match=part) as refused, spark_session("local[1]", tmp_path):
        pass

    assert refused.value.code == "spark-missing"
    assert refused.value.todo


def test_a_batch_that_cedar_answers_otherwise_is_an_alarm(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laws = TwoLaws(OLD, NEW)
    placed = PlacedLaws.of(OLD, NEW, laws, PACKS)
    names = laws.columns.names
    [batch] = pq.read_table(file, columns=names).slice(0, 100).combine_chunks().to_batches()
    decide = ColumnarLaw.decide

    def otherwise(self: ColumnarLaw, facts: pa.Table) -> Answers:
        answers = decide(self, facts)
        return replace(answers, outcome=(answers.outcome + 1) % np.uint8(4))

    plain = spark._answer(batch, placed, names)
    monkeypatch.setattr(ColumnarLaw, "decide", otherwise)
    told = [plain, spark._answer(batch, placed, names)]

    assert plain["result"]["rows"] == 100
    with pytest.raises(InterpretersDisagree, match="cedar says"):
        spark._check(told)


def test_only_the_modules_on_spark_know_it() -> None:
    source = ROOT / "src" / "clerestory"
    knowing = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", ""), *(name.name for name in node.names))
        if str(name).partition(".")[0] == "pyspark"
    }

    assert knowing == {"audit/replay/spark.py", "cli/spark_session.py"}
