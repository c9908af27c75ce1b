"""Files that somebody hands in: opened once, only if they are plain, and watched while read."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clerestory.kernel import Refusal


@dataclass(frozen=True, slots=True)
class FileState:
    """By what a change of a file shows, without reading it again."""

    size: int
    changed_ns: int
    inode: int
    device: int


def state_of(file: BinaryIO) -> FileState:
    """Return the state of an open file."""
    now = os.fstat(file.fileno())
    # The time of the last change of the inode, which nobody can set back as they can that of the
    # content.
    return FileState(now.st_size, now.st_ctime_ns, now.st_ino, now.st_dev)


@contextmanager
def open_given(path: Path, what: str) -> Iterator[BinaryIO]:
    """Open a plain file for reading, which may be opened again later.

    So it may be no link: what a link points to can be changed by whoever made it.

    Args:
        path: Where it is.
        what: What it is, for messages, such as ``the answer to S1.photo``.

    Raises:
        Refusal: It is not there, or is a link, a folder, a device or a pipe.
    """
    # Without waiting: a pipe that nobody writes to would hold the command for ever.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as fault:
        linked = isinstance(fault, OSError) and fault.errno == errno.ELOOP
        raise _unusable(what, "it is a link" if linked else "it cannot be opened") from fault
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _unusable(what, "it is a folder, a pipe or a device")
    with os.fdopen(handle, "rb") as file:
        yield file


def _unusable(what: str, why: str) -> Refusal:
    return Refusal(
        f"{what} must be a plain file: {why}",
        code="given-file-unusable",
        todo="give the path of the file itself, and see that this account may read it",
    )
