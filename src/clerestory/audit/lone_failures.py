"""Which conditions known answers show, as Cedar says: a record that stays closed for one alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from clerestory.audit.conditions import Condition, conditions_of, parts_of
from clerestory.law.cedar_tree import Tree, to_cedar
from clerestory.law.policies import Policy
from clerestory.policy.decide.stages import Case
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.schema import request


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneFailure:
    """One item of a known answer in which a condition fails alone: the law and what it was told."""

    law: LawOfTheDay = field(repr=False)
    case: Case = field(repr=False)


@dataclass(slots=True)
class LoneFailures:
    """The conditions that were found to fail alone, by policy and number, with the items."""

    found: dict[tuple[str, int], list[LoneFailure]] = field(default_factory=dict)
    _parsed: dict[str, "_Apart"] = field(default_factory=dict, repr=False)

    def add(
        self,
        law: LawOfTheDay,
        policies: Mapping[str, Policy],
        action: str,
        cases: Sequence[Case],
        entities: cedarpy.Entities,
    ) -> None:
        """Ask Cedar of each case, which must stay closed, which permits lack one condition only.

        Args:
            law: The law of the day.
            policies: Its policies of the action, by id, or some of them.
            action: ``lift`` or ``lift_coarsened``.
            cases: With everything established that the definitions establish.
            entities: Those of the law of the day.
        """
        key = "\n".join((action, *sorted(policies)))
        if key not in self._parsed:
            self._parsed[key] = _Apart.parse(policies.values())
        apart = self._parsed[key]
        asked = [
            dict(request(case.principal, action, case.resource, case.context)) for case in cases
        ]
        results = cedarpy.is_authorized_batch(asked, apart.handle, entities)
        for case, result in zip(cases, results, strict=True):
            held = frozenset(result.diagnostics.id_annotations_by_reason.values())
            for condition in apart.alone(held):
                self.found.setdefault(condition, []).append(LoneFailure(law=law, case=case))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """Policies split into permits of their own, parsed once.

    ``parts`` names, for each policy, the permit of each conjunct, with the conditions in it; a
    condition that is not the whole conjunct has a permit too: the conjunct without it.
    """

    handle: cedarpy.PolicySet = field(repr=False)
    parts: Mapping[str, Mapping[str, Mapping[int, str]]]

    @classmethod
    def parse(cls, policies: Iterable[Policy]) -> "_Apart":
        static: dict[str, Any] = {}
        parts: dict[str, dict[str, dict[int, str]]] = {}
        for policy in policies:
            within: dict[int, list[Condition]] = {}
            for condition in conditions_of(policy):
                within.setdefault(condition.part, []).append(condition)
            names = parts[policy.id] = {}
            for number, tree in enumerate(parts_of(policy)):
                part = f"{policy.id}#{number}"
                static[part] = _permit(part, policy, tree)
                names[part] = {}
                for condition in within[number]:
                    rest = f"{policy.id}#{number}-{condition.number}"
                    names[part][condition.number] = rest if condition.is_nested else ""
                    if condition.is_nested:
                        static[rest] = _permit(rest, policy, condition.rest)
        document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
        text = cedarpy.policies_from_json_str(json.dumps(document))
        return cls(handle=cedarpy.PolicySet.from_str(text), parts=parts)

    def alone(self, held: frozenset[str]) -> list[tuple[str, int]]:
        """Return the conditions without which their policy would be met, where it is not."""
        found: list[tuple[str, int]] = []
        for policy, parts in self.parts.items():
            unmet = [part for part in parts if part not in held]
            if len(unmet) == 1:
                inside = parts[unmet[0]].items()
                found += [(policy, n) for n, rest in inside if not rest or rest in held]
        return found


def _permit(name: str, policy: Policy, tree: Tree) -> Mapping[str, Any]:
    return {
        "effect": "permit",
        "principal": {"op": "All"},
        "action": policy.tree["action"],
        "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body": to_cedar(tree)}],
        "annotations": {"id": name},
    }
