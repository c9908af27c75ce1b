"""Demand rows answered under one law, each batch written before the next one is read.

What leaves for each row is its answer, the policies that determine it, and its duties; memory holds
one batch, however many rows there are. Of every batch some rows are put to Cedar as well.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from clerestory.audit.law_choice import LawChoice
from clerestory.audit.replay.one_law import OneLaw
from clerestory.audit.rows.columns import ROW, DemandColumns
from clerestory.audit.rows.file import DemandFile, Say
from clerestory.audit.rows.simulator import MADE_UP
from clerestory.audit.rows.writing import check_new, whole_file
from clerestory.policy.interpreters.columnar import Flags

# So many rows of a batch are put to Cedar as well.
_CHECKED = 16
_TEXT = pa.dictionary(pa.int32(), pa.string())
_TEXTS = pa.list_(_TEXT)
SCHEMA = pa.schema(
    [
        *((name, pa.string() if name in ROW[:2] else _TEXT) for name in ROW),
        *(("answer", _TEXT), ("policies", _TEXTS), ("duties", _TEXTS)),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was written: how many rows, how many of each answer, and how many Cedar was asked."""

    rows: int
    answers: Mapping[str, int]
    checked_with_cedar: int
    made_up: bool


def write_answers(path: Path, choice: LawChoice, out: Path, work: Path, say: Say) -> Answered:
    """Answer a file of demand rows, and write the answers in the same order.

    Args:
        path: Parquet file of demand rows.
        choice: The law.
        out: Parquet file to write; it is there whole or not at all.
        work: Folder for what does not fit into memory while the file is checked.
        say: Told how far the work is.

    Raises:
        BadReplayFile: The rows are not in order, or changed while they were read.
        InterpretersDisagree: Cedar answers a row otherwise; nothing is written.
        Refusal: The file to write exists already.
    """
    check_new(out, code="rows-file-exists")
    law = OneLaw(choice)
    rows = DemandFile(path, DemandColumns.of([law.circuit.shape]))
    before = rows.digest()
    rows.check(say, work)
    made_up = MADE_UP in (rows.open().schema_arrow.metadata or {})
    answers: Counter[str] = Counter()
    checked, written = 0, 0
    notes = {b"clerestory.law": choice.mark.encode(), **({MADE_UP: b"made up"} if made_up else {})}
    with whole_file(out, SCHEMA, notes) as writer:
        for number in range(rows.batches()):
            table = rows.batch(number)
            answered = answer_batch(law, table)
            places = np.linspace(0, table.num_rows - 1, min(_CHECKED, table.num_rows), dtype=int)
            law.check_with_cedar(table, sorted({*places.tolist()}))
            checked += len({*places.tolist()})
            writer.write_table(answered.replace_schema_metadata(notes))
            for one in answered["answer"].value_counts().to_pylist():
                answers[one["values"]] += one["counts"]
            written += table.num_rows
            say(f"{written:,} rows answered")
        rows.check_unchanged(before)
    return Answered(rows=written, answers=answers, checked_with_cedar=checked, made_up=made_up)


def answer_batch(law: OneLaw, table: pa.Table) -> pa.Table:
    """Return the rows' keys with their answers, as a table of :data:`SCHEMA`."""
    labels = list(law.circuit.labels)
    found = law.answer(table, labels)
    answer = pa.DictionaryArray.from_arrays(pa.array(found.label, pa.int32()), labels)
    keys = [table[name].combine_chunks().cast(SCHEMA.field(name).type) for name in ROW]
    lists = [lists_of(flags, table.num_rows) for flags in (found.policies, found.duties)]
    return pa.table([*keys, answer, *lists], schema=SCHEMA)


def lists_of(flags: Mapping[str, Flags], rows: int) -> pa.Array:
    """Return for each row the names whose flag it has, in the order of the names."""
    names: Sequence[str] = sorted(flags)
    nothing = np.empty(0, dtype=np.int64)
    places = [np.flatnonzero(flags[name]) for name in names]
    owners = np.concatenate([nothing, *places])
    numbers = np.repeat(np.arange(len(names)), [len(one) for one in places])
    # Sorted by row, and what one row has keeps the order of the names.
    order = np.argsort(owners, kind="stable")
    ends = np.cumsum(np.bincount(owners, minlength=rows))
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    held = pa.DictionaryArray.from_arrays(
        pa.array(numbers[order].astype(np.int32)), pa.array(names, pa.string())
    )
    return pa.ListArray.from_arrays(pa.array(offsets), held)
