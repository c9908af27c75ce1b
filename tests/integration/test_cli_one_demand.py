"""One demand, one number, one question: swapped files, two clerks at once, a killed run."""

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.cli.office import open_office
from clerestory.kernel import ClerestoryError, Corruption

HOME = Path(__file__).resolve().parents[2]
AT = ("--at", "2026-03-03T15:00Z")
SIGNED = ("--reviewer", "Made-up One", "--reviewer", "Made-up Two")
# A made-up letter that opens one field.
LETTER: dict[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "D-1",
    "title": "Made-up: a letter of an officer",
    "received": {"date": "2026-03-02", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "a made-up police force", "class": "police_state"},
    "instrument": {
        "kind": "letter", "issuer": "officer", "written": "yes", "status": "live",
        "scope": {"persons": "named", "count": 1, "fields": "stated"},
    },
    "purpose": "locate_fugitive",
    "grounds": ["fleeing_felony"],
    "subjects": [{"ref": "S1", "relation": "named", "applicant": "yes"}],
    "records": [{"program": "snap", "fields": ["S1.address", "S1.photo"]}],
    "findings": dict.fromkeys(
        ("requester_identified", "authority_stated", "official_capacity",
         "locating_is_official_duty", "identifier_matches_one_person", "requester_supplied_name",
         "written_request_complete"), "yes",
    ),
}  # fmt: skip
PAPER = LETTER["instrument"]
ORDER: dict[str, Any] = {
    "kind": "court_order", "issuer": "state_judge", "written": "yes", "status": "live",
    "scope": {"persons": "named", "count": 1, "fields": "stated"},
}  # fmt: skip


def paper(**changes: Any) -> dict[str, Any]:
    return {"instrument": {**PAPER, **changes}}


def scope(**changes: Any) -> dict[str, Any]:
    return paper(scope={**PAPER["scope"], **changes})


ICE = {
    "requester": {"body": "a made-up field office", "class": "ice"},
    "purpose": "immigration_enforcement",
}
PERSON = {"S1": {"name": "Amina Warsame Example", "birth_date": "1988-04-17"}}


def type_command(*words: str | Path) -> Result:
    return CliRunner().invoke(program, [str(word) for word in words])


def done(*words: str | Path) -> str:
    result = type_command(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(*words: str | Path) -> ClerestoryError:
    result = type_command(*words)
    assert isinstance(result.exception, ClerestoryError), (result.output, result.exception)
    assert result.exception.todo
    return result.exception


def write(office: Path, **changes: Any) -> Path:
    path = office.parent / "demand.yaml"
    demand = {**LETTER, **changes}
    # Each by its own sender's number: the same paper is received once.
    requester = {"reference": f"of {demand['id']}", **demand["requester"]}
    path.write_text(yaml.safe_dump({**demand, "requester": requester}))
    return path


def disclosing(office: Path, demand: Path) -> tuple[str | Path, ...]:
    demand_id = yaml.safe_load(demand.read_text())["id"]
    who = office.parent / f"who-{demand_id}.yaml"
    marks = {**PERSON["S1"], "ssn": "911-11-0000"}
    who.write_text(yaml.safe_dump({"demand": demand_id, "S1": marks}))
    return (
        "disclose", demand, "--office", office, "--who", who,
        "--recipient", office.parent / "agents" / "recipient.txt", *SIGNED, *AT,
    )  # fmt: skip


def entries(office: Path) -> int:
    with open_office(office).ledger() as ledger:
        return int(ledger.checkpoint().splitlines()[1])


def everything_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        (ICE, "requester, purpose"),
        ({"requester": {"body": "another made-up force", "class": "police_state"}}, "requester"),
        ({"records": [{"program": "snap", "fields": ["S1.address"]}]}, "records"),
        ({"records": [{"program": "tanf", "fields": ["S1.address", "S1.photo"]}]}, "records"),
        ({"subjects": [*LETTER["subjects"], {"ref": "S2", "relation": "named"}]}, "subjects"),
        ({"subjects": [{"ref": "S1", "relation": "household_member"}]}, "subjects"),
        ({"received": {"date": "2026-03-01", "channel": "post"}}, "received"),
        ({"holder": {**LETTER["holder"], "kind": "county"}}, "holder"),
        (paper(kind="administrative_subpoena"), "instrument"),
        (paper(form="i_138"), "instrument"),
        (paper(issuer="state_judge"), "instrument"),
        (paper(docket="D-99"), "instrument"),
        (paper(court={"name": "made-up", "jurisdiction": "us-nh"}), "instrument"),
        (paper(signed={"by": "Made-up", "on": "2026-02-01"}), "instrument"),
        (paper(valid={"from": "2026-02-01", "to": None}), "instrument"),
        (paper(returns_on="2026-05-01"), "instrument"),
        (scope(persons="class"), "scope"),
        (scope(count=2), "scope"),
        (scope(persons_named=["S1"]), "scope"),
        (scope(fields="everything"), "scope"),
        (scope(fields_named=["S1.photo"]), "scope"),
        (scope(programs=["snap"]), "scope"),
        ({"grounds": []}, "grounds"),
        ({"cited": ["imm-8usc1225d4"]}, "cited"),
        (paper(accompanies=[ORDER]), "accompanies 1"),
        ({"subjects": [{**LETTER["subjects"][0], "defined_by": ["language"]}]}, "defined_by"),
    ],
)
def test_nothing_is_answered_that_asks_something_else_than_was_received(
    office: Path, changes: dict[str, Any], parts: str
) -> None:
    done("receive", write(office, **changes), "--office", office, *AT)
    before = everything_in(office)
    swapped = write(office)

    for words in (disclosing(office, swapped), ("refuse", swapped, "--office", office, *AT)):
        fault = refused(*words)
        assert fault.code == "answer-other-demand"
        assert str(fault).endswith(f"received as D-1, number 1: {parts}")
    assert everything_in(office) == before


