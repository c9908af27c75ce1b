"""The index of persons: the search keys of the catalogue, folded, in one SQLite file.

It is as secret as the source: it holds names, numbers and addresses, and nothing about benefits
or status. It may be thrown away and built again at any time.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from clerestory.holdings.catalogue import Catalogue, SearchKey
from clerestory.holdings.errors import IndexFault, SourceFault
from clerestory.holdings.identities import Identities, rows_of
from clerestory.holdings.index_rows import Candidate, entry_of, read_candidate, unread_of
from clerestory.holdings.numbers import UNREADABLE, fold_key
from clerestory.holdings.query import Clues
from clerestory.holdings.source import Scalar, Source
from clerestory.holdings.sqlite_file import SqliteFile
from clerestory.kernel.folders import held

_FORMAT = "clerestory-person-index/6"
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
CREATE TABLE unread (number TEXT NOT NULL, row INTEGER NOT NULL);
CREATE INDEX by_number ON unread (number);
CREATE INDEX by_row ON unread (row);
"""
# A number of one person where another's record has it among words, or in the other column. Only a
# Social Security number tells by itself: what may be a day, or a number of another kind, tells
# where no birth date says that the two are two.
_ELSEWHERE = """
SELECT 1 FROM person
    WHERE rowid <> :row AND (medicaid_id = :ssn OR ssn = :medicaid_id OR rowid IN (
        SELECT row FROM unread WHERE number = :medicaid_id
    ) OR medicaid_id IN (SELECT number FROM unread WHERE row = :row))
    AND (born IS NULL OR :born IS NULL OR born = :born)
UNION ALL SELECT 1 FROM unread WHERE number = :ssn AND row <> :row
UNION ALL SELECT 1 FROM unread JOIN person ON ssn = number
    WHERE row = :row AND person.rowid <> row
UNION ALL SELECT 1 FROM unread AS one JOIN unread AS other ON one.number = other.number
    WHERE one.row = :row AND other.row <> one.row
    AND length(one.number) = 9 AND one.number NOT GLOB '*[^0-9]*'
LIMIT 1
"""
_LOOKUPS = ("person_key", "born", "ssn", "medicaid_id", "address", "phone", "email")
_ROWS_AT_ONCE = 10_000


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

    def has_number_elsewhere(self, of: Candidate) -> bool:
        """Whether another record may have a number of somebody's own, where it is not read as one.

        It may stand among words there, or in the column of the other kind of number; or it is this
        record that has it so.
        """
        own = {"ssn": of.ssn, "medicaid_id": of.medicaid_id}
        told = {key: None if value == UNREADABLE else value for key, value in own.items()}
        try:
            found = self._connection.execute(
                _ELSEWHERE, {**told, "row": of.row, "born": of.born}
            ).fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
            raise _foreign(self.path) from fault
        return found is not None

    def check_whole(self) -> None:
        """Read every row, and hold them against the digest that was taken when it was built.

        A row that is missing finds nobody, and nobody notices: what is looked up is recorded with
        the digest of the index, which anybody takes for that of all its rows.

        Raises:
            IndexFault: A row was added, changed or taken out, or the file is damaged.
        """
        try:
            told = self._connection.execute("PRAGMA integrity_check(1)").fetchone()
            whole = told == ("ok",) and self._counted() == (self.persons, self.digest)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
            raise _foreign(self.path) from fault
        if not whole:
            raise IndexFault(
                f"the index of persons must hold what was written into it: {self.path.name} was "
                "altered or is damaged",
                code="index-altered",
                todo="find out who wrote to it; build it again with clerestory holdings index, "
                "and look up again whoever was not found since",
            )

    def _counted(self) -> tuple[int, str]:
        unread: dict[int, list[tuple[str, int]]] = {}
        for number, row in self._connection.execute(
            "SELECT number, row FROM unread ORDER BY rowid"
        ):
            unread.setdefault(row, []).append((number, row))
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, person_key FROM person ORDER BY rowid"  # noqa: S608
        )
        entries = ((entry, unread.get(place, [])) for place, entry in enumerate(rows, start=1))
        contents = _Contents(self.catalogue_digest)
        while batch := list(islice(entries, _ROWS_AT_ONCE)):
            contents.add(batch)
        return contents.persons, contents.digest

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _collect(self, found: dict[int, Candidate], where: str, values: Sequence[str]) -> None:
        # Only the constant column names above reach the text of the statement.
        statement = f"SELECT rowid, {_COLUMNS} FROM person WHERE {where}"  # noqa: S608
        try:
            for row in self._connection.execute(statement, values):
                if row[0] not in found:
                    found[row[0]] = read_candidate(row)
        except (sqlite3.DatabaseError, ValueError, AttributeError) as fault:
            # The file was damaged after it was opened, or holds values that no index has.
            raise _foreign(self.path) from fault


