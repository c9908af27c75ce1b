"""Every known answer, step by step, with over-releases asserted apart."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.casebook import Casebook, CaseScore, StepScore, cases_of
from clerestory.demands.reading import load_document

ROOT = Path(__file__).parents[2]

# Cases of States whose packs are not written yet. A case that is no longer run must not get lost
# in silence: whoever adds such a pack takes its cases off this list.
NOT_COVERED = {
    "DK-03-CA-CAPI-2025-05": "us-ca",
    "DK-05-CO-SPONSORS-2025-04": "us-co",
    "DK-06-DE-WAGES-2025-04": "us-de",
    "DK-07-OR-SUPERVISION-2025-07": "us-or",
    "DK-08-MULTI-TANF-2026-01": "us-ny",
    "DK-11-LA-REPORT-2025-06": "us-la",
    "DK-12-NY-SHELTER-2025-03": "us-ny",
    "ST-CA-01": "us-ca",
    "ST-CO-01": "us-co",
    "ST-NY-01": "us-ny",
    "ST-OR-01": "us-or",
}


def _read_cases() -> dict[str, tuple[str, Mapping[str, Any]]]:
    packs = sorted(path for path in (ROOT / "packs").glob("*/cases"))
    return {
        str(case["demand"]["id"]): (path.name, case)
        for path in list_case_files([ROOT / "casebook", *packs])
        for case in cases_of(load_document(path), path.name)
    }


CASES = _read_cases()
STEPS = [
    pytest.param(name, number, id=f"{name}-{step['from']}")
    for name, (_, case) in CASES.items()
    if name not in NOT_COVERED
    for number, step in enumerate(case["expect"])
]


@cache
def book() -> Casebook:
    return Casebook(ROOT / "packs")


@cache
def scored(name: str) -> CaseScore:
    file, case = CASES[name]
    return book().score(case, file)


def step_of(name: str, number: int) -> StepScore:
    score = scored(name)
    assert not score.not_covered, score.not_covered
    return score.steps[number]


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_the_determination_is_the_known_answer_and_nothing_leaves_that_it_keeps(
    name: str, number: int
) -> None:
    step = step_of(name, number)

    # First of all: a wrong release is worse than any other miss.
    assert step.over_releases == ()
    assert step.misses == ()
    # Every policy can be evaluated.
    assert step.determination is not None
    assert step.determination.alarms == ()


def test_no_two_cases_share_an_id() -> None:
    packs = sorted(path for path in (ROOT / "packs").glob("*/cases"))
    ids = [
        str(case["demand"]["id"])
        for path in list_case_files([ROOT / "casebook", *packs])
        for case in cases_of(load_document(path), path.name)
    ]

    assert len(ids) == len(set(ids))


def test_the_cases_not_covered_are_exactly_those_of_packs_not_written() -> None:
    # That no other case is left out is asserted with the answer to each.
    assert {name: scored(name).not_covered for name in NOT_COVERED} == {
        name: f"there is no pack {pack}" for name, pack in NOT_COVERED.items()
    }
