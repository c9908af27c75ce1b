"""Type a command in a process of its own that is killed, or fails, at one of its durable steps."""

import signal
import subprocess
import sys
from pathlib import Path

_CHILD = """
import os, signal, sys
at, within, failing, *words = sys.argv[1:]
steps, writes = 0, os.O_WRONLY | os.O_RDWR | os.O_CREAT
moves = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}

def count(event, given):
    global steps
    if event in moves or (event == "open" and isinstance(given[2], int) and given[2] & writes):
        if str(given[0]).startswith(within):
            steps += 1
            if failing and steps >= int(at):
                raise OSError(int(failing), os.strerror(int(failing)), given[0])
            if not failing and steps == int(at):
                os.kill(os.getpid(), signal.SIGKILL)

from clerestory.cli import main
sys.argv = ["clerestory", *words]
sys.addaudithook(count)
main()
"""


def is_killed(*words: str | Path, within: Path, at: int) -> bool:
    """Run a command that is killed at its step ``at``; false where it was done before that.

    A step makes, opens for writing, moves or removes something below ``within``.
    """
    done = _run(*words, within=within, at=at, failing="")
    if done.returncode == -signal.SIGKILL:
        return True
    if done.returncode:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr.decode()}")
    return False


def fails_from(*words: str | Path, within: Path, at: int, error: int) -> tuple[int, str]:
    """Run a command on a disk that takes nothing from step ``at`` on; return code and message.

    Args:
        words: The command.
        within: The folder whose disk it is.
        at: The first step that fails; steps are counted as in ``is_killed``.
        error: What the disk says, such as ``errno.ENOSPC``.
    """
    done = _run(*words, within=within, at=at, failing=str(error))
    return done.returncode, done.stderr.decode()


def _run(
    *words: str | Path, within: Path, at: int, failing: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-c", _CHILD, str(at), str(within), failing, *map(str, words)],
        check=False,
        capture_output=True,
        timeout=1_200,  # not a measure: only against a run that never ends
    )
