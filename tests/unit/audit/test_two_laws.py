"""Two laws on every day at once: one question for all days, and the day on which they part."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from clerestory.audit.law_diff import codes_met, find_kinds
from clerestory.audit.proof import different_laws
from clerestory.audit.two_laws import DAY, Kind, TwoLaws, all_days
from clerestory.kernel import Period
from clerestory.law.packs import PackStack, load_stack
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.whole_answers import circuit_answer
from clerestory.policy.model.law_of_the_day import LawOfTheDay

PACKS = Path(__file__).parents[3] / "packs"


@pytest.fixture(scope="module")
def maine() -> PackStack:
    return load_stack(PACKS, ["us-me"])


def both(old: PackStack, new: PackStack) -> TwoLaws:
    return TwoLaws(old, new, [(day, day) for day in all_days([old, new])])


def in_force_for(stack: PackStack, name: str, period: Period) -> PackStack:
    changed = replace(stack.authorities[name], in_force=period)
    return replace(stack, authorities={**stack.authorities, name: changed})


def test_every_day_on_which_the_law_changes_is_asked(maine: PackStack) -> None:
    days = all_days([maine])

    assert days[1:] == maine.boundaries()
    assert set(different_laws(maine)) <= set(days)


def test_a_day_goes_by_the_last_change_before_it(maine: PackStack) -> None:
    laws = both(maine, maine)
    first, second, third = all_days([maine])[:3]

    assert laws.code_on(second) == second.isoformat()
    assert laws.code_on(third - timedelta(days=1)) == second.isoformat()
    assert laws.code_on(first) == laws.code_on(first - timedelta(days=900)) == first.isoformat()


def test_a_day_on_which_one_of_two_laws_changes_is_a_day_of_both(maine: PackStack) -> None:
    moved = in_force_for(maine, "house-one-door", Period(valid_from=date(2026, 6, 3)))

    assert set(all_days([maine, moved])) == {*all_days([maine]), date(2026, 6, 3)}


def test_the_law_of_every_day_answers_as_the_law_of_each_day(maine: PackStack) -> None:
    laws = both(maine, maine)
    plain = {path: sorted(codes)[0] for path, codes in laws.shape.facts.items()}
    facts = {**plain, **{path: [] for path in laws.shape.sets}}

    for code, (day, _) in laws.days.items():
        law = circuit_of(LawOfTheDay.assemble(maine, day))
        assert circuit_answer(laws.before, {**facts, DAY: code}) == circuit_answer(law, facts)


def test_a_law_that_says_the_same_needs_no_solver(maine: PackStack) -> None:
    laws = both(maine, replace(maine, digest="other"))

    assert laws.is_same_text
    assert find_kinds(laws, laws.kinds).kinds == ()


def test_a_policy_that_begins_a_day_later_differs_on_that_day_alone(maine: PackStack) -> None:
    day = date(2026, 6, 3)
    name = "house-one-door"
    old = in_force_for(maine, name, Period(valid_from=day))
    new = in_force_for(maine, name, Period(valid_from=date(2026, 6, 4)))

    laws = both(old, new)

    lost = Kind(duty="log_demand within same day")
    found = find_kinds(laws, laws.kinds)
    assert lost in found.kinds
    assert found.unsettled == ()
    assert codes_met(laws, laws.kinds[lost], DAY) == ("2026-06-03",)


def test_a_lock_that_is_gone_is_found_on_every_day(maine: PackStack) -> None:
    policies = [p for p in maine.policies if p.id != "house-third-person"]

    laws = both(maine, replace(maine, policies=policies, digest="other"))

    opened = Kind(before="withhold", after="release")
    assert opened in find_kinds(laws, laws.kinds).kinds
    assert codes_met(laws, laws.kinds[opened], DAY) == tuple(sorted(laws.days))