_Entry = tuple[tuple[str | None, ...], list[tuple[str, int]]]


class _Contents:
    """How many persons an index holds, and the digest of all that it holds on them."""

    def __init__(self, catalogue_digest: str) -> None:
        self.persons = 0
        self._hash = hashlib.sha256(catalogue_digest.encode())

    def add(self, batch: Sequence[_Entry]) -> None:
        """Take the next persons, always as many at once."""
        self.persons += len(batch)
        self._hash.update(repr(batch).encode())

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def build_index(source: Source, catalogue: Catalogue, path: str | Path) -> PersonIndex:
    """Build the index of every person in ``source``, and open it.

    It is written beside the path under another name and moved there when it is whole, so that a
    stop at any moment leaves the old index or none.

    Raises:
        SourceFault: The source lacks a search key, or cannot be read.
        IndexFault: A person has no key, two have one, or the keys are floating-point numbers.
    """
    keys = [key for key in _KEYS if key in catalogue.search]
    key_column = str(catalogue.search[SearchKey.PERSON_ID])
    # A row that is refused stops the walk, whose connection must not wait for a collector.
    with closing(rows_of(source, catalogue, keys)) as rows:
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
    except (sqlite3.DatabaseError, UnicodeDecodeError, SourceFault) as fault:
        raise _foreign(file) from fault
    try:
        return _opened(file, connection, catalogue)
    except BaseException:
        connection.close()
        raise


def _opened(file: Path, connection: sqlite3.Connection, catalogue: Catalogue | None) -> PersonIndex:
    try:
        formats = connection.execute("SELECT format FROM about").fetchone()
        # Every column that is read later is asked for now: a file that lacks one is no index.
        connection.execute("SELECT catalogue, persons, digest, identities FROM about").fetchone()
        connection.execute(f"SELECT rowid, {_COLUMNS} FROM person LIMIT 1").fetchone()  # noqa: S608
        connection.execute("SELECT number, row FROM unread LIMIT 1").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        raise _foreign(file) from fault
    if formats != (_FORMAT,):
        raise _foreign(file)
    index = PersonIndex(file, connection)
    if catalogue is not None and index.catalogue_digest != catalogue.digest:
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
        entries = (
            (entry_of(row, key_column), unread_of(row, place))
            for place, row in enumerate(identities.passing(rows), start=1)
        )
        contents = _Contents(digest)
        while batch := list(islice(entries, _ROWS_AT_ONCE)):
            contents.add(batch)
            told = [entry for entry, _ in batch]
            connection.executemany(f"INSERT INTO person VALUES ({_PLACES})", told)  # noqa: S608
            unread = [one for _, some in batch for one in some]
            connection.executemany("INSERT INTO unread VALUES (?, ?)", unread)
        for column in _LOOKUPS:
            connection.execute(f"CREATE INDEX by_{column} ON person ({column})")
        _check_keys_once(connection, key_column)
        about = (_FORMAT, digest, contents.persons, contents.digest, identities.digest)
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


def _foreign(file: Path) -> IndexFault:
    return IndexFault(
        f"the file is not an index of persons: {file}",
        code="index-foreign",
        todo="give the file that clerestory holdings index wrote, or build it again",
    )
