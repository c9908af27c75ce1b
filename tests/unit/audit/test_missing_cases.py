"""Which conditions of a made-up permit are shown by a known answer, and which are named as open."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.grading import Grading
from clerestory.audit.lone_demands import Grade
from clerestory.audit.missing_cases import Coverage
from clerestory.audit.pack_check import check_packs

ROOT = Path(__file__).parents[3]
# Known answers may be added, and conditions; fewer shown conditions are a loss.
SHOWN_AT_LEAST = 551
# The others are proved never to fail alone, or named with their grade; fewer proofs are a loss too.
EXEMPT_AT_LEAST = 46
GRAVE_AT_MOST = 0
# Shown, and yet no known answer would change without them.
WEAK_AT_MOST = 187

# One slip in the known answer that stays closed, and the conditions that are then left unshown.
SLIPS = {
    "only the finding": ("", "", 5),
    "another purpose too": ("purpose: locate_fugitive", "purpose: journalism", 6),
    "another answer than a known one": ("rulings: {S1.address: withhold}", "rulings: {}", 6),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_only_a_condition_that_fails_alone_in_a_known_answer_counts(slip: str, packs: Path) -> None:
    old, new, left = SLIPS[slip]
    path = packs / "us-aa" / "cases" / "cases.yaml"
    head, between, tail = path.read_text("utf-8").partition("id: AA-2")
    path.write_text(head + between + tail.replace(old, new) if old else head + between + tail)

    found = check_packs(packs).coverage

    assert found.conditions == 6
    assert len(found.missing) == left
    assert found.shown == 6 - left


def test_a_condition_without_a_case_is_named_with_its_place_and_words(packs: Path) -> None:
    report = check_packs(packs)
    *_, counted, summed = report.lines()

    assert counted == ("1 of 6 conditions of permits have a known answer in which they alone fail")
    assert summed.startswith("no faults")
    assert {one.policy for one in report.coverage.missing} == {"aa-officer-lifts"}
    first = report.coverage.missing[0]
    line = (packs / "us-aa" / first.file.partition("/")[2]).read_text("utf-8").splitlines()
    assert line[first.line - 1] == '@id("aa-officer-lifts")'
    assert str(first).startswith(f"{first.file}:{first.line}: aa-officer-lifts: no known answer")
    assert report.to_json()["conditions"] == {
        "all": 6,
        "shown": 1,
        "grades": {},
        "missing": [one.to_json() for one in report.coverage.missing],
        "weak": [],
        "exempt": [],
    }
    assert first.to_json() | {"line": 0} == {
        "policy": "aa-officer-lifts",
        "number": 0,
        "file": "us-aa/law.cedar",
        "line": 0,
        "condition": "the requester is an officer or prosecutor who enforces law",
        "grade": None,
    }


@pytest.mark.parametrize(("also", "shown"), [("", 0), (", authority_stated: 'yes'", 1)])
def test_inside_a_disjunct_too_only_the_condition_that_fails_alone_counts(
    also: str, shown: int, packs: Path, damage: Callable[[str, str, str], int]
) -> None:
    capacity = 'context.findings.official_capacity == "yes"'
    joined = " && ".join(
        f'context.findings.{name} == "yes"' for name in ("authority_stated", "requester_identified")
    )
    damage("law.cedar", f"when {{ {capacity} }}", f"when {{ {capacity} || {joined} }}")
    damage("cases/cases.yaml", "official_capacity: 'no'", f"official_capacity: 'no'{also}")

    found = check_packs(packs).coverage

    assert found.conditions == 7
    assert found.shown == shown


def test_a_pack_that_was_not_run_says_nothing_of_its_conditions(packs: Path) -> None:
    (packs / "us-aa" / "authorities.toml").write_text("nonsense")

    report = check_packs(packs)

    assert report.coverage == Coverage()
    assert not any("conditions of permits" in line for line in report.lines())


def test_the_packs_have_no_fault_and_show_no_fewer_conditions_than_before() -> None:
    report = check_packs(ROOT / "packs")

    graded, wanted = Grading(ROOT / "packs", date(2026, 11, 30)).grade(report.coverage)

    assert report.faults == ()
    assert report.cases > 400
    assert graded.shown >= SHOWN_AT_LEAST
    assert len(graded.exempt) >= EXEMPT_AT_LEAST
    assert graded.grades.get(Grade.GRAVE, 0) <= GRAVE_AT_MOST
    assert len(graded.weak) <= WEAK_AT_MOST
    assert Grade.OPEN not in graded.grades
    assert graded.conditions == graded.shown + len(graded.exempt) + len(graded.missing)
    assert [one.missing for one in wanted] == [*graded.missing, *graded.weak]
