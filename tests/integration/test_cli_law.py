"""The commands on the law, as they are typed: answers, messages and exit codes."""

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.casebook import cases_of
from clerestory.cli.main import main
from clerestory.demands.reading import load_document, read_demand
from clerestory.law.activation import check_active, kept_law
from clerestory.law.errors import PackFault
from clerestory.law.packs import load_stack
from clerestory.policy.decide.engine import Engine
from fewer_cases import copy_packs

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to-add-a-ruling.md"
CHANGES = "packs/changes.toml"
CASE_FILE = ROOT / "packs" / "us-me" / "cases" / "permits-maine.yaml"

Ran = tuple[int, str, str]
Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program as if its arguments had been typed; return exit code and both outputs."""

    def typed(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["clerestory", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the packs with fewer known answers, and without the casebook beside them."""
    return copy_packs(ROOT / "packs", tmp_path / "packs")


def blocks(document: Path) -> list[tuple[str, str, str]]:
    """The code blocks of a document: language, text, and the file named just before."""
    found = []
    text = document.read_text("utf-8")
    for match in re.finditer(r"```(\w+)\n(.*?)```\n", text, re.DOTALL):
        named = re.findall(r"`(packs/[^`]+)`", text[: match.start()].rpartition("\n## ")[2])
        found.append((match[1], match[2], named[-1] if named else ""))
    return found


def test_a_lawyer_adds_a_ruling_as_the_document_says(copied: Path, run: Run) -> None:
    folder = copied.parent
    applied = []
    for language, text, file in blocks(HOW_TO):
        if file == CHANGES:
            continue
        if language in {"toml", "cedar"}:
            path = folder / file
            path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
            applied.append(file)
        elif language == "yaml":
            assert not (folder / file).exists()
            (folder / file).write_text(text, "utf-8")
            applied.append(file)

    code, said, _ = run("law", "check", "us-me", "--packs-dir", copied)

    assert applied == [
        "packs/us-me/authorities.toml",
        "packs/us-me/maine.cedar",
        "packs/us-me/cases/made-up-ruling.yaml",
    ]
    assert (code, said.splitlines()[-1][:9]) == (0, "no faults")
    case = cases_of(load_document(folder / applied[2]), applied[2])[0]
    outcomes = {}
    for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 9, 1)):
        stack = load_stack(copied, ["us-me"])
        decided = Engine.of(stack, day).decide(read_demand(case["demand"], stack.vocabulary))
        outcomes[day.isoformat()] = decided.overall, decided.rulings[0].authorities[0]
    assert outcomes == {
        "2026-08-31": ("release", "me-22-5328"),
        "2026-09-01": ("withhold", "ruling-made-up-2026"),
        "2027-09-01": ("withhold", "ruling-made-up-2026"),
    }


def filled_in(draft: str, document: str) -> str:
    """The draft, its blanks filled in from the table of the document for the same change."""
    says = {(table["before"], table["after"]): table for table in tomllib.loads(document)["answer"]}
    tables = []
    for text in re.split(r"(?m)^(?=\[\[)", draft):
        drafted = tomllib.loads(text).get("answer", [{}])[0]
        blanks = {key for key, value in drafted.items() if value == ""}
        for key in blanks:
            said = says[drafted["before"], drafted["after"]][key]
            text = re.sub(rf'(?m)^{key} = "".*$', f"{key} = {json.dumps(said)}", text)
        tables.append(text)
    return "".join(tables)


