"""What leaves is what stands in the record: every cell of an opened package beside the source.

The rulings are made here, so that one package holds everything that can be confused: two
persons, a dated field with rows inside and outside of the period, a field of many values, a file,
a yes-or-no of one month. The record is changed here so that no two answers are alike.
"""

import csv
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization

from clerestory.cli.answering import disclose
from clerestory.cli.deciding import decide_file
from clerestory.cli.logging_answers import receive
from clerestory.cli.main import program
from clerestory.cli.office import Office, open_office
from clerestory.demands import Item
from clerestory.demands.determination import Outcome, Reason, Ruling
from clerestory.kernel import Refusal
from clerestory.office.answer.decided import Decided
from disclosure_pdfs import noise
from mail_program import make_certificate

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"
AT = datetime(2026, 10, 21, 15, 0, tzinfo=UTC)
ONE, OTHER = "P20000011", "P20000012"
PHOTO = noise()
FROM, TO = date(2026, 3, 1), date(2026, 4, 1)
ROWS = {  # of each person: on the first day of the period, within, on the day after its last
    ONE: ("2026-02-28", "2026-03-01", "2026-03-17", "2026-03-31", "2026-04-01"),
    OTHER: ("2025-03-15", "2026-03-02", "2026-03-31", "2026-05-01"),
}
MONTHS = {ONE: "2026-03", OTHER: "2026-02"}
RELEASED = ("address", "phone", "date_of_birth", "benefit_history", "notices", "photo")
Ask = Callable[..., Path]


def type_command(*words: str | Path) -> None:
    result = CliRunner().invoke(program, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agency") / "agency"
    type_command("holdings", "make", folder, "--persons", "60", "--seed", "3")
    with sqlite3.connect(folder / "agency.sqlite") as source:
        for person, days in ROWS.items():
            for table in ("snap_benefit_history", "snap_notices", "mainecare_benefit_history"):
                source.execute(f"DELETE FROM {table} WHERE person_id = ?", (person,))
                rows = [(person, day, f"{table} of {person} on {day}") for day in days]
                source.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)
            source.execute("DELETE FROM mainecare_coverage WHERE person_id = ?", (person,))
            covered = (person, f"{MONTHS[person]}-01", MONTHS[person])
            source.execute("INSERT INTO mainecare_coverage VALUES (?, ?, ?)", covered)
        source.execute("UPDATE people SET photo = ? WHERE person_id = ?", (PHOTO, ONE))
    source.close()
    return folder


@pytest.fixture
def office(agency: Path, tmp_path: Path) -> Office:
    type_command(
        "keys", "office", tmp_path / "office", "--origin", "log.example/test",
        "--source", agency / "agency.sqlite", "--index", agency / "persons.index",
    )  # fmt: skip
    type_command("keys", "recipient", tmp_path / "agents", "--name", "agents.example/r")
    return open_office(tmp_path / "office", late=True)


@pytest.fixture
def who(agency: Path, tmp_path: Path) -> Path:
    told: dict[str, object] = {"demand": "STORY-HOSPITAL"}
    with sqlite3.connect(agency / "agency.sqlite") as source:
        for ref, person in (("S1", OTHER), ("S2", ONE)):
            # The order of refs is not that of the keys, so that neither stands for the other.
            name, born, ssn = source.execute(
                "SELECT name, date_of_birth, ssn FROM people WHERE person_id = ?", (person,)
            ).fetchone()
            told[ref] = {"name": name, "birth_date": born, "ssn": ssn}
    source.close()
    path = tmp_path / "who.yaml"
    path.write_text(yaml.safe_dump(told), "utf-8")
    return path


def rule(item: Item, outcome: Outcome = Outcome.RELEASE, coarse: str | None = None) -> Ruling:
    return Ruling(
        item=item, outcome=outcome, authorities=("hipaa-164-512-e1i",), policies=(),
        considered_not_met=(), reason=Reason(counsel="c", requester="r", person="p"),
        coarsen_to=coarse,
    )  # fmt: skip


