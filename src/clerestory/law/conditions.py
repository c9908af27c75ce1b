"""Conditions that stand outside a policy, in the words of Cedar: of promises and of scenarios."""

import json
from collections.abc import Mapping
from typing import Any

import cedarpy

from clerestory.law.errors import PackFault


def parse_condition(condition: str, where: str) -> Mapping[str, Any]:
    """Return Cedar's own JSON form of a condition.

    Raises:
        PackFault: It is not one condition of Cedar; the message begins with ``where``.
    """
    try:
        text = f"permit (principal, action, resource) when {{ {condition} }};"
        document = json.loads(cedarpy.policies_to_json_str(text))
        (policy,) = document["staticPolicies"].values()
        (when,) = policy["conditions"]
    except ValueError as fault:
        raise PackFault(
            f"{where}: the condition is not Cedar: {fault}",
            todo="write one condition as it would stand in a policy's when",
        ) from fault
    tree: Mapping[str, Any] = when["body"]
    return tree
