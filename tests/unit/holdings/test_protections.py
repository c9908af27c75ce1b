"""What a record says that protects its person is read for that person, and doubt protects."""

import re
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from clerestory.holdings import (
    Catalogue,
    CatalogueFault,
    Protection,
    SourceFault,
    open_source,
    parse_catalogue,
    read_protections,
)
from clerestory.holdings.protections import is_minor

ROOT = Path(__file__).parents[3]
ON = date(2026, 3, 4)
HEAD = """
format = "clerestory-catalogue/1"
agency = "made-up"
[person]
table = "people"
key = "person_id"
[search_keys]
person_id = "people.person_id"
given_names = "people.given"
birth_date = "people.born"
phone = "people.phone"
[fields]
phone = {label = "telephone", category = "contact", sensitivity = "personal"}
[programs.snap]
label = "food"
members = "cases"
[programs.snap.fields]
phone = {column = "people.phone", source = "household"}
[protections]
"""
MARKS = """
minor = {birth_date = "people.born"}
address_confidentiality = [
    {column = "people.hidden", yes = ["Yes", "1", "true"], no = ["no", "0", "false"]},
    {filled = "people.true_address"},
]
sud_patient = {row_in = "treated"}
"""
Read = Callable[..., tuple[set[str], set[str]]]


