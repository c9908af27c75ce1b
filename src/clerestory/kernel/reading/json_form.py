"""JSON (RFC 8259), as strict as its text: no key twice, no comment, no number that is not whole."""

import json
import re
from bisect import bisect_right
from typing import Any, NoReturn

from clerestory.kernel.bad_file import Path
from clerestory.kernel.reading.building import Entry, Mark, Part, Reading, Stop

_SPACE = re.compile(r"[ \t\r\n]*+")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"')
_NUMBER = re.compile(r"-?[0-9][0-9a-zA-Z.+_-]*+|-(?:Infinity|NaN)|[+.][0-9][0-9a-zA-Z.+_-]*+")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
# As far as a text in quotes can be read: what follows is its end, or the fault.
_STRING_BEGUN = re.compile(_STRING.pattern.removesuffix('"'))
_REMARKS = ("/", "#")
_WORDS = {"true": True, "false": False, "null": None}


def read_json(text: str, reading: Reading) -> Part | None:
    """Read a text; faults are noted in ``reading``. ``None`` where it cannot be read to its end."""
    try:
        return _Json(text, reading).read()
    except Stop:
        return None


class _Json:
    """Reads one text from its first character to its last."""

    def __init__(self, text: str, reading: Reading) -> None:
        self._text = text
        self._reading = reading
        self._at = 0
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def read(self) -> Part | None:
        self._skip()
        if self._at == len(self._text):
            return None
        whole = self._part((), 1)
        self._skip()
        if self._at < len(self._text):
            self._stop((), "something follows after the end", "leave it out: a file holds one")
        return whole

    def _part(self, path: Path, depth: int) -> Part:
        self._skip()
        line = self._line()
        self._reading.count_node(line, path, depth)
        sign = self._text[self._at : self._at + 1]
        if sign == "{":
            return self._group(path, depth, line)
        if sign == "[":
            return self._row(path, depth, line)
        return Part(self._scalar(sign, path, line), Mark(line))

    def _group(self, path: Path, depth: int, line: int) -> Part:
        self._at += 1
        entries: list[Entry] = []
        while not self._ends("}", path, first=not entries):
            key_line = self._line()
            sign = self._text[self._at : self._at + 1]
            if sign in _REMARKS:
                self._stop(path, *_NO_VALUE[sign])
            if sign != '"':
                self._stop(path, "a key in double quotes is wanted here", 'write "key": value')
            key = self._string(path)
            self._skip()
            if self._text[self._at : self._at + 1] != ":":
                self._stop((*path, key), "a colon is wanted after the key", 'write "key": value')
            self._at += 1
            entries.append(Entry(key, key_line, self._part((*path, key), depth + 1)))
        return self._reading.group(entries, line, path)

    def _row(self, path: Path, depth: int, line: int) -> Part:
        self._at += 1
        parts: list[Part] = []
        while not self._ends("]", path, first=not parts):
            parts.append(self._part((*path, len(parts)), depth + 1))
        return self._reading.row(parts, line)

    def _ends(self, end: str, path: Path, *, first: bool) -> bool:
        """Step over the comma before the next value, or over the end."""
        self._skip()
        sign = self._text[self._at : self._at + 1]
        if sign == end:
            self._at += 1
            return True
        if first:
            return False
        if sign != ",":
            self._stop(
                path, f"a comma or {end} is wanted here",
                f"put a comma between two values, and {end} after the last",
            )  # fmt: skip
        self._at += 1
        self._skip()
        if self._text[self._at : self._at + 1] == end:
            self._stop(path, f"a comma stands before {end}", "leave out the last comma")
        return False

    def _scalar(self, sign: str, path: Path, line: int) -> Any:
        if sign == '"':
            return self._reading.text(self._string(path), line, path)
        if number := _NUMBER.match(self._text, self._at):
            return self._number(number[0], path, line)
        if word := _WORD.match(self._text, self._at):
            return self._word(word[0], path)
        what, write_instead = _NO_VALUE.get(sign, ("a value is wanted here", "write one"))
        return self._stop(path, what, write_instead)

    def _word(self, word: str, path: Path) -> Any:
        if word not in _WORDS:
            self._stop(
                path, f"a word stands without quotes{self._reading.quoted(word)}",
                "put it in double quotes; true, false and null alone stand without",
            )  # fmt: skip
        self._at += len(word)
        if self._reading.texts_only and word != "null":
            return word
        return _WORDS[word]

    def _number(self, number: str, path: Path, line: int) -> Any:
        self._at += len(number)
        reading = self._reading
        if _WHOLE.fullmatch(number) and number != "-0":
            return number if reading.texts_only else int(number)
        if reading.texts_only and _FRACTION.fullmatch(number):
            return number
        what = "a number is not whole, or is longer than 18 digits"
        if not _FRACTION.fullmatch(number):
            what = "this is not a number as JSON writes them"
        if re.fullmatch(r"-?0[0-9]+", number):
            what = "a number begins with a zero"
        reading.fault(
            line, path, f"{what}{reading.quoted(number)}",
            "write a whole number in ordinary digits, or put it in double quotes",
        )  # fmt: skip
        return number

    def _string(self, path: Path) -> str:
        found = _STRING.match(self._text, self._at)
        if not found:
            self._stop(path, *_why_no_string(self._text, self._at))
        self._at = found.end()
        text: str = json.loads(found[0])
        return text

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _line(self) -> int:
        return bisect_right(self._line_starts, self._at)

    def _stop(self, path: Path, what: str, write_instead: str) -> NoReturn:
        line = self._line()
        column = self._at - self._line_starts[line - 1] + 1
        if self._at >= len(self._text):
            what, write_instead = "the file ends too early", "close what was opened: } or ]"
        self._reading.stop(line, path, f"{what} (column {column})", write_instead)


def _why_no_string(text: str, at: int) -> tuple[str, str]:
    begun = _STRING_BEGUN.match(text, at)
    sign = text[begun.end() : begun.end() + 1] if begun else ""
    if sign == "\\":
        return "a backslash stands before a letter that means nothing", "write two backslashes"
    if sign == "\t":
        return "a tab stands within the quotes", "write \\t, or a space"
    return "a quote is opened and not closed in its line", "close it; write \\n within"


_NO_VALUE = {
    "'": ("a text is in single quotes", "use double quotes"),
    "/": ("comments are no part of JSON", "leave the comment out, or save the file as .yaml"),
    "#": ("comments are no part of JSON", "leave the comment out, or save the file as .yaml"),
    "": ("the file ends too early", "close what was opened: } or ]"),
}