def over(start: str, end: str) -> dict[str, Any]:
    scope = {**LETTER["instrument"]["scope"], "period": {"from": start, "to": end}}
    return {**LETTER["instrument"], "scope": scope}


def test_a_period_that_was_asked_about_is_not_widened_and_an_open_one_may_be_stated(
    office: Path,
) -> None:
    done("receive", write(office, instrument=over("2026-01-01", "2026-02-01")),
         "--office", office, *AT)  # fmt: skip
    for wider in (over("2016-01-01", "2026-02-01"), over("2026-01-01", "2026-03-01")):
        fault = refused(*disclosing(office, write(office, instrument=wider)))
        assert str(fault).endswith("received as D-1, number 1: period")

    done("receive", write(office, id="D-2"), "--office", office, *AT)
    stated = write(office, id="D-2", instrument=over("2026-01-01", "2026-02-01"))
    assert "The answer to number 2 is sealed" in done(*disclosing(office, stated))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "letter"},
        {"issuer": "officer"},
        {"status": "live", "valid": {"from": "2026-02-01"}},
        {"scope": {**ORDER["scope"], "fields_named": ["S1.photo"]}},
        {"scope": {**ORDER["scope"], "period": {"from": "2026-01-01", "to": "2026-02-01"}}},
    ],
)
def test_what_came_with_a_paper_stays_as_it_was_and_more_may_come(
    office: Path, changes: dict[str, Any]
) -> None:
    done("receive", write(office, **paper(accompanies=[ORDER])), "--office", office, *AT)
    other = write(office, **paper(accompanies=[{**ORDER, **changes}]))
    assert str(refused(*disclosing(office, other))).endswith("number 1: accompanies 1")

    found = {**ORDER, "served": {"by": "made-up", "on": "2026-03-02"}, "enforced_by_order": "yes"}
    more = write(office, **paper(accompanies=[found, ORDER]))
    assert done(*disclosing(office, more)).startswith("The answer to number 1 is sealed")


def test_what_was_found_out_since_does_not_make_another_demand(office: Path) -> None:
    bare = {**LETTER["instrument"], "status": "unknown"}
    done("receive", write(office, findings={}, instrument=bare), "--office", office, *AT)

    told = done(*disclosing(office, write(office, title="Made-up: with its findings")))

    assert told.startswith("The answer to number 1 is sealed: log entry 2")


@pytest.mark.parametrize("first", ["D-1", "D-1-answer"])
def test_an_id_that_ends_like_a_record_keeps_its_own_number(office: Path, first: str) -> None:
    other = {"D-1": "D-1-answer", "D-1-answer": "D-1"}[first]
    done("receive", write(office, id=first), "--office", office, *AT)
    done("receive", write(office, id=other), "--office", office, *AT)

    for number, demand_id in enumerate((first, other), start=1):
        told = done(*disclosing(office, write(office, id=demand_id)))
        assert told.startswith(f"The answer to number {number} is sealed")
        assert refused("receive", write(office, id=demand_id), "--office", office).code == (
            "answer-received-already"
        )


