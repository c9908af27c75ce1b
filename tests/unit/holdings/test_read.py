"""A row is read for a permitted person and field only: the statements themselves are watched."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from clerestory.holdings import (
    Catalogue,
    CatalogueFault,
    FieldValue,
    PermittedField,
    ReadFault,
    Source,
    SourceFault,
    open_source,
    parse_catalogue,
    read_fields,
)
from clerestory.holdings.made_up import DEMO_PEOPLE
from clerestory.holdings.sqlite_source import SqliteSource
from clerestory.kernel import Period

ADULT, SPOUSE = "P20000011", "P20000012"
YEAR = Period(valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))
Watched = list[tuple[str, Any]]


def permit(field: str, *, person: str = ADULT, program: str = "snap") -> PermittedField:
    return PermittedField(person_id=person, program=program, field=field, period=Period())


@pytest.fixture
def watched() -> Watched:
    return []


@pytest.fixture(params=["agency.sqlite", "parquet"])
def source(request: pytest.FixtureRequest, agency: Path, watched: Watched) -> Iterator[Source]:
    opened = open_source(
        agency / request.param,
        recorder=lambda statement, parameters: watched.append((statement, parameters)),
    )
    watched.clear()
    yield opened
    opened.close()


def test_only_the_permitted_columns_of_the_one_person_are_in_the_statement(
    source: Source, catalogue: Catalogue, watched: Watched
) -> None:
    read_fields(source, catalogue, [permit("address"), permit("phone")])

    assert len(watched) == 1
    statement, parameters = watched[0]
    exact = " AND (CAST({0}.person_id AS VARCHAR) COLLATE BINARY) = ?"
    exact = exact if "COLLATE" in statement else ""
    assert re.sub(r"\s+", " ", statement.replace('"', "")) == (
        f"SELECT people.address, people.phone FROM people WHERE people.person_id = ?"
        f"{exact.format('people')} AND (EXISTS (SELECT 1 FROM snap_cases AS member "
        f"WHERE member.person_id = ?{exact.format('member')}))"
    )
    assert set(parameters) == {ADULT}


def test_every_field_of_every_program_is_read_alone_and_from_its_own_column(
    source: Source, catalogue: Catalogue, watched: Watched
) -> None:
    readable = [field for field in catalogue.list_fields() if field.column is not None]
    assert len(readable) > 400

    for field in readable:
        assert field.column is not None
        watched.clear()
        read_fields(source, catalogue, [permit(field.code, program=field.program)])

        [(statement, parameters)] = watched
        listed = statement.split("FROM")[0].replace("SELECT", "").strip()
        # Of a dated field its day is told as well, and whether it is one.
        [column, *more] = listed.split(", ", 1)
        assert column.replace('"', "") == str(field.column)
        told = re.findall(r" AS (\w+)(?:,|$)", " ".join(more))
        assert told == (["day", "no_day"] if field.dated else [])
        assert statement.count("person_id = ?") in (1, 2)
        assert statement.count("person_id") == statement.count("= ?")
        assert set(parameters) == {ADULT}


def test_the_driver_sees_the_same_statements_as_the_recorder(
    agency: Path, catalogue: Catalogue, watched: Watched
) -> None:
    source = SqliteSource(
        agency / "agency.sqlite",
        recorder=lambda statement, parameters: watched.append((statement, parameters)),
    )
    traced: list[str] = []

    def trace(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(traced.append)

    sa.event.listen(source.engine, "connect", trace)
    watched.clear()
    read_fields(source, catalogue, [permit("ssn"), permit("income")])
    source.close()

    selects = [statement for statement in traced if statement.startswith("SELECT")]
    assert len(selects) == len(watched) == 2
    assert all(f"'{ADULT}'" in statement for statement in selects)
    assert not any("immigration" in statement or "*" in statement for statement in selects)


def test_values_come_back_in_the_order_they_were_permitted(
    source: Source, catalogue: Catalogue
) -> None:
    values = read_fields(
        source, catalogue, [permit("phone"), permit("household_members"), permit("name")]
    )

    family = "Amina Warsame Example; Yuusuf Nuur Example; Hodan Yuusuf Example; " + (
        "Guuleed Yuusuf Example"
    )
    assert values == (
        FieldValue(person_id=ADULT, program="snap", field="phone", values=("207-555-0191",)),
        FieldValue(person_id=ADULT, program="snap", field="household_members", values=(family,)),
        FieldValue(
            person_id=ADULT, program="snap", field="name", values=("Amina Warsame Example",)
        ),
    )


def test_no_read_for_one_person_holds_another_members_name_unless_that_field_is_permitted(
    source: Source, catalogue: Catalogue
) -> None:
    others = {"Yuusuf Nuur", "Hodan Yuusuf", "Guuleed Yuusuf"}
    names_others = {"household_members", "relatives", "emergency_contact"}
    permitted = [
        permit(field.code)
        for field in catalogue.programs["snap"].fields.values()
        if field.column is not None
    ]

    for value in read_fields(source, catalogue, permitted):
        told = {other for other in others if other in str(value.values)}
        assert not told or value.field in names_others, value.field


def test_a_photo_comes_back_as_its_bytes(source: Source, catalogue: Catalogue) -> None:
    [photo] = read_fields(source, catalogue, [permit("photo")])

    assert isinstance(photo.values[0], bytes)
    assert photo.values[0].startswith(b"\x89PNG")


def test_a_program_the_person_is_not_in_holds_nothing(source: Source, catalogue: Catalogue) -> None:
    values = read_fields(
        source,
        catalogue,
        [
            permit("address", program="tanf"),
            permit("name", person="P404"),
            permit("fti_income", person="P20000013"),
        ],
    )

    assert [value.values for value in values] == [(), (), ()]


def test_a_dated_field_is_read_for_its_period_only(
    source: Source, catalogue: Catalogue, watched: Watched
) -> None:
    def transactions(period: Period) -> tuple[object, ...]:
        one = PermittedField(
            person_id=ADULT, program="snap", field="ebt_transactions", period=period
        )
        return read_fields(source, catalogue, [one])[0].values

    before = Period(valid_to=date(2024, 1, 1))
    after = Period(valid_from=date(2025, 1, 1))

    assert len(transactions(Period())) >= 2
    assert transactions(before) == ()
    assert len(transactions(YEAR)) + len(transactions(after)) == len(transactions(Period()))
    assert len(watched) == 5


def test_two_fields_of_one_table_are_each_read_for_their_own_period(agency: Path) -> None:
    # Two dated fields in one table, as an agency may keep them, and never one statement for both
    # unless their periods are the same.
    profile = Path(__file__).parents[3] / "profiles" / "maine-dhhs"
    text = (profile / "catalogue.toml").read_text("utf-8")
    own, shared = "{program}_notices.detail", "{program}_benefit_history.detail"
    assert own in text
    catalogue = parse_catalogue(text.replace(own, shared).encode(), file="made-up.toml")
    with sqlite3.connect(agency / "agency.sqlite") as rows:
        kept = rows.execute(
            "SELECT on_date, detail FROM snap_benefit_history WHERE person_id = ? ORDER BY 1",
            (ADULT,),
        ).fetchall()
    rows.close()
    middle = date.fromisoformat(kept[len(kept) // 2][0])
    first, second = Period(valid_to=middle), Period(valid_from=middle)
    asked = [
        PermittedField(person_id=ADULT, program="snap", field=field, period=period)
        for field, period in (("benefit_history", first), ("notices", second))
    ]
    opened = open_source(agency / "agency.sqlite")

    found = read_fields(opened, catalogue, asked)

    opened.close()
    assert [tuple(zip(one.days, one.values, strict=True)) for one in found] == [
        tuple(row for row in kept if date.fromisoformat(row[0]) < middle),
        tuple(row for row in kept if date.fromisoformat(row[0]) >= middle),
    ]
    assert all(one.values for one in found)


def test_two_people_are_two_statements(
    source: Source, catalogue: Catalogue, watched: Watched
) -> None:
    read_fields(source, catalogue, [permit("name"), permit("name", person=SPOUSE)])

    assert [set(parameters) for _, parameters in watched] == [{ADULT}, {SPOUSE}]


def test_one_field_that_cannot_be_read_stops_all_before_the_first_row(
    source: Source, catalogue: Catalogue, watched: Watched
) -> None:
    with pytest.raises(ReadFault) as fault:
        read_fields(source, catalogue, [permit("name"), permit("aggregate_counts")])

    assert fault.value.code == "read-not-about-a-person"
    assert watched == []


def test_a_dated_field_without_a_period_is_refused(source: Source, catalogue: Catalogue) -> None:
    one = PermittedField(person_id=ADULT, program="snap", field="notices", period=None)

    with pytest.raises(ReadFault) as fault:
        read_fields(source, catalogue, [one])

    assert fault.value.code == "read-no-period"


def test_a_field_permitted_twice_is_refused(source: Source, catalogue: Catalogue) -> None:
    with pytest.raises(ReadFault) as fault:
        read_fields(source, catalogue, [permit("name"), permit("name")])

    assert fault.value.code == "read-field-twice"


def test_an_id_with_quotes_in_it_is_only_an_id(source: Source, catalogue: Catalogue) -> None:
    [value] = read_fields(source, catalogue, [permit("name", person="x' OR '1'='1")])

    assert value.values == ()


def test_every_demo_person_is_in_the_programs_of_the_story(
    source: Source, catalogue: Catalogue
) -> None:
    for demo in DEMO_PEOPLE:
        for program in demo.programs:
            person = demo.person.person_id
            [name, taking_part] = read_fields(
                source,
                catalogue,
                [
                    permit("name", person=person, program=program),
                    permit("program_participation", person=person, program=program),
                ],
            )
            assert name.values == (demo.person.name,)
            if program == "mainecare":
                assert taking_part.values
                assert all(re.fullmatch(r"202[45]-\d\d", str(one)) for one in taking_part.values)
            else:
                assert len(taking_part.values) == 1


@pytest.mark.parametrize(
    ("first", "after", "months"),
    [
        ("2024-03-31", "2024-04-01", ["2024-03"]),
        ("2024-03-31", "2024-04-02", ["2024-03", "2024-04"]),
        ("2024-01-15", "2024-02-01", ["2024-01"]),
        ("2024-05-01", "2024-06-01", []),
    ],
)
def test_a_row_for_a_month_is_read_where_a_day_of_it_is_asked_about(
    first: str, after: str, months: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "months.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE cases (person_id TEXT, month TEXT, on_date TEXT)")
        connection.executemany(
            "INSERT INTO cases VALUES ('1', ?, ?)",
            [(f"2024-{at:02d}", f"2024-{at:02d}-01") for at in (1, 2, 3, 4)],
        )
    connection.close()
    source = open_source(file)
    period = Period(valid_from=date.fromisoformat(first), valid_to=date.fromisoformat(after))

    for monthly in (True, False):
        known = parse_catalogue(_monthly(monthly), file="made-up.toml")
        [value] = read_fields(
            source, known,
            [PermittedField(person_id="1", program="snap", field="month", period=period)],
        )  # fmt: skip
        days = [f"{one}-01" for one in months]
        assert list(value.values) == (
            months if monthly else [one[:7] for one in days if first <= one < after]
        )
    source.close()


def _monthly(monthly: bool) -> bytes:
    more = ", monthly = true" if monthly else ""
    return f"""