def decided(first: date = FROM, after: date = TO) -> Decided:
    story = decide_file(STORY, on=date(2026, 10, 21), case="STORY-HOSPITAL")
    rulings = [rule(Item(ref, "snap", field)) for ref in ("S1", "S2") for field in RELEASED]
    rulings += [rule(Item(ref, "mainecare", "benefit_history")) for ref in ("S1", "S2")]
    rulings += [
        rule(Item(ref, "mainecare", "program_participation"), Outcome.COARSEN, "month_yes_no")
        for ref in ("S1", "S2")
    ]
    rulings += [rule(Item(ref, "snap", "ssn"), Outcome.WITHHOLD) for ref in ("S1", "S2")]
    items = tuple(ruling.item for ruling in rulings)
    paper = replace(story.demand.instrument, period_from=first, period_to=after)
    subjects = (story.demand.subjects[0], replace(story.demand.subjects[0], ref="S2"))
    demand = replace(story.demand, instrument=paper, subjects=subjects, items=items)
    determination = replace(
        story.determination, overall="partial", rulings=tuple(rulings), alarms=()
    )
    return replace(story, demand=demand, determination=determination)


def sealed(office: Office, who: Path, recipient: Path, answer: Decided) -> Path:
    receive(office, answer.demand, AT)
    disclose(
        office, answer, who=who, recipient=recipient, files={}, reviewers=["one", "two"], at=AT
    )
    (package,) = [path for path in office.out.iterdir() if path.suffix != ".sig"]
    return package


