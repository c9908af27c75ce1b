"""The stages, declared once."""

import pytest

from clerestory.law.stages import (
    BY_ACTION,
    DECIDING,
    GIVEN_BY,
    STAGE_SETS,
    STAGES,
    Given,
    known_to,
    way,
)


def test_an_item_goes_through_five_stages_of_which_three_answer() -> None:
    assert [(stage.action, stage.answer) for stage in way(STAGES)] == [
        ("define", None),
        ("lift", None),
        ("disclose", "release"),
        ("lift_coarsened", "coarsen"),
        ("refer", "refer"),
    ]
    assert [stage.action for stage in STAGES if stage.beside] == ["consider", "oblige"]


@pytest.mark.parametrize(
    ("action", "known"),
    [
        ("define", set()),
        ("lift", {"established"}),
        ("disclose", {"established", "lifted", "mandated"}),
        ("lift_coarsened", {"established", "lifted", "mandated", "barred"}),
        ("refer", {"established", "lifted", "mandated", "barred"}),
        ("consider", {"established", "lifted", "mandated", "barred"}),
        ("oblige", {"established", "lifted", "mandated", "barred", "outcome"}),
    ],
)
def test_a_stage_knows_what_the_stages_before_it_give(action: str, known: set[str]) -> None:
    assert known_to(action) == known


def test_each_set_is_given_once_by_the_annotation_of_its_words() -> None:
    assert dict(GIVEN_BY) == {
        "established": ("define", Given("establishes", by="permit")),
        "lifted": ("lift", Given("lifts", by="permit")),
        "mandated": ("lift", Given("lifts", by="mandate")),
        "barred": ("disclose", Given("bars", by="forbid")),
    }
    assert STAGE_SETS == ("established", "lifted", "mandated", "barred")


def test_each_answer_is_decided_by_policies_that_a_stage_has() -> None:
    assert [*DECIDING] == ["release", "coarsen", "refer", "withhold"]
    for action, kind in frozenset().union(*DECIDING.values()):
        assert kind != "forbid" or BY_ACTION[action].forbids is not None


def test_only_a_lock_and_a_settled_point_may_be_forbidden() -> None:
    assert {s.action: s.forbids for s in STAGES if s.forbids is not None} == {
        "disclose": ("bars",),
        "refer": (),
    }


def test_each_stage_reads_its_own_annotations() -> None:
    assert {stage.action: set(stage.reads) for stage in STAGES} == {
        "define": {"establishes"},
        "lift": {"lifts"},
        "disclose": {"bars"},
        "lift_coarsened": {"lifts", "coarsen_to"},
        "refer": {"lifts", "opinion"},
        "consider": set(),
        "oblige": {"duty", "basis", "within", "starts", "to", "content"},
    }