def test_a_record_of_another_demand_is_not_taken(office: Path) -> None:
    done("receive", write(office), "--office", office, *AT)
    matters = office / "matters"
    # As on a disk that does not tell capitals apart.
    (matters / "D-1.json").rename(matters / "d-1.json")

    fault = refused(*disclosing(office, write(office, id="d-1")))

    assert fault.code == "office-record-unreadable"
    assert entries(office) == 1


def test_a_receipt_that_was_cut_short_is_found_in_the_log(office: Path) -> None:
    demand = write(office)
    done("receive", demand, "--office", office, *AT)
    note = office / "matters" / "D-1.json"
    kept = json.loads(note.read_bytes())
    note.unlink()

    fault = refused("receive", write(office, **ICE), "--office", office, *AT)
    assert fault.code == "answer-received-already"
    assert "as number 1" in str(fault)
    assert not note.exists()
    assert (
        done("receive", write(office), "--office", office, *AT)
        == "Demand D-1 is received as number 1.\n"
    )

    assert json.loads(note.read_bytes()) == kept
    assert entries(office) == 1


def test_an_answer_that_was_cut_short_is_found_in_the_log(office: Path) -> None:
    demand = write(office)
    done("receive", demand, "--office", office, *AT)
    first = done(*disclosing(office, demand))
    assert entries(office) == 3
    for path in (office / "out").iterdir():
        path.unlink()

    again = done(*disclosing(office, demand))

    assert (
        again.splitlines()[0]
        == first.splitlines()[0]
        == "The answer to number 1 is sealed: log entry 2."
    )
    assert entries(office) == 3


def at_once(commands: list[tuple[str | Path, ...]]) -> list[tuple[int, str]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", "from clerestory.cli.main import main; main()",
             *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(HOME / "src")},
        )
        for words in commands
    ]  # fmt: skip
    return [(one.wait(), one.communicate()[0]) for one in started]


def test_two_clerks_at_once_draw_one_number_and_seal_each_their_own(office: Path) -> None:
    one = write(office).rename(office.parent / "one.yaml")
    two = write(office, id="D-2").rename(office.parent / "two.yaml")
    received = at_once([("receive", one, "--office", office, *AT)] * 3)
    assert sorted(code for code, _ in received) == [0, 2, 2], received
    assert entries(office) == 1
    done("receive", two, "--office", office, *AT)

    sealed = at_once([disclosing(office, one), disclosing(office, two)])

    assert [code for code, _ in sealed] == [0, 0], sealed
    assert sorted(path.name for path in (office / "out").glob("*.age")) == [
        "D-1.tar.age", "D-2.tar.age",
    ]  # fmt: skip
    assert not (office / "sealing").exists() or not any((office / "sealing").iterdir())


@pytest.mark.parametrize(
    ("holder", "said"),
    [
        ({"jurisdiction": "us-federal"}, "jurisdiction us-me, and the demand says "
         "holder.jurisdiction: us-federal"),
        ({"agency": "me-county-jail"}, "agency me-dhhs, and the demand says holder.agency: "
         "me-county-jail"),
    ],
)  # fmt: skip
def test_a_demand_for_another_holder_is_neither_received_nor_answered(
    office: Path, holder: dict[str, str], said: str
) -> None:
    before = everything_in(office)
    demand = write(office, holder={**LETTER["holder"], **holder})

    for words in (
        ("receive", demand, "--office", office, *AT),
        disclosing(office, demand),
        ("refuse", demand, "--office", office, *AT),
    ):
        fault = refused(*words)
        assert fault.code == "answer-other-holder"
        assert said in str(fault)
    assert everything_in(office) == before


def test_no_answer_leaves_out_the_law_of_its_holder(office: Path) -> None:
    demand = write(office)
    done("receive", demand, "--office", office, *AT)
    before = everything_in(office)

    for words in (disclosing(office, demand), ("refuse", demand, "--office", office, *AT)):
        fault = refused(*words, "--pack", "us-federal")
        assert fault.code == "answer-other-law"
        assert str(fault).endswith("its holder, us-me, and the packs are us-federal")
    assert everything_in(office) == before
    assert done(*disclosing(office, demand), "--pack", "us-me")


