"""A determination in one sentence."""

from dataclasses import replace
from datetime import date

import pytest

from clerestory.cli.answer_in_short import SHAPES, answer_in_short
from clerestory.demands import Determination, Item, Outcome, Ruling
from clerestory.demands.determination import Reason

R, C, Q, W = Outcome.RELEASE, Outcome.COARSEN, Outcome.REFER, Outcome.WITHHOLD


def answer(*outcomes: Outcome, persons: int = 1, alarms: tuple[str, ...] = ()) -> Determination:
    rulings = tuple(
        Ruling(
            item=Item(f"S{number % persons + 1}", "snap", f"field{number}"),
            outcome=outcome, authorities=(), policies=(), considered_not_met=(),
            reason=Reason(counsel="", requester="", person=""),
        )
        for number, outcome in enumerate(outcomes)
    )  # fmt: skip
    return Determination(
        demand_id="T-1", on=date(2026, 3, 2), overall="", rulings=rulings, duties=(), questions=(),
        packs=(), pack_digest="", facts_digest="", engine="", alarms=alarms,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([R, R, R, W, W, W, W, Q], "3 of 8 fields may leave, 4 may not, 1 is for counsel."),
        ([R, Q, Q], "1 of 3 fields may leave, 2 are for counsel."),
        ([R, C, W], "1 of 3 fields may leave, 1 may leave in a less exact form, 1 may not."),
        ([C, W], "1 of 2 fields may leave in a less exact form, 1 may not."),
        ([R], "The field may leave."),
        ([R, R], "All 2 fields may leave."),
        ([C], "The field may leave in a less exact form."),
        ([Q], "Counsel has to answer: the field may not leave yet."),
        ([W], "The field may not leave."),
        ([W, W], "None of 2 fields may leave."),
        ([W, Q], "None of 2 fields may leave, 1 is for counsel."),
        ([Q, Q], "Counsel has to answer: none of 2 fields may leave yet."),
        ([], "Nothing is asked for, so nothing may leave."),
    ],
)
def test_each_kind_of_answer_is_counted(outcomes: list[Outcome], said: str) -> None:
    assert answer_in_short(answer(*outcomes)) == said


def test_several_persons_are_counted_as_well() -> None:
    found = answer(*[R] * 1000, *[W] * 1000, persons=1000)

    assert answer_in_short(found) == (
        "1,000 of 2,000 fields of 1,000 persons may leave, 1,000 may not."
    )
    assert answer_in_short(answer(R, R, persons=2)) == "All 2 fields of 2 persons may leave."


def test_with_an_alarm_nothing_may_leave() -> None:
    found = answer(R, W, alarms=("a policy",))

    assert answer_in_short(found) == "Nothing may leave: the law could not be read whole."
    assert answer_in_short(replace(found, alarms=())).startswith("1 of 2")


def test_each_answer_has_a_sign_of_its_own_in_every_alphabet() -> None:
    assert set(SHAPES) == {outcome.value for outcome in Outcome}
    assert len(set(SHAPES.values())) == 4
    assert all(sign.isascii() and sign.isprintable() for sign in SHAPES.values())
