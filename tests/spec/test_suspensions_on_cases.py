"""Each authority suspended by itself, on every known demand: no answer becomes more open.

The proof says so of every set of authorities (``a-suspension-only-lowers``). Here the circuit says
it of demands that people wrote, and Cedar itself is asked about a part of them.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.rows.known import known_rows
from clerestory.law.packs import load_stack
from clerestory.policy.circuit.circuit import OUTCOMES, Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.whole_answers import cedar_answers
from clerestory.policy.model.law_of_the_day import LawOfTheDay

ROOT = Path(__file__).parents[2]
LAWS = {"us-federal": date(2026, 3, 2), "us-me": date(2026, 8, 1)}
Row = dict[str, Any]


def rows_of(pack: str) -> list[Row]:
    files = list_case_files([ROOT / "packs" / pack / "cases"])
    rows = known_rows(ROOT / "packs", files)
    found = {repr(sorted(row.facts.items())): dict(row.facts) for row in rows}
    return [{**row, "suspended": []} for row in found.values()]


def suspended_one_by_one(circuit: Circuit, row: Row, names: list[str]) -> list[str]:
    """Answer a row with each authority suspended in turn: one bit for each."""
    whole = (1 << len(names)) - 1
    columns = {
        path: dict.fromkeys([value] if isinstance(value, str) else value, whole)
        for path, value in row.items()
        if path != "resource.proxy"
    }
    columns["suspended"] = {name: 1 << number for number, name in enumerate(names)}
    values = circuit.evaluate_rows(columns, whole)
    return [
        next(name for name in OUTCOMES if values[circuit.outcomes[name]] >> number & 1)
        for number, _ in enumerate(names)
    ]


@pytest.mark.parametrize("pack", LAWS)
def test_no_authority_that_is_suspended_opens_or_refuses_anything(pack: str) -> None:
    law = LawOfTheDay.assemble(load_stack(ROOT / "packs", [pack]), LAWS[pack])
    circuit, names = circuit_of(law), sorted(law.stack.authorities)
    lowered: list[tuple[Row, str, str]] = []

    for row in rows_of(pack):
        [before] = suspended_one_by_one(circuit, row, ["nobody-suspends-this"])
        for name, after in zip(names, suspended_one_by_one(circuit, row, names), strict=True):
            allowed = {before, "refer"} if before in {"release", "coarsen"} else {before}
            assert after in allowed, (name, before, after)
            if after != before:
                lowered.append((row, name, after))

    assert len({name for _, name, _ in lowered}) > 20
    sample = lowered[:: max(1, len(lowered) // 60)]
    asked = cedar_answers(law, [{**row, "suspended": [name]} for row, name, _ in sample])
    assert [answer.outcome for answer in asked] == [after for _, _, after in sample]
