"""A check looks at no row of a table that tells or nearly tells anybody's status."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from clerestory.holdings import Catalogue, list_column_faults, open_source, parse_catalogue
from clerestory.holdings.source import Scalar, Source

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
[protections]
{marks}
[fields]
income = {{label = "income", category = "money", sensitivity = "sensitive"}}
language = {{label = "language", category = "status", sensitivity = "special"}}
[programs.snap]
label = "food"
members = "cases"
[programs.snap.fields]
income = {{column = "cases.income", source = "household"}}
language = {{column = "{language}", source = "household", proxy_for_status = true}}
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE people (id, given, born, hidden)")
        connection.execute("CREATE TABLE cases (id, income, language)")
        connection.execute("CREATE TABLE apart (id, language, hidden)")
        connection.execute("CREATE TABLE shelter (id, hidden)")
        connection.execute("INSERT INTO people VALUES ('1', 'Made', '1988-04-17', 'no')")
        connection.execute("INSERT INTO cases VALUES ('1', '10', 'made up')")
        connection.execute("INSERT INTO apart VALUES ('1', 'made up', 'no')")
        connection.execute("INSERT INTO shelter VALUES ('1', 'no')")
    connection.close()
    return open_source(tmp_path / "a.sqlite")


def looked_at(source: Source, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the tables of which the check reads any value; the check itself is the real one."""
    tables: set[str] = set()
    sample, missing = type(source).sample, type(source).has_key_missing

    def seen(self: Source, table: str, names: Sequence[str], rows: int) -> list[tuple[Scalar, ...]]:
        tables.add(table)
        return sample(self, table, list(names), rows)

    def counted(self: Source, table: str, key: str) -> bool:
        tables.add(table)
        return missing(self, table, key)

    monkeypatch.setattr(type(source), "sample", seen)
    monkeypatch.setattr(type(source), "has_key_missing", counted)
    list_column_faults(source, catalogue)
    return tables


@pytest.mark.parametrize(
    ("mark", "protection", "language", "looked"),
    [
        # The mark of 8 U.S.C. 1367 closes its table, any other mark does not.
        ("shelter.hidden", "protected_8usc1367", "apart.language", {"people", "cases"}),
        ("shelter.hidden", "domestic_violence", "apart.language", {"people", "cases", "shelter"}),
        # A table that holds other fields too stays open; one of proxies alone is closed.
        ("people.hidden", "domestic_violence", "cases.language", {"people", "cases"}),
        ("people.hidden", "domestic_violence", "apart.language", {"people", "cases"}),
        # The table of persons is always read: nobody could be found otherwise.
        ("people.hidden", "protected_8usc1367", "apart.language", {"people", "cases"}),
    ],
)
def test_no_row_is_looked_at_where_status_stands(
    mark: str,
    protection: str,
    language: str,
    looked: set[str],
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = f'{protection} = {{column = "{mark}", yes = ["yes"], no = ["no"]}}'
    text = CATALOGUE.format(marks=written, language=language)
    catalogue = parse_catalogue(text.encode(), file="made-up.toml")

    found = looked_at(source, catalogue, monkeypatch)
    source.close()

    assert found == looked
