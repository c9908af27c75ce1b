"""How grave it is that a condition of a made-up permit has no known answer; with demands for it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.grading import Grading, Wanted
from clerestory.audit.lone_demands import Grade
from clerestory.audit.missing_cases import Coverage
from clerestory.audit.pack_check import check_packs

Damage = Callable[[str, str, str], int]
TODAY = date(2026, 3, 2)
LAST = 'when { ["address", "ssn"].contains(resource.name) };'


def graded(packs: Path, *, plain: bool = False, timeout_ms: int = 30_000) -> Coverage:
    grading = Grading(packs, TODAY, plain=plain, timeout_ms=timeout_ms)
    return grading.grade(check_packs(packs).coverage)[0]


def wanted(packs: Path) -> list[Wanted]:
    return Grading(packs, TODAY, plain=True).grade(check_packs(packs).coverage)[1]


def grades(coverage: Coverage) -> dict[str, Grade | None]:
    return {one.words: one.grade for one in (*coverage.missing, *coverage.exempt)}


def test_what_would_open_a_record_is_grave_and_what_other_locks_keep_shut_is_not(
    packs: Path,
) -> None:
    coverage = graded(packs)

    assert grades(coverage) == {
        "the requester is an officer or prosecutor who enforces law": Grade.GRAVE,
        # Elsewhere the permit lifts no lock that stands, but a record without a lock is let out.
        "the program is SNAP": Grade.GRAVE,
        "the purpose is to find a person who flees the law": Grade.GRAVE,
        "the demand names the person": Grade.GRAVE,
        "the field is one of these: address or Social Security number": Grade.GRAVE,
    }
    assert str(coverage).endswith("; 5 lack one: 5 grave")


MORE = {
    "a lock that stands anyway": (
        'unless { context.established.contains("by_status") };',
        Grade.MISSING,
    ),
    "what follows from another": (
        'when { context.purpose == Purpose::"locate_fugitive" || '
        'context.purpose == Purpose::"journalism" };',
        Grade.NEVER,
    ),
    "always met": (
        'when { context.purpose == Purpose::"locate_fugitive" || '
        'context.purpose != Purpose::"locate_fugitive" };',
        Grade.NEVER,
    ),
    "whom the catalogue names": (
        'when { resource.source == "household" };',
        Grade.CATALOGUE,
    ),
}


@pytest.mark.parametrize("name", MORE)
def test_one_more_condition_is_graded_by_what_hangs_on_it(
    name: str, packs: Path, damage: Damage
) -> None:
    condition, grade = MORE[name]
    damage("law.cedar", LAST, LAST.rstrip(";") + condition)

    coverage = graded(packs)

    assert coverage.conditions == 7
    last = max((*coverage.missing, *coverage.exempt), key=lambda one: one.number)
    assert (last.number, last.grade) == (6, grade)
    assert (last in coverage.exempt) is (grade is Grade.NEVER)
    assert coverage.shown == 1
    assert coverage.to_json()["grades"] == {"grave": 5, grade.value: 1}


def test_what_is_not_settled_in_time_is_never_exempt(packs: Path, damage: Damage) -> None:
    damage("law.cedar", LAST, LAST.rstrip(";") + MORE["always met"][0])
    coverage = graded(packs, timeout_ms=1)

    for one in coverage.exempt:
        assert one.grade is Grade.NEVER
    assert all(one.grade for one in coverage.missing)
    assert coverage.is_graded


def test_a_demand_is_made_for_each_condition_and_lacks_that_one_alone(packs: Path) -> None:
    found = {one.missing.words: one for one in wanted(packs)}

    assert len(found) == 5
    assert {one.packs for one in found.values()} == {("us-aa",)}
    demand = found["the purpose is to find a person who flees the law"].demand
    assert demand is not None
    assert demand["id"] == "LACKS-aa-officer-lifts-2"
    assert demand["title"] == "Made-up: lacks one thing that aa-officer-lifts asks for"
    assert demand["findings"] == {"official_capacity": "yes"}
    assert demand["subjects"] == [{"ref": "S1", "relation": "named", "applicant": "unknown"}]
    assert demand["records"] == [{"program": "snap", "fields": ["S1.address"]}]
    assert demand["purpose"] != "locate_fugitive"


def test_a_known_answer_that_a_lost_condition_would_not_change_is_weak(
    packs: Path,
) -> None:
    strong = graded(packs)
    path = packs / "us-aa" / "cases" / "cases.yaml"
    head, between, tail = path.read_text("utf-8").partition("id: AA-2")
    # Closed by the missing finding and by a second lock beside it.
    listed = "{ref: S1, relation: named, defined_by: [immigration_status], "
    path.write_text(head + between + tail.replace("{ref: S1, relation: named, ", listed), "utf-8")

    coverage, found = Grading(packs, TODAY, plain=True).grade(check_packs(packs).coverage)

    assert strong.weak == ()
    assert strong.shown == coverage.shown == 1
    (weak,) = coverage.weak
    assert weak.grade is Grade.WEAK
    assert weak.words == (
        "the officer asks in an official capacity, as a proper part of the officer's duty"
    )
    assert "no known answer that lacks only this would change without it" in str(weak)
    assert "; 1 are weak: none of these answers would change without it; 5 lack" in str(coverage)
    assert coverage.to_json()["weak"] == [weak.to_json()]
    assert coverage.to_json()["grades"] == {"grave": 5, "weak": 1}
    assert found[-1].missing == weak
    assert found[-1].demand is not None
    assert "official_capacity" not in found[-1].demand.get("findings", {})
    assert "defined_by" not in found[-1].demand["subjects"][0]
