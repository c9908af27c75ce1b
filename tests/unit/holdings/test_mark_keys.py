"""A mark of protection under a key that is written otherwise is not overlooked in silence."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.holdings import (
    SourceFault,
    list_column_faults,
    open_source,
    parse_catalogue,
    read_protections,
)
from clerestory.holdings.source import Source

CATALOGUE = parse_catalogue(
    b"""
format = "clerestory-catalogue/1"
agency = "made-up"
[person]
table = "people"
key = "id"
[search_keys]
person_id = "people.id"
given_names = "people.given"
birth_date = "people.born"
[protections]
sud_patient = {row_in = "treated"}
protected_8usc1367 = {column = "status.protected", yes = ["yes"], no = ["no", ""]}
[fields]
name = {label = "name", category = "identity", sensitivity = "personal"}
[programs.snap]
label = "food"
members = "people"
[programs.snap.fields]
name = {column = "people.given", source = "household"}
""",
    file="made-up.toml",
)
KINDS = ["sqlite", "parquet"]


@contextmanager
def source_of(
    folder: Path, kind: str, *, people: list[object], treated: list[object], status: list[object]
) -> Iterator[Source]:
    """The same made-up tables in a database or a folder; ``treated`` and ``status`` hold keys."""
    everybody = {"given": ["A" for _ in people], "born": ["1980-01-01" for _ in people]}
    tables: dict[str, dict[str, list[Any]]] = {
        "people": {"id": people, **everybody},
        "treated": {"id": treated},
        "status": {"id": status, "protected": ["yes" for _ in status]},
    }
    if kind == "parquet":
        for name, columns in tables.items():
            pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    else:
        with sqlite3.connect(folder / "made-up.sqlite") as connection:
            for name, columns in tables.items():
                types = ", ".join(
                    f"{column} {'INTEGER' if isinstance(values[0], int) else 'TEXT'}"
                    for column, values in columns.items()
                )
                connection.execute(f"CREATE TABLE {name} ({types})")
                places = ", ".join("?" * len(columns))
                rows = zip(*columns.values(), strict=True)
                connection.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
        connection.close()
    source = open_source(folder if kind == "parquet" else folder / "made-up.sqlite")
    try:
        yield source
    finally:
        source.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("treated", "status", "told"),
    [
        (["P1"], ["P2", None], set()),
        (["P1", "p2"], ["P1", "P2"], {("warning", "treated")}),
        (["P1 "], ["P1"], {("grave", "treated")}),
        (["P1"], ["1", "2"], {("grave", "status")}),
        (["p1", "p2"], ["P1", "P3"], {("grave", "treated"), ("warning", "status")}),
    ],
)
def test_a_check_names_marks_that_are_nobodys(
    kind: str,
    treated: list[object],
    status: list[object],
    told: set[tuple[str, str]],
    tmp_path: Path,
) -> None:
    with source_of(tmp_path, kind, people=["P1", "P2"], treated=treated, status=status) as source:
        listed = list_column_faults(source, CATALOGUE)
        found = [one for one in listed if one.flaw.code == "key-nobodys"]

    assert {(str(one.flaw.severity), one.table) for one in found} == told
    for one in found:
        assert ("every key" if one.flaw.severity == "grave" else "a key") in one.flaw.said
        assert "P1" not in str(one)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "written",
    [
        "p1", " P1", "P1 ", "P1\r", "\tp1\u00a0", "\ufeffP1", "P\uff11", "\uff30\u0661", "P-1",
        "P\u20131", "P01", "\u04201", "P\u00ad1", "P 1", "P1.0",
    ],
)  # fmt: skip
@pytest.mark.parametrize("table", ["treated", "status"])
def test_a_mark_under_the_key_in_another_writing_releases_nothing(
    table: str, written: str, kind: str, tmp_path: Path
) -> None:
    keys: dict[str, list[object]] = {"treated": ["P2"], "status": ["P2"]}
    keys[table] = ["P2", written]
    with source_of(tmp_path, kind, people=["P1", "P2"], **keys) as source:
        with pytest.raises(SourceFault, match=rf"another writing: {table}\.id") as fault:
            read_protections(source, CATALOGUE, "P1", on=date(2026, 3, 4))
        others = read_protections(source, CATALOGUE, "P2", on=date(2026, 3, 4))

    assert fault.value.code == "source-key-other-writing"
    assert "P1" not in str(fault.value)
    assert others.flags == {"sud_patient", "protected_8usc1367"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", ["p1", "P1 ", "P11", "P 1", None])
def test_the_mark_of_another_stops_nobody(other: str | None, kind: str, tmp_path: Path) -> None:
    people: list[object] = ["P1", "p1", "P1 ", "P11", "P 1"]
    with source_of(tmp_path, kind, people=people, treated=["p1", other], status=["P2"]) as source:
        told = read_protections(source, CATALOGUE, "P1", on=date(2026, 3, 4))

    assert told.flags == frozenset()


@pytest.mark.parametrize("kind", KINDS)
def test_marks_under_keys_of_another_type_release_nothing(kind: str, tmp_path: Path) -> None:
    with (
        source_of(tmp_path, kind, people=["007", "8"], treated=[7, 9], status=["8"]) as source,
        pytest.raises(SourceFault, match=r"keys of another type: treated\.id") as fault,
    ):
        read_protections(source, CATALOGUE, "007", on=date(2026, 3, 4))

    assert fault.value.code == "source-key-other-type"
    assert "people.id" in str(fault.value.todo)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keys", [["7", "8"], [7, 8]], ids=["texts", "numbers"])
def test_marks_under_keys_of_one_type_are_read(
    kind: str, keys: list[object], tmp_path: Path
) -> None:
    with source_of(tmp_path, kind, people=keys, treated=keys[:1], status=keys[1:]) as source:
        told = [
            set(map(str, read_protections(source, CATALOGUE, one, on=date(2026, 3, 4)).stated))
            for one in ("7", "8")
        ]

    assert told == [{"sud_patient"}, {"protected_8usc1367"}]
