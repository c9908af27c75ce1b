"""Type a command in a process of its own that is killed just before one of its durable steps."""

import signal
import subprocess
import sys
from pathlib import Path

_CHILD = """
import os, signal, sys
at, within, *words = sys.argv[1:]
steps, writes = 0, os.O_WRONLY | os.O_RDWR | os.O_CREAT
moves = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}

def count(event, given):
    global steps
    if event in moves or (event == "open" and isinstance(given[2], int) and given[2] & writes):
        if str(given[0]).startswith(within):
            steps += 1
            if steps == int(at):
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
    done = subprocess.run(
        [sys.executable, "-P", "-c", _CHILD, str(at), str(within), *map(str, words)],
        check=False,
        capture_output=True,
        timeout=120,
    )
    if done.returncode == -signal.SIGKILL:
        return True
    if done.returncode:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr.decode()}")
    return False
