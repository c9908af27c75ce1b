"""``clerestory demand``: templates that release nothing, the codes that fit, a check."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from clerestory.cli import main
from clerestory.cli.exit_codes import ExitCode
from clerestory.demands.code_places import code_places
from clerestory.law.codes import load_vocabulary

ROOT = Path(__file__).parents[2]
PAPERS = sorted((ROOT / "profiles" / "maine-dhhs" / "papers").glob("*.yaml"))
KINDS = ["consent", "i-138", "letter", "matching", "own-record", "subpoena", "warrant"]


class Said(NamedTuple):
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command."""

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


SOUND = """format: clerestory-demand/1
id: T-1
title: "Made-up: a letter"
received: {date: 2026-03-02, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up police force", class: police_state}
purpose: locate_fugitive
subjects: [{ref: S1, relation: named}]
records: [{program: snap, fields: [S1.address]}]
"""


def test_the_common_papers_are_listed_with_what_they_are(run: Run) -> None:
    said = run("demand", "new")

    assert said.code == ExitCode.DONE
    assert [line.split()[0] for line in said.out.splitlines()] == KINDS
    assert "Form I-138: a subpoena that an immigration officer issues." in said.out


@pytest.mark.parametrize("kind", KINDS)
def test_each_template_is_written_checked_and_decided_and_releases_nothing(
    kind: str, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "mine.yaml"

    made = run("demand", "new", kind, "--out", out)
    checked = run("demand", "check", out)
    decided = run("decide", out, "--json")

    assert made.code == checked.code == decided.code == ExitCode.DONE, made.err + checked.out
    assert out.read_text("utf-8") == (PAPERS[KINDS.index(kind)]).read_text("utf-8")
    assert checked.out == "mine.yaml: can be read (FILL-IN-1)\n"
    answers = {ruling["outcome"] for ruling in json.loads(decided.out)["rulings"]}
    assert answers <= {"withhold", "refer_to_counsel"}


def test_a_template_goes_to_the_terminal_where_no_file_is_named(run: Run) -> None:
    said = run("demand", "new", "letter")

    assert said.out == (PAPERS[2]).read_text("utf-8")


def test_a_template_is_never_written_over_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine.yaml"
    out.write_text("mine")

    said = run("demand", "new", "letter", "--out", out)

    assert said.code == ExitCode.BAD_INPUT
    assert "code: demand-file-exists" in said.err
    assert out.read_text() == "mine"


@pytest.mark.parametrize(
    "words", [["new", "ransom"], ["new", "../catalogue"], ["new", "letter", "--profile", "../x"]]
)
def test_what_is_no_template_is_refused(words: list[str], run: Run) -> None:
    said = run("demand", *words)

    assert said.code == ExitCode.BAD_INPUT
    assert "code: demand-no-template" in said.err


def test_each_place_has_a_list_that_the_vocabulary_knows(run: Run) -> None:
    lists = load_vocabulary([ROOT / "packs" / "codes.yaml"]).lists

    said = run("demand", "codes")

    assert [line.split()[0] for line in said.out.splitlines()] == list(code_places())
    assert set(code_places().values()) <= set(lists)
    assert {
        "received.channel", "holder.agency", "requester.class", "instrument.kind", "purpose",
        "records.fields", "findings", "subjects.flags", "holds.kind", "agreements.purposes",
    } <= set(code_places())  # fmt: skip


def test_the_codes_of_a_place_have_their_meaning(run: Run) -> None:
    said = run("demand", "codes", "instrument.status")

    assert said.out.splitlines() == [
        "expired: its period of validity has ended.",
        "live: in force: neither expired, stayed, quashed nor withdrawn.",
        "quashed: a court has set it aside.",
        "stayed: a court has suspended its effect for now.",
        "unknown: not established; never read as live.",
        "withdrawn: the issuer has taken it back.",
    ]


def test_codes_are_found_by_a_word_and_a_proxy_is_marked(run: Run) -> None:
    said = run("demand", "codes", "records.fields", "--find", "Citizenship")
    told = run("demand", "codes", "records.fields", "--find", "citizenship", "--json")

    assert said.out == "citizenship [proxy]: a person's citizenship as recorded.\n"
    assert json.loads(told.out) == [
        {
            "place": "records.fields",
            "code": "citizenship",
            "means": "a person's citizenship as recorded.",
            "proxy": True,
        }
    ]


def test_a_word_that_no_code_has_is_an_answer_and_no_error(run: Run) -> None:
    said = run("demand", "codes", "purpose", "--find", "zzz")

    assert said.code == ExitCode.NO
    assert "no code fits" in said.out


def test_a_wrong_place_is_refused_with_the_nearest(run: Run) -> None:
    said = run("demand", "codes", "requester.clas")

    assert said.code == ExitCode.BAD_INPUT
    assert "code: demand-no-such-place" in said.err
    assert "did you mean requester.class?" in said.err


def test_every_fault_stands_on_a_line_of_its_own_and_nothing_is_written(
    run: Run, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SOUND)
    bad.write_text(SOUND.replace("T-1", "ME/1").replace("post", "pots"))

    said = run("demand", "check", good, bad, tmp_path / "gone.yaml")

    assert said.code == ExitCode.BAD_INPUT
    assert said.out.splitlines() == [
        "good.yaml: can be read (T-1)",
        "bad.yaml:2: id: an id has letters, digits, point, low line and hyphen, and no /: ME/1; "
        "write an id of your own, such as ME-2026-0041; the requester's number belongs in "
        "requester.reference",
        "bad.yaml:4: received.channel: unknown code: pots is not in the list channel; write one "
        "of: counter, email, fax, interface, phone, portal, post, served; did you mean post?",
        "there is no file gone.yaml; check the path",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "good.yaml"]


def test_a_check_answers_programs_too(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(SOUND.replace("{date: 2026-03-02", "{date: 2026-02-30"))

    said = run("demand", "check", bad, "--json")

    assert said.code == ExitCode.BAD_INPUT
    (told,) = json.loads(said.out)
    assert told["code"] == "demand-unreadable"
    assert told["faults"] == [
        {
            "line": 4,
            "key": "received.date",
            "what": "February 2026 has 28 days: 2026-02-30",
            "write_instead": "check the day on the paper",
            "told": "bad.yaml:4: received.date: February 2026 has 28 days: 2026-02-30; check the "
            "day on the paper",
        }
    ]


def test_a_casebook_is_checked_case_by_case(run: Run, tmp_path: Path) -> None:
    cases = ROOT / "packs" / "us-me" / "cases" / "story.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text(cases.read_text("utf-8").replace("class: ice", "class: iice", 1))

    assert run("demand", "check", cases).code == ExitCode.DONE
    said = run("demand", "check", bad)

    assert said.code == ExitCode.BAD_INPUT
    assert "cases[0].demand.requester.class: unknown code: iice" in said.out


def test_a_demand_of_a_state_without_a_pack_can_be_checked(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SOUND.replace("me-dhhs", "ny-otda").replace("us-me", "us-ny"))

    assert run("demand", "check", other).out == "other.yaml: can be read (T-1)\n"


def test_a_check_says_what_the_demand_leaves_open(run: Run, tmp_path: Path) -> None:
    two = tmp_path / "two.yaml"
    two.write_text(
        SOUND.replace("relation: named}", "relation: named}, {ref: S2, relation: named}").replace(
            "[S1.address]", "[S1.address, S2.address]"
        )
        + "instrument: {kind: letter, written: 'yes'}\n"
    )
    wanted = "add instrument.scope.persons_named: each person whom the paper itself names"

    assert run("demand", "check", two).out == (
        f"two.yaml: can be read (T-1)\nnot said in it: {wanted}\n"
    )
    (told,) = json.loads(run("demand", "check", two, "--json").out)
    assert told == {"file": "two.yaml", "demands": ["T-1"], "faults": [], "add": [wanted]}