@pytest.mark.slow
def test_the_commands_of_the_document_do_what_it_says(copied: Path, run: Run) -> None:
    for language, text, file in blocks(HOW_TO):
        path = copied.parent / file
        if language in {"toml", "cedar", "yaml"} and file != CHANGES:
            before = path.read_text("utf-8") + "\n" if path.exists() else ""
            path.write_text(before + text, "utf-8")
    shell = "".join(text for language, text, _ in blocks(HOW_TO) if language == "sh")
    _, cases, show, diff, draft, activate = (line.split()[1:] for line in shell.splitlines())
    (reviewed,) = (text for _, text, file in blocks(HOW_TO) if (file, text[:2]) == (CHANGES, "[["))
    kept = copied / "active" / "reviewed"
    archived_before = set(kept.iterdir())
    law_before = (copied / "active.json").read_bytes()
    kept_before = kept_law(copied)
    assert draft[-1] == CHANGES

    score = run(
        *cases[:2], copied / "us-me" / "cases" / "made-up-ruling.yaml", "--packs-dir", copied
    )
    shown = run(*show, "--packs-dir", copied)
    compared = run(*diff, "--packs-dir", copied)
    refused = run(*draft[:-1], copied.parent / CHANGES, "--packs-dir", copied)
    law_refused = (copied / "active.json").read_bytes()
    drafted = (copied.parent / CHANGES).read_text("utf-8")
    listed = filled_in(drafted, reviewed)
    with pytest.raises(PackFault, match="not active"):
        check_active(load_stack(copied, ["us-me"]), copied)
    (copied.parent / CHANGES).write_text(listed, "utf-8")
    activated = run(*activate, "--packs-dir", copied)

    assert score[0] == 0
    assert score[1].splitlines()[-1] == "over-releases: 0"
    assert shown[0] == 0
    assert "me-community-services-not-to-tax-agency" in shown[1]
    assert "RULING-001" in shown[1]
    assert "CLOSES what was released is withheld" in compared[1]
    assert "ruling-made-up-2026" in compared[1]
    assert refused[0] == 1
    assert "3 changes are not reviewed" in refused[1]
    assert law_refused == law_before
    assert activated[0] == 0, activated[1]
    assert "active: they answer demands" in activated[1]
    (archived,) = set(kept.iterdir()) - archived_before
    assert archived.read_text("utf-8") == listed
    assert [
        (table["before"], table["after"], table["programs"], table["requesters"], table.get("case"))
        for table in tomllib.loads(listed)["answer"]
    ] == [
        ("release", "refer", ["liheap"], ["tax_agency"], "RULING-002"),
        ("release", "withhold", ["liheap"], ["tax_agency"], None),
        ("refer", "withhold", ["liheap"], ["tax_agency"], "RULING-003"),
    ]
    assert tomllib.loads((copied.parent / CHANGES).read_text("utf-8")) == {}
    assert (copied / "active.json").read_bytes() != law_before
    check_active(load_stack(copied, ["us-me"]), copied)
    law_kept = kept_law(copied)
    assert law_kept is not None
    assert law_kept != kept_before
    for name in ("us-me/maine.cedar", "us-federal/2-house.cedar"):
        assert (law_kept / name).read_bytes() == (copied / name).read_bytes()


def test_the_packs_that_come_with_the_program_are_clean(copied: Path, run: Run) -> None:
    # With every known answer: tests/unit/audit/test_missing_cases.py.
    code, said, _ = run("law", "check", "--json", "--packs-dir", copied)

    report = json.loads(said)
    assert report["faults"] == []
    assert code == 0
    assert {pack["name"] for pack in report["packs"]} == {"us-federal", "us-me"}
    assert report["cases"] > 200


def test_a_pack_with_broken_cedar_is_named_with_its_line(copied: Path, run: Run) -> None:
    path = copied / "us-me" / "duties.cedar"
    before = path.read_text("utf-8")
    path.write_text(before + '\n@id("me-new")\n@authority("me-1-408a")\npermit (principal;\n')

    code, said, _ = run("law", "check", "us-me", "--packs-dir", copied)

    line = before.count("\n") + 4
    assert code == 1
    assert f"us-me/duties.cedar:{line}: is not Cedar: unexpected token" in said


def test_a_broken_pack_is_not_used(copied: Path, run: Run) -> None:
    path = copied / "us-me" / "duties.cedar"
    path.write_text(path.read_text("utf-8") + "\npermit (principal;\n")

    code, _, said = run("law", "cases", CASE_FILE, "--packs-dir", copied)

    assert code == 2
    assert "code: law-pack-fault" in said
    assert "run `clerestory law check us-me`" in said


