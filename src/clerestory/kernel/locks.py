"""Locks on files and folders: waited for a bounded time, and told by whom they are held.

A lock goes with its process, so a killed one blocks nobody; one that hangs, or a stranger who may
read the file, would block everybody without a bound.
"""

import contextlib
import fcntl
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clerestory.kernel.errors import Refusal
from clerestory.kernel.time import utc_text

PAUSE = 0.05
LONGEST_WAIT = 600
"""How often a lock that others hold is tried, half a minute in all."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCKS, _PROCESSES = Path("/proc/locks"), Path("/proc")


def wait_for(handle: int, *, what: str, code: str, todo: str, pause: float | None = None) -> None:
    """Lock what is open, for this process alone, once nobody else holds it.

    Args:
        handle: An open file or folder.
        what: What it is, for the message, such as ``the folder: 'office'``.
        code: The code of the refusal.
        todo: What to do where another program does not let go.
        pause: How long to wait between two tries, where it is held for moments only.

    Raises:
        Refusal: Another process held it all the time. Who it is and since when it runs is said
            where the system tells it.
    """
    often = LONGEST_WAIT if pause is None else round(LONGEST_WAIT * PAUSE / pause)
    for _ in range(often):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(PAUSE if pause is None else pause)
    raise Refusal(f"another program holds {what}: {_holder(handle)}", code=code, todo=todo)


def _holder(handle: int) -> str:
    """Who holds a lock on what is open, as far as the system tells."""
    held = os.fstat(handle)
    # Two disks may have a file of one number, and some file systems print another disk's here.
    for disk in (f"{os.major(held.st_dev):02x}:{os.minor(held.st_dev):02x}:", ""):
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in _LOCKS.read_text("ascii").splitlines():
                words = line.split()
                place = words[5] if words[1] == "FLOCK" else ""
                if place.startswith(disk) and place.endswith(f":{held.st_ino}"):
                    return f"process {int(words[4])}{_since(int(words[4]))}"
    return "this system does not say which"


def _since(pid: int) -> str:
    """Since when a process runs; empty where the system does not tell it."""
    with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
        # Behind the name of the program, which may hold blanks and brackets.
        told = (_PROCESSES / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2]
        lines = (_PROCESSES / "stat").read_text("ascii").splitlines()
        booted = int(next(line for line in lines if line.startswith("btime ")).split()[1])
        ran = booted + int(told.split()[19]) // os.sysconf("SC_CLK_TCK")
        return f", running since {utc_text(_EPOCH + timedelta(seconds=ran))}"
    return ""
