"""The ledger on a connection to PostgreSQL, by psycopg."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, LiteralString

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from clerestory.kernel import Refusal
from clerestory.ledger.errors import Busy, StorageFailed, Torn
from clerestory.ledger.storage.statements import Rows, split_schema

_TURN = 0x434C5253  # "CLRS"; advisory locks are numbers, and each database has its own

_CONTENDED = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available

_DAMAGED = ("XX001", "XX002")  # data corrupted, index corrupted


class PostgresqlStatements:
    """Statements on a connection to PostgreSQL."""

    # Transactions commit in another order than they draw their ids in, so the index is its own.
    index_column = "leaf_index"
    first_index = 0
    schema = split_schema(
        files("clerestory.ledger.storage").joinpath("postgresql.sql").read_text("utf-8")
    )

    def __init__(
        self, connection: psycopg.Connection[Any], *, one_transaction: bool = False
    ) -> None:
        """Use ``connection``; the caller sees to it that one thread uses it at a time."""
        self._cx = connection
        self._once, self._taken = one_transaction, False

    @property
    def in_transaction(self) -> bool:
        """Whether the owner has begun a transaction, or the next statement would."""
        idle = self._cx.info.transaction_status == TransactionStatus.IDLE
        return not (idle and self._cx.autocommit)

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """Run one statement."""
        cursor = self._cx.cursor(row_factory=tuple_row)
        if isinstance(cursor, psycopg.ClientCursor):
            # It would write parameters into the statement, as Django's do: what is sent again and
            # again is planned once if the server is given them apart.
            cursor = psycopg.Cursor(self._cx, row_factory=tuple_row)
        return cursor.execute(_placed(sql), parameters or None)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        self._cx.cursor().executemany(_placed(sql), rows)

    def take_turn(self) -> None:
        """Wait for the lock that ends with the transaction.

        It is a statement of its own: what the next one reads is as of after the waiting.

        Raises:
            Refusal: A commit on this connection is answered before it is on disk, or the
                transaction goes on seeing the database as it was before the waiting.
        """
        if self._taken:
            return
        _, commit, isolation = self.execute(
            "SELECT pg_advisory_xact_lock(?), current_setting('synchronous_commit'), "
            "current_setting('transaction_isolation')",
            (_TURN,),
        ).fetchone()
        # All other values of it flush to this server's disk before they answer.
        if commit == "off":
            raise _refused("synchronous_commit = on", commit)
        if isolation != "read committed":
            raise _refused("transaction_isolation = read committed", isolation)
        self._taken = self._once

    def damage(self) -> Iterator[str]:
        """Yield nothing: a server checks its pages when it reads them, and an audit reads all."""
        return iter(())

    def translated(self) -> AbstractContextManager[None]:
        """Turn the database's errors into the ledger's."""
        return translated()


def _refused(setting: str, got: str) -> Refusal:
    return Refusal(
        f"the database must take {setting}: {got}",
        code="log-database-settings",
        todo=f"set {setting} for the office's database, account and transactions",
    )


@cache
def _placed(sql: str) -> LiteralString:
    # The ledger's own statements, of which none holds a question mark or a percent sign otherwise.
    return sql.replace("?", "%s")


def _said(fault: psycopg.Error) -> str:
    # The first line only: the next ones may quote the row that was refused.
    return fault.diag.message_primary or str(fault).partition("\n")[0]


@contextmanager
def translated() -> Iterator[None]:
    """Turn PostgreSQL's errors into the ledger's."""
    try:
        yield
    except psycopg.Error as fault:
        if fault.sqlstate in _CONTENDED:
            raise Busy(
                "the ledger must be free to write: another transaction holds it",
                todo="run the same again; nothing was written",
            ) from fault
        if fault.sqlstate in _DAMAGED:
            raise Torn(
                f"the ledger's database must be readable: {_said(fault)}",
                todo="keep the server's files, restore a backup and recover from the public tiles",
            ) from fault
        raise StorageFailed(
            f"the ledger's database must take every write: {_said(fault)}",
            todo="mend the server or the way to it, then open the ledger again; what was "
            "acknowledged stands",
        ) from fault
