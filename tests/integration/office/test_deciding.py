"""What the office's own law makes of the facts is worked out by the office, bound and kept."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import digest_of
from clerestory.law import load_stack
from clerestory.policy.decide.engine import ENGINE
from made_up_acts import MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="snap", fields=["address", "phone"])
VERIFIED = "findings.identity_of_subject_verified"
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def ready(made: MadeUp, text: str = ASKS, answer: str = "yes") -> str:
    matter = str(made.receive(paper=text.encode()).matter)
    made.establish(matter, VERIFIED, answer)
    if answer == "yes":
        made.persons(matter)
    return matter


def state(matter: str) -> str:
    return str(apps.get_model("store", "MatterRow").objects.get(id=matter).state)


def test_a_determination_is_bound_with_all_it_stands_on_and_kept(peopled: MadeUp) -> None:
    from clerestory.office.papers import read_paper

    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, VERIFIED)
    found = peopled.persons(matter)
    acted = peopled.decide(matter)

    parts = json.loads(read_paper(peopled.office, matter, 4))
    stack = load_stack(Path("packs"), ["us-federal", "us-me"])
    fields = peopled.opened(acted)
    judged, catalogue = fields.pop("judged"), fields.pop("catalogue")
    assert (len(judged), len(catalogue)) == (64, 64)
    assert fields == {
        "act": "decide", "position": "4", "previous": found.digest, "actor": "P-cus",
        "key": key_hash(signer("P-cus").verifier), "on": "2026-12-01", "signed": acted.digest,
        "to": "decided", "stands_on": found.digest,
        "law": stack.digest, "packs": ", ".join(stack.names), "profile": "maine-dhhs",
        "engine": ENGINE, **{name: digest_of(part) for name, part in parts.items()},
    }  # fmt: skip
    assert sorted(parts) == ["cells", "demand", "determination", "stages"]
    assert parts["cells"] == [["snap", f"S1.{name}", "release", "", True]
                              for name in ("address", "phone")]  # fmt: skip
    assert parts["determination"]["on"] == "2026-12-01"
    assert parts["demand"]["findings"] == {
        "identifier_matches_one_person": "yes", "identity_of_subject_verified": "yes"
    }  # fmt: skip
    # Fields of which the same is known are one case, with its way through the stages.
    assert sorted(item for case in parts["stages"] for item in case["items"]) == [
        "snap/S1.address", "snap/S1.phone",
    ]  # fmt: skip
    assert all(case["lifts"] and not case["bars"] for case in parts["stages"])
    assert state(matter) == "decided"
    assert peopled.audit() == []


def test_the_same_facts_and_day_decide_the_same_and_any_change_begins_anew(
    peopled: MadeUp,
) -> None:
    matter = ready(peopled)
    signed = sign(peopled.draft_decision(matter), signer("P-cus"))
    first = peopled.decide(matter, signed=signed)

    assert peopled.decide(matter, signed=signed) == replace(first, again=True)
    peopled.establish(matter, VERIFIED, "unknown")
    assert state(matter) == "received"
    # The old decision is found, and is no decision of what is known now.
    second = peopled.decide(matter)
    told = [peopled.opened(one) for one in (first, second)]
    assert told[0]["determination"] != told[1]["determination"]
    peopled.amend(matter, ASKS.replace(", S1.phone", "").encode())
    assert state(matter) == "received"
    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)
    assert fault.value.code == "decide-claims"
    assert peopled.audit() == []


@sqlite
def test_what_an_unknown_finding_opened_is_opened_no_more(peopled: MadeUp) -> None:
    from clerestory.office.papers import read_paper

    matter = ready(peopled, answer="no")
    peopled.decide(matter)

    cells = json.loads(read_paper(peopled.office, matter, 3))["cells"]
    assert [cell[2] for cell in cells] == ["withhold", "withhold"]


@sqlite
def test_nobody_chooses_the_answer_the_law_or_the_day(peopled: MadeUp) -> None:
    matter = ready(peopled)
    told = peopled.draft_decision(matter)
    for name in ("to", "determination", "cells", "stages", "demand", "law", "packs", "profile",
                 "engine", "catalogue", "judged", "more"):  # fmt: skip
        bent = replace(told, facts={**told.facts, name: "0" * 64})
        with pytest.raises(Refusal, match=f"its {name} differs") as fault:
            peopled.decide(matter, signed=sign(bent, signer("P-cus")))
        assert fault.value.code == "act-unbound"
    peopled.clock.on(days=1)
    with pytest.raises(Refusal) as fault:
        peopled.decide(matter, signed=sign(told, signer("P-cus")))
    assert fault.value.code == "act-other-day"
    with pytest.raises(NotAllowed) as denied:
        peopled.decide(matter, who="P-clk")
    assert denied.value.code == "act-wrong-role"
    assert state(matter) == "received"


@sqlite
def test_a_statement_of_facts_that_changed_meanwhile_is_signed_anew(peopled: MadeUp) -> None:
    matter = ready(peopled)
    signed = sign(peopled.draft_decision(matter), signer("P-cus"))
    peopled.establish(matter, VERIFIED, "no")

    with pytest.raises(Refusal) as fault:
        peopled.decide(matter, signed=signed)

    assert fault.value.code == "act-moved-on"
    assert state(matter) == "received"


@sqlite
def test_a_demand_of_a_day_to_come_is_not_decided(peopled: MadeUp) -> None:
    matter = ready(peopled, ASKS.replace("2026-12-01", "2026-12-02"))

    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)

    assert fault.value.code == "answer-before-receipt"


@sqlite
def test_a_law_that_did_not_come_through_the_gate_decides_nothing(
    peopled: MadeUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clerestory.office import asked

    matter = ready(peopled)
    for name in ("packs", "profiles"):
        shutil.copytree(name, tmp_path / name)
    monkeypatch.setattr(asked, "installed_data", lambda: tmp_path)
    changed = tmp_path / "packs/us-me/authorities.toml"
    changed.write_text(changed.read_text("utf-8") + "\n# one letter\n", "utf-8")

    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)

    assert fault.value.code == "law-not-proved"
    assert state(matter) == "received"
