"""The audit of an office finds what was written beside its acts, and decides again what it decided.

All demands, people and records are made up.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.apps import apps

from clerestory.acts import key_hash, sign
from clerestory.audit.chain import Discrepancy
from clerestory.disclosure import Receipt, sign_text
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import canonical_bytes, digest_of
from made_up_acts import FOUND, TWO, TWO_WHO, MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="mainecare", fields=["address", "phone"])
VERIFIED = "identity_of_subject_verified"
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def audited(made: MadeUp, **more: Any) -> tuple[Any, list[Discrepancy]]:
    from clerestory.office.auditing import OfficeAudit

    audit = OfficeAudit(office=made.office, **({"share": 1.0} | more))
    found = list(audit.run())
    assert audit.counted.found == len(found)
    return audit.counted, found


def codes(made: MadeUp, **more: Any) -> list[str]:
    return [each.code for each in audited(made, **more)[1]]


def story(made: MadeUp, folder: Path) -> str:
    """One answer that left, one refusal, one that counsel let be answered in part."""
    matter = made.answered(ASKS, VERIFIED)
    made.seal(matter, f"{pyrage.x25519.Identity.generate().to_public()}\n".encode())
    made.hand_over(matter, made.put_out(matter, folder / "out"))
    other = str(made.receive(2, paper=ASKS.replace("M-1", "M-2").encode()).matter)
    made.establish(other, f"findings.{VERIFIED}", "no")
    made.decide(other)
    for who in ("P-ann", "P-bob"):
        made.vote(other, who)
    third = str(made.receive(3, paper=TWO.encode()).matter)
    for name in FOUND:
        made.establish(third, f"findings.{name}")
    made.persons(third, TWO_WHO)
    made.decide(third)
    return matter


def test_an_office_of_acts_alone_is_clean_and_says_what_was_gone_through(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.auditing import Audited

    story(peopled, tmp_path)
    told: list[int] = []

    counted, found = audited(peopled, progress=told.append)

    assert found == []
    entries = apps.get_model("store", "ActRow").objects.count()
    assert counted == Audited(entries=entries, matters=3, papers=16, decided=3, sampled=3, found=0)
    assert told == []
    # Anybody who draws with the same seed draws the same.
    some = [audited(peopled, share=0.5, seed=7)[0].sampled for _ in range(2)]
    assert some[0] == some[1] < 4
    assert audited(peopled, share=0.0)[0].sampled == 0


def by_hand(_made: MadeUp, _matter: str) -> None:
    rows = apps.get_model("store", "MatterRow").objects
    rows.create(id="M-byhand", number=99, state="voted", site="", received_on="2026-12-01")


def other_state(_made: MadeUp, matter: str) -> None:
    apps.get_model("store", "MatterRow").objects.filter(id=matter).update(state="sealed")


def other_paper(made: MadeUp, matter: str) -> None:
    from clerestory.office.papers import keep_paper

    apps.get_model("store", "PaperRow").objects.filter(matter_id=matter, position=1).delete()
    keep_paper(made.office, matter, 1, ASKS.replace("S1.phone", "S1.email").encode())


def no_paper(_made: MadeUp, matter: str) -> None:
    apps.get_model("store", "PaperRow").objects.filter(matter_id=matter, position=1).delete()


def paper_beside(made: MadeUp, matter: str) -> None:
    from clerestory.office.papers import keep_paper

    keep_paper(made.office, matter, 40, b"made up")


def other_decision(made: MadeUp, matter: str) -> None:
    from clerestory.office.papers import keep_paper, read_paper

    parts = json.loads(read_paper(made.office, matter, 4))
    parts["cells"][0][2] = "withhold"
    apps.get_model("store", "PaperRow").objects.filter(matter_id=matter, position=4).delete()
    keep_paper(made.office, matter, 4, canonical_bytes(parts))


def other_content(content: bytes) -> Callable[[MadeUp, str], None]:
    def edit(made: MadeUp, matter: str) -> None:
        from clerestory.office.papers import keep_paper

        apps.get_model("store", "PaperRow").objects.filter(matter_id=matter, position=4).delete()
        keep_paper(made.office, matter, 4, content)

    return edit


def look_beside(made: MadeUp, _matter: str) -> None:
    from clerestory.holdings import LookupReason, NotFound, PersonQuery, Purpose
    from clerestory.holdings.query import Reason

    holdings = made.holdings()
    holdings.lookups.record(
        PersonQuery.from_mapping({"name": "Nobody Example"}),
        NotFound(reasons=(next(iter(Reason)),)),
        Purpose(reason=LookupReason.DEMAND, demand="M-never"), index="made up", at=made.clock(),
    )  # fmt: skip


@sqlite
@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (by_hand, ["matter-unreceived"]),
        (other_state, ["matter-state"]),
        (other_paper, ["paper-altered", "decision-other-facts"]),
        (no_paper, ["paper-unreadable", "decision-other-facts"]),
        (paper_beside, ["paper-unbound"]),
        (other_decision, ["paper-altered"]),
        (other_content(b"{}"), ["paper-altered"]),
        (other_content(b"[]"), ["paper-altered"]),
        (other_content(b"made up"), ["paper-altered"]),
        (look_beside, ["lookup-without-matter"]),
    ],
)
def test_what_is_written_beside_the_acts_is_found(
    peopled: MadeUp, edit: Callable[[MadeUp, str], None], code: list[str]
) -> None:
    matter = peopled.answered(ASKS, VERIFIED)

    edit(peopled, matter)

    assert codes(peopled) == code


def bent(made: MadeUp, answer: str, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Log a decision that its custodian's own program made up, and audit it."""
    from clerestory.office.deciding import judge
    from clerestory.office.matters import acts_in, do

    matter = str(made.receive(paper=ASKS.encode()).matter)
    made.establish(matter, f"findings.{VERIFIED}", answer)
    if answer == "yes":
        made.persons(matter)
    told = made.draft_decision(matter)
    judged = judge(made.office, matter, acts_in(made.office, matter), told.on)
    parts = json.loads(judged.content)
    change(parts)
    facts = {**told.facts, **{name: digest_of(part) for name, part in parts.items()}}
    signed = sign(replace(told, facts=facts), signer("P-cus"))
    do(made.office, signed, facts, key="made-up", content=canonical_bytes(parts))
    return codes(made, share=0.0)


