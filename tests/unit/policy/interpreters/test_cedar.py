"""Cedar, through the package that runs it."""

from collections.abc import Callable

from clerestory.policy import Engine
from clerestory.policy.interpreters.cedar import PolicySet, Response
from clerestory.policy.model.schema import request

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

    responses = law.by_action["lift"].decide(asked, law.groups)

    assert responses == [
        Response(allowed=True, policies=("first", "second")),
        Response(allowed=False, policies=()),
        Response(allowed=True, policies=("first",)),
    ]


def test_a_policy_that_fails_is_told_and_the_others_still_answer(tiny: Tiny) -> None:
    law = tiny(POLICIES).law
    asked = request("fns", "lift", "snap.address", {"grounds": ["y"]})

    [response] = law.by_action["lift"].decide([asked], law.groups)

    assert response.policies == ("second",)
    [error] = response.errors
    assert "overflow" in error


def test_a_forbid_beats_every_permit_and_is_named(tiny: Tiny) -> None:
    law = tiny(
        """
        @id("yes") @authority("act") permit (principal, action == Action::"refer", resource);
        @id("no") @authority("act") forbid (principal, action == Action::"refer", resource);
        """
    ).law

    [response] = law.by_action["refer"].decide(
        [request("fns", "refer", "snap.address", {})], law.groups
    )

    assert response == Response(allowed=False, policies=("no",))


def test_no_policies_allow_nothing(tiny: Tiny) -> None:
    law = tiny("").law

    asked = [request("fns", "lift", "snap.address", {})]
    [response] = PolicySet.parse([]).decide(asked, law.groups)

    assert response == Response(allowed=False, policies=())
    assert PolicySet.parse([]).decide([], law.groups) == []
