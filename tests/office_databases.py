"""Databases of made-up offices: each test has its own copy of one whose tables are made.

A process keeps one office, and says so; the tests of one process go from one to the next.
"""

import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connections

from clerestory.store.connecting import connect, make_tables
from clerestory.store.settings import database_for
from made_up_acts import MadeUp


def configured() -> None:
    """Let the modules of the tables be imported, whatever the database."""
    if not settings.configured:
        connect("sqlite:///office.sqlite")


def go_to(url: str) -> None:
    """Have this process use another database from now on."""
    configured()
    connections["default"].close()
    del connections["default"]
    settings.DATABASES = {"default": database_for(url)}
    connections.settings = connections.configure_settings(settings.DATABASES)


def make_template(url: str, seen: Path, *, staffed: bool, peopled: bool = False) -> None:
    """Make the tables in a new database, and an office; nothing is connected to it afterwards."""
    go_to(url)
    make_tables()
    if peopled:
        MadeUp(url, seen).peopled()
    elif staffed:
        MadeUp(url, seen).staffed()
    connections.close_all()


def copied(template: Path, path: Path) -> str:
    """Copy a template of SQLite; return the copy's URL."""
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def in_database(server: str, name: str) -> str:
    """Return the URL of one database of a server."""
    parts = urlsplit(server)
    return urlunsplit(("postgresql", parts.netloc, f"/{name}", parts.query, ""))
