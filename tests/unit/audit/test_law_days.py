"""Days with the same law share what was parsed, and decide as if each were parsed anew."""

from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.casebook import cases_of
from clerestory.audit.law_days import LawDays
from clerestory.demands.reading import load_document, read_demand
from clerestory.law.errors import PackFault
from clerestory.policy.decide.engine import Engine


def test_a_shared_day_decides_like_a_day_of_its_own(packs: Path) -> None:
    path = packs / "us-aa" / "cases" / "cases.yaml"
    days = LawDays(packs)
    days.engine(["us-aa"], date(2026, 1, 5))
    stack = days.stack(["us-aa"])

    for case in cases_of(load_document(path), path.name):
        demand = read_demand(case["demand"], stack.vocabulary)
        for day in (date(2026, 1, 6), date(2026, 7, 1)):
            shared = days.engine(["us-aa"], day).decide(demand)

            assert shared == Engine.of(stack, day).decide(demand)
            assert shared.on == day


def test_days_with_the_same_law_are_parsed_once(packs: Path) -> None:
    days = LawDays(packs)

    first = days.engine(["us-aa"], date(2026, 1, 5))
    second = days.engine(["us-aa"], date(2026, 1, 6))

    assert first.law.by_action is second.law.by_action


def test_a_change_of_the_law_is_parsed_anew(packs: Path) -> None:
    days = LawDays(packs)

    before = days.engine(["us-aa"], date(2019, 12, 31))
    after = days.engine(["us-aa"], date(2020, 1, 1))

    assert "aa-officer-lifts" not in before.law.policies
    assert "aa-officer-lifts" in after.law.policies


def test_a_pack_that_is_not_here_is_refused(packs: Path) -> None:
    with pytest.raises(PackFault, match="there is no pack called us-zz"):
        LawDays(packs).stack(["us-zz"])
