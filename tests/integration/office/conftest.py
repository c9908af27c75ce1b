"""A database of an office for each test, on SQLite and on PostgreSQL, copied from a template."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from django.db import connections

from office_databases import copied, go_to, in_database, make_template

_numbers = count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose tables are made; closed, so that all of it is in the one file."""
    path = tmp_path_factory.mktemp("office") / "template.sqlite"
    make_template(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(server: str) -> str:
    """The name of a database whose tables are made."""
    on_server(server, "CREATE DATABASE office_template")
    make_template(in_database(server, "office_template"))
    return "office_template"


def on_server(server: str, statement: str) -> None:
    """Run a statement that no transaction may hold."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def new_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    """Copy a template and use the copy while the block runs."""
    if kind == "sqlite":
        url = copied(request.getfixturevalue("sqlite_template"), folder / "office.sqlite")
        go_to(url)
        yield url
        connections.close_all()
        return
    server = request.getfixturevalue("server")
    template = request.getfixturevalue("postgresql_template")
    name = f"office_{next(_numbers)}"
    on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    go_to(in_database(server, name))
    yield in_database(server, name)
    connections.close_all()
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database with its tables, which the process uses now."""
    with new_database(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a database for all tests of a file, none of which commits."""
    with new_database(request, request.param, tmp_path_factory.mktemp("office")) as url:
        yield url
