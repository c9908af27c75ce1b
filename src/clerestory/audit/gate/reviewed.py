"""What somebody reviewed before a law becomes active: ``changes.toml`` in the folder of packs.

Each table allows one change that the gate finds, no wider than it is found, with the source of law
that it rests on and who reviewed it. The file is empty between two activations: what was reviewed
is archived with the law that it made active.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.kernel.bad_file import Fault
from clerestory.law.errors import PackFault
from clerestory.law.pack_toml import read_pack_toml

FILE = "changes.toml"
HEADER = """\
# What was reviewed of the changes since the law that is active now. `clerestory law activate` says
# what has to be listed here; it archives the list with the law that it makes active and leaves this
# file empty again. See docs/law-gate.md.
"""

ALL = "all"
"""Stands for every code of a column, and means that every one of them is found."""
BUT = "all but "
"""Stands for every code of a column but those that follow, with commas between them."""

# The columns of a table of answers or duties: the fact that each speaks of.
COLUMNS: Mapping[str, str] = {
    "programs": "resource.program",
    "requesters": "principal",
    "purposes": "purpose",
    "fields": "resource.name",
}
_WHO = {"citation", "reviewed"}
_BOX = {*COLUMNS, "since", "until"}
_KINDS: Mapping[str, tuple[set[str], set[str]]] = {
    # The keys that each needs, and those that it may have.
    "answer": ({"before", "after", *_WHO}, {*_BOX, "case"}),
    "duty": ({"duty", "change", "case", *_WHO}, _BOX),
    "text": ({"what", "change", *_WHO}, set()),
    "uncompared": ({"what", "because", "reviewed"}, set()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One table of the file. ``kind`` is its name; lists are as they are written."""

    kind: str
    line: int
    keys: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return a text, empty where the table has none."""
        return str(self.keys.get(key, ""))

    def codes(self, column: str) -> tuple[bool, frozenset[str]]:
        """Return the codes of a column, and whether they are those that it leaves out.

        Each code stands for itself alone, also one that is a group. A column that is not there
        means all: it leaves out none.
        """
        value = self.keys.get(column, ALL)
        if not isinstance(value, str):
            return False, frozenset(value)
        if value == ALL:
            return True, frozenset()
        left_out = value.startswith(BUT)
        codes = value.removeprefix(BUT).split(",")
        return left_out, frozenset(code.strip() for code in codes)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """From which day on, and until which (that day left out), the change is allowed."""
        return self.keys.get("since"), self.keys.get("until")


def read_reviewed(packs_folder: Path) -> list[Reviewed]:
    """Read the file; one that is not there lists nothing.

    Raises:
        PackFault: It cannot be read, or a table is not whole; every fault is told with its line.
    """
    path = packs_folder / FILE
    if not path.is_file():
        return []
    whole, text, unreadable = read_pack_toml(path)
    faults = [Fault(line=f.line, what=f.text, write_instead="mend the line") for f in unreadable]
    found: list[Reviewed] = []
    for kind in whole:
        lines = [n for n, line in enumerate(text.split("\n"), 1) if _begins(line, kind)]
        tables = whole[kind]
        if kind not in _KINDS or not isinstance(tables, list) or len(tables) != len(lines):
            faults.append(
                _fault(1, kind, f"write [[{']], [['.join(_KINDS)}]] on a line of its own")
            )
            continue
        for table, line in zip(tables, lines, strict=True):
            faults += _wrong(kind, line, table)
            found.append(Reviewed(kind=kind, line=line, keys=table))
    if faults:
        raise PackFault.of(FILE, faults, code="law-changes-unreadable")
    return found


def _begins(line: str, kind: str) -> bool:
    return re.fullmatch(rf"\s*\[\[\s*{re.escape(kind)}\s*\]\]\s*(#.*)?", line) is not None


def _fault(line: int, key: str, write: str) -> Fault:
    return Fault(line=line, key=key, what="this cannot be read here", write_instead=write)


def _wrong(kind: str, line: int, table: Mapping[str, Any]) -> Iterator[Fault]:
    needs, may = _KINDS[kind]
    for key in sorted(needs - set(table)):
        yield Fault(
            line=line, key=key, what="this key is missing", write_instead=f"add {key} = ..."
        )
    for key in sorted(set(table) - needs - may):
        yield Fault(
            line=line, key=key, what=f"nobody reads this key of [[{kind}]]",
            write_instead=f"take it out; the keys are {', '.join(sorted(needs | may))}",
        )  # fmt: skip
    for key in sorted(set(table) & (needs | may)):
        if not _fits(key, table[key]):
            yield Fault(line=line, key=key, what=f"this cannot be {table[key]!r}"[:90],
                        write_instead=_should_be(key))  # fmt: skip


def _fits(key: str, value: object) -> bool:
    if key in {"since", "until"}:
        return type(value) is date
    if key in COLUMNS or key == "change":
        listed = isinstance(value, list) and value and all(_is_said(one) for one in value)
        return bool(listed) or _is_said(value)
    return _is_said(value)


def _is_said(value: object) -> bool:
    # A blank to be filled in is not filled in by anything but words.
    return isinstance(value, str) and bool(value.strip())


def _should_be(key: str) -> str:
    if key in {"since", "until"}:
        return f"write a day: {key} = 2026-03-01"
    if key in COLUMNS:
        return f'write {key} = "all", "all but a, b" or a list of codes in quotes'
    return f'write {key} = "..." and say it in words; a blank is no review'


def lists_of(entries: Sequence[Reviewed], *kinds: str) -> list[Reviewed]:
    """Return the tables of these kinds."""
    return [entry for entry in entries if entry.kind in kinds]
