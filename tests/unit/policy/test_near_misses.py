"""What was considered and did not open a field."""

from collections.abc import Callable

from clerestory.demands import Demand, Determination, Outcome
from clerestory.demands.condition import Asked, Condition
from clerestory.demands.determination import NearMiss
from clerestory.policy import Engine

Tiny = Callable[..., Engine]
Make = Callable[..., Demand]
Decide = Callable[..., Determination]


WRITTEN = Asked("paper.written", ("yes",))


def misses(determination: Determination) -> dict[str, tuple[Condition, ...]]:
    [ruling] = determination.rulings
    return {miss.authority: miss.missing for miss in ruling.considered_not_met}


def test_a_release_has_no_near_misses(decide: Decide) -> None:
    assert misses(decide(cited=["snap-7usc2020e8-C"])) == {}


def test_a_permit_whose_trigger_fits_is_named_with_what_is_missing(decide: Decide) -> None:
    found = misses(decide(instrument={"written": "no"}))

    assert found["snap-7usc2020e8-E"] == (WRITTEN,)


def test_every_missing_condition_is_named_once(decide: Decide) -> None:
    found = misses(
        decide(
            instrument={"written": "no", "status": "stayed"}, findings={"official_capacity": "no"}
        )
    )

    missing = found["snap-7usc2020e8-E"]
    assert len(missing) == len(set(missing)) == 3


def test_an_authority_that_the_requester_cites_in_vain_is_answered(decide: Decide) -> None:
    landlord = {"requester": {"class": "landlord"}, "purpose": "tenancy"}

    assert "tanf-42usc611a" not in misses(decide(**landlord))
    assert misses(decide(**landlord, cited=["tanf-42usc611a", "no such law"])) == {
        "tanf-42usc611a": ()
    }


def test_an_authority_that_decides_is_no_near_miss_although_it_is_cited(decide: Decide) -> None:
    determination = decide(
        requester={"class": "landlord"}, purpose="tenancy", cited=["snap-7usc2020e8"]
    )

    assert determination.rulings[0].authorities == ("snap-7usc2020e8",)
    assert misses(determination) == {}


def test_an_authority_that_a_policy_says_to_consider_is_named(tiny: Tiny, make: Make) -> None:
    engine = tiny(
        """@id("look") @authority("act mandate")
        permit (principal, action == Action::"consider", resource);"""
    )

    assert misses(engine.decide(make())) == {"act": (), "mandate": ()}


def test_what_was_met_and_lifts_too_little_is_named_as_met(tiny: Tiny, make: Make) -> None:
    engine = tiny(
        """
        @id("half") @authority("act") @lifts("first")
        permit (principal, action == Action::"lift", resource)
        when { context.paper.written == "yes" };
        @id("closed") @authority("mandate") @bars("second")
        forbid (principal, action in Action::"disclose", resource)
        unless { context.lifted.contains("second") };
        """
    )

    [ruling] = engine.decide(make()).rulings

    assert ruling.outcome is Outcome.WITHHOLD
    assert ruling.considered_not_met == (NearMiss(authority="act"),)
    assert [miss.is_met for miss in ruling.considered_not_met] == [True]
    assert "act section 1 was considered: It was not met." in ruling.reason.counsel


def test_the_nearest_miss_of_an_authority_stands_for_it(tiny: Tiny, make: Make) -> None:
    engine = tiny(
        """
        @id("far") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.paper.written == "yes" }
        when { context.months == "one" } when { context.hold == "active" };
        @id("near") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.paper.written == "yes" } when { context.months == "one" };
        """
    )

    found = misses(engine.decide(make()))

    assert found == {"act": (Asked("months", ("one",)),)}
