"""The table and the solver answer known cases as Cedar does, and made-up rows as the circuit.

The solver is asked about each known case that brings an outcome, policy, duty or coarser answer
that no case before it brought; with CLERESTORY_WHOLE=1 about all.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
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
    WholeAnswer,
    cedar_answers,
    circuit_answer,
    columnar_answers,
)
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import Shape
from whole import WHOLE

ROOT = Path(__file__).parents[2]
FILES = list_case_files([ROOT / "casebook", *sorted((ROOT / "packs").glob("*/cases"))])
BY_LAW: dict[object, list[KnownRow]] = defaultdict(list)
for _row in known_rows(ROOT / "packs", FILES):
    BY_LAW[_row.law].append(_row)
EACH_LAW = pytest.mark.parametrize("number", range(len(BY_LAW)))
LAW = LawOfTheDay.assemble(load_stack(ROOT / "packs", ["us-me"]), date(2026, 11, 2))
CIRCUIT = circuit_of(LAW)


def table_of(rows: list[dict[str, Any]], shape: Shape) -> pa.Table:
    facts = {path: pa.array([row[path] for row in rows], pa.string()) for path in shape.facts}
    sets = {path: [row[path] for row in rows] for path in shape.sets}
    return pa.table(facts | {p: pa.array(v, pa.list_(pa.string())) for p, v in sets.items()})


@cache
def known(number: int) -> list[KnownRow]:
    """The known cases of one law."""
    return list(BY_LAW.values())[number]


@cache
def answered(number: int) -> list[WholeAnswer]:
    """What Cedar answers to each."""
    rows = known(number)
    return cedar_answers(rows[0].engine.law, [dict(row.facts) for row in rows])


def one_of_each(number: int) -> Iterator[tuple[dict[str, Any], WholeAnswer]]:
    """The cases of one law that bring something new, or all distinct ones."""
    brought: set[tuple[str, str | None]] = set()
    distinct = {
        repr(row.facts): (dict(row.facts), answer)
        for row, answer in zip(known(number), answered(number), strict=True)
    }
    for facts, answer in distinct.values():
        brings = {("outcome", answer.outcome), ("coarser", answer.coarsen_to)}
        brings |= {("policy", name) for name in answer.policies}
        brings |= {("duty", name) for name in answer.duties}
        if not brings <= brought or WHOLE:
            yield facts, answer
        brought |= brings


def cedar_says(row: KnownRow) -> str:
    program, _, name = row.case.resource.partition(".")
    item = Item(subject="S1", program=program, field=name)
    (found,) = run(row.engine.law, [row.case], row.engine.law.entities([item]))
    return answer_of(found.outcome)


def outcome_of(circuit: Circuit, values: list[bool]) -> str:
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


@EACH_LAW
def test_the_table_answers_each_known_case_as_cedar_does(number: int) -> None:
    rows = known(number)
    law = ColumnarLaw(circuit_of(rows[0].engine.law))

    answers = law.decide(table_of([dict(row.facts) for row in rows], law.circuit.shape))

    assert [OUTCOMES[number] for number in answers.outcome] == [cedar_says(row) for row in rows]


@EACH_LAW
def test_policies_duties_and_coarser_answers_are_those_of_cedar(number: int) -> None:
    rows, expected = known(number), answered(number)
    circuit = circuit_of(rows[0].engine.law)
    facts = [dict(row.facts) for row in rows]

    assert columnar_answers(circuit, table_of(facts, circuit.shape)) == expected
    assert [circuit_answer(circuit, row) for row in facts] == expected


@pytest.mark.slow
@EACH_LAW
def test_the_solver_finds_the_answer_of_cedar_and_no_other(number: int) -> None:
    circuit = circuit_of(known(number)[0].engine.law)
    solver = Solver(circuit)

    for row, answer in one_of_each(number):
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
    met = [answer for number in range(len(BY_LAW)) for answer in answered(number)]

    assert {answer.outcome for answer in met} == set(OUTCOMES)
    assert {answer.coarsen_to for answer in met} > {None}
    assert len({duty for answer in met for duty in answer.duties}) > 10
    assert len({policy for answer in met for policy in answer.policies}) > 60


@pytest.mark.parametrize("seed", range(4))
def test_made_up_rows_are_answered_as_the_circuit_answers_them(seed: int) -> None:
    # Thousands more: tests/generative/test_columnar_agrees.py.
    rows = made_up_rows(seed, 300, CIRCUIT.shape)
    asked = ("snap-fugitive", "house-immigration")

    law = ColumnarLaw(CIRCUIT, {name: CIRCUIT.policies[name] for name in asked})
    answers = law.decide(table_of(rows, CIRCUIT.shape))

    said = [CIRCUIT.evaluate(row) for row in rows]
    assert [OUTCOMES[n] for n in answers.outcome] == [outcome_of(CIRCUIT, one) for one in said]
    for name in asked:
        assert answers.met[name].tolist() == [one[CIRCUIT.policies[name]] for one in said]


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
