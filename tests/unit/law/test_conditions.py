"""One condition in Cedar's words, or a refusal that begins with its place."""

import pytest

from clerestory.law.conditions import parse_condition
from clerestory.law.errors import PackFault


def test_a_condition_is_the_tree_that_cedar_makes_of_it() -> None:
    assert parse_condition("context.lifted.isEmpty()", "here") == {
        "isEmpty": {"arg": {".": {"left": {"Var": "context"}, "attr": "lifted"}}}
    }


def test_a_condition_may_run_over_lines_with_comments() -> None:
    assert parse_condition("\n// always\ntrue // of course\n", "here") == {"Value": True}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "if only",
        "true; ",
        "true // and no more",
        "true } unless { false",
        "true } when { true",
        "true }; permit (principal, action, resource) when { true",
        "principal == ?principal",
    ],
)
def test_what_is_not_one_condition_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PackFault, match=r"^a/promises\.toml: p1: the condition is not") as bad:
        parse_condition(text, "a/promises.toml: p1")

    assert (bad.value.code, bad.value.todo) == (
        "law-pack-fault",
        "write one condition as it would stand in a policy's when",
    )