def test_a_missing_authority_is_named_with_its_line(copied: Path, run: Run) -> None:
    path = copied / "us-me" / "duties.cedar"
    text = path.read_text("utf-8")
    path.write_text(text.replace('@authority("me-1-408a")', '@authority("me-1-408b")', 1))

    code, said, _ = run("law", "check", "us-me", "--packs-dir", copied, "--json")

    faults = json.loads(said)["faults"]
    line = text[: text.index('@authority("me-1-408a")')].count("\n") + 1
    assert code == 1
    assert [(f["file"], f["line"]) for f in faults] == [("us-me/duties.cedar", line)]
    assert "cites me-1-408b, which no pack in use defines" in faults[0]["text"]


def test_an_unknown_code_is_named_with_what_is_close(copied: Path, run: Run) -> None:
    path = copied / "us-me" / "duties.cedar"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"public_records_request"', '"public_record_request"', 1))

    code, said, _ = run("law", "check", "us-me", "--packs-dir", copied)

    assert code == 1
    assert "tests paper.kind for public_record_request" in said
    assert "close to it: public_records_request" in said


def test_two_packs_in_conflict_are_both_named(copied: Path, run: Run) -> None:
    shutil.copytree(copied / "us-me", copied / "us-mx")
    manifest = copied / "us-mx" / "pack.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('"us-me"', '"us-mx"', 1))

    code, said, _ = run("law", "check", "--packs-dir", copied)

    assert code == 1
    assert "two packs in conflict: us-me and us-mx both define" in said


def test_a_pack_that_does_not_exist_is_refused(run: Run) -> None:
    code, _, said = run("law", "check", "us-zz")

    assert code == 2
    assert "error: there is no pack called us-zz" in said
    assert "code: law-no-pack" in said
    assert "next: choose one of: us-federal, us-me" in said


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path, run: Run) -> None:
    code, _, said = run("law", "show", "--packs-dir", tmp_path / "nowhere")

    assert code == 2
    assert "there is no folder of packs" in said


def test_the_folder_that_the_environment_names_is_used(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "packs" / "us-federal", tmp_path / "packs" / "us-federal")
    monkeypatch.setenv("CLERESTORY_HOME", str(tmp_path))

    code, said, _ = run("law", "show", "--json")

    assert code == 0
    assert [pack["name"] for pack in json.loads(said)["packs"]] == ["us-federal"]


