"""One transaction for one act, also where the database ends it by itself.

SQLite rolls a transaction back on its own where a disk is full or broken. Whoever swallowed that
error would go on, and each later statement would be a commit of its own: half an act that stands.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from clerestory.kernel.locks import wait_for
from clerestory.ledger import Statements, statements_on
from clerestory.ledger.errors import StorageFailed

_PAUSE = 0.002

_inside: ContextVar[Statements | None] = ContextVar("_inside", default=None)


@contextmanager
def one_transaction() -> Iterator[None]:
    """Let all of the block be one commit, or nothing of it.

    Raises:
        StorageFailed: The database ended the transaction before the block ended.
    """
    fair = _in_turn() if connection.vendor == "sqlite" else nullcontext()
    with fair, transaction.atomic(durable=True), connection.execute_wrapper(_still_begun):
        token = _inside.set(statements_on(connection.connection, one_transaction=True))
        try:
            yield
            check_begun()
        finally:
            _inside.reset(token)


def current_statements() -> Statements:
    """Return the ledger's view of this thread's connection, inside of an act and outside."""
    inside = _inside.get()
    if inside is not None:
        return inside
    connection.ensure_connection()
    return statements_on(connection.connection)


@contextmanager
def _in_turn() -> Iterator[None]:
    """Wait for the others who act, in the order in which the lock comes free.

    SQLite tells nobody that its file is free: who waits looks again after ever longer pauses, and
    of eight writers one may wait for seconds while the others pass it by. This lock keeps nothing
    together, and nothing rests on it: the file's own lock is taken behind it.
    """
    path = Path(f"{connection.settings_dict['NAME']}.turn")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise StorageFailed(
            f"an office takes its turn in a file beside its database: {path.name}: "
            f"{fault.strerror}",
            todo="mend the disk, then do the same again; nothing was done",
        ) from fault
    try:
        wait_for(
            handle,
            what="the office",
            code="log-locked",
            todo="wait for the other process and run the same again; nothing was written",
            pause=_PAUSE,
        )
        yield
    finally:
        os.close(handle)


def _still_begun(
    execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]
) -> Any:
    check_begun()
    return execute(sql, params, many, context)


def check_begun() -> None:
    """Refuse to go on where the database ended the transaction of the act.

    Raises:
        StorageFailed: It did.
    """
    if not current_statements().in_transaction:
        raise StorageFailed(
            "an act is done whole or not at all: the database ended its transaction",
            todo="free or mend the disk, then do the same again; nothing was half done",
        )
