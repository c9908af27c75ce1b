"""The one place through which words go to the terminal.

A title, a body or a file's name comes from outside and may hold codes that a terminal obeys:
colors, a moved cursor, a faked line, text that runs backwards. Whatever is told here is shown and
never obeyed. Colors are the program's own, are given as styles beside the words, and are written to
a terminal only.

Source: ECMA-48 (control functions C0 and C1); Unicode Standard Annex 9 (bidirectional text).
"""

import codecs
import errno
import json
import os
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from clerestory.cli.exit_codes import ExitCode

# rich is slow to import, and most commands do without it.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDTH = 80
"""Columns of the narrowest terminal that is in use, and the most that an answer takes."""
_HANGING = "    "
_LONGEST = 300  # characters of a title or a name that are shown
_HANDLER = "clerestory-visible"

# Controls (C0, C1, DEL), invisible and bidirectional formats, lone surrogates, line separators,
# code points without a meaning, and private ones, which a font may draw as anything.
_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"})

# What stands for a sign of our own texts where the terminal's alphabet does not have it.
_WORDS = {
    "§": "sec.",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "→": "->",
    "≥": ">=",
    "≤": "<=",
    "×": "x",
    "·": "-",
    "•": "*",
    "✓": "yes",
    "✗": "no",
    "\u00a0": " ",
}

Part = str | tuple[str, str]


def visible(value: object) -> str:
    """Return a value on one line, with every code that a terminal might obey written out.

    >>> visible("a\\x1b[31mb\\nRELEASE")
    'a\\\\x1b[31mb\\\\nRELEASE'
    """
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _written_out(letter) if unicodedata.category(letter) in _ACTING else letter
        for letter in text
    )


def shortened(value: object) -> str:
    """Return a title or a name as ``visible`` does, cut where it would flood the screen."""
    text = str(value)
    more = len(text) - _LONGEST
    shown = visible(text[:_LONGEST])
    return f"{shown}... ({more} characters more)" if more > 0 else shown


def _written_out(letter: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(letter)
    if named:
        return named
    number = ord(letter)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def tell(line: str = "", *, err: bool = False) -> None:
    """Write one line, which holds nothing that a terminal obeys.

    A newline inside is shown as ``\\n``: text from outside cannot pose as a line of its own.
    """
    write_out(f"{visible(line)}\n", err=err)


def folded(line: str) -> list[str]:
    """Return a line as ``visible`` does, on lines of at most 80 columns.

    What goes on does so further in than any line of ours begins, so that a name from outside with
    blanks in it writes no line of its own. A word longer than a line is cut.
    """
    text = visible(line)
    begin = text[: len(text) - len(text.lstrip(" "))]
    lines, told = [], begin
    for word in text[len(begin) :].split(" "):
        rest = word
        if told.strip() and _columns(told) + 1 + _columns(word) > WIDTH:
            lines.append(told)
            told = _HANGING
        elif told.strip():
            rest = f" {word}"
        for letter in rest:
            if _columns(told) + _columns(letter) > WIDTH:
                lines.append(told)
                told = _HANGING
            told += letter
    return [*lines, told]


def tell_folded(line: str, *, err: bool = False) -> None:
    """Write a sentence, on as many lines of 80 columns as it takes."""
    for part in folded(line):
        tell(part, err=err)


def _columns(text: str) -> int:
    """Return how many columns a text takes: none for an accent, two for a wide letter."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in {"W", "F"} for letter in text)
    return len(text) + wide - sum(unicodedata.category(letter) in {"Mn", "Me"} for letter in text)


def tell_cleared(path: Path) -> None:
    """Say on standard error that a half file was taken away; what it is a half of is unknown."""
    tell(f"took away a half file of a run that was cut short: {path}", err=True)


def tell_lines(text: str) -> None:
    """Write a text of several lines that the program itself laid out, each line as ``tell`` does.

    Only for texts whose parts from outside cannot hold a newline, such as a checkpoint or YAML.
    """
    for line in text.split("\n"):
        tell(line)


def tell_json(value: object, *, indent: int | None = None) -> None:
    """Write a value for a program, in letters that pass every terminal and every pipe."""
    tell_json_text([json.dumps(value, indent=indent)])


def tell_json_text(parts: Iterable[str]) -> None:
    """Write a value for a program as ``tell_json`` does, its JSON made part by part."""
    for part in parts:
        # JSON leaves DEL as it is; everything else that acts is written out by the encoder.
        write_out(part.replace("\x7f", "\\u007f"))
    write_out("\n")


def show_progress(text: str | None) -> None:
    """Show how far the work is on a line of its own that the next call replaces.

    Args:
        text: What to show; with nothing the line is taken away. Only ever our own words.
    """
    words = "" if text is None else visible(text)
    write_out(f"\r{words}\x1b[K", err=True)


def styled(*parts: Part) -> "Text":
    """Return words with styles: each part is a text, or a text with its style.

    Square brackets in the words mean nothing, and no code in them is obeyed.
    """
    from rich.text import Text

    joined = Text()
    for part in parts:
        words, style = part if isinstance(part, tuple) else (part, "")
        joined.append(visible(words), style)
    return joined


def console() -> "Console":
    """Return a console that reads no markup, no emoji names and no highlights in what it prints."""
    from clerestory.cli.terminal_console import plain_console

    return plain_console()


def prepare_streams() -> None:
    """Let no alphabet of the terminal stop a message: what it lacks is written out in ASCII."""
    codecs.register_error(_HANDLER, _in_ascii)
    if sys.stdin is None:
        # The caller closed it; a command that reads it is given nothing, which it can refuse.
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 (open until the end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)


def close_streams(code: int) -> int:
    """Write what is still held back, and return the exit code that is true afterwards.

    An answer that nobody could read was not given: done becomes stopped where the reader went
    away, and the machine's trouble where the disk is full. Any other code stands, above all an
    alarm's.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError) as fault:
            _give_up(stream)
            # What is lost of the messages on standard error changes nothing in the answer.
            if stream is sys.stdout and code == ExitCode.DONE:
                code = code_of_lost_output(fault)
    return code


def code_of_lost_output(fault: Exception) -> ExitCode:
    """Return the exit code of an answer that could not be written."""
    gone = isinstance(fault, OSError) and fault.errno == errno.EPIPE
    return ExitCode.STOPPED if gone else ExitCode.MACHINE


class OutputLost(Exception):
    """The answer could not be written to standard output."""


def write_out(text: str, *, err: bool = False) -> None:
    """Write a text that holds nothing which the terminal obeys beside our own colors.

    Raises:
        OutputLost: Standard output takes no more.
    """
    stream = sys.stderr if err else sys.stdout
    # Python has no stream where the caller closed it; there is nobody to tell then.
    if stream is None:
        return
    try:
        stream.write(text)
        if err:
            stream.flush()
    except (OSError, ValueError) as fault:
        _give_up(stream)
        if not err:
            raise OutputLost from fault


def _give_up(stream: TextIO) -> None:
    """Point a stream that takes no more to nowhere, so that Python's exit does not complain."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def _in_ascii(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    lost = fault.object[fault.start : fault.end]
    return "".join(_WORDS.get(letter) or _written_out(letter) for letter in lost), fault.end
