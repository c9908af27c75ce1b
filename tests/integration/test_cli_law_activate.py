"""The gate as counsel runs it: a slip in the packs does not get through, and nothing is written."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.law.errors import PackFault
from fewer_cases import copy_packs

ROOT = Path(__file__).parents[2]
HOUSE = "us-federal/2-house.cedar"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """The packs with fewer known answers, copied elsewhere: no casebook lies beside them."""
    return copy_packs(ROOT / "packs", tmp_path / "elsewhere")


def activate(packs: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(
        program, ["law", "activate", "--packs-dir", str(packs), *map(str, words)]
    )


def edit(packs: Path, file: str, old: str, new: str) -> None:
    path = packs / file
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), "utf-8")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_broken_promise_stops_it_at_the_proof(packs: Path, tmp_path: Path) -> None:
    lock = 'context.subject.relation == "household_member"'
    edit(packs, HOUSE, lock, f"{lock} && false")
    before = everything(packs)

    done = activate(packs, "--out", tmp_path / "out")

    assert done.exit_code == 1
    assert "2. proof: FAILED" in done.output
    assert "refuted     only-the-person-named" in done.output
    assert "3. " not in done.output
    assert "the packs are not activated: mend the law first\n" in done.output
    assert (tmp_path / "out" / "BREAKS-only-the-person-named.yaml").is_file()
    assert everything(packs) == before


def test_an_emptied_file_of_promises_is_refused_where_a_promise_is_named(packs: Path) -> None:
    (packs / "us-federal" / "promises.toml").write_text("", "utf-8")
    before = everything(packs)

    done = activate(packs)

    assert "there is no promise called paper-of-its-day" in str(done.exception)
    assert everything(packs) == before


def test_what_no_promise_and_no_answer_stops_is_told_in_words_with_a_draft_and_a_demand(
    packs: Path, tmp_path: Path
) -> None:
    promises = packs / "us-federal" / "promises.toml"
    rows = promises.read_text("utf-8").split("[[promise]]")
    promises.write_text(
        "".join(f"[[promise]]{row}" for row in rows if 'id = "paper-of-its-day"' in row), "utf-8"
    )
    (packs / "us-me" / "promises.toml").unlink()
    edit(packs, "us-federal/duties.cedar", '@within("same day")', '@within("60 days")')
    before = everything(packs)

    done = activate(packs, "--json", "--draft", tmp_path / "draft.toml", "--out", tmp_path / "out")

    found = json.loads(done.output)
    assert done.exit_code == 1
    assert found["activated"] is False
    assert everything(packs) == before
    told = {one["says"] for one in found["not_reviewed"]}
    assert {
        "us-federal/promises.toml: promise mandate-never-dropped: removed",
        "us-me/promises.toml: promise me-town-needs-an-application: removed",
    } <= told
    assert any("the duty log_demand within same day" in says for says in told), told
    tables = tomllib.loads((tmp_path / "draft.toml").read_text("utf-8"))
    assert {table["change"] for table in tables["duty"]} == {"added", "dropped"}
    written = list((tmp_path / "out").iterdir())
    assert written
    for path in written:
        assert yaml.safe_load(path.read_text("utf-8"))["format"] == "clerestory-demand/1"


def test_without_the_files_of_the_active_law_nothing_is_compared_and_nothing_passes(
    packs: Path,
) -> None:
    shutil.rmtree(packs / "active")
    before = everything(packs)

    done = activate(packs)

    assert isinstance(done.exception, PackFault)
    assert done.exception.code == "law-kept-missing"
    assert everything(packs) == before
