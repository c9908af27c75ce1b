"""Two people sign, and one person written in two ways is one."""

import pytest

from clerestory.cli.reviewers import check_reviewers
from clerestory.kernel import Refusal


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["Ana Roy"],
        ["Ana Roy", ""],
        ["Ana Roy", " . "],
        ["Ana Roy", "ana  ROY"],
        ["Ana Roy", "Ana-Roy"],
        ["Ana Roy", "Roy, Ana"],
        ["Ana Roy", "Ana Röy."],
        ["Ana Roy", "Ana\u200b Roy"],
    ],
)
def test_one_person_in_two_ways_is_one_reviewer(names: list[str]) -> None:
    with pytest.raises(Refusal) as caught:
        check_reviewers(names)

    assert caught.value.code == "answer-needs-two"


@pytest.mark.parametrize(
    "names", [["Ana Roy", "Bo Li"], ["Ana Roy", "Ana Royce"], ["one", "two"], ["李娜", "李丽"]]
)
def test_two_people_are_two_reviewers(names: list[str]) -> None:
    check_reviewers(names)
