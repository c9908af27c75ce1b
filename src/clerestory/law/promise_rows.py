"""Rows of the files that say who may open what: columns of codes, made into one condition.

The columns are those that a lawyer would rule on paper: who asks, for what, on which paper, for
which fields, with what found. What no column can say stands under ``when``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.kernel import Period
from clerestory.law.conditions import parse_with_terms
from clerestory.law.errors import PackFault
from clerestory.law.pack_toml import read_pack_toml
from clerestory.law.promises import read_terms

# A column, and how one of its codes is asked for. The codes of a column are alternatives.
_ALTERNATIVES: Mapping[str, str] = {
    "to": 'principal in Requester::"{}"',
    "who": 'principal == Requester::"{}"',
    "for": 'context.purpose in Purpose::"{}"',
    "programs": 'resource in Program::"{}"',
    "categories": 'resource in Category::"{}"',
    "fields": 'resource.name == "{}"',
    "sources": 'resource.source == "{}"',
    "marks": "resource.{}",
    "papers": 'context.paper.kind == "{}"',
    "issuers": 'context.paper.issuer == "{}"',
    "holders": 'context.holder.kind == "{}"',
    "relations": 'context.subject.relation == "{}"',
    "grounds": 'context.grounds.contains("{}")',
}
# A column of which every code must fit.
_TOGETHER: Mapping[str, str] = {
    "yes": 'context.findings.{} == "yes"',
    "no": 'context.findings.{} == "no"',
    "not_no": 'context.findings.{} != "no"',
    "are": "@{}",
    "are_not": "!@{}",
}
COLUMNS = (*_ALTERNATIVES, *_TOGETHER)
_DAYS = ("from", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file: its texts, its condition, and the days on which it stands."""

    id: str
    where: str
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    condition: str
    days: Period
    tree: Mapping[str, Any] = field(repr=False)

    def text(self, key: str) -> str:
        """Return a text of the row, empty if it has none."""
        return self.texts.get(key, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFile:
    """The tables of one file by their kind, and the conditions that it names."""

    rows: Mapping[str, tuple[Row, ...]]
    terms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a table may hold beside the columns: texts that it needs or may have, and lists.

    The columns of a row narrow each other. With ``alternatives`` each of them is enough by itself.
    """

    needs: Sequence[str] = ("id", "cite")
    texts: Sequence[str] = ()
    lists: Sequence[str] = ()
    alternatives: bool = False


def read_rows(path: Path, pack: str, kinds: Mapping[str, Kind]) -> RowFile:
    """Read a file of tables; a file that is not there has none.

    Raises:
        PackFault: The file or one of its tables cannot be read; the message names the place.
    """
    if not path.is_file():
        return RowFile(rows=dict.fromkeys(kinds, ()), terms={})
    whole, text, faults = read_pack_toml(path)
    if faults:
        raise PackFault(
            f"{pack}/{path.name}, line {faults[0].line}, {faults[0].text}",
            todo="mend the line that is named",
        )
    where = f"{pack}/{path.name}"
    unknown = sorted(set(whole) - {*kinds, "terms"})
    if unknown:
        raise PackFault(
            f"{where}: {unknown[0]} is no table of this file",
            todo=f"write {', '.join(f'[[{kind}]]' for kind in kinds)}",
        )
    lines = {kind: _lines(text, kind) for kind in kinds}
    return RowFile(
        rows={
            kind: tuple(_read(whole.get(kind, []), kind, kinds[kind], where, lines[kind]))
            for kind in kinds
        },
        terms=read_terms(whole, where),
    )


def _lines(text: str, kind: str) -> list[int]:
    return [n for n, line in enumerate(text.split("\n"), 1) if line.strip() == f"[[{kind}]]"]


def _read(tables: object, name: str, kind: Kind, where: str, lines: Sequence[int]) -> Iterator[Row]:
    if not isinstance(tables, list) or len(tables) != len(lines):
        raise PackFault(
            f"{where}: each {name} must begin with a line [[{name}]]",
            todo=f"write [[{name}]] on a line of its own",
        )
    for table, line in zip(tables, lines, strict=True):
        yield _row(table, kind, f"{where}, line {line}")


def _row(table: Mapping[str, Any], kind: Kind, where: str) -> Row:
    name = str(table.get("id", "a row without id"))
    lists = {*kind.lists, *COLUMNS}
    texts = {*kind.needs, *kind.texts, "when"} - lists
    wrong = [key for key in kind.needs if not table.get(key)]
    wrong += [key for key in table if not _fits(key, table[key], texts, lists)]
    if wrong:
        raise PackFault(
            f"{where}: {name}: mend the key {wrong[0]}",
            todo=f"a row has {', '.join(kind.needs)}, and perhaps "
            f"{', '.join(sorted((texts | lists | set(_DAYS)) - set(kind.needs)))}",
        )
    condition = _condition(table, " || " if kind.alternatives else " && ")
    return Row(
        id=name,
        where=where,
        texts={key: " ".join(table[key].split()) for key in texts if key in table},
        lists={key: tuple(map(str, table[key])) for key in lists if key in table},
        condition=condition,
        days=Period(valid_from=table.get("from"), valid_to=table.get("until")),
        tree=parse_with_terms(condition, f"{where}: {name}"),
    )


def _fits(key: str, value: object, texts: set[str], lists: set[str]) -> bool:
    if key in _DAYS:
        return type(value) is date
    if key in texts:
        return isinstance(value, str)
    # A column that was emptied would fit nothing, or all: neither is what somebody meant.
    texts_only = isinstance(value, list) and all(isinstance(code, str) for code in value)
    return key in lists and texts_only and bool(value)


def _condition(table: Mapping[str, Any], joined: str) -> str:
    parts = [
        f"({' || '.join(ask.format(code) for code in table[column])})"
        for column, ask in _ALTERNATIVES.items()
        if column in table
    ]
    parts += [
        ask.format(code) for column, ask in _TOGETHER.items() for code in table.get(column, ())
    ]
    parts += [f"({table['when']})"] if "when" in table else []
    return joined.join(parts) or "true"


def merged_terms(files: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, str]:
    """Return the named conditions of several files.

    Raises:
        PackFault: Two files name one condition.
    """
    merged: dict[str, str] = {}
    for where, terms in files:
        for name, text in terms.items():
            if name in merged:
                raise PackFault(
                    f"{where}: the condition {name} is named twice",
                    todo="give it a name of its own, or use the one that is there",
                )
            merged[name] = text
    return merged
