"""One transaction for one act, also where the database ends it by itself.

SQLite rolls a transaction back on its own where a disk is full or broken. Whoever swallowed that
error would go on, and each later statement would be a commit of its own: half an act that stands.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from clerestory.ledger import statements_on
from clerestory.ledger.errors import StorageFailed


@contextmanager
def one_transaction() -> Iterator[None]:
    """Let all of the block be one commit, or nothing of it.

    Raises:
        StorageFailed: The database ended the transaction before the block ended.
    """
    with transaction.atomic(durable=True), connection.execute_wrapper(_still_begun):
        yield
        _check_begun()


def _still_begun(
    execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]
) -> Any:
    _check_begun()
    return execute(sql, params, many, context)


def _check_begun() -> None:
    if not statements_on(connection.connection).in_transaction:
        raise StorageFailed(
            "an act is done whole or not at all: the database ended its transaction",
            todo="free or mend the disk, then do the same again; nothing was half done",
        )
