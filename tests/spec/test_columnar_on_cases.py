"""The table and the solver answer known cases as Cedar does, and made-up rows as the circuit."""

import random
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.rows.known import KnownRow, known_rows
from clerestory.demands.demand import Item
from clerestory.law.packs import load_stack
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit, answer_of
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.decide.stages import run
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.interpreters.smt import CanBe, Solver
from clerestory.policy.interpreters.whole_answers import (
    cedar_answers,
    circuit_answer,
    columnar_answers,
)
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import Shape

ROOT = Path(__file__).parents[2]
FILES = list_case_files([ROOT / "casebook", *sorted((ROOT / "packs").glob("*/cases"))])
BY_LAW: dict[object, list[KnownRow]] = defaultdict(list)
for _row in known_rows(ROOT / "packs", FILES):
    BY_LAW[_row.law].append(_row)
LAW = LawOfTheDay.assemble(load_stack(ROOT / "packs", ["us-me"]), date(2026, 11, 2))
CIRCUIT = circuit_of(LAW)


def table_of(rows: list[dict[str, Any]], shape: Shape) -> pa.Table:
    facts = {path: pa.array([row[path] for row in rows], pa.string()) for path in shape.facts}
    sets = {path: [row[path] for row in rows] for path in shape.sets}
    return pa.table(facts | {p: pa.array(v, pa.list_(pa.string())) for p, v in sets.items()})


def cedar_says(row: KnownRow) -> str:
    program, _, name = row.case.resource.partition(".")
    item = Item(subject="S1", program=program, field=name)
    (found,) = run(row.engine.law, [row.case], row.engine.law.entities([item]))
    return answer_of(found.outcome)


def circuit_says(circuit: Circuit, row: dict[str, Any]) -> str:
    values = circuit.evaluate(row)
    (answer,) = (name for name, place in circuit.outcomes.items() if values[place])
    return answer


def made_up_rows(seed: int, count: int, shape: Shape) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    codes = {path: sorted(known) for path, known in {**shape.facts, **shape.sets}.items()}
    return [
        {path: draw.choice(codes[path]) for path in shape.facts}
        | {path: draw.sample(codes[path], draw.randint(0, 2)) for path in shape.sets}
        for _ in range(count)
    ]


@pytest.mark.parametrize("rows", BY_LAW.values(), ids=range(len(BY_LAW)))
def test_the_table_answers_each_known_case_as_cedar_does(rows: list[KnownRow]) -> None:
    law = ColumnarLaw(circuit_of(rows[0].engine.law))

    answers = law.decide(table_of([dict(row.facts) for row in rows], law.circuit.shape))

    assert [OUTCOMES[number] for number in answers.outcome] == [cedar_says(row) for row in rows]


@pytest.mark.parametrize("rows", BY_LAW.values(), ids=range(len(BY_LAW)))
def test_policies_duties_and_coarser_answers_are_those_of_cedar(rows: list[KnownRow]) -> None:
    law = rows[0].engine.law
    circuit = circuit_of(law)
    facts = [dict(row.facts) for row in rows]

    expected = cedar_answers(law, facts)

    assert columnar_answers(circuit, table_of(facts, circuit.shape)) == expected
    assert [circuit_answer(circuit, row) for row in facts] == expected


@pytest.mark.slow
@pytest.mark.parametrize("rows", BY_LAW.values(), ids=range(len(BY_LAW)))
def test_the_solver_finds_the_answer_of_cedar_and_no_other(rows: list[KnownRow]) -> None:
    law = rows[0].engine.law
    circuit = circuit_of(law)
    facts = list({repr(row.facts): dict(row.facts) for row in rows}.values())
    solver = Solver(circuit)

    for row, answer in zip(facts, cedar_answers(law, facts), strict=True):
        told = [circuit.is_one_of(path, [row[path]]) for path in circuit.shape.facts]
        for path, codes in circuit.shape.sets.items():
            held = {code: circuit.holds(path, code) for code in codes}
            told += [n if code in row[path] else circuit.negate(n) for code, n in held.items()]
        asked = circuit.both(told)
        given = circuit.outcomes[answer.outcome]

        assert solver.ask(circuit.both([asked, given])).can_be is CanBe.POSSIBLE
        other = circuit.both([asked, circuit.negate(given)])
        assert solver.ask(other).can_be is CanBe.NEVER


def test_known_cases_meet_policies_duties_and_coarser_answers_of_every_kind() -> None:
    met = [
        answer
        for rows in BY_LAW.values()
        for answer in cedar_answers(rows[0].engine.law, [dict(row.facts) for row in rows])
    ]

    assert {answer.outcome for answer in met} == set(OUTCOMES)
    assert {answer.coarsen_to for answer in met} > {None}
    assert len({duty for answer in met for duty in answer.duties}) > 10
    assert len({policy for answer in met for policy in answer.policies}) > 60


@pytest.mark.parametrize("seed", range(4))
def test_made_up_rows_are_answered_as_the_circuit_answers_them(seed: int) -> None:
    rows = made_up_rows(seed, 2_000, CIRCUIT.shape)
    asked = ("snap-fugitive", "house-immigration")

    law = ColumnarLaw(CIRCUIT, {name: CIRCUIT.policies[name] for name in asked})
    answers = law.decide(table_of(rows, CIRCUIT.shape))

    assert [OUTCOMES[n] for n in answers.outcome] == [circuit_says(CIRCUIT, row) for row in rows]
    for name in asked:
        met = [CIRCUIT.evaluate(row)[CIRCUIT.policies[name]] for row in rows]
        assert answers.met[name].tolist() == met


def test_many_slices_and_threads_give_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = table_of(made_up_rows(9, 1_003, CIRCUIT.shape), CIRCUIT.shape)
    whole = ColumnarLaw(CIRCUIT).decide(facts).outcome.tolist()
    monkeypatch.setattr("clerestory.policy.interpreters.columnar._ROWS", 100)

    assert ColumnarLaw(CIRCUIT, threads=3).decide(facts).outcome.tolist() == whole


def test_a_fact_that_is_missing_withholds_the_row() -> None:
    rows_of_all = (row for rows in BY_LAW.values() for row in rows)
    opened = next(row for row in rows_of_all if cedar_says(row) == "release")
    circuit = circuit_of(opened.engine.law)
    facts = dict(opened.facts)

    rows = [facts, {**facts, "purpose": None}, {**facts, "raised": None}]
    answers = ColumnarLaw(circuit).decide(table_of(rows, circuit.shape))

    assert [OUTCOMES[n] for n in answers.outcome] == ["release", "withhold", "withhold"]


def test_no_rows_have_no_answers() -> None:
    assert ColumnarLaw(CIRCUIT).decide(table_of([], CIRCUIT.shape)).outcome.tolist() == []
