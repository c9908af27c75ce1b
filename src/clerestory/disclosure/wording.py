"""From wording and facts to the blocks of a letter: filling in, never interpreting.

A wording file is a title and sections. A section has a heading, paragraphs, a line for each
entry of a list, or a table of a list; ``when`` names the list it stands or falls with.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json

_SLOT = re.compile(r"\{([a-z_]+)\}")
_KEYS = frozenset({"heading", "text", "when", "each", "line", "table"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What may be said: single words by name, and lists of entries by name."""

    words: Mapping[str, str]
    lists: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


def fill(form: str, *words: Mapping[str, str]) -> str:
    """Put words into the slots of ``form``, once: what is put in is never looked at again.

    Raises:
        Refusal: The form has a slot for which there is no word.

    >>> fill("To: {requester}", {"requester": "{demand} #x"})
    'To: {demand} #x'
    """

    def word(match: re.Match[str]) -> str:
        for table in words:
            if match.group(1) in table:
                return table[match.group(1)]
        raise Refusal(
            f"a letter has no word for this slot: {{{match.group(1)}}}",
            code="letter-slot-unknown",
            todo="correct the slot in the wording file; docs/packages.md lists them",
        )

    return " ".join(_SLOT.sub(word, form).split())


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
        found += _section(section, facts)
    return [{"lang": language, "dir": direction, **block} for block in found]


def _section(section: Mapping[str, Any], facts: Facts) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = []
    if "heading" in section:
        found.append({"kind": "heading", "text": fill(section["heading"], facts.words)})
    for text in section.get("text", ()):
        found.append({"kind": "para", "text": fill(text, facts.words)})
    if "each" in section:
        entries = _entries(facts, section["each"])
        lines = [fill(section["line"], entry, facts.words) for entry in entries]
        found.append({"kind": "list", "lines": lines})
    if "table" in section:
        found.append(_table(section["table"], facts))
    return found


def _table(table: Mapping[str, Any], facts: Facts) -> dict[str, Json]:
    cells = table["cells"]
    if not len(cells) == len(table["header"]) == len(table["widths"]):
        raise _unknown("a table has as many headers and widths as cells", str(len(cells)))
    rows = [
        [fill(cell, entry, facts.words) for cell in cells] for entry in _entries(facts, table["of"])
    ]
    return {"kind": "table", "header": table["header"], "widths": table["widths"], "rows": rows}


def _entries(facts: Facts, name: str) -> Sequence[Mapping[str, str]]:
    if name not in facts.lists:
        raise _unknown("a section names a list", name)
    return facts.lists[name]


def _unknown(what: str, name: str) -> Refusal:
    return Refusal(
        f"the wording of a letter cannot be used: {what}: {name}",
        code="letter-wording-unusable",
        todo="correct the wording file; docs/packages.md lists what it may hold",
    )
