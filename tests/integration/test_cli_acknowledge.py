"""The letter that says that a demand arrived: its number, its log entry, and never two of them."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.cli.office import open_office
from clerestory.kernel import ClerestoryError

AT = ("--at", "2026-03-03T15:00Z")
LATER = ("--at", "2026-03-10T15:00Z")
DEMAND: dict[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "D-1",
    "title": "Made-up: a letter of an officer",
    "received": {"date": "2026-03-02", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "a made-up police force", "class": "police_state"},
    "instrument": {"kind": "letter", "issuer": "officer", "written": "yes", "status": "live"},
    "purpose": "locate_fugitive",
    "subjects": [{"ref": "S1", "relation": "named"}],
    "records": [{"program": "snap", "fields": ["S1.address"]}],
}  # fmt: skip


def type_command(*words: str | Path) -> Result:
    return CliRunner().invoke(program, [str(word) for word in words])


@pytest.fixture
def office(tmp_path: Path) -> Path:
    made = type_command(
        "keys", "office", tmp_path / "office", "--origin", "log.example/one",
        "--source", tmp_path / "none.sqlite", "--index", tmp_path / "none.index",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return tmp_path / "office"


def write(office: Path, **changes: Any) -> Path:
    path = office.parent / "demand.yaml"
    path.write_text(yaml.safe_dump(DEMAND | changes), "utf-8")
    return path


def letter_in(office: Path) -> tuple[Path, str]:
    [path] = (office / "out").iterdir()
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]
    return path, " ".join(" ".join(pages).split())


def size_of(office: Path) -> int:
    with open_office(office).ledger() as ledger:
        return int(ledger.checkpoint().splitlines()[1])


def test_a_demand_is_acknowledged_with_its_number_and_no_entry(office: Path) -> None:
    done = type_command("receive", write(office), "--office", office, *AT, "--acknowledge")

    path, text = letter_in(office)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ["Demand D-1 is received as number 1.", f"  {path}"]
    assert path.name == "D-1-acknowledgement.pdf"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "To: a made-up police force" in text
    assert "Our number: 1 Our file: D-1 received March 2, 2026 decided not yet answered not" in text
    # How long the log is shows in no letter before the answer: see ledger/promise.py.
    assert "Log entry" not in text
    assert "MADE UP." in text
    assert "This letter says nothing about what we hold." in text
    for told in ("address", "SNAP", "S1"):
        assert told not in text


def test_without_the_option_a_demand_is_received_and_nothing_is_put_out(office: Path) -> None:
    done = type_command("receive", write(office), "--office", office, *AT)

    assert done.output == "Demand D-1 is received as number 1.\n"
    assert not (office / "out").exists()


def test_a_demand_received_before_is_acknowledged_later_and_logged_once(office: Path) -> None:
    demand = write(office)
    type_command("receive", demand, "--office", office, *AT)
    before = size_of(office)

    first = type_command("receive", demand, "--office", office, *LATER, "--acknowledge")
    path, text = letter_in(office)
    kept = path.read_bytes()
    again = type_command("receive", demand, "--office", office, *AT, "--acknowledge")

    assert first.output == again.output
    assert "was received already, as number 1" in first.output
    assert text.count("March 10, 2026") == 1
    assert path.read_bytes() == kept
    assert size_of(office) == before


def test_what_asks_something_else_is_not_acknowledged_under_the_same_id(office: Path) -> None:
    type_command("receive", write(office), "--office", office, *AT)
    other = write(office, purpose="immigration_enforcement")

    done = type_command("receive", other, "--office", office, *AT, "--acknowledge")

    assert isinstance(done.exception, ClerestoryError)
    assert done.exception.code == "answer-other-demand"
    assert not (office / "out").exists()


def test_a_letter_that_cannot_be_printed_keeps_no_demand_from_being_received(
    office: Path,
) -> None:
    demand = write(office, requester={"body": "東京", "class": "police_state"})

    done = type_command("receive", demand, "--office", office, *AT, "--acknowledge")

    assert isinstance(done.exception, ClerestoryError)
    assert done.exception.code == "letter-character-missing"
    assert "Demand D-1 is received as number 1." in done.output
    assert open_office(office).find_number("D-1") == 1
    assert not (office / "out").exists()


@pytest.mark.parametrize("kind", ["subject", "representative_of_subject"])
def test_the_person_is_acknowledged_in_plainer_words(office: Path, kind: str) -> None:
    asked = write(office, requester={"body": "a made-up person", "class": kind})

    type_command("receive", asked, "--office", office, *AT, "--acknowledge")

    _, text = letter_in(office)
    assert "Your request has arrived" in text
    assert "It is free." in text
    assert "demand" not in text.lower().replace("demand.yaml", "")


WHO = "demand: D-1\nS1: {name: Amina Warsame Example, birth_date: 1988-04-17, ssn: 911-11-0000}\n"


def named(office: Path, text: str = WHO) -> tuple[str | Path, ...]:
    path = office.parent / "who.yaml"
    path.write_text(text, "utf-8")
    return "receive", write(office), "--office", office, "--acknowledge", "--who", path, *AT


def test_whom_a_demand_names_is_not_taken_for_bound_where_it_came_without(office: Path) -> None:
    type_command("receive", write(office), "--office", office, *AT)
    before = size_of(office)

    done = type_command(*named(office))

    assert isinstance(done.exception, ClerestoryError), done
    assert done.exception.code == "answer-who-late"
    assert "D-1 was received already, without saying whom its paper names" in str(done.exception)
    assert not (office / "out").exists()
    assert size_of(office) == before


def test_whom_a_demand_names_may_be_said_again_and_nobody_else(office: Path) -> None:
    type_command(*named(office))
    path, _ = letter_in(office)
    path.unlink()

    done = type_command(*named(office, WHO.replace("911-11-0000", "922-22-0000")))

    assert isinstance(done.exception, ClerestoryError), done
    assert done.exception.code == "answer-other-person"
    assert not path.exists()
    # A run that was cut short before the letter was put out is typed again as it was.
    assert type_command(*named(office)).exit_code == 0
    assert path.exists()
