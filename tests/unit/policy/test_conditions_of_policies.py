"""Conditions of policies as structure."""

import json
from collections.abc import Callable

import cedarpy
import pytest

from clerestory.demands.condition import AllOf, AnyOf, Asked, Condition
from clerestory.law.cedar_tree import Tree, parse
from clerestory.policy.explain.conditions import condition_of, missing_of


def tree_of(text: str) -> Tree:
    policy = f"permit (principal, action, resource) when {{ {text} }};"
    [parsed] = json.loads(cedarpy.policies_to_json_str(policy))["staticPolicies"].values()
    return parse(parsed["conditions"][0]["body"])


A, B, C = 'context.hold == "active"', 'context.months == "one"', "resource.proxy"
HOLD, MONTHS = Asked("hold", ("active",)), Asked("months", ("one",))
PROXY = Asked("resource.proxy", ("yes",))
D, WRITTEN = 'context.paper.written == "yes"', Asked("paper.written", ("yes",))


def no(asked: Asked) -> Asked:
    return Asked(asked.fact, asked.codes, not asked.wanted, asked.how)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('context.paper.kind == "court_order"', Asked("paper.kind", ("court_order",))),
        ('"court_order" == context.paper.kind', Asked("paper.kind", ("court_order",))),
        ('context.paper.issuer != "clerk"', Asked("paper.issuer", ("clerk",), wanted=False)),
        ('principal == Requester::"police_state"', Asked("principal", ("police_state",))),
        ('principal in Requester::"federal_program"', Asked("principal", ("federal_program",))),
        ('resource in Category::"health"', Asked("resource", ("health",))),
        ('resource in Program::"snap"', Asked("resource.program", ("snap",))),
        (
            '["address", "phone"].contains(resource.name)',
            Asked("resource.name", ("address", "phone")),
        ),
        ("resource.proxy", PROXY),
        ("!resource.proxy", no(PROXY)),
        ('context.established.contains("whole_class")', Asked("established", ("whole_class",))),
        (
            'context.grounds.containsAny(["fleeing_felony", "parole_violation"])',
            Asked("grounds", ("fleeing_felony", "parole_violation")),
        ),
        (
            '["language", "birthplace"].containsAll(context.subject.defined_by)',
            Asked("subject.defined_by", ("language", "birthplace"), how="only"),
        ),
        ("context.barred.isEmpty()", Asked("barred", how="empty")),
        ("1 < 2", Asked("")),
    ],
)
def test_a_single_condition_is_about_one_fact(text: str, wanted: Asked) -> None:
    assert condition_of(tree_of(text)) == wanted
    assert condition_of(tree_of(text), wanted=False) == no(wanted)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        (f"{A} && {B}", AllOf((HOLD, MONTHS)), AnyOf((no(HOLD), no(MONTHS)))),
        (f"{A} || {B}", AnyOf((HOLD, MONTHS)), AllOf((no(HOLD), no(MONTHS)))),
        (
            f"({A} || {B}) && {C}",
            AllOf((AnyOf((HOLD, MONTHS)), PROXY)),
            AnyOf((AllOf((no(HOLD), no(MONTHS))), no(PROXY))),
        ),
        (
            f"{A} || {B} && {C}",
            AnyOf((HOLD, AllOf((MONTHS, PROXY)))),
            AllOf((no(HOLD), AnyOf((no(MONTHS), no(PROXY))))),
        ),
        (
            'resource == Field::"snap.address"',
            AllOf((Asked("resource.program", ("snap",)), Asked("resource.name", ("address",)))),
            AnyOf(
                (
                    Asked("resource.program", ("snap",), wanted=False),
                    Asked("resource.name", ("address",), wanted=False),
                )
            ),
        ),
        (
            'context.established.containsAny(["whole_class", "own_side"])',
            AnyOf((Asked("established", ("whole_class",)), Asked("established", ("own_side",)))),
            AllOf(
                (
                    Asked("established", ("whole_class",), wanted=False),
                    Asked("established", ("own_side",), wanted=False),
                )
            ),
        ),
        (
            'context.papers.containsAll(["letter", "consent"])',
            AllOf((Asked("papers", ("letter",)), Asked("papers", ("consent",)))),
            AnyOf(
                (
                    Asked("papers", ("letter",), wanted=False),
                    Asked("papers", ("consent",), wanted=False),
                )
            ),
        ),
    ],
)
def test_several_conditions_keep_their_joints(
    text: str, wanted: Condition, unwanted: Condition
) -> None:
    assert condition_of(tree_of(text)) == wanted
    assert condition_of(tree_of(text), wanted=False) == unwanted


def missing(text: str, *met: Asked, kept: tuple[Asked, ...] = ()) -> Condition:
    holds: Callable[[Tree], bool] = lambda tree: condition_of(tree) in met  # noqa: E731
    return missing_of(tree_of(text), True, holds, lambda asked: asked in kept)


REQUESTER = 'principal == Requester::"fns"'


def test_what_is_met_is_no_longer_missing() -> None:
    assert missing(f"{A} || {B} && {D}", MONTHS) == AnyOf((HOLD, WRITTEN))
    assert missing(f"{A} && {B}", HOLD) == MONTHS


def test_what_would_tell_whether_there_is_a_file_is_kept_although_it_is_met() -> None:
    whole = AnyOf((HOLD, AllOf((MONTHS, WRITTEN))))

    assert missing(f"{A} || {B} && {D}", MONTHS, kept=(MONTHS,)) == whole


def test_nobody_is_told_to_be_somebody_else_where_something_else_would_do() -> None:
    fns = Asked("principal", ("fns",))

    assert missing(f"{REQUESTER} || {A}") == HOLD
    assert missing(f"{REQUESTER} && {B} || {A}") == HOLD
    assert missing(REQUESTER) == fns
    assert missing(f'{REQUESTER} || context.purpose == Purpose::"research"') == Asked(
        "purpose", ("research",)
    )
    assert missing(f'context.purpose == Purpose::"research" || {A}') == HOLD
    assert missing(f"{REQUESTER} || {C}") == AnyOf((fns, PROXY))


def test_a_condition_that_is_met_is_said_whole() -> None:
    assert missing(f"{A} && {B}", HOLD, MONTHS) == AllOf((HOLD, MONTHS))
