"""Files of demand rows: their columns, and how they are written whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clerestory.kernel import Refusal
from clerestory.policy.model.shape import Shape

GROUP_ROWS = 100_000


def row_schema(shape: Shape) -> pa.Schema:
    """Return the columns of a file of demand rows: whose row it is, then facts, then sets."""
    text = pa.dictionary(pa.int32(), pa.string())
    names = [("demand", pa.string()), ("person", pa.string()), ("month", pa.date32())]
    facts = [(path, text) for path in shape.facts]
    return pa.schema([*names, *facts, *((p, pa.list_(pa.string())) for p in shape.sets)])


def check_new(path: Path, *, code: str) -> None:
    """Check that a file can be written without losing another.

    Raises:
        Refusal: The file exists already; the error carries ``code``.
    """
    if path.exists():
        raise Refusal(
            f"the file exists already: {path}",
            code=code,
            todo="name a file that does not exist yet",
        )


@contextmanager
def whole_file(
    path: Path, schema: pa.Schema, notes: Mapping[bytes, bytes] | None = None
) -> Iterator[pq.ParquetWriter]:
    """Give a writer whose file takes its name once all is written, and else leaves nothing.

    Args:
        path: The file.
        schema: Its columns.
        notes: What its metadata says.
    """
    draft = path.with_name(path.name + ".draft")
    try:
        with pq.ParquetWriter(draft, schema.with_metadata(notes), compression="zstd") as writer:
            yield writer
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
