"""What the ledger asks of a database: statements on a connection that is somebody else's.

The owner of the connection begins and ends its transactions. So there is no commit here, no
rollback and no script: each of these would end the owner's transaction before its time.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from clerestory.kernel import Refusal


class Rows(Protocol):
    """What a statement returned."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""

    def fetchone(self) -> Any:
        """Return the next row, or ``None`` after the last."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that are left."""


class Statements(Protocol):
    """One connection, seen by the ledger. The SQL is the same for all; a parameter is a ``?``."""

    @property
    def index_column(self) -> str:
        """The column by which entries are found in the order of the tree."""

    @property
    def first_index(self) -> int:
        """What that column holds for the first entry."""

    @property
    def schema(self) -> tuple[str, ...]:
        """The statements that make the ledger's tables and triggers, in order."""

    @property
    def in_transaction(self) -> bool:
        """Whether the owner has begun a transaction."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""

    def take_turn(self) -> None:
        """Wait until no other transaction writes to the ledger, and let none until this one ends.

        Raises:
            Refusal: The connection would not keep what it commits.
        """

    def damage(self) -> Iterator[str]:
        """Yield what the database itself finds wrong with its files, where it can say."""

    def translated(self) -> AbstractContextManager[None]:
        """Turn the database's errors into the ledger's."""


@contextmanager
def whole(statements: Statements) -> Iterator[None]:
    """Let all statements of the block stand, or none.

    An owner who catches an error of the ledger and commits all the same must not commit half of
    an entry: SQLite undoes no more than the statement that failed.
    """
    statements.execute("SAVEPOINT clerestory_ledger")
    try:
        yield
    except BaseException:
        # SQLite ends the whole transaction by itself where the disk is full or broken.
        if statements.in_transaction:
            statements.execute("ROLLBACK TO SAVEPOINT clerestory_ledger")
            statements.execute("RELEASE SAVEPOINT clerestory_ledger")
        raise
    statements.execute("RELEASE SAVEPOINT clerestory_ledger")


def check_begun(statements: Statements) -> None:
    """Refuse to write where each statement would be a commit of its own.

    Raises:
        Refusal: The connection is in no transaction.
    """
    if not statements.in_transaction:
        raise Refusal(
            "the ledger must be written inside its caller's transaction: none is begun",
            code="log-no-transaction",
            todo="begin a transaction, and record the entry in it beside what it is about",
        )


def check_ended(statements: Statements) -> None:
    """Refuse to give out what may yet be rolled back.

    A signed checkpoint that leaves, and whose transaction is then rolled back, is the first half
    of a fork: the next sequencer signs another tree of the same size.

    Raises:
        Refusal: The connection is in a transaction.
    """
    if statements.in_transaction:
        raise Refusal(
            "a signed checkpoint must be committed before it is given out: a transaction is open",
            code="log-uncommitted",
            todo="end the transaction, and ask again after it",
        )


def split_schema(script: str) -> tuple[str, ...]:
    """Cut a schema of ours into its statements: each ends with the line that ends in ``;``."""
    statements: list[str] = []
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        if line.endswith(";"):
            statements.append("\n".join(lines).strip())
            lines = []
    return tuple(statements)
