"""Demands and persons are counted once each, as a plain recount in Python counts them."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from clerestory.audit.lab.counting import QUESTIONS, Counts, count_all, masks, write_persons

BITS = 3
# demand, person, and the bits of the four questions of one row
Row = tuple[str, str, tuple[int, int, int, int]]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["D1", "D2", "D3"]),
        st.sampled_from(["P1", "P2"]),
        st.tuples(*[st.integers(0, 2**BITS - 1)] * 4),
    ),
    max_size=12,
)


def joined(numbers: list[int]) -> int:
    whole = 0
    for number in numbers:
        whole |= number
    return whole


def recounted(rows: list[Row], bit: int) -> Counts:
    def holds(question: int, those: list[Row]) -> bool:
        return bool(joined([told[question] for _, _, told in those]) >> bit & 1)

    demands = [[row for row in rows if row[0] == name] for name in {row[0] for row in rows}]
    persons = [
        [row for row in rows if row[:2] == key] for key in {(row[0], row[1]) for row in rows}
    ]
    here = [those for those in demands if holds(0, those)]
    answered = [those for those in here if holds(2, those)]
    referred = [those for those in here if holds(3, those)]
    closed = [those for those in here if those not in answered]
    to_counsel = [those for those in closed if those in referred]
    return Counts(
        demands=len(here),
        answered=len(answered),
        to_counsel=len(to_counsel),
        refused=len(closed) - len(to_counsel),
        referred=len(referred),
        persons_exposed=sum(holds(1, those) for those in persons),
    )


def write(path: Path, rows: list[Row]) -> None:
    table = pa.table(
        {
            "demand": pa.array([row[0] for row in rows], pa.string()).dictionary_encode(),
            "person": pa.array([row[1] for row in rows], pa.string()),
        }
    )
    known = {
        question: np.array([row[2][place] for row in rows], dtype=np.uint64)
        for place, question in enumerate(QUESTIONS)
    }
    write_persons(path, table, known)


@settings(deadline=None, max_examples=20)
@given(batches=st.lists(ROWS, min_size=1, max_size=3))
def test_counts_over_all_batches_are_those_of_a_recount(batches: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.parquet" for number in range(len(batches))]
        for path, rows in zip(files, batches, strict=True):
            write(path, rows)

        counts = count_all(files, BITS, Path(folder) / "spill")

    rows = [row for batch in batches for row in batch]
    assert counts == [recounted(rows, bit) for bit in range(BITS)]


def test_a_person_in_two_demands_counts_twice_and_in_two_batches_once(tmp_path: Path) -> None:
    files = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    write(files[0], [("D1", "P1", (1, 1, 1, 0)), ("D1", "P1", (1, 1, 1, 0))])
    write(files[1], [("D1", "P1", (1, 1, 1, 0)), ("D2", "P1", (1, 1, 1, 0))])

    (found,) = count_all(files, 1, tmp_path)

    assert found == Counts(
        demands=2, answered=2, to_counsel=0, refused=0, referred=0, persons_exposed=2
    )


def test_a_batch_keeps_one_line_for_each_person_in_each_demand(tmp_path: Path) -> None:
    path = tmp_path / "0.parquet"

    write(
        path, [("D1", "P1", (1, 0, 0, 4)), ("D1", "P2", (1, 2, 0, 0)), ("D1", "P1", (2, 0, 4, 0))]
    )

    kept = sorted(pq.read_table(path).to_pylist(), key=lambda line: line["person"])
    assert kept == [
        {"demand": "D1", "person": "P1", "asked": 3, "exposed": 0, "answered": 4, "referred": 4},
        {"demand": "D1", "person": "P2", "asked": 1, "exposed": 2, "answered": 0, "referred": 0},
    ]


@given(flags=st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=60))
def test_the_nth_flag_of_a_row_is_the_nth_bit_of_its_number(flags: list[list[bool]]) -> None:
    found = masks({"asked": [np.array(flag) for flag in flags]})

    assert list(found) == ["asked"]
    assert found["asked"].tolist() == [
        sum(flag[row] << bit for bit, flag in enumerate(flags)) for row in range(4)
    ]


def test_no_batches_come_to_nothing(tmp_path: Path) -> None:
    assert count_all([], 2, tmp_path) == [recounted([], 0)] * 2


def test_the_sixtieth_bit_is_counted_as_every_other(tmp_path: Path) -> None:
    path = tmp_path / "0.parquet"
    last = 1 << 59
    write(path, [("D1", "P1", (last, last, last, last)), ("D2", "P1", (last, 0, 0, last))])

    *others, found = count_all([path], 60, tmp_path)

    assert set(others) == {Counts(demands=0, answered=0, to_counsel=0, refused=0, referred=0,
                                  persons_exposed=0)}  # fmt: skip
    assert found == Counts(
        demands=2, answered=1, to_counsel=1, refused=0, referred=2, persons_exposed=1
    )
