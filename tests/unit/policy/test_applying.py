"""What the facts are once changes are established: papers, process and who issued them."""

from collections.abc import Callable
from typing import Any

import pytest

from clerestory.demands import Demand
from clerestory.law.packs import PackStack
from clerestory.policy.explain.applying import apply_changes
from clerestory.policy.model.facts import facts_of

SUBPOENA = {"kind": "judicial_subpoena", "issuer": "clerk", "status": "live"}
BETTER = {("paper.kind", "search_warrant"), ("paper.issuer", "state_judge")}
NAMED = {*BETTER, ("paper.names_field", "yes")}


def told(facts: dict[str, Any]) -> list[object]:
    names = ("papers", "kinds", "issuers")
    beside = facts["paper"]["process_beside"]
    return [f"{facts['paper']['process']} {beside}", *(" ".join(facts[name]) for name in names)]


@pytest.mark.parametrize(
    ("paper", "changes", "found"),
    [
        ({}, set(), ["no no", "letter", "letter", "officer"]),
        # A subpoena of a clerk comes along.
        (
            {},
            {("paper.process", "yes")},
            ["yes yes", "judicial_subpoena letter", "judicial_subpoena letter", "clerk officer"],
        ),
        (
            {"accompanies": [{**SUBPOENA, "issuer": "attorney", "scope": {"programs": []}}]},
            {("paper.process", "yes")},
            ["yes yes", "judicial_subpoena letter", "judicial_subpoena letter", "attorney officer"],
        ),
        (
            {},
            {("papers", "court_order")},
            ["no yes", "court_order letter", "court_order letter", "officer"],
        ),
        # A better paper stands in the place of the one in hand.
        ({}, BETTER, ["yes no", "search_warrant", "search_warrant", "state_judge"]),
        (
            {"scope": {"fields": "everything"}},
            BETTER,
            ["no no", "search_warrant", "search_warrant", "state_judge"],
        ),
        (
            {"scope": {"fields": "everything"}},
            NAMED,
            ["yes no", "search_warrant", "search_warrant", "state_judge"],
        ),
        (
            {"status": "unknown"},
            BETTER,
            ["no no", "search_warrant", "search_warrant", "state_judge"],
        ),
        ({"written": "no"}, BETTER, ["no no", "search_warrant", "search_warrant", "state_judge"]),
        (
            {},
            {("paper.kind", "search_warrant")},
            ["no no", "search_warrant", "search_warrant", "officer"],
        ),
        # What was process is none any more, and what came along stays.
        (SUBPOENA, {("paper.kind", "court_order")},
         ["no no", "court_order", "court_order", "clerk"]),
        (
            {"accompanies": [SUBPOENA]},
            {("paper.kind", "court_order")},
            ["yes yes", "court_order judicial_subpoena", "court_order judicial_subpoena",
             "clerk officer"],
        ),
        (SUBPOENA, {("findings.order_stayed", "no")},
         ["yes no", "judicial_subpoena", "judicial_subpoena", "clerk"]),
    ],
)  # fmt: skip
def test_papers_process_and_issuers_follow_from_what_is_changed(
    paper: dict[str, Any],
    changes: set[tuple[str, str]],
    found: list[str],
    make: Callable[..., Demand],
    stack: PackStack,
) -> None:
    demand = make(instrument=paper)
    facts = facts_of(demand, demand.items[0], demand.received_on, stack.vocabulary)

    assert told(apply_changes(facts, frozenset(changes))) == found
