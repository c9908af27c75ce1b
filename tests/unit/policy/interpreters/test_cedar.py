"""Cedar, through the package that runs it."""

from collections.abc import Callable

from clerestory.policy import Engine
from clerestory.policy.interpreters.cedar import PolicySet, Verdict
from clerestory.policy.model import request

Tiny = Callable[..., Engine]

POLICIES = """
@id("second") @authority("act") @lifts("b")
permit (principal == Requester::"fns", action == Action::"lift", resource);
@id("first") @authority("act") @lifts("a")
permit (principal, action == Action::"lift", resource) when { context.grounds.contains("x") };
@id("broken") @authority("act") @lifts("c")
permit (principal, action == Action::"lift", resource)
when { context.grounds.contains("y") && 9223372036854775807 + 1 > 0 };
"""


def test_answers_come_in_order_with_the_ids_that_the_policies_carry(tiny: Tiny) -> None:
    law = tiny(POLICIES).law
    asked = [
        request("fns", "lift", "snap.address", {"grounds": ["x"]}),
        request("ice", "lift", "snap.address", {"grounds": []}),
        request("ice", "lift", "snap.address", {"grounds": ["x"]}),
    ]

    verdicts = law.by_action["lift"].decide(asked, law.groups)

    assert verdicts == [
        Verdict(allowed=True, policies=("first", "second")),
        Verdict(allowed=False, policies=()),
        Verdict(allowed=True, policies=("first",)),
    ]


def test_a_policy_that_fails_is_told_and_the_others_still_answer(tiny: Tiny) -> None:
    law = tiny(POLICIES).law
    asked = request("fns", "lift", "snap.address", {"grounds": ["y"]})

    [verdict] = law.by_action["lift"].decide([asked], law.groups)

    assert verdict.policies == ("second",)
    [error] = verdict.errors
    assert "overflow" in error


def test_a_forbid_beats_every_permit_and_is_named(tiny: Tiny) -> None:
    law = tiny(
        """
        @id("yes") @authority("act") permit (principal, action == Action::"refer", resource);
        @id("no") @authority("act") forbid (principal, action == Action::"refer", resource);
        """
    ).law

    [verdict] = law.by_action["refer"].decide(
        [request("fns", "refer", "snap.address", {})], law.groups
    )

    assert verdict == Verdict(allowed=False, policies=("no",))


def test_no_policies_allow_nothing(tiny: Tiny) -> None:
    law = tiny("").law

    [verdict] = PolicySet.parse([]).decide([request("fns", "lift", "snap.address", {})], law.groups)

    assert verdict == Verdict(allowed=False, policies=())
    assert PolicySet.parse([]).decide([], law.groups) == []
