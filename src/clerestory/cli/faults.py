"""From whatever stopped a command to a message, a next step and an exit code."""

import errno
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.terminal import OutputLost, code_of_lost_output, tell, tell_folded
from clerestory.kernel import ClerestoryError, Corruption
from clerestory.kernel.bad_file import BadFile

TRACE = "CLERESTORY_TRACE"

# Refusals that are the machine's trouble and not the input's: try again once it is mended.
_MACHINE = frozenset(
    {
        "log-locked",
        "log-storage",
        "source-busy",
        "source-locked",
        "source-starting",
        "source-vanished",
    }
)

_HOME = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mistaken:
    """What a path turned out to be instead of what was asked for: no word about its bytes."""

    says: str
    code: str
    todo: str


_PATHS = {
    errno.ENOENT: _Mistaken(
        says="there is nothing at this path",
        code="path-missing",
        todo="check the path; if it is a file of an office or a log, restore it from a copy",
    ),
    errno.EISDIR: _Mistaken(
        says="a file is wanted, and this is a folder",
        code="path-is-a-folder",
        todo="give the file inside it that is meant",
    ),
    errno.ENOTDIR: _Mistaken(
        says="a folder is wanted, and this is a file",
        code="path-is-a-file",
        todo="give the folder that is meant; a part of the path is a file",
    ),
    errno.EEXIST: _Mistaken(
        says="something is there already, and nothing is written over it",
        code="path-exists",
        todo="give a path at which nothing is yet",
    ),
    errno.ENAMETOOLONG: _Mistaken(
        says="a name in this path is longer than the disk takes",
        code="path-too-long",
        todo="give a shorter name",
    ),
    errno.ELOOP: _Mistaken(
        says="the links of this path lead to each other",
        code="path-is-a-loop",
        todo="give the path of the file itself",
    ),
    errno.ENXIO: _Mistaken(
        says="this is neither a file nor a folder",
        code="path-is-no-file",
        todo="give the path of a file",
    ),
}


def answer_for(run: Callable[[], None]) -> int:
    """Run a command and return its exit code, whatever happens in it.

    Every error leaves a message, a code and a next step on standard error, and never a traceback:
    the text of an error that nobody foresaw may quote a person's data.
    """
    try:
        run()
    except SystemExit as stop:
        return _code_of(stop)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("stopped: nothing is half done", "stopped", "run the same again to go on")
        return ExitCode.STOPPED
    except (OutputLost, BrokenPipeError) as fault:
        cause = fault.__cause__ if isinstance(fault, OutputLost) else fault
        return _lost(cause if isinstance(cause, Exception) else fault)
    except click.ClickException as fault:
        return _misused(fault)
    except Corruption as fault:
        _tell(f"alarm: {fault}", fault.code, fault.todo)
        return ExitCode.CORRUPTION
    except BadFile as fault:
        # Many faults of one file stand on lines of their own, which its reader laid out.
        _tell(f"error: {fault}", fault.code, fault.todo, lines=bool(fault.faults))
        return ExitCode.BAD_INPUT
    except ClerestoryError as fault:
        _tell(f"error: {fault}", fault.code, fault.todo)
        return ExitCode.MACHINE if fault.code in _MACHINE else ExitCode.BAD_INPUT
    except (OSError, sqlite3.OperationalError, MemoryError) as fault:
        return _machine(fault)
    # A panic of a library written in Rust is no Exception, and ends here like any other fault.
    except BaseException as fault:
        return _unforeseen(fault)
    return ExitCode.DONE


def _code_of(stop: SystemExit) -> int:
    if stop.code is None:
        return ExitCode.DONE
    return stop.code if isinstance(stop.code, int) else ExitCode.BAD_INPUT


def _misused(fault: click.ClickException) -> int:
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        for line in fault.message.splitlines():
            tell(line, err=True)
        return ExitCode.BAD_INPUT
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    if context is not None:
        for line in context.get_usage().splitlines():
            tell(line, err=True)
    named = context.command_path if context else "clerestory"
    code = "path-unusable" if isinstance(fault, click.FileError) else "usage"
    message = fault.format_message()
    _tell(f"error: {message[:1].lower()}{message[1:]}".rstrip("."), code, f"see {named} --help")
    return ExitCode.BAD_INPUT


def _machine(fault: BaseException) -> int:
    if isinstance(fault, MemoryError):
        _tell(
            "error: the memory of this machine does not hold this",
            "machine-memory",
            "give a smaller file, or more memory",
        )
        return ExitCode.MACHINE
    named = fault.filename if isinstance(fault, OSError) else None
    name = named if isinstance(named, str | bytes) else None
    said = _PATHS.get(fault.errno or 0) if isinstance(fault, OSError) else None
    if said and name is not None:
        _tell(f"error: {said.says}: {os.fsdecode(name)}", said.code, said.todo)
        return ExitCode.BAD_INPUT
    text = (fault.strerror if isinstance(fault, OSError) else str(fault)) or type(fault).__name__
    where = f": {os.fsdecode(name)}" if name is not None else ""
    _tell(
        f"error: {text[:1].lower()}{text[1:]}{where}",
        "machine",
        "check the disk, the path and its rights; then run the same again",
    )
    return ExitCode.MACHINE


def _lost(fault: Exception) -> int:
    code = code_of_lost_output(fault)
    # A reader such as `head` that has enough is no trouble, and nobody is told.
    if code != ExitCode.STOPPED:
        _tell(
            "error: the answer cannot be written to standard output",
            "output-lost",
            "make room where the output goes, then look at what was done before running it again",
        )
    return code


def _unforeseen(fault: BaseException) -> int:
    _tell(
        f"error: the program met what it was not written for: {type(fault).__name__} at "
        f"{_place(fault)}",
        "program-fault",
        "report this line and the version to whoever keeps the program, with no person's data; "
        "look at what was written before running the same again",
    )
    if os.environ.get(TRACE):
        # Places only: neither the error's text nor a value, both of which may be a person's.
        for frame in traceback.extract_tb(fault.__traceback__, limit=-50):
            tell(f"  at {frame.filename}:{frame.lineno} in {frame.name}", err=True)
    return ExitCode.FAULT


def _place(fault: BaseException) -> str:
    """Return the innermost line of this program that the error went through."""
    for frame in reversed(traceback.extract_tb(fault.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_HOME):
            return f"{path.relative_to(_HOME).as_posix()}:{frame.lineno}"
    return "no line of this program"


def _tell(message: str, code: str, todo: str, *, lines: bool = False) -> None:
    # For a person at a terminal each stands on lines that fit; a program gets it on one.
    at_terminal = sys.stderr is not None and sys.stderr.isatty()
    write = tell_folded if at_terminal else tell
    for line in message.split("\n") if lines else [message]:
        write(line, err=True)
    tell(f"  code: {code}", err=True)
    write(f"  next: {todo}", err=True)
