"""Deciding: one answer for one set of facts, with what determined it."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clerestory.demands import Demand, Determination, Item, Outcome, read_demand
from clerestory.law.packs import PackStack
from clerestory.policy import Engine

Make = Callable[..., Demand]
Decide = Callable[..., Determination]
ON = date(2026, 3, 2)

TWO = [
    {"ref": "S1", "relation": "named", "applicant": "yes"},
    {"ref": "S2", "relation": "household_member"},
]
FIELDS = [{"program": "snap", "fields": ["S1.address", "S1.phone", "S2.address"]}]


def outcomes(determination: Determination) -> dict[str, Outcome]:
    return {ruling.item.ref: ruling.outcome for ruling in determination.rulings}


def test_each_person_and_field_is_ruled_on_by_itself(decide: Decide) -> None:
    determination = decide(subjects=TWO, records=FIELDS)

    assert outcomes(determination) == {
        "S1.address": Outcome.RELEASE,
        "S1.phone": Outcome.WITHHOLD,
        "S2.address": Outcome.WITHHOLD,
    }
    assert determination.overall == "partial"
    assert determination.on == ON
    assert determination.packs[0].startswith("us-federal ")


def test_a_field_asked_twice_is_ruled_on_once(decide: Decide) -> None:
    records = [{"program": "snap", "fields": ["S1.address", "S1.address"]}]

    assert len(decide(records=records).rulings) == 1


def test_one_field_of_two_programs_is_ruled_on_twice(decide: Decide) -> None:
    records = [
        {"program": "snap", "fields": ["S1.address"]},
        {"program": "mainecare", "fields": ["S1.address"]},
    ]

    rulings = decide(records=records).rulings

    assert [r.item.program for r in rulings] == ["snap", "mainecare"]
    assert rulings[0].outcome is Outcome.RELEASE
    assert rulings[1].outcome is not Outcome.RELEASE


def test_deciding_twice_gives_one_answer(engine: Engine, make: Make) -> None:
    demand = make(subjects=TWO, records=FIELDS)

    assert engine.decide(demand) == engine.decide(demand)


def test_the_order_of_persons_does_not_matter(decide: Decide) -> None:
    assert decide(subjects=TWO, records=FIELDS) == decide(subjects=TWO[::-1], records=FIELDS)


def test_explaining_changes_no_ruling(engine: Engine, make: Make) -> None:
    demand = make(subjects=TWO, records=FIELDS)

    plain = engine.decide(demand, explain=False)
    whole = engine.decide(demand)

    assert plain.questions == ()
    assert all(ruling.would_change == () for ruling in plain.rulings)
    assert whole.rulings[1].would_change != ()
    assert [replace(ruling, would_change=()) for ruling in whole.rulings] == list(plain.rulings)


# ---- Digests.


def test_the_same_facts_have_the_same_digest(decide: Decide, document: dict[str, Any]) -> None:
    retold = copy.deepcopy(document)
    retold["title"] = "told otherwise"
    retold["requester"]["body"] = "another name of the same made-up force"
    parts = {key: value for key, value in retold.items() if key not in {"format", "id"}}

    assert decide(**parts).facts_digest == decide().facts_digest


@pytest.mark.parametrize(
    "changed",
    [
        {"findings": {"part2_order": "no"}},
        {"findings": {"part2_order": "unknown"}},
        {"requester": {"class": "sheriff"}},
        {"requester": {"component": "ice_ero"}},
        {"purpose": "program_crime"},
        {"instrument": {"status": "stayed"}},
        {"records": [{"program": "tanf", "fields": ["S1.address"]}]},
        {"subjects": [{"ref": "S1", "relation": "listed_row", "applicant": "yes"}]},
        {"cited": ["snap-7usc2020e8"]},
    ],
)
def test_other_facts_have_another_digest(changed: dict[str, Any], decide: Decide) -> None:
    assert decide(**changed).facts_digest != decide().facts_digest


def test_who_supplied_a_field_is_among_the_facts(stack: PackStack, make: Make) -> None:
    demand = make()
    plain = Engine.of(stack, ON).decide(demand)

    taxed = Engine.of(stack, ON, {("snap", "address"): "irs"}).decide(demand)

    assert outcomes(plain) == {"S1.address": Outcome.RELEASE}
    assert outcomes(taxed) == {"S1.address": Outcome.WITHHOLD}
    assert "fti-6103" in taxed.rulings[0].authorities
    assert taxed.facts_digest != plain.facts_digest


def test_the_pack_digest_names_the_law_and_not_the_day(stack: PackStack, make: Make) -> None:
    demand = make()

    earlier = Engine.of(stack, date(2025, 3, 3)).decide(demand)
    later = Engine.of(stack, ON).decide(demand)

    assert earlier.pack_digest == later.pack_digest == stack.digest
    assert earlier.on != later.on


# ---- What determined it.


def test_a_release_rests_on_what_lifted_it_the_most_specific_first(decide: Decide) -> None:
    [ruling] = decide().rulings

    assert ruling.policies == ("snap-fugitive",)
    assert ruling.authorities[0] == "snap-7usc2020e8-E"


def test_a_refusal_rests_on_what_bars_it_and_house_rules_stand_last(decide: Decide) -> None:
    [ruling] = decide(subjects=[{"ref": "S1", "relation": "household_member"}]).rulings

    assert ruling.outcome is Outcome.WITHHOLD
    houses = [name.startswith("house-") for name in ruling.authorities]
    assert houses == sorted(houses)
    assert any(houses)


def test_a_referral_names_the_policy_that_refers_and_what_bars_the_field(decide: Decide) -> None:
    [ruling] = decide(
        instrument={"kind": "grand_jury_subpoena", "issuer": "grand_jury"},
        requester={"class": "grand_jury"},
        purpose="criminal_investigation",
        records=[{"program": "snap", "fields": ["S1.phone"]}],
    ).rulings

    assert ruling.outcome is Outcome.REFER
    assert "refer-grand-jury-subpoena" in ruling.policies
    assert "snap-closed" in ruling.policies


def test_the_item_is_what_was_asked(decide: Decide) -> None:
    assert decide().rulings[0].item == Item("S1", "snap", "address")


# ---- One day's law and the next.


def test_the_attestation_rule_holds_only_between_its_days(stack: PackStack, make: Make) -> None:
    demand = make(
        requester={"class": "medicaid_fraud_unit"},
        purpose="provider_fraud",
        records=[{"program": "mainecare", "fields": ["S1.claims"]}],
        findings={
            "requester_identified": "yes",
            "authority_stated": "yes",
            "phi_potentially_reproductive": "yes",
        },
    )
    days = [date(2024, 12, 22), date(2024, 12, 23), date(2025, 6, 17), date(2025, 6, 18)]

    found = [Engine.of(stack, day).decide(demand).rulings[0].outcome for day in days]

    assert [outcome is Outcome.RELEASE for outcome in found] == [True, False, False, True]


def test_a_demand_is_read_and_decided_from_its_document(
    document: dict[str, Any], engine: Engine
) -> None:
    demand = read_demand(document, engine.law.stack.vocabulary)

    assert engine.decide(demand).demand_id == "T-1"
