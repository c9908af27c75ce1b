"""The index of persons: the search keys of the catalogue, folded, in one SQLite file.

It is as secret as the source: it holds names, numbers and addresses, and nothing about benefits
or status. It may be thrown away and built again at any time.
"""

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from clerestory.holdings.catalogue import Catalogue, SearchKey
from clerestory.holdings.errors import IndexFault, SourceFault
from clerestory.holdings.fold import fold_address, fold_phone
from clerestory.holdings.names import RecordedName, fold_recorded
from clerestory.holdings.query import Clues, fold_number
from clerestory.holdings.source import Scalar, Source
from clerestory.holdings.sqlite_file import SqliteFile

_FORMAT = "clerestory-person-index/1"
_KEYS = tuple(SearchKey)
_COLUMNS = "person_id, born, names, ssn, medicaid_id, address, phone, email"
_SCHEMA = """
CREATE TABLE about (format TEXT NOT NULL, catalogue TEXT NOT NULL, persons INTEGER NOT NULL);
CREATE TABLE person (
    person_id TEXT NOT NULL, born TEXT, names TEXT NOT NULL,
    ssn TEXT, medicaid_id TEXT, address TEXT, phone TEXT, email TEXT
);
"""
_LOOKUPS = ("person_id", "born", "ssn", "medicaid_id", "address", "phone", "email")
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
        self.catalogue_digest, self.persons = connection.execute(
            "SELECT catalogue, persons FROM about"
        ).fetchone()

    def gather(self, clues: Clues, near_numbers: Sequence[str]) -> list[Candidate]:
        """Everybody who could be meant, or be mistaken for who is meant.

        That is everybody with the same birth date, number, address, telephone or e-mail address,
        and everybody whose Social Security number is in ``near_numbers``.
        """
        found: dict[int, Candidate] = {}
        keys = {
            "person_id": clues.person_id,
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
        if near_numbers:
            self._collect(found, f"ssn IN ({','.join('?' * len(near_numbers))})", near_numbers)
        return list(found.values())

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _collect(self, found: dict[int, Candidate], where: str, values: Sequence[str]) -> None:
        # Only the constant column names above reach the text of the statement.
        statement = f"SELECT rowid, {_COLUMNS} FROM person WHERE {where}"  # noqa: S608
        for row in self._connection.execute(statement, values):
            if row[0] not in found:
                found[row[0]] = Candidate(
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


def build_index(source: Source, catalogue: Catalogue, path: str | Path) -> PersonIndex:
    """Build the index of every person in ``source``, and open it.

    It is written beside the path under another name and moved there when it is whole, so that a
    stop at any moment leaves the old index or none.

    Raises:
        SourceFault: The source lacks a search key, or cannot be read.
    """
    keys = [key for key in _KEYS if key in catalogue.search]
    columns = [catalogue.search[key].name for key in keys]
    order = catalogue.search[SearchKey.BIRTH_DATE].name
    scan = source.scan_keys(catalogue.person.table, columns, order)
    rows = (dict(zip(keys, row, strict=True)) for row in scan)
    return build_index_of_rows(rows, catalogue_digest=catalogue.digest, path=path)


def build_index_of_rows(
    rows: Iterable[Mapping[SearchKey, Scalar]], *, catalogue_digest: str, path: str | Path
) -> PersonIndex:
    """Build the index from rows of search keys. In birth date order, a search reads fewer pages."""
    target = Path(path)
    draft = target.with_name(target.name + ".draft")
    draft.unlink(missing_ok=True)
    # Made before SQLite opens it, so that no other account can read it at any moment.
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _write(draft, rows, catalogue_digest)
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


def _write(draft: Path, rows: Iterable[Mapping[SearchKey, Scalar]], digest: str) -> None:
    connection = sqlite3.connect(draft)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(_SCHEMA)
        entries = (_entry(row) for row in rows)
        persons = 0
        while batch := list(islice(entries, _ROWS_AT_ONCE)):
            persons += len(batch)
            connection.executemany("INSERT INTO person VALUES (?,?,?,?,?,?,?,?)", batch)
        for column in _LOOKUPS:
            connection.execute(f"CREATE INDEX by_{column} ON person ({column})")
        connection.execute("INSERT INTO about VALUES (?,?,?)", (_FORMAT, digest, persons))
        connection.commit()
    finally:
        connection.close()
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _entry(row: Mapping[SearchKey, Scalar]) -> tuple[str | None, ...]:
    text = {key: _as_text(value) for key, value in row.items()}
    names = fold_recorded(
        text.get(SearchKey.GIVEN_NAMES, ""),
        text.get(SearchKey.FAMILY_NAMES, ""),
        text.get(SearchKey.OTHER_NAMES, ""),
    )
    return (
        fold_number(text[SearchKey.PERSON_ID]),
        text.get(SearchKey.BIRTH_DATE, "")[:10] or None,
        ";".join(" ".join(name.given) + "|" + " ".join(name.family) for name in names),
        fold_number(text.get(SearchKey.SSN)),
        fold_number(text.get(SearchKey.MEDICAID_ID)),
        fold_address(text.get(SearchKey.ADDRESS, "")) or None,
        fold_phone(text.get(SearchKey.PHONE, "")) or None,
        text.get(SearchKey.EMAIL, "").strip().casefold() or None,
    )


def _as_text(value: Scalar) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    return str(value)


def _read_names(written: str) -> tuple[RecordedName, ...]:
    names = []
    for one in written.split(";"):
        given, _, family = one.partition("|")
        names.append(RecordedName(given=tuple(given.split()), family=tuple(family.split())))
    return tuple(names)


def _foreign(file: Path) -> IndexFault:
    return IndexFault(
        f"the file is not an index of persons: {file}",
        code="index-foreign",
        todo="give the file that clerestory holdings index wrote, or build it again",
    )
