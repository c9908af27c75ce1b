"""``holdings find``, ``roster`` and ``lookups``, and whom ``disclose`` looks up. Made-up people."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.main import program
from clerestory.holdings import UNNAMED, LookupsAltered, RosterFault
from clerestory.holdings.made_up import DEMO_PEOPLE
from clerestory.kernel import Refusal

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"
PATIENT = next(demo for demo in DEMO_PEOPLE if demo.part == "hospital-patient")
ADULT = next(demo for demo in DEMO_PEOPLE if demo.part == "snap-adult")
WORDS = ("robert", "pinkham", "demonstration", "1974", "931-", "p2000", "quisenberry", "zebulon")


def type_words(*words: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(program, [str(word) for word in words], input=typed)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agency") / "agency"
    assert type_words("holdings", "make", folder, "--persons", "200", "--seed", "3").exit_code == 0
    return folder


@pytest.fixture
def agency(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "agency")


@pytest.fixture
def office(agency: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    done = type_words(
        "keys", "office", folder, "--origin", "log.example/test",
        "--source", agency / "agency.sqlite", "--index", agency / "persons.index",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    type_words("keys", "recipient", tmp_path / "agents", "--name", "agents.example/r")
    received = type_words("receive", *asked(folder, "2026-08-19T14:00Z"))
    assert received.exit_code == 0, received.output
    return folder


def asked(office: Path, at: str) -> list[str | Path]:
    return [STORY, "--case", "STORY-HOSPITAL", "--office", office, "--at", at]


def named(query: dict[str, str], demand: str = "STORY-HOSPITAL") -> str:
    return json.dumps({"demand": demand, "S1": query})


def disclose(office: Path, who: str | Path) -> Result:
    path = office.parent / "who.yaml"
    if isinstance(who, str):
        path.write_text(who, "utf-8")
    return type_words(
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", path,
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two",
    )  # fmt: skip


def lines_in(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "lookups.jsonl").read_text().splitlines()]


def everything_in(folder: Path) -> str:
    """Whatever a folder's files say, without digests, which may hold a figure by chance."""
    text = "".join(path.read_text("ascii").casefold() for path in sorted(folder.iterdir()))
    return " ".join(part for part in text.replace("\n", '"').split('"') if len(part) < 60)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_who_asks_with_a_wrong_name_learns_nothing_of_the_number(
    agency: Path, options: tuple[str, ...]
) -> None:
    born = str(PATIENT.person.born)
    for more in ({}, {"birth_date": born}, {"birth_date": born, "phone": "207-555-0199"}):
        told = [
            type_words(
                "holdings", "find", agency, *options,
                typed=json.dumps({"name": "Zebulon Quisenberry", "ssn": ssn, **more}),
            )
            for ssn in (str(PATIENT.person.ssn), "900-77-1234")
        ]  # fmt: skip

        assert told[0].output == told[1].output
        assert [one.exit_code for one in told] == [ExitCode.NO, ExitCode.NO]
        assert UNNAMED in told[0].output


def test_staff_see_the_reason_and_where_it_belongs(agency: Path) -> None:
    query = json.dumps({**PATIENT.query(), "birth_date": "1974-06-23"})

    answer = type_words("holdings", "find", agency, "--staff", typed=query)

    assert "for staff only, never for who asked:" in answer.output
    assert "birth-date-disagrees: " in answer.output


def test_each_look_up_is_recorded_beside_the_index_and_names_nobody(agency: Path) -> None:
    type_words("holdings", "find", agency, typed=json.dumps(PATIENT.query()))
    type_words("holdings", "find", agency, "--reason", "own-record",
               typed=json.dumps({**PATIENT.query(), "name": "Zebulon Quisenberry"}))  # fmt: skip
    folder = agency / "persons.index.lookups"

    assert [(one["outcome"], one["reason"]) for one in lines_in(folder)] == [
        ("found", "unstated"), ("name-disagrees", "own-record")
    ]  # fmt: skip
    assert not [word for word in WORDS if word in everything_in(folder)]
    for named in (folder, agency / "persons.index", agency):
        checked = type_words("holdings", "lookups", named)
        assert checked.output == "2 look-ups, each following the one before\n"


