"""Whole files: written whole or not at all, read up to a limit, and nothing but files."""

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from clerestory.kernel.bad_file import BadFile, show

Steps = Callable[[str], None]
"""Told of every durable step just before it is taken; tests stop the process there."""


# What a path can be instead of a file, by the error that says so.
_NO_FILES = {errno.EISDIR: "a folder", errno.ENXIO: "a pipe or a device"}


def no_steps(step: str) -> None:
    """Take no notice."""


def write_whole(
    path: Path,
    content: bytes,
    *,
    draft_name: str | None = None,
    sync_name: bool = True,
    steps: Steps = no_steps,
) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    A file that stands there is replaced and its mode kept.

    Args:
        path: The file.
        content: All that it will hold.
        draft_name: The draft's name, for a caller that holds a lock: then a draft that a crash
            left is used up by the next run. Without it each draft has a name of its own.
        sync_name: Whether to force the folder to disk too; a caller with many files does it once.
        steps: Told ``write``, ``sync`` and ``rename``, each before it is done.

    Raises:
        OSError: The disk is full, or the folder may not be written; the old file stands.
    """
    # A name of its own, so that two processes never write into one draft; and a short one, since
    # the name beside it may already be as long as the file system allows.
    draft = path.with_name(draft_name or f".{os.getpid()}-{token_hex(6)}.part")
    fresh = os.O_TRUNC if draft_name else os.O_EXCL
    steps("write")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | fresh | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.write(content)
            file.flush()
            # The content before the name: else a power cut could leave the name of an empty file.
            steps("sync")
            os.fsync(file.fileno())
        steps("rename")
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if sync_name:
        sync_folder(path.parent)


def write_private(path: Path, content: bytes | str) -> None:
    """Write a secret to a new file that only its owner may read; never replace one.

    The folder is made where it is missing, for its owner only.

    Raises:
        FileExistsError: Something of this name is there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        # Half a key is worse than none: the next run would take it for one.
        path.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's names to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as fault:
        # Some file systems of networks cannot do it for a folder; the file itself is safe.
        if fault.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading if it is one, and never wait for whoever writes into a pipe.

    Raises:
        OSError: It cannot be opened; ``EISDIR`` for a folder, ``ENXIO`` for a pipe or a device.
    """
    # Without blocking: opening a pipe that nobody writes to would wait for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(handle, "rb")
    os.close(handle)
    number = errno.EISDIR if stat.S_ISDIR(kind) else errno.ENXIO
    raise OSError(number, os.strerror(number), str(path))


def read_limited(path: Path, max_bytes: int, *, error: type[BadFile] = BadFile) -> bytes:
    """Read a file that somebody handed in, if it is a file and no larger than ``max_bytes``.

    Raises:
        BadFile: There is none, it is a folder, a pipe or a device, it may not be read, or it is
            too large. It is raised as ``error``.
    """
    name = show(path.name or str(path))
    try:
        file = open_regular(path)
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise error(f"there is no file {name}", todo="check the path", file=name) from fault
    except (OSError, ValueError) as fault:
        kind = _NO_FILES.get(fault.errno or 0) if isinstance(fault, OSError) else None
        if kind:
            raise error(
                f"{name} is {kind} and no file",
                todo="give the path of one file; save what comes through a pipe first",
                file=name,
            ) from fault
        raise error(
            f"{name} cannot be opened: {_why(fault)}",
            todo="check the path, and that this account may read it",
            file=name,
        ) from fault
    with file:
        # One byte more than is allowed tells a file that grows while it is read.
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise error(
            f"{name} is larger than {max_bytes} bytes",
            todo="give the written form alone, without papers or pictures",
            file=name,
        )
    return content


def _why(fault: Exception) -> str:
    return (fault.strerror if isinstance(fault, OSError) else None) or "the path is no path"
