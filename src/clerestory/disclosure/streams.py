"""Small streams between the tar, the cipher and the disk; a gigabyte passes in pieces."""

import hashlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol


class PieceReader:
    """Reads from an iterator of pieces, the way a cipher library wants to read.

    What stopped the iterator, Ctrl-C too, is kept in ``failure``, because a library in another
    language turns it into an error of its own.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._view = memoryview(b"")
        self.failure: BaseException | None = None

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes; nothing at the end."""
        while not self._view:
            try:
                self._view = memoryview(next(self._pieces))
            except StopIteration:
                return b""
            except BaseException as failure:
                self.failure = failure
                raise
        piece, self._view = self._view[:size], self._view[size:]
        return bytes(piece)


class Readable(Protocol):
    """Whatever gives out its bytes once, in their order."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; nothing at the end."""


class Measured:
    """Reads a file once, and measures what it gives out: nothing else was ever looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; nothing at the end."""
        piece = self._file.read(size)
        self._hash.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        """The digest of all that was given out, as 64 hexadecimal digits."""
        return self._hash.hexdigest()


class FileReader:
    """Reads a file for a cipher library, and keeps the error of the disk or of its rights."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.failure: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; nothing at the end."""
        try:
            return self._file.read(size)
        except OSError as failure:
            self.failure = failure
            raise


class SealedWriter:
    """Writes to a file, and measures what it writes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0
        self.failure: BaseException | None = None

    def write(self, piece: bytes) -> int:
        """Write all of ``piece``."""
        try:
            self._file.write(piece)
            self._hash.update(piece)
        except BaseException as failure:
            self.failure = failure
            raise
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Do nothing: the owner of the file flushes it."""

    @property
    def sha256(self) -> str:
        """The digest of all that was written, as 64 hexadecimal digits."""
        return self._hash.hexdigest()


class FeedWriter:
    """Gives every piece to a function, and keeps what stopped the function."""

    def __init__(self, feed: Callable[[bytes], None]) -> None:
        self._feed = feed
        self.failure: BaseException | None = None

    def write(self, piece: bytes) -> int:
        """Pass ``piece`` on."""
        try:
            self._feed(piece)
        except BaseException as failure:
            self.failure = failure
            raise
        return len(piece)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""
