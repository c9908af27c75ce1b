"""One SQLite file, opened by its name and read-only by SQLite's own lock."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.kinds import KEY_KINDS, HeldColumn, Kind
from clerestory.holdings.source import Recorder
from clerestory.holdings.source_faults import bad_text, lacks, locked, unreadable
from clerestory.holdings.sql_source import BUSY_SECONDS, SqlSource
from clerestory.holdings.sqlite_file import SqliteFile

_DAY_PATTERN = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"
_AFTER_DAY = "*[^0-9:. T]*"
# What shows no rows of its own: a view may ask what day it is, a virtual table another file.
_VIEWS = sa.text(
    "SELECT 1 FROM sqlite_master WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1"
)


class SqliteSource(SqlSource):
    """One file. What a column holds is not fixed by its type here: each value has its own."""

    key_kinds = KEY_KINDS
    is_dynamic = True

    def __init__(self, path: Path, *, recorder: Recorder | None = None) -> None:
        self._file = SqliteFile.at(path)
        engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        super().__init__(engine, label=str(path), recorder=recorder)
        self.guard(lambda connection: connection.execute(sa.text("SELECT 1 FROM sqlite_master")))

    def check_unchanged(self) -> None:
        """Be sure that the file is the same after a read as before."""
        self._file.check_same()

    def written_state(self, now: datetime) -> str | None:
        """The state of the file, and of the files beside it into which SQLite writes first.

        ``None`` where there is a view, which may show others tomorrow though nobody writes.
        """
        views = self.guard(lambda connection: connection.execute(_VIEWS).first())
        return self._file.written_state(now) if views is None else None

    def is_person(
        self, column: sa.ColumnElement[str], table: str, person: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Whether a row's key is exactly this text.

        The first comparison can use an index; but a column may hold numbers, of which 7 equals
        the text 007, or compare without regard to capitals. The second is letter by letter.
        """
        exact = sa.collate(sa.cast(column, sa.String), "BINARY") == person
        if self.kind_of(table, column.name) is Kind.ANY:
            # Nothing is turned into a text here, so that the number 7 is never the text 7.
            return exact
        return sa.and_(column == person, exact)

    def is_no_day(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether a text does not look like a day."""
        glob = column.op("GLOB", is_comparison=True)
        after = sa.func.substr(column, sa.literal_column("11")).op("GLOB", is_comparison=True)
        return sa.or_(sa.not_(glob(_literal(_DAY_PATTERN))), after(_literal(_AFTER_DAY)))

    def explain(self, fault: DBAPIError, table: str, columns: Sequence[str]) -> SourceFault:
        """Return what a driver's error means, without its words."""
        name = getattr(fault.orig, "sqlite_errorname", None) or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return locked(self.label)
        if isinstance(fault.orig, sqlite3.Error) and (said := self._file.explain(fault.orig)):
            return said
        words = str(fault.orig).lower()
        if "no such table" in words or "no such column" in words:
            return lacks(self.label, table, columns)
        for name in columns:
            # Behind the name these words quote the value.
            if words.startswith(f"could not decode to utf-8 column '{name.lower()}' with"):
                return bad_text(self.label, table, name)
        return unreadable(self.label)

    def _connect(self) -> sqlite3.Connection:
        return self._file.connect(timeout=BUSY_SECONDS)

    def _look(self, connection: sa.Connection, table: str) -> tuple[HeldColumn, ...] | None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 (the creator above made it)
        try:
            quoted = table.replace('"', '""')
            found = driver.execute(f'PRAGMA table_xinfo("{quoted}")').fetchall()
        except sqlite3.Error as fault:
            raise self.explain(DBAPIError("", (), fault), table, ()) from fault
        held = (HeldColumn(name=str(row[1]), kind=_kind(str(row[2]))) for row in found)
        return tuple(held) or None

    def _exact(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        return sa.collate(text, "BINARY")

    def _scanned(self, held: HeldColumn | None, name: str) -> sa.ColumnElement[Any]:
        del held
        return sa.column(name)


def _kind(declared: str) -> Kind:
    """The kind that a declared type prefers, by SQLite's own rules of affinity.

    Source: SQLite, Datatypes In SQLite, section 3.1.
    """
    written = declared.upper()
    if "INT" in written:
        return Kind.WHOLE
    if any(word in written for word in ("CHAR", "CLOB", "TEXT")):
        return Kind.TEXT
    if any(word in written for word in ("REAL", "FLOA", "DOUB")):
        return Kind.DOUBLE
    return Kind.ANY


def _literal(text: str) -> sa.ColumnElement[str]:
    # Not a parameter: the parameters of a statement are the person and the period, and no more.
    return sa.literal_column("'" + text + "'", sa.String)
