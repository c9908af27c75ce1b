"""Errors carry a stable code and a next step."""

import pytest

from clerestory.kernel import ClerestoryError, Corruption, Refusal


@pytest.mark.parametrize(
    ("kind", "code"), [(ClerestoryError, "error"), (Refusal, "refused"), (Corruption, "corruption")]
)
def test_an_error_has_the_code_of_its_kind_unless_it_names_one(
    kind: type[ClerestoryError], code: str
) -> None:
    plain, named = kind("no"), kind("no", code="x-y", todo="do this")

    assert (str(plain), plain.code, plain.todo) == ("no", code, kind.todo)
    assert (str(named), named.code, named.todo) == ("no", "x-y", "do this")


def test_naming_a_code_leaves_the_kind_alone() -> None:
    Refusal("no", code="x-y")

    assert Refusal.code == "refused"


def test_a_rule_that_said_no_is_never_taken_for_bytes_that_prove_nothing() -> None:
    assert not issubclass(Refusal, Corruption)
    assert not issubclass(Corruption, Refusal)
    assert issubclass(Refusal, ClerestoryError)
    assert issubclass(Corruption, ClerestoryError)


def test_an_alarm_says_what_to_do_though_its_raise_does_not() -> None:
    alarm = Corruption("the bytes are others")

    assert alarm.todo.startswith("keep the bytes as they are, release nothing")


@pytest.mark.parametrize("todo", ["", "  "])
def test_a_class_of_errors_without_a_next_step_cannot_be_written(todo: str) -> None:
    with pytest.raises(TypeError, match="says what to do next: Mute"):
        type("Mute", (Refusal,), {"todo": todo})