def raised(parts: dict[str, Any]) -> None:
    parts["cells"][0][2] = "release"


def raised_whole(parts: dict[str, Any]) -> None:
    raised(parts)
    parts["stages"][0]["outcome"] = "release"


def lowered(parts: dict[str, Any]) -> None:
    parts["cells"][0][2] = "withhold"


def dropped(parts: dict[str, Any]) -> None:
    parts["stages"][0]["items"].pop()


def unread(parts: dict[str, Any]) -> None:
    parts["demand"]["purpose"] = "no such purpose"


def other_facts(parts: dict[str, Any]) -> None:
    parts["demand"]["findings"] = {VERIFIED: "yes", "identifier_matches_one_person": "yes"}


@sqlite
@pytest.mark.parametrize(
    ("answer", "change", "code"),
    [
        ("no", raised, ["decision-raised"]),
        ("no", raised_whole, ["decision-differs"]),
        ("no", other_facts, ["decision-other-facts", "decision-differs", "decision-differs"]),
        ("yes", lowered, []),  # the law is a ceiling
        ("yes", dropped, ["decision-items"]),
        ("yes", unread, ["decision-other-facts", "decision-unreadable"]),
    ],
)
def test_a_decision_that_the_law_did_not_make_is_found_by_the_table_alone(
    peopled: MadeUp, answer: str, change: Callable[[dict[str, Any]], None], code: list[str]
) -> None:
    assert bent(peopled, answer, change) == code


@sqlite
def test_a_decision_that_leaves_out_a_suspension_is_found(peopled: MadeUp) -> None:
    from clerestory.office.deciding import judge
    from clerestory.office.matters import acts_in, do
    from clerestory.office.standing_law import draft_suspension, suspend

    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}")
    peopled.persons(matter)
    told = peopled.draft_decision(matter)
    judged = judge(peopled.office, matter, acts_in(peopled.office, matter), told.on)
    ruling = json.loads(judged.content)["determination"]["rulings"][0]
    authority = ruling["authorities"][0]
    order = draft_suspension(
        peopled.office, "suspend", authority=authority, reason="a made-up order", actor="P-law",
        key=key_hash(signer("P-law").verifier),
    )  # fmt: skip
    suspend(peopled.office, sign(order, signer("P-law")))

    do(peopled.office, sign(told, signer("P-cus")), judged.facts, key="made-up",
       content=judged.content)  # fmt: skip

    found = audited(peopled)[1]
    assert [(one.code, one.matter, one.position) for one in found] == [
        ("decision-suspended", matter, told.position)
    ]
    assert authority in found[0].what