def catalogue_of(marks: str) -> Catalogue:
    return parse_catalogue((HEAD + marks).encode(), file="made-up.toml")


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return what the record of one made-up person says: what is certain, and what is unknown."""

    def told(
        born: object = "1980-01-01",
        hidden: object = "no",
        true_address: object = None,
        *,
        treated: int = 0,
        on: date = ON,
    ) -> tuple[set[str], set[str]]:
        file = tmp_path / "a.sqlite"
        file.unlink(missing_ok=True)
        with sqlite3.connect(file) as connection:
            connection.execute(
                "CREATE TABLE people (person_id TEXT, born, hidden, true_address TEXT)"
            )
            connection.execute("CREATE TABLE treated (person_id TEXT)")
            connection.executemany(
                "INSERT INTO people VALUES (?, ?, ?, ?)",
                [("1", born, hidden, true_address), ("2", "2020-01-01", "yes", "somewhere")],
            )
            connection.executemany("INSERT INTO treated VALUES (?)", [("2",), *[("1",)] * treated])
        connection.close()
        source = open_source(file)
        found = read_protections(source, catalogue_of(MARKS), "1", on=on)
        source.close()
        assert found.flags == {*found.stated, *found.unknown}
        return set(map(str, found.stated)), set(map(str, found.unknown))

    return told


@pytest.mark.parametrize(
    ("born", "on", "minor"),
    [
        ("2008-03-05", date(2026, 3, 4), True),
        ("2008-03-04", date(2026, 3, 4), False),
        ("2008-03-03", date(2026, 3, 4), False),
        ("2008-12-31", date(2026, 12, 30), True),
        ("2008-12-31", date(2026, 12, 31), False),
        ("2008-02-29", date(2026, 2, 28), True),
        ("2008-02-29", date(2026, 3, 1), False),
        ("2026-03-04", date(2026, 3, 4), True),
        ("1901-03-04", date(2026, 3, 4), False),
    ],
)
def test_a_minor_is_who_is_under_eighteen_on_the_day(
    born: str, on: date, minor: bool, read: Read
) -> None:
    assert is_minor(date.fromisoformat(born), on) is minor
    assert read(born=born, on=on) == ({"minor"} if minor else set(), set())


@pytest.mark.parametrize(
    "born",
    [None, "", "04/17/1988", "unknown", "1988", 19880417, "2026-02-30", "2026-03-05", "1900-12-31",
     "0001-01-01", b"1988-04-17", 1988.5, "19880417", "1988-W15-7", "1988-04-17Z"],
)  # fmt: skip
def test_a_birth_date_that_cannot_be_read_is_not_that_of_an_adult(born: object, read: Read) -> None:
    assert read(born=born) == (set(), {"minor"})


@pytest.mark.parametrize(
    ("hidden", "stated", "unknown"),
    [
        ("yes", True, False),
        (" YES ", True, False),
        (1, True, False),
        ("no", False, False),
        ("No", False, False),
        (0, False, False),
        (None, False, True),
        ("", False, True),
        ("perhaps", False, True),
        (2, False, True),
        (b"yes", False, True),
    ],
)
def test_a_text_that_is_neither_yes_nor_no_protects(
    hidden: object, stated: bool, unknown: bool, read: Read
) -> None:
    code = {"address_confidentiality"}

    assert read(hidden=hidden) == (code if stated else set(), code if unknown else set())


def test_one_mark_of_several_is_enough(read: Read) -> None:
    assert read(hidden="no", true_address="somewhere") == ({"address_confidentiality"}, set())
    assert read(hidden="perhaps", true_address="x") == ({"address_confidentiality"}, set())
    assert read(hidden="no", true_address=" ") == (set(), set())


def test_a_row_in_a_table_is_all_that_is_asked_for(read: Read) -> None:
    assert read(treated=1) == ({"sud_patient"}, set())
    assert read(treated=3) == ({"sud_patient"}, set())
    assert read() == (set(), set())


@pytest.mark.parametrize(
    "change", ["DELETE FROM people", "INSERT INTO people VALUES ('1', '', '')"]
)
def test_a_record_that_is_not_one_row_stops_all(change: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE people (person_id TEXT, born TEXT, hidden TEXT)")
        connection.execute("INSERT INTO people VALUES ('1', '1980-01-01', 'no')")
        connection.execute(change)
    connection.close()
    source = open_source(tmp_path / "a.sqlite")

    with pytest.raises(SourceFault, match="in people") as fault:
        read_protections(source, catalogue_of(""), "1", on=ON)
    source.close()

    assert fault.value.code == "source-person-row"


def test_a_mark_that_is_not_there_stops_all(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE people (person_id TEXT, born TEXT)")
        connection.execute("INSERT INTO people VALUES ('1', '1980-01-01')")
    connection.close()
    source = open_source(tmp_path / "a.sqlite")

    with pytest.raises(SourceFault, match="people with columns hidden") as fault:
        read_protections(source, catalogue_of(MARKS), "1", on=ON)
    source.close()

    assert fault.value.code == "source-lacks-column"


def test_what_protects_is_read_of_the_one_person_only(agency: Path, catalogue: Catalogue) -> None:
    watched: list[tuple[str, Any]] = []
    source = open_source(
        agency / "agency.sqlite", recorder=lambda text, given: watched.append((text, given))
    )
    watched.clear()

    read_protections(source, catalogue, "P20000011", on=ON)
    source.close()

    hidden = sum(mark.protection.hides_home for mark in catalogue.protections)
    assert hidden == 5
    looks = [one for one in watched if " EXCEPT SELECT " in one[0]]
    # Only the keys of nobody, among which the person's own may stand in another writing.
    assert len(looks) == 3
    # And once how the numbers of households are written.
    numbers = [one for one in watched if "SELECT DISTINCT CAST" in one[0]]
    assert [re.sub(r"\s+", " ", text) for text, _ in numbers] == [
        "SELECT DISTINCT CAST(household AS TEXT) AS household FROM people "
        "WHERE household IS NOT NULL"
    ]
    for statement, parameters in looks:
        assert set(re.findall(r"CAST\((\w+) AS TEXT\)", statement)) == {"person_id"}
        assert re.search(r"EXCEPT SELECT .*\sFROM people\s", statement, re.DOTALL)
        assert not parameters
    reads = [one for one in watched if one not in looks + numbers]
    own = [one for one in reads if "DISTINCT" not in one[0]]
    # Their own row, their household's number, and each mark.
    assert len(own) == 2 + len(catalogue.protections)
    assert len(reads) == len(own) + hidden
    for statement, parameters in reads:
        is_own = (statement, parameters) in own
        assert set(parameters) == {"P20000011" if is_own else "H900000091"}
        assert re.search(r"WHERE \w+\.person_id (= \?|IN \()", statement)
        assert "count" not in statement.lower()


def test_the_keys_of_nobody_are_looked_for_once_for_all_persons(
    agency: Path, catalogue: Catalogue
) -> None:
    watched: list[str] = []
    source = open_source(agency / "agency.sqlite", recorder=lambda text, _: watched.append(text))
    watched.clear()

    for person in ("P20000011", "P20000012", "P20000013"):
        read_protections(source, catalogue, person, on=ON)
    source.close()

    assert sum(" EXCEPT SELECT " in statement for statement in watched) == 3


def test_of_a_household_nothing_is_read_but_what_hides_a_home(
    agency: Path, catalogue: Catalogue
) -> None:
    watched: list[str] = []
    source = open_source(agency / "agency.sqlite", recorder=lambda text, _: watched.append(text))
    watched.clear()

    read_protections(source, catalogue, "P20000011", on=ON)
    source.close()

    of_household = [" ".join(text.split()) for text in watched if "household" in text]
    assert [text.partition(" FROM ")[0] for text in of_household] == [
        "SELECT people.household",
        "SELECT DISTINCT CAST(household AS TEXT) AS household",
        "SELECT DISTINCT people.address_confidentiality",
        "SELECT DISTINCT people.actual_address",
        "SELECT DISTINCT people.domestic_violence",
        "SELECT DISTINCT child_support_cases.family_violence_indicator",
        "SELECT DISTINCT person_status.protected_8usc1367",
    ]
    assert sum("DISTINCT" in text for text in watched) == 6


@pytest.mark.parametrize("kind", ["agency.sqlite", "parquet"])
def test_the_people_of_the_story_are_protected_by_their_age_alone(
    kind: str, agency: Path, catalogue: Catalogue
) -> None:
    source = open_source(agency / kind)

    told = {
        person: read_protections(source, catalogue, person, on=ON)
        for person in ("P20000011", "P20000013", "P20000031")
    }
    source.close()

    assert {person: set(one.stated) for person, one in told.items()} == {
        "P20000011": set(),
        "P20000013": {Protection.MINOR},
        "P20000031": set(),
    }
    assert not any(one.unknown for one in told.values())


def test_every_protection_is_a_flag_of_the_vocabulary(catalogue: Catalogue) -> None:
    flags = yaml.safe_load((ROOT / "packs" / "codes.yaml").read_text("utf-8"))["flags"]

    assert set(map(str, Protection)) == set(flags) - {"deceased"}
    assert {mark.protection for mark in catalogue.protections} == set(Protection)


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ("immigrant = {row_in = 'people'}", "no such protection: 'immigrant'"),
        ("minor = {column = 'people.young', yes = ['yes']}", "a birth date says who is a minor"),
        ("sud_patient = {birth_date = 'people.born'}", "a birth date says who is a minor"),
        ("sud_patient = {row_in = 'a', filled = 'people.b'}", "in one way"),
        ("sud_patient = {}", "in one way"),
        ("sud_patient = {filled = 'people.b', yes = ['x']}", "in one way"),
        ("sud_patient = {column = 'people.b'}", "nothing says what means yes"),
        ("sud_patient = {column = 'people.b', yes = []}", "nothing says what means yes"),
        ("sud_patient = {column = 'people.b', yes = ['Y'], no = ['y ']}", "both yes and no"),
        ("sud_patient = {column = 'b', yes = ['Y']}", "written table.column"),
        ("sud_patient = {row_in = 'a b'}", "letters, digits and _"),
        ("sud_patient = {row_in = 7}", "letters, digits and _"),
        ("sud_patient = {never = 7}", "no such key"),
        ("sud_patient = 'treated'", "a table must stand here"),
        ("sud_patient = {column = 'people.b', yes = [1]}", "a list of codes"),
        ("domestic_violence = {filled = 'people.phone'}", "a search key may not be what protects"),
        ("protected_8usc1367 = {filled = 'people.phone'}", "a search key may not be"),
    ],
)
def test_a_protection_that_cannot_be_used_is_named_with_its_line(marks: str, said: str) -> None:
    with pytest.raises(CatalogueFault, match=re.escape(said)) as fault:
        catalogue_of(marks)

    line = HEAD.count("\n") + 1
    assert f"(made-up.toml, line {line})" in str(fault.value)


def test_no_field_gives_away_what_the_federal_protection_keeps() -> None:
    head = HEAD.replace('phone = "people.phone"\n', "", 1)

    with pytest.raises(CatalogueFault, match=r"8 U\.S\.C\. 1367 protects: snap\.phone"):
        parse_catalogue(
            (head + "protected_8usc1367 = {filled = 'people.phone'}").encode(), file="a.toml"
        )
