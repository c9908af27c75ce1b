"""Conditions of policies, one by one: which were met, and in what words.

A policy's first ``when`` says when the policy is worth considering at all; together with the scope
it is the *trigger*. What follows are the conditions proper, split at ``&&``. Each becomes a small
policy of its own, so that Cedar itself says which conditions hold.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cedarpy

from clerestory.kernel.same import Same
from clerestory.law.cedar_tree import And, CedarJson, Tree, joined, to_cedar
from clerestory.law.policies import Policy
from clerestory.policy.interpreters.cedar import Response
from clerestory.policy.model.schema import Request

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
        return _parsed(Same(tuple(policies)))

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


# What decides under one law considers the same policies for each demand.
@lru_cache(maxsize=16)
def _parsed(same: Same[Policy]) -> ClauseSet:
    static: dict[str, Any] = {}
    clauses: dict[str, Clause] = {}
    for policy in same.parts:
        trigger, rest = split(policy)
        first = policy.tree["conditions"][: len(trigger)]
        static[policy.id] = _as_permit(policy.id, policy.tree, first)
        for number, clause in enumerate(rest):
            name = f"{policy.id}#{number}"
            scope = {"principal": _ANY, "action": policy.tree["action"], "resource": _ANY}
            kind = "when" if clause.wanted else "unless"
            body = to_cedar(clause.tree)
            static[name] = _as_permit(name, scope, [{"kind": kind, "body": body}])
            clauses[name] = clause
    document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
    text = cedarpy.policies_from_json_str(json.dumps(document))
    return ClauseSet(
        handle=cedarpy.PolicySet.from_str(text),
        triggers=frozenset(policy.id for policy in same.parts),
        clauses=clauses,
    )


def split(policy: Policy) -> tuple[list[Tree], list[Clause]]:
    """Return a policy's trigger (its first ``when``, if any) and its further conditions."""
    first = policy.conditions[:1]
    trigger = [asked.tree for asked in first if asked.wanted]
    clauses = [
        Clause(policy=policy.id, tree=part, wanted=asked.wanted)
        for asked in policy.conditions[len(trigger) :]
        for part in (joined(asked.tree, And) if asked.wanted else [asked.tree])
    ]
    return trigger, clauses


def _as_permit(name: str, scope: CedarJson, conditions: Sequence[CedarJson]) -> dict[str, Any]:
    return {
        "effect": "permit",
        "principal": scope["principal"],
        "action": scope["action"],
        "resource": scope["resource"],
        "conditions": list(conditions),
        "annotations": {"id": name},
    }
