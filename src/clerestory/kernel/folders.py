"""Whole folders: there with all that is in them, or not at all, and nothing of them left over."""

import contextlib
import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from clerestory.kernel.files import sync_folder
from clerestory.kernel.locks import wait_for

AGENCY, OFFICE, OPENING, RECIPIENT = ".made-up-", ".office-", ".opening-", ".recipient-"
"""How the names of folders begin in which something is made that is not whole yet."""
PREFIXES = (AGENCY, OFFICE, OPENING, RECIPIENT)
_MADE = "[a-z0-9_]{8}"  # what tempfile puts behind a prefix


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder that is there, so that other processes which hold it wait.

    Whoever may read a folder can hold it, a stranger too, so nobody waits for ever.

    Raises:
        Refusal: Another process held it all the time.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        wait_for(
            handle,
            what=f"the folder {folder.name!a}",
            code="folder-held",
            todo="try again when it has ended; end it if it hangs, or name a place in a folder "
            "that is yours alone",
        )
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def staged(folder: Path, *, prefix: str) -> Iterator[Path]:
    """Hold an empty folder beside ``folder``, for its owner only; the block renames what it made.

    Nothing of it stays when the block ends or fails. What a run that was killed left beside
    ``folder``, under the same prefix, is taken away first: it may be what nobody should read.

    Args:
        folder: What will be there; the folder above it must be there.
        prefix: How the names of such folders begin, such as ``.opening-``; nobody else's do.
    """
    # Between the making and the lock a folder looks like one that was left, so both are done
    # while others wait.
    with held(folder.parent):
        clear_staged(folder.parent, prefix)
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
        handle = os.open(staging, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield staging
    finally:
        os.close(handle)
        if staging.exists():
            shutil.rmtree(staging)


def put_in_place(staging: Path, folder: Path) -> None:
    """Give a folder its name; its files must be forced to disk already.

    Raises:
        FileExistsError: Something that is no empty folder has the name.
    """
    try:
        staging.rename(folder)
    except OSError as fault:
        if fault.errno not in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}:
            raise
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder)) from fault
    sync_folder(folder.parent)


def make_lasting(folder: Path) -> None:
    """Make a folder for its owner only where it is missing, so that a power cut does not take it.

    What is forced to disk inside a folder goes with the folder's own name.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)


def find_staged(parent: Path, *prefixes: str) -> tuple[Path, ...]:
    """Return the half folders in ``parent`` of this account's runs that were killed."""
    return tuple(name for name in _staged(parent, prefixes) if _is_left(name, take=False))


def clear_staged(parent: Path, *prefixes: str) -> tuple[Path, ...]:
    """Take away the half folders of runs that were killed, and return which they were."""
    return tuple(name for name in _staged(parent, prefixes) if _is_left(name, take=True))


def _staged(parent: Path, prefixes: Sequence[str]) -> list[Path]:
    begins = "|".join(map(re.escape, prefixes))
    with os.scandir(parent) as found:
        return sorted(
            parent / entry.name
            for entry in found
            if re.fullmatch(f"(?:{begins}){_MADE}", entry.name)
            and entry.is_dir(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
        )


def _is_left(folder: Path, *, take: bool) -> bool:
    """Whether no process works in a folder any more; if so it may be taken away."""
    with contextlib.suppress(FileNotFoundError, BlockingIOError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # The lock goes with the process: a folder that can be locked has no worker.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if take:
                shutil.rmtree(folder)
            return True
        finally:
            os.close(handle)
    return False
