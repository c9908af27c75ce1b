"""Whether each code stands in the groups that the program knows it in, and in no other.

Policies and promises name the same groups. A code that joins or leaves one moves both, and every
promise about the group still holds of the wrong people; so the groups are stated a second time.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from clerestory.audit.promises.question import LawRead, Question
from clerestory.law.codes import Vocabulary

PLACED = "codes-in-their-groups"
STATED = Path(__file__).with_name("groups.toml")
_NONE = "in_no_group"
_RULES = frozenset({"closed", "only", "apart"})
# The list in which the groups of a list are defined, where it is another.
_GROUP_LIST = {"program": "program_group", "fields": "category"}
_SAY_TWICE = "where it is meant, state it in audit/promises/groups.toml of the program as well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A code that stands in a group where it does not belong, or not where it does."""

    list_name: str
    code: str
    says: str
    todo: str

    def __str__(self) -> str:
        return f"{self.list_name}.{self.code} {self.says}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Groups of one list that exclude each other, or every other, but for some codes."""

    list_name: str
    groups: Sequence[str]
    but: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The second statement: the groups of each code by list, and what holds of every code."""

    groups: Mapping[str, Mapping[str, frozenset[str]]]
    closed: Mapping[str, frozenset[str]]
    only: Sequence[Beside]
    apart: Sequence[Beside]


@cache
def stated() -> Stated:
    """Return what the program states of groups."""
    whole = tomllib.loads(STATED.read_text("utf-8"))
    return Stated(
        groups={name: _by_code(table) for name, table in whole.items() if name not in _RULES},
        closed={name: frozenset(groups) for name, groups in whole["closed"].items()},
        only=[_beside(table) for table in whole["only"]],
        apart=[_beside(table) for table in whole["apart"]],
    )


def misplaced(vocabulary: Vocabulary) -> Iterator[Misplaced]:
    """Yield every code of a vocabulary that contradicts what is stated of groups.

    Each slip is told once: what holds of every code is asked of a code only where it stands in
    the groups that are stated, or nothing is stated of it.
    """
    moved = {
        name: [
            wrong
            for code in vocabulary.lists.get(name, {})
            for wrong in (*_moved(vocabulary, name, code), *_from_elsewhere(vocabulary, name, code))
        ]
        for name in stated().groups
    }
    for name, wrong in moved.items():
        yield from wrong
        # A group that moved takes with it whatever stands below.
        if not wrong and not moved[_GROUP_LIST.get(name, name)]:
            for code in vocabulary.lists.get(name, {}):
                yield from _together(vocabulary, name, code)


def codes_in_their_groups(read: LawRead) -> Question:
    """Return the question whether the codes of a law stand in the groups that are stated."""
    circuit = read.circuit
    wrong = next(misplaced(read.law.stack.vocabulary), None)
    # No demand would show it, so it is not refuted: it says nothing any more, and is not proved.
    return Question(
        id=PLACED,
        says=f"A code stands in the wrong group: {wrong}."
        if wrong
        else "Every code stands in the groups in which the program knows it, and in no other.",
        premise=circuit.no if wrong else circuit.yes,
        broken=circuit.no,
    )


def _moved(vocabulary: Vocabulary, name: str, code: str) -> Iterator[Misplaced]:
    """Yield the groups that a code joined or left, as far as it is stated."""
    stands = set(vocabulary.get(name, code).groups)
    known = stated().groups[name].get(code)
    if known is None:
        for group in sorted(stands & stated().closed.get(name, frozenset())):
            yield Misplaced(
                list_name=name,
                code=code,
                says=f"is a code of this agency and in the group {group}, which is closed",
                todo=f"take {group} out of its groups; {_SAY_TWICE}",
            )
        return
    for group in sorted(stands - known):
        says, todo = f"has joined the group {group}", f"take {group} out of its groups"
        yield Misplaced(list_name=name, code=code, says=says, todo=f"{todo}; {_SAY_TWICE}")
    for group in sorted(known - stands):
        says, todo = f"has left the group {group}", f"put {group} back among its groups"
        yield Misplaced(list_name=name, code=code, says=says, todo=f"{todo}; {_SAY_TWICE}")


def _from_elsewhere(vocabulary: Vocabulary, name: str, code: str) -> Iterator[Misplaced]:
    """Yield what is said to be about nobody, and tells status or came from somebody."""
    entry = vocabulary.get(name, code)
    # Of fields only those of records about nobody stand alone: no person or household gave them.
    alone = {group for rule in stated().only if rule.list_name == name for group in rule.groups}
    group = next((group for group in entry.groups if group in alone), "")
    if name != "fields" or not group:
        return
    if entry.proxy:
        yield Misplaced(
            list_name=name, code=code, says=f"nearly tells status and is in the group {group}",
            todo=f"take {group} out of its groups, or the mark proxy off",
        )  # fmt: skip
    if entry.source != "agency":
        yield Misplaced(
            list_name=name, code=code, says=f"is in the group {group} and came from {entry.source}",
            todo=f"take {group} out of its groups, or write source: agency",
        )  # fmt: skip


def _together(vocabulary: Vocabulary, name: str, code: str) -> Iterator[Misplaced]:
    """Yield what stands in two groups that do not go together."""
    above = _above(vocabulary, name, code)
    for rule in stated().only:
        inside = sorted(above & set(rule.groups))
        if rule.list_name == name and inside:
            yield from _both(name, code, ((inside[0], other) for other in above - {*rule.groups}))
    for rule in stated().apart:
        if rule.list_name == name and code not in rule.but:
            yield from _both(name, code, combinations(sorted(above & set(rule.groups)), 2))


def _both(name: str, code: str, pairs: Iterable[tuple[str, str]]) -> Iterator[Misplaced]:
    for one, other in sorted(pairs):
        says = f"is in the groups {one} and {other}, which do not go together"
        yield Misplaced(list_name=name, code=code, says=says, todo="take one of them out")


def _above(vocabulary: Vocabulary, name: str, code: str) -> set[str]:
    """Return every group above a code and the code itself where it is one; a circle ends."""
    codes = vocabulary.lists.get(_GROUP_LIST.get(name, name), {})
    found: set[str] = set()
    waiting = [*vocabulary.get(name, code).groups]
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting += codes[group].groups if group in codes else ()
    return found


def _by_code(table: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    codes = {code for listed in table.values() for code in listed}
    return {
        code: frozenset(group for group, listed in table.items() if code in listed) - {_NONE}
        for code in codes
    }


def _beside(table: Mapping[str, object]) -> Beside:
    return Beside(
        list_name=str(table["of"]),
        groups=_texts(table["groups"]),
        but=frozenset(_texts(table.get("but", []))),
    )


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
