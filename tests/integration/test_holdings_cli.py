"""The ``holdings`` commands, from the command line in."""

import json
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.holdings import holdings
from clerestory.holdings import CatalogueFault, IndexFault, QueryFault, QueryFileFault, SourceFault
from clerestory.holdings.made_up import DEMO_PEOPLE

PATIENT = next(demo for demo in DEMO_PEOPLE if demo.part == "hospital-patient")


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("holdings") / "agency"
    made = CliRunner().invoke(holdings, ["make", str(folder), "--persons", "200", "--json"])
    assert made.exit_code == ExitCode.DONE
    assert json.loads(made.output)["persons"] == 200
    return folder


def find(agency: Path, query: str, *options: str) -> Result:
    return CliRunner().invoke(holdings, ["find", str(agency), *options], input=query)


def test_make_tells_what_it_made(tmp_path: Path) -> None:
    made = CliRunner().invoke(holdings, ["make", str(tmp_path / "a"), "--persons", "8"])

    assert made.exit_code == ExitCode.DONE
    assert "none of whom exists" in made.output
    assert {path.name for path in (tmp_path / "a").iterdir()} == {
        "agency.sqlite", "parquet", "persons.index", "MADE-UP.txt"
    }  # fmt: skip


def test_check_says_yes_for_the_made_up_agency(agency: Path) -> None:
    for source in ("agency.sqlite", "parquet"):
        checked = CliRunner().invoke(holdings, ["check", str(agency / source)])
        assert (checked.exit_code, "every table and column" in checked.output) == (0, True)


def test_check_names_every_missing_column(tmp_path: Path) -> None:
    folder = tmp_path / "agency"
    CliRunner().invoke(holdings, ["make", str(folder), "--persons", "8"])
    with sqlite3.connect(folder / "agency.sqlite") as connection:
        connection.execute("ALTER TABLE people RENAME COLUMN photo TO picture")
    connection.close()

    plain = CliRunner().invoke(holdings, ["check", str(folder / "agency.sqlite")])
    listed = CliRunner().invoke(holdings, ["check", str(folder / "agency.sqlite"), "--json"])

    assert (plain.exit_code, listed.exit_code) == (ExitCode.NO, ExitCode.NO)
    assert "column people.photo is missing, needed by snap.photo" in plain.output
    [missing] = json.loads(listed.output)["missing"]
    assert (missing["table"], missing["column"]) == ("people", "photo")


def test_check_with_a_broken_catalogue_names_the_line(agency: Path, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.toml"
    file.write_text('format = "clerestory-catalogue/1"\nagency = 1\n')

    checked = CliRunner().invoke(
        holdings, ["check", str(agency / "agency.sqlite"), "--catalogue", str(file)]
    )

    assert isinstance(checked.exception, CatalogueFault)
    assert "line 1" in str(checked.exception)


def test_find_answers_with_one_id(agency: Path) -> None:
    answer = find(agency, json.dumps(PATIENT.query()), "--json")

    assert answer.exit_code == ExitCode.DONE
    assert json.loads(answer.output) == {
        "answer": "found",
        "person_id": PATIENT.person.person_id,
        # No records are read here, so that the address may be one that is kept secret.
        "why": ["same-name", "same-birth-date", "same-ssn"],
    }


def test_find_reads_a_query_that_begins_with_a_byte_order_mark(agency: Path) -> None:
    for written in (json.dumps(PATIENT.query()), f"name: {PATIENT.person.name}\nssn: 931-31-0000"):
        answer = find(agency, f"\ufeff{written}")

        assert answer.output.splitlines()[0] == f"found: {PATIENT.person.person_id}"


def test_find_reads_yaml_and_keeps_leading_zeros(agency: Path) -> None:
    query = f"name: {PATIENT.person.name}\nbirth_date: 1974-06-22\nssn_last4: 0000\nphone: null\n"

    answer = find(agency, query)

    assert answer.output.splitlines()[0] == f"found: {PATIENT.person.person_id}"


@pytest.mark.parametrize(
    ("change", "word", "reason"),
    [
        ({"birth_date": "1974-06-23"}, "refused", "birth-date-disagrees"),
        ({"name": "Nobody Known", "ssn": "900-49-9999"}, "not-found", "nobody-agrees"),
        ({"name": ""}, "refused", "name-missing"),
    ],
)
def test_find_refuses_with_reasons_that_hold_nobodys_data(
    agency: Path, change: Mapping[str, str], word: str, reason: str
) -> None:
    query = json.dumps({**PATIENT.query(), **change})

    listed, plain = find(agency, query, "--json", "--staff"), find(agency, query, "--staff")

    assert (listed.exit_code, plain.exit_code) == (ExitCode.NO, ExitCode.NO)
    told = json.loads(listed.output)
    assert told["answer"] == "nobody-named"
    assert told["for_staff_only"] == {"answer": word, "reasons": [reason]}
    assert f"{reason}: " in plain.output
    for value in (*PATIENT.query().values(), PATIENT.person.person_id, *change.values()):
        assert not value or value not in plain.output


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("immigration_status: refugee", "query-proxy"),
        ("program: snap_state_funded", "query-unknown-key"),
        ("just words", "query-not-yaml"),
        ("{", "query-not-yaml"),
        ("name: [a, b]", "query-unreadable"),
        ("name: Made Up\nssn: 911-11-1234\nssn: 911-11-1235", "query-not-yaml"),
        ('{"name": "Made Up", "ssn": "911-11-1234", "ssn": "911-11-1235"}', "query-not-yaml"),
        ("", "query-not-yaml"),
        ("- name: Made Up", "query-not-yaml"),
        ("name: " + "Made " * 30_000, "query-not-yaml"),
        ("name: Made Up\nssn: XXX-XX-1234", "query-unreadable"),
        ("name: Made Up\nssn: 000-00-0000", "query-placeholder"),
        ("name: Made Up\nbirth_date: 04/05/1988", "query-unreadable"),
        ("name: Made Up\nbirth_date: 2999-01-01\nphone: 207-555-0101", "query-unreadable"),
    ],
)
def test_find_refuses_what_may_not_be_asked(agency: Path, query: str, code: str) -> None:
    answer = find(agency, query)

    assert isinstance(answer.exception, QueryFault | QueryFileFault)
    assert answer.exception.code == code


