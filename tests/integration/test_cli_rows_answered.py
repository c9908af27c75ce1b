"""``clerestory law answer``: what one law says to each row of a file."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from click.testing import CliRunner, Result

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.main import program


def law(*words: object) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


def test_every_row_is_answered_and_what_is_told_is_what_was_written(tmp_path: Path) -> None:
    demands, out = tmp_path / "rows.parquet", tmp_path / "answers.parquet"
    law("simulate", "--rows", 3000, "--out", demands)
    asked = ("answer", "--demands", demands, "--pack", "us-me@2026-03-02", "--out", out)

    said = law(*asked, "--json")

    assert said.exit_code == ExitCode.DONE, said.output
    told = json.loads(said.stdout)
    written = pq.read_table(out)
    assert told["rows"] == written.num_rows == 3000
    assert told["answers"] == Counter(written["answer"].to_pylist())
    assert told["made_up"] is True
    assert b"clerestory.made-up" in (written.schema.metadata or {})
    again = law(*asked)
    assert "the file exists already" in str(again.exception)
    assert pq.read_table(out).equals(written)
