"""Who shares a commit with others is told their own fault, and the log asked for repeats."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from clerestory.kernel import Refusal
from clerestory.kernel.time import Zone
from clerestory.ledger import (
    Ed25519Signer,
    Event,
    EventType,
    FileKeyEncryptionKey,
    Ledger,
    audit_ledger,
)
from clerestory.ledger.repeats import find_entry

EASTERN = Zone("America/New_York")


def test_a_callers_own_fault_is_not_replaced_by_that_of_the_commit(
    tmp_path: Path, signer: Ed25519Signer, kek: FileKeyEncryptionKey, demand: Event, at: datetime
) -> None:
    folder = tmp_path / "L"
    with Ledger.create(folder, signer.verifier.name, signer, kek) as ledger:
        ledger.append([demand], at, zone=EASTERN)
        ledger.erase("m/1", scope="made-up", authority="made up", at=at, zone=EASTERN)
    armed = False

    def steps(step: str) -> None:
        if armed and step == "commit":
            raise OSError("the disk is full")

    with Ledger(folder, signer, kek, steps=steps) as ledger:
        armed = True

        with pytest.raises(Refusal) as caught:
            ledger.append([demand], at, zone=EASTERN)

    # What they asked for is impossible, whatever the disk does; a full disk would send them back.
    assert caught.value.code == "log-erased"


def test_an_entry_that_says_the_same_is_found_in_its_matter(
    ledger: Ledger, demand: Event, at: datetime
) -> None:
    other_matter = replace(demand, matter="m/2")
    other_field = replace(demand, fields={**demand.fields, "office": "second"})
    other_type = replace(demand, type=EventType.DEMAND_DECIDED)
    public = Event(type=EventType.POLICY_ADOPTED, scope="made-up", public={"a": "b"})
    ledger.append([other_matter, other_field, other_type, public], at, zone=EASTERN)

    assert find_entry(ledger, demand) is None
    ledger.append([demand, demand], at, zone=EASTERN)

    assert find_entry(ledger, demand) == 4
    assert find_entry(ledger, other_matter) == 0
    assert find_entry(ledger, other_field) == 1
    assert find_entry(ledger, other_type) == 2
    assert find_entry(ledger, public) is None


@pytest.mark.parametrize("fields", [{"note": "x"}, {"indexes": ""}, {"indexes": "0 one"}])
def test_an_erasure_that_names_no_entries_is_a_finding(
    ledger: Ledger, demand: Event, at: datetime, fields: dict[str, str]
) -> None:
    # Written past the command that keeps such an event out, as an older version could.
    typed = Event(type=EventType.RETENTION_ERASED, scope="made-up", matter="m/9", fields=fields)
    ledger.append([demand, typed], at, zone=EASTERN)

    report = audit_ledger(ledger)

    assert [(one.code, one.message) for one in report.faults] == [
        ("log-torn", "an erasure must name its entries: index 1")
    ]
