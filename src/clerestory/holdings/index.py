"""The index of persons: the search keys of the catalogue, folded, in one SQLite file.

It is as secret as the source: it holds names, numbers and addresses, and nothing about benefits
or status. It may be thrown away and built again at any time.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from clerestory.holdings.addresses import fold_address
from clerestory.holdings.catalogue import Catalogue, SearchKey
from clerestory.holdings.errors import IndexFault, SourceFault
from clerestory.holdings.identities import Identities, rows_of
from clerestory.holdings.letters import seen
from clerestory.holdings.names import RecordedName, fold_recorded
from clerestory.holdings.numbers import (
    UNREADABLE,
    fold_key,
    on_record,
    read_email,
    read_medicaid_id,
    read_phone,
    read_ssn,
)
from clerestory.holdings.query import NO_BIRTH_DATE, Clues, read_date
from clerestory.holdings.source import Scalar, Source
from clerestory.holdings.sqlite_file import SqliteFile
from clerestory.kernel.folders import held

_FORMAT = "clerestory-person-index/4"
_KEYS = tuple(SearchKey)
_COLUMNS = "person_id, born, names, ssn, medicaid_id, address, phone, email"
_PLACES = "?,?,?,?,?,?,?,?,?"
_SCHEMA = """
CREATE TABLE about (
    format TEXT NOT NULL, catalogue TEXT NOT NULL, persons INTEGER NOT NULL, digest TEXT NOT NULL,
    identities TEXT NOT NULL
);
CREATE TABLE person (
    person_id TEXT NOT NULL, born TEXT, names TEXT NOT NULL,
    ssn TEXT, medicaid_id TEXT, address TEXT, phone TEXT, email TEXT, person_key TEXT NOT NULL
);
"""
_LOOKUPS = ("person_key", "born", "ssn", "medicaid_id", "address", "phone", "email")
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One indexed person, for comparison only; it never leaves this room."""

    row: int
    person_id: str
    born: str | None
    names: tuple[RecordedName, ...]
    ssn: str | None
    medicaid_id: str | None
    address: str | None
    phone: str | None
    email: str | None


class PersonIndex:
    """An index that is open for reading."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        about = connection.execute(
            "SELECT catalogue, persons, digest, identities FROM about"
        ).fetchone()
        # A column of texts in a damaged file can hold bytes, which no look-up can be written with.
        if list(map(type, about)) != [str, int, str, str]:
            raise _foreign(path)
        self.catalogue_digest, self.persons, self.digest, self.identities = about

    def gather_candidates(
        self, clues: Clues, near_numbers: Mapping[str, Sequence[str]]
    ) -> list[Candidate]:
        """Everybody who could be meant, or be mistaken for who is meant.

        That is everybody with the same birth date, number, address, telephone or e-mail address,
        and everybody whose number is one of ``near_numbers``, by column.
        """
        found: dict[int, Candidate] = {}
        keys = {
            "person_key": fold_key(clues.person_id) if clues.person_id else None,
            "born": clues.born,
            "ssn": clues.ssn,
            "medicaid_id": clues.medicaid_id,
            "address": clues.address,
            "phone": clues.phone,
            "email": clues.email,
        }
        for column, value in keys.items():
            if value is not None:
                self._collect(found, f"{column} = ?", (value,))
        for column, numbers in near_numbers.items():
            self._collect(found, f"{column} IN ({','.join('?' * len(numbers))})", numbers)
        return list(found.values())

    def gather_household(self, of: Candidate) -> list[Candidate]:
        """Everybody who has the address or the telephone of somebody."""
        found: dict[int, Candidate] = {}
        for column in ("address", "phone"):
            value = getattr(of, column)
            if value is not None:
                self._collect(found, f"{column} = ?", (value,))
        return list(found.values())

    def gather_again(self, of: Candidate) -> list[Candidate]:
        """Everybody who has the birth date or a number of somebody's own."""
        found: dict[int, Candidate] = {}
        for column in ("born", "ssn", "medicaid_id"):
            value = getattr(of, column)
            if value not in {None, UNREADABLE}:
                self._collect(found, f"{column} = ?", (value,))
        return list(found.values())

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _collect(self, found: dict[int, Candidate], where: str, values: Sequence[str]) -> None:
        # Only the constant column names above reach the text of the statement.
        statement = f"SELECT rowid, {_COLUMNS} FROM person WHERE {where}"  # noqa: S608
        try:
            for row in self._connection.execute(statement, values):
                if row[0] not in found:
                    found[row[0]] = _candidate(row)
        except (sqlite3.DatabaseError, ValueError, AttributeError) as fault:
            # The file was damaged after it was opened, or holds values that no index has.
            raise _foreign(self.path) from fault


