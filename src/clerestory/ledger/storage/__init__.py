"""The ledger's tables, on whatever connection the caller has.

``Statements`` is all that the ledger asks of a database; ``SqliteStatements`` and, in its own
module because it needs psycopg, ``PostgresqlStatements`` are the two that there are. Each has its
schema beside it. What reads and what writes the tables is written once, for both.
"""

from clerestory.ledger.storage.connections import statements_on
from clerestory.ledger.storage.reader import Epoch, Head, Reader
from clerestory.ledger.storage.sqlite import SqliteStatements
from clerestory.ledger.storage.statements import Rows, Statements
from clerestory.ledger.storage.writer import create_tables

__all__ = [
    "Epoch",
    "Head",
    "Reader",
    "Rows",
    "SqliteStatements",
    "Statements",
    "create_tables",
    "statements_on",
]
