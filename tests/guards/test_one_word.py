"""One word for one thing: words that the program gave up do not come back."""

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "clerestory"
GIVEN_UP = {
    r"verdict": "Cedar gives a response, the solver says what can be, a proof has a result",
    r"by_cedar|of_demands": "a name says what a thing is, and not by or of what",
}


def names(path: Path) -> set[str]:
    """Every name that a file defines, reads or is called by."""
    found = {path.stem}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for part in ("id", "attr", "name", "arg"):
            value = getattr(node, part, None)
            found |= {value} if isinstance(value, str) else set()
    return found


def test_no_name_is_a_word_that_was_given_up() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {name}: {why}"
        for path in sorted(SOURCE.rglob("*.py"))
        for name in sorted(names(path))
        for word, why in GIVEN_UP.items()
        if re.search(word, name, re.IGNORECASE)
    ]

    assert found == []


def test_a_finding_is_what_a_person_established_and_no_class_of_anything_else() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and re.search(r"Finding", node.name)
    ]

    assert found == []
