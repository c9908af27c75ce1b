"""``law prove``, ``law activate`` and ``law diff`` as counsel uses them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.law.activation import kept_law, list_active
from clerestory.law.packs import available_packs, load_stack

ROOT = Path(__file__).parents[2]


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", folder)
    return folder


def law(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


def break_a_lock(packs: Path) -> None:
    path = packs / "us-federal" / "2-house.cedar"
    lock = 'context.subject.relation == "household_member"'
    path.write_text(path.read_text("utf-8").replace(lock, f"{lock} && false"), "utf-8")


def test_the_packs_that_come_with_the_program_are_active() -> None:
    names = available_packs(ROOT / "packs")
    stacks = [load_stack(ROOT / "packs", [name]) for name in names]

    assert set(list_active(ROOT / "packs")) == {stack.digest for stack in stacks}, (
        "run ./clerestory law activate"
    )
    assert kept_law(ROOT / "packs") is not None
    assert "[[" not in (ROOT / "packs" / "changes.toml").read_text("utf-8"), (
        "what was reviewed is archived with the law that it made active"
    )


def test_a_broken_promise_is_a_demand_that_decide_confirms(packs: Path, tmp_path: Path) -> None:
    break_a_lock(packs)

    done = law("prove", "us-federal", "--packs-dir", packs, "--out", tmp_path / "out")

    assert done.exit_code == 1
    assert "refuted     only-the-person-named" in done.output
    path = tmp_path / "out" / "BREAKS-only-the-person-named.yaml"
    day = str(yaml.safe_load(path.read_text("utf-8"))["received"]["date"])
    decide = ["decide", str(path), "--pack", "us-federal", "--on", day, "--json"]
    confirmed = CliRunner().invoke(program, [*decide, "--packs-dir", str(packs)])
    rulings: list[dict[str, Any]] = json.loads(confirmed.output)["rulings"]
    assert rulings[0]["outcome"] in {"release", "coarsen"}


def test_diff_names_direction_programmes_and_authorities() -> None:
    done = law("diff", "us-me@2026-03-02", "us-me@2026-11-02", "--json")

    found = json.loads(done.output)
    assert done.exit_code == 1
    assert ("release", "withhold") in {(c["before"], c["after"]) for c in found["changes"]}
    assert all(change["demand"]["format"] == "clerestory-demand/1" for change in found["changes"])


def draft(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """Return the Maine pack with one place rewritten."""
    folder = tmp_path / "drafts" / "us-me"
    shutil.copytree(ROOT / "packs" / "us-me", folder)
    path = folder / file
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    return folder


def test_diff_tells_one_coarser_answer_from_another(tmp_path: Path) -> None:
    folder = draft(tmp_path, "maine.cedar", '@coarsen_to("month_yes_no")', '@coarsen_to("county")')

    done = law("diff", "us-me", folder, "--json")

    (change,) = json.loads(done.output)["changes"]
    told = {key: change[key] for key in ("before", "after", "opens", "duty", "requesters")}
    assert told == {
        "before": "coarsen to month_yes_no",
        "after": "coarsen to county",
        "opens": False,
        "duty": None,
        "requesters": ["health_provider"],
    }
    assert (
        "ALTERS what was answered less exactly (month_yes_no)"
        in law("diff", "us-me", folder).output
    )


def test_diff_tells_a_duty_that_is_dropped_and_one_that_is_added(tmp_path: Path) -> None:
    within = '@within("5 working days")'
    folder = draft(tmp_path, "duties.cedar", within, '@within("2 working days")')

    changes = json.loads(law("diff", "us-me", folder, "--json").output)["changes"]

    told = {(change["duty"], change["gained"]) for change in changes}
    assert {duty.rpartition(" within ")[2] for duty, _ in told} == {
        "5 working days",
        "2 working days",
    }
    assert {gained for duty, gained in told if duty.endswith("2 working days")} == {True}
    assert all(change["before"] == change["after"] for change in changes)


def test_no_difference_is_a_proof() -> None:
    done = law("diff", "us-me@2026-11-02", "us-me@2026-11-03")

    assert done.exit_code == 0
    assert "no difference: proved for every demand" in done.output


def test_a_day_that_is_none_is_refused() -> None:
    done = law("diff", "us-me@soon", "us-me")

    assert done.exception is not None
    assert "not a day" in str(done.exception)