def test_a_template_is_not_received_under_its_own_id(office: Path) -> None:
    before = everything_in(office)

    for demand_id in ("FILL-IN-1", "fill-in-2"):
        fault = refused("receive", write(office, id=demand_id), "--office", office, *AT)
        assert fault.code == "answer-template-id"

    assert everything_in(office) == before


@pytest.mark.parametrize(
    "lower",
    [
        ("S1.address=withhold", "S1.address=refer_to_counsel"),
        ("S1.address=withhold", "snap/S1.address=refer_to_counsel"),
        ("snap/S1.address=refer_to_counsel", "S1.address=withhold"),
    ],
)
def test_of_two_answers_for_one_field_none_is_taken_in_silence(
    office: Path, lower: tuple[str, str]
) -> None:
    fault = refused("decide", write(office), "--lower", lower[0], "--lower", lower[1])

    assert fault.code == "review-twice"
    assert "snap/S1.address" in str(fault)
    twice = ("--lower", "S1.photo=refer_to_counsel") * 2
    assert "TO COUNSEL (lowered)" in done("decide", write(office), *twice, "--brief")


@pytest.mark.parametrize(
    "second", ["Made-up  One", " made-up one ", "Made-up\u00a0One", "\uff2dade-up One"]
)
def test_spaces_and_capitals_make_no_second_reviewer(office: Path, second: str) -> None:
    demand = write(office)
    done("receive", demand, "--office", office, *AT)
    words = [*disclosing(office, demand)]
    words[words.index("Made-up Two")] = second

    assert refused(*words).code == "answer-needs-two"
    assert entries(office) == 1


