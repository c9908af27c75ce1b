"""Whole files: written whole or not at all, read up to a limit, and nothing but files."""

import contextlib
import errno
import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from clerestory.kernel.bad_file import BadFile, show
from clerestory.kernel.locks import wait_for

Steps = Callable[[str], None]
"""Told of every durable step just before it is taken; tests stop the process there."""


SEALING = ".sealing-"
"""How the names of files begin that are sealed piece by piece, each locked while it is."""
_DRAFT = re.compile(rf"\.[0-9a-f]{{16}}\.part|{re.escape(SEALING)}[a-z0-9_]{{8}}")
# What a path can be instead of a file, by the error that says so.
_NO_FILES = {errno.EISDIR: "a folder", errno.ENXIO: "a pipe or a device"}


def no_steps(step: str) -> None:
    """Take no notice."""


def write_whole(
    path: Path,
    content: bytes,
    *,
    mode: int | None = None,
    draft_name: str | None = None,
    sync_name: bool = True,
    steps: Steps = no_steps,
) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    A file that stands there is replaced. Two processes that write one file do so one after the
    other, and a draft that a crash left is taken away by whoever writes the file next.

    Args:
        path: The file.
        content: All that it will hold.
        mode: The file's mode; without it that of the file that stands there is kept, and a new
            one gets what the account gives new files.
        draft_name: The draft's name, where one is wished for.
        sync_name: Whether to force the folder to disk too; a caller with many files does it once.
        steps: Told ``write``, ``sync`` and ``rename``, each before it is done.

    Raises:
        OSError: The disk is full, or the folder may not be written; the old file stands.
        Refusal: Another program writes the same file and does not end.
    """
    draft = path.with_name(draft_name or _draft_name(path))
    steps("write")
    with _held(draft) as handle:
        with contextlib.suppress(FileNotFoundError):
            os.fchmod(handle, stat.S_IMODE(path.stat().st_mode) if mode is None else mode)
        _fill(handle, content, steps)
        steps("rename")
        draft.replace(path)
    if sync_name:
        sync_folder(path.parent)


def write_new(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file that is there whole or not at all, and replaces nothing.

    Raises:
        FileExistsError: Something of this name is there already.
        OSError: The disk is full, or the folder may not be written; nothing is there then.
    """
    draft = path.with_name(_draft_name(path))
    with _held(draft) as handle:
        if mode is not None:
            os.fchmod(handle, mode)
        _fill(handle, content, no_steps)
        _name_new(draft, path)
    sync_folder(path.parent)


def write_private(path: Path, content: bytes | str) -> None:
    """Write a secret to a new file that only its owner may read; never replace one.

    Half a key is worse than none: a program that is killed leaves none. The folder is made where
    it is missing, for its owner only.

    Raises:
        FileExistsError: Something of this name is there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_new(path, content if isinstance(content, bytes) else content.encode(), mode=0o600)


def clear_drafts(folder: Path) -> tuple[Path, ...]:
    """Take away the half files of runs that were killed, and return which they were.

    Whoever writes the same file next takes its draft away anyway; of a file that is never written
    twice, such as a key, nobody would. What another process is writing now stays.

    Args:
        folder: Where to look; nothing in the folders below it is touched.
    """
    return tuple(draft for draft in _drafts(folder) if _is_left(draft, take=True))


def find_drafts(folder: Path) -> tuple[Path, ...]:
    """Return what ``clear_drafts`` would take away."""
    return tuple(draft for draft in _drafts(folder) if _is_left(draft, take=False))


def _drafts(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return sorted(folder / one.name for one in found if _DRAFT.fullmatch(one.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_left(draft: Path, *, take: bool) -> bool:
    """Whether a draft is of a run that ended; if so it may be taken away."""
    try:
        # Of a link, a pipe or a folder no run here made a draft.
        handle = os.open(draft, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            return False
        # The lock goes with the process, so a draft that can be locked has no writer.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_at(handle, draft):
            return False
        if take:
            draft.unlink()
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _draft_name(path: Path) -> str:
    # Short, since the name beside it may already be as long as the file system allows.
    return f".{sha256(os.fsencode(path.name)).hexdigest()[:16]}.part"


@contextlib.contextmanager
def _held(draft: Path) -> Iterator[int]:
    """Hold an empty draft that is ours alone; nothing of it stays if the block fails."""
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            handle = os.open(draft, flags, 0o666)
        except OSError as fault:
            # The draft's name says nothing to anybody: it is the folder that takes no new file.
            if fault.errno in {errno.ELOOP, errno.EISDIR}:
                raise
            raise OSError(fault.errno, fault.strerror, str(draft.parent)) from fault
        try:
            # The lock goes with the process, so a draft that can be locked has no other writer.
            wait_for(
                handle,
                what=f"a half file of the folder {draft.parent.name!a}",
                code="file-held",
                todo="run the same again when it has ended; end it if it hangs, and what it left "
                "is taken away",
            )
            if not _is_at(handle, draft):
                continue
            found = os.fstat(handle)
            # What a crash left may bear a second, final name: it is never written into.
            if found.st_size or found.st_nlink != 1 or found.st_uid != os.geteuid():
                draft.unlink()
                continue
            try:
                yield handle
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            return
        finally:
            os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _fill(handle: int, content: bytes, steps: Steps) -> None:
    with os.fdopen(handle, "wb", closefd=False) as file:
        file.write(content)
        file.flush()
    # The content before the name: else a power cut could leave the name of an empty file.
    steps("sync")
    os.fsync(handle)


def _name_new(draft: Path, path: Path) -> None:
    taken = FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    try:
        os.link(draft, path)
    except FileExistsError:
        raise taken from None
    except OSError as fault:
        # Some file systems have no second names.
        if fault.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}:
            raise
        if os.path.lexists(path):
            raise taken from None
        draft.replace(path)
    else:
        draft.unlink()


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
            todo="give the file that was meant: a written form or a key alone, without papers or "
            "pictures",
            file=name,
        )
    return content


def _why(fault: Exception) -> str:
    return (fault.strerror if isinstance(fault, OSError) else None) or "the path is no path"
