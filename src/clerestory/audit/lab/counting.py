"""Counting demands and persons once each, however many rows and batches they stand in.

What is known of a row is one number whose bits are questions, one for each group and regime: bits
of many rows are joined by "or". DuckDB does it on disk where memory would not do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from clerestory.holdings.parquet_path import one_file
from clerestory.policy.interpreters.columnar import Flags

_MEMORY = "700MB"
# Of a row: does it stand in the group; does a field about a person leave; does anything leave; does
# anything go to counsel.
QUESTIONS = ("asked", "exposed", "answered", "referred")
_BATCH = """
    SELECT demand, person, bit_or(asked) AS asked, bit_or(exposed) AS exposed,
           bit_or(answered) AS answered, bit_or(referred) AS referred
    FROM rows GROUP BY ALL
"""
_PERSONS = """
    CREATE TABLE persons AS
    SELECT demand, person, bit_or(asked) AS asked, bit_or(exposed) AS exposed,
           bit_or(answered) AS answered, bit_or(referred) AS referred
    FROM batches GROUP BY ALL
"""
_DEMANDS = """
    CREATE TABLE demands AS
    SELECT demand, bit_or(asked) AS asked, bit_or(answered) AS answered,
           bit_or(referred) AS referred
    FROM persons GROUP BY ALL
"""
_COUNT_DEMANDS = """
    WITH told AS (
        SELECT (asked >> $bit) & 1 = 1 AS here, (answered >> $bit) & 1 = 1 AS given,
               (referred >> $bit) & 1 = 1 AS asking
        FROM demands
    )
    SELECT count(*), count(*) FILTER (given), count(*) FILTER (NOT given AND asking),
           count(*) FILTER (NOT given AND NOT asking), count(*) FILTER (asking)
    FROM told WHERE here
"""
_COUNT_PERSONS = "SELECT count(*) FROM persons WHERE (exposed >> $bit) & 1 = 1"
Masks = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Demands and persons under one regime in one group. Persons count once in each demand.

    Of a demand ``answered`` something leaves; of one ``to_counsel`` nothing leaves and something is
    referred; of one ``refused`` neither. ``referred`` are all of which something is referred.
    """

    demands: int
    answered: int
    to_counsel: int
    refused: int
    referred: int
    persons_exposed: int

    @classmethod
    def none(cls) -> "Counts":
        """Return the counts of no demands."""
        return cls(demands=0, answered=0, to_counsel=0, refused=0, referred=0, persons_exposed=0)


def masks(flags: Mapping[str, Sequence[Flags]]) -> dict[str, Masks]:
    """Return one number for each row and question; bit n is the n-th of the question's flags."""
    return {
        question: np.bitwise_or.reduce(
            [flag.astype(np.uint64) << np.uint64(bit) for bit, flag in enumerate(rows)]
        )
        for question, rows in flags.items()
    }


def write_persons(path: Path, rows: pa.Table, known: Mapping[str, Masks]) -> None:
    """Write one line for each person in each demand of a batch."""
    whole = pa.table(
        {"demand": rows["demand"].cast(pa.string()), "person": rows["person"].cast(pa.string())}
        | {question: pa.array(known[question]) for question in QUESTIONS}
    )
    base = duckdb.connect()
    try:
        found = base.register("rows", whole).sql(_BATCH).to_arrow_table()
    finally:
        base.close()
    pq.write_table(found, path, compression="zstd")


def count_all(files: Sequence[Path], bits: int, spill: Path) -> list[Counts]:
    """Return the counts of every bit, over all batches.

    Args:
        files: What :func:`write_persons` wrote, all of it.
        bits: How many there are.
        spill: A folder for what does not fit in memory.
    """
    if not files:
        return [Counts.none()] * bits
    base = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(spill)})
    # What it says of its progress would stand among the answers.
    base.execute("SET enable_progress_bar = false")
    try:
        # The folder's name is the user's: nothing in it may stand for other files or columns.
        names = [one_file(path) for path in files]
        base.read_parquet(names, hive_partitioning=False).create_view("batches")
        base.execute(_PERSONS)
        base.execute(_DEMANDS)
        return [_count(base, bit) for bit in range(bits)]
    finally:
        base.close()


def _count(base: duckdb.DuckDBPyConnection, bit: int) -> Counts:
    (demands,) = base.execute(_COUNT_DEMANDS, {"bit": bit}).fetchall()
    (persons,) = base.execute(_COUNT_PERSONS, {"bit": bit}).fetchall()
    total, answered, to_counsel, refused, referred = demands
    return Counts(
        demands=total, answered=answered, to_counsel=to_counsel, refused=refused,
        referred=referred, persons_exposed=persons[0],
    )  # fmt: skip
