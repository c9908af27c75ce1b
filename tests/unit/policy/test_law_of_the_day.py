"""The law of one day."""

from datetime import date, timedelta

import pytest

from clerestory.demands import Item
from clerestory.law.packs import PackStack
from clerestory.policy import Engine
from clerestory.policy.model.law_of_the_day import LawOfTheDay


def test_a_policy_stands_only_while_every_authority_of_it_is_in_force(stack: PackStack) -> None:
    dated = [a for a in stack.authorities.values() if a.in_force.valid_to is not None]
    assert dated
    for authority in dated:
        last = authority.in_force.valid_to
        assert last is not None
        day_after = LawOfTheDay.assemble(stack, last)
        cites = [p.id for p in stack.policies if authority.id in p.authorities]
        assert not set(cites) & set(day_after.policies), authority.id


def test_policies_of_each_action_are_kept_apart_and_none_is_lost(engine: Engine) -> None:
    law = engine.law
    by_action = [set(policies.by_id) for policies in law.by_action.values()]

    assert sum(map(len, by_action)) == len(law.policies)
    assert set().union(*by_action) == set(law.policies)


@pytest.mark.parametrize("days", [-1, 0])
def test_the_law_changes_on_the_boundary_and_not_before(days: int, stack: PackStack) -> None:
    vacated = date(2025, 6, 18)
    assert vacated in stack.boundaries()

    law = LawOfTheDay.assemble(stack, vacated + timedelta(days=days))

    assert ("hipaa-reproductive-attestation" in law.policies) == (days < 0)


def test_mandates_rest_first_on_an_authority_that_orders_release(engine: Engine) -> None:
    law = engine.law

    assert "snap-fugitive" in law.mandates
    assert "snap-administration" not in law.mandates
    for name in law.mandates:
        first = law.policies[name].authorities[0]
        assert law.stack.authorities[first].kind == "mandates"


def test_words_are_sorted_and_stand_once(engine: Engine) -> None:
    found = engine.law.words(
        ["medicaid-school-meals", "snap-direct-certification", "snap-fugitive"], "lifts"
    )

    assert found == ["class", "hipaa", "immigration", "medicaid", "snap"]


def test_authorities_stand_once_with_house_rules_last(engine: Engine) -> None:
    names = ["house-immigration", "snap-fugitive", "snap-closed", "snap-closed"]

    found = engine.law.authorities_of(names)

    assert len(found) == len(set(found))
    assert found[-1].startswith("house-")
    assert {"snap-7usc2020e8-E", "snap-7usc2020e8"} <= set(found)


def test_only_the_fields_that_are_asked_become_entities(engine: Engine) -> None:
    items = [Item("S1", "snap", "address"), Item("S2", "snap", "address")]

    plain = engine.law.entities([])
    asked = engine.law.entities(items, {("snap", "address"): "irs"})

    assert repr(asked) != repr(plain) or asked is not plain
