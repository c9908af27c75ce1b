"""Made-up demand rows for rehearsals of the replay: the known demands, varied by a seed.

A made-up demand takes a known demand's facts and fields, asks about some made-up persons, and has
a few of its findings and a few facts of its paper drawn anew. Nobody in the file exists.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clerestory.audit.rows.known import known_rows
from clerestory.audit.rows.writing import GROUP_ROWS, check_new, row_schema, whole_file
from clerestory.kernel import Refusal, digest_of
from clerestory.law.packs import available_packs, load_stack
from clerestory.policy.model.shape import Shape, shape_of

MADE_UP = b"clerestory.made-up"
_NOTICE = b"every row is made up: no such demand was made, and no such person exists"
_FIRST_MONTH, _MONTHS = np.datetime64("2023-01"), 48
_PERSONS = 5_000_000
# How often a demand has one of these drawn anew.
_PAPER = ("paper.status", "paper.in_date", "paper.written", "paper.names_field", "months")
_PAPER_SHARE, _FINDING_SHARE = 0.12, 0.05
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Mix:
    """The known demands to start from: for each, its rows, one for each field."""

    rows: Sequence[Mapping[str, Any]]
    demands: Sequence[Sequence[int]]

    @property
    def digest(self) -> str:
        """What tells this mix from every other, as SHA-256 in hexadecimal digits."""
        return digest_of([[dict(row) for row in self.rows], [list(d) for d in self.demands]])

    @classmethod
    def of(cls, rows: Sequence[tuple[str, Mapping[str, Any]]], shape: Shape) -> "Mix":
        """Sort rows by demand; rows that the shape cannot say are left out."""
        kept: list[Mapping[str, Any]] = []
        demands: dict[str, dict[tuple[str, str], int]] = {}
        for demand, facts in rows:
            field = (facts["resource.program"], facts["resource.name"])
            if field in demands.get(demand, {}) or not _fits(facts, shape):
                continue
            demands.setdefault(demand, {})[field] = len(kept)
            kept.append(facts)
        return cls(kept, [list(fields.values()) for fields in demands.values()])


def known_mix(packs_folder: Path, files: Sequence[Path]) -> tuple[Mix, Shape]:
    """Return the mix of the known demands in these files, and the shape of all packs together."""
    shape = shape_of(load_stack(packs_folder, available_packs(packs_folder)))
    return Mix.of(
        [(row.demand, row.facts) for row in known_rows(packs_folder, files)], shape
    ), shape


def _fits(facts: Mapping[str, Any], shape: Shape) -> bool:
    return all(facts.get(path) in codes for path, codes in shape.facts.items()) and all(
        path == "cited" or set(facts[path]) <= codes for path, codes in shape.sets.items()
    )


def simulate(
    mix: Mix,
    shape: Shape,
    path: Path,
    *,
    rows: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Write so many made-up rows to a Parquet file, marked as made up in its metadata.

    The same mix, shape, seed and number give the same rows.

    Args:
        mix: The known demands.
        shape: The facts and sets that become columns.
        path: The file; it is there whole or not at all.
        rows: Number of rows.
        seed: Whole number that all chance comes from.
        say: Told how far the work is.

    Raises:
        Refusal: The file exists already, or there is no known demand to start from.
    """
    check_new(path, code="simulate-file-exists")
    if not mix.demands:
        raise Refusal(
            "there is no known demand to vary",
            code="simulate-no-demands",
            todo="write known answers for these packs first; docs/writing-law.md shows how",
        )
    made = _Maker(mix, shape, np.random.default_rng(seed))
    notes = {MADE_UP: _NOTICE, b"clerestory.seed": str(seed).encode()}
    with whole_file(path, row_schema(shape), notes) as writer:
        written = 0
        for table in made.tables(rows):
            writer.write_table(table.replace_schema_metadata(notes))
            written += table.num_rows
            say(f"{written:,} of {rows:,} rows written")


class _Maker:
    """Draws demands; every column of a group of rows is looked up at once."""

    def __init__(self, mix: Mix, shape: Shape, draw: np.random.Generator) -> None:
        self._draw, self._shape = draw, shape
        self._codes = {path: sorted(codes) for path, codes in shape.facts.items()}
        self._known = {
            path: np.array([codes.index(row[path]) for row in mix.rows], dtype=np.int32)
            for path, codes in self._codes.items()
        }
        self._sets = {
            path: pa.array([row[path] for row in mix.rows], pa.list_(pa.string()))
            for path in shape.sets
        }
        self._fields = np.array([len(demand) for demand in mix.demands])
        self._starts = np.concatenate([[0], np.cumsum(self._fields)[:-1]])
        self._order = np.array([place for demand in mix.demands for place in demand])
        self._demands = 0

    def tables(self, rows: int) -> Iterator[pa.Table]:
        """Yield groups of rows until there are as many as wanted; the last demand is cut off."""
        while rows > 0:
            table = self._group(min(rows, GROUP_ROWS))
            rows -= table.num_rows
            yield table

    def _group(self, rows: int) -> pa.Table:
        # Most demands name one person, few name many: the number is drawn so, to 400 at most.
        count = rows // 2 + 1
        kinds = self._draw.integers(0, len(self._fields), count)
        persons = np.minimum(self._draw.zipf(1.7, count), 400)
        sizes = self._fields[kinds] * persons
        count = int(np.searchsorted(np.cumsum(sizes), rows)) + 1
        kinds, persons, sizes = kinds[:count], persons[:count], sizes[:count]
        owner = np.repeat(np.arange(len(sizes)), sizes)[:rows]
        within = (np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes))[:rows]
        fields = self._fields[kinds][owner]
        places = self._order[self._starts[kinds][owner] + within % fields]
        first = self._draw.integers(0, _PERSONS, count)
        months = _FIRST_MONTH + self._draw.integers(0, _MONTHS, count)
        columns = [
            _named("MADE-UP-", self._demands + owner, 8),
            _named("P", (first[owner] + within // fields) % _PERSONS, 7),
            pa.array(months[owner].astype("datetime64[D]")),
            *(self._fact(path, places, owner, count) for path in self._codes),
            *(known.take(pa.array(places)) for known in self._sets.values()),
        ]
        self._demands += count
        return pa.table(dict(zip(row_schema(self._shape).names, columns, strict=True)))

    def _fact(self, path: str, places: Numbers, owner: Numbers, count: int) -> pa.Array:
        numbers = self._known[path][places]
        share = _FINDING_SHARE if path.startswith("findings.") else 0.0
        share = _PAPER_SHARE if path in _PAPER else share
        if share:
            # One fact of a demand is the same for all of its persons and fields.
            drawn = self._draw.integers(0, len(self._codes[path]), count, dtype=np.int32)
            changed = self._draw.random(count) < share
            numbers = np.where(changed[owner], drawn[owner], numbers)
        return pa.DictionaryArray.from_arrays(numbers, self._codes[path])


def _named(head: str, numbers: Numbers, digits: int) -> pa.Array:
    text = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(head, text, "")
