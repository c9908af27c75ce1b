"""The same reads on PostgreSQL, where the server itself refuses every write."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from clerestory.holdings import (
    Catalogue,
    Found,
    IndexFault,
    PermittedField,
    PersonQuery,
    SourceFault,
    build_index,
    check_index_current,
    list_missing,
    load_catalogue,
    open_source,
    read_fields,
)
from clerestory.holdings.find import find_person
from clerestory.holdings.identities import told_by_source
from clerestory.holdings.made_up import DEMO_PEOPLE, write_agency
from clerestory.holdings.postgresql_source import PostgresqlSource
from clerestory.kernel import Period

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")

CATALOGUE = Path(__file__).parents[2] / "profiles" / "maine-dhhs" / "catalogue.toml"
ADULT = DEMO_PEOPLE[0]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(CATALOGUE)


@pytest.fixture(scope="module")
def filled(server: str, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Copy a small made-up agency into the server."""
    folder = tmp_path_factory.mktemp("holdings") / "agency"
    write_agency(catalogue, folder, seed=3, persons=100)
    engine = sa.create_engine(server)
    source = sqlite3.connect(folder / "agency.sqlite")
    with engine.begin() as connection:
        for (table,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = [
                (name, {"BLOB": "BYTEA"}.get(kind, "TEXT"))
                for _, name, kind, *_ in source.execute(f"PRAGMA table_info({table})")
            ]
            # Dates as dates in one table, as texts in the others: both are met in the field.
            if table == "snap_ebt_transactions":
                columns = [(n, "DATE" if n == "on_date" else kind) for n, kind in columns]
            listed = ", ".join(f"{name} {kind}" for name, kind in columns)
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            connection.exec_driver_sql(f"CREATE TABLE {table} ({listed})")
            rows = source.execute(f"SELECT * FROM {table}").fetchall()
            if rows:
                marks = ", ".join(["%s"] * len(columns))
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows)
    source.close()
    engine.dispose()
    return server


def permit(field: str) -> PermittedField:
    return PermittedField(
        person_id=ADULT.person.person_id, program="snap", field=field, period=Period()
    )


def test_postgresql_reads_the_permitted_columns_of_one_person(
    filled: str, catalogue: Catalogue
) -> None:
    statements: list[str] = []
    source = open_source(filled, recorder=lambda statement, _: statements.append(statement))
    statements.clear()

    values = read_fields(source, catalogue, [permit("name"), permit("photo")])
    source.close()

    assert values[0].values == (ADULT.person.name,)
    assert isinstance(values[1].values[0], bytes)
    [statement] = [one for one in statements if "people" in one]
    assert statement.split("FROM")[0].split() == ["SELECT", "people.name,", "people.photo"]


@pytest.mark.parametrize("field", ["ebt_transactions", "notices"])
def test_postgresql_reads_dated_fields_by_period(
    filled: str, catalogue: Catalogue, field: str
) -> None:
    source = open_source(filled)

    [all_days] = read_fields(source, catalogue, [permit(field)])
    source.close()

    assert len(all_days.values) >= 2


def test_postgresql_refuses_every_write(filled: str) -> None:
    source = PostgresqlSource(filled)

    with (
        pytest.raises(sa.exc.InternalError, match="read-only transaction"),
        source.engine.connect() as connection,
    ):
        connection.execute(sa.text("DELETE FROM people"))
    source.close()


def test_postgresql_is_checked_and_indexed_like_the_others(
    filled: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    source = open_source(filled)

    missing = list_missing(source, catalogue)
    index = build_index(source, catalogue, tmp_path / "persons.index")
    answer = find_person(index, PersonQuery.from_mapping(ADULT.query()))
    # The server sums its persons up to the same as the walk of the index.
    assert told_by_source(source, catalogue) == index.identities
    index.close()
    source.close()

    assert missing == ()
    assert isinstance(answer, Found)
    assert answer.person_id == ADULT.person.person_id


def test_postgresql_tells_an_old_index_by_one_row_and_walks_nobody_for_a_new_one(
    filled: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    asked: list[str] = []
    source = open_source(filled, recorder=lambda text, _: asked.append(text))
    index = build_index(source, catalogue, tmp_path / "persons.index")
    owner = sa.create_engine(filled, isolation_level="AUTOCOMMIT")
    renamed = "UPDATE people SET family_names = family_names || %s WHERE person_id = %s"
    who, now = ADULT.person.person_id, datetime(2026, 11, 30, tzinfo=UTC)
    with closing(source), closing(index), owner.connect() as connection:
        asked.clear()
        check_index_current(index, source, catalogue, now=now)
        assert [text for text in asked if "ORDER BY" in text] == []
        connection.exec_driver_sql(renamed, (" ", who))
        with pytest.raises(IndexFault) as refused:
            check_index_current(index, source, catalogue, now=now)
        connection.exec_driver_sql(
            "UPDATE people SET family_names = rtrim(family_names) WHERE person_id = %s", (who,)
        )
        check_index_current(index, source, catalogue, now=now)
    owner.dispose()

    assert refused.value.code == "index-outdated"


def test_postgresql_faults_say_what_to_do(
    filled: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clerestory.holdings.postgresql_source.BUSY_SECONDS", 1)
    owner = sa.create_engine(filled)
    source = open_source(filled)
    codes = []

    with owner.connect() as connection:
        connection.execute(sa.text("LOCK TABLE people IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(SourceFault) as fault:
            read_fields(source, catalogue, [permit("name")])
        codes.append(fault.value.code)
        connection.rollback()
        connection.execute(sa.text("ALTER TABLE snap_cases RENAME COLUMN income TO earnings"))
        connection.commit()
        with pytest.raises(SourceFault) as fault:
            read_fields(source, catalogue, [permit("income")])
        codes.append(fault.value.code)
        connection.execute(sa.text("ALTER TABLE snap_cases RENAME COLUMN earnings TO income"))
        connection.commit()
    source.close()
    owner.dispose()

    assert codes == ["source-locked", "source-lacks-column"]


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SourceFault) as fault:
        open_source(f"postgresql+psycopg://reader:secret@/nothing?host={tmp_path}&password=secret")

    assert fault.value.code == "source-vanished"
    assert str(tmp_path.name) in str(fault.value)
    assert "secret" not in str(fault.value)
