"""Some rows of each batch put to Cedar as well: laws whole, conditions one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from clerestory.audit.lab.regimes import Law, Regimes
from clerestory.audit.lab.scenario import Tree
from clerestory.audit.proof import InterpretersDisagree
from clerestory.law.policies import Policy
from clerestory.policy.decide.stages import run
from clerestory.policy.interpreters.cedar import PolicySet
from clerestory.policy.interpreters.columnar import Flags
from clerestory.policy.interpreters.flat_cases import by_source, case_of, entities_of
from clerestory.policy.interpreters.whole_answers import cedar_answers
from clerestory.policy.model.schema import request

Row = Mapping[str, Any]


def check_with_cedar(
    regimes: Regimes, table: pa.Table, met: Mapping[str, Flags], places: Sequence[int]
) -> None:
    """Hold the answers to some rows against Cedar's.

    Args:
        regimes: The laws and conditions.
        table: The rows.
        met: What the columnar interpreter says of each row (see ``Regimes.wanted``).
        places: Which rows to ask about.

    Raises:
        InterpretersDisagree: Cedar says otherwise of one of them.
    """
    told = [*regimes.columns.facts, *regimes.columns.sets]
    rows: list[Row] = table.select(told).take(pa.array(places, pa.int64())).to_pylist()
    for regime in regimes.scenario.regimes:
        if not regime.law:
            continue
        answers = cedar_answers(regimes.laws[regime.law].law, rows)
        for place, answer in zip(places, answers, strict=True):
            for name in ("release", "coarsen", "refer"):
                _same(met[f"{name} {regime.id}"][place], answer.outcome == name, table, place)
    conditions = regimes.conditions
    for place, holding in zip(places, _holding(regimes.base, conditions, rows), strict=True):
        for name in conditions:
            found = bool(met[name][place])
            if name.startswith("refer "):
                # A regime refers only what it does not release.
                expected = name in holding and f"release {name[6:]}" not in holding
            else:
                expected = name in holding
            _same(found, expected, table, place)


def _same(found: bool, expected: bool, table: pa.Table, place: int) -> None:
    if bool(found) != expected:
        raise InterpretersDisagree(
            f"the laboratory and cedar differ in demand {table['demand'][place]}",
            todo="do not use these packs or this scenario; report the pack digests",
        )


def _holding(law: Law, conditions: Mapping[str, Tree], rows: Sequence[Row]) -> list[set[str]]:
    """Return the conditions that Cedar finds to hold, for each row."""
    policies = PolicySet.parse([_policy(name, tree) for name, tree in conditions.items()])
    found: dict[int, set[str]] = {}
    for lot in by_source(rows):
        cases, entities = [case_of(row, law.law.on) for row in lot], entities_of(law.law, lot)
        # A condition reads the words that the stages of the law have given.
        contexts = [answer.context for answer in run(law.law, cases, entities)]
        requests = [
            request(case.principal, "refer", case.resource, context)
            for case, context in zip(cases, contexts, strict=True)
        ]
        for row, response in zip(lot, policies.decide(requests, entities), strict=True):
            if response.errors:
                raise InterpretersDisagree(
                    f"cedar cannot evaluate a condition: {response.errors[0]}",
                    todo="report the scenario: the laboratory read what cedar cannot",
                )
            found[id(row)] = set(response.policies)
    return [found[id(row)] for row in rows]


def _policy(name: str, tree: Tree) -> Policy:
    everyone = {"op": "All"}
    document = {
        "effect": "permit", "principal": everyone, "action": everyone, "resource": everyone,
        "conditions": [{"kind": "when", "body": tree}], "annotations": {"id": name},
    }  # fmt: skip
    return Policy(
        id=name, effect="permit", action="refer", authorities=(), notes={"id": name},
        tree=document, file="scenario", line=1,
    )  # fmt: skip
