"""Reading the syntax trees of policies: what is compared with what, and which way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clerestory.law.policies import Policy
from clerestory.policy.explain.words import path_of

Tree = Mapping[str, Any]

COMPARISONS = frozenset({"==", "!=", "in", "contains", "containsAny", "containsAll"})
_ORDER = frozenset({"<", "<=", ">", ">="})
_PLAIN = frozenset({"Value", "Var", "Set", ".", "!", "&&", "||", "isEmpty", "datetime"})
ALLOWED = COMPARISONS | _ORDER | _PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One comparison of a fact with codes.

    ``fact`` is a dotted path, ``principal`` or ``resource``; empty where no fact is compared.
    ``positive`` says whether the comparison counts toward the policy, outside any negation.
    """

    fact: str
    kind: str
    codes: tuple[str, ...]
    entity: str
    positive: bool
    facts: int


def comparisons(policy: Policy) -> Iterator[Comparison]:
    """Yield every comparison of a policy, those of its scope included."""
    for name in ("principal", "resource"):
        scope = policy.tree[name]
        entities = [scope["entity"]] if "entity" in scope else scope.get("entities", [])
        for entity in entities:
            yield Comparison(
                fact=name,
                kind=str(scope["op"]),
                codes=(str(entity["id"]),),
                entity=str(entity["type"]),
                positive=True,
                facts=1,
            )
    for condition in policy.tree["conditions"]:
        yield from _compared(condition["body"], condition["kind"] == "when")


def _compared(tree: Tree, positive: bool) -> Iterator[Comparison]:
    (kind, body), *_ = tree.items()
    if kind == "!":
        yield from _compared(body["arg"], not positive)
    elif kind in COMPARISONS:
        yield _comparison(kind, body, positive if kind != "!=" else not positive)
    else:
        for part in _parts(body):
            yield from _compared(part, positive)


def _comparison(kind: str, body: Tree, positive: bool) -> Comparison:
    facts = [fact for fact in (_fact(body["left"]), _fact(body["right"])) if fact]
    codes = [code for side in ("left", "right") for code in _codes(body[side])]
    return Comparison(
        fact=facts[0] if facts else "",
        kind=kind,
        codes=tuple(name for name, _ in codes),
        entity=codes[0][1] if codes else "",
        positive=positive,
        facts=len(facts),
    )


def _fact(tree: Tree) -> str:
    if "Var" in tree:
        return str(tree["Var"])
    return path_of(tree) if "." in tree else ""


def _codes(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield each literal with the type of its entity, or nothing for a text."""
    if "Set" in tree:
        for item in tree["Set"]:
            yield from _codes(item)
    elif "Value" in tree:
        value = tree["Value"]
        if isinstance(value, Mapping):
            yield str(value["__entity"]["id"]), str(value["__entity"]["type"])
        else:
            yield str(value), ""


def node_kinds(policy: Policy) -> frozenset[str]:
    """Return every kind of expression that a policy's conditions use."""
    return frozenset(
        kind for condition in policy.tree["conditions"] for kind in _kinds(condition["body"])
    )


def _kinds(tree: Tree) -> Iterator[str]:
    (kind, body), *_ = tree.items()
    yield kind
    if kind not in {"Value", "Var"}:
        for part in _parts(body):
            yield from _kinds(part)


def _parts(body: object) -> Sequence[Tree]:
    """Return the expressions directly inside one; its other keys hold plain names."""
    inside = list(body.values()) if isinstance(body, Mapping) else body
    return (
        [part for part in inside if isinstance(part, Mapping)] if isinstance(inside, list) else []
    )


def facts_read(policy: Policy) -> frozenset[str]:
    """Return the first word of the path of every fact that the conditions read."""
    return frozenset(
        path.split(".")[0]
        for condition in policy.tree["conditions"]
        for path in _paths(condition["body"])
    )


def _paths(tree: Tree) -> Iterator[str]:
    (kind, body), *_ = tree.items()
    if kind == ".":
        yield path_of(tree)
    elif kind not in {"Value", "Var"}:
        for part in _parts(body):
            yield from _paths(part)
