"""Open one SQLite file by its name, for reading, and be sure that it is that file."""

import hashlib
import os
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from clerestory.holdings.errors import SourceFault
from clerestory.holdings.source_faults import changed, refused_access, shown, unreadable, vanished

_HEADER = b"SQLite format 3\0"
# Where the header says that changes are written to a file beside the database first.
_JOURNAL_VERSIONS = slice(18, 20)
_WRITE_AHEAD = b"\2\2"


@dataclass(frozen=True, slots=True)
class FileState:
    """Which file it is, and what it was last like."""

    device: int
    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState":
        """Look at a file.

        Raises:
            OSError: It is not there, or may not be looked at.
        """
        found = path.stat()
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def is_same_file(self, other: "FileState") -> bool:
        """Whether both are one file, whatever was written to it."""
        return (self.device, self.inode) == (other.device, other.inode)


# Two writes in one tick of a disk's clock cannot be told apart; no disk ticks in more than this.
_TICK_NS = 2_000_000_000


def state_of_files(paths: Iterable[Path], now: datetime) -> str | None:
    """Return what differs once one of the files is written to, replaced, made or taken away.

    The time of the last change of a file's own entry is part of it, which no program sets back.

    Args:
        paths: The files; one need not be there.
        now: The moment at which they are looked at.

    Returns:
        A digest; ``None`` where a file was written to so lately that a write could go unseen, or
        may not be looked at.
    """
    told: list[tuple[str, tuple[int, ...] | None]] = []
    settled = now.timestamp() * 1e9 - _TICK_NS
    for path in paths:
        try:
            found = path.stat()
        except FileNotFoundError:
            told.append((str(path), None))
            continue
        except OSError:
            return None
        last = max(found.st_mtime_ns, found.st_ctime_ns)
        if last > settled:
            return None
        told.append((str(path), (found.st_dev, found.st_ino, found.st_size, last)))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A file that was looked at once; every connection is to that file or to none.

    ``still`` is set where the database may be read as it lies, because nobody else has it open.
    """

    path: Path
    state: FileState
    still: bool

    @classmethod
    def at(cls, path: Path) -> "SqliteFile":
        """Look at a SQLite file that must exist already.

        Raises:
            SourceFault: It is not there, is no SQLite database, or may not be read.
        """
        label = shown(path)
        try:
            state = FileState.of(path)
            if not stat.S_ISREG(path.stat().st_mode):
                raise unreadable(label, "give the path of a file or of a folder of Parquet files")
            with path.open("rb") as file:
                header = file.read(100)
        except (FileNotFoundError, NotADirectoryError, ValueError) as fault:
            raise vanished(label) from fault
        except PermissionError as fault:
            raise refused_access(label) from fault
        except OSError as fault:
            raise unreadable(label) from fault
        _check_header(header, label)
        ahead = header[_JOURNAL_VERSIONS] == _WRITE_AHEAD
        # While nobody has such a database open there is no -wal file, and the database is whole by
        # itself. Opened in the plain way SQLite would make files beside it, and leave them.
        still = ahead and not _beside(path, "-wal").exists()
        return cls(path.resolve(), state, still)

    def written_state(self, now: datetime) -> str | None:
        """What differs once the database is written to; ``None`` right after it was."""
        beside = [_beside(self.path, ending) for ending in ("-wal", "-journal")]
        return state_of_files([self.path, *beside], now)

    def connect(self, *, timeout: float = 5.0) -> sqlite3.Connection:
        """Open the file read-only, and check that SQLite opened this one and nothing besides.

        Raises:
            SourceFault: Another file is there now.
            sqlite3.Error: SQLite cannot open it.
        """
        self.check_same()
        # Every byte that could mean something in an address is written as its number, so that the
        # name is only a name: neither #, ?, % nor a leading hyphen or slash says anything.
        name = quote(os.fsencode(self.path), safe="/")
        mode = "mode=ro&immutable=1" if self.still else "mode=ro"
        connection = sqlite3.connect(f"file:{name}?{mode}", uri=True, timeout=timeout)
        try:
            # mode=ro is kept by SQLite itself; these keep a statement from going elsewhere.
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            self._check_opened(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def check_same(self) -> None:
        """Refuse when another file lies under the name, or the file is gone.

        Raises:
            SourceFault: It is so.
        """
        label = shown(self.path)
        try:
            now = FileState.of(self.path)
        except FileNotFoundError as fault:
            raise vanished(label) from fault
        except OSError as fault:
            raise refused_access(label) from fault
        if not now.is_same_file(self.state):
            raise changed(label)
        # Read as it lies, it must lie as it did: no writer may have come meanwhile.
        if self.still and (now != self.state or _beside(self.path, "-wal").exists()):
            raise changed(label)

    def _check_opened(self, connection: sqlite3.Connection) -> None:
        # A file's name may be no text.
        connection.text_factory = os.fsdecode
        opened = connection.execute("PRAGMA database_list").fetchall()
        connection.text_factory = str
        names = [row[2] for row in opened]
        if len(names) == 1 and names[0]:
            with suppress(OSError):
                if FileState.of(Path(names[0])).is_same_file(self.state):
                    return
        raise changed(shown(self.path))

    def explain(self, fault: sqlite3.Error) -> SourceFault | None:
        """What SQLite's error code says about the file itself; ``None`` when it says nothing."""
        name = getattr(fault, "sqlite_errorname", None) or ""
        label = shown(self.path)
        if name == "SQLITE_READONLY_ROLLBACK":
            return SourceFault(
                f"another program stopped in the middle of writing the source: {label}",
                code="source-unfinished",
                todo="open it once with the program that writes it, so that the unfinished change "
                "is taken back, then run the same again",
            )
        if name.startswith("SQLITE_CANTOPEN") or name.startswith("SQLITE_READONLY"):
            if not self.path.exists():
                return vanished(label)
            return unreadable(
                label,
                "check the rights of file and folder; a database in write-ahead mode that another "
                "program has open needs a folder that may be written to, or give a copy of it",
            )
        if name in {"SQLITE_NOTADB", "SQLITE_CORRUPT"} or name.startswith("SQLITE_CORRUPT"):
            return unreadable(label, "restore the database from a copy that is whole")
        return None


def _check_header(header: bytes, label: str) -> None:
    if header.startswith(_HEADER):
        return
    if header.startswith(b"PAR1"):
        raise unreadable(label, "give the folder in which the Parquet files lie, not one of them")
    if not header:
        raise unreadable(label, "the file is empty: check that it was copied to its end")
    raise unreadable(label, "it is no SQLite database: check the path, and that it is not packed")


def _beside(path: Path, ending: str) -> Path:
    real = path.resolve()
    return real.with_name(real.name + ending)