def run(*command: str | Path) -> bytes:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"optional program not found: {command[0]}")
    return subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def files_in(tar: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        found = {}
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            found[member.name.partition("/")[2]] = file.read()
    return found


def expected(agency: Path, month: str, first: date, after: date) -> dict[Item, object]:
    """Read every answer with SQL of our own."""
    answers: dict[Item, object] = {}
    with sqlite3.connect(agency / "agency.sqlite") as source:
        for ref, person in (("S1", OTHER), ("S2", ONE)):
            row = source.execute(
                "SELECT address, phone, date_of_birth, photo FROM people WHERE person_id = ?",
                (person,),
            ).fetchone()
            for field, value in zip(
                ("address", "phone", "date_of_birth", "photo"), row, strict=True
            ):
                answers[Item(ref, "snap", field)] = value
            inside = [day for day in ROWS[person] if str(first) <= day < str(after)]
            for item_program, field, table in (
                ("snap", "benefit_history", "snap_benefit_history"),
                ("snap", "notices", "snap_notices"),
                ("mainecare", "benefit_history", "mainecare_benefit_history"),
            ):
                many = [f"{table} of {person} on {day}" for day in inside]
                one = many[0] if len(many) == 1 else many or None
                answers[Item(ref, item_program, field)] = one
            answers[Item(ref, "mainecare", "program_participation")] = "; ".join(
                f"{one}: {'yes' if MONTHS[person] == one else 'no'}" for one in month.split()
            )
    source.close()
    return answers


def answers_in(files: dict[str, bytes]) -> dict[Item, object]:
    found: dict[Item, object] = {}
    for name in ("S1", "S2"):
        rows = json.loads(files[f"data/records/{name}.json"])["records"]
        table = list(
            csv.DictReader(io.StringIO(files[f"data/records/{name}.csv"].decode("utf-8-sig")))
        )
        assert len(rows) == len(table)
        for row, line in zip(rows, table, strict=True):
            item = Item(row["subject"], row["program"], row["field"])
            assert item not in found
            assert Item(line["subject"], line["program"], line["field"]) == item
            many = row["value"] if isinstance(row["value"], list) else [row["value"] or ""]
            assert line["value"] == "; ".join(many)
            found[item] = files[f"data/{row['file']}"] if row["file"] else row["value"]
    return found


@pytest.mark.parametrize(
    ("first", "after", "month"),
    [
        (FROM, TO, "2026-03"),
        (date(2026, 2, 1), date(2026, 3, 1), "2026-02"),
        (date(2026, 3, 17), date(2026, 3, 18), "2026-03"),
        # Every month of which a day is asked about, as a whole, and no other.
        (date(2026, 2, 15), date(2026, 4, 2), "2026-02 2026-03 2026-04"),
        (date(2025, 12, 31), date(2026, 3, 1), "2025-12 2026-01 2026-02"),
    ],
)
def test_every_cell_of_a_package_is_that_of_the_record(
    office: Office, agency: Path, who: Path, first: date, after: date, month: str
) -> None:
    agents = office.folder.parent / "agents"

    package = sealed(office, who, agents / "recipient.txt", decided(first, after))

    files = files_in(run("age", "-d", "-i", agents / "identity.txt", package))
    assert answers_in(files) == expected(agency, month, first, after)
    told = json.loads(files["data/subjects.json"])["subjects"]
    named = yaml.safe_load(who.read_text())
    assert named.pop("demand") == "STORY-HOSPITAL"
    assert {one["ref"]: one["as_given"] for one in told} == named


def test_who_asks_from_a_month_on_is_answered_to_the_month_in_which_the_paper_came(
    office: Office, who: Path
) -> None:
    asked = decided(date(2026, 7, 31))
    paper = replace(asked.demand.instrument, period_to=None)
    agents = office.folder.parent / "agents"

    package = sealed(
        office, who, agents / "recipient.txt",
        replace(asked, demand=replace(asked.demand, instrument=paper)),
    )  # fmt: skip

    files = files_in(run("age", "-d", "-i", agents / "identity.txt", package))
    answer = answers_in(files)[Item("S1", "mainecare", "program_participation")]
    assert asked.demand.received_on == date(2026, 8, 19)
    assert answer == "2026-07: no; 2026-08: no"


CAME = date(2026, 3, 17)  # a day of which there is a row, in a month of which there are later ones


@pytest.mark.parametrize("after", [None, date(2026, 3, 18), date(2026, 3, 19), date(2030, 1, 1)])
def test_nothing_leaves_that_came_into_being_after_the_demand_was_received(
    office: Office, agency: Path, who: Path, after: date | None
) -> None:
    asked = decided(date(2026, 2, 1))
    paper = replace(asked.demand.instrument, period_to=after)
    demand = replace(asked.demand, instrument=paper, received_on=CAME)
    agents = office.folder.parent / "agents"

    package = sealed(office, who, agents / "recipient.txt", replace(asked, demand=demand))

    files = files_in(run("age", "-d", "-i", agents / "identity.txt", package))
    answers = answers_in(files)
    assert answers == expected(agency, "2026-02 2026-03", date(2026, 2, 1), date(2026, 3, 18))
    assert answers[Item("S2", "snap", "notices")] == [
        f"snap_notices of {ONE} on {day}" for day in ("2026-02-28", "2026-03-01", "2026-03-17")
    ]
    said = " ".join(text_of(files["data/letter.pdf"]).split())
    assert "are given from February 1, 2026 to March 17, 2026, as far as" in said


@pytest.mark.parametrize("received", [date(2026, 2, 28), date(2025, 3, 1)])
def test_a_period_that_had_not_begun_when_the_demand_came_is_refused(
    office: Office, who: Path, received: date
) -> None:
    asked = decided()
    answer = replace(asked, demand=replace(asked.demand, received_on=received))

    with pytest.raises(Refusal, match=r"begins on 2026-03-01, and it was received on") as caught:
        sealed(office, who, office.folder.parent / "agents" / "recipient.txt", answer)

    assert caught.value.code == "answer-period-ahead"
    assert office.lookups().verify() == 0
    with office.ledger() as ledger:
        assert ledger.checkpoint().splitlines()[1] == "1"


def test_an_answer_for_months_without_a_month_is_refused_before_it_is_logged(
    office: Office, who: Path
) -> None:
    asked = decided()
    paper = replace(asked.demand.instrument, period_from=None, period_to=None)
    agents = office.folder.parent / "agents"

    with pytest.raises(Refusal) as caught:
        sealed(
            office, who, agents / "recipient.txt",
            replace(asked, demand=replace(asked.demand, instrument=paper)),
        )  # fmt: skip

    assert caught.value.code == "disclosure-month-missing"
    assert not list(office.out.iterdir()) if office.out.exists() else True


def test_a_package_holds_the_files_of_its_answers_and_no_other(office: Office, who: Path) -> None:
    agents = office.folder.parent / "agents"

    package = sealed(office, who, agents / "recipient.txt", decided())

    files = files_in(run("age", "-d", "-i", agents / "identity.txt", package))
    assert {name for name in files if name.startswith("data/")} == {
        "data/determination.json", "data/letter.pdf", "data/withheld.pdf", "data/subjects.json",
        "data/subjects.csv", "data/records/S1.json", "data/records/S1.csv",
        "data/records/S2.json", "data/records/S2.csv", "data/attachments/S1/snap.photo.png",
        "data/attachments/S2/snap.photo.png",
    }  # fmt: skip
    everything = b"".join(files.values())
    assert b"2026-02-28" not in everything
    assert b"2026-04-01" not in everything
    assert b"2025-03-15" not in everything


def test_openssl_opens_the_same_answers(
    office: Office, agency: Path, who: Path, tmp_path: Path
) -> None:
    certificate, key = make_certificate()
    encoding, bare = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "crt").write_bytes(certificate.public_bytes(encoding))
    form = serialization.PrivateFormat.PKCS8
    (tmp_path / "key").write_bytes(key.private_bytes(encoding, form, bare))

    package = sealed(office, who, tmp_path / "crt", decided())

    tar = run(
        "openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", package,
        "-recip", tmp_path / "crt", "-inkey", tmp_path / "key",
    )  # fmt: skip
    assert answers_in(files_in(tar)) == expected(agency, "2026-03", FROM, TO)


