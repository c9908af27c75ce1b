"""Conditions that stand outside a policy, in the words of Cedar: of promises and of scenarios."""

import json
import re
from collections.abc import Mapping
from typing import Any

import cedarpy

from clerestory.law.errors import PackFault

# Where a condition finds the named conditions that it uses.
TERMS = "terms"
_TERM = re.compile(r"@([a-z][a-z0-9_]*)")


def parse_with_terms(condition: str, where: str) -> Mapping[str, Any]:
    """Return Cedar's own JSON form of a condition that may use named ones, as ``@about_nobody``.

    Raises:
        PackFault: As :func:`parse_condition`.
    """
    return parse_condition(_TERM.sub(rf'context.{TERMS}.contains("\1")', condition), where)


def terms_in(condition: str) -> list[str]:
    """Return the names of the conditions that a condition uses, in order.

    >>> terms_in("@asked_about && !@about_nobody")
    ['asked_about', 'about_nobody']
    """
    return _TERM.findall(condition)


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