def test_index_builds_what_find_reads(agency: Path, tmp_path: Path) -> None:
    built = CliRunner().invoke(holdings, ["index", str(agency / "parquet"), str(tmp_path / "i")])
    answer = find(tmp_path / "i", json.dumps(PATIENT.query()))

    assert "indexed 200 persons" in built.output
    assert answer.exit_code == ExitCode.DONE


def test_find_without_an_index_says_how_to_build_one(tmp_path: Path) -> None:
    answer = find(tmp_path, "name: Made Up")

    assert isinstance(answer.exception, IndexFault)
    assert "holdings index" in answer.exception.todo


@pytest.fixture
def float_keys(agency: Path, tmp_path: Path) -> Path:
    """A made-up agency whose keys went through a program that keeps numbers as doubles."""
    folder = tmp_path / "float-keys"
    folder.mkdir()
    for name in ("people", "snap_cases"):
        table = pq.read_table(agency / "parquet" / f"{name}.parquet")
        keys = pa.array([float(key[1:]) for key in table["person_id"].to_pylist()])
        at = table.column_names.index("person_id")
        pq.write_table(table.set_column(at, "person_id", keys), folder / f"{name}.parquet")
    return folder


def test_a_key_that_is_a_double_is_named_by_check_and_refused_by_index(
    float_keys: Path, tmp_path: Path
) -> None:
    plain = CliRunner().invoke(holdings, ["check", str(float_keys)])
    listed = CliRunner().invoke(holdings, ["check", str(float_keys), "--json"])
    built = CliRunner().invoke(holdings, ["index", str(float_keys), str(tmp_path / "i")])

    assert (plain.exit_code, listed.exit_code) == (ExitCode.NO, ExitCode.NO)
    assert "grave: people.person_id: a person's key as a floating-point number" in plain.output
    grave = [
        (one["table"], one["column"], one["code"])
        for one in json.loads(listed.output)["faults"]
        if one["severity"] == "grave"
    ]
    assert grave == [
        ("people", "person_id", "key-type"),
        ("snap_cases", "person_id", "key-type"),
    ]
    assert isinstance(built.exception, SourceFault)
    assert built.exception.code == "source-refused"
    assert "people.person_id" in str(built.exception)
    assert not (tmp_path / "i").exists()
    assert not list(tmp_path.glob("*.draft"))


def test_a_warning_is_told_and_is_no_refusal(agency: Path, tmp_path: Path) -> None:
    file = tmp_path / "agency.sqlite"
    shutil.copy(agency / "agency.sqlite", file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE people SET email = NULL")
    connection.close()

    checked = CliRunner().invoke(holdings, ["check", str(file)])

    assert checked.exit_code == ExitCode.DONE
    assert "warning: people.email: it is empty in every row" in checked.output


def test_what_is_said_of_many_columns_is_one_line_and_every_column_for_a_program(
    agency: Path, tmp_path: Path
) -> None:
    file = tmp_path / "agency.sqlite"
    shutil.copy(agency / "agency.sqlite", file)
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM ccdf_cases")
        names = [row[1] for row in connection.execute("PRAGMA table_info(ccdf_cases)")]
        person = connection.execute("SELECT person_id FROM people").fetchone()
        for count in range(2):
            connection.execute(
                f"INSERT INTO ccdf_cases ({names[0]}) VALUES (?)", (f"{person[0]}{count}",)
            )
        connection.execute("UPDATE people SET email = NULL")
    connection.close()

    checked = CliRunner().invoke(holdings, ["check", str(file)])
    listed = CliRunner().invoke(holdings, ["check", str(file), "--json"])

    lines = checked.output.splitlines()
    found = json.loads(listed.output)["faults"]
    empty = [one["column"] for one in found if one["table"] == "ccdf_cases"]
    assert len(empty) > 4
    assert (
        f"warning: {len(empty)} columns of ccdf_cases, {', '.join(empty[:3])} and "
        f"{len(empty) - 3} more that --json lists: it is empty in every row looked at; see that it "
        "is the right column"
    ) in lines
    assert [line for line in lines if "people.email: it is empty" in line]
    assert len(lines) < 12


def test_more_people_than_are_made_up_at_once_are_refused(tmp_path: Path) -> None:
    made = CliRunner().invoke(holdings, ["make", str(tmp_path / "a"), "--persons", "99999999"])

    assert isinstance(made.exception, SourceFault)
    assert made.exception.code == "made-up-too-many"
    assert list(tmp_path.iterdir()) == []
