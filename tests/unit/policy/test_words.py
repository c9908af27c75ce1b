"""Conditions in plain words."""

import json

import cedarpy
import pytest

from clerestory.law.cedar_tree import Tree, parse
from clerestory.law.packs import PackStack
from clerestory.policy.explain.words import condition, fact_in_words


def tree_of(text: str) -> Tree:
    policy = f"permit (principal, action, resource) when {{ {text} }};"
    [parsed] = json.loads(cedarpy.policies_to_json_str(policy))["staticPolicies"].values()
    return parse(parsed["conditions"][0]["body"])


@pytest.mark.parametrize(
    ("text", "said", "denied"),
    [
        (
            'context.paper.kind == "court_order"',
            "the paper is a court order",
            "the paper is not court order",
        ),
        (
            'context.paper.issuer != "clerk"',
            "it is issued by not clerk",
            "it is issued by a clerk",
        ),
        (
            'context.paper.written == "yes"',
            "the request is in writing",
            "it is not so that the request is in writing",
        ),
        (
            'context.consent.revoked == "no"',
            "it is not so that the permission was taken back",
            "nothing says otherwise than that the permission was taken back",
        ),
        (
            'context.hold == "active"',
            "the request to keep the person uninformed is active",
            "the request to keep the person uninformed is not active",
        ),
        (
            'context.purpose in Purpose::"immigration_enforcement"',
            "the purpose is immigration enforcement",
            "the purpose is not immigration enforcement",
        ),
        (
            'principal == Requester::"police_state"',
            "the requester is police state",
            "the requester is not police state",
        ),
        (
            'principal in Requester::"federal_program"',
            "the requester is federal program",
            "the requester is not federal program",
        ),
        ('resource.name == "address"', "the field is address", "the field is not address"),
        (
            'resource in Category::"health"',
            "the field is health",
            "the field is not health",
        ),
        (
            '["address", "phone"].contains(resource.name)',
            "the field is one of address, phone",
            "the field is none of address, phone",
        ),
        ("resource.proxy", "the field can tell status", "the field cannot tell status"),
        ("!resource.proxy", "the field cannot tell status", "the field can tell status"),
        (
            'context.established.contains("whole_class")',
            "the demand is for a whole class",
            "not this: the demand is for a whole class",
        ),
        (
            'context.established.contains("a_word_of_a_pack")',
            "a_word_of_a_pack",
            "not this: a_word_of_a_pack",
        ),
        ('context.lifted.contains("snap")', "a lock is lifted: snap", "a lock is not lifted: snap"),
        ("context.barred.isEmpty()", "nothing is on the list", "something is on the list"),
        (
            'context.grounds.containsAny(["fleeing_felony", "parole_violation"])',
            "the ground is fleeing felony or parole violation",
            "the ground is not fleeing felony or parole violation",
        ),
        (
            '["court_order", "search_warrant"].contains(context.paper.kind)',
            "the paper is a court order or search warrant",
            "the paper is not court order or search warrant",
        ),
        (
            '["yes", "everything"].contains(context.paper.names_field)',
            "the paper itself names this field yes or everything",
            "the paper itself names this field not yes or everything",
        ),
        (
            'context.channel == "post"',
            "channel post",
            "channel not post",
        ),
        (
            'context.paper.kind == "arrest_warrant"',
            "the paper is an arrest warrant",
            "the paper is not arrest warrant",
        ),
        (
            'context.paper.issuer == "article_iii_judge"',
            "it is issued by an Article III judge",
            "it is issued by not Article III judge",
        ),
        ("1 < 2", "a condition of the policy is met", "a condition is absent"),
    ],
)
def test_a_condition_is_said_as_it_is_wanted(
    text: str, said: str, denied: str, stack: PackStack
) -> None:
    vocabulary = stack.vocabulary

    assert condition(tree_of(text), True, vocabulary) == said
    assert condition(tree_of(text), False, vocabulary) == denied


def test_two_conditions_are_joined_and_turned_with_their_joint(stack: PackStack) -> None:
    both = tree_of('context.paper.written == "yes" && resource.name == "ssn"')
    one = tree_of('context.paper.written == "yes" || resource.name == "ssn"')

    assert condition(both, True, stack.vocabulary) == (
        "the request is in writing, and the field is ssn"
    )
    assert condition(both, False, stack.vocabulary) == (
        "it is not so that the request is in writing, or the field is not ssn"
    )
    assert condition(one, True, stack.vocabulary) == (
        "the request is in writing, or the field is ssn"
    )


def test_a_finding_is_said_as_the_vocabulary_means_it(stack: PackStack) -> None:
    tree = tree_of('context.findings.official_capacity == "yes"')
    doubt = tree_of('context.raised.contains("order_reversed")')

    said = condition(tree, True, stack.vocabulary)

    assert said == "the officer asks in an official capacity, as a proper exercise of duty"
    assert condition(doubt, True, stack.vocabulary) == (
        "it is in doubt whether the court order that compelled has been reversed or vacated"
    )
    assert condition(doubt, False, stack.vocabulary).startswith("there is no doubt whether ")


def test_every_condition_of_the_real_packs_has_words_of_its_own(stack: PackStack) -> None:
    speechless = [
        policy.id
        for policy in stack.policies
        for part in policy.conditions
        for wanted in (True, False)
        if condition(part.tree, wanted, stack.vocabulary).startswith("a condition ")
    ]

    assert speechless == []


def test_every_finding_makes_a_question(stack: PackStack) -> None:
    for code in stack.vocabulary.lists["findings"]:
        said = fact_in_words(f"findings.{code}", "yes", stack.vocabulary)
        assert said
        assert not said.endswith(".")
        assert ";" not in said
