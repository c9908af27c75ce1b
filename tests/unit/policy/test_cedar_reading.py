"""Every operator that is read, against Cedar on every request of a tiny schema of documents."""

import json
from collections.abc import Collection, Iterable
from itertools import product
from typing import Any

import cedarpy
import pytest

from clerestory.law.cedar_tree import parse_conditions, parse_scopes
from clerestory.policy.circuit.cedar_reading import Path, Unread, read_policy
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.model.shape import Shape

PEOPLE = {"ann": ["staff"], "bob": [], "staff": []}
FACTS = {
    "principal": ["ann", "bob"],
    "owner": ["ann", "bob", "staff"],
    "kind": ["letter", "order"],
    "public": ["no", "yes"],
    "note": ["no", "yes"],
}
TAGS = ["a", "b", "c"]
SHAPE = Shape(facts={n: frozenset(c) for n, c in FACTS.items()}, sets={"tags": frozenset(TAGS)})
ROWS: list[dict[str, Any]] = [
    {
        **dict(zip(FACTS, codes, strict=True)),
        "tags": [t for t, on in zip(TAGS, tags, strict=True) if on],
    }
    for codes in product(*FACTS.values())
    for tags in product([False, True], repeat=3)
]


class Documents:
    """A request: somebody asks for the document of an owner; only its note may be absent."""

    def __init__(self) -> None:
        self.circuit = Circuit(SHAPE)

    def text(self, path: Path, codes: Collection[str]) -> int:
        return self._one_of("kind", path, codes)

    def flag(self, path: Path) -> int:
        return self._one_of("public", path, ["yes"])

    def entity(self, path: Path, kind: str, name: str, *, within: bool) -> int:
        below = [one for one, groups in PEOPLE.items() if within and name in groups]
        return self._person(path, [name, *below] if kind == "Person" else [])

    def same(self, path: Path, other: Path, *, within: bool) -> int:
        return self.circuit.either(
            self.circuit.both([self._person(path, [one]), self._person(other, [two])])
            for one, two in product(PEOPLE, PEOPLE)
            if one == two or (within and two in PEOPLE[one])
        )

    def kind(self, path: Path, kind: str) -> int:
        return self._person(path, PEOPLE if kind == "Person" else [])

    def presence(self, path: Path) -> int:
        return self._one_of("note", path, ["yes"])

    def members(self, path: Path) -> Collection[str]:
        if path != ("context", "tags"):
            raise Unread("contains", f"a set at {path}")
        return TAGS

    def holds(self, path: Path, code: str) -> int:
        assert path == ("context", "tags")
        return self.circuit.holds("tags", code)

    def _person(self, path: Path, names: Iterable[str]) -> int:
        return self._one_of("owner" if "owner" in path else "principal", path, names)

    def _one_of(self, fact: str, path: Path, codes: Iterable[str]) -> int:
        if path != (("principal",) if fact == "principal" else ("context", fact)):
            raise Unread(".", f"the fact {path}")
        return self.circuit.is_one_of(fact, codes)


def person(name: str) -> dict[str, str]:
    return {"type": "Person", "id": name}


def request(row: dict[str, Any]) -> dict[str, Any]:
    context = {"kind": row["kind"], "public": row["public"] == "yes", "tags": row["tags"]}
    context |= {"owner": {"__entity": person(row["owner"])}}
    context |= {"note": "seen"} if row["note"] == "yes" else {}
    asked = {
        "action": {"type": "Action", "id": "read"},
        "resource": {"type": "Document", "id": "d"},
    }
    return {"principal": person(row["principal"]), **asked, "context": context}


def cedar_says(policy: str) -> list[bool]:
    entities = [
        {"uid": person(name), "attrs": {}, "parents": [person(group) for group in groups]}
        for name, groups in PEOPLE.items()
    ]
    results = cedarpy.is_authorized_batch(
        [request(row) for row in ROWS],
        cedarpy.PolicySet.from_str(policy),
        cedarpy.Entities.from_json_str(json.dumps(entities)),
    )
    assert not [error for result in results for error in result.diagnostics.errors]
    return [result.allowed for result in results]


def tree_of(policy: str) -> dict[str, Any]:
    (tree,) = json.loads(cedarpy.policies_to_json_str(policy))["staticPolicies"].values()
    return dict(tree)


def circuit_says(policy: str) -> list[bool]:
    facts = Documents()
    place = read_policy(
        facts.circuit,
        facts,
        parse_scopes(tree_of(policy), ["principal"]) + parse_conditions(tree_of(policy)),
        place="a test",
    )
    return [facts.circuit.evaluate(row)[place] for row in ROWS]


