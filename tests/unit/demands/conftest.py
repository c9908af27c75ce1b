"""A demand's written form to start from, and the vocabulary it is read with."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from clerestory.demands import Demand, read_demand
from clerestory.law.codes import Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[3]

# Made up for these tests.
DOCUMENT: Mapping[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "T-1",
    "title": "a made-up demand",
    "received": {"date": "2026-03-02", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "a made-up police force", "class": "police_state", "component": None},
    "instrument": {
        "kind": "letter",
        "issuer": "officer",
        "written": "yes",
        "scope": {"persons": "named", "count": 1, "fields": "stated"},
        "status": "live",
    },
    "cited": ["snap-7usc2020e8-E"],
    "purpose": "locate_fugitive",
    "grounds": ["fleeing_felony"],
    "subjects": [{"ref": "S1", "relation": "named", "applicant": "yes", "flags": []}],
    "records": [{"program": "snap", "fields": ["S1.address", "S1.phone"]}],
    "findings": {"requester_identified": "yes"},
}


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The codes that every pack shares."""
    return load_vocabulary([ROOT / "packs" / "codes.yaml"])


@pytest.fixture
def document() -> dict[str, Any]:
    """A whole and sound document, free to be changed."""
    return copy.deepcopy(dict(DOCUMENT))


@pytest.fixture
def read(vocabulary: Vocabulary) -> Callable[[Any], Demand]:
    """Read a document with the shared codes."""
    return lambda changed: read_demand(changed, vocabulary)
