"""The stages, declared once."""

from clerestory.law.stages import BY_ACTION, GIVEN_BY, STAGE_SETS, STAGES


def test_a_stage_knows_only_what_a_stage_before_it_gives() -> None:
    # Policies of `disclose` are asked before those of `lift_coarsened`, which know what is barred.
    asked = ["define", "lift", "disclose", "lift_coarsened", "refer", "consider", "oblige"]
    given: set[str] = set()
    for action in asked:
        assert set(BY_ACTION[action].knows) - {"outcome"} == given, action
        given |= set(BY_ACTION[action].gives)

    assert {*asked} == {stage.action for stage in STAGES}
    assert given == set(STAGE_SETS)


def test_each_set_is_given_once_by_the_annotation_of_its_words() -> None:
    assert GIVEN_BY == {
        "established": ("define", "establishes"),
        "lifted": ("lift", "lifts"),
        "mandated": ("lift", "lifts"),
        "barred": ("disclose", "bars"),
    }


def test_only_a_lock_and_a_settled_point_may_be_forbidden() -> None:
    assert {s.action: s.forbids for s in STAGES if s.forbids is not None} == {
        "disclose": ("bars",),
        "refer": (),
    }
