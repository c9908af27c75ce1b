"""All interpreters follow the declared stages: what is taken out or moved, they all do."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any

import pyarrow as pa
import pytest

from clerestory.demands import Demand
from clerestory.law.stages import BY_ACTION, STAGES, Stage
from clerestory.policy import Engine
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.decide.stages import run
from clerestory.policy.interpreters.flat_cases import case_of, entities_of
from clerestory.policy.interpreters.smt import CanBe, Solver
from clerestory.policy.interpreters.whole_answers import (
    WholeAnswer,
    cedar_answers,
    circuit_answer,
    columnar_answers,
)
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import flat_facts

Row = Mapping[str, Any]

# Each stage reads what those before it fill, so that its place and its presence can be seen.
LAW = """
@id("word") @authority("act") @establishes("good")
permit (principal, action == Action::"define", resource)
when { context.findings.official_capacity == "yes" };
@id("opens") @authority("mandate") @lifts("lock")
permit (principal, action == Action::"lift", resource)
when { context.established.contains("good") };
@id("may-leave") @authority("house-default-deny")
permit (principal, action in Action::"disclose", resource) when { !context.lifted.isEmpty() };
@id("locked") @authority("act") @bars("second")
forbid (principal, action in Action::"disclose", resource)
when { context.hold == "active" || context.channel == "fax" }
unless { context.lifted.contains("second") };
@id("by-month") @authority("act") @lifts("second") @coarsen_to("month")
permit (principal, action == Action::"lift_coarsened", resource)
when { context.hold == "active" && !context.lifted.isEmpty() };
@id("ask") @authority("habit")
permit (principal, action == Action::"refer", resource)
when { context.hold == "active" || context.channel == "fax" };
@id("settled") @authority("act")
forbid (principal, action == Action::"refer", resource)
when { context.channel == "fax" && context.barred.isEmpty() };
@id("write") @authority("act") @duty("written_reasons")
permit (principal, action == Action::"oblige", resource)
when { context.barred.contains("second") && context.outcome != "coarsen" };
"""
DUTY = frozenset({"written_reasons"})


@pytest.fixture
def engine(tiny: Callable[..., Engine]) -> Engine:
    return tiny(LAW)


@pytest.fixture
def rows(engine: Engine, make: Callable[..., Demand]) -> list[Row]:
    """A field that may leave, one of which a coarser answer may, and one for counsel."""
    (case,) = engine.docket(make()).cases
    row = flat_facts(case.principal, case.resource, case.context, engine.law.stack.vocabulary)
    return [row, {**row, "hold": "active"}, {**row, "channel": "fax"}]


def told(outcome: str, *policies: str, to: str | None = None, duty: bool = False) -> WholeAnswer:
    return WholeAnswer(
        outcome=outcome, coarsen_to=to, policies=frozenset(policies),
        duties=DUTY if duty else frozenset(),
    )  # fmt: skip


AS_DECLARED = [
    told("release", "opens"),
    told("coarsen", "opens", "by-month", to="month"),
    told("refer", "ask", "opens", "locked", duty=True),
]
WITHOUT = {
    # No word, so nothing is lifted, not even for a coarser answer.
    "define": [told("withhold"), told("refer", "ask", "locked", duty=True),
               told("refer", "ask", "locked", duty=True)],
    "lift": [told("withhold"), told("refer", "ask", "locked", duty=True),
             told("refer", "ask", "locked", duty=True)],
    # No lock is put on, so that the point of the letter by fax is settled.
    "disclose": [told("withhold"), told("coarsen", "opens", "by-month", to="month"),
                 told("withhold", "settled")],
    "lift_coarsened": [told("release", "opens"),
                       told("refer", "ask", "opens", "locked", duty=True),
                       told("refer", "ask", "opens", "locked", duty=True)],
    "refer": [told("release", "opens"), told("coarsen", "opens", "by-month", to="month"),
              told("withhold", "locked", duty=True)],
}  # fmt: skip


def by_every_interpreter(law: LawOfTheDay, rows: list[Row]) -> list[list[WholeAnswer]]:
    circuit = circuit_of(law)
    return [
        cedar_answers(law, rows),
        [circuit_answer(circuit, row) for row in rows],
        columnar_answers(circuit, table_of(rows, circuit)),
    ]


def table_of(rows: list[Row], circuit: Circuit) -> pa.Table:
    kinds = {path: pa.list_(pa.string()) if path in circuit.shape.sets else pa.string()
             for path in circuit.shape.columns}  # fmt: skip
    return pa.table({path: pa.array([row[path] for row in rows], kinds[path]) for path in kinds})


def by_solver(law: LawOfTheDay, row: Row) -> list[str]:
    circuit = circuit_of(law)
    solver = Solver(circuit)
    for path in ("hold", "channel", "findings.official_capacity", "resource.name", "principal"):
        solver.require(circuit.is_one_of(path, [row[path]]))
    # What counsel signed could change every answer, and nobody signed anything here.
    for path in ("suspended", "opinion.favor", "opinion.against"):
        for code in circuit.shape.sets[path]:
            solver.require(circuit.negate(circuit.holds(path, code)))
    return [name for name in OUTCOMES if solver.ask(circuit.outcomes[name]).can_be != CanBe.NEVER]


def beside() -> list[Stage]:
    return [stage for stage in STAGES if stage.beside]


def test_every_interpreter_goes_through_the_declared_stages(
    engine: Engine, rows: list[Row]
) -> None:
    assert by_every_interpreter(engine.law, rows) == [AS_DECLARED] * 3
    assert [by_solver(engine.law, row) for row in rows] == [["release"], ["coarsen"], ["refer"]]


def test_a_coarser_answer_keeps_no_lock_of_the_first_try_and_its_facts_as_they_stood(
    engine: Engine, rows: list[Row]
) -> None:
    held = case_of(rows[1], engine.law.on)

    (answer,) = run(engine.law, [held], entities_of(engine.law, rows[1:2]))

    assert (answer.outcome.value, answer.coarsen_to) == ("coarsen", "month")
    assert (answer.lifts, answer.bars, answer.refers) == (("by-month", "opens"), (), ())
    assert (answer.context["lifted"], answer.context["barred"]) == (["lock"], ["second"])


@pytest.mark.parametrize("action", WITHOUT)
def test_a_stage_that_is_taken_out_is_taken_out_of_every_interpreter(
    action: str, engine: Engine, rows: list[Row]
) -> None:
    law = replace(engine.law, stages=tuple(s for s in STAGES if s.action != action))

    assert by_every_interpreter(law, rows) == [WITHOUT[action]] * 3
    assert [by_solver(law, row) for row in rows] == [[a.outcome] for a in WITHOUT[action]]


def test_a_stage_that_is_moved_is_moved_in_every_interpreter(
    engine: Engine, rows: list[Row]
) -> None:
    order = ("define", "lift", "disclose", "refer", "lift_coarsened")
    law = replace(engine.law, stages=(*(BY_ACTION[action] for action in order), *beside()))

    # Counsel is asked before a coarser answer is tried.
    referred = told("refer", "ask", "opens", "locked", duty=True)
    assert by_every_interpreter(law, rows) == [[AS_DECLARED[0], referred, referred]] * 3
    assert [by_solver(law, row) for row in rows] == [["release"], ["refer"], ["refer"]]


def test_in_whatever_order_the_stages_stand_every_interpreter_answers_alike(
    engine: Engine, rows: list[Row]
) -> None:
    answers = set()
    for order in permutations(WITHOUT):
        law = replace(engine.law, stages=(*(BY_ACTION[action] for action in order), *beside()))
        by_cedar, *others = by_every_interpreter(law, rows)
        assert others == [by_cedar] * 2, order
        answers.add(tuple(by_cedar))

    assert len(answers) > 5
