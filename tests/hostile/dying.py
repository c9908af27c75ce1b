"""Type a command in a process of its own that is killed, or fails, at one of its durable steps.

A process that has read the program and done nothing yet is split for each command: reading the
program anew would take longer than most commands do.
"""

import atexit
import json
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

_PARENT = """
import importlib, json, os, pkgutil, signal, sys, traceback
import clerestory
from clerestory.cli import main

# What has tables is loaded only by a process that was told which database they are in.
for room in pkgutil.iter_modules(clerestory.__path__):
    if room.name in {"store", "office", "config"}:
        continue
    loaded = importlib.import_module(f"clerestory.{room.name}")
    for module in pkgutil.walk_packages(getattr(loaded, "__path__", ()), f"{loaded.__name__}."):
        if module.name.rpartition(".")[2] not in {"__main__", "spark"}:
            importlib.import_module(module.name)
writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT
moves = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}

def die(at, within, failing, words):
    steps = 0

    def count(event, given):
        nonlocal steps
        if event in moves or (event == "open" and isinstance(given[2], int) and given[2] & writes):
            if str(given[0]).startswith(within):
                steps += 1
                if failing and steps >= at:
                    raise OSError(failing, os.strerror(failing), given[0])
                if not failing and steps == at:
                    os.kill(os.getpid(), signal.SIGKILL)

    sys.argv = ["clerestory", *words]
    sys.addaudithook(count)
    main()

def child(said, asked):
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, opened in enumerate((nothing, file, file)):
        os.dup2(opened, number)
    code = 70
    try:
        die(**asked)
    except SystemExit as stop:
        code = int(stop.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

for line in sys.stdin:
    said, asked = json.loads(line)
    number = os.fork()
    if not number:
        child(said, asked)
    print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)
"""


def is_killed(*words: str | Path, within: Path, at: int) -> bool:
    """Run a command that is killed at its step ``at``; false where it was done before that.

    A step makes, opens for writing, moves or removes something below ``within``.
    """
    code, said = _run(*words, within=within, at=at, failing=0)
    if code == -signal.SIGKILL:
        return True
    if code:
        raise AssertionError(f"{words[0]} ended with {code}: {said}")
    return False


def fails_from(*words: str | Path, within: Path, at: int, error: int) -> tuple[int, str]:
    """Run a command on a disk that takes nothing from step ``at`` on; return code and message.

    Args:
        words: The command.
        within: The folder whose disk it is.
        at: The first step that fails; steps are counted as in ``is_killed``.
        error: What the disk says, such as ``errno.ENOSPC``.
    """
    return _run(*words, within=within, at=at, failing=error)


def _run(*words: str | Path, within: Path, at: int, failing: int) -> tuple[int, str]:
    asked = {"at": at, "within": str(within), "failing": failing, "words": list(map(str, words))}
    # Beside the folder whose steps are counted, and never in it.
    said = within.with_name(f"{within.name}.said")
    parent = _parent()
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(json.dumps([str(said), asked]) + "\n")
    parent.stdin.flush()
    code = int(parent.stdout.readline())
    text = said.read_text("utf-8", errors="replace")
    said.unlink()
    return code, text


@cache
def _parent() -> subprocess.Popen[str]:
    made = subprocess.Popen(
        [sys.executable, "-P", "-c", _PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, made)
    return made


def _end(made: subprocess.Popen[str]) -> None:
    made.communicate()
