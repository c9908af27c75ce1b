"""SQLite and PostgreSQL through SQLAlchemy, read-only by the database's own lock."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError
from sqlalchemy.pool import NullPool

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.source import (
    OneRow,
    Recorder,
    Scalar,
    lacks,
    locked,
    unreadable,
    vanished,
)

_BUSY_SECONDS = 2
_SCAN_ROWS = 5_000
# What the query of a URL may say of the place.
_PLACE = frozenset({"host", "port", "dbname"})
_Answer = TypeVar("_Answer")


class SqlSource:
    """One database. Each read opens its own connection, so a database that went away is noticed."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        label: str,
        file: Path | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.engine = engine
        self._label = label
        self._file = file
        if recorder is not None:
            self._listen(recorder)

    @classmethod
    def of_file(cls, path: Path, *, recorder: Recorder | None = None) -> "SqlSource":
        """Open a SQLite file that must exist already."""
        # mode=ro is kept by SQLite itself: no statement of ours, right or wrong, can write.
        url = f"sqlite:///file:{quote(str(path.resolve()))}?mode=ro&uri=true"
        engine = sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS})
        source = cls(engine, label=str(path), file=path, recorder=recorder)
        source._guard(lambda connection: connection.execute(sa.text("SELECT 1 FROM sqlite_master")))
        return source

    @classmethod
    def of_url(cls, url: str, *, recorder: Recorder | None = None) -> "SqlSource":
        """Open a PostgreSQL (or SQLite) database by URL."""
        parsed = _parsed(url)
        label = _label_of(parsed)
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            path = Path(parsed.database or "")
            if not path.is_file():
                raise vanished(label)
            return cls.of_file(path, recorder=recorder)
        if backend != "postgresql":
            raise SourceFault(
                f"the source is of a kind that is not read: {backend}",
                code="source-kind",
                todo="use SQLite, PostgreSQL, or a folder of Parquet files",
            )
        options = f"-c default_transaction_read_only=on -c lock_timeout={_BUSY_SECONDS}s"
        try:
            engine = sa.create_engine(
                parsed, poolclass=NullPool, connect_args={"options": options, "connect_timeout": 5}
            )
        except (ModuleNotFoundError, NoSuchModuleError) as fault:
            raise SourceFault(
                "the driver for PostgreSQL is not installed",
                code="source-no-driver",
                todo="install psycopg, and write the URL as postgresql+psycopg://...",
            ) from fault
        source = cls(engine, label=label, recorder=recorder)
        source._check_read_only()
        return source

    @property
    def label(self) -> str:
        """Where the records are, without a password."""
        return self._label

    def read_one(self, row: OneRow) -> list[tuple[Scalar, ...]]:
        """Run one read for one person."""

        statement = row.statement(cast_dates=self.engine.dialect.name != "sqlite")

        def read(connection: sa.Connection) -> list[tuple[Scalar, ...]]:
            return list(map(tuple, connection.execute(statement)))

        return self._guard(read, table=row.table, columns=row.columns)

    def scan_keys(
        self, table: str, columns: Sequence[str], order_by: str
    ) -> Iterator[tuple[Scalar, ...]]:
        """Walk the search keys of every person, for building the index."""
        held = sa.table(table, *(sa.column(name) for name in columns))
        statement = sa.select(*held.c).order_by(held.c[order_by])

        def start(connection: sa.Connection) -> sa.CursorResult[Any]:
            return connection.execution_options(yield_per=_SCAN_ROWS).execute(statement)

        try:
            with self.engine.connect() as connection:
                for found in start(connection):
                    yield tuple(found)
        except DBAPIError as fault:
            raise self.explain(fault, table, columns) from fault

    def columns_of(self, table: str) -> frozenset[str] | None:
        """The columns of a table or view, or ``None`` when there is no such table."""

        def look(connection: sa.Connection) -> frozenset[str] | None:
            try:
                found = sa.inspect(connection).get_columns(table)
            except NoSuchTableError:
                return None
            return frozenset(str(column["name"]) for column in found)

        return self._guard(look)

    def explain(self, fault: DBAPIError, table: str, columns: Sequence[str]) -> SourceFault:
        """Return what a driver's error means, without its words."""
        # Only the driver's kind of error is looked at; its words may quote a row and stop here.
        words = str(fault.orig).lower()
        kind = type(fault.orig).__name__
        if "locked" in words or kind == "LockNotAvailable":
            return locked(self._label)
        if (
            "no such table" in words
            or "no such column" in words
            or kind in {"UndefinedTable", "UndefinedColumn"}
        ):
            return lacks(self._label, table, columns)
        if "unable to open" in words or fault.connection_invalidated or "connect" in words:
            return vanished(self._label)
        return unreadable(self._label)

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def _listen(self, recorder: Recorder) -> None:
        def before(
            _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
        ) -> None:
            recorder(statement, parameters)

        sa.event.listen(self.engine, "before_cursor_execute", before)

    def _check_read_only(self) -> None:
        setting = self._guard(
            lambda connection: connection.execute(sa.text("SHOW transaction_read_only")).scalar()
        )
        if setting != "on":
            raise SourceFault(
                f"the source must refuse every write: {self._label}",
                code="source-writable",
                todo="give a database role whose transactions are read-only",
            )

    def _guard(
        self,
        work: Callable[[sa.Connection], _Answer],
        *,
        table: str = "",
        columns: Sequence[str] = (),
    ) -> _Answer:
        if self._file is not None and not self._file.exists():
            raise vanished(self._label)
        try:
            with self.engine.connect() as connection:
                return work(connection)
        except DBAPIError as fault:
            raise self.explain(fault, table, columns) from fault


def _label_of(url: sa.URL) -> str:
    """Return where a database is; what else stands in the query may be a password."""
    kept = {name: value for name, value in url.query.items() if name in _PLACE}
    return url.set(query=kept).render_as_string(hide_password=True)


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
        # With a bare @ in a password its end would pass for the host, and be told in messages.
        if "@" not in (parsed.host or ""):
            return parsed
    except (ArgumentError, ValueError):
        # The fault's own words may quote the URL, password and all.
        pass
    raise SourceFault(
        "the source is not a database URL",
        code="source-bad-url",
        todo="write it as postgresql+psycopg://reader@host/database, and @ in a password as %40",
    )