def test_an_office_reads_the_same_records_from_every_folder(
    agency: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(agency.parent)
    done(
        "keys", "office", tmp_path / "office", "--origin", "log.example/one",
        "--source", f"{agency.name}/agency.sqlite", "--index", f"{agency.name}/persons.index",
    )  # fmt: skip

    office = open_office(tmp_path / "office")

    assert (office.source, office.index) == (
        str(agency / "agency.sqlite"), agency / "persons.index",
    )  # fmt: skip


def test_an_office_keeps_the_address_of_a_database_as_it_is(tmp_path: Path) -> None:
    address = "postgresql://db.example/records"
    done(
        "keys", "office", tmp_path / "office", "--origin", "log.example/one",
        "--source", address, "--index", tmp_path / "persons.index",
    )  # fmt: skip

    assert open_office(tmp_path / "office").source == address


def test_the_next_command_after_a_template_works_with_a_space_in_the_path(tmp_path: Path) -> None:
    path = tmp_path / "my demand.yaml"

    told = done("demand", "new", "letter", "--out", path).splitlines()[-1]

    words = shlex.split(told.partition("then: clerestory ")[2])
    assert words == ["demand", "check", str(path)]
    assert done(*words).startswith("my demand.yaml: can be read")


def test_codes_of_a_pack_that_is_not_there_are_not_left_out_in_silence() -> None:
    assert refused("demand", "codes", "grounds", "--pack", "us-zz").code == "law-no-pack"
    assert done("demand", "codes", "grounds", "--pack", "us-me")


def test_the_codes_of_a_paper_deep_inside_are_named_by_a_place_that_there_is(
    office: Path,
) -> None:
    paper: dict[str, Any] = {"kind": "lettre"}
    for _ in range(10):
        paper = {"kind": "letter", "accompanies": [paper]}

    fault = refused("decide", write(office, instrument=paper))

    assert "`clerestory demand codes instrument.kind` lists" in fault.todo
    assert done("demand", "codes", "instrument.kind")


def refusing(office: Path, demand: Path, at: str, *more: str) -> tuple[str | Path, ...]:
    return ("refuse", demand, "--office", office, "--at", at, *more)


def test_a_demand_is_refused_once_whatever_day_it_is_typed_again(office: Path) -> None:
    demand = write(office, findings={})
    done("receive", demand, "--office", office, *AT)
    first = done(*refusing(office, demand, "2026-03-03T15:00Z"))
    assert first.startswith("Demand number 1 is refused: log entry 2.\n")
    letters = everything_in(office / "out")
    assert {path.name for path in letters} == {
        "D-1-2026-03-03-refusal.pdf", "D-1-2026-03-03-withheld.pdf",
    }  # fmt: skip

    for at in ("2026-03-03T16:00Z", "2026-03-09T15:00Z", "2026-04-01T15:00Z"):
        again = done(*refusing(office, demand, at)).splitlines()
        assert (
            again[0] == "Demand number 1 is refused already: log entry 2. Nothing was logged again."
        )
        assert again[1:] == first.splitlines()[1:]
        assert everything_in(office / "out") == letters
    assert entries(office) == 3

    for path in letters:
        path.unlink()
        done(*refusing(office, demand, "2026-05-01T15:00Z"))
        assert everything_in(office / "out") == letters
    assert entries(office) == 3


def test_a_second_refusal_for_other_reasons_is_another_demands(office: Path) -> None:
    demand = write(office, findings={})
    done("receive", demand, "--office", office, *AT)
    done(*refusing(office, demand, "2026-03-03T15:00Z"))
    before = everything_in(office)

    write(office)
    for at in ("2026-03-03T15:00Z", "2026-03-09T15:00Z"):
        other = ("--lower", "S1.address=refer_to_counsel", "--counsel", "Made-up")
        fault = refused(*refusing(office, demand, at, *other))
        assert fault.code == "answer-refused-already"
        assert "D-1 was refused already, log entry 2" in str(fault)
    # With what was found out since it is no refusal at all.
    assert refused(*refusing(office, demand, "2026-03-09T15:00Z")).code == (
        "answer-refused-already"
    )
    assert everything_in(office) == before


@pytest.mark.parametrize("kind", ["refusal", "withheld"])
def test_a_letter_that_was_altered_is_an_alarm_and_is_not_written_over(
    office: Path, kind: str
) -> None:
    demand = write(office, findings={})
    done("receive", demand, "--office", office, *AT)
    done(*refusing(office, demand, "2026-03-03T15:00Z"))
    letter = office / "out" / f"D-1-2026-03-03-{kind}.pdf"
    letter.write_bytes(letter.read_bytes() + b" ")
    before = everything_in(office)

    fault = refused(*refusing(office, demand, "2026-03-09T15:00Z"))

    assert (type(fault), fault.code) == (Corruption, "answer-letter-altered")
    assert letter.name in str(fault)
    assert everything_in(office) == before


TWO = {
    "subjects": [
        {"ref": "S1", "relation": "named", "applicant": "yes"},
        {"ref": "S2", "relation": "named", "applicant": "yes"},
    ],
}  # fmt: skip


def people(agency: Path, *keys: int) -> list[dict[str, str]]:
    """Marks of made-up people of the program that is asked about, as the agency holds them."""
    with sqlite3.connect(agency / "agency.sqlite") as source:
        rows = source.execute(
            "SELECT name, date_of_birth, ssn FROM people JOIN snap_cases USING (person_id) "
            "WHERE ssn IS NOT NULL ORDER BY person_id"
        ).fetchall()
    source.close()
    return [dict(zip(("name", "birth_date", "ssn"), rows[key], strict=True)) for key in keys]


def naming(office: Path, demand: Path, **marks: Any) -> tuple[str | Path, ...]:
    words = disclosing(office, demand)
    demand_id = yaml.safe_load(demand.read_text())["id"]
    (office.parent / f"who-{demand_id}.yaml").write_text(
        yaml.safe_dump({"demand": demand_id, **marks})
    )
    return words


def looked_up(office: Path) -> list[str]:
    lines = (office / "lookups" / "lookups.jsonl").read_text().splitlines()
    return [json.loads(line)["ref"] for line in lines]


def test_everybody_whom_the_paper_names_stands_in_the_file_once(office: Path, agency: Path) -> None:
    demand = write(office, **TWO)
    done("receive", demand, "--office", office, *AT)
    [one, two] = people(agency, 0, 1)

    for marks, said in (
        ({"S1": one}, "nothing says whom the demand names as S2"),
        ({"S2": two}, "nothing says whom the demand names as S1"),
        ({"S1": one, "S2": two, "S3": one}, "the demand has no such person"),
        ({"S1": one, "S2": one}, "are the same person"),
    ):
        fault = refused(*naming(office, demand, **marks))
        assert (fault.code, said in str(fault)) == ("roster-fault", True), fault
    assert looked_up(office) == []

    # Written otherwise, but one person: nobody is answered, though of S2 nothing would leave.
    same = {"name": one["name"].upper(), "ssn": one["ssn"]}
    assert refused(*naming(office, demand, S1=one, S2=same)).code == "answer-person-uncertain"
    assert looked_up(office) == ["S1", "S2"]
    assert entries(office) == 1

    # Who is not held, and is not answered about, keeps nobody else from their answer.
    stranger = {"name": "Zebulon Quisenberry Example", "birth_date": "1951-01-02",
                "ssn": "900-77-1234"}  # fmt: skip
    assert done(*naming(office, demand, S1=one, S2=stranger)).startswith(
        "The answer to number 1 is sealed"
    )


def test_an_answer_is_about_the_persons_who_were_named_when_the_paper_came(
    office: Path, agency: Path
) -> None:
    demand, [one, two, three] = write(office, **TWO), people(agency, 0, 1, 2)
    naming(office, demand, S1=one, S2=two)
    named = office.parent / "who-D-1.yaml"
    done("receive", demand, "--office", office, "--who", named, *AT)
    before = everything_in(office)

    for marks, who in (
        ({"S1": two, "S2": one}, "S1, S2"),
        ({"S1": three, "S2": two}, "S1"),
        ({"S1": one, "S2": three}, "S2"),
        ({"S1": {**one, "ssn": three["ssn"]}, "S2": two}, "S1"),
        ({"S1": {key: one[key] for key in ("name", "ssn")}, "S2": two}, "S1"),
    ):
        fault = refused(*naming(office, demand, **marks))
        assert fault.code == "answer-other-person"
        assert str(fault).endswith(f"when D-1 came or was answered, log entry 0: {who}")
    assert everything_in(office) == before
    assert not any(one["name"].encode() in content for content in before.values())

    more = {**two, "address": "1 Made-up Lane, Exampleton, ME 00011"}
    assert done(*naming(office, demand, S1=one, S2=more)).startswith(
        "The answer to number 1 is sealed"
    )


def test_a_paper_is_not_received_with_persons_that_it_does_not_name(
    office: Path, agency: Path
) -> None:
    demand, [one] = write(office, **TWO), people(agency, 0)
    before = everything_in(office)

    naming(office, demand, S1=one)
    fault = refused("receive", demand, "--office", office, "--who",
                    office.parent / "who-D-1.yaml", *AT)  # fmt: skip

    assert fault.code == "roster-fault"
    assert everything_in(office) == before


def own_agency(office: Path, agency: Path) -> Path:
    """Give the office a copy of its agency's records, which the test may change."""
    home = shutil.copytree(agency, office.parent / "agency")
    settings = office / "office.toml"
    settings.write_text(settings.read_text().replace(str(agency), str(home)))
    return home


@pytest.mark.parametrize("code", ["index-altered", "index-outdated"])
def test_an_index_that_finds_nobody_is_told_where_it_is_not_that_of_the_records(
    office: Path, agency: Path, code: str
) -> None:
    home = own_agency(office, agency)
    demand = write(office)
    done("receive", demand, "--office", office, *AT)
    if code == "index-altered":
        file, gone = home / "persons.index", "DELETE FROM person WHERE names LIKE '%warsame%'"
    else:
        file, gone = home / "agency.sqlite", "DELETE FROM people WHERE name LIKE '%Warsame%'"
    with closing(sqlite3.connect(file)) as written, written:
        assert written.execute(gone).rowcount > 0
    if code == "index-outdated":  # built before the person came, and not again
        done("holdings", "index", home / "agency.sqlite", home / "persons.index")
        shutil.copy(agency / "agency.sqlite", home / "agency.sqlite")

    assert refused(*disclosing(office, demand)).code == code
    assert not (office / "out").exists()


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO people SELECT * FROM copied",
        "UPDATE people SET name = 'Amina Warsame Example', date_of_birth = '1988-04-17' "
        "WHERE person_id = (SELECT max(person_id) FROM people)",
        "UPDATE people SET ssn = NULL WHERE person_id = (SELECT max(person_id) FROM people)",
        "DELETE FROM people WHERE person_id = (SELECT max(person_id) FROM people)",
    ],
)
def test_an_index_that_is_older_than_the_records_hides_no_second_person(
    office: Path, agency: Path, change: str
) -> None:
    home = own_agency(office, agency)
    demand = write(office)
    done("receive", demand, "--office", office, *AT)
    with sqlite3.connect(home / "agency.sqlite") as source:
        source.execute("CREATE TEMP TABLE copied AS SELECT * FROM people LIMIT 1")
        source.execute("UPDATE copied SET person_id = 'P99999999'")
        source.execute(change)
    source.close()

    fault = refused(*disclosing(office, demand))

    assert fault.code == "index-outdated"
    assert "holdings index" in fault.todo
    assert entries(office) == 1
    assert not (office / "out").exists()
