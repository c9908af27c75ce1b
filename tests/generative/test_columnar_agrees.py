"""Rows over the whole shape: the table, the circuit and Cedar give one answer.

Half of the rows are made up from every list, half are known answers with a few facts changed; the
latter meet the releases that chance alone hardly meets.
"""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.rows.known import known_rows
from clerestory.law.packs import load_stack
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.interpreters.whole_answers import cedar_answers, columnar_answers
from clerestory.policy.model.law_of_the_day import LawOfTheDay

ROOT = Path(__file__).parents[2]
LAWS = {"us-federal": date(2026, 3, 2), "us-me": date(2026, 8, 1)}
Row = dict[str, Any]


@cache
def law_of(pack: str) -> LawOfTheDay:
    return LawOfTheDay.assemble(load_stack(ROOT / "packs", [pack]), LAWS[pack])


@cache
def columnar(pack: str) -> ColumnarLaw:
    circuit = circuit_of(law_of(pack))
    return ColumnarLaw(circuit, dict(list(circuit.policies.items())[::7]))


@cache
def starts() -> list[Row]:
    files = list_case_files([ROOT / "casebook", *sorted((ROOT / "packs").glob("*/cases"))])
    return [dict(row.facts) for row in known_rows(ROOT / "packs", files)]


def value(draw: Random, circuit: Circuit, path: str) -> Any:
    if path in circuit.shape.facts:
        return draw.choice(sorted(circuit.shape.facts[path]))
    codes = sorted(circuit.shape.sets[path])
    return sorted(draw.sample(codes, min(len(codes), draw.randint(0, 3))))


def made_up(draw: Random, circuit: Circuit) -> Row:
    return {path: value(draw, circuit, path) for path in circuit.shape.columns}


def changed(draw: Random, circuit: Circuit) -> Row:
    row = {path: made for path, made in draw.choice(starts()).items() if path != "resource.proxy"}
    for path in circuit.shape.columns:
        known = circuit.shape.facts.get(path)
        codes = circuit.shape.sets.get(path, frozenset())
        if known is not None and row.get(path) not in known:
            row[path] = value(draw, circuit, path)
        elif known is None:
            row[path] = [code for code in row[path] if code in codes]
    for path in draw.sample(circuit.shape.columns, draw.randint(0, 4)):
        row[path] = value(draw, circuit, path)
    return row


def table_of(law: ColumnarLaw, rows: list[Row]) -> pa.Table:
    sets = law.circuit.shape.sets
    paths = law.circuit.shape.columns
    kinds = {path: pa.list_(pa.string()) if path in sets else pa.string() for path in paths}
    facts = {path: pa.array([row[path] for row in rows], kinds[path]) for path in paths}
    return pa.table(facts)


def table_says(law: ColumnarLaw, rows: list[Row]) -> list[Row]:
    answers = law.decide(table_of(law, rows))
    met = {name: answers.met[name].tolist() for name in law.wanted}
    return [
        {"outcome": OUTCOMES[number]} | {name: met[name][row] for name in law.wanted}
        for row, number in enumerate(answers.outcome)
    ]


def circuit_says(law: ColumnarLaw, row: Row) -> Row:
    values = law.circuit.evaluate(row)
    (outcome,) = (name for name, place in law.circuit.outcomes.items() if values[place])
    return {"outcome": outcome} | {n: values[law.circuit.policies[n]] for n in law.wanted}


def circuit_says_of_all(law: ColumnarLaw, rows: list[Row]) -> list[Row]:
    """The same, with the circuit asked once for all rows: one bit a row."""
    columns: dict[str, dict[str, int]] = {path: {} for path in law.circuit.shape.columns}
    for number, row in enumerate(rows):
        for path, said in columns.items():
            for code in [row[path]] if isinstance(row[path], str) else row[path]:
                said[code] = said.get(code, 0) | 1 << number
    bits = law.circuit.evaluate_rows(columns, (1 << len(rows)) - 1)
    return [
        {"outcome": outcome} | {n: bool(bits[law.circuit.policies[n]] & at) for n in law.wanted}
        for at in (1 << number for number in range(len(rows)))
        for outcome, place in law.circuit.outcomes.items()
        if bits[place] & at
    ]


@pytest.mark.parametrize("pack", LAWS)
@pytest.mark.parametrize("make", [made_up, changed])
def test_the_table_and_the_circuit_agree(pack: str, make: Any) -> None:
    law, draw = columnar(pack), Random(f"{pack} {make.__name__}")
    rows = [make(draw, law.circuit) for _ in range(5000)]

    answered = table_says(law, rows)

    said = circuit_says_of_all(law, rows)
    assert said[::50] == [circuit_says(law, row) for row in rows[::50]]
    wrong = [
        (row, answer, expected)
        for row, answer, expected in zip(rows, answered, said, strict=True)
        if answer != expected
    ]
    assert wrong[:1] == []


@pytest.mark.parametrize("pack", LAWS)
def test_the_table_and_cedar_agree(pack: str) -> None:
    law, draw = columnar(pack), Random(f"cedar {pack}")
    rows = [make(draw, law.circuit) for _ in range(150) for make in (made_up, changed)]

    answered = columnar_answers(law.circuit, table_of(law, rows))

    assert answered == cedar_answers(law_of(pack), rows)


@pytest.mark.parametrize("pack", LAWS)
def test_rows_of_every_answer_are_compared(pack: str) -> None:
    law, draw = columnar(pack), Random(pack)

    met = Counter(circuit_says(law, changed(draw, law.circuit))["outcome"] for _ in range(500))

    assert min(met[answer] for answer in ("release", "refer", "withhold")) > 10


def test_a_fact_that_is_missing_withholds_and_no_other_row_is_touched() -> None:
    law, draw = columnar("us-federal"), Random("nulls")
    rows = [changed(draw, law.circuit) for _ in range(400)]
    whole = [row for row in rows if circuit_says(law, row)["outcome"] == "release"]
    broken = [{**row, draw.choice(law.columns): None} for row in whole]

    answered = [answer["outcome"] for answer in table_says(law, [*whole, *broken])]

    assert answered == ["release"] * len(whole) + ["withhold"] * len(broken)
