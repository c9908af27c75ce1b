"""A demand that is written and read again is the same demand."""

import json
from pathlib import Path
from typing import Any

import pytest

from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.demands import demand_json, load_document, read_demand
from clerestory.demands.schema import check_shape
from clerestory.law.codes import Vocabulary

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "casebook").glob("*.yaml"), *(ROOT / "packs").glob("*/cases/*.yaml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_known_demand_is_the_same_when_it_is_written_and_read(
    path: Path, vocabulary: Vocabulary
) -> None:
    for case in cases_of(load_document(path), path.name):
        demand = read_demand(demand_on(case, day_of(case["expect"][-1])), vocabulary)

        written = demand_json(demand)

        check_shape(written)
        assert read_demand(json.loads(json.dumps(written)), vocabulary) == demand


def test_a_demand_is_written_as_it_was_read(
    document: dict[str, Any], vocabulary: Vocabulary
) -> None:
    document["requester"] |= {"reference": "CV-26/41 (made up)"}
    document["findings"] = {"requester_identified": "unknown"}
    document["instrument"]["scope"] |= {"fields_named": ["S1.address"]}

    written = demand_json(read_demand(document, vocabulary))

    del document["requester"]["component"], document["subjects"][0]["flags"]
    document["nondisclosure"] = {"asked": "unknown", "ordered": "unknown"}
    document["instrument"]["enforced_by_order"] = "unknown"
    assert written == document


def test_a_paper_that_names_no_field_is_not_one_that_is_silent(
    document: dict[str, Any], vocabulary: Vocabulary
) -> None:
    document["instrument"]["scope"]["fields_named"] = []

    demand = read_demand(document, vocabulary)

    assert demand.instrument.fields_named == ()
    assert read_demand(demand_json(demand), vocabulary) == demand


def test_all_that_a_paper_names_is_written_as_it_was_read(
    document: dict[str, Any], vocabulary: Vocabulary
) -> None:
    document["instrument"] |= {
        "court": {"name": "a made-up court", "jurisdiction": "us-me"},
        "docket": "MU-1",
        "signed": {"by": "a made-up clerk", "on": "2026-02-27"},
        "served": {"by": "a made-up deputy", "on": "2026-03-01"},
    }
    document["instrument"]["scope"] |= {"persons_named": ["S1"], "programs": []}
    valid = {"from": "2026-01-10", "to": "2026-06-10"}
    document["representatives"] = [{"for": "S1", "as": "guardian", "valid": valid}]
    document["requester"]["jurisdiction"] = "us-nh"
    document["consents"] = [{"by": "S1", "programs": ["snap"]}]
    document["agreements"] = [{"with": "fns", "programs": []}]

    demand = read_demand(document, vocabulary)
    written = demand_json(demand)

    check_shape(written)
    paper = written["instrument"]
    assert isinstance(paper, dict)
    told = ("court", "docket", "signed", "served")
    assert {key: paper[key] for key in told} == {key: document["instrument"][key] for key in told}
    assert written["representatives"] == document["representatives"]
    assert written["requester"] == {
        "body": document["requester"]["body"],
        "class": "police_state",
        "jurisdiction": "us-nh",
    }
    assert read_demand(json.loads(json.dumps(written)), vocabulary) == demand


def test_what_counsel_signed_is_written_as_it_was_read(
    document: dict[str, Any], vocabulary: Vocabulary
) -> None:
    said = {"by": "a made-up counsel", "reason": "a made-up reason"}
    records = [{"program": "snap", "fields": ["S1.address"]}]
    document["records"] = records
    document["opinions"] = [
        {"point": "ask", "answer": "yes", "records": records, "signed_on": "2026-03-02", **said},
        {"point": "else", "answer": "no", "records": records, "signed_on": "2026-03-03", **said},
    ]
    document["suspensions"] = [
        {"authority": "act", "from": "2026-03-02T22:10:00-05:00", **said},
        {"authority": "act", "from": "2026-03-02T22:10:00-05:00",
         "to": "2026-03-04T09:00:00-05:00", **said},
    ]  # fmt: skip

    demand = read_demand(document, vocabulary)
    written = demand_json(demand)

    check_shape(written)
    document["suspensions"][0]["to"] = None
    assert written["opinions"] == document["opinions"]
    assert written["suspensions"] == document["suspensions"]
    assert read_demand(json.loads(json.dumps(written)), vocabulary) == demand