def test_an_office_says_what_a_look_up_is_for(agency: Path, office: Path) -> None:
    query = json.dumps(PATIENT.query())

    unsaid = type_words("holdings", "find", agency, "--office", office, typed=query)
    unknown = type_words(
        "holdings", "find", agency, "--office", office, "--demand", "NONE-SUCH", typed=query
    )
    without = type_words("holdings", "find", agency, "--demand", "STORY-HOSPITAL", typed=query)
    assert (unsaid.exit_code, without.exit_code) == (2, 2)
    assert isinstance(unknown.exception, Refusal)
    assert lines_in(office / "lookups") == []

    said = type_words(
        "holdings", "find", agency, "--office", office, "--demand", "STORY-HOSPITAL", typed=query
    )
    assert said.exit_code == ExitCode.DONE
    [line] = lines_in(office / "lookups")
    assert (line["demand"], line["number"], line["reason"]) == ("STORY-HOSPITAL", 1, "demand")


def test_without_a_record_there_is_no_answer(agency: Path) -> None:
    query = json.dumps(PATIENT.query())
    (agency / "persons.index.lookups").write_text("in the way")

    answer = type_words("holdings", "find", agency, typed=query)

    assert isinstance(answer.exception, OSError)
    assert PATIENT.person.person_id not in answer.output


def test_an_altered_record_is_an_alarm(agency: Path) -> None:
    query = json.dumps(PATIENT.query())
    type_words("holdings", "find", agency, typed=query)
    record = agency / "persons.index.lookups" / "lookups.jsonl"
    record.write_bytes(record.read_bytes().replace(b"found", b"fount"))

    checked = type_words("holdings", "lookups", record.parent)
    again = type_words("holdings", "find", agency, typed=query)

    assert isinstance(checked.exception, LookupsAltered)
    assert isinstance(again.exception, LookupsAltered)


def test_a_roster_is_answered_row_by_row(agency: Path, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "ref,name,birth_date,ssn\n"
        f"x1,{PATIENT.person.name},{PATIENT.person.born},{PATIENT.person.ssn}\n"
        f"x2,Zebulon Quisenberry,,{ADULT.person.ssn}\n"
        "x3,Zebulon Quisenberry,,900-77-1234\n"
    )

    plain = type_words("holdings", "roster", agency, roster, "--reason", "audit")
    listed = type_words("holdings", "roster", agency, roster, "--reason", "audit", "--json")

    assert plain.output.splitlines() == [
        f"row 1 (x1): found: {PATIENT.person.person_id}",
        "row 2 (x2): nobody is named",
        "row 3 (x3): nobody is named",
        "1 of 3 found",
    ]
    assert plain.exit_code == ExitCode.NO
    rows = json.loads(listed.output)["rows"]
    assert rows[1] | {"row": 3, "ref": "x3"} == rows[2]
    assert [one["ref"] for one in lines_in(agency / "persons.index.lookups")] == [
        "x1",
        "x2",
        "x3",
    ] * 2


def test_a_disclosure_records_whom_it_looked_up(office: Path) -> None:
    done = disclose(office, named(PATIENT.query()))

    assert done.exit_code == 0, done.output
    [line] = lines_in(office / "lookups")
    assert {name: line[name] for name in ("demand", "number", "ref", "outcome", "at")} == {
        "demand": "STORY-HOSPITAL", "number": 1, "ref": "S1", "outcome": "found",
        "at": "2026-10-21T15:00:00Z",
    }  # fmt: skip
    assert not [word for word in WORDS if word in everything_in(office / "lookups")]


