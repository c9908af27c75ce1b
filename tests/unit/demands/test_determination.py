"""Rulings summed up in one word."""

from itertools import product

import pytest

from clerestory.demands import Outcome
from clerestory.demands.determination import overall_of

R, C, F, W = Outcome.RELEASE, Outcome.COARSEN, Outcome.REFER, Outcome.WITHHOLD


@pytest.mark.parametrize(
    ("outcomes", "overall"),
    [
        ([], "withhold"),
        ([R], "release"),
        ([R, R], "release"),
        ([C], "partial"),
        ([R, C], "partial"),
        ([R, W], "partial"),
        ([C, F], "partial"),
        ([F], "refer_to_counsel"),
        ([F, W], "refer_to_counsel"),
        ([W, W], "withhold"),
    ],
)
def test_the_word_follows_from_the_rulings(outcomes: list[Outcome], overall: str) -> None:
    assert overall_of(outcomes) == overall
    assert overall_of(outcomes[::-1]) == overall


def test_the_word_promises_a_whole_release_only_where_everything_is_released() -> None:
    for outcomes in product(Outcome, repeat=3):
        assert (overall_of(outcomes) == "release") == (set(outcomes) == {R})
        assert (overall_of(outcomes) == "withhold") == (set(outcomes) == {W})
