"""The file of a replay: demand rows in Parquet, checked whole before anything is answered."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clerestory.audit.demand_columns import ROW, BadReplayFile, DemandColumns, Faults

_LIST_ENDS = (".list.element", ".list.item")
Say = Callable[[str], None]


@dataclass(frozen=True)
class DemandFile:
    """A file with the columns that the laws read."""

    path: Path
    columns: DemandColumns

    def open(self) -> pq.ParquetFile:
        """Open the file, its texts as numbers in a list of codes.

        Raises:
            BadReplayFile: It is not there or not Parquet.
        """
        try:
            leaves = pq.read_metadata(self.path).schema
            texts = [
                column.path
                for column in map(leaves.column, range(len(leaves)))
                if column.path in self.columns.facts or column.path.endswith(_LIST_ENDS)
            ]
            return pq.ParquetFile(self.path, read_dictionary=texts)
        except (OSError, pa.ArrowInvalid) as fault:
            raise BadReplayFile(
                f"not a Parquet file that can be read: {self.path}",
                todo="give the path of a Parquet file; `clerestory law simulate` makes one up",
            ) from fault

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def batches(self) -> int:
        """Return the number of row groups; each is one batch."""
        return int(self.open().num_row_groups)

    def batch(self, number: int) -> pa.Table:
        """Return the rows of one batch."""
        return self.open().read_row_group(number, columns=self.columns.names)

    def check(self, say: Say) -> None:
        """Check columns, then codes and nulls, then that no row stands there twice.

        Raises:
            BadReplayFile: The first of these that is not in order; the message gives counts.
        """
        schema = self.open().schema_arrow
        self.columns.check_types({one.name: (one.type, str(one.type)) for one in schema})
        faults = Faults()
        for number in range(self.batches()):
            say(f"checking batch {number + 1} of {self.batches()}")
            faults.add(self.columns.faults(self.batch(number)))
        faults.check_none()
        say("looking for rows that stand there twice")
        self._check_twice()

    def _check_twice(self) -> None:
        names = ", ".join(f'"{name}"' for name in ROW)
        # The column names are our own; the path is handed over as a value.
        query = f"""
            select count(*), coalesce(sum(n - 1), 0), min(demand) from (
                select {names}, count(*) as n from read_parquet(?) group by all having n > 1
            )
        """  # noqa: S608
        with duckdb.connect() as database:
            found = database.execute(query, [str(self.path)]).fetchone()
        if found and found[0]:
            raise BadReplayFile(
                f"{int(found[1]):,} rows stand there twice, the first in demand {found[2]}",
                code="replay-row-twice",
                todo="keep one row for each demand, person, program and field",
            )
