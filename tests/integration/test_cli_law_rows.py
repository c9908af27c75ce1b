"""``law rows`` as a custodian uses it: written demands become rows that can be replayed."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner, Result

from clerestory.audit.casebook import cases_of
from clerestory.cli.deciding import decide_file
from clerestory.cli.main import program
from clerestory.demands import load_document
from clerestory.kernel import Refusal
from clerestory.law.packs import load_stack
from clerestory.policy.circuit.circuit import OUTCOMES
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.model.law_of_the_day import LawOfTheDay

ROOT = Path(__file__).parents[2]
DOCKETS = ROOT / "casebook" / "dockets.yaml"
SAID = {"refer_to_counsel": "refer"}

# Made up for these tests: two persons, one of whose fields is asked twice.
DEMAND: dict[str, Any] = {
    "format": "clerestory-demand/1",
    "id": "T-1",
    "title": "a made-up demand",
    "received": {"date": "2026-03-17", "channel": "post"},
    "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
    "requester": {"body": "Made Up Police, Officer Made Up", "class": "police_state"},
    "instrument": {"kind": "letter", "issuer": "officer", "written": "yes", "status": "live"},
    "cited": ["snap-7usc2020e8-E"],
    "purpose": "locate_fugitive",
    "grounds": ["fleeing_felony"],
    "subjects": [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}],
    "records": [
        {"program": "snap", "fields": ["S1.address", "S1.phone", "S2.address"]},
        {"program": "snap", "fields": ["S1.address"]},
    ],
}


def law(*words: str | Path) -> Result:
    return CliRunner().invoke(program, ["law", *map(str, words)])


def write(path: Path, **changes: Any) -> Path:
    path.write_text(yaml.safe_dump({**deepcopy(DEMAND), **changes}), "utf-8")
    return path


def test_each_persons_field_of_a_demand_is_a_row(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml")
    (tmp_path / "two.json").write_text(json.dumps({**DEMAND, "id": "T-2"}))

    done = law("rows", tmp_path, "--out", tmp_path / "rows.parquet")

    assert done.exit_code == 0
    assert "wrote 6 rows of 2 demands" in done.output
    table = pq.read_table(tmp_path / "rows.parquet")
    columns = ["demand", "person", "resource.program", "resource.name"]
    asked = [("S1", "address"), ("S1", "phone"), ("S2", "address")]
    rows = list(zip(*(table[name].to_pylist() for name in columns), strict=True))
    assert rows == [(name, p, "snap", f) for name in ("T-1", "T-2") for p, f in asked]
    assert set(table["month"].to_pylist()) == {date(2026, 3, 1)}
    assert set(table["subject.alone"].to_pylist()) == {"no"}
    assert table["cited"].to_pylist() == [["snap-7usc2020e8-E"]] * 6


def test_the_rows_are_what_replay_takes(tmp_path: Path) -> None:
    law("rows", ROOT / "casebook", "--out", tmp_path / "rows.parquet")
    laws = ("--pack", "us-me@2015-01-01", "--pack", "us-me@2026-11-02")

    done = law("replay", "--demands", tmp_path / "rows.parquet", *laws, "--out", tmp_path, "--json")

    found = json.loads(done.output)
    assert done.exit_code == 1
    assert found["rulings"] == pq.read_metadata(tmp_path / "rows.parquet").num_rows > 100
    assert found["rulings_changed"] > 0


def test_rows_are_answered_as_decide_answers_on_the_day_of_receipt(tmp_path: Path) -> None:
    told = json.loads(law("rows", DOCKETS, "--out", tmp_path / "rows.parquet", "--json").output)
    table = pq.read_table(tmp_path / "rows.parquet")
    decided: dict[tuple[str, ...], str] = {}
    answered: dict[tuple[str, ...], str] = {}

    for name in dict.fromkeys(table["demand"].to_pylist()):
        one = decide_file(DOCKETS, case=name, explain=False)
        for ruling in one.determination.rulings:
            outcome = SAID.get(ruling.outcome.value, ruling.outcome.value)
            item = ruling.item
            decided[name, item.subject, item.program, item.field] = outcome
        stack = load_stack(ROOT / "packs", ["us-me"])
        circuit = circuit_of(LawOfTheDay.assemble(stack, one.demand.received_on))
        rows = table.filter(pc.equal(table["demand"], name))
        answers = [OUTCOMES[n] for n in ColumnarLaw(circuit).decide(rows).outcome]
        for row, answer in zip(rows.to_pylist(), answers, strict=True):
            key = (name, row["person"], row["resource.program"], row["resource.name"])
            answered[key] = answer

    assert answered == decided
    assert told["rows"] == len(answered)
    assert told["demands"] == len({name for name, *_ in answered}) > 0


def test_cases_of_packs_that_are_not_here_are_named_and_left_out(tmp_path: Path) -> None:
    cases = cases_of(load_document(DOCKETS), DOCKETS.name)
    foreign = [c["demand"]["id"] for c in cases if not set(c["packs"]) <= {"us-federal", "us-me"}]

    done = law("rows", DOCKETS, "--out", tmp_path / "rows.parquet")

    assert foreign
    assert all(f"left out {name}: there is no pack" in done.output for name in foreign)
    assert not set(foreign) & set(pq.read_table(tmp_path / "rows.parquet")["demand"].to_pylist())


BAD: dict[str, tuple[str, str, dict[str, Any]]] = {
    "code": ("law-unknown-code", "bad.yaml", {"purpose": "curiosity"}),
    "form": ("demand-unreadable", "bad.yaml", {"subjects": "everybody"}),
    "reference": ("demand-unreadable", "bad.yaml",
                  {"records": [{"program": "snap", "fields": ["S9.address"]}]}),
    "no pack": ("law-no-pack", "bad.yaml",
                {"holder": {**DEMAND["holder"], "jurisdiction": "us-ny"}}),
    "same id": ("rows-demand-twice", "T-1", {"id": "T-1"}),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_demand_is_refused_by_name_and_nothing_is_written(fault: str, tmp_path: Path) -> None:
    code, said, change = BAD[fault]
    write(tmp_path / "a.yaml")
    write(tmp_path / "bad.yaml", **{"id": "T-2", **change})

    done = law("rows", tmp_path / "a.yaml", tmp_path / "bad.yaml", "--out", tmp_path / "r.parquet")

    assert isinstance(done.exception, Refusal)
    assert done.exception.code == code
    assert said in str(done.exception)
    assert done.exception.todo
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "bad.yaml"]


def test_files_that_hold_no_demand_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [")
    (tmp_path / "empty.yaml").write_text("")
    told = [
        law("rows", tmp_path / name, "--out", tmp_path / "rows.parquet").exception
        for name in ("broken.yaml", "empty.yaml", "nothing.yaml")
    ]

    assert [fault.code for fault in told if isinstance(fault, Refusal)] == 3 * ["demand-unreadable"]
    assert not (tmp_path / "rows.parquet").exists()


def test_cases_of_other_states_alone_are_no_file(tmp_path: Path) -> None:
    foreign = [
        case
        for case in cases_of(load_document(DOCKETS), DOCKETS.name)
        if not set(case["packs"]) <= {"us-federal", "us-me"}
    ]
    (tmp_path / "foreign.yaml").write_text(yaml.safe_dump({"cases": foreign}))

    refused = law("rows", tmp_path / "foreign.yaml", "--out", tmp_path / "rows.parquet").exception

    assert isinstance(refused, Refusal)
    assert refused.code == "rows-no-demand"


def test_rows_are_never_written_over_a_file(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml")
    (tmp_path / "rows.parquet").write_text("something else")

    refused = law("rows", tmp_path / "one.yaml", "--out", tmp_path / "rows.parquet").exception

    assert isinstance(refused, Refusal)
    assert refused.code == "rows-file-exists"
    assert (tmp_path / "rows.parquet").read_text() == "something else"


def test_a_pack_that_is_named_reads_demands_of_any_state(tmp_path: Path) -> None:
    holder = {**DEMAND["holder"], "jurisdiction": "us-ny"}
    path = write(tmp_path / "one.yaml", holder=holder)

    done = law("rows", path, "--pack", "us-federal", "--out", tmp_path / "rows.parquet")

    assert done.exit_code == 0
    assert pq.read_metadata(tmp_path / "rows.parquet").num_rows == 3
