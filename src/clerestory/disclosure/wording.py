"""From wording and facts to the blocks of a letter: filling in, never interpreting.

A wording file is a title and sections. A section has a heading, lines of an address, paragraphs, a
line for each entry of a list, a table of a list, or the row of windows; ``when`` names the list it
stands or falls with. Which kinds of blocks there are, ``letter.typ`` knows as well.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerestory.disclosure.shown import contained
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json

_SLOT = re.compile(r"\{([a-z_]+)\}")
_KEYS = frozenset({
    "heading", "lines", "text", "when", "items", "each", "line", "numbered", "table", "windows",
    "signed",
})  # fmt: skip
UNDER = "under"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """One line of a list, and the lines that stand under it."""

    text: str
    under: tuple["Bullet", ...] = ()


Entry = Mapping[str, str | tuple[Bullet, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What may be said: single words by name, and lists of entries by name.

    An entry's :data:`UNDER`, if it has one, are the bullets that stand under its line.
    """

    words: Mapping[str, str]
    lists: Mapping[str, Sequence[Entry]] = field(default_factory=dict)


def fill(form: str, *words: Entry, direction: str = "ltr") -> str:
    """Put words into the slots of ``form``, once: what is put in is never looked at again.

    Raises:
        Refusal: The form has a slot for which there is no word.

    >>> fill("To: {requester}", {"requester": "{demand} #x"})
    'To: {demand} #x'
    """

    def word(match: re.Match[str]) -> str:
        found = _word(match.group(1), words)
        if found is None:
            raise Refusal(
                f"a letter has no word for this slot: {{{match.group(1)}}}",
                code="letter-slot-unknown",
                todo="correct the slot in the wording file; docs/packages.md lists them",
            )
        return contained(found, direction)

    return " ".join(_SLOT.sub(word, form).split())


def _word(name: str, words: Sequence[Entry]) -> str | None:
    for table in words:
        if isinstance(said := table.get(name), str):
            return said
    return None


def blocks(
    wording: Mapping[str, Any], facts: Facts, *, language: str, direction: str
) -> list[dict[str, Json]]:
    """Return the blocks of a letter, in order, each with its language and direction.

    Raises:
        Refusal: The wording has a key, a list or a slot that no letter has.
    """
    found: list[dict[str, Json]] = []
    for section in wording["section"]:
        if unknown := set(section) - _KEYS:
            raise _unknown("a section has a key", sorted(unknown)[0])
        if "when" in section and not _entries(facts, section["when"]):
            continue
        found += _Section(section, facts, direction).blocks()
    return [{"lang": language, "dir": direction, **block} for block in found]


@dataclass(frozen=True, slots=True)
class _Section:
    section: Mapping[str, Any]
    facts: Facts
    direction: str

    def blocks(self) -> Iterator[dict[str, Json]]:
        section = self.section
        if "heading" in section:
            yield {"kind": "heading", "text": self._fill(section["heading"])}
        if said := [self._fill(line) for line in section.get("lines", ()) if self._stands(line)]:
            yield {"kind": "lines", "lines": list[Json](said)}
        if "windows" in section:
            yield self._windows(section["windows"])
        for text in section.get("text", ()):
            yield {"kind": "para", "text": self._fill(text)}
        if "items" in section:
            yield self._listed([{"text": self._fill(one), UNDER: []} for one in section["items"]])
        if "each" in section:
            yield self._list()
        if "table" in section:
            yield self._table(section["table"])
        if section.get("signed"):
            yield {"kind": "signed"}

    def _fill(self, form: str, *words: Entry) -> str:
        return fill(form, *words, self.facts.words, direction=self.direction)

    def _stands(self, line: str) -> bool:
        """Whether something is known for a line: one whose every slot is empty says nothing."""
        slots = _SLOT.findall(line)
        return not slots or any(_word(slot, [self.facts.words]) != "" for slot in slots)

    def _list(self) -> dict[str, Json]:
        entries = _entries(self.facts, self.section["each"])
        items: list[Json] = []
        for entry in entries:
            under = entry.get(UNDER, ())
            bullets = under if isinstance(under, tuple) else ()
            text = self._fill(self.section["line"], entry)
            items.append({"text": text, UNDER: [_written(one, self.direction) for one in bullets]})
        return self._listed(items)

    def _listed(self, items: Sequence[Json]) -> dict[str, Json]:
        numbered = bool(self.section.get("numbered", False))
        return {"kind": "list", "numbered": numbered, "items": list(items)}

    def _windows(self, name: str) -> dict[str, Json]:
        """Return one window for each stage: what it is called, and when it was or that it was not.

        Lit or not is never told by a color alone, so both stand there as words.
        """
        windows: list[Json] = [
            {"text": self._fill("{stage}", entry), "on": self._fill("{on}", entry), "lit": lit}
            for entry in _entries(self.facts, name)
            for lit in [entry["lit"] == "yes"]
        ]
        return {"kind": "windows", "items": windows}

    def _table(self, table: Mapping[str, Any]) -> dict[str, Json]:
        cells = table["cells"]
        if not len(cells) == len(table["header"]) == len(table["widths"]):
            raise _unknown("a table has as many headers and widths as cells", str(len(cells)))
        rows: list[Json] = [
            [self._fill(cell, entry) for cell in cells]
            for entry in _entries(self.facts, table["of"])
        ]
        return {
            "kind": "table",
            "header": table["header"],
            "widths": table["widths"],
            "rows": rows,
        }


def _written(bullet: Bullet, direction: str) -> Json:
    under: list[Json] = [_written(one, direction) for one in bullet.under]
    return {"text": contained(bullet.text, direction), UNDER: under}


def _entries(facts: Facts, name: str) -> Sequence[Entry]:
    if name not in facts.lists:
        raise _unknown("a section names a list", name)
    return facts.lists[name]


def _unknown(what: str, name: str) -> Refusal:
    return Refusal(
        f"the wording of a letter cannot be used: {what}: {name}",
        code="letter-wording-unusable",
        todo="correct the wording file; docs/packages.md lists what it may hold",
    )
