"""What PostgreSQL's errors mean: by their SQLSTATE, and where there is none by their words."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import DBAPIError

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.source_faults import (
    lacks,
    locked,
    refused_access,
    unreadable,
    vanished,
)

# While a connection is made the driver hands on no SQLSTATE. These words are looked for in this
# order; a server that speaks another language is told as one that refused access.
_BEFORE: Sequence[tuple[tuple[str, ...], str]] = (
    (("does not support ssl", "certificate", "ssl error", "ssl connection"), "08SSL"),
    (("starting up", "shutting down", "recovery", "not accepting connections"), "57P03"),
    (("too many connections", "too many clients", "connection slots"), "53300"),
    (("password", "authentication", "pg_hba.conf", "not permitted", "role \""), "28000"),
    (("database \"",), "3D000"),
    (("resolve", "translate host", "refused", "no such file", "timeout", "timed out", "unreachable",
      "no route", "closed the connection", "reset"), "08001"),
)  # fmt: skip


# Where the server refuses to read a table of which a policy would hide rows.
_ROW_SECURITY = "check_enable_rls"


def explain_fault(
    fault: DBAPIError, *, label: str, table: str, columns: Sequence[str]
) -> SourceFault:
    """Return what a driver's error means, without its words."""
    state = str(getattr(fault.orig, "sqlstate", None) or "")
    if not state:
        state = _state_of_words(str(fault.orig).lower())
    if state in {"42P01", "42703", "3F000"}:
        return lacks(label, table, columns)
    if state == "42501":
        # The server's own words depend on its language; where they come from does not.
        where = getattr(getattr(fault.orig, "diag", None), "source_function", None)
        return _rows_hidden(label, table) if where == _ROW_SECURITY else _no_right(label, table)
    for known, told in _TOLD.items():
        if state.startswith(known):
            return told(label)
    return unreadable(label, "check each part of the URL, and what the server's own log says")


def _state_of_words(words: str) -> str:
    # Before "failed:" stands the place, whose own name may be made of any words.
    _, answered, said = words.rpartition("failed: ")
    for known, state in _BEFORE:
        if any(word in said for word in known):
            return state
    # A server answered in words of its own language: it is there, and lets nobody in.
    return "28000" if answered else ""


def _no_database(label: str) -> SourceFault:
    return SourceFault(
        f"the server has no such database: {label}",
        code="source-no-database",
        todo="check the name after the last slash of the URL",
    )


def _no_right(label: str, table: str) -> SourceFault:
    return SourceFault(
        f"the account may not read the table {table}: {label}",
        code="source-no-right",
        todo=f"let the database's owner grant it: GRANT SELECT ON {table} TO the account",
    )


def _rows_hidden(label: str, table: str) -> SourceFault:
    return SourceFault(
        f"a policy hides rows of the table {table} from the account: {label}",
        code="source-rows-hidden",
        todo="let the database's owner grant the account BYPASSRLS, or name a view that shows "
        "every row: a mark or a namesake that is hidden would count as none",
    )


def _busy(label: str) -> SourceFault:
    return SourceFault(
        f"the server takes no more connections: {label}",
        code="source-busy",
        todo="wait until others are done, or let the server take more for this account",
    )


def _starting(label: str) -> SourceFault:
    return SourceFault(
        f"the server is starting, stopping or being recovered: {label}",
        code="source-starting",
        todo="wait until it is up, then run the same again; nothing was read",
    )


def _slow(label: str) -> SourceFault:
    return SourceFault(
        f"the server stopped the statement: {label}",
        code="source-stopped",
        todo="ask who stopped it, or allow a longer statement_timeout, then run the same again",
    )


def _no_tls(label: str) -> SourceFault:
    return SourceFault(
        f"no connection by TLS could be made that can be trusted: {label}",
        code="source-tls",
        todo="let the server speak TLS, and give the certificate of its authority as "
        "sslrootcert=FILE; sslmode=require takes any certificate, if you accept that",
    )


_TOLD: dict[str, Callable[[str], SourceFault]] = {
    "08SSL": _no_tls,
    "28": refused_access,
    "3D000": _no_database,
    "53300": _busy,
    "55P03": locked,
    "57014": _slow,
    "57P03": _starting,
    "57P01": _starting,
    "57P02": _starting,
    "08": vanished,
}
