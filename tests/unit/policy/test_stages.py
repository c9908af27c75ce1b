"""The stages, on tiny packs made for one question each."""

from collections.abc import Callable

import pytest

from clerestory.demands import Demand, Determination, Outcome
from clerestory.policy import Engine

Tiny = Callable[..., Engine]
Make = Callable[..., Demand]

OPEN = """
@id("opens") @authority("act") @lifts("lock")
permit (principal, action == Action::"lift", resource);
@id("may-leave") @authority("house-default-deny")
permit (principal, action in Action::"disclose", resource) when { !context.lifted.isEmpty() };
"""
# Cedar cannot add these two numbers, and skips the policy.
BREAKS = "9223372036854775807 + 1 > 0"


def only(determination: Determination) -> Outcome:
    [ruling] = determination.rulings
    return ruling.outcome


def test_what_nothing_allows_is_withheld_on_the_house_rule(tiny: Tiny, make: Make) -> None:
    determination = tiny("").decide(make())

    [ruling] = determination.rulings
    assert ruling.outcome is Outcome.WITHHOLD
    assert ruling.authorities == ("house-default-deny",)
    assert ruling.policies == ()
    assert determination.alarms == ()
    assert determination.overall == "withhold"


def test_what_is_lifted_and_not_barred_is_released_on_what_lifted_it(
    tiny: Tiny, make: Make
) -> None:
    [ruling] = tiny(OPEN).decide(make()).rulings

    assert ruling.outcome is Outcome.RELEASE
    assert (ruling.authorities, ruling.policies) == (("act",), ("opens",))
    assert ruling.considered_not_met == ()


def test_a_lock_that_is_not_lifted_keeps_the_field(tiny: Tiny, make: Make) -> None:
    bar = """
    @id("locked") @authority("mandate") @bars("other")
    forbid (principal, action in Action::"disclose", resource)
    unless { context.lifted.contains("other") };
    """

    [ruling] = tiny(OPEN + bar).decide(make()).rulings

    assert ruling.outcome is Outcome.WITHHOLD
    assert ruling.policies == ("locked",)


@pytest.mark.parametrize("stage", ["define", "lift", "disclose", "refer"])
@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_a_policy_that_cannot_be_evaluated_withholds_with_an_alarm(
    stage: str, effect: str, tiny: Tiny, make: Make
) -> None:
    if effect == "forbid" and stage in {"define", "lift"}:
        effect = "permit"
    operator = "in" if stage == "disclose" else "=="
    broken = f"""
    @id("broken") @authority("act") @lifts("x") @establishes("x") @bars("lock")
    {effect} (principal, action {operator} Action::"{stage}", resource) when {{ {BREAKS} }};
    """
    # What is asked of counsel is only asked when nothing was released.
    policies = broken if stage == "refer" else OPEN + broken

    determination = tiny(policies).decide(make())

    assert only(determination) is Outcome.WITHHOLD
    assert determination.overall == "withhold"
    [alarm] = determination.alarms
    assert "overflow" in alarm
    [ruling] = determination.rulings
    assert "ALARM" in ruling.reason.counsel
    assert "ALARM" not in ruling.reason.requester + ruling.reason.person
    assert ruling.authorities


def test_without_the_alarm_the_skipped_lock_would_have_opened_the_field(
    tiny: Tiny, make: Make
) -> None:
    assert only(tiny(OPEN).decide(make())) is Outcome.RELEASE


def test_a_policy_that_reads_what_is_not_there_withholds_with_an_alarm(
    tiny: Tiny, make: Make
) -> None:
    absent = """
    @id("broken") @authority("act") @bars("lock")
    forbid (principal, action in Action::"disclose", resource) when { resource.nickname == "x" };
    """

    determination = tiny(OPEN + absent).decide(make(), explain=False)

    assert only(determination) is Outcome.WITHHOLD
    assert "nickname" in determination.alarms[0]


def test_a_policy_that_reads_what_is_not_there_can_be_explained(tiny: Tiny, make: Make) -> None:
    absent = """
    @id("broken") @authority("act") @bars("lock")
    forbid (principal, action in Action::"disclose", resource) when { resource.nickname == "x" };
    """

    determination = tiny(OPEN + absent).decide(make())

    assert only(determination) is Outcome.WITHHOLD


def test_a_duty_that_cannot_be_evaluated_raises_the_alarm(tiny: Tiny, make: Make) -> None:
    duty = f"""
    @id("broken") @authority("act") @duty("log_demand")
    permit (principal, action == Action::"oblige", resource) when {{ {BREAKS} }};
    """

    determination = tiny(OPEN + duty).decide(make())

    assert len(determination.alarms) == 1
    assert determination.duties == ()


def test_an_alarm_of_one_field_leaves_the_ruling_of_another(tiny: Tiny, make: Make) -> None:
    broken = f"""
    @id("broken") @authority("act") @bars("lock")
    forbid (principal, action in Action::"disclose", resource)
    when {{ resource.name == "phone" && {BREAKS} }};
    """

    determination = tiny(OPEN + broken).decide(
        make(records=[{"program": "snap", "fields": ["S1.address", "S1.phone"]}])
    )

    assert {r.item.field: r.outcome for r in determination.rulings} == {
        "address": Outcome.RELEASE,
        "phone": Outcome.WITHHOLD,
    }


