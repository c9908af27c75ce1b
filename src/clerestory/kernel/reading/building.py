"""What both forms share: values put together with their lines, within limits, faults collected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from clerestory.kernel.bad_file import Fault, Path, key_text, show
from clerestory.kernel.reading.characters import folded, wrong_in_key, wrong_in_text

MAX_DEPTH = 40
"""How many lists and groups may stand inside each other. The deepest form of ours has nine."""
MAX_NODES = 200_000
"""How many keys and values a file may hold. All known cases of one pack together hold 30,000."""
MAX_ALIASES = 20
"""How many aliases a file may use. Programs write a few for a list that they use twice."""
MAX_ALIASED_NODES = 1_000
"""How many values may come in through aliases. A file of 29 KB can otherwise make billions."""
MAX_FAULTS = 200

Value = None | bool | int | str | date | list["Value"] | dict[str, "Value"]


class Stop(Exception):
    """The file is not read any further; why stands among the faults."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: its line, and the marks of what is inside it."""

    line: int
    inner: "dict[str, Mark] | list[Mark] | None" = None


@dataclass(frozen=True, slots=True)
class Part:
    """A value that was read, with its marks and how many values it holds."""

    value: Value
    mark: Mark
    nodes: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as it was read, its line, and what it leads to."""

    key: str
    line: int
    part: Part


@dataclass(slots=True)
class Reading:
    """One file while it is read.

    Attributes:
        texts_only: Every word stays the text that is written.
        private: No message quotes a value or a key that is not one of a form's own words.
        max_nodes: How many keys and values it may hold.
        faults: What was found wrong so far.
    """

    texts_only: bool = False
    private: bool = False
    max_nodes: int = MAX_NODES
    faults: list[Fault] = field(default_factory=list)
    nodes: int = 0
    aliases: int = 0
    aliased_nodes: int = 0

    def fault(self, line: int, path: Path, what: str, write_instead: str) -> None:
        """Note a fault and read on."""
        key = key_text(path, private=self.private)
        self.faults.append(
            Fault(line=line, what=what, write_instead=write_instead, path=path, key=key)
        )
        if len(self.faults) >= MAX_FAULTS:
            raise Stop

    def stop(self, line: int, path: Path, what: str, write_instead: str) -> NoReturn:
        """Note a fault after which nothing that follows can be told."""
        self.fault(line, path, what, write_instead)
        raise Stop

    def quoted(self, value: str) -> str:
        """Return what a message may say of a value."""
        return "" if self.private else f": {show(value)}"

    def count_node(self, line: int, path: Path, depth: int) -> None:
        """Count one more value.

        Raises:
            Stop: The file holds too many, or they stand too deep inside each other.
        """
        self.nodes += 1
        if depth > MAX_DEPTH:
            # The path itself would fill the message: its beginning says enough.
            self.stop(
                line, path[:3], "the file is nested too deeply",
                "write each part where the form has it",
            )  # fmt: skip
        if self.nodes > self.max_nodes:
            self.stop(
                line, path[:3], f"the file holds more than {self.max_nodes} values",
                "split it into files of less",
            )  # fmt: skip

    def text(self, value: str, line: int, path: Path) -> str:
        """Return a text, noting what in it cannot be seen."""
        wrong = wrong_in_text(value, turns=not self.texts_only)
        if wrong:
            self.fault(line, path, wrong, "delete it and type the text again")
        return value

    def group(self, entries: Sequence[Entry], line: int, path: Path) -> Part:
        """Join keys and values, refusing a key that stands twice or cannot be seen whole."""
        value: dict[str, Value] = {}
        marks: dict[str, Mark] = {}
        seen: dict[str, Entry] = {}
        for entry in entries:
            wrong = wrong_in_key(entry.key)
            if wrong:
                self.fault(entry.line, path, wrong, "write the key again, letter by letter")
                continue
            first = seen.setdefault(folded(entry.key), entry)
            if first is not entry:
                self._twice(entry, first, path)
                continue
            value[entry.key] = entry.part.value
            marks[entry.key] = Mark(entry.line, entry.part.mark.inner)
        return Part(value, Mark(line, marks), 1 + _nodes(entry.part for entry in entries))

    def row(self, parts: Sequence[Part], line: int) -> Part:
        """Join the values of a list."""
        return Part(
            [part.value for part in parts],
            Mark(line, [part.mark for part in parts]),
            1 + _nodes(parts),
        )

    def _twice(self, entry: Entry, first: Entry, path: Path) -> None:
        what = f"the key stands twice, first in line {first.line}"
        if entry.key != first.key:
            what = f"the key differs from one in line {first.line} only in the form of its letters"
        self.fault(
            entry.line, (*path, entry.key), what,
            "keep the one that is right: of two, one would be lost in silence",
        )  # fmt: skip


def _nodes(parts: Iterable[Part]) -> int:
    return sum(part.nodes for part in parts)
