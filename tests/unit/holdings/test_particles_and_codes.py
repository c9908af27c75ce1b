"""Particles that stand alone or in a row, and what each of SQLite's codes says of a file."""

import sqlite3
from pathlib import Path

import pytest

from clerestory.holdings.names import NameFit, compare_names, fold_asked, fold_recorded
from clerestory.holdings.sqlite_file import SqliteFile


@pytest.mark.parametrize(
    ("asked", "given", "family", "fit"),
    [
        # The last word of a family name is a name, even where it has a particle's letters.
        ("Maria Da", "Maria", "Da", NameFit.FULL),
        ("Maria Al", "Maria", "Al", NameFit.FULL),
        ("Maria Van Ben", "Maria", "Van Ben", NameFit.FULL),
        # Of two particles in a row, both lead to the name that comes after them.
        ("Maria de Sousa", "Maria", "Sousa", NameFit.FULL),
        ("Maria dos de Sousa", "Maria", "Sousa", NameFit.FULL),
        ("Maria dos de Souta", "Maria", "Costa", NameFit.NONE),
    ],
)
def test_particles_lead_to_a_name_or_are_one(
    asked: str, given: str, family: str, fit: NameFit
) -> None:
    assert compare_names(fold_asked(asked), fold_recorded(given, family, "")) is fit


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SQLITE_READONLY_ROLLBACK", "source-unfinished"),
        ("SQLITE_READONLY", "source-unreadable"),
        ("SQLITE_READONLY_DIRECTORY", "source-unreadable"),
        ("SQLITE_READONLY_CANTINIT", "source-unreadable"),
        ("SQLITE_CANTOPEN", "source-unreadable"),
        ("SQLITE_CANTOPEN_ISDIR", "source-unreadable"),
        ("SQLITE_NOTADB", "source-unreadable"),
        ("SQLITE_CORRUPT", "source-unreadable"),
        ("SQLITE_CORRUPT_INDEX", "source-unreadable"),
        ("SQLITE_ERROR", None),
        ("SQLITE_BUSY", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_each_code_of_sqlite_says_what_it_says_of_the_file(
    name: str, code: str | None, gone: bool, tmp_path: Path
) -> None:
    path = tmp_path / "made-up.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (id)")
    connection.close()
    file = SqliteFile.at(path)
    if gone:
        path.unlink()
    fault = sqlite3.OperationalError("made up")
    fault.sqlite_errorname = name

    told = file.explain(fault)

    opens = name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")) and "ROLLBACK" not in name
    expected = "source-vanished" if gone and opens else code
    assert (told.code if told else None) == expected
    if told:
        assert "made-up.sqlite" in str(told)
