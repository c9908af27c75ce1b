"""Files that somebody hands in: opened once, only if they are plain, and watched while read."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from clerestory.kernel import Refusal


@contextmanager
def open_given(path: Path, what: str) -> Iterator[BinaryIO]:
    """Open a plain file for reading.

    Args:
        path: Where it is; the last step may not be a link, since what a link points to can be
            changed by whoever made it.
        what: What it is, for messages, such as ``the recipient key``.

    Raises:
        Refusal: It is not there, or is a link, a folder, a device or a pipe.
    """
    try:
        # Without waiting: a pipe that nobody writes to would hold the command for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError) as fault:
        why = "it is a link" if path.is_symlink() else "it cannot be opened"
        raise _unusable(what, why) from fault
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _unusable(what, "it is a folder, a pipe or a device")
        yield file


def read_given(path: Path, what: str, *, limit: int) -> bytes:
    """Return the bytes of a plain file of at most ``limit`` bytes.

    Raises:
        Refusal: It is not a plain file, or is larger.
    """
    with open_given(path, what) as file:
        given = file.read(limit + 1)
    if len(given) > limit:
        raise _unusable(what, f"it has more than {limit} bytes")
    return given


def _unusable(what: str, why: str) -> Refusal:
    return Refusal(
        f"{what} must be a plain file: {why}",
        code="given-file-unusable",
        todo="give the path of the file itself, and see that this account may read it",
    )