@sqlite
def test_cedar_finds_a_stage_that_is_not_what_was_kept(peopled: MadeUp) -> None:
    def other_stage(parts: dict[str, Any]) -> None:
        parts["stages"][0]["lifts"] = ["made-up"]

    assert bent(peopled, "yes", other_stage) == []

    assert codes(peopled, share=1.0) == ["decision-differs"]


@sqlite
def test_a_decision_under_a_law_or_a_catalogue_that_is_not_here_is_said(peopled: MadeUp) -> None:
    from clerestory.audit.decided_again import DecidedAgain, Kept
    from clerestory.office.asked import own_law

    stack = own_law(peopled.office).stack
    kept = Kept(matter="M", position=4, index=9, on=peopled.clock().date(), law=stack.digest,
                catalogue="0" * 64, parts={})  # fmt: skip
    again = DecidedAgain({stack.digest: stack}, {}, seed=0, share=1.0)

    for one, code in ((kept, "decision-catalogue"),
                      (replace(kept, law="1" * 64), "decision-law-missing")):  # fmt: skip
        [found] = again.take(one)
        assert (found.code, found.matter, found.position, found.index) == (code, "M", 4, 9)
    assert again.counted.decided == 0


@sqlite
def test_what_is_kept_of_a_refusal_a_hand_over_and_a_receipt_is_what_they_bind(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.papers import keep_paper, read_paper

    their = signer("their")
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}", "no")
    peopled.decide(matter)
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    peopled.refuse(matter)
    letter, index = peopled.put_out_letters(matter, tmp_path / "out")
    peopled.hand_over(matter, letter, f"{their.verifier.vkey}\n".encode())
    told = Receipt(
        demand_id="M-1", package=sha256(letter.read_bytes()).hexdigest(), by="a made-up office",
        received_at=peopled.clock(),
    )  # fmt: skip
    peopled.take_receipt(matter, sign_text(f"{told.unsigned_bytes().decode()}\n", their))
    rows = apps.get_model("store", "PaperRow").objects
    kept = [read_paper(peopled.office, matter, position) for position in (6, 7, 8)]
    swapped = json.loads(kept[0])
    swapped["letter"], swapped["index"] = swapped["index"], swapped["letter"]
    receipt = json.loads(kept[2]) | {"signature": "AA=="}
    others = (canonical_bytes(swapped), f"{signer('P-bob').verifier.vkey}\n".encode(),
              canonical_bytes(receipt))  # fmt: skip
    for position, other in zip((6, 7, 8), others, strict=True):
        for content in (other, b"{}")[: 1 if position == 6 else 2]:
            rows.filter(matter_id=matter, position=position).delete()
            keep_paper(peopled.office, matter, position, content)
            found = audited(peopled, share=0.0)[1]
            assert [(one.code, one.position) for one in found] == [("paper-altered", position)]
        rows.filter(matter_id=matter, position=position).delete()
        keep_paper(peopled.office, matter, position, kept[position - 6])
    assert (codes(peopled), index.is_file()) == ([], True)


@sqlite
def test_a_decision_on_facts_of_another_matter_is_found(peopled: MadeUp) -> None:
    from clerestory.office.deciding import judge
    from clerestory.office.matters import acts_in, do

    other = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(other, f"findings.{VERIFIED}")
    peopled.persons(other)
    judged = judge(peopled.office, other, acts_in(peopled.office, other), peopled.clock().date())
    matter = str(peopled.receive(2, paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}", "no")
    told = peopled.draft_decision(matter)
    facts = {**judged.facts, "stands_on": told.facts["stands_on"]}
    signed = sign(replace(told, facts=facts), signer("P-cus"))

    do(peopled.office, signed, facts, key="made-up", content=judged.content)

    assert codes(peopled) == ["decision-other-facts"]


@sqlite
def test_an_audit_is_held_where_the_law_may_not_answer(
    peopled: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clerestory.office import standing_law

    matter = peopled.answered(ASKS, VERIFIED)
    monkeypatch.setattr(standing_law, "ENGINE", "another engine")
    with pytest.raises(Refusal) as fault:
        peopled.establish(matter, f"findings.{VERIFIED}", evidence=b"made up, once more")
    assert fault.value.code == "law-not-activated"

    assert codes(peopled) == []