def build_index(source: Source, catalogue: Catalogue, path: str | Path) -> PersonIndex:
    """Build the index of every person in ``source``, and open it.

    It is written beside the path under another name and moved there when it is whole, so that a
    stop at any moment leaves the old index or none.

    Raises:
        SourceFault: The source lacks a search key, or cannot be read.
        IndexFault: A person has no key, two have one, or the keys are floating-point numbers.
    """
    rows = rows_of(source, catalogue, [key for key in _KEYS if key in catalogue.search])
    key_column = str(catalogue.search[SearchKey.PERSON_ID])
    return build_index_of_rows(
        rows, catalogue_digest=catalogue.digest, path=path, key_column=key_column
    )


def build_index_of_rows(
    rows: Iterable[Mapping[SearchKey, Scalar]],
    *,
    catalogue_digest: str,
    path: str | Path,
    key_column: str = "person_id",
) -> PersonIndex:
    """Build the index from rows of search keys. In birth date order, a search reads fewer pages.

    Raises:
        IndexFault: See ``build_index``; the message names ``key_column``.
    """
    target = Path(path)
    draft = target.with_name(target.name + ".draft")
    # Two builds at once would write one draft.
    with held(target.parent):
        draft.unlink(missing_ok=True)
        # Made before SQLite opens it, so that no other account can read it at any moment.
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            _write(draft, rows, catalogue_digest, key_column)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return open_index(target)


def open_index(path: str | Path, *, catalogue: Catalogue | None = None) -> PersonIndex:
    """Open an index for reading.

    Raises:
        IndexFault: There is no index, or it was built for another catalogue.
    """
    file = Path(path)
    if not file.is_file():
        raise IndexFault(
            f"there is no index of persons: {file}",
            code="index-missing",
            todo="build it with clerestory holdings index",
        )
    try:
        connection = SqliteFile.at(file).connect()
        formats = connection.execute("SELECT format FROM about").fetchone()
        # Every column that is read later is asked for now: a file that lacks one is no index.
        connection.execute("SELECT catalogue, persons, digest, identities FROM about").fetchone()
        connection.execute(f"SELECT rowid, {_COLUMNS} FROM person LIMIT 1").fetchone()  # noqa: S608
    except (sqlite3.DatabaseError, SourceFault) as fault:
        raise _foreign(file) from fault
    if formats != (_FORMAT,):
        connection.close()
        raise _foreign(file)
    index = PersonIndex(file, connection)
    if catalogue is not None and index.catalogue_digest != catalogue.digest:
        index.close()
        raise IndexFault(
            f"the index was built for another catalogue: {file}",
            code="index-other-catalogue",
            todo="build it again with clerestory holdings index",
        )
    return index


def _write(
    draft: Path, rows: Iterable[Mapping[SearchKey, Scalar]], digest: str, key_column: str
) -> None:
    connection = sqlite3.connect(draft)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(_SCHEMA)
        identities = Identities()
        entries = (_entry(row, key_column) for row in identities.passing(rows))
        persons, content = 0, hashlib.sha256(digest.encode())
        while batch := list(islice(entries, _ROWS_AT_ONCE)):
            persons += len(batch)
            content.update(repr(batch).encode())
            connection.executemany(f"INSERT INTO person VALUES ({_PLACES})", batch)  # noqa: S608
        for column in _LOOKUPS:
            connection.execute(f"CREATE INDEX by_{column} ON person ({column})")
        _check_keys_once(connection, key_column)
        about = (_FORMAT, digest, persons, content.hexdigest(), identities.digest)
        connection.execute("INSERT INTO about VALUES (?,?,?,?,?)", about)
        connection.commit()
    finally:
        connection.close()
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _check_keys_once(connection: sqlite3.Connection, key_column: str) -> None:
    # Two keys that differ in case or blanks alone are two: only one key that stands twice is none.
    twice = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM person GROUP BY person_id HAVING count(*) > 1)"
    ).fetchone()[0]
    if twice:
        raise IndexFault(
            f"keys that stand for more than one person in {key_column}: {twice}",
            code="index-key-twice",
            todo="let the catalogue name the column that is each person's own key",
        )


