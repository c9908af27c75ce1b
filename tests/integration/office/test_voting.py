"""Two people let an answer stand, or lower it, and a refusal points to both of them."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connections

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.kernel import Corruption, Refusal
from made_up_acts import MadeUp
from made_up_office import own_record
from signed_acts import signer

VERIFIED = "findings.identity_of_subject_verified"
FIELDS = ["address", "phone"]
# The law of SNAP orders that a household sees its file; that of Medicaid permits it.
ORDERED = own_record("M-1", received="2026-12-01", program="snap", fields=FIELDS)
PERMITTED = own_record("M-1", received="2026-12-01", program="mainecare", fields=FIELDS)
ADDRESS = {"mainecare/S1.address": "withhold"}
PHONE = {"mainecare/S1.phone": "withhold"}
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def decided(made: MadeUp, text: str = PERMITTED, answer: str = "yes", who: str = "P-clk") -> Any:
    matter = str(made.receive(paper=text.encode(), who=who).matter)
    made.establish(matter, VERIFIED, answer)
    if answer == "yes":
        made.persons(matter)
    return made.decide(matter)


def state(matter: str) -> str:
    return str(apps.get_model("store", "MatterRow").objects.get(id=matter).state)


def votes() -> int:
    return int(apps.get_model("store", "VoteRow").objects.count())


def test_two_votes_point_to_the_decision_and_a_refusal_to_all_three(
    peopled: MadeUp, tmp_path: Path
) -> None:
    from clerestory.office.cells import cells_digest
    from clerestory.office.matters import acts_in
    from clerestory.office.papers import paper_digest
    from clerestory.office.voting import ballot_of

    decision = decided(peopled, answer="no")
    matter = decision.matter
    first = peopled.vote(matter, "P-ann")
    second = peopled.vote(matter, "P-bob", dissent="made up: too little")
    ballot = ballot_of(peopled.office, acts_in(peopled.office, matter))
    answer = cells_digest(ballot.cells)
    signed = sign(peopled.draft_refusal(matter), signer("P-cus"))
    refused = peopled.refuse(matter, signed)

    shared = {"on": "2026-12-01", "decision": decision.digest, "answer": answer}
    for acted, before, who, to, dissent in (
        (first, decision, "P-ann", "one_vote", ""),
        (second, first, "P-bob", "voted", "made up: too little"),
    ):
        assert peopled.opened(acted) == shared | {
            "act": "vote", "position": str(acted.position), "previous": before.digest,
            "actor": who, "key": key_hash(signer(who).verifier), "signed": acted.digest,
            "to": to, "lowered": "", "dissent": dissent,
        }  # fmt: skip
    letter, index = peopled.put_out_letters(matter, tmp_path / "out")
    rows = peopled.office.rows(matter)
    assert peopled.opened(refused) == shared | {
        "act": "refuse", "position": "6", "previous": second.digest, "actor": "P-cus",
        "key": key_hash(signer("P-cus").verifier), "signed": refused.digest, "to": "refused",
        "votes": f"{first.digest} {second.digest}", "stands_on": rows[1].digest,
        "law": peopled.opened(decision)["law"], "letter": paper_digest(letter.read_bytes()),
        "index": paper_digest(index.read_bytes()),
    }  # fmt: skip
    assert letter.read_bytes()[:4] == index.read_bytes()[:4] == b"%PDF"
    assert state(matter) == "refused"
    rows = apps.get_model("store", "VoteRow").objects.order_by("act__position")
    assert [(row.voter_id, row.decision, row.round) for row in rows] == [
        ("P-ann", decision.digest, 0), ("P-bob", decision.digest, 0),
    ]  # fmt: skip
    assert peopled.refuse(matter, signed) == replace(refused, again=True)
    assert peopled.audit() == []


def test_one_person_votes_once_and_again_is_found(peopled: MadeUp) -> None:
    matter = decided(peopled).matter
    first = peopled.vote(matter, "P-ann")
    peopled.clock.on(days=1)

    assert peopled.vote(matter, "P-ann") == replace(first, again=True)
    with pytest.raises(Refusal) as fault:
        peopled.vote(matter, "P-ann", lower=ADDRESS)
    assert fault.value.code == "act-key-used"
    assert (votes(), state(matter)) == (1, "one_vote")


def test_four_at_once_of_one_vote_are_one(peopled: MadeUp) -> None:
    from clerestory.office.voting import vote

    matter = decided(peopled).matter
    signed = sign(peopled.draft_vote(matter, "P-ann"), signer("P-ann"))
    done: list[Any] = []

    def run() -> None:
        try:
            done.append(vote(peopled.office, signed))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.again for one in done) == [False, True, True, True]
    assert {one.digest for one in done} == {signed.digest}
    assert (votes(), peopled.audit()) == (1, [])


def test_where_two_lower_differently_the_lower_is_signed_again_by_both(peopled: MadeUp) -> None:
    matter = decided(peopled).matter
    peopled.vote(matter, "P-ann", lower=ADDRESS)
    second = peopled.vote(matter, "P-bob", lower=PHONE)
    assert state(matter) == "decided"

    again = [peopled.vote(matter, who) for who in ("P-ann", "P-bob")]
    refused = peopled.refuse(matter)

    assert state(matter) == "refused"
    told = [peopled.opened(one) for one in (*again, refused)]
    assert {one["decision"] for one in told} == {second.digest}
    assert told[2]["votes"] == f"{again[0].digest} {again[1].digest}"
    assert len({one["answer"] for one in told}) == 1
    assert [row.round for row in apps.get_model("store", "VoteRow").objects.order_by("act")] == [
        0, 0, second.position, second.position,
    ]  # fmt: skip
    assert peopled.audit() == []


@sqlite
def test_a_vote_lowers_and_never_raises_and_an_order_goes_to_counsel(peopled: MadeUp) -> None:
    matter = decided(peopled, ORDERED).matter
    refused = [
        ({"snap/S1.address": "withhold"}, "review-mandate"),
        ({"snap/S1.address": "release"}, "review-would-raise"),
        ({"snap/S1.address": "coarsen"}, "review-would-raise"),
        ({"snap/S1.name": "withhold"}, "review-unknown-item"),
        ({"snap/S1.address": "maybe"}, "review-unknown-item"),
    ]
    for lower, code in refused:
        with pytest.raises(Refusal) as fault:
            peopled.vote(matter, "P-ann", lower=lower)
        assert fault.value.code == code
    peopled.vote(matter, "P-ann", lower={"snap/S1.address": "refer_to_counsel"})
    peopled.vote(matter, "P-bob")

    assert state(matter) == "referred"
    with pytest.raises(Refusal) as fault:
        peopled.refuse(matter)
    assert fault.value.code == "answer-unvoted"
    assert peopled.audit() == []


@sqlite
def test_neither_who_keyed_it_in_nor_the_untrained_nor_the_recused_vote(peopled: MadeUp) -> None:
    matter = decided(peopled, who="P-ann").matter
    with pytest.raises(Refusal) as early:
        peopled.vote(str(peopled.receive(2, paper=b"made up").matter), "P-bob")
    assert early.value.code == "vote-undecided"
    peopled.recuse(matter, "P-eve")
    for who, code in (("P-ann", "act-separation"), ("P-eve", "act-separation"),
                      ("P-new", "act-untrained"), ("P-cus", "act-wrong-role")):  # fmt: skip
        with pytest.raises(NotAllowed) as fault:
            peopled.vote(matter, who)
        assert fault.value.code == code, who
    assert votes() == 0
    peopled.vote(matter, "P-bob")
    with pytest.raises(Refusal) as unvoted:
        peopled.refuse(matter)
    assert unvoted.value.code == "answer-unvoted"


@sqlite
def test_a_recusal_and_a_new_fact_void_the_votes(peopled: MadeUp) -> None:
    matter = decided(peopled, answer="no").matter
    peopled.vote(matter, "P-ann")
    before = peopled.vote(matter, "P-bob")
    recused = peopled.recuse(matter, "P-bob")
    assert state(matter) == "decided"
    assert peopled.opened(recused) == {
        "act": "recuse", "position": "6", "previous": before.digest, "actor": "P-bob",
        "key": key_hash(signer("P-bob").verifier), "on": "2026-12-01", "signed": recused.digest,
        "to": "decided", "reason": "made up",
    }  # fmt: skip
    # Whoever voted before votes again: another vote, in another round.
    assert not peopled.vote(matter, "P-ann").again
    peopled.vote(matter, "P-eve")
    assert state(matter) == "voted"

    peopled.establish(matter, VERIFIED, "unknown")

    assert state(matter) == "received"
    with pytest.raises(Refusal):
        peopled.refuse(matter)
    peopled.decide(matter)
    for who in ("P-ann", "P-eve"):
        assert not peopled.vote(matter, who).again
    peopled.refuse(matter)
    with pytest.raises(Refusal) as fault:
        peopled.recuse(matter, "P-ann", reason=" ")
    assert fault.value.code == "recuse-no-reason"
    assert peopled.audit() == []


@sqlite
def test_nothing_that_lets_something_leave_is_refused(peopled: MadeUp) -> None:
    matter = decided(peopled).matter
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who, lower=ADDRESS)

    with pytest.raises(Refusal) as fault:
        peopled.refuse(matter)

    assert fault.value.code == "refuse-not-all"
    assert state(matter) == "voted"


@sqlite
def test_a_vote_and_a_refusal_are_of_what_stands(peopled: MadeUp) -> None:
    from clerestory.office.refusing import refuse
    from clerestory.office.voting import vote

    matter = decided(peopled, answer="no").matter
    told = peopled.draft_vote(matter, "P-ann")
    for name in ("to", "decision", "answer", "other_vote"):
        bent = replace(told, facts={**told.facts, name: "0" * 64})
        with pytest.raises(Refusal, match=f"its {name} differs"):
            vote(peopled.office, sign(bent, signer("P-ann")))
    twice = "mainecare/S1.phone=withhold mainecare/S1.address=withhold"
    bent = replace(told, facts={**told.facts, "lowered": twice})
    with pytest.raises(Refusal) as fault:
        vote(peopled.office, sign(bent, signer("P-ann")))
    assert fault.value.code == "review-twice"
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who)
    told = peopled.draft_refusal(matter)
    for name in ("to", "decision", "answer", "votes", "letter", "index", "law", "more"):
        bent = replace(told, facts={**told.facts, name: "0" * 64})
        with pytest.raises(Refusal, match=f"its {name} differs"):
            refuse(peopled.office, sign(bent, signer("P-cus")))
    with pytest.raises(Refusal, match="its act differs"):
        refuse(peopled.office, sign(replace(told, act="seal"), signer("P-cus")))
    assert state(matter) == "voted"


@sqlite
def test_what_was_decided_is_read_only_as_its_act_binds_it(peopled: MadeUp) -> None:
    from clerestory.office.papers import keep_paper, read_paper

    decision = decided(peopled)
    kept = read_paper(peopled.office, decision.matter, decision.position)
    rows = apps.get_model("store", "PaperRow").objects
    # The office's own account has the key that seals, and no reviewer's.
    rows.filter(matter_id=decision.matter, position=decision.position).delete()
    bent = kept.replace(b'"release"', b'"withhold"')
    keep_paper(peopled.office, decision.matter, decision.position, bent)

    with pytest.raises(Corruption) as fault:
        peopled.vote(decision.matter, "P-ann")

    assert fault.value.code == "office-altered"
    assert votes() == 0
