"""The gate believes no earlier proof: whatever is written down as proved is proved again."""

import json
from pathlib import Path

import pytest

from clerestory.audit.gate import pass_gate
from clerestory.audit.gate.report import PROOF
from clerestory.audit.promises.written import core
from clerestory.law.activation import activate, list_active
from clerestory.law.errors import PackFault
from clerestory.law.packs import load_stack


def test_a_record_that_says_proved_is_not_believed(packs: Path) -> None:
    stack = load_stack(packs, ["us-aa"])
    promises = [promise.id for promise in core().promises]
    # As if somebody had written the record by hand.
    activate(packs, {stack.digest: {"packs": ["us-aa 1"], "proved": [*promises], "laws": 2}})
    assert stack.digest in list_active(packs)
    before = (packs / "active.json").read_bytes()
    assert json.loads(before)

    report = pass_gate(packs, [])

    assert [(step.name, step.passed) for step in report.steps][-1] == (PROOF, False)
    assert not report.activated
    told = "\n".join(report.steps[-1].lines)
    assert "refuted     one-right-person" in told
    assert (packs / "active.json").read_bytes() == before


def test_a_reviewed_file_that_cannot_be_read_is_told_before_anything_is_proved(packs: Path) -> None:
    (packs / "changes.toml").write_text("[[answer]\n")
    told: list[str] = []

    with pytest.raises(PackFault) as refused:
        pass_gate(packs, [], say=told.append)

    assert refused.value.code == "law-changes-unreadable"
    assert told == []
