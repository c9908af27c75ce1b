"""People may lower an answer of the law and never raise it."""

from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.casebook import demand_on, pick_case
from clerestory.demands import Demand, determination_json, load_document, read_demand
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome
from clerestory.demands.schema import check_shape
from clerestory.demands.speaking import Speaker
from clerestory.kernel import Refusal
from clerestory.law.packs import load_stack
from clerestory.policy import Engine
from clerestory.policy.decide.lowering import lowered, raising_reviews

ROOT = Path(__file__).parents[3]
STORY = ROOT / "packs" / "us-me" / "cases" / "story.yaml"
ON = date(2026, 10, 21)
REFUSED = "refused"
RELEASE, COARSEN, REFER, WITHHOLD = Outcome
# For each answer of the law: what is left after each wish, with and without a mandate.
LEFT = {
    (RELEASE, RELEASE): (REFUSED, REFUSED),
    (RELEASE, COARSEN): (REFUSED, REFUSED),
    (RELEASE, REFER): (REFER, REFER),
    (RELEASE, WITHHOLD): (WITHHOLD, REFUSED),
    (COARSEN, RELEASE): (REFUSED, REFUSED),
    (COARSEN, COARSEN): (REFUSED, REFUSED),
    (COARSEN, REFER): (REFER, REFER),
    (COARSEN, WITHHOLD): (WITHHOLD, REFUSED),
    (REFER, RELEASE): (REFUSED, REFUSED),
    (REFER, COARSEN): (REFUSED, REFUSED),
    (REFER, REFER): (REFER, REFER),
    (REFER, WITHHOLD): (WITHHOLD, REFUSED),
    (WITHHOLD, RELEASE): (REFUSED, REFUSED),
    (WITHHOLD, COARSEN): (REFUSED, REFUSED),
    (WITHHOLD, REFER): (REFUSED, REFUSED),
    (WITHHOLD, WITHHOLD): (WITHHOLD, WITHHOLD),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.of(load_stack(ROOT / "packs", ["us-me"]), ON)


@pytest.fixture(scope="module")
def demand(engine: Engine) -> Demand:
    document = load_document(STORY)
    found = demand_on(pick_case(document, STORY.name, "STORY-HOSPITAL"), ON)
    return read_demand(found, engine.law.stack.vocabulary)


def item(field: str) -> Item:
    return Item(subject="S1", program="state_hospital", field=field)


def outcomes(determination: Determination) -> dict[Item, Outcome]:
    return {ruling.item: ruling.outcome for ruling in determination.rulings}


def left(outcome: Outcome, to: Outcome, mandated: bool) -> Outcome | str:
    try:
        return lowered(outcome, to, mandated=mandated)
    except Refusal:
        return REFUSED


def test_every_wish_of_a_reviewer_is_met_or_refused() -> None:
    found = {
        (outcome, to): (left(outcome, to, False), left(outcome, to, True)) for outcome, to in LEFT
    }

    assert found == LEFT


def test_no_review_raises_and_none_withholds_a_mandate() -> None:
    assert raising_reviews() == []


def test_a_review_that_raised_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def obeys(_outcome: Outcome, to: Outcome, **_: bool) -> Outcome:
        return to

    monkeypatch.setattr("clerestory.policy.decide.lowering.lowered", obeys)

    broken = raising_reviews()

    assert (WITHHOLD, RELEASE, False) in broken
    assert (RELEASE, WITHHOLD, True) in broken
    assert (RELEASE, WITHHOLD, False) not in broken


def test_what_a_judge_orders_goes_to_counsel_at_most(engine: Engine, demand: Demand) -> None:
    whole = engine.decide(demand, explain=False)

    lower = engine.decide(demand, explain=False, lowerings={item("address"): REFER})

    assert outcomes(whole)[item("address")] is RELEASE
    assert outcomes(lower) == {**outcomes(whole), item("address"): REFER}
    with pytest.raises(Refusal, match="no reviewer may withhold") as refused:
        engine.decide(demand, lowerings={item("address"): WITHHOLD})
    assert refused.value.code == "review-mandate"


def test_a_lowered_ruling_says_what_it_rests_on_and_what_the_law_answered(
    engine: Engine, demand: Demand
) -> None:
    lower = engine.decide(demand, lowerings={item("address"): REFER})

    ruling = next(r for r in lower.rulings if r.item == item("address"))
    told = determination_json(lower, Speaker(sentences=engine.law.stack.sentences))
    check_shape(told, "determination")
    assert (ruling.authorities, ruling.lowered_from) == (("house-two-people",), RELEASE)
    assert ruling.would_change == ()
    assert "reviewed by two trained people" in ruling.reason.requester
    assert lower.facts_digest == engine.decide(demand, explain=False).facts_digest


def test_duties_follow_the_lowered_answer(engine: Engine, demand: Demand) -> None:
    everything = {i: REFER for i, o in outcomes(engine.decide(demand)).items() if o is RELEASE}

    before = {duty.code for duty in engine.decide(demand).duties}
    after = {duty.code for duty in engine.decide(demand, lowerings=everything).duties}

    assert "log_disclosure" in before - after


def test_what_is_not_asked_for_or_would_be_raised_is_refused(
    engine: Engine, demand: Demand
) -> None:
    with pytest.raises(Refusal, match="nothing of this name"):
        engine.decide(demand, lowerings={item("benefit_amount"): WITHHOLD})
    with pytest.raises(Refusal, match="may only lower") as refused:
        engine.decide(demand, lowerings={item("diagnosis"): REFER})
    assert refused.value.code == "review-would-raise"


def test_an_answer_that_stays_as_it_is_is_not_called_lowered(
    engine: Engine, demand: Demand
) -> None:
    same = engine.decide(demand, lowerings={item("diagnosis"): WITHHOLD})

    assert same == engine.decide(demand)
