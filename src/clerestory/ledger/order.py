"""The order of a scope's entries in time, as far as the log shows any time: by quarter.

The log keeps no finer time, on purpose: who polls it would learn when a demand came. So a clock
that runs back within one quarter cannot be seen here. One that runs back into an earlier quarter
would change figures that are published already, and is stopped.
"""

from itertools import islice

from clerestory.kernel.time import BadTime
from clerestory.ledger.errors import Torn
from clerestory.ledger.leaf import parse_leaf
from clerestory.ledger.storage.reader import Reader
from clerestory.ledger.storage.statements import Statements

# A log has few scopes, so the last entry of each is near the end. A scope that has not written for
# this long is let through rather than searched for in a log of millions.
_LOOK_BACK = 1_000


def check_order(statements: Statements, scope: str, period: str) -> None:
    """Refuse a quarter before that of the scope's last entry.

    Call it inside the transaction that writes: until then another process may write a later one.

    Raises:
        BadTime: The quarter is an earlier one.
    """
    last = _last_period(statements, scope)
    # Written with four digits for the year, quarters sort as texts do.
    if last is not None and period < last:
        raise BadTime(
            f"entries of {scope} must not go back in time: {period} after {last}",
            code="log-time-backwards",
            todo="correct the time given, or the machine's clock; where the earlier entry is the "
            "wrong one, or this one is late, add --late: everybody will see it",
        )


def check_number(statements: Statements, scope: str, number: int) -> None:
    """Refuse a number that does not follow the last one in the scope's entries.

    The counter is a row of the database, which its owner can set; an entry stays for ever, and
    with it a gap or a number that stands twice.

    Raises:
        Torn: The counter is not at what the entries say.
    """
    seen = 0
    for entry in islice(Reader(statements).newest(), _LOOK_BACK):
        seen += 1
        try:
            leaf = parse_leaf(entry)
        except Torn:
            continue  # damage is for the audit to name
        if leaf.scope == scope and leaf.serial is not None:
            if leaf.serial + 1 != number:
                raise _miscounted(f"{number} after {leaf.serial}")
            return
    if number != 1 and seen < _LOOK_BACK:
        raise _miscounted(f"{number} is the first")


def _miscounted(how: str) -> Torn:
    return Torn(
        f"the counter of demand numbers must be at the log's last one: {how}",
        todo="receive nothing; keep the database as it is, find out who wrote to it, and bring "
        "back a copy from before",
    )


def _last_period(statements: Statements, scope: str) -> str | None:
    for entry in islice(Reader(statements).newest(), _LOOK_BACK):
        try:
            leaf = parse_leaf(entry)
        except Torn:
            # Damage is for the audit to name; here it must not keep a demand from being logged.
            continue
        if leaf.scope == scope:
            return leaf.period
    return None
