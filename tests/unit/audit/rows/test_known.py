"""Known answers as flat rows, with the law of their day."""

from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.rows.known import known_rows
from clerestory.demands import BadDemand
from clerestory.policy.interpreters.flat_cases import case_of


@pytest.fixture
def cases(packs: Path) -> Path:
    return packs / "us-aa" / "cases" / "cases.yaml"


def test_each_known_demand_is_a_row_on_the_day_of_its_answer(packs: Path, cases: Path) -> None:
    rows = list(known_rows(packs, [cases]))

    assert [(row.demand, row.on, row.packs) for row in rows] == [
        ("AA-1", date(2026, 1, 5), ("us-aa",)),
        ("AA-2", date(2026, 1, 5), ("us-aa",)),
    ]
    assert [row.facts["findings.official_capacity"] for row in rows] == ["yes", "no"]
    assert [row.facts["resource.name"] for row in rows] == ["address", "address"]
    assert [case_of(row.facts, row.on).resource for row in rows] == [r.case.resource for r in rows]


def test_the_law_of_a_row_is_that_of_its_day(packs: Path, cases: Path) -> None:
    one, other = known_rows(packs, [cases])

    assert one.law == other.law
    assert one.law[0] == ("us-aa",)
    assert one.law[1] == frozenset(one.engine.law.policies)
    assert "aa-officer-lifts" in one.law[1]


def test_a_demand_with_answers_on_several_days_is_a_row_on_each(packs: Path, cases: Path) -> None:
    text = cases.read_text()
    later = (
        "  - from: 2026-06-01\n    overall: release\n    rulings: {S1.address: release}\n"
        "    decides_first: aa-officer\n"
    )
    first, second = text.split("- format: clerestory-case/1\n")[1:]
    cases.write_text("cases:\n- format: clerestory-case/1\n" + first + later)

    rows = list(known_rows(packs, [cases, cases]))

    assert second
    days = [date(2026, 1, 5), date(2026, 6, 1)]
    assert [(row.demand, row.on) for row in rows] == [("AA-1", day) for day in days * 2]


def test_answers_under_packs_that_are_not_here_are_left_out(packs: Path, cases: Path) -> None:
    cases.write_text(cases.read_text().replace("packs: [us-aa]", "packs: [us-aa, us-zz]", 1))

    assert [row.demand for row in known_rows(packs, [cases])] == ["AA-2"]


def test_a_file_that_is_no_casebook_is_refused(packs: Path, cases: Path) -> None:
    cases.write_text("- 1\n- 2\n")

    with pytest.raises(BadDemand):
        list(known_rows(packs, [cases]))
