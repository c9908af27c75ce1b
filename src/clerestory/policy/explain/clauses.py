"""Conditions of policies, one by one: which were met, and in what words.

A policy's first ``when`` says when the policy is worth considering at all; together with the scope
it is the *trigger*. What follows are the conditions proper, split at ``&&``. Each becomes a small
policy of its own, so that Cedar itself says which conditions hold.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from clerestory.law.policies import Policy
from clerestory.policy.interpreters.cedar import Response
from clerestory.policy.model.schema import Request

Tree = Mapping[str, Any]
_ANY = {"op": "All"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition of a policy. ``wanted`` is false for an ``unless``."""

    policy: str
    tree: Tree
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSet:
    """Triggers and conditions of one action's policies, parsed once."""

    handle: cedarpy.PolicySet = field(repr=False)
    triggers: frozenset[str]
    clauses: Mapping[str, Clause] = field(repr=False)

    @classmethod
    def parse(cls, policies: Sequence[Policy]) -> "ClauseSet":
        """Split the policies."""
        static: dict[str, Any] = {}
        clauses: dict[str, Clause] = {}
        for policy in policies:
            first, rest = split(policy)
            static[policy.id] = _as_permit(policy.id, policy.tree, first)
            for number, clause in enumerate(rest):
                name = f"{policy.id}#{number}"
                scope = {"principal": _ANY, "action": policy.tree["action"], "resource": _ANY}
                kind = "when" if clause.wanted else "unless"
                static[name] = _as_permit(name, scope, [{"kind": kind, "body": clause.tree}])
                clauses[name] = clause
        document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
        text = cedarpy.policies_from_json_str(json.dumps(document))
        return cls(
            handle=cedarpy.PolicySet.from_str(text),
            triggers=frozenset(policy.id for policy in policies),
            clauses=clauses,
        )

    def unmet(self, response: Response) -> dict[str, list[Clause]]:
        """Return, for each policy that was triggered, the conditions that do not hold."""
        held = set(response.policies)
        missing: dict[str, list[Clause]] = {name: [] for name in self.triggers & held}
        for name, clause in self.clauses.items():
            if name not in held and clause.policy in missing:
                missing[clause.policy].append(clause)
        return missing

    def decide(self, requests: Sequence[Request], entities: cedarpy.Entities) -> list[Response]:
        """Ask Cedar which triggers and conditions hold for each request."""
        results = cedarpy.is_authorized_batch([dict(r) for r in requests], self.handle, entities)
        return [
            Response(
                allowed=result.allowed,
                policies=tuple(result.diagnostics.id_annotations_by_reason.values()),
                errors=tuple(result.diagnostics.errors),
            )
            for result in results
        ]


def split(policy: Policy) -> tuple[list[Tree], list[Clause]]:
    """Return a policy's trigger (its first ``when``, if any) and its further conditions."""
    conditions = list(policy.tree["conditions"])
    starts_with_when = bool(conditions) and conditions[0]["kind"] == "when"
    trigger = conditions[:1] if starts_with_when else []
    clauses = [
        Clause(policy=policy.id, tree=part, wanted=condition["kind"] == "when")
        for condition in conditions[len(trigger) :]
        for part in (
            conjuncts(condition["body"]) if condition["kind"] == "when" else [condition["body"]]
        )
    ]
    return trigger, clauses


def conjuncts(tree: Tree) -> Iterator[Tree]:
    """Yield the parts that ``&&`` joins."""
    if "&&" in tree:
        yield from conjuncts(tree["&&"]["left"])
        yield from conjuncts(tree["&&"]["right"])
    else:
        yield tree


def _as_permit(name: str, scope: Tree, conditions: Sequence[Tree]) -> dict[str, Any]:
    return {
        "effect": "permit",
        "principal": scope["principal"],
        "action": scope["action"],
        "resource": scope["resource"],
        "conditions": list(conditions),
        "annotations": {"id": name},
    }
