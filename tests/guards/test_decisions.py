"""Every decision on record has a number, a status and the four parts of the template."""

import re
from pathlib import Path

import pytest

RECORDS = sorted((Path(__file__).resolve().parents[2] / "docs" / "adr").glob("*.md"))
STATUS = re.compile(r"^Status: (?:proposed|accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$", re.M)
PARTS = ["## Context", "## Decision", "## Consequences", "## Considered and not chosen"]


def test_the_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name.partition("-")[0]) for path in RECORDS]

    assert numbers == list(range(len(RECORDS)))
    assert len(RECORDS) > 3


@pytest.mark.parametrize("record", RECORDS[1:], ids=lambda path: path.stem)
def test_the_decision_has_a_title_a_status_and_all_parts(record: Path) -> None:
    text = record.read_text(encoding="utf-8")

    assert text.startswith(f"# {record.name[:4]}. ")
    assert len(STATUS.findall(text)) == 1
    assert [line for line in text.splitlines() if line.startswith("## ")] == PARTS
