"""What the tests of whole commands share: a made-up office, and a PostgreSQL server.

The server is that of the environment variable CLERESTORY_TEST_POSTGRESQL (a SQLAlchemy URL), or one
on a socket in a temporary folder where ``initdb`` is installed. Debian keeps it off the path.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ledger_databases import LedgerDatabase, connect_sqlite
from made_up_office import make_template


def server_program(name: str) -> str | None:
    """Where a program of the server is: on the path, or in the newest of Debian's own folders."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version_of)
    return shutil.which(name) or (str(found[-1]) if found else None)


def _version_of(program: Path) -> int:
    return int(program.parents[1].name)


def run_as_server(name: str, *words: str) -> None:
    command = [server_program(name) or name, *words]
    # PostgreSQL refuses to run for the all-powerful account.
    account: dict[str, Any] = {"user": "nobody"} if os.geteuid() == 0 else {}
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office to copy, of which nothing was asked yet."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def agency(template: Path) -> Path:
    """The records of that office, which a test only reads."""
    return template / "agency"


@pytest.fixture
def office(template: Path, tmp_path: Path) -> Path:
    """An office of a test's own over those records, with its recipient's keys beside it."""
    shutil.copytree(template / "agents", tmp_path / "agents")
    return shutil.copytree(template / "office", tmp_path / "office")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server that is there, or of one that is started for these tests."""
    given = os.environ.get("CLERESTORY_TEST_POSTGRESQL")
    if given:
        yield given
        return
    if server_program("initdb") is None or server_program("pg_ctl") is None:
        pytest.skip("no PostgreSQL server: initdb is not installed")
    # A socket's path may have a hundred letters and no more, and its folder must be open to the
    # server's account.
    base = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(base, "nobody")
    files = str(base / "files")
    run_as_server("initdb", "-D", files, "-U", "reader", "--auth=trust", "--no-sync")
    options = f"-k {base} -c listen_addresses= -c fsync=off"
    run_as_server("pg_ctl", "-D", files, "-w", "-l", f"{base}/log", "-o", options, "start")
    yield f"postgresql+psycopg://reader@/postgres?host={base}"
    run_as_server("pg_ctl", "-D", files, "-w", "-m", "immediate", "stop")
    shutil.rmtree(base)


@pytest.fixture
def sqlite_empty(tmp_path: Path) -> LedgerDatabase:
    """A SQLite file with nothing in it."""
    path = str(tmp_path / "office.sqlite3")
    return LedgerDatabase(kind="sqlite", connect=lambda: connect_sqlite(path))


@pytest.fixture
def sqlite_ledger(sqlite_empty: LedgerDatabase) -> LedgerDatabase:
    """A SQLite file with a ledger that is begun."""
    sqlite_empty.found()
    return sqlite_empty


_SCHEMAS = iter(range(1 << 30))


@pytest.fixture
def postgresql_empty(server: str) -> Iterator[LedgerDatabase]:
    """A namespace of the PostgreSQL server with nothing in it."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    url = sa.make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    name = f"ledger_{os.getpid()}_{next(_SCHEMAS)}"
    with psycopg.connect(url, autocommit=True) as cx:
        cx.execute(f"CREATE SCHEMA {name}")
    options = f"-c search_path={name}"
    yield LedgerDatabase(
        kind="postgresql",
        connect=lambda: psycopg.connect(url, autocommit=True, options=options),
    )
    with psycopg.connect(url, autocommit=True, options="-c client_min_messages=error") as cx:
        cx.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def postgresql_ledger(postgresql_empty: LedgerDatabase) -> LedgerDatabase:
    """A namespace of the PostgreSQL server with a ledger that is begun."""
    postgresql_empty.found()
    return postgresql_empty


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_database(request: pytest.FixtureRequest) -> LedgerDatabase:
    """A ledger among its caller's tables, on each database in turn."""
    database: LedgerDatabase = request.getfixturevalue(f"{request.param}_ledger")
    return database
