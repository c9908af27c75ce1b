"""A database of an office for each test, on SQLite and on PostgreSQL, copied from a template."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from django.db import connections

from made_up_acts import MadeUp
from made_up_office import make_records
from office_databases import copied, go_to, in_database, make_template

_numbers = count()


class Templates:
    """Databases to copy, each made when it is first asked for: with tables, and with an office."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request, self._folder = request, folder
        self._made: set[str] = set()

    def copy(self, kind: str, content: str, path: Path) -> str:
        """Copy one; return the copy's URL."""
        template = self._template(kind, content)
        if content != "empty":
            shutil.copy(self._seen(kind, content), f"{path}.seen")
        if kind == "sqlite":
            return copied(self._folder / f"{content}.sqlite", path)
        name = f"office_{os.getpid()}_{next(_numbers)}"
        on_server(self.server, f"CREATE DATABASE {name} TEMPLATE {template}")
        return in_database(self.server, name)

    @property
    def server(self) -> str:
        """The URL of the PostgreSQL server, or the test is skipped."""
        return str(self._request.getfixturevalue("server"))

    def _seen(self, kind: str, content: str) -> Path:
        return self._folder / f"{content}-{kind}.seen"

    def _template(self, kind: str, content: str) -> str:
        name = f"office_{content}_{os.getpid()}"
        if kind == "sqlite":
            url = f"sqlite:///{self._folder / content}.sqlite"
        else:
            url = in_database(self.server, name)
        if url not in self._made:
            if kind == "postgresql":
                on_server(self.server, f"CREATE DATABASE {name}")
            make_template(
                url, self._seen(kind, content), staffed=content == "staffed",
                peopled=content == "peopled",
            )  # fmt: skip
            self._made.add(url)
        return name


@pytest.fixture(scope="session")
def templates(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Templates:
    """The templates of this run."""
    return Templates(request, tmp_path_factory.mktemp("templates"))


def on_server(server: str, statement: str) -> None:
    """Run a statement that no transaction may hold."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def copied_database(templates: Templates, kind: str, content: str, folder: Path) -> Iterator[str]:
    """Copy a template and use the copy while the block runs."""
    url = templates.copy(kind, content, folder / "office.sqlite")
    go_to(url)
    yield url
    connections["default"].close()
    if kind == "postgresql":
        name = urlsplit(url).path.removeprefix("/")
        on_server(templates.server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database with its tables, which the process uses now."""
    with copied_database(templates, request.param, "empty", tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of eight made-up people, and their index."""
    return make_records(tmp_path_factory.mktemp("records") / "agency")


@contextmanager
def opened(
    templates: Templates, kind: str, name: str, folder: Path, records: Path | None = None
) -> Iterator[MadeUp]:
    """Open an office in a copy of a template's database."""
    with copied_database(templates, kind, name, folder) as url:
        made = MadeUp(url, folder / "office.sqlite.seen", records=records)
        made.open()
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def made_up(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[MadeUp]:
    """An office with a clerk and a reviewer, to which nothing came in yet."""
    with opened(templates, request.param, "staffed", tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def peopled(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path, records: Path
) -> Iterator[MadeUp]:
    """An office with everybody whom an answer needs, to which nothing came in yet."""
    with opened(templates, request.param, "peopled", tmp_path, records) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database(
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The URL of a database for all tests of a file, none of which commits."""
    folder = tmp_path_factory.mktemp("office")
    with copied_database(templates, request.param, "empty", folder) as url:
        yield url