def test_a_whole_release_has_no_list_of_what_is_withheld(office: Office, who: Path) -> None:
    answer = decided()
    rulings = tuple(r for r in answer.determination.rulings if r.outcome is not Outcome.WITHHOLD)
    whole = replace(answer, determination=replace(answer.determination, rulings=rulings))
    agents = office.folder.parent / "agents"

    package = sealed(office, who, agents / "recipient.txt", whole)

    files = files_in(run("age", "-d", "-i", agents / "identity.txt", package))
    assert "data/withheld.pdf" not in files


def logged(office: Office) -> dict[Path, bytes]:
    log = office.folder / "log"
    return {path: path.read_bytes() for path in log.rglob("*") if path.is_file()}


def test_a_file_that_runs_in_a_record_stops_the_answer_before_it_is_logged(
    office: Office, agency: Path, who: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.sqlite"
    shutil.copyfile(agency / "agency.sqlite", changed)
    with sqlite3.connect(changed) as source:
        source.execute("UPDATE people SET photo = ? WHERE person_id = ?", (b"MZ\x90\0", ONE))
    source.close()
    elsewhere = replace(office, source=str(changed))
    receive(elsewhere, decided().demand, AT)
    before = {
        path: path.read_bytes() for path in (office.folder / "log").rglob("*") if path.is_file()
    }

    with pytest.raises(Refusal) as caught:
        disclose(
            elsewhere, decided(), who=who, files={}, reviewers=["one", "two"], at=AT,
            recipient=office.folder.parent / "agents" / "recipient.txt",
        )  # fmt: skip

    assert caught.value.code == "attachment-unusable"
    after = {
        path: path.read_bytes() for path in (office.folder / "log").rglob("*") if path.is_file()
    }
    assert after == before
    assert not office.out.exists()
