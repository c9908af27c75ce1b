"""The single conditions of a policy, and the policy as it would be without one of them.

What ``&&`` joins stands apart, wherever it stands: a scope, a ``when``, what an ``unless`` says in
reverse, and each conjunct of a disjunct. A disjunct that is one condition alone is none by itself,
since a policy without it opens less and not more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from clerestory.law.codes import Vocabulary
from clerestory.law.policies import Policy
from clerestory.policy.explain.words import condition

Tree = Mapping[str, Any]
_TRUE: Tree = {"Value": True}
_SCOPES = ("principal", "resource")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a policy.

    Attributes:
        policy: The policy's id.
        number: Which of the policy's conditions it is, from 0.
        part: Which of the conjuncts of the whole policy it stands in, from 0.
        tree: What is asked, as Cedar's own JSON; negated where the policy wants it not to be.
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

    def words(self, vocabulary: Vocabulary) -> str:
        """Return it in plain English, with the conjunct around it where there is more of it."""
        said = condition(self.tree, True, vocabulary)
        if not self.is_nested:
            return said
        return f"{said} (in: {condition(self.whole, True, vocabulary)})"


def parts_of(policy: Policy) -> list[Tree]:
    """Return what has to hold for a policy to be met, its scope included; all of them do."""
    parts: list[Tree] = []
    for name in _SCOPES:
        scope = policy.tree[name]
        if "entity" in scope and scope["op"] in {"==", "in"}:
            held = {"left": {"Var": name}, "right": {"Value": {"__entity": scope["entity"]}}}
            parts.append({scope["op"]: held})
    for each in policy.tree["conditions"]:
        parts += _conjuncts(_positive(each["body"], each["kind"] == "when"))
    return parts


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
    scopes = {
        name: {"op": "All"}
        for name in _SCOPES
        if policy.tree[name]["op"] in {"==", "in"}
    }  # fmt: skip
    conditions = [{"kind": "when", "body": part} for part in parts]
    return replace(policy, tree={**policy.tree, **scopes, "conditions": conditions})


def _positive(tree: Tree, wanted: bool) -> Tree:
    """Return a condition with every "not" moved inward as far as it goes."""
    (kind, body), *_ = tree.items()
    if kind == "!":
        return _positive(body["arg"], not wanted)
    if kind in {"&&", "||"}:
        joined = kind if wanted else {"&&": "||", "||": "&&"}[kind]
        return {joined: {side: _positive(body[side], wanted) for side in ("left", "right")}}
    return tree if wanted else {"!": {"arg": tree}}


def _conjuncts(tree: Tree, joint: str = "&&") -> list[Tree]:
    if joint not in tree:
        return [tree]
    return [
        part for side in ("left", "right") for part in _conjuncts(tree[joint][side], joint)
    ]  # fmt: skip


def _within(part: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Yield the conditions inside a conjunct, each with what the conjunct is without it."""
    disjuncts = _conjuncts(part, "||")
    if not any("&&" in disjunct for disjunct in disjuncts):
        yield part, _TRUE
        return
    for place, disjunct in enumerate(disjuncts):
        others = [disjuncts[:place], disjuncts[place + 1 :]]
        joined = _conjuncts(disjunct)
        for number, conjunct in enumerate(joined) if len(joined) > 1 else ():
            for tree, rest in _within(conjunct):
                kept = [*joined[:number], *([] if rest == _TRUE else [rest]), *joined[number + 1 :]]
                yield tree, _join("||", [*others[0], _join("&&", kept), *others[1]])


def _join(joint: str, trees: Sequence[Tree]) -> Tree:
    return reduce(lambda left, right: {joint: {"left": left, "right": right}}, trees)
