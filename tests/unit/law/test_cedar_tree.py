"""Cedar's syntax tree: every kind of expression, read and written again."""

import json
from pathlib import Path
from typing import Any

import cedarpy
import pytest

from clerestory.law.cedar_tree import (
    And,
    Asked,
    Contains,
    ContainsAll,
    ContainsAny,
    Entity,
    Equal,
    Fact,
    Has,
    IfThenElse,
    In,
    IsA,
    IsEmpty,
    Not,
    Or,
    SetOf,
    Tree,
    Unequal,
    Unsupported,
    Value,
    fold,
    joined,
    literals,
    parse,
    parse_conditions,
    parse_scopes,
    parts_of,
    to_cedar,
    walk,
)
from clerestory.law.packs import load_stack

PACKS = Path(__file__).parents[3] / "packs"
KIND = Fact(("context", "paper", "kind"))
PROXY = Fact(("resource", "proxy"))
GROUNDS = Fact(("context", "grounds"))
ICE = Entity("Requester", "ice")
TRUE = Value(True)


def policy_of(text: str) -> Any:
    (policy,) = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
    return policy


def read(condition: str) -> Tree:
    tree = policy_of(f"permit (principal, action, resource) when {{ {condition} }};")
    return parse(tree["conditions"][0]["body"])


TABLE = {
    "true": TRUE,
    "-3": Value(-3),
    '"live"': Value("live"),
    'Requester::"ice"': ICE,
    "principal": Fact(("principal",)),
    "context.paper.kind": KIND,
    "resource.proxy": PROXY,
    '["a", Requester::"ice"]': SetOf((Value("a"), ICE)),
    "[]": SetOf(()),
    "!resource.proxy": Not(PROXY),
    "context.grounds.isEmpty()": IsEmpty(GROUNDS),
    "resource.proxy && true": And(PROXY, TRUE),
    "resource.proxy || true": Or(PROXY, TRUE),
    'context.paper.kind == "live"': Equal(KIND, Value("live")),
    '"live" != context.paper.kind': Unequal(Value("live"), KIND),
    'principal in Requester::"ice"': In(Fact(("principal",)), ICE),
    'context.grounds.contains("a")': Contains(GROUNDS, Value("a")),
    '["a"].containsAny(context.grounds)': ContainsAny(SetOf((Value("a"),)), GROUNDS),
    'context.grounds.containsAll(["a"])': ContainsAll(GROUNDS, SetOf((Value("a"),))),
    "if true then resource.proxy else true": IfThenElse(TRUE, PROXY, TRUE),
    "context has paper": Has(Fact(("context",)), "paper"),
    "principal is Requester": IsA(Fact(("principal",)), "Requester"),
    'principal is Requester in Requester::"ice"': IsA(Fact(("principal",)), "Requester", ICE),
}
UNSUPPORTED = {
    "context.months < 3": ("<", (Fact(("context", "months")), Value(3))),
    'context.paper.kind like "o*"': ("like", (KIND,)),
    'datetime("2026-03-02")': ("datetime", (Value("2026-03-02"),)),
    "{a: true, b: resource.proxy} == context": ("Record", (TRUE, PROXY)),
    'ip("10.0.0.1").isIpv4()': ("isIpv4", None),
    "-context.months": ("neg", (Fact(("context", "months")),)),
    'principal.hasTag("a")': ("hasTag", (Fact(("principal",)), Value("a"))),
}


@pytest.mark.parametrize("text", TABLE)
def test_each_kind_of_expression_is_read_and_written_again(text: str) -> None:
    tree = read(text)

    assert tree == TABLE[text]
    assert read_again(tree) == tree


def read_again(tree: Tree) -> Tree:
    return parse(json.loads(json.dumps(to_cedar(tree))))


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_what_is_not_known_is_kept_with_what_stands_inside(text: str) -> None:
    operator, inside = UNSUPPORTED[text]

    (found,) = (node for node in walk(read(text)) if node.operator == operator)

    assert isinstance(found, Unsupported)
    assert inside is None or parts_of(found) == inside
    assert read_again(found) == found


def test_an_attribute_of_what_is_no_fact_is_not_read_as_one() -> None:
    found = read("{a: true}.a")

    assert isinstance(found, Unsupported)
    assert found.operator == "."
    assert TRUE in walk(found)
    assert read_again(found) == found


