"""A fact of a paper, a person, a consent or an agreement is added by one row of the table.

The program is copied, rows are added to the copy's table and nothing else, and the copy is asked.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path("clerestory/law/fact_table.py")
# Before this row the new ones are put.
NEXT = '    said("nondisclosure.asked"'
ROWS = """
    given(
        "consent.witnessed", "consents.witnessed_by_two",
    ),
    given(
        "agreement.lapses", "agreements.lapses",
        worst="yes", covers=False, by="counsel",
    ),
    said("paper.sealed", "instrument.sealed", evidence=True),
    code(
        "paper.came_by", "channel", "instrument.came_by",
        own=False, silence="post", plain="email",
    ),
    said("subject.told", "subjects.told"),
"""
PATHS = ("consent.witnessed", "agreement.lapses", "paper.sealed", "paper.came_by", "subject.told")
ASKED = Path(__file__).with_name("told_by_a_copy.py")
DOCUMENT: dict[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "T-1",
    "received": {"date": "2026-03-02", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "a made-up body", "class": "police_state"},
    "purpose": "locate_fugitive",
    "subjects": [{"ref": "S1", "relation": "named"}],
    "records": [{"program": "snap", "fields": ["S1.address"]}],
}
STATED: dict[str, Any] = {
    **DOCUMENT,
    "subjects": [{"ref": "S1", "relation": "named", "told": True}],
    "instrument": {"kind": "letter", "sealed": "no", "came_by": "email"},
    "consents": [{"by": "S1", "to": "a made-up body", "witnessed_by_two": "yes"}],
    "agreements": [{"with": "police_state", "lapses": False}],
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the copy with the new rows says."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(
        ROOT / "src" / "clerestory", copy / "clerestory",
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    table = (copy / TABLE).read_text("utf-8")
    assert table.count(NEXT) == 1
    (copy / TABLE).write_text(table.replace(NEXT, f"{ROWS.strip(chr(10))}\n{NEXT}"), "utf-8")
    done = subprocess.run(
        [sys.executable, ASKED],
        input=json.dumps([str(ROOT / "packs"), STATED, DOCUMENT, PATHS]),
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_json_schema_has_the_new_keys(told: dict[str, Any]) -> None:
    answer, codes = {"$ref": "#/$defs/answer"}, {"$ref": "#/$defs/code", "codes": "channel"}

    assert told["keys"]["consents"]["witnessed_by_two"] == answer
    assert told["keys"]["agreements"]["lapses"] == answer
    assert told["keys"]["instrument"]["sealed"] == answer
    assert told["keys"]["subjects"]["told"] == answer
    assert told["keys"]["instrument"]["came_by"] == {"anyOf": [codes, {"type": "null"}]}
    assert told["places"] == "channel"


def test_the_reader_takes_them_and_what_is_left_out_is_not_known(told: dict[str, Any]) -> None:
    assert told["facts"] == dict(zip(PATHS, ("yes", "no", "no", "email", "yes"), strict=True))
    assert told["nothing"] == dict(
        zip(PATHS, ("no", "no", "unknown", "post", "unknown"), strict=True)
    )


def test_the_writer_writes_them_where_they_stood(told: dict[str, Any]) -> None:
    written = told["written"]

    assert written["consents"][0]["witnessed_by_two"] == "yes"
    assert written["agreements"][0]["lapses"] == "no"
    assert (written["instrument"]["sealed"], written["instrument"]["came_by"]) == ("no", "email")
    assert written["subjects"][0]["told"] == "yes"


def test_cedar_knows_their_type(told: dict[str, Any]) -> None:
    assert told["typed"] == [True, True, True, True, True, False]


def test_proof_and_replay_know_their_codes(told: dict[str, Any]) -> None:
    answer = ["no", "unknown", "yes"]

    domains = told["domains"]
    assert {"post", "email"} < set(domains["paper.came_by"])
    assert domains == dict.fromkeys(PATHS, answer) | {"paper.came_by": domains["paper.came_by"]}
    assert sorted(told["columns"]) == sorted(PATHS)


def test_what_is_said_of_no_consent_and_no_agreement_is_not_well_formed(
    told: dict[str, Any],
) -> None:
    assert told["fits"] == [True, False, False]


def test_a_counterexample_states_them_and_is_read_to_the_same_facts(told: dict[str, Any]) -> None:
    demand = told["counterexample"]

    assert told["plain"]
    assert told["returns"]
    assert demand["consents"][0]["witnessed_by_two"] == "yes"
    assert demand["agreements"][0]["lapses"] == "no"
    assert (demand["instrument"]["sealed"], demand["instrument"]["came_by"]) == ("no", "email")
    assert demand["subjects"][0]["told"] == "yes"


def test_a_condition_on_them_is_read_and_the_check_asks_for_their_sentences(
    told: dict[str, Any],
) -> None:
    assert told["asked"] == [[path, ["yes"]] for path in PATHS]
    assert told["unsaid"] == sorted(
        f"facts.{path} has no sentence for counsel, requester and person" for path in PATHS
    )


def test_what_would_change_an_answer_knows_them(told: dict[str, Any]) -> None:
    assert told["can_change"] == ["consent.witnessed", "agreement.lapses", "paper.sealed"]
    assert told["worst"] == ["no", "yes", "", "", ""]
