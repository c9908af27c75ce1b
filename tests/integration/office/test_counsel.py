"""What goes to counsel comes back as counsel's signed answer, and ends as the law lets it.

All demands, people and records are made up.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.apps import apps

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.kernel import Refusal
from made_up_acts import FOUND, NOBODY, TWO, TWO_WHO, MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="mainecare", fields=["address", "phone"])
VERIFIED = "identity_of_subject_verified"
POINT = "wic-other-programs-to-counsel"
WIC = """\
format: clerestory-demand/1
id: M-1
title: "Made-up: an address of WIC for a housing office"
received: {date: 2026-12-01, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up housing office of the State", class: state_agency}
instrument:
  kind: letter
  issuer: agency_head
  written: yes
  scope: {persons: named, count: 1, fields: stated}
  status: live
purpose: eligibility_verification
subjects:
- {ref: S1, relation: named, applicant: yes}
records:
- {program: wic, fields: [S1.address]}
agreements:
- with: state_agency
  purposes: [eligibility_verification]
  fields: [address]
  programs: [wic]
  in_force: yes
  agreed_by_holder: yes
  bars_onward_sharing: yes
"""
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def opinion(
    point: str = POINT,
    answer: bool = True,
    items: tuple[str, ...] = ("wic/S1.address",),
    **more: str,
) -> Any:
    from clerestory.office.counsel import Opinion

    return Opinion(point=point, in_favor=answer, items=items, **({"reason": "made up"} | more))


def state(matter: str) -> str:
    return str(apps.get_model("store", "MatterRow").objects.get(id=matter).state)


def outcomes(made: MadeUp, matter: str) -> dict[str, str]:
    """What each item comes to in the decision that stands."""
    from clerestory.office.papers import read_paper

    place = max(row.position for row in made.office.rows(matter) if row.act == "decide")
    cells = json.loads(read_paper(made.office, matter, place))["cells"]
    return {f"{program}/{ref}": outcome for program, ref, outcome, *_ in cells}


def referred(made: MadeUp, folder: Path) -> str:
    """A demand that the law sends to counsel, of somebody who is in the program."""
    assert made.records is not None
    made.records = Path(shutil.copytree(made.records, folder / "agency"))
    with closing(sqlite3.connect(made.records / "agency.sqlite")) as connection:
        connection.execute("INSERT INTO wic_cases (person_id) VALUES ('P20000011')")
        connection.commit()
    made.open()
    matter = str(made.receive(paper=WIC.encode()).matter)
    for finding in ("requester_identified", "subject_notified"):
        made.establish(matter, f"findings.{finding}")
    made.establish(matter, "agreements.1", who="P-clk")
    made.establish(matter, "agreements.1", who="P-law", by="counsel")
    made.decide(matter)
    return matter


def test_an_opinion_in_favor_opens_what_the_law_lets_counsel_open(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter = referred(peopled, tmp_path)
    assert (state(matter), outcomes(peopled, matter)) == (
        "referred", {"wic/S1.address": "refer_to_counsel"},
    )  # fmt: skip
    *_, decided = peopled.office.rows(matter)

    acted = peopled.opine(matter, opinion())

    fields = peopled.opened(acted)
    assert (len(fields.pop("opinion")), fields) == (64, {
        "act": "opine", "position": "7", "previous": decided.digest, "actor": "P-law",
        "key": key_hash(signer("P-law").verifier), "on": "2026-12-01", "signed": acted.digest,
        "to": "received", "decision": decided.digest,
    })  # fmt: skip
    peopled.persons(matter)
    peopled.decide(matter)
    assert (state(matter), outcomes(peopled, matter)) == (
        "decided", {"wic/S1.address": "release"},
    )  # fmt: skip
    assert peopled.opine(matter, opinion(), signed=sign(
        replace(peopled.office.signed(peopled.office.rows(matter)[6]).statement), signer("P-law"),
    )).again  # fmt: skip
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    to = pyrage.x25519.Identity.generate()
    peopled.seal(matter, f"{to.to_public()}\n".encode())
    path = peopled.put_out(matter, tmp_path / "out")
    assert b"91 Demonstration Lane" in pyrage.decrypt(path.read_bytes(), [to])
    assert peopled.audit() == []


@sqlite
def test_an_opinion_against_closes_it_and_it_is_refused(peopled: MadeUp, tmp_path: Path) -> None:
    matter = referred(peopled, tmp_path)
    peopled.opine(matter, opinion(answer=False))
    peopled.decide(matter)
    assert (state(matter), outcomes(peopled, matter)) == (
        "decided", {"wic/S1.address": "withhold"},
    )  # fmt: skip
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    peopled.refuse(matter)
    letter, index = peopled.put_out_letters(matter, tmp_path / "out")
    peopled.hand_over(matter, letter)
    assert (letter.name, index.name) == ("1-refusal.pdf", "1-withheld.pdf")
    assert peopled.audit() == []


@sqlite
def test_a_letter_that_says_counsel_was_asked_is_of_a_matter_in_which_they_were(
    peopled: MadeUp,
) -> None:
    # Nobody is found, and of anybody who was counsel would have been asked for one of the two.
    paper = WIC.replace("program: wic", "program: mainecare").replace(
        "agreements:", "- {program: ccdf, fields: [S1.phone]}\nagreements:"
    ).replace("[wic]", "[mainecare, ccdf]")  # fmt: skip
    matter = str(peopled.receive(paper=paper.encode()).matter)
    for finding in ("requester_identified", "subject_notified", "written_request_complete",
                    "official_capacity"):  # fmt: skip
        peopled.establish(matter, f"findings.{finding}")
    peopled.establish(matter, "agreements.1", who="P-clk")
    peopled.establish(matter, "agreements.1", who="P-law", by="counsel")
    peopled.persons(matter, NOBODY)
    peopled.decide(matter)
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)

    with pytest.raises(Refusal) as fault:
        peopled.refuse(matter)

    assert (fault.value.code, state(matter)) == ("refuse-counsels-own", "voted")
    peopled.refer(matter)
    peopled.opine(matter)
    peopled.decide(matter)
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    peopled.refuse(matter)
    assert (state(matter), peopled.audit()) == ("refused", [])


@sqlite
def test_an_opinion_is_of_what_was_referred_by_counsel(peopled: MadeUp, tmp_path: Path) -> None:
    from clerestory.office.counsel import CLOSED

    matter = referred(peopled, tmp_path)
    for wrong, code in (
        (opinion("refer-judicial-subpoena"), "opine-not-referred"),
        (opinion(items=("wic/S1.phone",)), "opine-not-referred"),
        (opinion(items=("snap/S1.address",)), "opine-not-referred"),
        (opinion(CLOSED, answer=False), "opine-which-point"),
        (opinion(reason=" "), "opine-no-reason"),
        (opinion(items=()), "opine-no-reason"),
    ):
        with pytest.raises(Refusal) as fault:
            peopled.opine(matter, wrong)
        assert fault.value.code == code
    told = peopled.draft_opinions(matter, opinion())
    with pytest.raises(Refusal, match="its opinion differs"):
        peopled.opine(matter, opinion(answer=False), signed=sign(told, signer("P-law")))
    for who in ("P-cus", "P-bob", "P-off"):
        with pytest.raises(NotAllowed) as denied:
            peopled.opine(matter, opinion(), who=who)
        assert denied.value.code == "act-wrong-role"
    assert state(matter) == "referred"


@sqlite
def test_a_change_of_the_facts_voids_an_opinion(peopled: MadeUp, tmp_path: Path) -> None:
    matter = referred(peopled, tmp_path)
    peopled.opine(matter, opinion(answer=False))
    with pytest.raises(Refusal) as fault:
        peopled.opine(matter, opinion())
    assert fault.value.code == "act-wrong-state"
    peopled.establish(matter, "findings.requester_identified", evidence=b"made up, once more")

    with pytest.raises(Refusal) as fault:
        peopled.opine(matter, opinion())
    assert fault.value.code == "opine-undecided"

    peopled.decide(matter)

    assert (state(matter), outcomes(peopled, matter)) == (
        "referred", {"wic/S1.address": "refer_to_counsel"},
    )  # fmt: skip


@sqlite
def test_what_people_send_to_counsel_is_closed_by_counsel_or_stays_as_the_law_has_it(
    peopled: MadeUp,
) -> None:
    from clerestory.office.counsel import CLOSED

    matter = peopled.answered(ASKS, VERIFIED)
    with pytest.raises(Refusal) as fault:
        peopled.refer(matter, " ")
    assert fault.value.code == "refer-no-reason"
    *_, before = peopled.office.rows(matter)
    decision = next(row.digest for row in peopled.office.rows(matter) if row.act == "decide")
    acted = peopled.refer(matter)
    assert peopled.opened(acted) == {
        "act": "refer", "position": "7", "previous": before.digest, "actor": "P-cus",
        "key": key_hash(signer("P-cus").verifier), "on": "2026-12-01", "signed": acted.digest,
        "to": "referred", "decision": decision, "reason": "made up",
    }  # fmt: skip
    with pytest.raises(Refusal) as fault:
        peopled.opine(matter, opinion(CLOSED, items=("mainecare/S1.address",)))
    assert fault.value.code == "opine-which-point"  # nobody but the law opens

    peopled.opine(matter, opinion(CLOSED, answer=False, items=("mainecare/S1.address",)))
    peopled.decide(matter)

    assert (state(matter), outcomes(peopled, matter)) == (
        "decided", {"mainecare/S1.address": "withhold", "mainecare/S1.phone": "release"},
    )  # fmt: skip
    for who in ("P-ann", "P-bob"):
        assert not peopled.vote(matter, who).again
    peopled.refer(matter)
    peopled.opine(matter)  # it stays as the law has it
    peopled.decide(matter)
    assert state(matter) == "decided"
    assert peopled.audit() == []


@sqlite
def test_what_is_ordered_is_not_closed_by_counsel(peopled: MadeUp) -> None:
    from clerestory.office.counsel import CLOSED

    matter = peopled.answered(ASKS.replace("program: mainecare", "program: snap"), VERIFIED)
    peopled.refer(matter)

    with pytest.raises(Refusal) as fault:
        peopled.opine(matter, opinion(CLOSED, answer=False, items=("snap/S1.address",)))

    assert fault.value.code == "opine-ordered"


@sqlite
def test_where_one_of_two_is_not_certain_counsel_lets_the_other_be_answered(
    peopled: MadeUp,
) -> None:
    from clerestory.office.counsel import CLOSED

    matter = str(peopled.receive(paper=TWO.encode()).matter)
    for name in FOUND:
        peopled.establish(matter, f"findings.{name}")
    peopled.persons(matter, TWO_WHO)
    peopled.decide(matter)
    assert state(matter) == "referred"

    peopled.opine(matter, opinion(CLOSED, answer=False, items=("snap/S2.address",)))
    peopled.decide(matter)

    assert (state(matter), outcomes(peopled, matter)) == (
        "decided", {"snap/S1.address": "release", "snap/S2.address": "withhold"},
    )  # fmt: skip
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    assert state(matter) == "voted"
    assert peopled.audit() == []
