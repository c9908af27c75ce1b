"""Type a command inside this process, through the program's own front door."""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from clerestory.cli import main

WORK_SECONDS = 40  # of the processor, not of the clock: a busy machine changes nothing


class Endless(BaseException):
    """The command used more of the processor than any file of a few kilobytes can be worth."""


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def error_code(self) -> str:
        """The code of the error, or nothing."""
        _, found, rest = self.err.partition("\n  code: ")
        return rest.partition("\n")[0] if found else ""


def type_in(*words: str | Path) -> Done:
    """Run one command line and return its exit code and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    kept = sys.argv
    sys.argv = ["clerestory", *map(str, words)]
    code = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), limited_work():
            main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        sys.argv = kept
    return Done(code=code, out=out.getvalue(), err=err.getvalue())


@contextlib.contextmanager
def limited_work() -> Iterator[None]:
    """Stop what runs on and on; it counts as a fault of the program."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, WORK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def must(*words: str | Path) -> str:
    """Run a command that has to work, and return what it printed."""
    done = type_in(*words)
    if done.code:
        raise AssertionError(f"{' '.join(map(str, words))}\n{done.err}")
    return done.out


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
