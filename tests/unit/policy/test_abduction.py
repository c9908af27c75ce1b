"""Reading off the policies what would have to be established."""

import json
from collections.abc import Callable
from typing import Any

import cedarpy
import pytest

from clerestory.demands import Demand
from clerestory.law.cedar_tree import Tree, parse
from clerestory.law.fact_table import is_new_evidence
from clerestory.policy import Engine
from clerestory.policy.explain.abduction import (
    AS_IT_IS,
    NEVER,
    Abduction,
    Ways,
    cost,
    either,
    every,
    smallest,
    together,
)
from clerestory.policy.model.facts import facts_of

Make = Callable[..., Demand]
Ask = Callable[..., Ways]


def way(**facts: str) -> frozenset[tuple[str, str]]:
    return frozenset((path.replace("__", "."), value) for path, value in facts.items())


def tree_of(text: str) -> Tree:
    policy = f"permit (principal, action, resource) when {{ {text} }};"
    [parsed] = json.loads(cedarpy.policies_to_json_str(policy))["staticPolicies"].values()
    return parse(parsed["conditions"][0]["body"])


@pytest.fixture
def ask(engine: Engine, make: Make) -> Ask:
    """Ask for the ways in which a condition holds, or fails, for the demand to start from."""

    def asked(text: str, want: bool = True, **parts: Any) -> Ways:
        demand = make(**parts)
        item = demand.items[0]
        facts = facts_of(demand, item, engine.law.on, engine.law.stack.vocabulary)
        mind = Abduction(engine.law, demand.requester.kind, item.program, item.field, facts)
        return mind.condition(tree_of(text), want)

    return asked


# ---- Putting ways together.

A, B = way(findings__a="yes"), way(findings__b="yes")
NOT_A = way(findings__a="no")


def test_a_paper_weighs_as_much_as_one_finding_however_much_is_on_it() -> None:
    paper = way(paper__kind="court_order", paper__issuer="state_judge", paper__status="live")

    assert cost(paper) == (1, 3)
    assert cost(A | B) == (2, 2)


def test_a_set_that_holds_another_is_no_way_of_its_own() -> None:
    assert smallest([A | B, B, A, A]) == [A, B]


def test_no_more_ways_are_kept_than_can_be_looked_at() -> None:
    assert len(smallest(way(**{f"findings__f{n}": "yes"}) for n in range(100))) == 24


def test_two_needs_are_met_together_and_never_both_ways() -> None:
    assert together([A], [B]) == [A | B]
    assert together([A], [NOT_A]) == []
    assert together([A, NOT_A], [NOT_A]) == [NOT_A]
    assert together(AS_IT_IS, [A]) == together([A], AS_IT_IS) == [A]
    assert together(NEVER, [A]) == together([A], NEVER) == NEVER


def test_alternatives_stand_beside_each_other_and_needs_add_up() -> None:
    assert either([[A], [B]]) == [A, B]
    assert either([[A], AS_IT_IS]) == AS_IT_IS
    assert either([NEVER, NEVER]) == either([]) == NEVER
    assert every([[A], [B]]) == [A | B]
    assert every([[A], NEVER]) == NEVER
    assert every([AS_IT_IS, AS_IT_IS]) == every([]) == AS_IT_IS


# ---- Conditions.


@pytest.mark.parametrize(
    "text",
    [
        'context.findings.requester_identified == "yes"',
        'context.findings.part2_order != "yes"',
        'context.paper.kind == "letter"',
        'principal == Requester::"police_state"',
        'principal in Requester::"law_enforcement"',
        'resource in Program::"snap"',
        'resource in Category::"contact"',
        'resource.name == "address"',
        "!resource.proxy",
        "true",
        'context.purpose in Purpose::"criminal_investigation"',
        'context.purpose == Purpose::"locate_fugitive"',
        '["letter", "email"].contains(context.paper.kind)',
        '["letter"].containsAll(context.papers)',
        'context.grounds.containsAny(["fleeing_felony", "parole_violation"])',
        'context.grounds.containsAll(["fleeing_felony"])',
        'context.established.contains("fugitive_grounds")',
        '!context.raised.contains("order_stayed")',
        'context.findings.part2_order == "yes" || context.paper.written == "yes"',
    ],
)
def test_what_holds_needs_nothing_and_what_does_not_hold_is_not_denied(text: str, ask: Ask) -> None:
    assert ask(text) == AS_IT_IS
    assert frozenset() not in ask(text, want=False)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ('context.findings.part2_order == "yes"', [way(findings__part2_order="yes")]),
        (
            'context.findings.requester_identified != "yes"',
            [way(findings__requester_identified="no")],
        ),
        ('context.findings.part2_order != "no"', AS_IT_IS),
        (
            '["yes", "everything"].contains(context.paper.names_field)',
            AS_IT_IS,
        ),
        (
            '["court_order", "search_warrant"].contains(context.paper.kind)',
            [way(paper__kind="court_order"), way(paper__kind="search_warrant")],
        ),
        (
            'context.papers.containsAny(["search_warrant", "court_order"])',
            [way(papers="search_warrant"), way(papers="court_order")],
        ),
        (
            'context.findings.part2_order == "yes" && context.findings.crime_named == "yes"',
            [way(findings__part2_order="yes", findings__crime_named="yes")],
        ),
        (
            '!(context.paper.written == "yes" && context.paper.status == "live")',
            [way(paper__written="no")],
        ),
        ('context.agreement.stated == "yes"', [way(agreement__stated="yes")]),
        ('context.consent.given == "yes"', [way(consent__given="yes")]),
        ('context.consent.revoked == "no"', [way(consent__revoked="no")]),
        # To take a permission away is nobody's way to open a record.
        ('context.consent.revoked == "yes"', NEVER),
        # Nobody can establish that something is unknown.
        ('context.findings.requester_identified == "unknown"', NEVER),
        ('context.paper.status != "live"', NEVER),
        ('["stayed", "unknown"].contains(context.paper.status)', [way(paper__status="stayed")]),
        # Who asks, for what and about whom is the demand itself.
        ('context.purpose == Purpose::"tenancy"', NEVER),
        ('context.subject.relation == "class"', NEVER),
        ('context.grounds.contains("parole_violation")', NEVER),
        ('principal == Requester::"fns"', NEVER),
        ('context.paper.form == "i_138"', NEVER),
        ('["x"].containsAll(context.grounds)', NEVER),
        # What comes from outside is proposed only once somebody has raised it.
        ('context.findings.order_reversed == "yes"', NEVER),
        ('context.raised.contains("order_reversed")', NEVER),
        # Nothing but evidence fills the later sets.
        ('context.barred.contains("snap")', NEVER),
        ("!context.barred.isEmpty()", NEVER),
        ("1 < 2", NEVER),
        # What is compared with no code can be met by none.
        ("context.channel == context.hold", NEVER),
        ("context.raised.containsAny(context.grounds)", NEVER),
        ('["a"].containsAny(["a"])', NEVER),
        ("false", NEVER),
    ],
)
def test_what_does_not_hold_is_met_by_evidence_alone(text: str, ways: Ways, ask: Ask) -> None:
    assert set(ask(text)) == set(ways)


