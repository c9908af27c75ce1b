"""YAML, of which only what everybody reads alike is read.

The library finds words, quotes and indentation; what they mean is settled here. No tag, no merge
key, no second document; a key is the text that is written, whatever it looks like.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

import yaml

from clerestory.kernel.bad_file import Path
from clerestory.kernel.reading.building import (
    MAX_ALIASED_NODES,
    MAX_ALIASES,
    Entry,
    Mark,
    Part,
    Reading,
    Stop,
)
from clerestory.kernel.reading.scalars import Wrong, read_plain
from clerestory.kernel.reading.yaml_words import explain

# A remark is written with a space after its sign; a number, a unit or an account is not.
# What may stand between a value and it: the end of a list, a group or a key.
_NUMBER_SIGN = re.compile(r"[\],}:]*+(?:[ \t]++[\],}]*+)*+(?<=[ \t])#[^\s#]")
# The next of a list that stands too far in is no next one, but goes on the text before it.
_HYPHEN_WITHIN = re.compile(r"[ \t]*+-[ \t]")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What stays nothing where every word stays text: a person may be called Null.
_NO_TEXT = frozenset({"", "~", "null"})


def read_yaml(text: str, reading: Reading) -> Part | None:
    """Read a text; faults are noted in ``reading``. ``None`` where the text holds nothing."""
    return _Yaml(text, reading).read()


class _Yaml:
    """Walks the events of one text. The library's own tree is never built: it follows aliases."""

    def __init__(self, text: str, reading: Reading) -> None:
        self._text = text
        self._reading = reading
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._anchors: dict[str, Part | None] = {}
        self._quoted: Any = None
        self._lines = text.splitlines()

    def read(self) -> Part | None:
        try:
            return self._document()
        except Stop:
            return None
        except yaml.MarkedYAMLError as fault:
            line, what, write_instead = explain(fault, self._text, self._quoted)
            self._note_last(line, what, write_instead)
        except yaml.YAMLError:
            self._note_last(0, "this is not YAML", "write key: value, one a line")
        return None

    def _note_last(self, line: int, what: str, write_instead: str) -> None:
        try:
            self._reading.fault(line, (), what, write_instead)
        except Stop:
            return

    def _document(self) -> Part | None:
        whole: Part | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if whole is not None:
                    self._reading.stop(
                        _line(event), (), "a second document begins here",
                        "give each its own file; a file has no line with --- but its first",
                    )  # fmt: skip
                whole = self._part(next(self._events), (), 1)
        return whole

    def _part(self, event: Any, path: Path, depth: int) -> Part:
        line = _line(event)
        self._reading.count_node(line, path, depth)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), line, path)
        if event.anchor is not None:
            self._begin_anchor(event.anchor, line, path)
        if event.tag is not None:
            self._reading.fault(
                line, path, "tags that begin with ! are not read",
                "leave the tag out; put a text in quotes",
            )  # fmt: skip
        if isinstance(event, yaml.MappingStartEvent):
            part = self._group(line, path, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            part = self._row(line, path, depth)
        else:
            part = Part(self._scalar(event, line, path), Mark(line))
        if event.anchor is not None:
            self._anchors[event.anchor] = part
        return part

    def _group(self, line: int, path: Path, depth: int) -> Part:
        entries: list[Entry] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, key_line = self._key(event, path)
            part = self._part(next(self._events), (*path, key), depth + 1)
            if key != "<<" or event.style:
                entries.append(Entry(key, key_line, part))
        return self._reading.group(entries, line, path)

    def _row(self, line: int, path: Path, depth: int) -> Part:
        parts: list[Part] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            parts.append(self._part(event, (*path, len(parts)), depth + 1))
        return self._reading.row(parts, line)

    def _key(self, event: Any, path: Path) -> tuple[str, int]:
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._reading.stop(
                line, path, "a key is one word and no list, group or alias",
                "write the key itself before the colon; put * and { in quotes",
            )  # fmt: skip
        if event.tag is not None or event.anchor is not None:
            self._reading.fault(
                line, path, "a key carries a tag or an anchor", "write the key alone"
            )
        if event.value == "<<" and not event.style:
            self._reading.fault(
                line, path, "merge keys (<<) are not read", "write each key out where it belongs"
            )
        return event.value, line

    def _scalar(self, event: Any, line: int, path: Path) -> Any:
        self._quoted = event if event.style in ("'", '"') else None
        # Quotes, and the blocks that begin with | or >, say that a text is meant.
        if event.style in ("|", ">"):
            return self._reading.text(event.value, line, path)
        self._check_rest(event, path)
        if event.style:
            return self._reading.text(event.value, line, path)
        self._check_lines(event, path)
        if self._reading.texts_only:
            text = self._reading.text(event.value, line, path)
            return None if text in _NO_TEXT else text
        value = read_plain(event.value)
        if isinstance(value, Wrong):
            what = "this cannot be read as it stands" if self._reading.private else value.what
            self._reading.fault(line, path, what, value.write_instead)
            return event.value
        return self._reading.text(value, line, path) if isinstance(value, str) else value

    def _check_rest(self, event: Any, path: Path) -> None:
        """Refuse what YAML leaves out in silence: a number sign within a text without quotes."""
        mark = event.end_mark
        line = self._lines[mark.line] if mark.line < len(self._lines) else ""
        if _NUMBER_SIGN.match(line, mark.column):
            self._reading.fault(
                mark.line + 1, path, "what follows # in this line would not be read",
                "put the whole text in quotes; write a space after # where a remark is meant",
            )  # fmt: skip

    def _check_lines(self, event: Any, path: Path) -> None:
        """Refuse a text over several lines of which one looks like the next of a list."""
        for number in range(event.start_mark.line + 1, event.end_mark.line + 1):
            if number < len(self._lines) and _HYPHEN_WITHIN.match(self._lines[number]):
                self._reading.fault(
                    number + 1, path, "this line is read as part of the text before it",
                    "begin - under the - before it; put a text of several lines in quotes",
                )  # fmt: skip

    def _begin_anchor(self, name: str, line: int, path: Path) -> None:
        if name in self._anchors:
            self._reading.stop(
                line, path, "two places are called by one anchor (&)", "write each part out"
            )
        self._anchors[name] = None

    def _alias(self, name: str, line: int, path: Path) -> Part:
        reading = self._reading
        part = self._anchors.get(name)
        if part is None:
            what = "an alias (*) stands inside what it stands for"
            if name not in self._anchors:
                what = "an alias (*) stands for nothing in this file"
            reading.stop(line, path, what, "write the part out; put a text with * in quotes")
        reading.aliases += 1
        reading.aliased_nodes += part.nodes
        if reading.aliases > MAX_ALIASES or reading.aliased_nodes > MAX_ALIASED_NODES:
            reading.stop(
                line, path, "the file uses too many aliases (*)", "write each part out in full"
            )
        # Each place gets its own copy, so that nothing changes in two places at once.
        return Part(copy.deepcopy(part.value), part.mark, part.nodes)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
