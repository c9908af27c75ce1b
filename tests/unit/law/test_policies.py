"""A file of policies is read whole, or its fault is told with its line."""

from pathlib import Path

import pytest

from clerestory.law.errors import Fault
from clerestory.law.policies import load_policies

HEAD = '@id("made-up")\n@authority("none")\n@lifts("snap")\npermit (principal, action == '
HEAD += 'Action::"lift", resource)\nwhen {\n'


def saved(tmp_path: Path, condition: str) -> Path:
    path = tmp_path / "made-up.cedar"
    path.write_text(f"{HEAD}{condition}\n}};\n")
    return path


@pytest.mark.parametrize(("nested", "line"), [(99, None), (100, 6), (5000, 6)])
def test_brackets_nested_too_deep_are_a_fault_before_cedar_reads_them(
    nested: int, line: int | None, tmp_path: Path
) -> None:
    # The braces of `when` are one more.
    path = saved(tmp_path, "(" * nested + "true" + ")" * nested)

    policies, faults = load_policies(path)

    told = [Fault("made-up.cedar", line, "brackets are nested deeper than 100")] if line else []
    assert (len(policies), faults) == (0 if line else 1, told)


@pytest.mark.parametrize("around", ['"{}" == "a" || true', '"\\"{}" == "a" || true', "true // {}"])
def test_brackets_in_texts_and_comments_are_none(around: str, tmp_path: Path) -> None:
    policies, faults = load_policies(saved(tmp_path, around.format("(" * 200)))

    assert (len(policies), faults) == (1, [])


def test_a_condition_of_too_many_parts_is_a_fault(tmp_path: Path) -> None:
    path = saved(tmp_path, "true" + " && context.a" * 1000)

    assert load_policies(path) == (
        [], [Fault("made-up.cedar", 1, "holds a condition of too many parts to be read")],
    )  # fmt: skip