def test_a_case_file_that_does_not_exist_is_refused(tmp_path: Path, run: Run) -> None:
    code, _, said = run("law", "cases", tmp_path / "none.yaml")

    assert code == 2
    assert "there is no file" in said
    assert "code: demand-unreadable" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "cases.yaml, line 1: the file is UTF-16 and not UTF-8"),
        (b"cases: [", "cases.yaml, line 1: a bracket is opened and not closed"),
        (b"cases: []", "holds no cases"),
        (b"just words", "holds no cases"),
        (b"cases: [{packs: [us-federal]}]", "this key is missing"),
    ],
)
def test_a_file_that_holds_no_cases_is_refused(
    content: bytes, message: str, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "cases.yaml"
    path.write_bytes(content)

    code, _, said = run("law", "cases", path)

    assert code == 2
    assert message in said


def test_a_case_that_cannot_be_read_is_named(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "cases.yaml"
    text = CASE_FILE.read_text("utf-8")
    path.write_text(text.replace("ref: S1", "ref: T1", 1))

    code, _, said = run("law", "cases", path)

    assert code == 2
    assert "case PM-001: cases.yaml, line 29, key cases[0].demand.subjects[0].ref: " in said


def test_an_empty_folder_of_cases_is_refused(tmp_path: Path, run: Run) -> None:
    code, _, said = run("law", "cases", tmp_path)

    assert code == 2
    assert "holds no case files" in said


def test_a_score_without_a_miss_ends_well(run: Run) -> None:
    code, said, _ = run("law", "cases", CASE_FILE)

    assert code == 0
    assert said.splitlines()[-2].startswith("19 passed, 0 failed, 0 not covered")
    assert said.splitlines()[-1] == "over-releases: 0"


def test_a_miss_and_an_over_release_are_told_apart(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "cases.yaml"
    text = CASE_FILE.read_text("utf-8")
    text = text.replace(
        "{S1.claims: release, S1.visit_dates: release}",
        "{S1.claims: withhold, S1.visit_dates: release}",
    )
    text = text.replace("rulings: {S1.claims: withhold}", "rulings: {S1.claims: refer_to_counsel}")
    path.write_text(text)

    code, said, _ = run("law", "cases", path)
    _, as_json, _ = run("law", "cases", path, "--json")

    lines = said.splitlines()
    assert code == 1
    assert lines[0].startswith("OVER-RELEASE  PM-002 on 2026-03-04: S1.claims")
    assert lines[-2].startswith("17 passed, 2 failed, 0 not covered")
    assert lines[-1] == "over-releases: 1"
    scored = json.loads(as_json)
    assert (scored["failed"], scored["over_releases"]) == (2, 1)
    missed = [case["case"] for case in scored["cases"] if not case["passed"]]
    assert missed == ["PM-002", "PM-003"]


def test_a_case_of_a_pack_that_is_not_here_is_not_covered(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "cases.yaml"
    text = CASE_FILE.read_text("utf-8")
    path.write_text(text.replace("packs: [us-federal, us-me]", "packs: [us-federal, us-zz]", 1))

    code, said, _ = run("law", "cases", path)

    assert code == 0
    assert "not covered   PM-001  (cases.yaml): there is no pack us-zz" in said
    assert "18 passed, 0 failed, 1 not covered" in said


def test_every_case_is_named_when_asked(run: Run) -> None:
    _, said, _ = run("law", "cases", "--verbose", CASE_FILE)

    assert said.count("\npassed ") + said.startswith("passed ") == 19


def test_an_authority_is_shown_with_all_that_rests_on_it(run: Run) -> None:
    code, said, _ = run("law", "show", "hipaa-164-509", "--on", "2025-06-18", "--json")

    card = json.loads(said)
    assert code == 0
    assert (card["valid_from"], card["valid_to"]) == ("2024-12-23", "2025-06-18")
    assert card["in_force"] is False
    assert "hipaa-reproductive-attestation" in [policy["id"] for policy in card["policies"]]
    for policy in card["policies"]:
        path = ROOT / "packs" / policy["file"]
        assert policy["id"] in path.read_text("utf-8").splitlines()[policy["line"] - 1]
        assert policy["text"] in path.read_text("utf-8")


def test_an_authority_is_shown_for_people(run: Run) -> None:
    code, said, _ = run("law", "show", "snap-7usc2020e8-E", "--on", "2026-01-01")

    assert code == 0
    assert said.startswith("7 U.S.C. 2020(e)(8)(E)")
    assert "on 2026-01-01: yes" in said
    assert "snap-fugitive: lifts the lock snap" in said
    assert re.search(r"decides in +.*FED-001", said)


def test_an_unknown_authority_is_refused_with_close_ones(run: Run) -> None:
    code, _, said = run("law", "show", "snap-7usc2020e8E")

    assert code == 2
    assert "no pack defines the authority snap-7usc2020e8E" in said
    assert "snap-7usc2020e8-E" in said


def test_the_packs_are_listed_with_the_days_on_which_their_law_changes(run: Run) -> None:
    code, said, _ = run("law", "show", "--json")

    packs = {pack["name"]: pack for pack in json.loads(said)["packs"]}
    assert code == 0
    assert {"2024-12-23", "2025-06-18"} <= set(packs["us-federal"]["boundaries"])
    assert packs["us-me"]["requires"] == ["us-federal"]
    assert len(packs["us-me"]["digest"]) == 64
