"""Slips in what policies rest on: the codes and their groups, and the rows of a pack's lists."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clerestory.kernel import Period
from clerestory.law.codes import Code, Vocabulary
from clerestory.law.conditions import parse_with_terms
from clerestory.law.promise_rows import COLUMNS, Row, _condition
from mutants.slip import CodeName
from mutants.trees import booleans, codes_of, set_of, walk, with_part

# The lists whose codes stand in groups that policies ask for, and the list of those groups.
GROUPED = {
    "requester_class": "requester_class",
    "purpose": "purpose",
    "fields": "category",
    "program": "program_group",
}
# The two lists of a way of reach.toml, and the kind of slip by which one grows.
_WAY_LISTS = {"groups": "way open to a group more", "reaches": "way open to a category more"}
_AGENCY = frozenset({"household", "agency", "none"})


def of_codes(
    vocabulary: Vocabulary, draw: random.Random
) -> Iterator[tuple[str, CodeName, str, Code]]:
    """Yield the kind of a slip, the code that it touches, what is said of it, and the code."""
    for list_name, codes in vocabulary.lists.items():
        for code in codes.values():
            where = (list_name, code.name)
            for mark, unmarked in _without_marks(code):
                yield f"mark {mark} dropped", where, "", unmarked
            if list_name == "fields" and code.source not in _AGENCY:
                yield "source dropped", where, code.source, replace(code, source="household")
            for group in code.groups:
                left = tuple(other for other in code.groups if other != group)
                yield "group left", where, f"without {group}", replace(code, groups=left)
            if list_name in GROUPED:
                yield from _joining(vocabulary, where, code, draw)


def _without_marks(code: Code) -> Iterator[tuple[str, Code]]:
    if code.proxy:
        yield "proxy", replace(code, proxy=False)
    if code.event:
        yield "event", replace(code, event=False)
    if code.compels:
        yield "compels", replace(code, compels=False)


def _joining(
    vocabulary: Vocabulary, where: CodeName, code: Code, draw: random.Random
) -> Iterator[tuple[str, CodeName, str, Code]]:
    """Yield a code that joins one group more; none that would stand below itself."""
    list_name, group_list = where[0], GROUPED[where[0]]
    above = vocabulary.groups_of(list_name, code.name)
    groups = {group for other in vocabulary.lists[list_name].values() for group in other.groups}
    open_to = [
        group
        for group in sorted(groups - above)
        if code.name not in vocabulary.groups_of(group_list, group)
    ]
    for group in draw.sample(open_to, min(2, len(open_to))):
        joined = replace(code, groups=(*code.groups, group))
        yield "group joined", where, f"also {group}", joined


def of_rows(rows: Sequence[Row], draw: random.Random) -> Iterator[tuple[str, Row, str, Row | None]]:
    """Yield the kind of a slip, the row that it touches, what is written instead, and the row."""
    for row in rows:
        yield "row deleted", row, "", None
        if row.days != Period():
            yield "row without days", row, "", replace(row, days=Period())
        for says, tree in _wider(row.tree, draw):
            # The text still tells which conditions the tree names.
            yield "row changed", row, says, replace(row, tree=tree)


def _wider(tree: Any, draw: random.Random) -> Iterator[tuple[str, Any]]:
    for steps, operator, body in booleans(tree):
        at = ".".join(map(str, steps))
        if operator == "&&":
            for side in ("left", "right"):
                yield f"{at} only {side}", with_part(tree, steps, body[side])
    for steps, part in walk(tree):
        codes = codes_of(part) if isinstance(part, dict) and "Set" in part else []
        if len(codes) > 1:
            gone = draw.choice(codes)
            left = set_of([code for code in codes if code != gone])
            yield f"{'.'.join(map(str, steps))} without {gone}", with_part(tree, steps, left)


def of_reach(
    rows: Sequence[Row], everywhere: Sequence[Row], authorities: Sequence[str], draw: random.Random
) -> Iterator[tuple[str, Row, str, Row]]:
    """Yield the slips of a table of reach: a way that is wider, and a code that is not listed.

    ``rows`` are those of one pack; ``everywhere`` those of all, whose groups and categories a way
    of it may name as well.
    """
    known = {
        key: sorted({name for row in everywhere for name in row.lists.get(key, ())})
        for key in _WAY_LISTS
    }
    for row in rows:
        if "groups" in row.lists:
            yield from _of_way(row, known, authorities, draw)
        elif row.where.partition(",")[0].endswith("/reach.toml"):
            for column, code, written in _without_a_code(row):
                yield "listed code dropped", row, f"{column} without {code}", written


def _of_way(
    way: Row, known: Mapping[str, list[str]], authorities: Sequence[str], draw: random.Random
) -> Iterator[tuple[str, Row, str, Row]]:
    for key, kind in _WAY_LISTS.items():
        others = [name for name in known[key] if name not in way.lists[key]]
        for name in draw.sample(others, min(2, len(others))):
            lists = {**way.lists, key: (*way.lists[key], name)}
            yield kind, way, f"also {name}", replace(way, lists=lists)
    for column in [*(key for key in COLUMNS if key in way.lists), *_when(way)]:
        # A way without any condition is refused when it is read.
        if written := _written(way, {column: None}):
            yield "way condition dropped", way, f"without {column}", written
    other = draw.choice([name for name in authorities if name != way.text("authority")])
    texts = {**way.texts, "authority": other}
    yield "way authority swapped", way, other, replace(way, texts=texts)


def _when(row: Row) -> list[str]:
    return [key for key in row.texts if key == "when"]


def _without_a_code(row: Row) -> Iterator[tuple[str, str, Row]]:
    """Yield a group or a category that lists one code less."""
    for column in (key for key in COLUMNS if key in row.lists):
        for code in row.lists[column]:
            left = tuple(other for other in row.lists[column] if other != code)
            if written := _written(row, {column: left or None}):
                yield column, code, written


def _written(row: Row, columns: Mapping[str, tuple[str, ...] | None]) -> Row | None:
    """Return a row with columns written otherwise or taken out; None where none is left."""
    changed = {**row.lists, **columns}
    lists = {key: codes for key, codes in changed.items() if codes and key in row.lists}
    texts = {key: text for key, text in row.texts.items() if columns.get(key, text)}
    if not {*COLUMNS, "when"} & {*lists, *texts}:
        return None
    condition = _condition({**lists, **texts}, " && " if "groups" in row.lists else " || ")
    return replace(
        row,
        texts=texts,
        lists=lists,
        condition=condition,
        tree=parse_with_terms(condition, f"{row.where}: {row.id}"),
    )