@pytest.mark.parametrize(
    ("scope", "tree"),
    [
        ('principal == Requester::"ice"', Equal(Fact(("principal",)), ICE)),
        ('principal in Requester::"ice"', In(Fact(("principal",)), ICE)),
        ("principal is Requester", IsA(Fact(("principal",)), "Requester")),
        (
            'principal is Requester in Requester::"ice"',
            IsA(Fact(("principal",)), "Requester", ICE),
        ),
    ],
)
def test_a_scope_is_the_condition_that_it_is(scope: str, tree: Tree) -> None:
    policy = policy_of(f"permit ({scope}, action, resource) when {{ true }} unless {{ false }};")

    assert parse_scopes(policy, ["resource", "principal"]) == (Asked(tree),)
    assert parse_conditions(policy) == (Asked(TRUE), Asked(Value(False), wanted=False))


def test_a_scope_of_several_entities_is_in_any_of_them_and_of_none_in_none() -> None:
    one, two = Entity("Action", "a"), Entity("Action", "b")
    several = policy_of('permit (principal, action in [Action::"a", Action::"b"], resource);')
    none = policy_of("permit (principal, action in [], resource);")

    assert parse_scopes(several, ["action"]) == (Asked(In(Fact(("action",)), SetOf((one, two)))),)
    assert parse_scopes(none, ["action"]) == (Asked(Value(False)),)


def test_a_scope_with_a_slot_is_not_supported() -> None:
    (asked,) = parse_scopes({"principal": {"op": "==", "slot": "?principal"}}, ["principal"])

    assert asked.tree == Unsupported("==", said="principal == without an entity")


def test_every_policy_of_the_packs_is_read_whole_and_written_as_it_was() -> None:
    policies = load_stack(PACKS, ["us-federal", "us-me"]).policies

    for policy in policies:
        trees = [one["body"] for one in policy.tree["conditions"]]
        assert [to_cedar(one.tree) for one in policy.conditions] == trees, policy.id
        scopes = [policy.tree[name] for name in ("principal", "resource")]
        assert len(policy.scopes) == sum(scope["op"] != "All" for scope in scopes)
        assert policy.asks == (*policy.scopes, *policy.conditions)
    kinds = {node.operator for p in policies for one in p.conditions for node in walk(one.tree)}
    assert kinds >= {"&&", "||", "!", "==", "!=", "in", "contains", "containsAny", "isEmpty"}


def test_a_fact_is_named_by_its_path_and_one_of_the_context_by_its_own() -> None:
    names = [Fact(path).name for path in (KIND.path, PROXY.path, ("principal",), ("context",))]

    assert names == ["paper.kind", "resource.proxy", "principal", "context"]


def test_a_condition_is_folded_with_every_not_moved_inward() -> None:
    def told(condition: str, *, wanted: bool = True) -> str:
        return fold(
            read(condition),
            wanted,
            every=lambda parts: f"({' and '.join(parts)})",
            either=lambda parts: f"({' or '.join(parts)})",
            atom=lambda tree, want: f"{'' if want else 'not '}{getattr(tree, 'name', '?')}",
        )

    text = "!(context.a && !context.b) || context.c"

    assert told(text) == "((not a or b) or c)"
    assert told(text, wanted=False) == "((a and not b) and not c)"
    assert told("!!context.a") == "a"
    assert told("!(if context.a then context.b else context.c)") == "not ?"


def test_what_one_operator_joins_comes_apart_however_it_is_nested() -> None:
    a, b, c = (Fact(("context", name)) for name in "abc")

    assert joined(read("context.a && (context.b && context.c)"), And) == [a, b, c]
    assert joined(read("(context.a && context.b) && context.c"), And) == [a, b, c]
    assert joined(read("context.a && context.b || context.c"), And) == [Or(And(a, b), c)]
    assert joined(read("context.a && context.b || context.c"), Or) == [And(a, b), c]


def test_literals_are_codes_of_texts_sets_and_entities() -> None:
    assert literals(Value("x")) == ["x"]
    assert literals(SetOf((Value("x"), ICE))) == ["x", "ice"]
    assert literals(KIND) == []