format = "clerestory-catalogue/1"
agency = "made-up"
person = {{table = "people", key = "person_id"}}
[search_keys]
person_id = "people.person_id"
given_names = "people.given"
birth_date = "people.born"
[fields]
month = {{label = "month", category = "benefit", sensitivity = "personal"}}
[programs.snap]
label = "food"
members = "cases"
[programs.snap.fields]
month = {{column = "cases.month", dated = "on_date", source = "agency"{more}}}
""".encode()


def test_months_without_a_date_column_are_refused() -> None:
    written = _monthly(True).replace(b'dated = "on_date", ', b"")

    with pytest.raises(CatalogueFault, match="months have a date column"):
        parse_catalogue(written, file="made-up.toml")


def test_two_current_rows_for_one_person_are_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "two.sqlite"
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "CREATE TABLE cases (person_id TEXT, income INTEGER, on_date TEXT);"
            "INSERT INTO cases VALUES ('1', 10, ''), ('1', 20, ''), ('2', 30, '');"
        )
    connection.close()
    catalogue = parse_catalogue(
        b"""
format = "clerestory-catalogue/1"
agency = "made-up"
[person]
table = "people"
key = "person_id"
[search_keys]
person_id = "people.person_id"
given_names = "people.given"
birth_date = "people.born"
[fields]
income = {label = "income", category = "money", sensitivity = "sensitive"}
[programs.snap]
label = "food"
members = "cases"
[programs.snap.fields]
income = {column = "cases.income", source = "household"}
""",
        file="two.toml",
    )
    source = open_source(file)

    with pytest.raises(SourceFault) as fault:
        read_fields(source, catalogue, [permit("income", person="1")])
    [value] = read_fields(source, catalogue, [permit("income", person="2")])
    source.close()

    assert fault.value.code == "source-two-rows"
    assert value.values == (30,)
