"""A SQLite file is opened by its name: no sign in a name means anything, and nothing is written."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from clerestory.holdings import SourceFault, open_source
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.source import Scalar
from clerestory.holdings.sqlite_file import SqliteFile
from clerestory.holdings.sqlite_source import SqliteSource

NAMES = (
    "agency#2.sqlite",
    "case #12/agency.sqlite",
    "a?mode=rwc.sqlite",
    "a?mode=rwc&cache=shared#x.sqlite",
    "100%41.sqlite",
    "with space.sqlite",
    "with\nnew line.sqlite",
    'it\'s "quoted".sqlite',
    "-leading.sqlite",
    "--catalogue.sqlite",
    "file:agency.sqlite",
    ":memory:",
    "ünïcode-名.sqlite",
    "back\\slash.sqlite",
    "semi;colon&and=equals.sqlite",
    "x://y/agency.sqlite",
)


def write(path: Path, said: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(str(path))
    with connection:
        connection.execute("CREATE TABLE people (person_id TEXT, name TEXT)")
        connection.execute("INSERT INTO people VALUES ('1', ?)", (said,))
    connection.close()
    return path


def read(path: Path | str) -> list[tuple[Scalar, ...]]:
    source = open_source(path)
    try:
        return source.read_one(
            OneRow(table="people", columns=("name",), key="person_id", person_id="1", members=None)
        )
    finally:
        source.close()


def listed(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("name", NAMES)
def test_the_named_file_is_read_and_no_other(name: str, tmp_path: Path) -> None:
    write(tmp_path / name, "the one named")
    for other in ("agency", "agency.sqlite", "a", "100A.sqlite", "case "):
        if not (tmp_path / other).exists():
            write(tmp_path / other, "another")
    before = listed(tmp_path)

    assert read(tmp_path / name) == [("the one named",)]

    assert listed(tmp_path) == before


@pytest.mark.parametrize("name", [one for one in NAMES if "/" not in one])
def test_a_name_is_read_from_its_own_folder_as_well(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / name, "the one named")
    monkeypatch.chdir(tmp_path)

    assert read(name) == [("the one named",)]


def test_a_name_that_is_no_text_is_read_and_shown_by_its_numbers(tmp_path: Path) -> None:
    write(tmp_path / "plain", "x")
    name = os.fsdecode(b"caf\xe9\x1b[1m.sqlite")
    (tmp_path / "plain").rename(tmp_path / name)

    source = open_source(tmp_path / name)

    assert source.label.endswith("caf\\udce9\\x1b[1m.sqlite")
    assert read(tmp_path / name) == [("x",)]
    source.close()


def test_a_link_is_followed_to_the_file_that_it_names(tmp_path: Path) -> None:
    write(tmp_path / "real#1.sqlite", "real")
    (tmp_path / "link?x").symlink_to("real#1.sqlite")

    assert read(tmp_path / "link?x") == [("real",)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM people",
        "ATTACH DATABASE 'other.sqlite' AS other",
        "ATTACH DATABASE ':memory:' AS other",
        "VACUUM INTO 'copy.sqlite'",
        "CREATE TEMP TABLE t AS SELECT 1",
        "PRAGMA journal_mode=WAL",
        "PRAGMA user_version=7",
    ],
)
def test_no_statement_writes_or_opens_anything_else(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "other.sqlite", "other")
    connection = SqliteFile.at(write(tmp_path / "agency.sqlite", "x")).connect()
    before = listed(tmp_path)

    try:
        found = connection.execute(statement).fetchall()
    except sqlite3.Error:
        found = []
    connection.close()

    assert found in ([], [("delete",)])
    assert listed(tmp_path) == before
    assert "attach" not in statement.lower() or _is_refused(tmp_path, statement)


def _is_refused(folder: Path, statement: str) -> bool:
    connection = SqliteFile.at(folder / "agency.sqlite").connect()
    with pytest.raises(sqlite3.OperationalError, match="too many attached databases"):
        connection.execute(statement)
    connection.close()
    return True


def test_another_file_under_the_name_is_noticed(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "agency.sqlite", "first"))
    write(tmp_path / "next", "second")
    (tmp_path / "next").replace(tmp_path / "agency.sqlite")

    with pytest.raises(SourceFault, match=r"agency\.sqlite") as fault:
        source.columns_of("people")
    source.close()

    assert fault.value.code == "source-changed"


def test_a_database_in_write_ahead_mode_is_read_and_its_folder_left_alone(tmp_path: Path) -> None:
    file = write(tmp_path / "agency.sqlite", "x")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()

    assert read(file) == [("x",)]

    assert sorted(one.name for one in tmp_path.iterdir()) == ["agency.sqlite"]


def test_what_a_writer_has_written_ahead_is_read_as_well(tmp_path: Path) -> None:
    file = write(tmp_path / "agency.sqlite", "old")
    writer = sqlite3.connect(file)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("UPDATE people SET name = 'new'")
    writer.commit()
    assert (tmp_path / "agency.sqlite-wal").stat().st_size > 0

    assert read(file) == [("new",)]
    writer.close()


def test_a_writer_who_comes_while_a_still_database_is_read_is_noticed(tmp_path: Path) -> None:
    file = write(tmp_path / "agency.sqlite", "old")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    source = SqliteSource(file)

    def work(opened: sa.Connection) -> None:
        with sqlite3.connect(file) as writer:
            writer.execute("UPDATE people SET name = 'new'")
        writer.close()
        opened.execute(sa.text("SELECT name FROM people"))

    with pytest.raises(SourceFault) as fault:
        source.guard(work)
    source.close()

    assert fault.value.code == "source-changed"


def test_an_unfinished_write_is_named_as_that(tmp_path: Path) -> None:
    file = write(tmp_path / "agency.sqlite", "x")
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("PRAGMA cache_size=1")
    writer.execute("BEGIN")
    writer.executemany("INSERT INTO people VALUES ('2', ?)", [("x" * 1000,)] * 500)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("agency.sqlite", "agency.sqlite-journal"):
        shutil.copy(tmp_path / name, left / name)
    writer.execute("ROLLBACK")
    writer.close()

    with pytest.raises(SourceFault, match="stopped in the middle of writing") as fault:
        read(left / "agency.sqlite")

    assert fault.value.code == "source-unfinished"
    assert "taken back" in fault.value.todo


@pytest.mark.parametrize(
    ("content", "todo"),
    [
        (b"", "the file is empty"),
        (b"PAR1" + bytes(200), "the folder in which the Parquet files lie"),
        (b"\x1f\x8b" + bytes(200), "no SQLite database"),
        (b"SQLite format 3\0" + bytes(200), "restore the database"),
    ],
)
def test_what_is_no_database_is_told_apart(content: bytes, todo: str, tmp_path: Path) -> None:
    (tmp_path / "agency.sqlite").write_bytes(content)

    with pytest.raises(SourceFault) as fault:
        read(tmp_path / "agency.sqlite")

    assert fault.value.code == "source-unreadable"
    assert todo in fault.value.todo


def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SourceFault) as fault:
        read(tmp_path / "pipe")

    assert fault.value.code == "source-unreadable"


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "none/none"])
def test_a_name_that_can_be_no_file_is_refused_without_a_traceback(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceFault) as fault:
        open_source(tmp_path / name)

    assert fault.value.code in {"source-vanished", "source-unreadable"}
    assert "\0" not in str(fault.value)


@pytest.mark.parametrize(
    ("declared", "stored", "asked", "found"),
    [
        ("INTEGER", 7, "7", True),
        ("INTEGER", 7, "007", False),
        ("INTEGER", 7, "7.0", False),
        ("INTEGER", 100, "1e2", False),
        ("INTEGER", 7, " 7", False),
        ("TEXT", "007", "007", True),
        ("TEXT", "007", "7", False),
        ("TEXT COLLATE NOCASE", "p1", "P1", False),
        ("TEXT COLLATE NOCASE", "P1", "P1", True),
        ("TEXT COLLATE RTRIM", "P1 ", "P1", False),
        ("NUMERIC", 7, "7", True),
        ("NUMERIC", 7, "07", False),
        ("", "007", "007", True),
        ("TEXT", "7", "7\0", False),
        ("TEXT", "7", "7\udce9", False),
    ],
)
def test_a_key_is_exactly_the_text_that_was_found(
    declared: str, stored: object, asked: str, found: bool, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute(f"CREATE TABLE people (person_id {declared}, name TEXT)")
        connection.execute("INSERT INTO people VALUES (?, 'x')", (stored,))
    connection.close()
    source = open_source(tmp_path / "a.sqlite")

    rows = source.read_one(
        OneRow(table="people", columns=("name",), key="person_id", person_id=asked, members=None)
    )
    source.close()

    assert rows == [("x",)] * found


def test_a_key_that_is_a_floating_point_number_is_never_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE people (person_id REAL, name TEXT)")
        connection.execute("INSERT INTO people VALUES (9000, 'x')")
    connection.close()
    source = open_source(tmp_path / "a.sqlite")

    with pytest.raises(SourceFault, match=r"people\.person_id is a floating-point") as fault:
        source.read_one(
            OneRow(table="people", columns=("name",), key="person_id", person_id="9", members=None)
        )
    source.close()

    assert fault.value.code == "source-key-type"


@pytest.mark.parametrize("person", ["7\0", "7\udce9"])
def test_a_text_that_no_database_keeps_is_nobodys_key_and_is_not_asked_for(
    person: str, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE people (id TEXT, name TEXT)")
        connection.execute("INSERT INTO people VALUES ('7', 'made up')")
    connection.close()
    asked: list[str] = []
    source = open_source(tmp_path / "a.sqlite", recorder=lambda text, _: asked.append(text))
    asked.clear()

    row = OneRow(table="people", columns=("name",), key="id", person_id=person, members=None)

    assert source.read_one(row) == []
    assert asked == []
    assert source.read_one(replace(row, person_id="7")) == [("made up",)]
    source.close()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("no such table: people", "source-lacks-column"),
        ("no such column: people.name", "source-lacks-column"),
        ("No Such Column: people.name", "source-lacks-column"),
        ("no such function: made_up", "source-unreadable"),
    ],
)
def test_what_the_driver_misses_is_told_as_what_the_catalogue_names(
    words: str, code: str, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE people (id TEXT, name TEXT)")
    connection.close()
    source = SqliteSource(tmp_path / "a.sqlite")

    fault = source.explain(DBAPIError("", (), sqlite3.OperationalError(words)), "people", ["name"])
    source.close()

    assert fault.code == code
    assert "made_up" not in str(fault)


@pytest.mark.parametrize("name", ["name", "Given name", "it's"])
def test_a_text_that_is_not_utf_8_is_told_with_its_column_and_without_its_value(
    name: str, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute(f'CREATE TABLE people (id TEXT, "{name}" TEXT)')
        connection.execute("INSERT INTO people VALUES ('1', CAST(x'517569E96D62' AS TEXT))")
    connection.close()
    source = SqliteSource(tmp_path / "a.sqlite")

    reads: tuple[Callable[[], object], ...] = (
        lambda: source.sample("people", ["id", name], 5),
        lambda: list(source.scan_keys("people", ["id", name], "id")),
    )
    for read in reads:
        with pytest.raises(SourceFault) as fault:
            read()
        assert fault.value.code == "source-bad-text"
        assert f"people.{name}" in str(fault.value)
        assert "Qui" not in str(fault.value) + fault.value.todo
    source.close()
