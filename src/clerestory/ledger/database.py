"""The folder ledger's own SQLite file: how it is made and opened.

Write-ahead log, full synchronization, foreign keys and secure deletion are set on every
connection and read back: a database that will not take them is refused.
"""

import os
import sqlite3
from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.ledger.by_hand import Keeper
from clerestory.ledger.storage.reader import Head
from clerestory.ledger.storage.sqlite import (
    SETTINGS,
    SqliteStatements,
    check_settings,
    translated,
)
from clerestory.ledger.storage.writer import create_tables, write_beginning

APPLICATION_ID = 0x434C5253  # "CLRS"

SCHEMA_VERSION = 2
"""Version 1 does not say who keeps the log; it is read as an operator's."""

_READ_VERSIONS = (1, SCHEMA_VERSION)


def create_database(path: Path, *, origin: str, head: Head, keeper: Keeper) -> None:
    """Make a new ledger database; an existing file is never touched."""
    # Made before SQLite opens it, and SQLite gives its journals the same mode: no other account
    # reads which matters there are.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    cx = _connect(path, patience_seconds=5)
    try:
        # A file left by an interrupted creation is an empty database and may be used up.
        if cx.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise Refusal(
                f"a ledger must not exist yet: {path}",
                code="log-exists",
                todo="open it, or choose another directory",
            )
        statements = SqliteStatements(cx)
        cx.execute("BEGIN IMMEDIATE")
        create_tables(statements)
        write_beginning(statements, origin=origin, head=head, keeper=keeper)
        cx.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        cx.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        cx.execute("COMMIT")
    finally:
        cx.close()


def open_database(path: Path, *, patience_seconds: float) -> sqlite3.Connection:
    """Open a ledger database and check that it is one.

    Raises:
        Refusal: There is none, or it is something else.
        Torn: The file is not a readable database.
    """
    if not path.is_file():
        raise Refusal(
            f"a ledger must exist: {path}", code="log-missing", todo="run: clerestory log create"
        )
    try:
        cx = _connect(path, patience_seconds=patience_seconds)
        found = cx.execute("PRAGMA application_id").fetchone()[0]
        version = cx.execute("PRAGMA user_version").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        with translated():
            raise
        raise AssertionError from fault
    if found != APPLICATION_ID or version not in _READ_VERSIONS:
        cx.close()
        raise Refusal(
            f"a file must be a ledger of version {SCHEMA_VERSION}: {path}",
            code="log-not-a-ledger",
            todo="create the ledger anew if its making was interrupted; nothing is in it",
        )
    return cx


def _connect(path: Path, *, patience_seconds: float) -> sqlite3.Connection:
    cx = sqlite3.connect(
        path, timeout=patience_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        for name, wanted in SETTINGS.items():
            cx.execute(f"PRAGMA {name} = {wanted}").fetchall()
        check_settings(cx)
    except BaseException:
        cx.close()
        raise
    return cx
