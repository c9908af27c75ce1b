"""What is wrong with a file that somebody handed in: every fault at once, each with its place."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from clerestory.kernel.errors import Refusal

Path = tuple[str | int, ...]
"""The keys and places that lead to a value, such as ``("records", 0, "fields", 1)``."""

MAX_TOLD = 20
"""How many faults a message lists; the rest is counted."""

_SHOWN_CHARACTERS = 60
_OWN_KEY = re.compile(r"[a-z][a-z_]{0,39}|[A-Z]\d{1,6}|[A-Z]\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file: where it is, what is wrong, and what to write instead.

    ``line`` counts from 1; 0 where no line is known. ``key`` is ``path`` as people read it.
    """

    line: int
    what: str
    write_instead: str
    path: Path = ()
    key: str = ""

    def told(self, file: str) -> str:
        """Return the fault as one sentence that begins with its place."""
        places = [file]
        if self.line:
            places.append(f"line {self.line}")
        if self.key:
            places.append(f"key {self.key}")
        return f"{', '.join(places)}: {self.what}"

    def line_told(self, file: str) -> str:
        """Return the fault as one line for a list: ``file:line: key: what; write instead``."""
        place = f"{file}:{self.line}" if self.line else file
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}{self.what}; {self.write_instead}"


class BadFile(Refusal):
    """A file that was handed in cannot be used as it stands. Nothing of it was used.

    Attributes:
        file: The file's name.
        faults: Everything that is wrong, in the order of the file.
    """

    code = "file-unreadable"
    todo = "mend the file as each fault says, then run the same again"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        todo: str = "",
        file: str = "",
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(message, code=code, todo=todo)
        self.file = file
        self.faults = tuple(faults)

    @classmethod
    def of(cls, file: str, faults: Iterable[Fault], *, code: str | None = None) -> Self:
        """Tell faults: the first as the message, all of them in the lines below it."""
        told = sorted(faults, key=lambda fault: fault.line)
        first, others = told[0], len(told) - 1
        message = first.told(file)
        if others:
            lines = [fault.line_told(file) for fault in told[:MAX_TOLD]]
            if len(told) > MAX_TOLD:
                lines.append(f"and {len(told) - MAX_TOLD} more")
            message += f" (and {others} more)\n  " + "\n  ".join(lines)
        todo = first.write_instead if not others else f"mend each line; {first.write_instead}"
        return cls(message, code=code, todo=todo, file=file, faults=told)


def key_text(path: Iterable[str | int], *, private: bool = False) -> str:
    """Write a path as people read it: ``records[0].fields[1]``.

    With ``private`` a key that is not plainly one of a form's own words is left out: what
    stands where a key should be may be a person's name.

    >>> key_text(("records", 0, "fields", 1))
    'records[0].fields[1]'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            shown = step if not private or _OWN_KEY.fullmatch(step) else "..."
            text += f".{show(shown)}" if text else show(shown)
    return text


def show(text: str) -> str:
    """Return a value as a message may quote it: short, on one line, nothing invisible.

    >>> show("a\\x1b[31mb")
    'a(U+001B)[31mb'
    """
    cut = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."
    return "".join(
        character if _is_visible(character) else f"(U+{ord(character):04X})" for character in cut
    )


def relocate(fault: Fault, *, line: int, before: Path = ()) -> Fault:
    """Return a fault of a part as a fault of the whole file."""
    path = (*before, *fault.path)
    return replace(fault, line=line, path=path, key=key_text(path))


def _is_visible(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"