def _entry(row: Mapping[SearchKey, Scalar], key_column: str) -> tuple[str | None, ...]:
    text = {key: _as_text(value) for key, value in row.items()}
    names = fold_recorded(
        text.get(SearchKey.GIVEN_NAMES, ""),
        text.get(SearchKey.FAMILY_NAMES, ""),
        text.get(SearchKey.OTHER_NAMES, ""),
    )
    person_id = _own_key(row.get(SearchKey.PERSON_ID), key_column)
    return (
        person_id,
        _born(row.get(SearchKey.BIRTH_DATE)),
        ";".join(_write_name(name) for name in names),
        _number(read_ssn, row.get(SearchKey.SSN)),
        _number(read_medicaid_id, row.get(SearchKey.MEDICAID_ID)),
        fold_address(text.get(SearchKey.ADDRESS, "")) or None,
        _shared(read_phone, text.get(SearchKey.PHONE, "")),
        _shared(read_email, text.get(SearchKey.EMAIL, "")),
        fold_key(person_id),
    )


def candidate_of(row: Mapping[SearchKey, Scalar], key_column: str) -> Candidate:
    """Fold one row of search keys as the index does, for comparison with it.

    Raises:
        IndexFault: The row has no key that could stand in an index; it names ``key_column``.
    """
    return _candidate((0, *_entry(row, key_column)[:-1]))


def _candidate(row: Sequence[Any]) -> Candidate:
    if not all(isinstance(cell, str | None) for cell in row[1:]):
        raise ValueError("an index holds texts alone")
    return Candidate(
        row=row[0],
        person_id=row[1],
        born=row[2],
        names=_read_names(row[3]),
        ssn=row[4],
        medicaid_id=row[5],
        address=row[6],
        phone=row[7],
        email=row[8],
    )


def _own_key(value: Scalar, column: str) -> str:
    """Return the source's key as it stands: it is what the records are read by afterwards."""
    if isinstance(value, float | bytes | bool):
        raise IndexFault(
            f"a person's key is a text or a whole number: {column} is {type(value).__name__}",
            code="index-key-kind",
            todo="change the column's type in a view, so that 900 stays 900 and is never 900.0",
        )
    text = "" if value is None else str(value)
    if not seen(text).strip():
        raise IndexFault(
            f"somebody has no key in {column}",
            code="index-key-missing",
            todo="let the catalogue name a column, or a view, where everybody has a key",
        )
    return text


def _born(value: Scalar) -> str | None:
    """Return an ISO day; nothing where none is known, or it cannot be read for certain."""
    if value is None or isinstance(value, bytes | float | int):
        return None
    try:
        born = value if isinstance(value, date) else read_date(str(value)[:10])
    except ValueError:
        return None
    return born.isoformat()[:10] if born.isoformat()[:10] > NO_BIRTH_DATE.isoformat() else None


def _number(read: Callable[[str], str], value: Scalar) -> str | None:
    # A column of doubles has lost leading zeros, and 900.0 would be read as 9000.
    return UNREADABLE if isinstance(value, float) else on_record(read, _as_text(value))


def _shared(read: Callable[[str], str], written: str) -> str | None:
    """A household's telephone or mail changes: one that cannot be read contradicts nothing."""
    held = on_record(read, written)
    return None if held == UNREADABLE else held


def _as_text(value: Scalar) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    return str(value)


def _write_name(name: RecordedName) -> str:
    return "|".join((" ".join(name.given), " ".join(name.family), name.generation or ""))


def _read_names(written: str) -> tuple[RecordedName, ...]:
    names = []
    for one in written.split(";"):
        given, family, generation = one.split("|")
        names.append(
            RecordedName(
                given=tuple(given.split()),
                family=tuple(family.split()),
                generation=generation or None,
            )
        )
    return tuple(names)


def _foreign(file: Path) -> IndexFault:
    return IndexFault(
        f"the file is not an index of persons: {file}",
        code="index-foreign",
        todo="give the file that clerestory holdings index wrote, or build it again",
    )
