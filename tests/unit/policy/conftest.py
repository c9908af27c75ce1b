"""The real law of one day, a demand to start from, and tiny packs made for one test."""

import copy
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clerestory.demands import Demand, Determination, read_demand
from clerestory.law.packs import PackStack, load_stack
from clerestory.policy import Engine

ROOT = Path(__file__).parents[3]
ON = date(2026, 3, 2)

# Made up for these tests: police ask for the address of a person who flees a felony.
DOCUMENT: Mapping[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "T-1",
    "received": {"date": "2026-03-02", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "a made-up police force", "class": "police_state"},
    "instrument": {
        "kind": "letter",
        "issuer": "officer",
        "written": "yes",
        "scope": {"persons": "named", "count": 1, "fields": "stated"},
        "status": "live",
    },
    "purpose": "locate_fugitive",
    "grounds": ["fleeing_felony"],
    "subjects": [{"ref": "S1", "relation": "named", "applicant": "yes"}],
    "records": [{"program": "snap", "fields": ["S1.address"]}],
    "findings": {
        "requester_identified": "yes",
        "authority_stated": "yes",
        "official_capacity": "yes",
        "locating_is_official_duty": "yes",
    },
}

AUTHORITY = """
[[authority]]
id = "{name}"
citation = "{name} section 1"
title = "a made-up law"
kind = "{kind}"
binds = ["all"]
basis = "{basis}"
confirmed = "yes"
effect = "It has this effect."
requester = "It says this to the requester."
person = "It says this to the person."
not_met = "It was not met."
"""


@pytest.fixture(scope="session")
def stack() -> PackStack:
    """Federal and Maine law."""
    return load_stack(ROOT / "packs", ["us-federal", "us-me"])


@pytest.fixture(scope="session")
def engine(stack: PackStack) -> Engine:
    """The law of 2 March 2026."""
    return Engine.of(stack, ON)


@pytest.fixture
def document() -> dict[str, Any]:
    """A demand that is released, free to be changed."""
    return copy.deepcopy(dict(DOCUMENT))


@pytest.fixture(scope="session")
def make(stack: PackStack) -> Callable[..., Demand]:
    """Read the demand to start from, with whole parts of it replaced; a dict is laid over it."""

    def made(**parts: Any) -> Demand:
        changed = copy.deepcopy(dict(DOCUMENT))
        for name, part in parts.items():
            old = changed.get(name)
            both = isinstance(old, dict) and isinstance(part, dict)
            changed[name] = {**old, **part} if both else part  # type: ignore[dict-item]
        return read_demand(changed, stack.vocabulary)

    return made


@pytest.fixture(scope="session")
def decide(engine: Engine, make: Callable[..., Demand]) -> Callable[..., Determination]:
    """Decide the demand to start from, with parts of it replaced."""
    return lambda **parts: engine.decide(make(**parts))


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., Engine]:
    """Write a pack of one test's own policies and assemble its law."""

    def written(policies: str, *, on: date = ON, more: str = "") -> Engine:
        folder = tmp_path / "packs" / "tiny"
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "packs" / "codes.yaml", folder.parent)
        shutil.copytree(ROOT / "packs" / "words", folder.parent / "words")
        (folder / "pack.toml").write_text('name = "tiny"\nversion = "1"\nrequires = []\n')
        (folder / "authorities.toml").write_text(
            AUTHORITY.format(name="house-default-deny", kind="restricts", basis="agency_policy")
            + 'decides = "silence"\n'
            + AUTHORITY.format(name="act", kind="permits", basis="law")
            + AUTHORITY.format(name="mandate", kind="mandates", basis="law")
            + AUTHORITY.format(name="habit", kind="procedure", basis="agency_policy")
            + more
        )
        (folder / "tiny.cedar").write_text(policies)
        return Engine.of(load_stack(folder.parent, ["tiny"]), on)

    return written
