"""Which dialect a connection speaks."""

import sqlite3
from typing import TYPE_CHECKING, Any

from clerestory.ledger.storage.sqlite import SqliteStatements
from clerestory.ledger.storage.statements import Statements

if TYPE_CHECKING:
    import psycopg


def statements_on(
    connection: "sqlite3.Connection | psycopg.Connection[Any]", *, one_transaction: bool = False
) -> Statements:
    """Return the ledger's view of a connection of the caller, such as Django's own.

    Args:
        connection: Whose owner begins and ends its transactions.
        one_transaction: What is returned is used in one transaction and then no more: the turn is
            taken once.

    >>> statements_on(sqlite3.connect(":memory:")).in_transaction
    False
    """
    if isinstance(connection, sqlite3.Connection):
        return SqliteStatements(connection, one_transaction=one_transaction)
    # Where there is such a connection there is psycopg; an auditor has neither.
    from clerestory.ledger.storage.postgresql import PostgresqlStatements

    return PostgresqlStatements(connection, one_transaction=one_transaction)
