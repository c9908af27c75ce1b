"""What is said of the demand itself: a citation that nobody finds, a paper that counts too few."""

from collections.abc import Callable

from clerestory.demands import Demand
from clerestory.policy import Engine

Make = Callable[..., Demand]


def test_a_citation_that_is_not_found_is_told_to_counsel_and_to_the_requester(
    engine: Engine, make: Make
) -> None:
    demand = make(
        purpose="tenancy", cited=["22 M.R.S. section 133", "Jo Madeup", "7 USC 2020(a)(3)"]
    )

    reason = engine.decide(demand, explain=False).rulings[0].reason

    for told in (reason.counsel, reason.requester):
        assert "cites 22 M.R.S. section 133, which was not found" in told
        assert "cites text number 2, which was not found" in told
        assert told.count("which was not found") == 2
        assert "Jo Madeup" not in told
    assert "not found" not in reason.person


def test_a_paper_that_counts_fewer_than_are_asked_about_is_told(engine: Engine, make: Make) -> None:
    one = make(purpose="tenancy").instrument
    asked = make(purpose="tenancy")
    assert one.count in {1, "unknown", None}
    reason = engine.decide(asked, explain=False).rulings[0].reason
    assert "more persons than the paper counts" not in reason.requester

    for count in ({"count": 1}, {"count": "unknown"}, {}):
        short = make(
            purpose="tenancy",
            instrument={"scope": {"persons": "named", "fields": "stated", **count}},
            subjects=[{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}],
            records=[{"program": "snap", "fields": ["S1.address", "S2.address"]}],
        )
        for ruling in engine.decide(short, explain=False).rulings:
            assert "more persons than the paper counts" in ruling.reason.requester
            assert "more persons than the paper counts" in ruling.reason.counsel
