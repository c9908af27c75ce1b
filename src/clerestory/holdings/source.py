"""The agency's own records, opened so that nothing can be written to them.

A source runs one kind of statement only: named columns of one table for one person. It has no
way to list, count or search; what builds the index of persons is the one scan there is, and it
reads the search keys of the catalogue and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from clerestory.holdings.errors import SourceFault
from clerestory.kernel import Period

if TYPE_CHECKING:
    import sqlalchemy as sa

Scalar = str | int | float | bytes | date | None
Parameters = Sequence[object] | Mapping[str, object]
Recorder = Callable[[str, object], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRow:
    """Read ``columns`` of ``table`` for the one person whose key is ``person_id``.

    Attributes:
        key: The column that holds the person's id, in this table and in ``members``.
        members: A table that must have a row for the person too, so that a program's fields are
            read only of people who are in the program; ``None`` when ``table`` is that table.
        dated: The date column that ``period`` is about; ``None`` reads the one current row.
    """

    table: str
    columns: tuple[str, ...]
    key: str
    person_id: str
    members: str | None
    dated: str | None = None
    period: Period | None = None

    def statement(self, *, cast_dates: bool = True) -> "sa.Select[Any]":
        """The one SELECT: the columns asked for, and a WHERE that pins the person.

        Args:
            cast_dates: Read the date column as a date even where it is a text. SQLite has no
                dates: there, texts in ISO form are compared as they are.
        """
        # Loading it takes as long as a whole decision, and deciding reads no row.
        import sqlalchemy as sa

        key = sa.column(self.key, sa.String)
        table = sa.table(self.table, key, *(sa.column(name) for name in self.columns))
        person = sa.bindparam("person", self.person_id, type_=sa.String)
        select = sa.select(*(table.c[name] for name in self.columns)).where(
            table.c[self.key] == person
        )
        if self.members is not None:
            member = sa.table(self.members, sa.column(self.key, sa.String)).alias("member")
            select = select.where(
                sa.exists(sa.literal_column("1")).where(member.c[self.key] == person)
            )
        if self.dated is not None:
            held = sa.column(self.dated, sa.Date, _selectable=table)
            on: sa.ColumnElement[date] = sa.cast(held, sa.Date) if cast_dates else held
            if self.period is not None and self.period.valid_from is not None:
                select = select.where(on >= self.period.valid_from)
            if self.period is not None and self.period.valid_to is not None:
                select = select.where(on < self.period.valid_to)
            select = select.order_by(on)
        return select


class Source(Protocol):
    """A read-only source: what ``open_source`` returns."""

    @property
    def label(self) -> str:
        """Where the records are, without a password."""
        ...

    def read_one(self, row: OneRow) -> list[tuple[Scalar, ...]]:
        """Run one read for one person."""
        ...

    def scan_keys(
        self, table: str, columns: Sequence[str], order_by: str
    ) -> Iterator[tuple[Scalar, ...]]:
        """Walk the search keys of every person, for building the index."""
        ...

    def columns_of(self, table: str) -> frozenset[str] | None:
        """The columns of a table, or ``None`` when there is no such table."""
        ...

    def close(self) -> None:
        """Let the records go."""
        ...


def open_source(url_or_path: str | Path, *, recorder: Recorder | None = None) -> Source:
    """Open records read-only: a SQLite file, a folder of Parquet files, or a database URL.

    Args:
        url_or_path: A path, or a URL such as ``postgresql+psycopg://reader@host/aces``.
        recorder: Called with the text and parameters of every statement before it runs.

    Raises:
        SourceFault: Nothing can be read there; the next step says why.
    """
    # Imported here so that one kind of source does not load the driver of the other.
    from clerestory.holdings.parquet_source import ParquetSource
    from clerestory.holdings.sql_source import SqlSource

    written = str(url_or_path)
    if "://" in written:
        return SqlSource.of_url(written, recorder=recorder)
    path = Path(written)
    if path.is_dir():
        return ParquetSource(path, recorder=recorder)
    if not path.exists():
        raise vanished(written)
    return SqlSource.of_file(path, recorder=recorder)


def vanished(label: str) -> SourceFault:
    """The fault of a source that is not there, or not there any more."""
    return SourceFault(
        f"the source is not there: {label}",
        code="source-vanished",
        todo="check the path, the mount or the server; nothing was read",
    )


def locked(label: str) -> SourceFault:
    """The fault of a source that another program holds."""
    return SourceFault(
        f"the source is locked by another program: {label}",
        code="source-locked",
        todo="wait until the other program is done, then run the same again; nothing was read",
    )


def lacks(label: str, table: str, columns: Sequence[str]) -> SourceFault:
    """The fault of a source that does not have what the catalogue names."""
    return SourceFault(
        f"the source does not have table {table} with columns {', '.join(columns)}: {label}",
        code="source-lacks-column",
        todo="run clerestory holdings check; correct the catalogue, or restore the column",
    )


def unreadable(label: str) -> SourceFault:
    """The fault of a source that answers with anything else.

    The driver's own words are left out: they may quote a row.
    """
    return SourceFault(
        f"the source cannot be read: {label}",
        code="source-unreadable",
        todo="check that it is a database or Parquet folder that this account may read",
    )