def test_a_disclosure_refuses_alike_whether_the_number_exists_or_not(office: Path) -> None:
    told = set()
    for ssn in (str(ADULT.person.ssn), str(PATIENT.person.ssn), "900-77-1234"):
        refused = disclose(office, named({"name": "Zebulon Quisenberry", "ssn": ssn}))
        assert isinstance(refused.exception, Refusal)
        told.add((refused.exception.code, str(refused.exception), refused.exception.todo))

    [(code, message, _)] = told
    assert code == "answer-person-uncertain"
    assert message == f"S1: {UNNAMED}"
    assert {one["outcome"] for one in lines_in(office / "lookups")} == {
        "name-disagrees", "nobody-agrees"
    }  # fmt: skip
    assert not (office / "out").exists()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("S1: {name: A B, ssn: 911-11-0000}\nS1: {name: C D, ssn: 912-12-0000}\n", "twice"),
        ('S1: {name: A B, ssn: "٩٩٩٠٠٠٠٠"}\n', "the value cannot be read: ssn"),
        ("S1: {name: A B, shoe_size: 9}\n", "no such key of a person: shoe_size"),
        (
            "S1: {name: A B, ssn: 911-11-0000}\nS7: {name: C D, ssn: 912-12-0000}\n",
            "no such person",
        ),
        ("S2: {name: A B, ssn: 911-11-0000}\n", "nothing says whom the demand names as S1"),
        ("[]", "written by ref"),
        ("", "empty"),
    ],
)
def test_a_who_file_that_is_not_strict_is_refused_before_anybody_is_looked_up(
    office: Path, who: str, said: str
) -> None:
    refused = disclose(office, f"demand: STORY-HOSPITAL\n{who}" if who.startswith("S") else who)

    assert isinstance(refused.exception, RosterFault)
    assert said in f"{refused.exception}"
    assert lines_in(office / "lookups") == []
    assert not (office / "out").exists()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (named(PATIENT.query(), "STORY-OTHER"), "is for another demand than STORY-HOSPITAL"),
        (named(PATIENT.query(), "story-hospital"), "is for another demand than STORY-HOSPITAL"),
        (json.dumps({"S1": PATIENT.query()}), "does not say which demand it is for"),
        (json.dumps({"demand": None, "S1": PATIENT.query()}), "is for another demand"),
    ],
)
def test_a_who_file_of_another_demand_is_refused_before_anybody_is_looked_up(
    office: Path, who: str, said: str
) -> None:
    refused = disclose(office, who)

    assert isinstance(refused.exception, RosterFault)
    assert said in str(refused.exception)
    assert "STORY-OTHER" not in str(refused.exception)
    assert lines_in(office / "lookups") == []
    assert not (office / "out").exists()


def test_a_roster_for_another_demand_is_refused(office: Path) -> None:
    roster = office.parent / "who.json"
    roster.write_text(named(PATIENT.query(), "STORY-OTHER"), "utf-8")
    asked_for = ("holdings", "roster", office.parent / "agency", roster)

    refused = type_words(*asked_for, "--office", office, "--demand", "STORY-HOSPITAL")
    without = type_words(*asked_for, "--reason", "audit")

    assert isinstance(refused.exception, RosterFault)
    assert lines_in(office / "lookups") == []
    assert without.output.splitlines()[-1] == "1 of 1 found"


def test_a_number_in_other_digits_that_is_not_the_records_refuses(office: Path) -> None:
    who = {**PATIENT.query(), "ssn": "٩٩٩٠١٠٠٠٠"}

    refused = disclose(office, named(who))

    assert isinstance(refused.exception, Refusal)
    assert refused.exception.code == "answer-person-uncertain"
    assert [one["outcome"] for one in lines_in(office / "lookups")] == ["number-disagrees"]


def test_where_nothing_was_recorded_nothing_is_begun(office: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    checked = type_words("holdings", "lookups", empty)
    before = type_words("holdings", "lookups", office)
    disclose(office, named(PATIENT.query()))
    after = type_words("holdings", "lookups", office)

    assert checked.exit_code == 2
    assert "no look-up was ever recorded" in checked.output
    assert not list(empty.iterdir())
    assert before.output == "0 look-ups, each following the one before\n"
    assert after.output == "1 look-ups, each following the one before\n"


@pytest.mark.parametrize("gone", ["lookups", "lookups/lookups.key"])
def test_an_office_whose_record_of_look_ups_is_gone_looks_nobody_up(
    office: Path, gone: str
) -> None:
    path = office / gone
    (office / "lost").mkdir()
    path.rename(office / "lost" / path.name)
    before = sorted(office.rglob("*"))
    query = json.dumps(PATIENT.query())

    answers = [
        disclose(office, named(PATIENT.query())),
        type_words("holdings", "lookups", office),
        type_words(
            "holdings", "find", office.parent / "agency", "--office", office,
            "--demand", "STORY-HOSPITAL", typed=query,
        ),
    ]  # fmt: skip

    assert [type(one.exception) for one in answers] == [LookupsAltered] * 3
    assert {str(one.exception) for one in answers} == {
        "the record of look-ups was begun with the office, and has no lookups.key"
    }
    assert PATIENT.person.person_id not in "".join(one.output for one in answers)
    assert sorted(office.rglob("*")) == before
