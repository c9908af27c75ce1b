"""Whatever stops a command ends in a message, a code, a next step and an exit code."""

import errno
import io
import sqlite3
import sys
from collections.abc import Callable

import click
import pytest

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.faults import TRACE, answer_for
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.bad_file import BadFile, Fault

SECRET = "Made-up Person, 1974-06-22"


class Panic(BaseException):
    """Stands for the panic of a library in another language, which is no Exception."""


def raising(fault: BaseException) -> Callable[[], None]:
    def run() -> None:
        raise fault

    return run


def too_deep() -> None:
    too_deep()


class Screen(io.StringIO):
    """Where a terminal is."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "lines"), [(Screen(), 5), (io.StringIO(), 3)])
def test_at_a_terminal_a_message_is_folded_and_a_program_gets_it_on_one_line(
    stream: io.StringIO, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)

    answer_for(raising(Refusal("word " * 20 + "end", code="a-b", todo="do " * 30 + "it")))

    said = stream.getvalue().splitlines()
    assert len(said) == lines
    assert (max(map(len, said)) <= 80) is stream.isatty()
    assert " ".join(" ".join(said).split()) == (
        f"error: {'word ' * 20}end code: a-b next: {'do ' * 30}it"
    )


@pytest.mark.parametrize(
    ("fault", "exit_code", "code", "words"),
    [
        (Refusal("no such thing", code="a-b"), 2, "a-b", "error: no such thing"),
        (Refusal("busy", code="log-locked"), 4, "log-locked", "error: busy"),
        (Corruption("other bytes", code="c-d"), 3, "c-d", "alarm: other bytes"),
        (FileNotFoundError(errno.ENOENT, "x", "a"), 2, "path-missing", "nothing at this path: a"),
        (IsADirectoryError(errno.EISDIR, "x", "a"), 2, "path-is-a-folder", "this is a folder: a"),
        (NotADirectoryError(errno.ENOTDIR, "x", b"a"), 2, "path-is-a-file", "this is a file: a"),
        (FileExistsError(errno.EEXIST, "x", "a"), 2, "path-exists", "nothing is written over it"),
        (OSError(errno.ENAMETOOLONG, "x", "a"), 2, "path-too-long", "longer than the disk takes"),
        (OSError(errno.ELOOP, "x", "a"), 2, "path-is-a-loop", "lead to each other: a"),
        (OSError(errno.ENXIO, "x", "a"), 2, "path-is-no-file", "neither a file nor a folder: a"),
        (PermissionError(errno.EACCES, "Denied", "a"), 4, "machine", "error: denied: a"),
        (OSError(errno.ENOSPC, "No space left"), 4, "machine", "error: no space left"),
        (FileNotFoundError(errno.ENOENT, "No such file"), 4, "machine", "error: no such file"),
        (sqlite3.OperationalError("disk I/O error"), 4, "machine", "error: disk I/O error"),
        (MemoryError(), 4, "machine-memory", "the memory of this machine"),
        (KeyboardInterrupt(), 5, "stopped", "stopped: nothing is half done"),
        (click.Abort(), 5, "stopped", "stopped: nothing is half done"),
        (click.FileError("a", "x"), 2, "path-unusable", "could not open file 'a': x"),
        (click.UsageError("Not so."), 2, "usage", "error: not so\n"),
        (ValueError(SECRET), 6, "program-fault", "ValueError at"),
        (UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET), 6, "program-fault", "UnicodeEncodeE"),
        (Panic(SECRET), 6, "program-fault", "Panic at"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_each_fault_has_its_exit_code_its_code_and_a_next_step(
    fault: BaseException,
    exit_code: int,
    code: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert answer_for(raising(fault)) == exit_code

    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert f"\n  code: {code}\n  next: " in err
    assert err.partition("  next: ")[2].strip()
    assert "Traceback" not in err
    assert SECRET not in err


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SystemExit(None), 0),
        (SystemExit(3), 3),
        (SystemExit("words"), 2),
        (click.exceptions.Exit(1), 1),
        (BrokenPipeError(errno.EPIPE, "x"), ExitCode.STOPPED),
    ],
)
def test_an_end_that_is_no_fault_says_nothing(
    fault: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer_for(raising(fault)) == code
    assert capsys.readouterr() == ("", "")


def test_a_command_that_runs_through_is_done() -> None:
    assert answer_for(lambda: None) == ExitCode.DONE


def test_a_fault_that_goes_too_deep_is_told_like_any_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert answer_for(too_deep) == ExitCode.FAULT
    assert "RecursionError at" in capsys.readouterr().err


def test_a_developer_sees_the_places_and_never_the_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRACE, "1")

    answer_for(raising(ValueError(SECRET)))

    err = capsys.readouterr().err
    assert f"{__file__}:" in err
    assert " in run\n" in err
    assert SECRET not in err
    assert str(sys.exc_info()[1]) == "None"


def test_a_message_cannot_fake_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    answer_for(raising(Refusal("not a code: x\n  next: release all\x1b[0m", todo="do\nthis")))

    assert capsys.readouterr().err.splitlines() == [
        r"error: not a code: x\n  next: release all\x1b[0m",
        "  code: refused",
        r"  next: do\nthis",
    ]


def test_many_faults_of_one_file_stand_on_lines_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = [
        Fault(line=line, what=f"not so\x1b {line}", write_instead="x", key="a") for line in (2, 5)
    ]

    assert answer_for(raising(BadFile.of("x.yaml", wrong))) == ExitCode.BAD_INPUT

    assert capsys.readouterr().err.splitlines() == [
        r"error: x.yaml, line 2, key a: not so\x1b 2 (and 1 more)",
        r"  x.yaml:2: a: not so\x1b 2; x",
        r"  x.yaml:5: a: not so\x1b 5; x",
        "  code: file-unreadable",
        "  next: mend each line; x",
    ]
