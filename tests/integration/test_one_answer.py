"""One demand has one answer, whatever was cut short and on whatever day it is typed again."""

import shutil
from pathlib import Path

import pytest

from clerestory.cli.office import open_office
from clerestory.ledger import EventType
from clerestory.ledger.repeats import fields_of
from hostile.running import Done, must, type_in
from hostile.world import STORY, WHO
from made_up_office import copy_office

Words = list[str | Path]
CASE = "STORY-HOSPITAL"
# What the court ordered between the refusal and the answer.
ORDERED = [
    "--changed", "findings.issued_in_court_proceeding", "--changed", "findings.order_stayed",
    "--changed", "instrument.enforced_by_order",
]  # fmt: skip
FIRST, LATER = "2026-10-21T15:00Z", "2026-10-23T15:00Z"


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = copy_office(template, tmp_path_factory.mktemp("one-answer") / "made")
    must("receive", STORY, "--case", CASE, "--office", base / "office",
         "--at", "2026-08-19T14:00Z")  # fmt: skip
    return base


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Path:
    return copy_office(made, tmp_path / "world") / "office"


def refusing(office: Path, at: str = "2026-08-20T15:00Z") -> Words:
    return ["refuse", STORY, "--case", CASE, "--office", office, "--at", at]


def disclosing(office: Path, at: str = FIRST, to: str = "agents") -> Words:
    return ["disclose", STORY, "--case", CASE, "--office", office, "--who", WHO, "--at", at,
            "--reviewer", "one", "--reviewer", "two",
            "--recipient", office.parent / to / "recipient.txt"]  # fmt: skip


def answers(office: Path) -> list[tuple[int, dict[str, str]]]:
    with open_office(office).ledger() as ledger:
        return [(at, dict(told)) for at, told in fields_of(ledger, EventType.ANSWER_SEALED, CASE)]


def cut_short(office: Path) -> None:
    """What a run leaves that was killed after it logged and before the package had its name."""
    for name in ("out", "sealed"):
        shutil.rmtree(office / name)


def cannot(done: Done, code: str) -> str:
    assert (done.code, done.error_code) == (2, code), done
    return " ".join(done.err.split())


def test_a_disclosure_cut_short_is_finished_on_another_day_as_that_of_the_first(
    office: Path,
) -> None:
    must(*disclosing(office))
    first = answers(office)
    cut_short(office)

    told = must(*disclosing(office, LATER))

    assert told.startswith("The answer to number 1 is sealed: log entry 2")
    assert answers(office) == first
    [(index, answer)] = first
    assert (index, answer["on"]) == (2, "2026-10-21")
    assert (office / "out" / f"{CASE}.tar.age").is_file()
    opened = office.parent / "opened"
    must("verify", office / "out" / f"{CASE}.tar.age", "--sender", office / "public/sender.vkey",
         "--log", office / "public/log.vkey", "--identity", office.parent / "agents/identity.txt",
         "--extract-to", opened)  # fmt: skip


def test_what_was_answered_with_a_package_is_not_refused_afterwards(office: Path) -> None:
    must(*disclosing(office))
    before = answers(office)

    said = cannot(type_in(*refusing(office)), "answer-sealed-already")

    assert f"the demand {CASE} was answered with a package already, log entry 2" in said
    assert answers(office) == before
    assert not list((office / "out").glob("*.pdf"))


def test_a_court_order_after_a_refusal_is_obeyed_and_the_refusal_is_still_found(
    office: Path,
) -> None:
    must(*refusing(office))

    told = must(*disclosing(office), *ORDERED)

    assert told.startswith("The answer to number 1 is sealed: log entry 4")
    again = must(*refusing(office)).splitlines()
    assert again[:2] == [
        "Demand number 1 is refused already: log entry 2. Nothing was logged again.",
        "  it was answered with a package since, log entry 4",
    ]
    assert [index for index, _ in answers(office)] == [2, 4]


def test_a_refusal_after_the_package_that_followed_one_does_not_let_the_first_stand(
    office: Path,
) -> None:
    must(*refusing(office))
    must(*disclosing(office), *ORDERED)
    before = answers(office)

    said = cannot(type_in(*refusing_by_counsel(office, LATER)), "answer-sealed-already")

    assert f"the demand {CASE} was answered with a package already, log entry 4" in said
    assert "the first one stands" not in said
    assert answers(office) == before


