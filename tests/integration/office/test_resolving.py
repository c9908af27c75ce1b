"""Whom a demand names is established from the agency's own records, before any of them leaves.

All demands, people and records are made up.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.holdings import Protection
from clerestory.holdings.errors import IndexFault
from clerestory.holdings.protections import Protections
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import canonical_bytes, digest_of
from clerestory.office.answer.looking_up import Holdings
from clerestory.office.answer.protections import check_of_age
from clerestory.office.errors import OfficeAltered
from made_up_acts import FOUND, NOBODY, TWO, TWO_WHO, WHO, MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="snap", fields=["address", "phone"])
BY_PARENT = """\
format: clerestory-demand/1
id: M-1
title: "Made-up: a parent asks"
received: {date: 2026-12-01, channel: post}
holder: {agency: me-dhhs, kind: state_agency, jurisdiction: us-me}
requester: {body: "a made-up parent", class: representative_of_subject}
instrument:
  kind: letter
  issuer: none
  written: yes
  scope: {persons: named, count: 1, fields: stated}
  status: live
purpose: own_record
subjects:
- {ref: S1, relation: named, applicant: yes, flags: [minor]}
records:
- {program: snap, fields: [S1.address]}
representatives:
- {for: S1, as: parent}
"""
VERIFIED = "findings.identity_of_subject_verified"
HODAN = b"demand: M-1\nS1: {name: Hodan Yuusuf Example, birth_date: 2017-09-30, ssn: 913-13-0000}\n"
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def received(made: MadeUp, text: str = ASKS, answer: str = "yes") -> str:
    matter = str(made.receive(paper=text.encode()).matter)
    made.establish(matter, VERIFIED, answer)
    return matter


def kept(made: MadeUp, matter: str, position: int) -> dict[str, Any]:
    from clerestory.office.papers import read_paper

    told: dict[str, Any] = json.loads(read_paper(made.office, matter, position))
    return told


def lookups(made: MadeUp) -> list[dict[str, object]]:
    holdings = made.holdings()
    assert isinstance(holdings, Holdings)
    holdings.lookups.verify()
    lines = (holdings.lookups.folder / "lookups.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def cells(made: MadeUp, matter: str, position: int) -> list[list[object]]:
    told = kept(made, matter, position)["cells"]
    return [cell[1:3] for cell in told]


def test_a_person_is_bound_without_a_name_and_what_was_found_is_kept(peopled: MadeUp) -> None:
    matter = received(peopled)
    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)
    assert fault.value.code == "decide-persons"
    assert "S1" in str(fault.value)
    assert lookups(peopled) == []

    before = peopled.persons(matter)
    acted = peopled.persons(matter, by="P-clk")

    fields = peopled.opened(acted)
    found = kept(peopled, matter, 4)
    assert fields == {
        "act": "establish", "position": "4", "previous": before.digest, "actor": "P-clk",
        "key": key_hash(signer("P-clk").verifier), "on": "2026-12-01", "signed": acted.digest,
        "to": "received", "fact": "persons", "by": "custodian", "stands_on": before.digest,
        "answer": digest_of(found), "evidence": digest_of_bytes(WHO),
    }  # fmt: skip
    assert found == {
        "demand": "M-1",
        "persons": {"S1": {
            "key": "P20000011", "flags": [], "told": [], "reasons": [],
            "marks": {"name": "Amina Warsame Example", "birth_date": "1988-04-17",
                      "ssn": "911-11-0000"},
        }},
    }  # fmt: skip
    # Each look is recorded before it is answered, with the matter that it is for.
    assert [
        (one["demand"], one["number"], one["ref"], one["outcome"]) for one in lookups(peopled)
    ] == [(matter, 1, "S1", "found")] * 4
    public = canonical_bytes(dict(fields))
    assert b"Amina" not in public
    assert b"P20000011" not in public
    peopled.decide(matter)
    assert cells(peopled, matter, 5) == [["S1.address", "release"], ["S1.phone", "release"]]
    assert peopled.audit() == []


def digest_of_bytes(content: bytes) -> str:
    from clerestory.office.papers import paper_digest

    return paper_digest(content)


@sqlite
def test_nobody_is_looked_up_of_whom_nothing_would_leave(peopled: MadeUp) -> None:
    matter = received(peopled, answer="no")

    with pytest.raises(Refusal) as fault:
        peopled.persons(matter)

    assert fault.value.code == "persons-needless"
    assert lookups(peopled) == []
    peopled.decide(matter)
    assert cells(peopled, matter, 3) == [["S1.address", "withhold"], ["S1.phone", "withhold"]]


@sqlite
def test_of_whom_nobody_is_certain_nothing_leaves(peopled: MadeUp) -> None:
    matter = received(peopled)
    peopled.persons(matter, NOBODY)
    peopled.decide(matter)

    assert cells(peopled, matter, 4) == [["S1.address", "withhold"], ["S1.phone", "withhold"]]
    asked = kept(peopled, matter, 4)["demand"]
    assert asked["findings"]["identifier_matches_one_person"] == "no"
    peopled.persons(matter)  # with the right marks, found since
    peopled.decide(matter)
    assert cells(peopled, matter, 6)[0] == ["S1.address", "release"]


@sqlite
def test_of_two_the_one_who_is_not_certain_goes_to_counsel(peopled: MadeUp) -> None:
    matter = str(peopled.receive(paper=TWO.encode()).matter)
    for name in FOUND:
        peopled.establish(matter, f"findings.{name}")
    peopled.persons(matter, TWO_WHO)
    peopled.decide(matter)

    assert cells(peopled, matter, 8) == [
        ["S1.address", "release"], ["S2.address", "refer_to_counsel"],
    ]  # fmt: skip


@sqlite
def test_what_the_record_says_of_protection_is_a_fact_of_the_demand(peopled: MadeUp) -> None:
    matter = received(peopled)
    peopled.persons(matter, HODAN)

    found = kept(peopled, matter, 3)["persons"]
    assert (found["S1"]["key"], found["S1"]["flags"]) == ("P20000013", ["minor"])
    peopled.decide(matter)
    asked = kept(peopled, matter, 4)["demand"]
    assert asked["subjects"][0]["flags"] == ["minor"]


@sqlite
def test_a_parent_reads_nothing_of_somebody_whom_their_record_shows_to_be_grown(
    peopled: MadeUp,
) -> None:
    matter = str(peopled.receive(paper=BY_PARENT.encode()).matter)
    for name in ("requester_identified", "representative_authority_shown"):
        peopled.establish(matter, f"findings.{name}")
    rows = apps.get_model("store", "ActRow").objects.filter(chain=matter)
    before = rows.count()

    with pytest.raises(Refusal) as fault:
        peopled.persons(matter)  # a grown woman

    assert fault.value.code == "record-of-age"
    assert str(fault.value).startswith(
        "a demand says that somebody is a minor, and by their record they are of age: S1"
    )
    assert "take the flag minor out" in fault.value.todo
    assert rows.count() == before
    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)
    assert fault.value.code == "decide-persons"
    peopled.persons(matter, NOBODY)  # of whom nothing leaves anyway
    peopled.persons(matter, HODAN)  # nine years old
    acted = peopled.decide(matter)
    assert cells(peopled, matter, acted.position) == [["S1.address", "release"]]


@sqlite
def test_only_a_record_that_is_certain_of_it_says_that_somebody_is_of_age(peopled: MadeUp) -> None:
    holdings = peopled.holdings()
    grown = Protections(stated=frozenset(), unknown=frozenset())
    young = Protections(stated=frozenset({Protection.MINOR}), unknown=frozenset())
    unsure = Protections(stated=frozenset(), unknown=frozenset({Protection.MINOR}))
    silent = replace(holdings.catalogue, protections=())

    check_of_age("S1", grown, holdings.catalogue, told={"sud_patient"})
    check_of_age("S1", grown, silent, told={"minor"})
    check_of_age("S1", young, holdings.catalogue, told={"minor"})
    check_of_age("S1", unsure, holdings.catalogue, told={"minor"})
    with pytest.raises(Refusal) as fault:
        check_of_age("S1", grown, holdings.catalogue, told={"minor"})
    assert fault.value.code == "record-of-age"


@sqlite
def test_what_is_signed_is_of_these_persons_in_these_records(peopled: MadeUp) -> None:
    matter = received(peopled)
    told = peopled.draft_persons(matter)
    for name in ("answer", "evidence", "fact", "stands_on", "to", "more"):
        bent = replace(told, facts={**told.facts, name: "0" * 64})
        with pytest.raises(Refusal, match=f"its {name} differs") as fault:
            peopled.persons(matter, signed=sign(bent, signer("P-cus")))
        assert fault.value.code == "act-unbound"
    with pytest.raises(Refusal, match=r"its (answer|evidence) differs"):
        peopled.persons(matter, HODAN, signed=sign(told, signer("P-cus")))
    with pytest.raises(NotAllowed):
        peopled.persons(matter, by="P-bob")
    for fact in ("findings.identifier_matches_one_person", "persons"):
        with pytest.raises(Refusal) as fault:
            peopled.establish(matter, fact)
        assert fault.value.code in {"establish-found", "establish-what"}
    with pytest.raises(Refusal) as fault:
        peopled.persons(matter, b"demand: M-2\nS1: {name: Amina Warsame Example}\n")
    assert "another demand" in str(fault.value)
    # Whoever keyed in that one person was found has established nothing.
    claimed = ASKS + "  identifier_matches_one_person: yes\n"
    other = str(peopled.receive(2, paper=claimed.replace("M-1", "M-2").encode()).matter)
    peopled.establish(other, VERIFIED)
    with pytest.raises(Refusal) as fault:
        peopled.decide(other)
    assert fault.value.code == "decide-persons"
    rows = apps.get_model("store", "ActRow").objects.filter(chain=matter)
    assert [row.act for row in rows.order_by("position")] == ["receive", "establish"]


@sqlite
def test_after_a_correction_of_the_paper_its_persons_are_established_anew(
    peopled: MadeUp,
) -> None:
    matter = received(peopled)
    peopled.persons(matter)
    peopled.decide(matter)

    peopled.amend(matter, ASKS.replace("S1.address, ", "").encode())
    peopled.establish(matter, VERIFIED)

    with pytest.raises(Refusal) as fault:
        peopled.decide(matter)
    assert fault.value.code == "decide-persons"


@contextmanager
def own_records(made: MadeUp, folder: Path) -> Iterator[sqlite3.Connection]:
    """Give an office records of its own, and open them for writing."""
    assert made.records is not None
    made.records = Path(shutil.copytree(made.records, folder / "agency"))
    made.open()
    with closing(sqlite3.connect(made.records / "agency.sqlite")) as connection:
        yield connection
        connection.commit()
    made.open()


@sqlite
def test_an_office_for_show_looks_nobody_up_in_records_that_may_be_real(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter = received(peopled)
    with own_records(peopled, tmp_path) as connection:
        connection.execute("UPDATE made_up SET statement = 'never mind'")
    with pytest.raises(Refusal) as fault:
        peopled.persons(matter)
    assert fault.value.code == "office-other-records"
    peopled.records = None
    peopled.open()
    with pytest.raises(Refusal) as fault:
        peopled.persons(matter)
    assert fault.value.code == "office-no-records"
    peopled.office = replace(peopled.office, made_up=False)
    with pytest.raises(Refusal) as fault:
        peopled.persons(matter)
    assert fault.value.code == "office-no-records"


@sqlite
def test_a_real_office_looks_up_no_made_up_people(peopled: MadeUp) -> None:
    matter = received(peopled)
    peopled.office = replace(peopled.office, made_up=False)

    with pytest.raises(Refusal) as fault:
        peopled.persons(matter)

    assert fault.value.code == "office-other-records"


@sqlite
def test_records_that_changed_since_the_index_name_nobody(peopled: MadeUp, tmp_path: Path) -> None:
    matter = received(peopled)
    with own_records(peopled, tmp_path) as connection:
        connection.execute("UPDATE people SET ssn = '900-00-0001' WHERE person_id = 'P20000012'")

    with pytest.raises(IndexFault) as fault:
        peopled.persons(matter)

    assert fault.value.code == "index-outdated"


@sqlite
def test_what_is_kept_of_a_look_is_what_its_act_binds(peopled: MadeUp) -> None:
    from clerestory.office.papers import keep_paper

    matter = received(peopled)
    peopled.persons(matter)
    other = canonical_bytes({"demand": "M-1", "persons": {}})
    apps.get_model("store", "PaperRow").objects.filter(matter_id=matter, position=3).delete()
    keep_paper(peopled.office, matter, 3, other)

    with pytest.raises(OfficeAltered) as fault:
        peopled.decide(matter)

    assert "who was found is what its act binds" in str(fault.value)


@sqlite
def test_that_a_representative_is_no_danger_is_found_knowing_what_the_record_says(
    peopled: MadeUp,
) -> None:
    from clerestory.office.asked import own_law
    from clerestory.office.known import known_demand
    from clerestory.office.matters import acts_in
    from clerestory.office.resolving import Person, as_known

    matter = received(peopled)
    danger = "representative_may_endanger"
    peopled.establish(matter, f"findings.{danger}", "no")
    peopled.persons(matter)
    acts = acts_in(peopled.office, matter)
    plain = known_demand(peopled.office, own_law(peopled.office), matter, acts)
    [subject] = plain.subjects
    by_other = replace(plain, subjects=(replace(subject, represented_by="parent"),))
    hides = {"S1": Person(key="made up", flags=frozenset({"address_confidentiality"}))}
    open_one = {"S1": Person(key="made up", flags=frozenset({"minor"}))}

    with pytest.raises(Refusal) as fault:
        as_known(by_other, hides, acts)

    assert fault.value.code == "decide-endangers"
    assert danger in fault.value.todo
    assert as_known(plain, hides, acts).subjects[0].flags == {"address_confidentiality"}
    assert as_known(by_other, open_one, acts).subjects[0].flags == {"minor"}
    knowing = b"made up: asked again, with the record at hand"
    peopled.establish(matter, f"findings.{danger}", "no", evidence=knowing)
    acts = acts_in(peopled.office, matter)
    assert as_known(by_other, hides, acts).finding(danger) == "no"
