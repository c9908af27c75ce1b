"""An index is held against the records once for each state of them, and never against a guess."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.holdings import (
    Catalogue,
    IndexFault,
    PersonIndex,
    build_index,
    check_index_current,
    open_index,
    open_source,
    sqlite_file,
)
from clerestory.holdings.identities import told_by_source
from clerestory.holdings.row_digests import RowDigests, written_row

Check = Callable[..., int]
# Long after any file of a test was written, and long before.
SETTLED, EARLY = datetime(2100, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
RENAMED = "UPDATE people SET family_names = 'Another' WHERE person_id = 'P20000011'"
MOVED = "UPDATE people SET address = '1 Made-Up Street' WHERE person_id = 'P20000011'"
GONE = "DELETE FROM people WHERE person_id = 'P20000011'"


@pytest.fixture
def records(tmp_path: Path, agency: Path) -> Path:
    return Path(shutil.copy(agency / "agency.sqlite", tmp_path / "agency.sqlite"))


@pytest.fixture
def index(records: Path, catalogue: Catalogue, tmp_path: Path) -> Path:
    with closing(open_source(records)) as source:
        build_index(source, catalogue, tmp_path / "persons.index").close()
    return tmp_path / "persons.index"


@pytest.fixture
def check(index: Path, records: Path, catalogue: Catalogue) -> Check:
    """Hold the index against the records, and return how often all persons were walked."""

    def run(now: datetime = SETTLED) -> int:
        asked: list[str] = []
        with (
            closing(open_index(index, catalogue=catalogue)) as opened,
            closing(open_source(records, recorder=lambda text, _: asked.append(text))) as source,
        ):
            check_index_current(opened, source, catalogue, now=now)
        return sum("FROM people ORDER BY" in " ".join(text.split()) for text in asked)

    return run


def write(records: Path, statement: str) -> None:
    with closing(sqlite3.connect(records)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def test_records_that_nobody_wrote_to_are_walked_once(check: Check, index: Path) -> None:
    assert [check() for _ in range(3)] == [1, 0, 0]
    note = index.with_name("persons.index.compared")
    assert set(json.loads(note.read_bytes())) == {"index", "records"}
    assert note.stat().st_mode & 0o777 == 0o600


def test_records_that_were_written_to_are_walked_again_and_may_still_agree(
    check: Check, records: Path
) -> None:
    check()
    write(records, MOVED)

    assert [check() for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("statement", [RENAMED, GONE])
def test_an_index_of_others_is_refused_however_often_it_is_asked(
    statement: str, check: Check, records: Path, index: Path
) -> None:
    check()
    note = index.with_name("persons.index.compared")
    before = note.read_bytes()
    write(records, statement)

    for _ in range(2):
        with pytest.raises(IndexFault) as refused:
            check()
        assert refused.value.code == "index-outdated"
    assert note.read_bytes() == before


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM person WHERE person_id = 'P20000011'",
        "UPDATE person SET phone = '2075550100' WHERE person_id = 'P20000011'",
        "UPDATE person SET person_id = 'P20000012' WHERE person_id = 'P20000011'",
        "INSERT INTO unread VALUES ('911110000', 1)",
        "INSERT INTO person SELECT 'P2', born, names, ssn, medicaid_id, address, phone, email, 'p2'"
        " FROM person WHERE person_id = 'P20000011'",
    ],
)
def test_an_index_that_somebody_wrote_to_is_refused_though_its_digest_stands_in_it(
    statement: str, noted: bool, check: Check, index: Path
) -> None:
    if noted:
        assert [check() for _ in range(2)] == [1, 0]
    write(index, statement)

    for _ in range(2):
        with pytest.raises(IndexFault) as refused:
            check()
        assert refused.value.code == "index-altered"


def test_an_index_whose_look_ups_miss_a_row_is_refused(check: Check, index: Path) -> None:
    with closing(sqlite3.connect(index)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("CREATE TABLE other (born TEXT)")
        connection.execute("CREATE INDEX by_other ON other (born)")
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_master"))
        connection.execute(
            "UPDATE sqlite_master SET rootpage = ? WHERE name = 'by_born'", (roots["by_other"],)
        )
        connection.execute("DELETE FROM sqlite_master WHERE name IN ('other', 'by_other')")

    with pytest.raises(IndexFault) as refused:
        check()
    assert refused.value.code == "index-altered"


def test_an_index_is_read_through_once_for_each_state_of_its_file(
    check: Check, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    whole = PersonIndex.check_whole

    def told(one: PersonIndex) -> None:
        read.append(one.path)
        whole(one)

    monkeypatch.setattr(PersonIndex, "check_whole", told)

    check()
    check()
    assert read == [index]
    index.touch()
    check()
    assert read == [index, index]
    check(EARLY)
    assert len(read) == 3


def test_another_file_under_the_name_of_the_records_is_walked(
    check: Check, records: Path, tmp_path: Path
) -> None:
    check()
    other = Path(shutil.copy2(records, tmp_path / "other.sqlite"))
    write(other, GONE)
    other.replace(records)

    with pytest.raises(IndexFault):
        check()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 2_000])
def test_a_note_of_anything_else_costs_a_walk_and_no_more(
    content: bytes, check: Check, index: Path
) -> None:
    note = index.with_name("persons.index.compared")
    note.write_bytes(content)

    assert [check() for _ in range(2)] == [1, 0]


def test_a_note_of_another_index_is_no_note_of_this_one(
    check: Check, index: Path, records: Path, catalogue: Catalogue
) -> None:
    check()
    write(records, GONE)
    with closing(open_source(records)) as source:
        build_index(source, catalogue, index).close()

    assert [check() for _ in range(2)] == [1, 0]


def test_a_write_that_could_go_unseen_is_looked_for_each_time(
    check: Check,
) -> None:
    assert [check(now=EARLY) for _ in range(2)] == [1, 1]


def test_what_sqlite_writes_beside_the_file_first_counts_as_written(
    check: Check, records: Path
) -> None:
    check()
    beside = records.with_name("agency.sqlite-journal")
    beside.write_bytes(b"")

    assert check() == 1


@pytest.mark.parametrize(
    "shown",
    [
        "CREATE VIEW current AS SELECT * FROM people WHERE date_of_birth < date('now')",
        "CREATE VIRTUAL TABLE words USING fts5(name)",
    ],
)
def test_what_shows_others_tomorrow_though_nobody_writes_is_walked_each_time(
    shown: str, check: Check, records: Path
) -> None:
    with closing(sqlite3.connect(records)) as connection, connection:
        connection.execute(shown)

    assert [check() for _ in range(2)] == [1, 1]


def test_each_table_of_a_folder_counts(agency: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(agency / "parquet", tmp_path / "parquet"))
    files = sorted(folder.iterdir())
    paths = [*files, folder / "none.parquet"]
    states = [sqlite_file.state_of_files(paths, SETTLED)]
    for file in (files[0], files[-1]):
        shutil.copy(file, tmp_path / "again")
        (tmp_path / "again").replace(file)
        states.append(sqlite_file.state_of_files(paths, SETTLED))
    (folder / "none.parquet").write_bytes(b"")
    states.append(sqlite_file.state_of_files(paths, SETTLED))

    assert len({*states, None}) == 5
    assert sqlite_file.state_of_files(paths, EARLY) is None


def test_a_folder_sums_its_persons_up_by_itself_and_nobody_is_walked(
    agency: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    asked: list[str] = []
    folder = agency / "parquet"
    with closing(open_source(folder, recorder=lambda text, _: asked.append(text))) as source:
        index = build_index(source, catalogue, tmp_path / "persons.index")
        walks = sum("ORDER BY" in text for text in asked)
        with closing(index):
            check_index_current(index, source, catalogue, now=EARLY)
            assert told_by_source(source, catalogue) == index.identities

    # Of 400 persons the source hands out one row.
    assert (walks, sum("ORDER BY" in text for text in asked)) == (1, 1)


# What could be written alike, missing or empty, and letters of each length.
TOLD: list[list[str | None]] = [
    ["1", "Ana", None, "", "1980-02-03"],
    ["2", "An", "a", None, None],
    ["3", "Zo\u00eb \u0442", "\U0001f600", "1:2-", " "],
]


def test_a_folder_sums_up_what_a_walk_sums_up(tmp_path: Path) -> None:
    columns = ["a", "b", "c", "d", "e"]
    table = {name: [row[at] for row in TOLD] for at, name in enumerate(columns)}
    pq.write_table(pa.table({**table, "raw": [b"1"] * 3}), tmp_path / "people.parquet")
    pq.write_table(pa.table(table).slice(0, 0), tmp_path / "nobody.parquet")
    with closing(open_source(tmp_path)) as source:
        assert source.sum_digests("people", [*columns, None]) == summed(
            [*row, None] for row in TOLD
        )
        assert source.sum_digests("nobody", columns) == RowDigests(rows=0, total=0)
        # What is no text, and what is not there, is for the walk to tell.
        assert source.sum_digests("people", ["a", "raw"]) is None
        assert source.sum_digests("people", ["a", "none"]) is None


def summed(rows: Iterable[Sequence[str | None]]) -> RowDigests:
    told = [sha256(written_row(row).encode()).hexdigest()[:30] for row in rows]
    return RowDigests(rows=len(told), total=sum(int(one, 16) for one in told))


def test_two_rows_are_never_written_alike_and_a_sum_is_of_all_its_bits() -> None:
    rows: list[list[str | None]] = [
        ["a", "b"],
        ["ab", ""],
        ["", "ab"],
        [None, "ab"],
        ["-", "ab"],
        ["1:a", "b"],
        ["a1:", "b"],
    ]

    assert len({written_row(row) for row in rows}) == len(rows)
    assert RowDigests.of_words(2, [0, 1 << 61]).total == 1 << 61
    assert RowDigests.of_words(1, [1, 0]).total == 1 << 60
    assert str(RowDigests(rows=2, total=(1 << 120) + 5)) == f"2:{5:030x}"
