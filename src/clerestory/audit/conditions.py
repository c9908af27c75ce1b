"""The single conditions of a policy, and the policy as it would be without one of them.

What ``&&`` joins stands apart, wherever it stands: a scope, a ``when``, what an ``unless`` says in
reverse, and each conjunct of a disjunct. A disjunct that is one condition alone is none by itself,
since a policy without it opens less and not more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from clerestory.demands.speaking import Speaker
from clerestory.law.cedar_tree import (
    And,
    Asked,
    Entity,
    Equal,
    Fact,
    In,
    Not,
    Or,
    Tree,
    Value,
    fold,
    joined,
    to_cedar,
    walk,
)
from clerestory.law.policies import Policy
from clerestory.policy.explain.conditions import condition_of

_TRUE = Value(True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a policy.

    Attributes:
        policy: The policy's id.
        number: Which of the policy's conditions it is, from 0.
        part: Which of the conjuncts of the whole policy it stands in, from 0.
        tree: What is asked; negated where the policy wants it not to be.
        whole: The conjunct that it stands in.
        rest: The conjunct without it.
    """

    policy: str
    number: int
    part: int
    tree: Tree = field(repr=False)
    whole: Tree = field(repr=False)
    rest: Tree = field(repr=False)

    @property
    def is_nested(self) -> bool:
        """Whether it is one of several conditions in its conjunct."""
        return self.rest != _TRUE

    def words(self, speaker: Speaker) -> str:
        """Return it in words, with the conjunct around it where there is more of it."""
        said = speaker.say(condition_of(self.tree))
        if not self.is_nested:
            return said
        return f"{said} (in: {speaker.say(condition_of(self.whole))})"


def parts_of(policy: Policy) -> list[Tree]:
    """Return what has to hold for a policy to be met, its scope included; all of them do."""
    # A scope that names several entities or a type is left as it stands.
    named = [one.tree for one in policy.scopes if _is_named(one.tree)]
    return [*named, *(part for one in policy.conditions for part in joined(_positive(one), And))]


def conditions_of(policy: Policy) -> list[Condition]:
    """Return every condition of a policy, in the order in which they are written."""
    found = [
        (part, tree, whole, rest)
        for part, whole in enumerate(parts_of(policy))
        for tree, rest in _within(whole)
    ]
    return [
        Condition(policy=policy.id, number=number, part=part, tree=tree, whole=whole, rest=rest)
        for number, (part, tree, whole, rest) in enumerate(found)
    ]


def without(policy: Policy, left_out: Condition) -> Policy:
    """Return a policy as it would be without one of its conditions."""
    parts = parts_of(policy)
    kept = [*parts[: left_out.part], left_out.rest, *parts[left_out.part + 1 :]]
    return _with(policy, [part for part in kept if part != _TRUE])


def unconditional(policy: Policy) -> Policy:
    """Return a policy as it would be with no condition at all."""
    return _with(policy, [])


def _with(policy: Policy, parts: Sequence[Tree]) -> Policy:
    named = {node.name for one in policy.scopes if _is_named(one.tree) for node in walk(one.tree)
             if isinstance(node, Fact)}  # fmt: skip
    freed = {name: {"op": "All"} for name in named}
    conditions = [{"kind": "when", "body": to_cedar(part)} for part in parts]
    return replace(policy, tree={**policy.tree, **freed, "conditions": conditions})


def _is_named(scope: Tree) -> bool:
    """Whether a scope names one entity."""
    return isinstance(scope, Equal | In) and isinstance(scope.right, Entity)


def _positive(asked: Asked) -> Tree:
    """Return a condition with every "not" moved inward as far as it goes."""
    return fold(
        asked.tree,
        asked.wanted,
        every=lambda trees: _join(And, trees),
        either=lambda trees: _join(Or, trees),
        atom=lambda tree, wanted: tree if wanted else Not(tree),
    )


def _join(joint: type[And | Or], trees: Iterable[Tree]) -> Tree:
    whole, *others = trees
    for tree in others:
        whole = joint(whole, tree)
    return whole


def _within(part: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Yield the conditions inside a conjunct, each with what the conjunct is without it."""
    disjuncts = joined(part, Or)
    if not any(isinstance(disjunct, And) for disjunct in disjuncts):
        yield part, _TRUE
        return
    for place, disjunct in enumerate(disjuncts):
        others = [disjuncts[:place], disjuncts[place + 1 :]]
        conjuncts = joined(disjunct, And)
        for number, conjunct in enumerate(conjuncts) if len(conjuncts) > 1 else ():
            for tree, rest in _within(conjunct):
                left = [] if rest == _TRUE else [rest]
                kept = [*conjuncts[:number], *left, *conjuncts[number + 1 :]]
                yield tree, _join(Or, [*others[0], _join(And, kept), *others[1]])
