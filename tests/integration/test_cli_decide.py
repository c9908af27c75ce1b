"""``clerestory decide``, as a custodian types it."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from rich.cells import cell_len

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.main import main
from clerestory.demands.schema import check_shape

ROOT = Path(__file__).parents[2]

# Made up for these tests.
DOCUMENT: dict[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "T-1",
    "title": "a made-up demand",
    "received": {"date": "2026-03-02", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "Made Up Police, Officer Made Up", "class": "police_state"},
    "instrument": {
        "kind": "letter",
        "issuer": "officer",
        "written": "yes",
        "scope": {"persons": "named", "count": 1, "fields": "stated"},
        "status": "live",
    },
    "purpose": "locate_fugitive",
    "grounds": ["fleeing_felony"],
    "subjects": [{"ref": "S1", "relation": "named", "applicant": "yes"}],
    "records": [{"program": "snap", "fields": ["S1.address", "S1.phone"]}],
    "findings": {
        "requester_identified": "yes",
        "authority_stated": "yes",
        "official_capacity": "yes",
        "locating_is_official_duty": "yes",
    },
}


class Said(NamedTuple):
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]
Save = Callable[..., Path]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command."""
    monkeypatch.setenv("COLUMNS", "100")

    def typed(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["clerestory", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return typed


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Save the demand, with parts of it replaced."""

    def saved(name: str = "demand.yaml", **parts: Any) -> Path:
        path = tmp_path / name
        document = DOCUMENT | parts
        text = json.dumps(document) if name.endswith(".json") else yaml.safe_dump(document)
        path.write_text(text)
        return path

    return saved


def json_of(said: Said) -> dict[str, Any]:
    assert said.code == ExitCode.DONE, said.err
    document: dict[str, Any] = json.loads(said.out)
    check_shape(document, "determination")
    return document


def outcomes(said: Said) -> dict[str, str]:
    return {f"{r['subject']}.{r['field']}": r["outcome"] for r in json_of(said)["rulings"]}


# ---- For people.


def test_a_custodian_reads_the_answer_first_and_then_why(run: Run, save: Save) -> None:
    path = save()
    said, why = run("decide", path), run("decide", path, "--why")

    assert (said.code, why.code) == (ExitCode.DONE, ExitCode.DONE)
    assert said.err == why.err == ""
    lines = said.out.strip().splitlines()
    assert lines[0] == "1 of 2 fields may leave, 1 may not."
    assert lines[2].startswith("T-1  a made-up demand")
    assert lines[3].strip() == "received 2026-03-02 by mail, decided under the law of 2026-03-02"
    answer = (
        "S1 (named)",
        "+ RELEASE",
        "x WITHHOLD",
        "What must be done",
        "by 2026-03-02: write the demand to the log before its outcome is known",
        "next: two reviewers sign, then clerestory disclose",
    )
    reasons = ("7 U.S.C. 2020(e)(8)(E)", "would become", "Questions whose answers matter")
    assert [text for text in answer if text not in said.out] == []
    assert [text for text in (*answer, *reasons) if text not in why.out] == []
    assert [text for text in reasons if text in said.out] == []
    assert "add --why" in said.out
    assert "add --why" not in why.out


@pytest.mark.parametrize("option", [[], ["--brief"], ["--why"], ["--counsel"]])
def test_eighty_columns_hold_every_line_and_no_color_is_needed(
    option: list[str], run: Run, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save()
    monkeypatch.setenv("COLUMNS", "80")

    said = run("decide", path, *option).out

    assert max(map(len, said.splitlines())) <= 80
    assert [line for line in said.splitlines() if line != line.rstrip()] == []
    assert said.isascii()
    assert "\x1b" not in said
    assert said.splitlines()[0] == "1 of 2 fields may leave, 1 may not."
    cells = {cell.strip() for line in said.splitlines() for cell in line.split("  ")}
    assert {"+ RELEASE", "x WITHHOLD"} <= cells


@pytest.mark.parametrize("columns", ["80", "200"])
def test_no_known_demand_and_no_long_name_takes_more_than_eighty_columns(
    columns: str, run: Run, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    dockets, story = ROOT / "casebook" / "dockets.yaml", ROOT / "packs/us-me/cases/story.yaml"
    known: list[tuple[object, ...]] = [
        (dockets, "--case", "DK-01-ME-SNAP-2025-07", "--on", "2025-09-18"),
        (dockets, "--case", "DK-10-ME-CONGRESS-2025-09"),
        (story, "--case", "STORY-HOSPITAL", "--on", "2026-10-20"),
        (save("a.yaml", title="a" * 5_000),),
        (save("b.yaml", title="字" * 299),),
        (save("c.yaml", id="L" + "-1" * 31),),
    ]

    told = [run("decide", *words, "--why") for words in known]

    assert [said.err for said in told if said.code] == []
    lines = [line for said in told for line in said.out.splitlines()]
    assert [line for line in lines if cell_len(line) > 80] == []
    assert len(lines) > 100


def test_the_whole_reason_and_the_steps_of_each_clock_are_there_for_the_asking(
    run: Run, save: Save
) -> None:
    path = save()

    short, whole = run("decide", path, "--why").out, run("decide", path, "--counsel").out

    assert "2026-03-02: the same day" in whole
    assert "2026-03-02: the same day" not in short
    assert "Withheld under 7 U.S.C. 2020(e)(8)" in whole
    assert "Withheld under" not in short
    assert run("decide", path, "--counsel", "--why", "--brief").out == whole


@pytest.mark.parametrize(
    ("parts", "next_step"),
    [
        ({"requester": {"class": "landlord"}}, "next: clerestory refuse"),
        (
            {
                "requester": {"class": "grand_jury"},
                "instrument": {
                    "kind": "grand_jury_subpoena",
                    "issuer": "grand_jury",
                    "status": "live",
                    "scope": {"fields": "stated"},
                },
                "purpose": "criminal_investigation",
            },
            "next: give this to counsel; nothing leaves meanwhile",
        ),
    ],
)
def test_the_last_line_says_what_comes_next(
    parts: dict[str, Any], next_step: str, run: Run, save: Save
) -> None:
    assert run("decide", save(**parts)).out.strip().endswith(next_step)


def test_a_demand_for_everyone_is_decided_without_listing_anyone(run: Run, save: Save) -> None:
    said = run(
        "decide",
        save(
            requester={"class": "fns", "component": "fns"},
            purpose="bulk_database",
            grounds=[],
            instrument={
                "kind": "letter",
                "status": "live",
                "scope": {
                    "persons": "class",
                    "count": "all",
                    "fields": "stated",
                    "period": {"from": "2020-01-01", "to": None},
                },
            },
            subjects=[{"ref": "S*", "relation": "class", "defined_by": ["all_program_households"]}],
            records=[{"program": "snap", "fields": ["S*.name", "S*.ssn", "S*.address"]}],
        ),
    )

    assert said.code == ExitCode.DONE
    assert "everyone since" in said.out
    assert "2020-01-01" in said.out
    assert " RELEASE" not in said.out
    assert "None of 3 fields may leave." in said.out
    assert "do not search the records to answer this demand" in said.out


@pytest.mark.parametrize(
    ("relation", "said"),
    [("unknown", "S2 (unknown)"), ("household_member", "S2 (household member)")],
)
def test_one_person_is_never_shown_as_everyone(
    relation: str, said: str, run: Run, save: Save
) -> None:
    subjects = [*DOCUMENT["subjects"], {"ref": "S2", "relation": relation}]

    shown = run("decide", save(subjects=subjects))

    assert "everyone" not in shown.out
    assert said in " ".join(shown.out.split())


def test_nothing_that_was_typed_about_anybody_is_printed_but_the_title(
    run: Run, save: Save
) -> None:
    path = save()

    for option in ([], ["--why"], ["--counsel"], ["--json"]):
        said = run("decide", path, *option)
        assert "Made Up" not in said.out
        assert "Made Up" not in said.err


def test_marks_in_a_title_are_printed_as_they_stand(run: Run, save: Save) -> None:
    assert "[bold red]x[/]" in run("decide", save(title="[bold red]x[/]")).out


# ---- For programs.


def test_the_json_follows_the_published_schema(run: Run, save: Save) -> None:
    document = json_of(run("decide", save(), "--json"))

    assert document["demand"] == "T-1"
    assert document["overall"] == "partial"
    assert [r["outcome"] for r in document["rulings"]] == ["release", "withhold"]
    assert document["alarms"] == []


def test_a_demand_in_json_gets_the_same_answer(run: Run, save: Save) -> None:
    yaml_said = run("decide", save("demand.yaml"), "--json")
    json_said = run("decide", save("demand.json"), "--json")

    assert json_of(yaml_said) == json_of(json_said)


def test_a_case_of_a_casebook_is_taken_as_it_stood_on_the_day(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    steps = [
        {"from": "2026-03-02"},
        {"from": "2026-04-01", "findings": {"official_capacity": "no"}},
    ]
    case = {"packs": ["us-federal"], "demand": DOCUMENT, "expect": steps}
    path.write_text(yaml.safe_dump({"cases": [case]}))

    first = run("decide", path, "--case", "T-1", "--json")
    later = run("decide", path, "--case", "T-1", "--on", "2026-04-01", "--json")

    assert outcomes(first)["S1.address"] == "release"
    assert outcomes(later)["S1.address"] == "withhold"


def test_a_casebook_without_a_case_named_says_how_to_name_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    case = {"packs": ["us-federal"], "demand": DOCUMENT, "expect": [{"from": "2026-03-02"}]}
    path.write_text(yaml.safe_dump({"cases": [case]}))

    unnamed = run("decide", path)
    unknown = run("decide", path, "--case", "T-9")

    assert (unnamed.code, unknown.code) == (ExitCode.BAD_INPUT, ExitCode.BAD_INPUT)
    assert "name one of its cases, for example --case T-1" in unnamed.err
    assert "choose one of: T-1" in unknown.err


@pytest.mark.parametrize("cases", [[], None, ["a"], {"a": 1}])
def test_a_casebook_without_cases_is_bad_input(cases: object, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(yaml.safe_dump({"cases": cases}))

    assert run("decide", path).code == ExitCode.BAD_INPUT


def test_the_answer_alone_is_there_for_the_asking(run: Run, save: Save) -> None:
    path = save()

    whole, brief = run("decide", path, "--why").out, run("decide", path, "--brief").out

    assert "RELEASE" in brief
    assert "7 U.S.C. 2020(e)(8)(E)" in brief
    assert len(brief) < len(whole)
    assert "would become" not in brief


# ---- The day and the packs.


def test_another_day_brings_another_law(run: Run, save: Save) -> None:
    path = save(
        received={"date": "2025-06-17", "channel": "post"},
        requester={"class": "medicaid_fraud_unit"},
        purpose="provider_fraud",
        grounds=[],
        records=[{"program": "mainecare", "fields": ["S1.claims"]}],
        findings={
            "requester_identified": "yes",
            "authority_stated": "yes",
            "phi_potentially_reproductive": "yes",
        },
    )

    later = json_of(run("decide", path, "--json", "--on", "2026-03-02"))
    at_once = json_of(run("decide", path, "--json"))

    assert (later["on"], at_once["on"]) == ("2026-03-02", "2025-06-17")
    assert later["rulings"][0]["outcome"] == "release"
    assert at_once["rulings"][0]["outcome"] != "release"


def test_no_day_before_the_demand_came_answers_it(run: Run, save: Save) -> None:
    said = run("decide", save(), "--on", "2026-03-01")

    assert (said.code, said.out) == (ExitCode.BAD_INPUT, "")
    assert "2026-03-01 is before 2026-03-02" in said.err
    assert "answer-before-receipt" in said.err


def test_the_packs_follow_from_the_holder_unless_they_are_named(run: Run, save: Save) -> None:
    path = save()

    own = json_of(run("decide", path, "--json"))
    federal = json_of(run("decide", path, "--json", "--pack", "us-federal"))
    named = json_of(run("decide", path, "--json", "--pack", "us-me"))

    assert [pack.split()[0] for pack in own["packs"]] == ["us-federal", "us-me", "codes"]
    assert [pack.split()[0] for pack in federal["packs"]] == ["us-federal", "codes"]
    assert named["pack_digest"] == own["pack_digest"] != federal["pack_digest"]


def test_a_state_whose_law_is_not_written_yet_is_not_decided_in_silence(
    run: Run, save: Save
) -> None:
    holder = {"agency": "ny-otda", "kind": "state_agency", "jurisdiction": "us-ny"}

    said = run("decide", save(holder=holder))

    assert said.code != ExitCode.DONE or "us-ny" in said.out + said.err


def test_the_packs_of_another_folder_are_used_with_the_codes_that_they_add(
    run: Run, save: Save, tmp_path: Path
) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", packs)
    (packs / "us-me" / "codes.yaml").write_text(
        "grounds:\n  a_ground_of_this_test: {means: made up for a test.}\n"
    )

    said = run("decide", save(), "--json", "--packs-dir", packs)

    assert outcomes(said)["S1.address"] == "release"


# ---- Bad input.


@pytest.mark.parametrize(
    ("parts", "code", "said"),
    [
        ({"purpose": "locate_fugitives"}, "law-unknown-code", "did you mean locate_fugitive?"),
        ({"holder": DOCUMENT["holder"] | {"agency": "me-dhs"}}, "law-unknown-code", "me-dhhs"),
        ({"subjects": []}, "demand-unreadable", "key subjects: the list is empty"),
        (
            {"records": [{"program": "snap", "fields": ["S2.address"]}]},
            "demand-unreadable",
            "add S2 to subjects",
        ),
        (
            {"instrument": {"kind": "letter", "valid": {"from": "2026-03-02", "to": "2026-01-01"}}},
            "demand-dates-contradict",
            "check both dates",
        ),
    ],
)
def test_a_demand_that_cannot_be_used_says_what_to_do(
    parts: dict[str, Any], code: str, said: str, run: Run, save: Save
) -> None:
    result = run("decide", save(**parts), "--json")

    assert result.code == ExitCode.BAD_INPUT
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert f"  code: {code}\n" in result.err
    assert "  next: " in result.err
    assert said in result.err


def test_a_missing_file_an_unknown_pack_and_a_wrong_day_are_bad_input(
    run: Run, save: Save, tmp_path: Path
) -> None:
    path = save()

    missing = run("decide", tmp_path / "gone.yaml")
    unknown = run("decide", path, "--pack", "us-xx")
    nowhere = run("decide", path, "--packs-dir", tmp_path / "gone")
    wrong_day = run("decide", path, "--on", "yesterday")
    bare = run("decide")

    for result in (missing, unknown, nowhere, wrong_day, bare):
        assert result.code == ExitCode.BAD_INPUT
        assert result.out == ""
    assert "there is no file gone.yaml" in missing.err
    assert "there is no pack called us-xx" in unknown.err
    assert "us-federal, us-me" in unknown.err
    assert "there is no folder of packs" in nowhere.err
    assert "yesterday" in wrong_day.err
    assert "Usage:" in bare.err


def test_a_pack_with_a_broken_policy_is_named_with_its_line(
    run: Run, save: Save, tmp_path: Path
) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", packs)
    with (packs / "us-me" / "maine.cedar").open("a") as file:
        file.write("\npermit (principal, action, resource) when { nonsense };\n")

    result = run("decide", save(), "--packs-dir", packs)

    assert result.code == ExitCode.BAD_INPUT
    assert "maine.cedar:" in result.err
    assert "clerestory law check us-me" in result.err


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_the_machines_trouble(run: Run, save: Save) -> None:
    path = save()
    path.chmod(0)

    result = run("decide", path)

    assert result.code == ExitCode.MACHINE
    assert "next: check the disk, the path and its rights" in result.err


def test_a_folder_is_no_demand(run: Run, tmp_path: Path) -> None:
    result = run("decide", tmp_path)

    assert result.code in {ExitCode.BAD_INPUT, ExitCode.MACHINE}
    assert result.err.startswith("error: ")
    assert "next: " in result.err


def test_nothing_is_written_by_deciding(run: Run, save: Save, tmp_path: Path) -> None:
    path = save()
    before = path.read_bytes()

    run("decide", path)

    assert [p.name for p in tmp_path.iterdir()] == ["demand.yaml"]
    assert path.read_bytes() == before


def test_persons_with_the_same_answers_stand_in_one_column(run: Run, save: Save) -> None:
    refs = [f"S{n}" for n in range(1, 2002)]
    subjects = [{"ref": ref, "relation": "listed_row"} for ref in refs]
    subjects[6] = {"ref": "S7", "relation": "household_member"}
    demand = {
        "instrument": DOCUMENT["instrument"] | {"scope": {"persons": "listed", "fields": "stated"}},
        "subjects": subjects,
        "records": [
            {"program": "snap", "fields": [f"{r}.{name}" for r in refs for name in ("ssn", "name")]}
        ],
    }

    said = run("decide", save(**demand), "--why")

    assert said.code == 0
    assert said.out.strip().startswith("None of 4,002 fields of 2,001 persons may leave.")
    assert {"S1 to S6, S8 to S2001", "(listed row)"} <= {*re.split(r"\s{2,}", said.out)}
    assert "S7 (household member)" in said.out
    assert "WITHHOLD snap ssn, name of S1 to S" in said.out
    assert "S1000" not in said.out


def test_a_list_with_very_many_different_answers_is_told_without_a_table(
    run: Run, save: Save
) -> None:
    names = ("ssn", "name", "photo", "phone", "email", "wages", "assets")
    demand = {
        "instrument": DOCUMENT["instrument"] | {"scope": {"persons": "listed", "fields": "stated"}},
        "subjects": [{"ref": f"S{n}", "relation": "listed_row"} for n in range(1, 8)],
        "records": [
            {"program": "snap", "fields": [f"S{n}.{name}" for n, name in enumerate(names, 1)]}
        ],
    }

    said = run("decide", save(**demand))

    assert "7 subjects have 7 different answers, too many to stand side by side" in said.out
    assert all(f"S{n}.{name}" in said.out for n, name in enumerate(names, 1))
