"""Replay of demand rows in PostgreSQL: the same answers as from a file, and no row written."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from clerestory.cli.main import program
from clerestory.kernel import ClerestoryError

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")

LAWS = ("--pack", "us-federal@2015-01-01", "--pack", "us-me@2026-11-02")
ROWS = 3000
Alter = Callable[[str], None]


def law(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


def kind_of(column: pa.Field) -> str:
    if pa.types.is_list(column.type):
        return "text[]"
    return "date" if pa.types.is_date(column.type) else "text"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    made = law("simulate", "--rows", str(ROWS), "--out", folder / "made-up.parquet")
    assert made.exit_code == 0
    # A table cannot say that its rows are made up, so the file does not say so either.
    table = pq.read_table(folder / "made-up.parquet").replace_schema_metadata(None)
    pq.write_table(table, folder / "rows.parquet")
    return folder / "rows.parquet"


@pytest.fixture(scope="module")
def filled(server: str, file: Path) -> str:
    """A server with a table of the same rows."""
    table = pq.read_table(file)
    columns = ", ".join(f'"{column.name}" {kind_of(column)}' for column in table.schema)
    with psycopg.connect(sa.make_url(server).set(drivername="postgresql").render_as_string()) as db:
        db.execute("DROP TABLE IF EXISTS demand_rows")
        db.execute(f"CREATE TABLE demand_rows ({columns})")
        with db.cursor().copy("COPY demand_rows FROM STDIN") as copy:
            for row in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
                copy.write_row(row)
    return server


@pytest.fixture
def alter(filled: str) -> Iterator[Alter]:
    """Change the table ``changed``, a copy of the rows that is gone after the test."""
    engine = sa.create_engine(filled)

    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    run("DROP TABLE IF EXISTS changed")
    run("CREATE TABLE changed AS TABLE demand_rows")
    yield run
    run("DROP TABLE changed")
    engine.dispose()


def replay(url: str, table: str, out: Path) -> Result:
    return law("replay", "--demands", url, "--table", table, *LAWS, "--out", out, "--json")


def refused(url: str, table: str, out: Path) -> ClerestoryError:
    done = replay(url, table, out)

    assert isinstance(done.exception, ClerestoryError), done.output
    assert done.exception.todo
    assert not list((out / "batches").glob("*"))
    return done.exception


def copies(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (out / "rows").glob("*.parquet")}


def test_a_table_is_answered_as_the_file_of_its_rows(
    filled: str, file: Path, tmp_path: Path
) -> None:
    by_file = law("replay", "--demands", file, *LAWS, "--out", tmp_path / "file", "--json")
    by_table = replay(filled, "demand_rows", tmp_path / "table")

    found = json.loads(by_table.output)
    assert found == json.loads(by_file.output)
    assert found["rulings"] == ROWS
    assert found["rulings_changed"] > 0


def test_a_view_in_a_schema_is_read_like_a_table(filled: str, alter: Alter, tmp_path: Path) -> None:
    alter("CREATE VIEW public.half AS SELECT * FROM changed WHERE person < 'P2'")
    done = replay(filled, "public.half", tmp_path)
    alter("DROP VIEW half")

    assert 0 < json.loads(done.output)["rulings"] < ROWS


def test_a_copy_is_used_again_only_while_the_rows_are_the_same(
    filled: str, alter: Alter, tmp_path: Path
) -> None:
    replay(filled, "changed", tmp_path)
    first = copies(tmp_path)
    # The same rows in another order, and a column that no law reads, are the same demands.
    alter("CREATE TABLE again AS SELECT *, 1 AS more FROM changed ORDER BY person DESC")
    alter("DROP TABLE changed")
    alter("ALTER TABLE again RENAME TO changed")
    replay(filled, "changed", tmp_path)
    again = copies(tmp_path)
    alter("UPDATE changed SET threats = '{}', purpose = 'locate_fugitive'")
    done = replay(filled, "changed", tmp_path)

    assert len(first) == 1
    assert again == first
    assert len(copies(tmp_path)) == 2
    assert done.exit_code == 1


def test_a_damaged_copy_is_taken_anew(filled: str, tmp_path: Path) -> None:
    whole = replay(filled, "demand_rows", tmp_path).output
    [copy] = (tmp_path / "rows").glob("*.parquet")
    kept = copy.read_bytes()
    copy.write_bytes(kept[:-100])

    again = replay(filled, "demand_rows", tmp_path)

    assert again.output == whole
    assert copy.read_bytes() == kept


def test_a_table_without_rows_has_no_flips(filled: str, alter: Alter, tmp_path: Path) -> None:
    alter("DELETE FROM changed")

    done = replay(filled, "changed", tmp_path)

    assert json.loads(done.output)["rulings"] == 0
    assert done.exit_code == 0


BAD: dict[str, tuple[str, str, str]] = {
    "missing": ("replay-column-missing", "the first of them paper.kind",
                'ALTER TABLE changed DROP COLUMN "paper.kind"'),
    "number": ("replay-column-type", "person must be a text: INTEGER",
               "ALTER TABLE changed ALTER person TYPE integer USING 1"),
    "no list": ("replay-column-type", "raised must be a list of texts: TEXT",
                "ALTER TABLE changed ALTER raised TYPE text USING 'x'"),
    "list of numbers": ("replay-column-type", "raised must be a list of texts",
                        "ALTER TABLE changed ALTER raised TYPE integer[] USING '{1}'"),
    "lists in a list": ("replay-column-type", "raised must be a list of texts",
                        "UPDATE changed SET raised = '{{a},{b}}'"),
    "no date": ("replay-column-type", "month must be a date: TIMESTAMP",
                "ALTER TABLE changed ALTER month TYPE timestamp"),
    "moment": ("replay-column-type", "month must be a date: TIMESTAMP",
               "ALTER TABLE changed ALTER month TYPE timestamptz"),
    "twice but for capitals": ("replay-column-twice", "the column month stands twice",
                               'ALTER TABLE changed ADD COLUMN "Month" date'),
    "unknown": ("replay-unknown-code", "3,000 of them in paper.kind: scroll",
                "UPDATE changed SET \"paper.kind\" = 'scroll'"),
    "null": ("replay-null", "3,000 of them in purpose", "UPDATE changed SET purpose = NULL"),
    "null in a set": ("replay-null", "3,000 of them in raised",
                      "UPDATE changed SET raised = '{NULL}'"),
    "month": ("replay-month", "3,000 rows have another",
              "UPDATE changed SET month = '2026-03-17'"),
    "twice": ("replay-row-twice", "3,000 rows stand there twice",
              "INSERT INTO changed SELECT * FROM changed"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_table_is_refused_with_its_fault(
    fault: str, filled: str, alter: Alter, tmp_path: Path
) -> None:
    code, said, statement = BAD[fault]
    alter(statement)

    told = refused(filled, "changed", tmp_path)

    assert told.code == code
    assert said in str(told)
    assert not list(tmp_path.rglob("*.draft"))


def test_an_unknown_table_is_named(filled: str, tmp_path: Path) -> None:
    told = refused(filled, "nowhere.nothing", tmp_path)

    assert told.code == "replay-no-table"
    assert "nowhere.nothing" in str(told)


def test_a_table_that_may_not_be_read_is_refused(filled: str, alter: Alter, tmp_path: Path) -> None:
    alter("DROP ROLE IF EXISTS stranger")
    alter("CREATE ROLE stranger LOGIN PASSWORD 'secret'")
    url = sa.make_url(filled).set(username="stranger", password="secret")

    told = refused(url.render_as_string(hide_password=False), "changed", tmp_path)
    alter("DROP ROLE stranger")

    assert told.code == "source-no-right"
    assert "table changed" in str(told)
    assert "secret" not in str(told)


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://reader:secret@/nothing?host={tmp_path}&password=secret"

    told = refused(url, "demand_rows", tmp_path)

    assert told.code == "source-vanished"
    assert tmp_path.name in str(told)
    assert "secret" not in str(told) + told.todo


def test_other_databases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite"
    path.touch()

    told = refused(f"sqlite:///{path}", "demand_rows", tmp_path)
    foreign = refused("mysql://reader:secret@host/db", "demand_rows", tmp_path)

    assert (told.code, foreign.code) == ("source-bad-url", "source-kind")
    assert "secret" not in str(foreign)


@pytest.mark.parametrize("url", ["://", "postgresql://h:secret/db", "postgresql://r:x@secret@h/db"])
def test_what_is_no_url_is_not_told_again(url: str, tmp_path: Path) -> None:
    told = refused(url, "demand_rows", tmp_path)

    assert told.code == "source-bad-url"
    assert "secret" not in str(told)


@pytest.mark.parametrize("words", [["rows.parquet", "--table", "rows"], ["postgresql://host/db"]])
def test_a_table_goes_with_a_database_and_only_there(words: list[str], tmp_path: Path) -> None:
    done = law("replay", "--demands", *words, *LAWS, "--out", tmp_path)

    assert done.exit_code == 2
    assert "--table" in done.output