def refusing_by_counsel(office: Path, at: str) -> Words:
    """The demand as the court ordered it, given to counsel, who refuses it."""
    ordered = ("admission_status", "discharge_date", "address")
    return [*refusing(office, at), "--counsel", "Made-up Counsel",
            *(f"--lower=S1.{field}=refer_to_counsel" for field in ordered)]  # fmt: skip


@pytest.mark.parametrize("at", [FIRST, LATER])
def test_on_the_facts_of_its_refusal_a_demand_is_not_disclosed(office: Path, at: str) -> None:
    must(*refusing_by_counsel(office, FIRST))
    refused = answers(office)
    lines = (office / "lookups" / "lookups.jsonl").read_bytes()

    said = cannot(type_in(*disclosing(office, at)), "answer-refused-already")

    assert f"the demand {CASE} was refused already, log entry 2" in said
    assert answers(office) == refused
    # Nobody was looked up.
    assert (office / "lookups" / "lookups.jsonl").read_bytes() == lines


def lookups_of_yesterday(office: Path) -> None:
    """Answer, and put the record of look-ups back as it was before."""
    kept = shutil.copytree(office / "lookups", office.parent / "yesterday")
    look_up(office, 1)
    must(*disclosing(office))
    shutil.rmtree(office / "lookups")
    kept.rename(office / "lookups")


def look_up(office: Path, times: int) -> None:
    query = office.parent / "query.yaml"
    query.write_text("{name: Nobody Made-Up, birth_date: 1970-01-01}")
    for _ in range(times):
        done = type_in(
            "holdings", "find", office.parent / "agency/persons.index", "--query", query,
            "--office", office, "--reason", "trial",
        )  # fmt: skip
        assert done.code == 1, done


def alarms(office: Path) -> set[str]:
    """What the check and the next answer say of the record of look-ups."""
    cut_short(office)
    before = (office / "lookups" / "lookups.jsonl").read_bytes()
    said = set()
    for words in (["holdings", "lookups", office], disclosing(office, LATER)):
        done = type_in(*words)
        assert (done.code, done.error_code) == (3, "lookups-altered"), done
        said.add(done.err.partition("\n")[0])
    assert (office / "lookups" / "lookups.jsonl").read_bytes() == before
    return said


def test_half_files_of_killed_runs_are_taken_away_by_the_next_act_and_said(office: Path) -> None:
    half = ".0123456789abcdef.part"
    places = ["keys", "log/keys", "public", "matters", "lookups", "."]
    for place in places:
        (office / place / half).write_bytes(b"ha")

    done = type_in(*refusing(office))

    assert done.code == 0, done
    assert not list(office.rglob("*.part"))
    assert all(f"cut short: {Path(place) / half}" in done.err for place in places)
    assert type_in(*refusing(office)).err == ""


def test_look_ups_put_back_from_yesterday_are_an_alarm(office: Path) -> None:
    lookups_of_yesterday(office)

    assert alarms(office) == {"alarm: look-ups are missing: the log says that 2 were written"}


@pytest.mark.parametrize("times", [2, 3])
def test_look_ups_put_back_and_written_on_are_an_alarm(office: Path, times: int) -> None:
    lookups_of_yesterday(office)
    look_up(office, times)

    assert alarms(office) == {
        "alarm: the look-up in line 2 is not the one that the log knows",
    }


def test_look_ups_that_only_grew_since_the_last_answer_hold(office: Path) -> None:
    look_up(office, 1)
    must(*disclosing(office))
    assert must("holdings", "lookups", office).startswith("2 look-ups")
    look_up(office, 1)

    assert must("holdings", "lookups", office).startswith("3 look-ups")
    [(_, answer)] = answers(office)
    assert answer["lookups"].startswith("2 ")
    cut_short(office)
    must(*disclosing(office, LATER))
    assert [told["lookups"] for _, told in answers(office)] == [answer["lookups"]]


def test_an_answer_that_was_erased_leaves_the_look_ups_to_be_checked_without_it(
    office: Path,
) -> None:
    lookups_of_yesterday(office)
    must("log", "erase", office / "log", CASE, "--scope", "maine-dhhs", "--authority", "made up",
         "--at", "2026-10-22T14:00Z")  # fmt: skip

    assert must("holdings", "lookups", office).startswith("0 look-ups")