def test_a_doubt_is_settled_by_either_answer(ask: Ask) -> None:
    raised = {"findings": {"order_reversed": "unknown", "conflicting_orders": "unknown"}}

    assert set(ask('!context.raised.contains("order_reversed")', **raised)) == {
        way(findings__order_reversed="yes"),
        way(findings__order_reversed="no"),
    }
    assert (
        len(ask('!context.raised.containsAny(["order_reversed", "conflicting_orders"])', **raised))
        == 4
    )
    assert ask('context.findings.order_reversed == "no"', **raised) == (
        way(findings__order_reversed="no"),
    )


def test_a_defined_word_is_met_through_the_policies_that_define_it(ask: Ask) -> None:
    found = ask(
        'context.established.contains("fugitive_grounds")', findings={"official_capacity": "no"}
    )

    assert list(found) == [way(findings__official_capacity="yes")]
    assert ask('context.established.contains("no such word")') == NEVER
    assert ask('!context.established.contains("no such word")') == AS_IT_IS


def test_a_lock_is_lifted_through_the_policies_that_lift_it(ask: Ask) -> None:
    parts = {"instrument": {"written": "no"}}

    assert way(paper__written="yes") in ask('context.lifted.contains("snap")', **parts)
    assert way(paper__written="yes") in ask("!context.lifted.isEmpty()", **parts)
    assert way(paper__written="yes") in ask("!context.mandated.isEmpty()", **parts)


def test_a_mandate_is_no_permit_and_is_not_met_by_one(ask: Ask) -> None:
    parts = {"requester": {"class": "gao"}, "purpose": "program_audit", "findings": {}}

    lifted = ask("!context.lifted.isEmpty()", **parts)

    assert lifted
    assert not set(lifted) & set(ask("!context.mandated.isEmpty()", **parts))


def test_a_policy_out_of_scope_can_neither_be_met_nor_hurt(engine: Engine, make: Make) -> None:
    demand = make()
    item = demand.items[0]
    facts = facts_of(demand, item, engine.law.on, engine.law.stack.vocabulary)
    mind = Abduction(engine.law, demand.requester.kind, item.program, item.field, facts)
    tanf = engine.law.policies["tanf-closed"]

    assert mind.policy(tanf, want=True) == NEVER
    assert mind.policy(tanf, want=False) == AS_IT_IS


def test_what_was_lifted_already_needs_nothing_more(engine: Engine, make: Make) -> None:
    demand = make()
    item = demand.items[0]
    facts = facts_of(demand, item, engine.law.on, engine.law.stack.vocabulary)

    mind = Abduction(
        engine.law, demand.requester.kind, item.program, item.field, {**facts, "lifted": ["snap"]}
    )

    assert mind.anything_lifted() == AS_IT_IS


@pytest.mark.parametrize(
    ("sought", "is_new"),
    [
        (way(findings__part2_order="no"), True),
        (way(papers="court_order"), True),
        (way(consent__given="yes", agreement__stated="yes"), True),
        (way(paper__kind="court_order"), True),
        (way(paper__kind="court_order", paper__issuer="state_judge"), True),
        (way(paper__issuer="state_judge"), False),
        (way(paper__issuer="state_judge", findings__part2_order="yes"), False),
        (way(paper__kind="none"), False),
        (way(paper__kind="none", paper__issuer="none"), False),
        (way(paper__written="yes"), True),
        (way(paper__written="no"), False),
    ],
)
def test_another_description_of_the_paper_in_hand_is_no_new_evidence(
    sought: frozenset[tuple[str, str]], is_new: bool
) -> None:
    assert is_new_evidence(sought) is is_new


def test_another_description_of_the_paper_in_hand_hides_no_better_paper() -> None:
    described = way(paper__issuer="state_judge")
    obtained = way(paper__issuer="state_judge", paper__kind="search_warrant")
    heavier = way(paper__issuer="state_judge", findings__a="yes")

    assert smallest([described, obtained, heavier]) == [described, obtained]
