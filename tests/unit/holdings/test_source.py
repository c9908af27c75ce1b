"""Sources are read-only, and every way they can fail says what to do."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from clerestory.holdings import (
    Catalogue,
    PermittedField,
    Source,
    SourceFault,
    build_index,
    list_missing,
    open_source,
    read_fields,
)
from clerestory.holdings.sqlite_source import SqliteSource
from clerestory.kernel import Period

ONE = PermittedField(person_id="P20000011", program="snap", field="income", period=Period())


@pytest.fixture
def copy(agency: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(agency / "agency.sqlite", tmp_path / "copy.sqlite"))


def code_of(source: Source, catalogue: Catalogue) -> str:
    with pytest.raises(SourceFault) as fault:
        read_fields(source, catalogue, [ONE])
    assert fault.value.todo
    return fault.value.code


def test_a_sqlite_source_refuses_every_write(copy: Path) -> None:
    source = SqliteSource(copy)

    with (
        pytest.raises(sa.exc.OperationalError, match="readonly"),
        source.engine.connect() as connection,
    ):
        connection.execute(sa.text("DELETE FROM people"))
    source.close()


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    for written in (tmp_path / "none.sqlite", tmp_path / "none" / "none.sqlite"):
        with pytest.raises(SourceFault) as fault:
            open_source(str(written))
        assert fault.value.code == "source-vanished"
    assert list(tmp_path.iterdir()) == []


def test_a_sqlite_url_is_refused_and_the_files_name_asked_for(copy: Path) -> None:
    with pytest.raises(SourceFault, match="by the name of its file") as fault:
        open_source(f"sqlite:///{copy}")

    assert fault.value.code == "source-bad-url"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("not a database, but long enough to be looked at " * 30)

    with pytest.raises(SourceFault) as fault:
        open_source(file)

    assert fault.value.code == "source-unreadable"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("://nothing", "source-bad-url"),
        ("mysql://host/x", "source-kind"),
        ("postgresql+none://x", "source-no-driver"),
    ],
)
def test_a_url_that_cannot_be_used_is_named(url: str, code: str) -> None:
    with pytest.raises(SourceFault) as fault:
        open_source(url)

    assert fault.value.code == code


def test_a_locked_database_says_so(
    copy: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clerestory.holdings.sqlite_source.BUSY_SECONDS", 0)
    source = open_source(copy)
    holder = sqlite3.connect(copy, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    assert code_of(source, catalogue) == "source-locked"

    holder.execute("ROLLBACK")
    holder.close()
    assert len(read_fields(source, catalogue, [ONE])) == 1
    source.close()


def test_a_database_that_vanishes_is_noticed(copy: Path, catalogue: Catalogue) -> None:
    source = open_source(copy)
    read_fields(source, catalogue, [ONE])

    copy.unlink()

    assert code_of(source, catalogue) == "source-vanished"
    source.close()


@pytest.mark.parametrize(
    "change", ["ALTER TABLE snap_cases RENAME COLUMN income TO earnings", "DROP TABLE snap_cases"]
)
def test_a_missing_table_or_column_is_named(copy: Path, catalogue: Catalogue, change: str) -> None:
    with sqlite3.connect(copy) as connection:
        connection.execute(change)
    connection.close()
    source = open_source(copy)

    with pytest.raises(SourceFault, match="table snap_cases with columns income") as fault:
        read_fields(source, catalogue, [ONE])
    source.close()

    assert fault.value.code == "source-lacks-column"


def test_check_names_what_is_missing_and_who_needs_it(copy: Path, catalogue: Catalogue) -> None:
    with sqlite3.connect(copy) as connection:
        connection.execute("ALTER TABLE snap_cases RENAME COLUMN income TO earnings")
        connection.execute("DROP TABLE liheap_notices")
    connection.close()
    source = open_source(copy)

    missing = [str(one) for one in list_missing(source, catalogue)]
    source.close()

    assert missing == [
        "table liheap_notices is missing, needed by liheap.notices",
        "column snap_cases.income is missing, needed by snap.income",
    ]


@pytest.mark.parametrize("kind", ["agency.sqlite", "parquet"])
def test_the_made_up_agency_has_all_that_the_catalogue_names(
    agency: Path, catalogue: Catalogue, kind: str
) -> None:
    source = open_source(agency / kind)

    assert list_missing(source, catalogue) == ()
    source.close()


def test_a_folder_without_parquet_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceFault) as fault:
        open_source(tmp_path)

    assert fault.value.code == "source-vanished"


def test_a_broken_parquet_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.parquet").write_bytes(b"PAR1 and nothing more")

    with pytest.raises(SourceFault) as fault:
        open_source(tmp_path)

    assert fault.value.code == "source-unreadable"


def test_a_parquet_table_that_is_missing_or_vanishes_is_named(
    agency: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(agency / "parquet", tmp_path / "parquet"))
    source = open_source(folder)
    (folder / "snap_cases.parquet").unlink()

    assert code_of(source, catalogue) == "source-vanished"
    source.close()

    source = open_source(folder)
    assert code_of(source, catalogue) == "source-lacks-column"
    assert [one.table for one in list_missing(source, catalogue)] == ["snap_cases"]
    source.close()


def test_a_parquet_source_opens_nothing_outside_its_folder(agency: Path, tmp_path: Path) -> None:
    from clerestory.holdings.parquet_source import ParquetSource

    other = Path(shutil.copy(agency / "parquet" / "people.parquet", tmp_path / "people.parquet"))
    source = ParquetSource(agency / "parquet")

    with pytest.raises(SourceFault):
        source._execute(f"SELECT * FROM read_parquet('{other}')", [], table="", columns=())
    with pytest.raises(SourceFault):
        source._execute("SET enable_external_access = true", [], table="", columns=())
    source.close()


def test_an_index_of_a_source_without_its_keys_is_refused_and_leaves_nothing(
    copy: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    with sqlite3.connect(copy) as connection:
        connection.execute("ALTER TABLE people RENAME COLUMN phone TO telephone")
    connection.close()
    source = open_source(copy)

    with pytest.raises(SourceFault) as fault:
        build_index(source, catalogue, tmp_path / "persons.index")
    source.close()

    assert fault.value.code == "source-lacks-column"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.sqlite"]
