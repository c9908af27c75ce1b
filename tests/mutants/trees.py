"""Small changes of a condition, as Cedar's own JSON form holds it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Tree = Any
Steps = tuple[str | int, ...]
_BOOLEAN = frozenset(
    {"&&", "||", "!", "==", "!=", "in", "contains", "containsAny", "containsAll", "isEmpty"}
)


def walk(tree: Tree, steps: Steps = ()) -> Iterator[tuple[Steps, Tree]]:
    """Yield every part of a condition with the way to it, the whole first."""
    yield steps, tree
    inner: Iterator[tuple[str | int, Tree]]
    if isinstance(tree, Mapping):
        inner = iter(tree.items())
    elif isinstance(tree, list):
        inner = iter(enumerate(tree))
    else:
        return
    for step, part in inner:
        yield from walk(part, (*steps, step))


def booleans(tree: Tree) -> Iterator[tuple[Steps, str, Tree]]:
    """Yield every part that is a yes or no: the way to it, its operator and what stands below."""
    for steps, part in walk(tree):
        if isinstance(part, Mapping) and len(part) == 1:
            ((operator, body),) = part.items()
            if operator in _BOOLEAN:
                yield steps, operator, body


def with_part(tree: Tree, steps: Sequence[str | int], part: Tree) -> Tree:
    """Return the condition with one part replaced."""
    if not steps:
        return part
    first, *rest = steps
    if isinstance(tree, list):
        return [with_part(t, rest, part) if n == first else t for n, t in enumerate(tree)]
    return {k: with_part(t, rest, part) if k == first else t for k, t in tree.items()}


def fact_of(tree: Tree) -> str:
    """Return the fact that a part reads, such as ``paper.kind``; empty for another part."""
    names: list[str] = []
    while isinstance(tree, Mapping) and "." in tree:
        names.append(str(tree["."]["attr"]))
        tree = tree["."]["left"]
    if isinstance(tree, Mapping) and "Var" in tree:
        variable = str(tree["Var"])
        names += [] if variable == "context" and names else [variable]
        return ".".join(reversed(names))
    return ""


def codes_of(tree: Tree) -> list[str]:
    """Return the codes of a value or of a written set; none for another part."""
    if isinstance(tree, Mapping) and isinstance(tree.get("Value"), str):
        return [tree["Value"]]
    if isinstance(tree, Mapping) and "Set" in tree:
        return [code for part in tree["Set"] for code in codes_of(part)]
    return []


def entity_of(tree: Tree) -> tuple[str, str] | None:
    """Return type and id of an entity that a value names."""
    value = tree.get("Value") if isinstance(tree, Mapping) else None
    if isinstance(value, Mapping) and "__entity" in value:
        return str(value["__entity"]["type"]), str(value["__entity"]["id"])
    return None


def entity(kind: str, name: str) -> Tree:
    """Return a value that names an entity."""
    return {"Value": {"__entity": {"type": kind, "id": name}}}


def set_of(codes: Collection[str]) -> Tree:
    """Return a written set of codes."""
    return {"Set": [{"Value": code} for code in codes]}
