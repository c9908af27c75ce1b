"""Cedar's own test cases: policies, entities, and requests with recorded answers."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cedarpy
import pytest

ARCHIVES = ("cedar-corpus-tests.tar.gz", "cedar-hand-written-tests.tar.gz")
JOINTS = frozenset({"&&", "||", "!", "if-then-else"})
Json = Mapping[str, Any]


@pytest.fixture(scope="session")
def corpus() -> dict[str, dict[str, Any]]:
    """Each case by its name: policies as text and as Cedar's JSON form, entities, requests."""
    texts: dict[str, str] = {}
    for archive in ARCHIVES:
        texts |= texts_of(Path(__file__).parent / archive)
    cases = {name: json.loads(texts[name]) for name in sorted(texts) if is_case(name)}
    return {
        name.removesuffix(".json").partition("/")[2]: {
            "policies": texts[case["policies"]],
            "trees": json.loads(cedarpy.policies_to_json_str(texts[case["policies"]])),
            "entities": [
                {**entity, "attrs": explicit(entity["attrs"])}
                for entity in json.loads(texts[case["entities"]])
            ],
            "requests": case["requests"],
        }
        for name, case in cases.items()
    }


@pytest.fixture(scope="session")
def worked_out(corpus: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same cases, after Cedar answered each part of a condition that asks no request.

    What joins the parts (and, or, not, if) is left as it was, and so is a part that fails.
    """
    return {name: {**case, "trees": without_constants(case)} for name, case in corpus.items()}


def texts_of(path: Path) -> dict[str, str]:
    """Every file of an archive, by its name."""
    with tarfile.open(path) as archive:
        files = ((member.name, archive.extractfile(member)) for member in archive)
        return {name: file.read().decode("utf-8") for name, file in files if file}


def explicit(value: Any) -> Any:
    """The same value with each entity marked, where a case leaves it to the schema to tell."""
    if isinstance(value, list):
        return [explicit(item) for item in value]
    if not isinstance(value, dict) or set(value) <= {"__entity", "__extn"}:
        return value
    if set(value) == {"type", "id"}:
        return {"__entity": value}
    return {name: explicit(item) for name, item in value.items()}


def is_case(name: str) -> bool:
    """Whether a file says what a case consists of."""
    return name.endswith(".json") and not name.endswith("entities.json")


def without_constants(case: Json) -> Json:
    """Cedar's JSON form of a case's policies, with the answers in place of the parts."""
    policies = case["trees"]["staticPolicies"]
    asked = [json.dumps(part) for tree in policies.values() for part in constants_in(tree)]
    answers = answers_of(sorted(set(asked)), case["entities"]) if asked else {}
    worked = {
        name: {**tree, "conditions": put(tree["conditions"], answers)}
        for name, tree in policies.items()
    }
    return {**case["trees"], "staticPolicies": worked}


def constants_in(policy: Json) -> Iterator[Json]:
    """Every part of the conditions that is joined to others, and that holds no variable."""
    waiting = [condition["body"] for condition in policy["conditions"]]
    while waiting:
        ((kind, body),) = waiting.pop().items()
        if kind in JOINTS:
            waiting += body.values()
        elif kind != "Value" and '"Var"' not in json.dumps(body):
            yield {kind: body}


def put(tree: Any, answers: Mapping[str, bool]) -> Any:
    """The same tree with the answers in place of the parts."""
    if isinstance(tree, list):
        return [put(part, answers) for part in tree]
    if not isinstance(tree, dict):
        return tree
    answer = answers.get(json.dumps(tree))
    return (
        {name: put(part, answers) for name, part in tree.items()}
        if answer is None
        else {"Value": answer}
    )


def answers_of(parts: list[str], entities: Any) -> dict[str, bool]:
    """Cedar's answer to each part; a part that fails is satisfied neither way, and has none."""
    policies = {
        f"{kind}{number}": {
            "effect": "permit",
            **{variable: {"op": "All"} for variable in ("principal", "action", "resource")},
            "conditions": [{"kind": kind, "body": json.loads(part)}],
        }
        for number, part in enumerate(parts)
        for kind in ("when", "unless")
    }
    document = {"staticPolicies": policies, "templates": {}, "templateLinks": []}
    anyone = {"type": "Any", "id": ""}
    (result,) = cedarpy.is_authorized_batch(
        [
            {
                "principal": anyone,
                "action": {"type": "Action", "id": ""},
                "resource": anyone,
                "context": {},
            }
        ],
        cedarpy.PolicySet.from_json_str(json.dumps(document)),
        cedarpy.Entities.from_json_str(json.dumps(entities)),
    )
    satisfied = set(result.diagnostics.reasons)
    return {
        part: f"when{number}" in satisfied
        for number, part in enumerate(parts)
        if satisfied & {f"when{number}", f"unless{number}"}
    }
