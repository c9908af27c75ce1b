"""What a pack calls its policies, authorities and words stands in packs, never in the program."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerestory.law.packs import available_packs, load_stack

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "clerestory"
PACKS = ROOT / "packs"
# Where a text is the same as an id and means another thing.
OTHERWISE = {
    ("law/fact_table.py", "us-me"): "the jurisdiction of a plain demand, and no pack",
    ("audit/promises/reach.py", "about_nobody"): "the category of codes.yaml, and no defined word",
    ("policy/model/permissions.py", "matching_agreement"): "the kind of a paper, and no such word",
}


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """Every id, with what it is the id of."""
    names = available_packs(PACKS)
    stack = load_stack(PACKS, names)
    words = {word for policy in stack.policies for word in policy.words("establishes")}
    return {
        **dict.fromkeys(names, "pack"),
        **dict.fromkeys(words, "defined word"),
        **dict.fromkeys((policy.id for policy in stack.policies), "policy"),
        **dict.fromkeys(stack.authorities, "authority"),
    }


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a file with its line, but for what is only told: docs and whole sentences."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            yield node.lineno, node.value


def test_no_id_of_a_pack_stands_in_the_program(ids: dict[str, str]) -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {ids[text]} {text}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, text in texts(path)
        if text in ids and (str(path.relative_to(SOURCE)), text) not in OTHERWISE
    ]

    assert found == []


def test_each_exception_is_still_needed() -> None:
    for name, text in OTHERWISE:
        assert text in {said for _, said in texts(SOURCE / name)}


def test_every_defined_word_has_a_sentence(ids: dict[str, str]) -> None:
    vocabulary = load_stack(PACKS, available_packs(PACKS)).vocabulary

    words = {name for name, kind in ids.items() if kind == "defined word"}
    assert words == {name for name, code in vocabulary.lists["defined"].items() if code.means}


def test_the_packs_say_what_decides_without_a_policy() -> None:
    stack = load_stack(PACKS, available_packs(PACKS))

    assert {one.decides for one in stack.authorities.values()} == {
        "", "silence", "lowering", "protection",
    }  # fmt: skip
    assert len(stack.vocabulary.compelling) == 1
    assert {code.days for code in stack.vocabulary.lists["hold_form"].values()} == {30}
