"""A process of which one system call fails, or is the last: by ``strace``, from outside.

The child of a fork waits until it is watched, then works. Nothing stands in for a part of the
program.
"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

_ANYBODY = ctypes.c_ulong(-1)
_MAY_WATCH = 0x59616D61
CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "ftruncate", "unlink")


def watched(work: Callable[[], int], *words: str) -> int:
    """Do the work in a child that ``strace`` watches with these words; return its status.

    A negative status is the signal that ended it.
    """
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: no fault at single system calls here")
    ready_end, ready = os.pipe()
    go, go_end = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        status = 99
        try:
            os.close(go_end)
            ctypes.CDLL(None).prctl(_MAY_WATCH, _ANYBODY, 0, 0, 0)
            os.write(ready, b".")
            os.read(go, 1)
            status = work()
        finally:
            os._exit(status)
    os.close(go)
    os.close(ready)
    os.read(ready_end, 1)
    os.close(ready_end)
    with subprocess.Popen(
        ["strace", "-f", "-p", str(child), *words], stderr=subprocess.PIPE, text=True
    ) as tracer:
        assert tracer.stderr is not None
        attached = _attached(tracer.stderr)
        if attached:
            os.write(go_end, b".")
        else:
            os.kill(child, signal.SIGKILL)
        os.close(go_end)
        _, status = os.waitpid(child, 0)
        tracer.stderr.read()
    if not attached:
        pytest.skip("strace may not trace here: no fault at single system calls")
    return os.waitstatus_to_exitcode(status)


def _attached(said: IO[str]) -> bool:
    return any("attached" in line for line in iter(said.readline, ""))


def calls_of(work: Callable[[], int], told: Path) -> Counter[str]:
    """Count the system calls that the work makes, by their names."""
    status = watched(work, "-o", str(told), "-e", f"trace={','.join(CALLS)}")
    assert status == 0
    lines = told.read_text("utf-8", "replace").splitlines()
    return Counter(m[1] for line in lines if (m := re.match(r"(?:\d+ +)?(\w+)\(", line)))


def faulted(work: Callable[[], int], call: str, number: int, fault: str) -> int:
    """Do the work, whose so many-th call of a name fails, or is killed; return its status."""
    how = "signal=KILL" if fault == "SIGKILL" else f"error={fault}"
    return watched(
        work, "-o", "/dev/null", "-e", f"trace={call}",
        "-e", f"inject={call}:{how}:when={number}",
    )  # fmt: skip
