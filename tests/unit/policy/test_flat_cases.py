"""A flat row and the case that it stands for; rows are sorted so that each field has one source."""

from collections.abc import Callable
from datetime import date

import cedarpy

from clerestory.demands import Demand
from clerestory.policy import Engine
from clerestory.policy.interpreters.flat_cases import by_source, case_of, entities_of
from clerestory.policy.model.schema import request
from clerestory.policy.model.shape import flat_facts

ON = date(2026, 3, 2)


def row(program: str, name: str, source: str, **more: str) -> dict[str, str]:
    return {"resource.program": program, "resource.name": name, "resource.source": source, **more}


def test_a_case_comes_back_from_its_row(engine: Engine, make: Callable[..., Demand]) -> None:
    (case,) = engine.docket(make()).cases
    facts = flat_facts(case.principal, case.resource, case.context, engine.law.stack.vocabulary)

    again = case_of(facts, ON)

    assert (again.principal, again.resource) == (case.principal, case.resource)
    assert again.context == {**case.context, "outcome": "none"}


def test_a_row_knows_nothing_of_the_stages(engine: Engine, make: Callable[..., Demand]) -> None:
    (case,) = engine.docket(make()).cases
    facts = flat_facts(case.principal, case.resource, case.context, engine.law.stack.vocabulary)

    again = case_of({**facts, "lifted": ["snap"], "outcome": "release"}, ON)

    assert [again.context[name] for name in ("lifted", "outcome")] == [[], "none"]


def test_rows_of_one_source_stay_together_in_order() -> None:
    rows = [row("snap", "address", "household"), row("tanf", "address", "ssa"),
            row("snap", "address", "household", number="2")]  # fmt: skip

    assert by_source(rows) == [rows]
    assert by_source([]) == []


def test_a_field_with_another_source_goes_to_the_first_lot_that_has_room() -> None:
    first, second, third = (row("snap", "wages", source) for source in ("a", "b", "c"))
    other, again = row("snap", "name", "b"), row("snap", "wages", "b", number="2")

    lots = by_source([first, second, other, third, again])

    assert lots == [[first, other], [second, again], [third]]


def test_each_field_of_a_lot_has_the_source_that_its_row_says(engine: Engine) -> None:
    lot = [row("snap", "address", "ssa"), row("tanf", "wages", "household")]
    policy = """
    permit (principal, action, resource in Program::"snap")
    when { resource.source == "ssa" && resource.name == "address" };
    permit (principal, action, resource in Program::"tanf")
    when { resource.source == "household" && resource.name == "wages" };
    """
    asked = [dict(request("fns", "lift", field, {})) for field in ("snap.address", "tanf.wages")]

    entities = entities_of(engine.law, lot)

    results = cedarpy.is_authorized_batch(asked, cedarpy.PolicySet.from_str(policy), entities)
    assert [result.allowed for result in results] == [True, True]
