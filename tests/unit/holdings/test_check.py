"""A check names each column that cannot be what it should be, and tells nobody's value."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.holdings import (
    Catalogue,
    SourceFault,
    check_source,
    list_column_faults,
    open_source,
    parse_catalogue,
)
from clerestory.holdings.forms import form_of

CATALOGUE = """
format = "clerestory-catalogue/1"
agency = "made-up"
[person]
table = "people"
key = "id"
[search_keys]
person_id = "people.id"
given_names = "people.given"
birth_date = "people.born"
ssn = "people.ssn"
phone = "people.phone"
[protections]
address_confidentiality = {column = "people.hidden", yes = ["yes"], no = ["no", ""]}
[households]
same = ["cases.house"]
[fields]
income = {label = "income", category = "money", sensitivity = "sensitive"}
paid = {label = "paid", category = "money", sensitivity = "sensitive"}
language = {label = "language", category = "status", sensitivity = "special"}
[programs.snap]
label = "food"
members = "cases"
[programs.snap.fields]
income = {column = "cases.income", source = "household"}
paid = {column = "paid.detail", dated = "on_day", source = "agency"}
language = {column = "status.language", source = "household", proxy_for_status = true}
[programs.state]
label = "food for some statuses"
members = "state"
proxy_for_status = true
[programs.state.fields]
income = {column = "state.income", source = "household"}
"""
PEOPLE: dict[str, Any] = {
    "id": ["1", "2"],
    "given": ["Made", "Up"],
    "born": ["1988-04-17", "1990-01-01"],
    "ssn": ["900-01-0001", "900010002"],
    "phone": ["207-555-0101", None],
    "hidden": ["no", "yes"],
}
TABLES: dict[str, dict[str, Any]] = {
    "people": PEOPLE,
    "cases": {"id": ["1", "2"], "income": ["10", "20"], "house": ["H1", "H2"]},
    "paid": {"id": ["1", "1"], "on_day": ["2026-01-01", "2026-02-01"], "detail": ["a", "b"]},
    "status": {"id": ["1"], "language": ["made up"]},
    "state": {"id": ["1"], "income": ["10"]},
}
Found = list[tuple[str, str, str]]
Check = Callable[..., Found]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return parse_catalogue(CATALOGUE.encode(), file="made-up.toml")


@pytest.fixture(params=["sqlite", "parquet"])
def check(request: pytest.FixtureRequest, tmp_path: Path, catalogue: Catalogue) -> Check:
    """Return the findings about made-up tables of which one column is another."""

    def found(table: str = "", column: str = "", values: Sequence[object] | pa.Array = ()) -> Found:
        tables = {name: dict(columns) for name, columns in TABLES.items()}
        if table:
            tables[table][column] = values
        place = _write(tmp_path, request.param, tables)
        source = open_source(place)
        findings = list_column_faults(source, catalogue)
        source.close()
        return [
            (str(one.flaw.severity), f"{one.table}.{one.column}", one.flaw.code)
            for one in findings
            # Where the persons' keys are others, those of the households are nobody's.
            if one.flaw.code != "key-nobodys"
        ]

    return found


def _write(folder: Path, kind: str, tables: dict[str, dict[str, Any]]) -> Path:
    if kind == "parquet":
        (folder / "parquet").mkdir()
        for name, columns in tables.items():
            pq.write_table(pa.table(columns), folder / "parquet" / f"{name}.parquet")
        return folder / "parquet"
    with sqlite3.connect(folder / "a.sqlite") as connection:
        for name, columns in tables.items():
            listed = [
                one.to_pylist() if isinstance(one, pa.Array) else list(one)
                for one in columns.values()
            ]
            connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            marks = ",".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {name} VALUES ({marks})", zip(*listed, strict=True)
            )
    connection.close()
    return folder / "a.sqlite"


def test_what_is_in_order_has_no_finding(check: Check) -> None:
    assert check() == []


GRAVE: list[tuple[str, str, Any, str]] = [
    ("people", "id", [900.0, 901.0], "key-type"),
    ("cases", "id", [1.0, 2.0], "key-type"),
    ("people", "id", ["900.0", "901.0"], "key-double"),
    ("people", "id", ["9e2", "2"], "key-double"),
    ("people", "id", [b"1", b"2"], "key-type"),
    ("people", "id", ["1", None], "key-missing"),
    ("people", "id", ["1", "1"], "key-twice"),
    ("people", "id", ["1\0", "2"], "column-nul"),
    ("people", "born", ["04/17/1988", "01/01/1990"], "date-form"),
    ("people", "born", ["17-Apr-88", None], "date-form"),
    ("people", "born", ["1988-04-17", "19880417"], "date-form"),
    ("people", "born", ["1988-04-17", "1988-04-17T00:00:00Z"], "date-form"),
    ("people", "born", [19880417, 19900101], "date-type"),
    ("people", "born", [1988.5, 1990.5], "date-type"),
    ("people", "born", ["1988-02-30", None], "date-impossible"),
    ("people", "born", ["1988-13-01", None], "date-impossible"),
    ("people", "born", ["", None], "column-empty"),
    ("people", "ssn", [900010001.0, 900010002.0], "number-double"),
    ("people", "ssn", ["900010001.0", None], "number-double"),
    ("people", "ssn", ["9.00010001e8", None], "number-double"),
    ("people", "ssn", [900010001, 900010002], "number-zeros"),
    ("people", "ssn", ["900010001", "01010001"], "number-zeros"),
    ("people", "ssn", ["1010001", None], "number-zeros"),
    ("people", "phone", [2075550101.0, None], "number-double"),
    ("people", "phone", ["2075550101.0", None], "number-double"),
    ("people", "given", [1, 2], "text-type"),
    ("people", "given", ["Ma\0de", "Up"], "column-nul"),
    ("paid", "on_day", ["2026-01-01", ""], "date-form"),
    ("paid", "on_day", ["01/02/2026", "01/03/2026"], "date-form"),
    ("paid", "on_day", [20260101, 20260201], "date-type"),
    ("cases", "income", ["1\0", "2"], "column-nul"),
]


@pytest.mark.parametrize(("table", "column", "values", "code"), GRAVE)
def test_each_grave_fault_is_named_with_its_column(
    table: str, column: str, values: Any, code: str, check: Check
) -> None:
    assert ("grave", f"{table}.{column}", code) in check(table, column, values)


@pytest.mark.parametrize(
    ("table", "column", "values", "code"),
    [
        ("people", "id", [" 1", "2"], "key-spaces"),
        ("people", "id", ["a1", "A1"], "key-alike"),
        ("people", "born", ["0001-01-01", "1988-04-17"], "date-range"),
        ("people", "born", ["9999-12-31", "1988-04-17"], "date-range"),
        ("people", "ssn", ["XXX-XX-0001", None], "number-form"),
        ("people", "ssn", ["unknown", None], "number-form"),
        ("cases", "id", ["1", "1"], "key-twice"),
        ("cases", "income", [None, ""], "column-empty"),
        ("people", "hidden", ["perhaps", "no"], "mark-unknown"),
    ],
)
def test_each_lesser_fault_is_a_warning(
    table: str, column: str, values: Any, code: str, check: Check
) -> None:
    assert check(table, column, values) == [("warning", f"{table}.{column}", code)]


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("people", "born", ["1988-04-17T00:00:00", "1990-01-01 00:00"]),
        ("people", "born", ["1988-04-17", None]),
        ("people", "id", ["1-23", "12-3"]),
        ("people", "born", ["1880-01-01", "2100-12-31"]),
        ("people", "ssn", [None, None]),
        ("people", "phone", [2075550101, None]),
        ("cases", "income", [1.5, 2.5]),
        ("cases", "income", [1, None]),
        ("paid", "on_day", ["2026-01-01", None]),
        ("status", "language", ["\0"]),
        ("state", "income", ["\0"]),
    ],
)
def test_what_may_be_so_has_no_finding(table: str, column: str, values: Any, check: Check) -> None:
    assert check(table, column, values) == []


@pytest.mark.parametrize(
    ("table", "column", "values", "told"),
    [
        ("people", "born", pa.array([date(1988, 4, 17), None]), []),
        ("people", "born", pa.array([0, 1], pa.timestamp("us")), []),
        ("people", "born", pa.array([0, 1], pa.timestamp("us", tz="UTC")), ["date-zone"]),
        ("paid", "on_day", pa.array([0, 1], pa.timestamp("us", tz="UTC")), []),
        ("paid", "on_day", pa.array([True, False]), ["date-type"]),
        ("cases", "income", pa.array([["1"], ["2"]]), ["column-type"]),
        ("cases", "income", pa.array([Decimal("1.50"), None]), []),
        ("people", "ssn", pa.array([Decimal("1"), None]), ["number-zeros"]),
        ("people", "ssn", pa.array([Decimal("1.5"), None]), ["number-double", "number-zeros"]),
        ("people", "id", pa.array([1, 2]), ["key-other-type"]),
        ("cases", "id", pa.array([1, 2]), ["key-other-type"]),
        ("people", "id", pa.array([True, False]), ["key-type", "key-other-type"]),
    ],
)
def test_types_of_parquet_columns_are_told_apart(
    table: str,
    column: str,
    values: pa.Array,
    told: list[str],
    tmp_path: Path,
    catalogue: Catalogue,
) -> None:
    tables = {name: dict(columns) for name, columns in TABLES.items()}
    tables[table][column] = values
    source = open_source(_write(tmp_path, "parquet", tables))

    codes = {one.flaw.code for one in list_column_faults(source, catalogue)}
    source.close()

    assert codes == set(told) or (column == "id" and set(told) & codes)


def test_types_side_by_side_in_one_column_are_told(tmp_path: Path, catalogue: Catalogue) -> None:
    tables = {name: dict(columns) for name, columns in TABLES.items()}
    tables["people"]["id"] = [1, "2"]
    tables["cases"]["income"] = ["10", 20.5]
    source = open_source(_write(tmp_path, "sqlite", tables))

    told = {
        (str(one.flaw.severity), f"{one.table}.{one.column}", one.flaw.code)
        for one in list_column_faults(source, catalogue)
    }
    source.close()

    assert ("grave", "people.id", "column-mixed") in told
    assert ("warning", "cases.income", "column-mixed") in told


def test_no_message_holds_a_value_and_every_one_has_a_next_step(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    tables = {name: dict(columns) for name, columns in TABLES.items()}
    tables["people"] = {
        **PEOPLE, "born": ["04/17/1988", "Quimby"], "ssn": ["Quimby 01", "01010001"],
        "hidden": ["Quimby", "no"],
    }  # fmt: skip
    source = open_source(_write(tmp_path, "sqlite", tables))

    findings = list_column_faults(source, catalogue)
    with pytest.raises(SourceFault) as refused:
        check_source(source, catalogue)
    source.close()

    told = " ".join([*map(str, findings), str(refused.value), refused.value.todo])
    assert "99/99/9999" in told
    assert not any(value in told for value in ("04/17", "1988", "Quimby", "01010001"))
    assert all(one.flaw.todo for one in findings)
    assert refused.value.code == "source-refused"
    assert "people.born" in str(refused.value)


def test_proxies_are_not_looked_at(tmp_path: Path, catalogue: Catalogue) -> None:
    watched: list[str] = []
    source = open_source(
        _write(tmp_path, "sqlite", TABLES), recorder=lambda text, _: watched.append(text)
    )

    list_column_faults(source, catalogue)
    source.close()

    assert any("cases" in text for text in watched)
    assert not any("language" in text or "FROM state" in text for text in watched)
    assert all("LIMIT" in text for text in watched if "people" in text)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("04/17/1988", "99/99/9999"),
        ("Zoë Ñ", "AAA A"),
        ("a\0\x1b[1m", "A??[9A"),
        (900.0, "999.9"),
        (b"\x00\xff", "99AA"),
        ("x" * 30, "A" * 24 + "..."),
        ("\u0661\u0662-1", "99-9 in arabic-indic digits"),
        ("1\u0967\uff11", "999 in devanagari and fullwidth digits"),
        ("\u00b2\u2460\u2488", "999 in raised digits"),
        ("\u2013", "?"),
    ],
)
def test_a_form_says_nothing_of_its_value(value: Any, form: str) -> None:
    assert form_of(value) == form
