"""What an office refuses beside the table of acts, and what raises its alarm."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, IntegrityError, OperationalError, connection

from clerestory.kernel import Corruption, Refusal
from clerestory.ledger.errors import Busy, StorageFailed


class OfficeAltered(Corruption):
    """What the office's tables say is not what its founders signed."""

    code = "office-altered"
    todo = (
        "answer nothing; find out who wrote to the database, and bring back a copy from before it"
    )


class ClockBack(Refusal):
    """The clock says an earlier day than one on which an act was logged already."""

    code = "office-clock-back"
    todo = (
        "do nothing until the clock is right; where the later act is the wrong one, tell the "
        "privacy officer: it stays in the log for ever"
    )


class MovedOn(Refusal):
    """Somebody else acted in the matter since the statement was written."""

    code = "act-moved-on"
    todo = "look at what was done, have the statement written anew, and sign that"


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors into the office's: what was meant is done whole or not at all."""
    try:
        yield
    except IntegrityError as fault:
        raise MovedOn("an act is done once, in one place: another one took it") from fault
    except OperationalError as fault:
        # SQLite says it in words, PostgreSQL by its class 40 and 55.
        state = getattr(fault.__cause__, "sqlstate", "") or ""
        if "locked" in str(fault) or state.startswith(("40", "55")):
            raise Busy("the office must be free to write: another process holds it") from fault
        _close()
        raise _failed() from fault
    except Error as fault:
        _close()
        raise _failed() from fault
    except StorageFailed:
        _close()
        raise


def _close() -> None:
    """Let the next act open a connection of its own.

    After a failed flush the old one may show what is not on disk, and one whose server went away
    would fail for ever.
    """
    if not connection.in_atomic_block:
        connection.close()


def _failed() -> StorageFailed:
    # Never the database's own message: it may quote a row.
    return StorageFailed(
        "the office's database must take every act: it failed",
        todo="mend the database or the way to it, then do the same again; nothing was half done",
    )
