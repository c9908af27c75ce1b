"""One tar for one set of files: written as a stream, and read back without mercy.

The reader takes only the bytes that the writer makes: regular files, sorted, with fixed owner,
mode and time. Whatever else a tar can hold (links, devices, long-name tricks, a second file of
the same name, anything behind the end) is not a package.

Source: POSIX.1-1988 ustar interchange format.
"""

import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from clerestory.kernel import Corruption

BLOCK = 512
END = bytes(2 * BLOCK)
MAX_FILE_BYTES = 8 * 1024**3 - 1
MAX_FILES = 100_000  # a package has a few for each person; each one costs a reader memory
# What the writer makes of ids and codes. No other letter is needed, and many are trouble: a
# backslash, a colon and a final dot are something else on other systems.
_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file to be written: its name, its length and its bytes, piece by piece."""

    name: str
    size: int
    pieces: Callable[[], Iterator[bytes]]


def header(name: str, size: int) -> bytes:
    """Return the one 512-byte header that ``name`` and ``size`` have in a package.

    Raises:
        ValueError: The name or the size does not fit a ustar header.
    """
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o644
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def padding(size: int) -> bytes:
    """Return the zeros that fill the last block of a file of ``size`` bytes."""
    return bytes(-size % BLOCK)


def write_tar(members: Iterable[Member]) -> Iterator[bytes]:
    """Yield the tar of ``members``, which the caller has sorted by name.

    Raises:
        Corruption: A file changed its length while it was read.
    """
    for member in members:
        yield header(member.name, member.size)
        left = member.size
        for piece in member.pieces():
            left -= len(piece)
            yield piece
        if left:
            raise Corruption(
                f"a file changed while it was packed: {member.name}",
                code="package-file-changed",
            )
        yield padding(member.size)
    yield END


class TarParser:
    """Takes a tar in pieces and tells ``opened``, ``more`` and ``closed`` what is in it.

    ``opened(name, size)`` starts a file, ``more(piece)`` carries its bytes, ``closed()`` ends it.
    Call :meth:`finish` after the last piece.
    """

    def __init__(
        self,
        opened: Callable[[str, int], None],
        more: Callable[[memoryview], None],
        closed: Callable[[], None],
    ) -> None:
        self._opened, self._more, self._closed = opened, more, closed
        self._held = bytearray()
        self._left = 0
        self._pad = 0
        self._names: set[str] = set()
        self._last = ""
        self._ending = False

    def feed(self, piece: bytes | memoryview) -> None:
        """Take the next bytes.

        Raises:
            Corruption: They are not what the writer would have written.
        """
        view = memoryview(piece)
        while view:
            view = self._body(view) if self._left else self._frame(view)

    def finish(self) -> None:
        """Check that the tar ended where it must.

        Raises:
            Corruption: It is cut short or has bytes behind its end.
        """
        if not self._ending or self._held != END[BLOCK:]:
            raise _broken("is cut short")

    def _body(self, view: memoryview) -> memoryview:
        take = min(self._left, len(view))
        self._more(view[:take])
        self._left -= take
        if not self._left:
            self._closed()
        return view[take:]

    def _frame(self, view: memoryview) -> memoryview:
        wanted = (self._pad or BLOCK) - len(self._held)
        if self._ending and wanted <= 0:
            raise _broken("has bytes behind its end")
        self._held += view[:wanted]
        if len(self._held) == (self._pad or BLOCK) and not self._ending:
            self._framed()
        return view[wanted:]

    def _framed(self) -> None:
        held, self._held = bytes(self._held), bytearray()
        if self._pad:
            self._pad = 0
            if any(held):
                raise _broken("has bytes between its files")
        elif not any(held):
            self._ending = True
        else:
            self._start(held)

    def _start(self, held: bytes) -> None:
        try:
            info = tarfile.TarInfo.frombuf(held, "ascii", "strict")
            same = header(info.name, info.size) == held
        except (tarfile.TarError, ValueError) as fault:
            raise _broken("has an unreadable header") from fault
        if not same or info.name <= self._last or not _is_plain(info.name):
            raise _broken("has a header that no package has")
        # A file cannot hold others: unpacked, one of the two would not be there.
        above = info.name.split("/")[:-1]
        if any("/".join(above[:end]) in self._names for end in range(1, len(above) + 1)):
            raise _broken("has a file inside a file")
        if len(self._names) >= MAX_FILES:
            raise _broken(f"has more than {MAX_FILES} files")
        self._names.add(info.name)
        self._last, self._left, self._pad = info.name, info.size, -info.size % BLOCK
        self._opened(info.name, info.size)
        if not info.size:
            self._closed()


def _is_plain(name: str) -> bool:
    return all(_PART.fullmatch(part) for part in name.split("/"))


def _broken(what: str) -> Corruption:
    return Corruption(f"the package's tar {what}", code="package-tar-broken")
