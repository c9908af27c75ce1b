"""Two people sign, and one person written in two ways is one."""

import pytest

from clerestory.cli.reviewers import check_name_of_signer, check_reviewers
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


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("Ana Roy; Bo Li", False),
        ("Ana;", False),
        ("Ana\nRoy", False),
        ("Ana\u2028Roy", False),
        ("", False),
        ("  ", False),
        ("A" * 200, True),
        ("A" * 201, False),
        ("Ana Roy, Bo Li", True),
    ],
)
def test_who_signed_is_one_name_on_one_line(name: str, fits: bool) -> None:
    if fits:
        check_name_of_signer("Cy Um", name)
        return
    with pytest.raises(Refusal) as caught:
        check_name_of_signer("Cy Um", name)

    assert caught.value.code == "answer-signer-unclear"
    assert f"{len(name)} given" in str(caught.value)
    assert name.strip() == "" or name not in str(caught.value)


def test_two_people_in_one_option_beside_a_third_are_refused() -> None:
    with pytest.raises(Refusal) as caught:
        check_reviewers(["Ana Roy; Bo Li", "Cy Um"])

    assert caught.value.code == "answer-signer-unclear"
