"""What the single conditions of a policy are, and what the policy is without one of them."""

from pathlib import Path

import pytest

from clerestory.audit.conditions import conditions_of, unconditional, without
from clerestory.demands.speaking import Speaker
from clerestory.law.policies import Policy, load_policies
from clerestory.law.sentences import load_sentences

ROOT = Path(__file__).parents[3]
SPEAKER = Speaker(sentences=load_sentences(ROOT / "packs", []))

A, B, C, D = (
    f'context.findings.{name} == "yes"'
    for name in ("official_capacity", "authority_stated", "requester_identified", "known_by_name")
)


def policy_of(conditions: str, tmp_path: Path, scope: str = "principal, {}, resource") -> Policy:
    path = tmp_path / "law.cedar"
    scope = scope.format('action == Action::"lift"')
    path.write_text(
        f'@id("p") @authority("a") @lifts("snap")\npermit ({scope})\n{conditions};\n', "utf-8"
    )
    (policy,), faults = load_policies(path)
    assert not faults
    return policy


def conditions_without(policy: Policy) -> list[str]:
    """The policy as Cedar writes it without each of its conditions."""
    return [without(policy, each).text() for each in conditions_of(policy)]


def said(*bodies: str) -> str:
    """The same policy with these conditions only, as it would be written."""
    return " ".join(f"when {{ {body} }}" for body in bodies)


TABLE = {
    "one": (f"when {{ {A} }}", [said()]),
    "two whens": (f"when {{ {A} }} when {{ {B} }}", [said(B), said(A)]),
    "joined by and": (f"when {{ {A} && {B} }}", [said(B), said(A)]),
    "a disjunction of single conditions is one": (f"when {{ {A} || {B} }}", [said()]),
    "an unless of two is two": (
        f"when {{ {A} }} unless {{ {B} || {C} }}",
        [said(f"!({B})", f"!({C})"), said(A, f"!({C})"), said(A, f"!({B})")],
    ),
    "an unless of both together is one": (f"unless {{ {A} && {B} }}", [said()]),
    "what a disjunct joins": (
        f"when {{ {A} || {B} && {C} }}",
        [said(f"{A} || {C}"), said(f"{A} || {B}")],
    ),
    "two joined disjuncts": (
        f"when {{ {A} && {B} || {C} && {D} }}",
        [
            said(f"{B} || {C} && {D}"),
            said(f"{A} || {C} && {D}"),
            said(f"{A} && {B} || {D}"),
            said(f"{A} && {B} || {C}"),
        ],
    ),
    "a not over an or": (f"when {{ !({A} || {B}) }}", [said(f"!({B})"), said(f"!({A})")]),
}


@pytest.mark.parametrize("name", TABLE)
def test_each_condition_is_left_out_alone(name: str, tmp_path: Path) -> None:
    written, left = TABLE[name]

    found = conditions_without(policy_of(written, tmp_path))

    assert found == [policy_of(each, tmp_path).text() for each in left]


def test_a_scope_is_a_condition_as_any_other(tmp_path: Path) -> None:
    scope = 'principal in Requester::"law_enforcement", {}, resource == Field::"snap.address"'
    policy = policy_of(f"when {{ {A} }}", tmp_path, scope)

    requester = 'principal in Requester::"law_enforcement"'
    field = 'resource == Field::"snap.address"'
    assert conditions_without(policy) == [
        policy_of(said(*left), tmp_path).text()
        for left in [(field, A), (requester, A), (requester, field)]
    ]
    assert [each.words(SPEAKER) for each in conditions_of(policy)] == [
        "the requester is an officer or prosecutor who enforces law",
        "all of these: the program is SNAP; the field is this one: address",
        "the officer asks in an official capacity, as a proper part of the officer's duty",
    ]


def test_without_any_condition_nothing_is_asked(tmp_path: Path) -> None:
    scope = 'principal == Requester::"ice", {}, resource in Program::"snap"'
    policy = unconditional(policy_of(f"when {{ {A} }} unless {{ {B} }}", tmp_path, scope))

    assert policy.tree["conditions"] == []
    assert policy.tree["principal"] == policy.tree["resource"] == {"op": "All"}
    assert policy.tree["action"]["entity"]["id"] == "lift"


def test_a_condition_inside_a_disjunct_is_told_with_what_is_around_it(tmp_path: Path) -> None:
    policy = policy_of(f"when {{ {A} || {B} && {C} }}", tmp_path)

    first, second = (each.words(SPEAKER) for each in conditions_of(policy))

    assert first.startswith("the requester has stated the law that lets it ask (in: ")
    assert second.startswith("it is clear who asks, and for which body (in: ")
