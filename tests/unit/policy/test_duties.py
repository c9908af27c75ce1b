"""Duties: each once, law before habit, with due dates that can be opened."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clerestory.demands import Demand, Determination
from clerestory.demands.determination import DueDate, Duty
from clerestory.policy import Engine

Tiny = Callable[..., Engine]
Make = Callable[..., Demand]
Decide = Callable[..., Determination]


def duty(name: str, authority: str, code: str = "log_demand", more: str = "") -> str:
    return f"""
    @id("{name}") @authority("{authority}") @duty("{code}") {more}
    permit (principal, action == Action::"oblige", resource);
    """


def duties(engine: Engine, demand: Demand) -> tuple[Duty, ...]:
    return engine.decide(demand).duties


def test_a_duty_of_law_hides_the_same_duty_of_agency_policy(tiny: Tiny, make: Make) -> None:
    [only] = duties(tiny(duty("a", "habit") + duty("b", "act")), make())

    assert (only.authority, only.basis) == ("act", "law")


def test_a_dated_duty_goes_before_an_undated_one_on_the_same_footing(
    tiny: Tiny, make: Make
) -> None:
    policies = duty("a", "act") + duty("b", "mandate", more='@within("60 days")')

    [only] = duties(tiny(policies), make())

    assert only.authority == "mandate"
    assert only.due is not None


def test_the_same_duty_toward_two_bodies_is_two_duties(tiny: Tiny, make: Make) -> None:
    policies = duty("a", "act", "report", '@to("court")') + duty("b", "act", "report")

    assert {d.to for d in duties(tiny(policies), make())} == {"court", None}


def test_one_policy_may_carry_several_duties_with_their_contents(tiny: Tiny, make: Make) -> None:
    more = '@content("law clock") @basis("agency_policy")'

    found = duties(tiny(duty("a", "act", "report redirect", more)), make())

    assert [d.code for d in found] == ["redirect", "report"]
    assert {d.basis for d in found} == {"agency_policy"}
    assert found[0].content == ("law", "clock")


def test_dated_duties_stand_first(tiny: Tiny, make: Make) -> None:
    policies = duty("a", "act", "acknowledge") + duty("b", "act", "report", '@within("same day")')

    assert [d.code for d in duties(tiny(policies), make())] == ["report", "acknowledge"]


def test_a_clock_without_a_length_gives_no_day(tiny: Tiny, make: Make) -> None:
    [only] = duties(tiny(duty("a", "act", more='@within("reasonable time")')), make())

    assert (only.within, only.due) == ("reasonable time", None)


@pytest.mark.parametrize(
    ("received", "due"), [("2026-10-07", date(2026, 10, 15)), ("2026-04-15", date(2026, 4, 23))]
)
def test_a_public_records_request_is_acknowledged_within_maines_working_days(
    received: str, due: date, decide: Decide
) -> None:
    determination = decide(
        received={"date": received, "channel": "email"},
        requester={"class": "public"},
        instrument={"kind": "public_records_request"},
        purpose="public_oversight",
        grounds=[],
    )

    acknowledge = next(d for d in determination.duties if d.code == "acknowledge")

    assert acknowledge.within == "5 working days"
    assert acknowledge.due is not None
    assert acknowledge.due.on == due
    assert acknowledge.due.starts_on == date.fromisoformat(received)
    assert acknowledge.due.steps[-1] == f"{due}: working day 5"
    assert sum("not counted" in step for step in acknowledge.due.steps) == 3
    assert acknowledge.due.provision.startswith("1 M.R.S.")


def test_a_holder_under_federal_law_alone_counts_federal_holidays(tiny: Tiny, make: Make) -> None:
    engine = tiny(duty("a", "act", more='@within("1 working day")'))
    holder = {"agency": "us-cms", "kind": "federal_agency", "jurisdiction": "us"}
    day = {"date": "2026-04-17", "channel": "post"}

    [federal] = duties(engine, make(holder=holder, received=day))
    [maine] = duties(engine, make(received=day))

    # Patriots' Day is a holiday in Maine, not in Washington.
    assert federal.due == DueDate(
        on=date(2026, 4, 20),
        starts_on=date(2026, 4, 17),
        provision="act section 1",
        steps=(
            "2026-04-17: the clock starts",
            "2026-04-18: not counted, Saturday",
            "2026-04-19: not counted, Sunday",
            "2026-04-20: working day 1",
        ),
    )
    assert maine.due is not None
    assert maine.due.on == date(2026, 4, 21)


def test_a_duty_may_depend_on_how_the_field_came_out(decide: Decide) -> None:
    released = {d.code for d in decide().duties}
    kept = {d.code for d in decide(requester={"class": "landlord"}).duties}

    assert "log_disclosure" in released
    assert "log_refusal" not in released
    assert {"log_refusal", "written_reasons", "neither_confirm_nor_deny"} <= kept
    assert "log_disclosure" not in kept


def test_every_demand_is_logged_on_its_day(decide: Decide) -> None:
    parts: tuple[dict[str, Any], ...] = ({}, {"purpose": "tenancy"}, {"findings": {}})
    for changed in parts:
        log = next(d for d in decide(**changed).duties if d.code == "log_demand")
        assert log.due is not None
        assert log.due.on == date(2026, 3, 2)
