"""A flaw in a pack, and the exact line where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cedarpy

from clerestory.kernel import BadFile
from clerestory.law.packs import Pack
from clerestory.law.policies import Policy


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One thing wrong: where, what, and what to do. One that is not grave is a warning."""

    file: str
    line: int
    text: str
    todo: str = ""
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" + (f"; {self.todo}" if self.todo else "")


def flaws_of(fault: BadFile, file: str) -> list[Flaw]:
    """Return everything that is wrong with a file that was read, each with its line."""
    if not fault.faults:
        return [Flaw(file, 1, str(fault), fault.todo)]
    return [
        Flaw(file, each.line or 1, f"{each.key}: {each.what}" if each.key else each.what,
             each.write_instead)
        for each in fault.faults
    ]  # fmt: skip


class Sources:
    """The texts of the packs' files, for finding lines. Files are named within the packs folder."""

    def __init__(self) -> None:
        self._lines: dict[Path, list[str]] = {}

    def lines(self, path: Path) -> list[str]:
        """Return the lines of a file; none when it cannot be read."""
        if path not in self._lines:
            try:
                self._lines[path] = path.read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError):
                self._lines[path] = []
        return self._lines[path]

    def flaw(
        self,
        pack: Pack,
        policy: Policy,
        text: str,
        todo: str = "",
        *,
        near: str = "",
        grave: bool = True,
    ) -> Flaw:
        """Return a flaw of a policy, at the first of its lines that holds ``near``."""
        line = policy.line
        if near:
            lines = self.lines(pack.folder / policy.file)
            for number, words in enumerate(lines[line - 1 :], line):
                if number > line and "@id(" in words:
                    break
                if near in words:
                    line = number
                    break
        return Flaw(f"{pack.name}/{policy.file}", line, text, todo, grave)

    def line_with(self, path: Path, pattern: str, occurrence: int = 1) -> int:
        """Return the number of the line on which a pattern occurs, or 1."""
        for number, words in enumerate(self.lines(path), 1):
            if re.search(pattern, words):
                occurrence -= 1
                if not occurrence:
                    return number
        return 1


def unreadable_cedar(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and fault of every statement of a file that is not Cedar.

    Cedar's parser reports no place, so each statement is parsed by itself and the first line with
    which it can no longer be completed is the one at fault.
    """
    for start, lines in statements(path.read_text("utf-8")):
        fault = _fault("\n".join(lines))
        if fault:
            yield next(
                (start + n, said)
                for n in range(len(lines))
                for said in [_fault("\n".join(lines[: n + 1]))]
                if said and (said != _UNFINISHED or n == len(lines) - 1)
            )


def statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Split Cedar text at the semicolons; yield each statement's first line and its lines."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), 1):
        code = _COMMENT_OR_TEXT.sub(lambda m: m[0] if m[0].startswith('"') else "", line)
        if not lines and not code.strip():
            continue
        if not lines:
            start = number
        lines.append(line)
        if ";" in _TEXT.sub("", code):
            yield start, lines
            lines = []
    if lines:
        yield start, lines


_UNFINISHED = "unexpected end of input"
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|//.*')


def _fault(text: str) -> str:
    try:
        cedarpy.policies_to_json_str(text)
    except ValueError as fault:
        return str(fault)
    return ""
