"""Every way a source can fail, each with what to do next; never a driver's own words.

A driver's words may quote a row or a password, and stop where they are caught.
"""

from collections.abc import Sequence

from clerestory.holdings.errors import SourceFault


def shown(label: object) -> str:
    """A name as it can be printed anywhere: what is no letter or sign is written as its number.

    >>> shown("case#2.sqlite\\x1b[1m")
    'case#2.sqlite\\\\x1b[1m'
    """
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape", "surrogatepass").decode("ascii")
        for one in str(label)
    )


def vanished(label: str) -> SourceFault:
    """The fault of a source that is not there, or not there any more."""
    return SourceFault(
        f"the source is not there: {label}",
        code="source-vanished",
        todo="check the path, the mount or the server; nothing was read",
    )


def locked(label: str) -> SourceFault:
    """The fault of a source that another program holds."""
    return SourceFault(
        f"the source is locked by another program: {label}",
        code="source-locked",
        todo="wait until the other program is done, then run the same again; nothing was read",
    )


def lacks(label: str, table: str, columns: Sequence[str]) -> SourceFault:
    """The fault of a source that does not have what the catalogue names."""
    return SourceFault(
        f"the source does not have table {table} with columns {', '.join(columns)}: {label}",
        code="source-lacks-column",
        todo="run clerestory holdings check; correct the catalogue, or restore the column",
    )


def unreadable(label: str, todo: str = "") -> SourceFault:
    """The fault of a source that answers with anything else."""
    return SourceFault(
        f"the source cannot be read: {label}",
        code="source-unreadable",
        todo=todo or "check that it is a database or Parquet folder that this account may read",
    )


def changed(label: str) -> SourceFault:
    """The fault of a source that is not what it was when it was opened."""
    return SourceFault(
        f"the source changed while it was read: {label}",
        code="source-changed",
        todo="let nobody replace or write to it meanwhile, then run the same again",
    )


def refused_access(label: str) -> SourceFault:
    """The fault of a source that is there and does not let this account in."""
    return SourceFault(
        f"access refused: {label}",
        code="source-access-refused",
        todo="check user and password, and that this account may reach and read the source",
    )


def twice(label: str, table: str, column: str) -> SourceFault:
    """The fault of a table in which a name stands for two columns."""
    return SourceFault(
        f"the column {table}.{shown(column)} stands twice, or twice but for capitals: {label}",
        code="source-column-twice",
        todo="write the table anew with one column of this name; nothing was read",
    )


def bad_key(label: str, table: str, column: str, kind: str) -> SourceFault:
    """The fault of a person's key that cannot tell people apart."""
    return SourceFault(
        f"a person's key is a text, a whole number, a uuid or an enum: {table}.{column} "
        f"is a {kind}: {label}",
        code="source-key-type",
        todo=f"write {table}.{column} as text, then build the index of persons again",
    )


def bad_date(label: str, table: str, column: str) -> SourceFault:
    """The fault of a date column whose values are no dates that can be compared."""
    return SourceFault(
        f"a date is written as 2026-03-17, without a time zone: {table}.{column}: {label}",
        code="source-date-form",
        todo=f"write {table}.{column} as a date, or let the catalogue name a view that does",
    )


def bad_text(label: str, table: str, column: str) -> SourceFault:
    """The fault of a text of which nobody can say which letters it stands for."""
    return SourceFault(
        f"a text is not in UTF-8: {table}.{shown(column)}: {label}",
        code="source-bad-text",
        todo=f"write {table}.{shown(column)} anew in UTF-8 with the program that knows its letters",
    )


def no_zone(label: str, table: str, column: str) -> SourceFault:
    """The fault of a moment in time whose day nobody has said the place of."""
    return SourceFault(
        f"a timestamp with time zone has a day only in a place: {table}.{column}: {label}",
        code="source-no-zone",
        todo="say the holder's time zone, or let the catalogue name a view with plain dates",
    )


def bad_value(table: str, column: str, kind: str) -> SourceFault:
    """The fault of a value that cannot be written down as a text."""
    return SourceFault(
        f"a value is a text, a number, a date or bytes: {table}.{column} holds a {kind}",
        code="source-column-type",
        todo=f"let the catalogue name a view that gives {table}.{column} as text",
    )


def not_one_row(label: str, table: str, rows: int) -> SourceFault:
    """The person who was found has no row of their own, or several."""
    return SourceFault(
        f"the person found has {'two rows' if rows else 'no row'} in {table}: {label}",
        code="source-person-row",
        todo="build the index of persons again from this source, and find out why",
    )
