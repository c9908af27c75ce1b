"""One whole answer, told by Cedar, by the circuit and by the table."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from clerestory.demands import Demand
from clerestory.policy import Engine
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.whole_answers import (
    WholeAnswer,
    answers_of_cases,
    cedar_answers,
    circuit_answer,
    columnar_answers,
)
from clerestory.policy.model.shape import flat_facts

LAW = """
@id("opens") @authority("act") @lifts("lock")
permit (principal, action == Action::"lift", resource)
when { context.findings.official_capacity == "yes" };
@id("may-leave") @authority("house-default-deny")
permit (principal, action in Action::"disclose", resource) when { !context.lifted.isEmpty() };
@id("not-from-ssa") @authority("act") @bars("ssa")
forbid (principal, action in Action::"disclose", resource)
when { resource.source == "ssa" } unless { context.lifted.contains("ssa") };
@id("by-month") @authority("act") @lifts("ssa") @coarsen_to("month")
permit (principal, action == Action::"lift_coarsened", resource)
when { context.barred.contains("ssa") && context.hold == "none" };
@id("ask") @authority("habit")
permit (principal, action == Action::"refer", resource) when { context.channel == "fax" };
@id("log") @authority("act") @duty("log_disclosure")
permit (principal, action == Action::"oblige", resource)
when { context.outcome == "release" || context.outcome == "coarsen" };
"""
EXPECTED = [
    WholeAnswer(outcome="release", coarsen_to=None, policies=frozenset({"opens"}),
                duties=frozenset({"log_disclosure"})),
    WholeAnswer(outcome="coarsen", coarsen_to="month",
                policies=frozenset({"opens", "by-month"}), duties=frozenset({"log_disclosure"})),
    WholeAnswer(outcome="withhold", coarsen_to=None, policies=frozenset({"not-from-ssa"}),
                duties=frozenset()),
    WholeAnswer(outcome="refer", coarsen_to=None, policies=frozenset({"ask"}), duties=frozenset()),
    WholeAnswer(outcome="release", coarsen_to=None, policies=frozenset({"opens"}),
                duties=frozenset({"log_disclosure"})),
]  # fmt: skip


@pytest.fixture
def engine(tiny: Callable[..., Engine]) -> Engine:
    return tiny(LAW)


@pytest.fixture
def circuit(engine: Engine) -> Circuit:
    return circuit_of(engine.law)


@pytest.fixture
def rows(engine: Engine, make: Callable[..., Demand]) -> list[dict[str, Any]]:
    """Rows of one field from two sources, so that Cedar is asked about them in two lots."""
    (case,) = engine.docket(make()).cases
    row = flat_facts(case.principal, case.resource, case.context, engine.law.stack.vocabulary)
    ssa = {**row, "resource.source": "ssa"}
    unknown = {**row, "findings.official_capacity": "unknown", "channel": "fax"}
    return [row, ssa, {**ssa, "hold": "active"}, unknown, row]


def test_cedar_answers_in_the_order_of_the_rows(engine: Engine, rows: list[dict[str, Any]]) -> None:
    assert cedar_answers(engine.law, rows) == EXPECTED
    assert cedar_answers(engine.law, []) == []


def test_cedar_answers_cases_in_their_order(engine: Engine, make: Callable[..., Demand]) -> None:
    docket = engine.docket(make())

    assert answers_of_cases(engine.law, docket.cases, docket.entities) == EXPECTED[:1]


def test_the_circuit_answers_as_cedar_does(circuit: Circuit, rows: list[dict[str, Any]]) -> None:
    assert [circuit_answer(circuit, row) for row in rows] == EXPECTED


def test_the_table_answers_as_cedar_does(circuit: Circuit, rows: list[dict[str, Any]]) -> None:
    columns = circuit.shape.columns
    table = pa.table({path: pa.array([row[path] for row in rows],
                                     pa.list_(pa.string()) if path in circuit.shape.sets
                                     else pa.string()) for path in columns})  # fmt: skip

    assert columnar_answers(circuit, table) == EXPECTED
    assert columnar_answers(circuit, table.slice(0, 0)) == []


def test_an_answer_is_called_by_what_it_gives_instead() -> None:
    assert [answer.label for answer in EXPECTED[:3]] == ["release", "coarsen to month", "withhold"]
