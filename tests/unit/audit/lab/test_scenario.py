"""Scenarios that are read, and those that are refused with the key that is at fault."""

import re
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.lab.regimes import Regimes
from clerestory.audit.lab.scenario import MINUTES, BadScenario, read_scenario
from clerestory.law.errors import PackFault

ROOT = Path(__file__).parents[4]
FIVE = (ROOT / "scenarios" / "five-regimes.toml").read_text("utf-8")
REGIMES = ("law of today", "judge only", "consent only", "agreement with audit", "no controls")


def test_the_scenario_that_comes_with_the_program_has_five_regimes() -> None:
    scenario = read_scenario(FIVE)

    assert tuple(regime.id for regime in scenario.regimes) == REGIMES
    assert [group.id for group in scenario.groups] == ["all", "immigration enforcement"]
    assert scenario.text == FIVE


def test_the_scenario_of_the_guide_can_be_run() -> None:
    guide = (ROOT / "docs" / "laboratory.md").read_text("utf-8")
    (written,) = re.findall(r"```toml\n(.+?)```", guide, re.DOTALL)

    scenario = read_scenario(written.replace("drafts/us-me", "us-me"))

    assert [regime.id for regime in scenario.regimes] == ["a bill", "judge or consent"]
    assert "refer judge or consent" in Regimes(scenario, ROOT / "packs", date(2026, 11, 2)).wanted


def test_a_regime_may_assume_minutes_of_its_own() -> None:
    today, *_, nothing = read_scenario(FIVE).regimes

    assert tuple(today.minutes) == MINUTES
    assert today.minutes["demand"] == 20
    assert nothing.minutes == {**today.minutes, "demand": 5, "demand_answered": 10,
                               "person_exposed": 2}  # fmt: skip


BAD = {
    "not toml": ("format =", "format", "cannot be read"),
    "no format": ('format = "clerestory-scenario/1"', "", "format is missing"),
    "other format": ("clerestory-scenario/1", "clerestory-scenario/9", "format must be"),
    "no title": ('title = "Five', 'titel = "Five', "title is missing"),
    "strange key": ("seed = 1", "seed = 1\ncolour = 2", "demands: nobody reads colour"),
    "rows as text": ("rows = 200000", 'rows = "many"', "rows must be a whole number"),
    "yes for a number": ("rows = 200000", "rows = true", "rows must be a whole number"),
    "no rows": ("rows = 200000", "rows = 0", "rows must be 1 to"),
    "minutes missing": ("demand_refused = 30 ", "# ", "minutes: demand_refused is missing"),
    "negative": ("demand = 20 ", "demand = -1 ", "demand must not be negative"),
    "own minutes": ("minutes = { demand_answered = 15,", "minutes = { lunch = 15,",
                    "regime agreement with audit: minutes: nobody reads lunch"),
    "law and release": ('release = "true"', 'release = "true"\nlaw = "us-me"',
                        "regime no controls: give either law"),
    "neither": ('release = "true"\n', "", "regime no controls: give either law"),
    "twice": ('id = "judge only"', 'id = "no controls"', "regime no controls stands there twice"),
    "group twice": ('id = "immigration enforcement"', 'id = "all"', "group all stands there twice"),
    "no id": ('id = "no controls"', "", "id is missing"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_scenario_is_refused_with_its_place(fault: str) -> None:
    old, new, said = BAD[fault]
    assert old in FIVE

    with pytest.raises(BadScenario, match=said) as refused:
        read_scenario(FIVE.replace(old, new, 1))

    assert refused.value.todo


def test_a_regime_that_is_no_table_is_refused() -> None:
    before, _ = FIVE.split("[[regime]]", 1)

    with pytest.raises(BadScenario, match=r"^a regime must be a table$"):
        read_scenario(before.replace("[demands]", "regime = [1]\n[demands]"))


def test_a_condition_that_is_not_cedar_is_refused_with_its_place() -> None:
    with pytest.raises(PackFault, match="regime no controls: release"):
        read_scenario(FIVE.replace('release = "true"', 'release = "if only"'))


def test_two_conditions_in_one_are_refused() -> None:
    with pytest.raises(PackFault, match="regime no controls: release"):
        read_scenario(FIVE.replace('release = "true"', 'release = "true } unless { false"'))


def test_more_regimes_than_can_be_counted_are_refused() -> None:
    more = "".join(
        f'\n[[regime]]\nid = "r{number}"\nsays = "x"\nrelease = "false"\n' for number in range(40)
    )

    with pytest.raises(BadScenario, match="must be 1 to 60"):
        read_scenario(FIVE + more)
