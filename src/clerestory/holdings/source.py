"""The agency's own records, opened so that nothing can be written to them.

A source runs one kind of statement only: named columns of one table for one person. It has no
way to list, count or search; what builds the index of persons is the one scan there is, and it
reads the search keys of the catalogue and nothing else. Whether the index is still of the records
is told by one number over all of them. A check looks at the form of a few rows.
"""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from clerestory.holdings.kinds import HeldColumn, Kind
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.row_digests import RowDigests
from clerestory.holdings.source_faults import refused_access, shown, unreadable

Scalar = str | int | float | bytes | date | None
Parameters = Sequence[object] | Mapping[str, object]
Recorder = Callable[[str, object], None]
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|://")


class Source(Protocol):
    """A read-only source: what ``open_source`` returns."""

    @property
    def label(self) -> str:
        """Where the records are, without a password."""
        ...

    @property
    def key_kinds(self) -> frozenset[Kind]:
        """What a person's key may be here."""
        ...

    @property
    def is_dynamic(self) -> bool:
        """Whether each value has a type of its own, whatever is declared of its column."""
        ...

    def read_one(self, row: OneRow) -> list[tuple[Scalar, ...]]:
        """Run one read for one person; a text that can be nobody's key has no row."""
        ...

    def scan_keys(
        self, table: str, columns: Sequence[str], order_by: str
    ) -> Generator[tuple[Scalar, ...], None, None]:
        """Walk the search keys of every person, as texts, for building the index."""
        ...

    def sum_digests(self, table: str, columns: Sequence[str | None]) -> RowDigests | None:
        """Sum up the rows of a table in one pass, of which no row leaves the source.

        Args:
            table: The table.
            columns: Which of its columns count, as texts; ``None`` stands for a missing value.

        Returns:
            What ``written_row`` of each row sums up to; ``None`` where the source cannot say it.
        """
        ...

    def sample(self, table: str, columns: Sequence[str], rows: int) -> list[tuple[Scalar, ...]]:
        """The first rows of a table, as texts where types are fixed, for a check of their form."""
        ...

    def has_key_twice(self, table: str, key: str) -> bool:
        """Whether two rows of a table have one key."""
        ...

    def has_key_missing(self, table: str, key: str) -> bool:
        """Whether a row of a table has no key."""
        ...

    def has_keys_alike(self, table: str, key: str) -> bool:
        """Whether two keys of a table differ in nothing but capitals and blanks around them."""
        ...

    def whose_keys(self, table: str, persons: str, key: str) -> tuple[bool, bool]:
        """Whether a key of ``table`` is one of ``persons``, and whether one is nobody's there."""
        ...

    def keys_of_nobody(self, table: str, persons: str, key: str) -> frozenset[str]:
        """The forms (see ``writings``) of the keys of ``table`` that are nobody's in ``persons``.

        They are looked for once, however many persons are asked about.
        """
        ...

    def written_as(self, table: str, column: str, text: str) -> tuple[str, ...]:
        """How a column writes what another text of it says, that text included.

        They are looked for once, however many are asked about.
        """
        ...

    def columns_of(self, table: str) -> tuple[HeldColumn, ...] | None:
        """The columns of a table, or ``None`` when there is no such table."""
        ...

    def written_state(self, now: datetime) -> str | None:
        """What differs once anything was written to the records; ``None`` where nothing tells."""
        ...

    def close(self) -> None:
        """Let the records go."""
        ...


def open_source(
    url_or_path: str | Path, *, recorder: Recorder | None = None, zone: str | None = None
) -> Source:
    """Open records read-only: a SQLite file, a folder of Parquet files, or a database URL.

    Args:
        url_or_path: A path, or a URL such as ``postgresql+psycopg://reader@host/aces``.
        recorder: Called with the text and parameters of every statement before it runs.
        zone: The holder's time zone, such as ``America/New_York``. A date column that keeps
            moments with a zone is read by the holder's day; without a zone it is not read.

    Raises:
        SourceFault: Nothing can be read there; the next step says why.
    """
    if isinstance(url_or_path, str) and _URL.match(url_or_path):
        from clerestory.holdings.postgresql_source import PostgresqlSource

        return PostgresqlSource(url_or_path, recorder=recorder, zone=zone)
    path = Path(url_or_path)
    # Imported here so that one kind of source does not load the driver of the other.
    if _is_folder(path):
        from clerestory.holdings.parquet_source import ParquetSource

        return ParquetSource(path, recorder=recorder, zone=zone)
    from clerestory.holdings.sqlite_source import SqliteSource

    return SqliteSource(path, recorder=recorder)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except PermissionError as fault:
        raise refused_access(shown(path)) from fault
    except OSError as fault:
        raise unreadable(shown(path)) from fault
