"""A folder of Parquet files says what its files say, whatever it is called."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clerestory.holdings import SourceFault, open_source
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.parquet_source import ParquetSource
from clerestory.holdings.source import Scalar
from clerestory.kernel import Period

FOLDERS = (
    "on_date=2026-03-01",
    "person_id=1",
    "on_date=2026-03-01/person_id=9/detail=x",
    "[x]",
    "a*b",
    "a?b",
    "**",
    "{a,b}",
    "sp ace",
    "it's",
    '"quoted"',
    "new\nline",
    "back\\slash",
    "100%41#x",
    "-leading",
)
YEAR = Period(valid_from=date(2026, 1, 1), valid_to=date(2026, 4, 1))


def write(folder: Path, **tables: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for table, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{table}.parquet")
    return folder


def payments(said: str) -> dict[str, Any]:
    return {"person_id": ["1", "1"], "on_date": ["1999-05-05", "2026-02-02"], "detail": ["", said]}


def read(
    source: ParquetSource | Any,
    *columns: str,
    table: str = "paid",
    person: str = "1",
    **more: Any,
) -> list[tuple[Scalar, ...]]:
    row = OneRow(
        table=table, columns=columns, key="person_id", person_id=person, **{"members": None, **more}
    )
    found: list[tuple[Scalar, ...]] = source.read_one(row)
    return found


@pytest.fixture
def opened() -> Iterator[list[Any]]:
    sources: list[Any] = []
    yield sources
    for source in sources:
        source.close()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folders_name_says_nothing_about_its_columns_and_names_no_other(
    name: str, tmp_path: Path, opened: list[Any]
) -> None:
    write(tmp_path / name, paid=payments("the one named"))
    for other in ("axb", "x", "a", "b", "other"):
        write(tmp_path / other, paid=payments("another"))
    opened.append(open_source(tmp_path / name))

    assert read(opened[0], "detail", dated="on_date", period=YEAR) == [("the one named",)]
    assert read(opened[0], "on_date") == [("1999-05-05",), ("2026-02-02",)]
    assert list(opened[0].scan_keys("paid", ["detail"], "on_date"))[1] == ("the one named",)


def test_a_file_that_changes_after_it_was_opened_is_named(
    tmp_path: Path, opened: list[Any]
) -> None:
    write(tmp_path, paid=payments("old"), cases={"person_id": ["1"]})
    opened.append(open_source(tmp_path))
    assert read(opened[0], "detail", members="cases") == [("",), ("old",)]
    write(tmp_path, cases={"person_id": ["1", "2"]})

    assert read(opened[0], "detail") == [("",), ("old",)]
    with pytest.raises(SourceFault, match=r"changed while it was read: .*cases\.parquet") as fault:
        read(opened[0], "detail", members="cases")
    assert fault.value.code == "source-changed"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["person_id", "detail", "detail"], "detail"),
        (["person_id", "detail", "DETAIL"], "DETAIL"),
        (["person_id", "Person_ID", "detail"], "Person_ID"),
    ],
)
def test_a_column_that_stands_twice_is_named(names: list[str], told: str, tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["1"])] * 3, names=names)
    pq.write_table(table, tmp_path / "paid.parquet")

    with pytest.raises(SourceFault, match=rf"paid\.{told} stands twice") as fault:
        open_source(tmp_path)

    assert fault.value.code == "source-column-twice"


def test_a_column_is_read_by_its_own_letters_only(tmp_path: Path, opened: list[Any]) -> None:
    opened.append(open_source(write(tmp_path, paid={"person_id": ["1"], "Detail": ["x"]})))

    assert read(opened[0], "Detail") == [("x",)]
    with pytest.raises(SourceFault, match="columns detail") as fault:
        read(opened[0], "detail")
    assert fault.value.code == "source-lacks-column"


def test_two_files_that_differ_in_capitals_only_are_refused(tmp_path: Path) -> None:
    write(tmp_path, paid=payments("x"), Paid=payments("y"))

    with pytest.raises(SourceFault, match=r"but for capitals: paid\.parquet") as fault:
        open_source(tmp_path)

    assert fault.value.code == "source-table-twice"


def test_a_table_in_parts_is_named(tmp_path: Path) -> None:
    write(tmp_path / "paid.parquet", part=payments("x"))

    with pytest.raises(SourceFault, match=r"paid\.parquet") as fault:
        open_source(tmp_path)

    assert fault.value.code == "source-in-parts"


def test_a_link_out_of_the_folder_is_refused_and_one_within_is_read(
    tmp_path: Path, opened: list[Any]
) -> None:
    write(tmp_path / "elsewhere", paid=payments("x"))
    folder = write(tmp_path / "here", paid=payments("y"))
    (folder / "same.parquet").symlink_to("paid.parquet")
    (tmp_path / "named").symlink_to(folder)
    opened.append(open_source(tmp_path / "named"))

    assert read(opened[0], "detail", table="same") == [("",), ("y",)]
    (folder / "out.parquet").symlink_to(tmp_path / "elsewhere" / "paid.parquet")
    with pytest.raises(SourceFault, match=r"out\.parquet") as fault:
        open_source(folder)
    assert fault.value.code == "source-elsewhere"


@pytest.mark.parametrize(
    ("kind", "stored", "asked", "found"),
    [
        (pa.int64(), 900, "900", True),
        (pa.int64(), 900, "0900", False),
        (pa.int64(), 900, "900.0", False),
        (pa.int64(), 900, "9e2", False),
        (pa.int64(), 900, "nobody", False),
        (pa.uint64(), 2**64 - 1, str(2**64 - 1), True),
        (pa.decimal128(10, 0), Decimal(900), "900", True),
        (pa.string(), "900", "900", True),
        (pa.string(), "0900", "900", False),
        (pa.string(), "a", "A", False),
        (pa.dictionary(pa.int32(), pa.string()), "900", "900", True),
        (pa.string(), "900", "900\0", False),
        (pa.string(), "900", "900\udce9", False),
    ],
)
def test_a_key_is_exactly_the_text_that_was_found(
    kind: pa.DataType, stored: object, asked: str, found: bool, tmp_path: Path, opened: list[Any]
) -> None:
    write(tmp_path, paid={"person_id": pa.array([stored], kind), "detail": ["x"]})
    opened.append(open_source(tmp_path))

    assert read(opened[0], "detail", person=asked) == [("x",)] * found
    [(key,)] = list(opened[0].scan_keys("paid", ["person_id"], "person_id"))
    assert isinstance(key, str)
    assert (key == asked) is found


def test_a_uuid_is_a_key_in_the_form_that_is_printed(tmp_path: Path, opened: list[Any]) -> None:
    one = UUID("0f0e0d0c-0b0a-4999-8888-777766665555")
    key = pa.array([one.bytes], pa.uuid())
    opened.append(open_source(write(tmp_path, paid={"person_id": key, "detail": ["x"]})))

    assert read(opened[0], "detail", person=str(one)) == [("x",)]
    assert read(opened[0], "detail", person=str(one).upper()) == []
    assert read(opened[0], "detail", person="nobody") == []


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (pa.array([900.0]), "floating-point number"),
        (pa.array([Decimal("900.5")]), "decimal number"),
        (pa.array([True]), "boolean"),
        (pa.array([b"900"]), "bytes"),
        (pa.array([date(2026, 1, 1)]), "date"),
        (pa.array([["900"]]), "type that is not read"),
    ],
)
def test_a_key_that_is_printed_in_more_ways_than_one_is_never_read(
    key: pa.Array, told: str, tmp_path: Path, opened: list[Any]
) -> None:
    opened.append(open_source(write(tmp_path, paid={"person_id": key, "detail": ["x"]})))

    with pytest.raises(SourceFault, match=rf"paid\.person_id is a {told}") as fault:
        read(opened[0], "detail", person="9000")

    assert fault.value.code == "source-key-type"


@pytest.mark.parametrize(
    "days",
    [
        ["04/17/1988"],
        ["17-Apr-88"],
        ["19880417"],
        [""],
        ["2026-02-02", "2026-02-02T01:30Z"],
        ["2026-02-02T01:30:00-05:00"],
        ["2026-02-02 EST"],
        pa.array([20260202]),
        pa.array([1.5]),
        pa.array([True]),
    ],
)
def test_a_date_column_without_days_is_named_whatever_the_period(
    days: Any, tmp_path: Path, opened: list[Any]
) -> None:
    rows = len(days)
    write(tmp_path, paid={"person_id": ["1"] * rows, "on_date": days, "detail": ["x"] * rows})
    opened.append(open_source(tmp_path))

    for period in (YEAR, Period(), Period(valid_to=date(1900, 1, 1))):
        with pytest.raises(SourceFault, match=r"paid\.on_date") as fault:
            read(opened[0], "detail", dated="on_date", period=period)
        assert fault.value.code == "source-date-form"


@pytest.mark.parametrize(
    "days",
    [
        ["2025-12-31", "2026-01-01", "2026-03-31T23:59:59", "2026-04-01"],
        pa.array([date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1)]),
        pa.array(["2025-12-31T23:00:00", "2026-01-01", "2026-03-31T23:00:00", "2026-04-01"]).cast(
            pa.timestamp("us")
        ),
    ],
)
def test_a_period_is_half_open_in_every_kind_of_date_column(
    days: Any, tmp_path: Path, opened: list[Any]
) -> None:
    write(
        tmp_path, paid={"person_id": ["1"] * 4, "on_date": days, "detail": ["a", "b", "c", "d"]}
    )  # fmt: skip
    opened.append(open_source(tmp_path))

    assert read(opened[0], "detail", dated="on_date", period=YEAR) == [("b",), ("c",)]
    told = read(opened[0], "detail", dated="on_date", period=YEAR, days=True)
    assert [(value, str(day)[:10]) for value, day in told] == [
        ("b", "2026-01-01"), ("c", "2026-03-31"),
    ]  # fmt: skip


def test_a_moment_with_a_zone_has_the_holders_day_or_none(
    tmp_path: Path, opened: list[Any]
) -> None:
    # Half past one in the morning of 1 April in UTC is still March in Maine.
    moments = pa.array([datetime(2026, 4, 1, 1, 30, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    write(tmp_path, paid={"person_id": ["1"], "on_date": moments, "detail": ["x"]})
    opened += [
        open_source(tmp_path, zone="America/New_York"),
        open_source(tmp_path, zone="UTC"),
        open_source(tmp_path),
    ]

    assert read(opened[0], "detail", dated="on_date", period=YEAR) == [("x",)]
    told = read(opened[0], "detail", dated="on_date", period=YEAR, days=True)
    assert told == [("x", date(2026, 3, 31))]
    assert read(opened[1], "detail", dated="on_date", period=YEAR) == []
    with pytest.raises(SourceFault, match=r"paid\.on_date") as fault:
        read(opened[2], "detail", dated="on_date", period=YEAR)
    assert fault.value.code == "source-no-zone"
