"""Known answers that are wanted, as files: the demand and the law are there, the answer is not."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.case_drafts import drafts
from clerestory.audit.casebook import Casebook, cases_of
from clerestory.audit.grading import Grading, Wanted
from clerestory.audit.pack_check import check_packs
from clerestory.cli.main import main
from clerestory.demands.errors import BadDemand
from clerestory.demands.reading import load_document

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def check(packs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``law check`` on the made-up pack; return the exit code and what is printed."""

    def typed(*arguments: object) -> tuple[int, str]:
        given = ["--packs-dir", packs, "--on", "2026-03-02", *arguments]
        monkeypatch.setattr("sys.argv", ["clerestory", "law", "check", *map(str, given)])
        with pytest.raises(SystemExit) as stop:
            main()
        return int(stop.value.code or 0), capsys.readouterr().out

    return typed


def wanted(packs: Path) -> list[Wanted]:
    grading = Grading(packs, date(2026, 3, 2), plain=True)
    return grading.grade(check_packs(packs).coverage)[1]


def test_a_draft_says_the_law_and_asks_for_the_answer(packs: Path) -> None:
    files = drafts(wanted(packs))

    assert list(files) == ["aa-officer-lifts"]
    text = files["aa-officer-lifts"]
    assert text.count("- format: clerestory-case/1") == 5
    assert text.count("# It lacks only: ") == 5
    assert "# It lacks only: the purpose is to find a person who flees the law\n" in text
    assert text.count("# Made-up Code 1: An effect.\n") == 5
    assert text.count("    overall:\n    rulings:\n") == 5
    answers = text.split("expect:")[1:]
    for outcome in ("release", "coarsen", "withhold", "refer_to_counsel"):
        assert not any(outcome in answer.split("\n\n")[0] for answer in answers)


def test_a_draft_without_answers_is_refused_and_one_with_answers_counts(
    packs: Path,
) -> None:
    text = drafts(wanted(packs))["aa-officer-lifts"]
    file = packs / "us-aa" / "cases" / "drafts.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(BadDemand) as refused:
        cases_of(load_document(file), file.name)
    assert "drafts.yaml" in str(refused.value)
    assert "expect[0].overall" in str(refused.value)
    assert "write release" not in str(refused.value)

    file.write_text(re.sub(r"(overall|S[1*]\.\w+):\n", r"\1: withhold\n", text), "utf-8")
    report = check_packs(packs)

    assert list(report.faults) == []
    assert report.coverage.shown == 6
    assert report.coverage.missing == ()
    assert [score.case for score in Casebook(packs).run([file]) if not score.passed] == []


def test_the_command_grades_the_conditions_and_says_the_counts(check: Run) -> None:
    code, said = check("--conditions")
    *named, counted, summed = said.splitlines()

    assert code == 0
    assert len(named) == 5
    assert all(line.endswith(" (grave)") for line in named)
    assert counted == (
        "1 of 6 conditions of permits have a known answer in which they alone fail; "
        "5 lack one: 5 grave"
    )
    assert summed.startswith("no faults")


def test_a_program_is_told_the_grade_of_each_condition(check: Run) -> None:
    asked = json.loads(check("--conditions", "--json")[1])["conditions"]
    not_asked = json.loads(check("--json")[1])["conditions"]

    assert asked["grades"] == {"grave": 5}
    assert {one["grade"] for one in asked["missing"]} == {"grave"}
    assert not_asked["grades"] == {}
    assert {one["grade"] for one in not_asked["missing"]} == {None}


def test_the_command_writes_drafts_and_keeps_those_that_are_there(
    check: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "drafts"
    path = folder / "aa-officer-lifts.yaml"

    code, said = check("--draft", folder)
    assert (code, said.splitlines()[-1]) == (0, f"wrote {path}")
    assert [each.name for each in folder.iterdir()] == [path.name]
    assert path.read_text("utf-8").count("It lacks only") == 5

    path.write_text("filled in", "utf-8")
    code, said = check("--draft", folder)
    assert (code, said.splitlines()[-1]) == (0, f"kept {path}, which was there")
    assert path.read_text("utf-8") == "filled in"


def test_a_pack_with_a_fault_gets_no_drafts(check: Run, packs: Path, tmp_path: Path) -> None:
    (packs / "us-aa" / "authorities.toml").write_text("nonsense")
    folder = tmp_path / "drafts"

    code, said = check("--draft", folder)

    assert code == 1
    assert "wrote" not in said
    assert not folder.exists()