# ---- A coarser answer.

CLOSED = """
@id("closed") @authority("act") @bars("lock")
forbid (principal, action in Action::"disclose", resource)
unless { context.lifted.contains("lock") };
@id("may-leave") @authority("house-default-deny")
permit (principal, action in Action::"disclose", resource) when { !context.lifted.isEmpty() };
"""
COARSER = """
@id("coarser") @authority("mandate") @lifts("lock") @coarsen_to("month_yes_no")
permit (principal, action == Action::"lift_coarsened", resource)
when { resource.name == "address" };
"""


def test_a_coarser_answer_leaves_where_a_policy_offers_one(tiny: Tiny, make: Make) -> None:
    determination = tiny(CLOSED + COARSER).decide(
        make(records=[{"program": "snap", "fields": ["S1.address", "S1.phone"]}])
    )

    address, phone = determination.rulings
    assert (address.outcome, address.coarsen_to) == (Outcome.COARSEN, "month_yes_no")
    assert (address.authorities, address.policies) == (("mandate",), ("coarser",))
    assert (phone.outcome, phone.coarsen_to) == (Outcome.WITHHOLD, None)
    assert determination.overall == "partial"


def test_a_whole_answer_that_may_leave_is_never_made_coarser(tiny: Tiny, make: Make) -> None:
    [ruling] = tiny(OPEN + COARSER).decide(make()).rulings

    assert (ruling.outcome, ruling.coarsen_to) == (Outcome.RELEASE, None)


def test_a_coarser_answer_needs_every_lock_lifted_too(tiny: Tiny, make: Make) -> None:
    second = """
    @id("second") @authority("act") @bars("second")
    forbid (principal, action in Action::"disclose", resource);
    """

    [ruling] = tiny(CLOSED + COARSER + second).decide(make()).rulings

    assert (ruling.outcome, ruling.coarsen_to) == (Outcome.WITHHOLD, None)
    assert ruling.policies == ("closed", "second")


@pytest.mark.parametrize(
    "broken",
    [
        f"""@id("broken") @authority("act") @lifts("x") @coarsen_to("x")
        permit (principal, action == Action::"lift_coarsened", resource) when {{ {BREAKS} }};""",
        f"""@id("broken") @authority("act") @bars("x")
        forbid (principal, action in Action::"disclose", resource) when {{ {BREAKS} }};""",
    ],
)
def test_a_coarser_answer_that_cannot_be_evaluated_is_withheld_with_an_alarm(
    broken: str, tiny: Tiny, make: Make
) -> None:
    determination = tiny(CLOSED + COARSER + broken).decide(make())

    assert only(determination) is Outcome.WITHHOLD
    assert determination.alarms
    assert determination.rulings[0].coarsen_to is None


# ---- Counsel.


def test_counsel_is_asked_where_a_policy_says_so_and_nothing_was_released(
    tiny: Tiny, make: Make
) -> None:
    refer = """
    @id("ask") @authority("mandate")
    permit (principal, action == Action::"refer", resource)
    when { context.barred.contains("lock") };
    """

    [ruling] = tiny(CLOSED + refer).decide(make()).rulings

    assert ruling.outcome is Outcome.REFER
    assert ruling.policies == ("ask", "closed")
    assert ruling.authorities == ("act", "mandate")


def test_a_settled_point_is_withheld_although_counsel_was_to_be_asked(
    tiny: Tiny, make: Make
) -> None:
    refer = """
    @id("ask") @authority("act") permit (principal, action == Action::"refer", resource);
    @id("settled") @authority("mandate") forbid (principal, action == Action::"refer", resource);
    """

    [ruling] = tiny(CLOSED + refer).decide(make()).rulings

    assert ruling.outcome is Outcome.WITHHOLD
    assert ruling.policies == ("closed", "settled")


def test_a_mandate_that_meets_a_lock_is_named_with_it(tiny: Tiny, make: Make) -> None:
    clash = """
    @id("ordered") @authority("mandate") @lifts("other")
    permit (principal, action == Action::"lift", resource);
    @id("ask") @authority("habit")
    permit (principal, action == Action::"refer", resource)
    when { !context.mandated.isEmpty() && !context.barred.isEmpty() };
    """

    [ruling] = tiny(CLOSED + clash).decide(make()).rulings

    assert ruling.outcome is Outcome.REFER
    assert set(ruling.policies) == {"ask", "ordered", "closed"}
    assert set(ruling.authorities) == {"act", "habit", "mandate"}


def test_a_word_that_is_defined_is_a_fact_for_the_stages_after_it(tiny: Tiny, make: Make) -> None:
    words = """
    @id("word") @authority("act") @establishes("felon")
    permit (principal, action == Action::"define", resource)
    when { context.grounds.contains("fleeing_felony") };
    @id("uses-it") @authority("act") @lifts("lock")
    permit (principal, action == Action::"lift", resource)
    when { context.established.contains("felon") };
    """
    engine = tiny(CLOSED + words)

    assert only(engine.decide(make())) is Outcome.RELEASE
    assert only(engine.decide(make(grounds=[]))) is Outcome.WITHHOLD
