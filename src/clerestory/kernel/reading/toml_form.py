"""TOML, the form of catalogues, packs and settings."""

import re
import tomllib
from pathlib import Path
from typing import Any

from clerestory.kernel.bad_file import BadFile, Fault, key_text, show
from clerestory.kernel.bad_file import Path as KeyPath
from clerestory.kernel.files import read_limited
from clerestory.kernel.reading.characters import decode, find_forbidden, folded, wrong_in_key
from clerestory.kernel.reading.scalars import Wrong, read_day

MAX_TOML_BYTES = 4_000_000
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_DAY = re.compile(r"[=,\[]\s*(\d{4}-\d{2}-\d{2})")
# A part of the library's own words, what they mean, and what to write instead.
_WORDS = (
    ("Cannot overwrite", "the key stands twice", "keep the one that is right"),
    ("Cannot declare", "the table stands twice", "put its keys under the first one"),
    ("Cannot mutate", "the key belongs to a table that is closed", "write it into that table"),
    ("Cannot redefine", "the key stands twice", "keep the one that is right"),
    ("Invalid date", "this is not a day", "write a day as 2026-02-26, without quotes"),
    ("Unclosed array", "a list is opened with [ and not closed", "close it with ]"),
    ("Unclosed inline table", "a group is opened with { and not closed", "close it with }"),
    ("Expected \"'", "a quote is opened and not closed", "close it"),
    ("Expected ']' at the end of a table", "the name of a table is not closed", "close it with ]"),
    ("Unterminated string", "a quote is opened and not closed", "close it"),
    ("Illegal character", "a text goes on beyond its line, or a quote is missing", "close the text "
     "with a quote in its line; use three quotes for several lines"),
    ("Expected '='", "a key has no = after it", "write key = value"),
    ("Invalid value", "a value cannot be read", "put a text in quotes; write true or false, a "
     "whole number, or a day as 2026-02-26"),
    ("Invalid statement", "the line does not begin with a key or a [table]", "write key = value"),
    ("Expected newline or end of document", "something follows the value in its line",
     "leave it out, or put the whole text in quotes"),
    ("Unescaped '\\'", "a backslash in double quotes stands before a letter that means nothing",
     "write two backslashes, or use single quotes"),
)  # fmt: skip


def read_toml(
    path: Path, *, max_bytes: int = MAX_TOML_BYTES, error: type[BadFile] = BadFile
) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        BadFile: It cannot be read; with its line where one is known.
    """
    return parse_toml(read_limited(path, max_bytes, error=error), file=show(path.name), error=error)


def parse_toml(content: bytes, *, file: str, error: type[BadFile] = BadFile) -> dict[str, Any]:
    """Read the bytes of a TOML file that is called ``file`` in messages.

    Raises:
        BadFile: As :func:`read_toml`.
    """
    text, wrong = decode(content)
    wrong = wrong or find_forbidden(text, yaml=False, turns=True)
    if wrong:
        raise error.of(file, [wrong])
    try:
        table = tomllib.loads(text)
    except RecursionError as fault:
        deep = Fault(
            line=0, what="the file is nested too deeply", write_instead="write it out flat"
        )
        raise error.of(file, [deep]) from fault
    except ValueError as fault:
        # The library's own error is a ValueError; a number of 5,000 digits is another.
        raise error.of(file, [_explain(str(fault), text)]) from fault
    if faults := _look_alikes(table, ()):
        raise error.of(file, faults)
    return table


def _explain(message: str, text: str) -> Fault:
    place = _PLACE.search(message)
    lines = text.split("\n")
    line = int(place[1]) if place and place[1] else len(lines) if place else 0
    for words, what, write_instead in _WORDS:
        if words in message:
            found = _DAY.search(lines[line - 1]) if 0 < line <= len(lines) else None
            # A day that no calendar has is the likeliest fault of a line that holds one.
            if found and isinstance(day := read_day(found[1]), Wrong):
                what, write_instead = day.what, day.write_instead
            return Fault(line=line, what=what, write_instead=write_instead)
    return Fault(
        line=line, what="the line is not TOML", write_instead="write key = value, one a line"
    )


def _look_alikes(value: Any, path: KeyPath) -> list[Fault]:
    """Find keys that cannot be seen whole, or that look like another beside them."""
    faults: list[Fault] = []
    if isinstance(value, dict):
        seen: dict[str, str] = {}
        for key, inner in value.items():
            wrong = wrong_in_key(key)
            if not wrong and seen.setdefault(folded(key), key) != key:
                wrong = "the key differs from another only in the form of its letters"
            if wrong:
                here = (*path, key)
                again = "write the key again, once"
                faults.append(
                    Fault(line=0, what=wrong, write_instead=again, path=here, key=key_text(here))
                )
            faults += _look_alikes(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            faults += _look_alikes(inner, (*path, place))
    return faults
