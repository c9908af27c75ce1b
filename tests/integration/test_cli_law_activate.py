"""The gate as counsel runs it: a slip in the packs does not get through, and nothing is written."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.law.activation import check_active, kept_law
from clerestory.law.errors import PackFault
from clerestory.law.packs import load_stack
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


def test_a_remark_passes_the_gate_and_is_active(packs: Path) -> None:
    edit(packs, HOUSE, "", "// A remark.\n")
    before = kept_law(packs)
    with pytest.raises(PackFault, match="not active"):
        check_active(load_stack(packs, ["us-me"]), packs)

    done = activate(packs)

    assert done.exit_code == 0, done.output
    check_active(load_stack(packs, ["us-me"]), packs)
    after = kept_law(packs)
    assert after is not None
    assert after != before
    assert (after / HOUSE).read_bytes() == (packs / HOUSE).read_bytes()


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


def test_a_slip_that_every_promise_and_answer_lets_pass_is_told_in_words(
    packs: Path, tmp_path: Path
) -> None:
    edit(packs, "us-federal/duties.cedar", '@within("same day")', '@within("60 days")')
    before = everything(packs)

    done = activate(packs, "--draft", tmp_path / "draft.toml", "--out", tmp_path / "out")

    assert done.exit_code == 1
    assert everything(packs) == before
    if "4. changes: FAILED" in done.output:
        assert "DROPS  the duty log_demand within same day" in done.output
        tables = tomllib.loads((tmp_path / "draft.toml").read_text("utf-8"))
        assert {table["change"] for table in tables["duty"]} == {"added", "dropped"}
        for path in (tmp_path / "out").iterdir():
            assert yaml.safe_load(path.read_text("utf-8"))["format"] == "clerestory-demand/1"


def test_an_emptied_file_of_promises_is_refused_where_a_promise_is_named(packs: Path) -> None:
    (packs / "us-federal" / "promises.toml").write_text("", "utf-8")
    before = everything(packs)

    done = activate(packs)

    assert "there is no promise called paper-of-its-day" in str(done.exception)
    assert everything(packs) == before


def test_a_file_without_most_of_its_promises_does_not_pass(packs: Path) -> None:
    promises = packs / "us-federal" / "promises.toml"
    rows = promises.read_text("utf-8").split("[[promise]]")
    promises.write_text(
        "".join(f"[[promise]]{row}" for row in rows if 'id = "paper-of-its-day"' in row), "utf-8"
    )
    (packs / "us-me" / "promises.toml").unlink()

    done = activate(packs, "--json")

    found = json.loads(done.output)
    assert done.exit_code == 1
    assert found["activated"] is False
    assert {
        "us-federal/promises.toml: promise mandate-never-dropped: removed",
        "us-me/promises.toml: promise me-town-needs-an-application: removed",
    } <= {one["says"] for one in found["not_reviewed"]}


def test_without_the_files_of_the_active_law_nothing_is_compared_and_nothing_passes(
    packs: Path,
) -> None:
    shutil.rmtree(packs / "active")
    before = everything(packs)

    done = activate(packs)

    assert isinstance(done.exception, PackFault)
    assert done.exception.code == "law-kept-missing"
    assert everything(packs) == before
