"""The file of a replay: demand rows in Parquet, checked whole before anything is answered."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clerestory.kernel import Refusal

ROW = ("demand", "person", "resource.program", "resource.name")
MONTH = "month"
# Authorities are cited in anybody's own words; a policy finds those it knows among them.
_FREE = frozenset({"cited"})
_LIST_ENDS = (".list.element", ".list.item")
Say = Callable[[str], None]


class BadReplayFile(Refusal):
    """The rows cannot be replayed as they stand."""

    code = "replay-bad-file"


@dataclass(frozen=True)
class DemandFile:
    """An opened file with the columns that the laws read.

    ``facts`` and ``sets`` say which codes each column may hold.
    """

    path: Path
    facts: Mapping[str, frozenset[str]] = field(repr=False)
    sets: Mapping[str, frozenset[str]] = field(repr=False)

    @property
    def columns(self) -> list[str]:
        """The columns that are read, each once."""
        return list(dict.fromkeys([*ROW, MONTH, *self.facts, *self.sets]))

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
                if column.path in self.facts or column.path.endswith(_LIST_ENDS)
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
        return self.open().read_row_group(number, columns=self.columns)

    def check(self, say: Say) -> None:
        """Check columns, then codes and nulls, then that no row stands there twice.

        Raises:
            BadReplayFile: The first of these that is not in order; the message gives counts.
        """
        self._check_columns(self.open().schema_arrow)
        unknown: Counter[tuple[str, str]] = Counter()
        nulls: Counter[str] = Counter()
        days = 0
        for number in range(self.batches()):
            say(f"checking batch {number + 1} of {self.batches()}")
            table = self.batch(number)
            nulls.update(_nulls(table))
            unknown.update(dict(self._unknown(table)))
            days += pc.sum(pc.not_equal(pc.day(table[MONTH]), 1)).as_py() or 0
        self._refuse_values(nulls, unknown, days)
        say("looking for rows that stand there twice")
        self._check_twice()

    def _check_columns(self, schema: pa.Schema) -> None:
        missing = [name for name in self.columns if name not in schema.names]
        if missing:
            raise BadReplayFile(
                f"{len(missing)} columns are missing, the first of them {missing[0]}",
                code="replay-column-missing",
                todo=f"add {', '.join(missing[:8])}{' and the rest' if missing[8:] else ''}; "
                "docs/replay.md lists the columns",
            )
        for name in self.columns:
            kind = schema.field(name).type
            wanted = _wanted(name, self.sets)
            if not wanted[1](kind):
                raise BadReplayFile(
                    f"the column {name} must be {wanted[0]}: {kind}",
                    code="replay-column-type",
                    todo=f"write {name} as {wanted[0]}, then run the same again",
                )

    def _unknown(self, table: pa.Table) -> Iterator[tuple[tuple[str, str], int]]:
        for name, codes in {**self.facts, **self.sets}.items():
            if name in _FREE:
                continue
            for chunk in table[name].chunks:
                values = pc.list_flatten(chunk) if name in self.sets else chunk
                encoded = values if pa.types.is_dictionary(values.type) else (
                    values.dictionary_encode()
                )  # fmt: skip
                words = encoded.dictionary.to_pylist()
                strange = [n for n, word in enumerate(words) if word not in codes]
                for number in strange:
                    count = pc.sum(pc.equal(encoded.indices, number)).as_py() or 0
                    if count:
                        yield (name, str(words[number])), count

    def _refuse_values(
        self, nulls: Counter[str], unknown: Counter[tuple[str, str]], days: int
    ) -> None:
        if nulls:
            name, count = nulls.most_common(1)[0]
            raise BadReplayFile(
                f"{sum(nulls.values()):,} values are missing, {count:,} of them in {name}",
                code="replay-null",
                todo="write unknown, none or an empty list where nothing is known",
            )
        if unknown:
            (name, code), count = unknown.most_common(1)[0]
            raise BadReplayFile(
                f"{sum(unknown.values()):,} codes are in no list of these packs, "
                f"{count:,} of them in {name}: {code}",
                code="replay-unknown-code",
                todo=f"correct the codes of {', '.join(sorted({n for n, _ in unknown}))}, or use "
                "the pack that defines them",
            )
        if days:
            raise BadReplayFile(
                f"a month is written as its first day; {days:,} rows have another",
                code="replay-month",
                todo="write the month of 2026-03-17 as 2026-03-01",
            )

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


def _nulls(table: pa.Table) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in table.column_names:
        column = table[name]
        count = column.null_count
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            count += pc.list_flatten(column).null_count
        if count:
            counts[name] = count
    return counts


def _wanted(name: str, sets: Mapping[str, object]) -> tuple[str, Callable[[pa.DataType], bool]]:
    if name == MONTH:
        return "a date", pa.types.is_date
    return ("a list of texts", _is_texts) if name in sets else ("a text", _is_text)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_texts(kind: pa.DataType) -> bool:
    return (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)
