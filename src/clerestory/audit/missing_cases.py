"""Which conditions of permits a known answer shows: a record that stays closed for one alone.

A permit is no stronger than its weakest condition, and a condition that nobody tests can be
dropped unseen. So each condition of each opening permit wants its known answer: a field that stays
closed while everything else that the permit asks for is there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from clerestory.audit.pack_check_policies import OPENING
from clerestory.kernel.canonical import Json
from clerestory.law.codes import Vocabulary
from clerestory.law.packs import Pack
from clerestory.law.policies import Policy
from clerestory.policy.decide.stages import Case
from clerestory.policy.explain.clauses import Clause, ClauseSet, Tree, conjuncts
from clerestory.policy.explain.words import condition
from clerestory.policy.model.schema import request


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A condition that no known answer shows: its policy, its file and line, and its words."""

    policy: str
    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.policy}: no known answer lacks only: {self.words}"

    def to_json(self) -> dict[str, Json]:
        """Return it for programs."""
        return {
            "policy": self.policy,
            "file": self.file,
            "line": self.line,
            "condition": self.words,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many conditions there are, and those that no known answer shows."""

    conditions: int = 0
    missing: tuple[Missing, ...] = ()

    @property
    def shown(self) -> int:
        """How many conditions a known answer shows."""
        return self.conditions - len(self.missing)

    def __str__(self) -> str:
        return (
            f"{self.shown} of {self.conditions} conditions of permits have a known answer "
            "in which they alone fail"
        )

    def to_json(self) -> dict[str, Json]:
        """Return it for programs."""
        return {
            "all": self.conditions,
            "shown": self.shown,
            "missing": [one.to_json() for one in self.missing],
        }


def conditions_of(policy: Policy) -> Iterator[Clause]:
    """Yield every condition of a policy, its scope included; what ``&&`` joins stands apart.

    An ``unless`` is one condition, whatever it is made of.
    """
    for name in ("principal", "resource"):
        scope = policy.tree[name]
        if "entity" in scope:
            held = {"left": {"Var": name}, "right": {"Value": {"__entity": scope["entity"]}}}
            yield Clause(policy=policy.id, tree={scope["op"]: held}, wanted=True)
    for each in policy.tree["conditions"]:
        wanted = each["kind"] == "when"
        for part in conjuncts(each["body"]) if wanted else [each["body"]]:
            yield Clause(policy=policy.id, tree=part, wanted=wanted)


@dataclass(slots=True)
class LoneFailures:
    """The conditions that were found to fail alone, with the cases that show it."""

    found: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _parsed: dict[str, ClauseSet] = field(default_factory=dict, repr=False)

    def add(
        self,
        policies: Mapping[str, Policy],
        action: str,
        cases: Sequence[Case],
        entities: cedarpy.Entities,
        name: str,
    ) -> None:
        """Ask Cedar of each case, which must stay closed, which permits lack one condition only.

        Args:
            policies: The policies of the action, by id.
            action: ``lift`` or ``lift_coarsened``.
            cases: With everything established that the definitions establish.
            entities: Those of the law of the day.
            name: The id of the known answer.
        """
        key = "\n".join((action, *sorted(policies)))
        if key not in self._parsed:
            self._parsed[key] = _apart(policies.values())
        apart = self._parsed[key]
        asked = [request(case.principal, action, case.resource, case.context) for case in cases]
        for response in apart.decide(asked, entities):
            for policy, unmet in apart.unmet(response).items():
                if len(unmet) == 1:
                    self.found.setdefault((policy, _key(unmet[0])), set()).add(name)


def _apart(policies: Iterable[Policy]) -> ClauseSet:
    """Split policies into all of their conditions; nothing is left as a trigger."""
    static: dict[str, Any] = {}
    clauses: dict[str, Clause] = {}
    for policy in policies:
        static[policy.id] = _permit(policy.id, policy, [])
        for number, clause in enumerate(conditions_of(policy)):
            name = f"{policy.id}#{number}"
            kind = "when" if clause.wanted else "unless"
            static[name] = _permit(name, policy, [{"kind": kind, "body": clause.tree}])
            clauses[name] = clause
    document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
    text = cedarpy.policies_from_json_str(json.dumps(document))
    handle = cedarpy.PolicySet.from_str(text)
    triggers = frozenset(static) - frozenset(clauses)
    return ClauseSet(handle=handle, triggers=triggers, clauses=clauses)


def _permit(name: str, policy: Policy, conditions: Sequence[Tree]) -> Mapping[str, Any]:
    return {
        "effect": "permit",
        "principal": {"op": "All"},
        "action": policy.tree["action"],
        "resource": {"op": "All"},
        "conditions": list(conditions),
        "annotations": {"id": name},
    }


def _key(clause: Clause) -> str:
    return json.dumps([clause.tree, clause.wanted], sort_keys=True)


def coverage(packs: Iterable[Pack], found: LoneFailures, vocabulary: Vocabulary) -> Coverage:
    """Hold what the known answers showed against all conditions of the packs' permits."""
    number = 0
    missing: list[Missing] = []
    for pack in packs:
        for policy in pack.policies:
            if policy.action not in OPENING:
                continue
            for clause in conditions_of(policy):
                number += 1
                if (policy.id, _key(clause)) not in found.found:
                    words = condition(clause.tree, clause.wanted, vocabulary)
                    file = f"{pack.name}/{policy.file}"
                    missing.append(
                        Missing(policy=policy.id, file=file, line=policy.line, words=words)
                    )
    return Coverage(conditions=number, missing=tuple(missing))