READ = [
    "true",
    "!false",
    "context.public",
    "context.public == true",
    "context.public == false",
    "false != context.public",
    'context.kind == "order"',
    '"order" != context.kind',
    'context.kind == "memo"',
    'context.public && context.kind == "order"',
    'context.public || context.kind == "order"',
    '!(context.public || context.kind == "order")',
    'if context.public then context.kind == "order" else context has note',
    "context has note",
    'principal == Person::"ann"',
    'principal != Person::"ann"',
    'principal in Person::"staff"',
    'principal in [Person::"staff", Person::"bob"]',
    'context.owner in Person::"staff"',
    'context.owner in [Person::"ann"]',
    "principal == context.owner",
    "context.owner != principal",
    "principal in context.owner",
    "context.owner in principal",
    "principal is Person",
    "principal is Document",
    'principal is Person in Person::"staff"',
    'context.owner is Person in Person::"staff"',
    'principal is Document in Person::"staff"',
    '["order", "memo"].contains(context.kind)',
    "[].contains(context.kind)",
    'context.tags.contains("a")',
    'context.tags.contains("z")',
    'context.tags.containsAny(["a", "b"])',
    'context.tags.containsAny(["z"])',
    "context.tags.containsAny([])",
    'context.tags.containsAll(["a", "b"])',
    'context.tags.containsAll(["a", "z"])',
    "context.tags.containsAll([])",
    '["a", "b"].containsAny(context.tags)',
    '["a", "b"].containsAll(context.tags)',
    "[].containsAll(context.tags)",
    "context.tags.isEmpty()",
]
SCOPES = [
    "principal",
    'principal == Person::"ann"',
    'principal in Person::"staff"',
    "principal is Person",
    "principal is Document",
    'principal is Person in Person::"staff"',
]


@pytest.mark.parametrize("condition", READ)
@pytest.mark.parametrize("kind", ["when", "unless"])
def test_a_condition_is_met_where_cedar_finds_it_met(condition: str, kind: str) -> None:
    policy = f"permit (principal, action, resource) {kind} {{ {condition} }};"

    assert circuit_says(policy) == cedar_says(policy)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_and_every_condition_must_fit(scope: str) -> None:
    conditions = 'when { context.public } unless { context.kind == "order" }'
    policy = f"permit ({scope}, action, resource) {conditions};"

    assert circuit_says(policy) == cedar_says(policy)


@pytest.mark.parametrize(
    ("groups", "names"),
    [("[]", []), ('[Action::"read"]', ["read"]), ('[Action::"a", Action::"b"]', ["a", "b"])],
)
def test_a_scope_may_list_groups_of_actions(groups: str, names: list[str]) -> None:
    class Actions(Documents):
        def entity(self, path: Path, kind: str, name: str, *, within: bool) -> int:
            assert (path, kind, within) == (("action",), "Action", True)
            return self.circuit.holds("tags", name)

    facts = Actions()

    tree = tree_of(f"permit (principal, action in {groups}, resource);")
    place = read_policy(facts.circuit, facts, parse_scopes(tree, ["action"]), place="a test")

    assert place == facts.circuit.either(facts.circuit.holds("tags", name) for name in names)


@pytest.mark.parametrize(
    ("condition", "operator"),
    [
        ('context.kind like "o*"', "like"),
        ("context.months < 3", "<"),
        ("context.months + 1 == 2", "+"),
        ("context.months == 3", "=="),
        ('context.public == principal.hasTag("a")', "hasTag"),
        ('ip("10.0.0.1").isIpv4()', "isIpv4"),
        ('principal.hasTag("a")', "hasTag"),
        ('"a" == "b"', "Value"),
        ('Person::"ann" in principal', "Value"),
        ('"note"', "Value"),
        ("[1].isEmpty()", "Set"),
        ("[1].containsAll([2])", "Set"),
        ("context.tags.containsAny([1])", "Set"),
        ('context.tags.contains(["a"])', "Set"),
        ('context.tags.containsAny("a")', "Set"),
        ("context.kind in []", "in"),
        ('principal in ["a"]', "in"),
        ('principal in "a"', "in"),
        ('context.note == "seen"', "."),
        ("context.note", "."),
        ("context.note has seen", "."),
        ('context.note in Person::"ann"', "."),
        ('context.kind.contains("a")', "contains"),
        ("context.kind.containsAll([])", "contains"),
        ("context.note is Person", "."),
        ('(if context.public then principal else principal) == Person::"ann"', "if-then-else"),
        ("{a: true}.a", "Record"),
        ('true || context.kind like "o*"', "like"),
    ],
)
def test_what_could_fail_or_is_not_read_is_refused_by_operator(
    condition: str, operator: str
) -> None:
    facts = Documents()
    tree = tree_of(f"permit (principal, action, resource) when {{ {condition} }};")

    with pytest.raises(
        OutsideSubset, match=r"^a test uses what the proof .* cannot read"
    ) as policy:
        read_policy(facts.circuit, facts, parse_conditions(tree), place="a test")

    assert policy.value.operator == operator


def test_a_scope_without_an_entity_is_refused() -> None:
    facts = Documents()
    tree = {"principal": {"op": "==", "slot": "?principal"}, "conditions": []}

    with pytest.raises(OutsideSubset, match="principal == without an entity"):
        read_policy(facts.circuit, facts, parse_scopes(tree, ["principal"]), place="a test")
