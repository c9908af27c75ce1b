"""Reading the syntax trees of policies: what is compared with what, and which way."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from clerestory.law.cedar_tree import (
    Contains,
    ContainsAll,
    ContainsAny,
    Entity,
    Equal,
    Fact,
    In,
    SetOf,
    Tree,
    Unequal,
    Value,
    fold,
    parts_of,
    walk,
)
from clerestory.law.policies import Policy

_COMPARES = (Equal, Unequal, In, Contains, ContainsAny, ContainsAll)
_ORDER = frozenset({"<", "<=", ">", ">="})
_PLAIN = frozenset({"Value", "Var", "Set", ".", "!", "&&", "||", "isEmpty", "datetime"})
ALLOWED = frozenset(kind.operator for kind in _COMPARES) | _ORDER | _PLAIN


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
    for asked in policy.asks:
        yield from _compared(asked.tree, asked.wanted)


def _compared(tree: Tree, positive: bool) -> Iterator[Comparison]:
    join = chain.from_iterable
    return iter(fold(tree, positive, every=join, either=join, atom=_atom))


def _atom(tree: Tree, positive: bool) -> Iterator[Comparison]:
    if isinstance(tree, _COMPARES):
        facts = [side.name for side in (tree.left, tree.right) if isinstance(side, Fact)]
        codes = [code for side in (tree.left, tree.right) for code in _codes(side)]
        yield Comparison(
            fact=facts[0] if facts else "",
            kind=tree.operator,
            codes=tuple(name for name, _ in codes),
            entity=codes[0][1] if codes else "",
            positive=positive != isinstance(tree, Unequal),
            facts=len(facts),
        )
        return
    for part in parts_of(tree):
        yield from _compared(part, positive)


def _codes(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield each literal with the type of its entity, or nothing for a text."""
    match tree:
        case SetOf(items):
            for item in items:
                yield from _codes(item)
        case Entity(kind, name):
            yield name, kind
        case Value(value):
            yield str(value), ""


def node_kinds(policy: Policy) -> frozenset[str]:
    """Return every kind of expression that a policy's conditions use."""
    return frozenset(node.operator for asked in policy.conditions for node in walk(asked.tree))


def facts_read(policy: Policy) -> frozenset[str]:
    """Return the first word of the path of every fact that the conditions read."""
    nodes = (node for asked in policy.conditions for node in walk(asked.tree))
    return frozenset(node.name.split(".")[0] for node in nodes if isinstance(node, Fact))
