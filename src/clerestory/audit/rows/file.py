"""The file of a replay: demand rows in Parquet, checked whole before anything is answered."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clerestory.audit.rows.columns import ROW, BadReplayFile, DemandColumns, Faults
from clerestory.holdings.parquet_path import AS_IT_IS, in_quotes, one_file

# What the search for rows that stand there twice may hold; the rest goes to the work folder.
_MEMORY = "600MB"
_LIST_ENDS = (".list.element", ".list.item")
Say = Callable[[str], None]


@dataclass(frozen=True)
class DemandFile:
    """A file with the columns that the laws read."""

    path: Path
    columns: DemandColumns

    def open(self) -> pq.ParquetFile:
        """Return the file, its texts as numbers in a list of codes; it is opened once.

        Raises:
            BadReplayFile: It is not there or not Parquet.
        """
        return self._opened

    @cached_property
    def _opened(self) -> pq.ParquetFile:
        if self.path.exists() and not self.path.is_file():
            # A pipe that nobody writes into would be waited for without end.
            raise BadReplayFile(
                f"no file, but a folder, a pipe or a device: {self.path}",
                todo="give the path of a Parquet file; `clerestory law simulate` makes one up",
            )
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

    def check_unchanged(self, digest: str) -> None:
        """Check that the bytes are still those of which the digest was taken.

        Raises:
            BadReplayFile: They are not.
        """
        if self.digest() != digest:
            raise BadReplayFile(
                f"the file changed while it was read: {self.path}",
                code="replay-file-changed",
                todo="let nobody write to the file, then run the same again",
            )

    def batches(self) -> int:
        """Return the number of row groups; each is one batch."""
        return int(self._opened.num_row_groups)

    def batch(self, number: int) -> pa.Table:
        """Return the rows of one batch.

        Raises:
            BadReplayFile: The bytes cannot be read as rows.
        """
        try:
            return self._opened.read_row_group(number, columns=self.columns.names)
        except (OSError, pa.ArrowInvalid) as fault:
            raise BadReplayFile(
                f"batch {number + 1} of {self.batches()} cannot be read: {self.path}",
                todo="write the file anew, then run the same again",
            ) from fault

    def check(self, say: Say, work: Path) -> None:
        """Check columns, then codes and nulls, then that no row stands there twice.

        Args:
            say: Told how far the work is.
            work: Folder for what does not fit into memory meanwhile.

        Raises:
            BadReplayFile: The first of these that is not in order; the message gives counts.
        """
        schema = self._opened.schema_arrow
        self.columns.check_types([(one.name, one.type, str(one.type)) for one in schema])
        faults = Faults()
        for number in range(self.batches()):
            say(f"checking batch {number + 1} of {self.batches()}")
            faults.add(self.columns.faults(self.batch(number)))
        faults.check_none()
        say("looking for rows that stand there twice")
        self._check_twice(work)

    def _check_twice(self, work: Path) -> None:
        names = ", ".join(f'"{name}"' for name in ROW)
        # Rows are told apart by a short number first, since all their names together outgrow the
        # memory; only rows that share a number are compared by name. The column names are our own;
        # the path is handed over as a value, and names nothing but this file.
        rows = f"read_parquet($1, {AS_IT_IS})"
        query = f"""
            with alike as (
                select hash({names}) as number from {rows} group by all
                having count(*) > 1
            )
            select count(*), coalesce(sum(n - 1), 0), min(demand) from (
                select {names}, count(*) as n from {rows}
                where hash({names}) in (select number from alike) group by all having n > 1
            )
        """  # noqa: S608
        work.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=work) as spill, duckdb.connect() as database:
            # What it says of its progress would stand among the answers.
            database.execute("set enable_progress_bar = false")
            settings = {"memory_limit": _MEMORY, "temp_directory": spill}
            for name, value in settings.items():
                database.execute(f"set {name} = {in_quotes(value)}")
            try:
                found = database.execute(query, [one_file(self.path)]).fetchone()
            except duckdb.Error as fault:
                # Its own words may quote a row, and stop here.
                raise BadReplayFile(
                    f"the rows cannot be held against each other: {self.path}",
                    todo="see that the file is whole and that there is room where the batches are "
                    "kept, then run the same again",
                ) from fault
        if found and found[0]:
            raise BadReplayFile.twice(int(found[1]), found[2])
