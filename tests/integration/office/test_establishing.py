"""A fact counts once it is established from evidence, by whom the table of facts names."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.demands import BadDemand
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import digest_of
from made_up_acts import LETTER, MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="snap", fields=["address", "phone"])
VERIFIED = "findings.identity_of_subject_verified"
CONSENT = (
    ASKS
    + """\
consents:
  - {by: S1, to: me_public, purpose: own_record, fields: [S1.address], signed_on: 2026-11-30}
agreements:
  - {with: me_public, purposes: [own_record], fields: [S1.address], from: 2026-01-01}
"""
)
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def received(made: MadeUp, text: str = ASKS) -> str:
    return str(made.receive(paper=text.encode()).matter)


def rows() -> dict[str, int]:
    return {name: int(apps.get_model("store", name).objects.count())
            for name in ("ActRow", "MatterRow", "PaperRow", "VoteRow")}  # fmt: skip


def settled(made: MadeUp, matter: str) -> Any:
    from clerestory.demands import demand_json
    from clerestory.office.asked import asked, own_law
    from clerestory.office.claims import settle, since_the_paper
    from clerestory.office.matters import acts_in

    acts, law = acts_in(made.office, matter), own_law(made.office)
    written = demand_json(asked(made.office, law, matter, acts))
    return settle(written, since_the_paper(acts), law.stack.vocabulary)


def test_a_finding_is_bound_with_its_evidence_and_kept_sealed(peopled: MadeUp) -> None:
    from clerestory.office.papers import paper_digest, read_paper

    first = peopled.receive(paper=ASKS.encode())
    acted = peopled.establish(first.matter, VERIFIED)

    assert peopled.opened(acted) == {
        "act": "establish", "position": "2", "previous": first.digest, "actor": "P-cus",
        "key": key_hash(signer("P-cus").verifier), "on": "2026-12-01", "signed": acted.digest,
        "to": "received", "fact": VERIFIED, "answer": "yes", "by": "custodian",
        "claim": digest_of("yes"), "evidence": paper_digest(LETTER), "stands_on": first.digest,
    }  # fmt: skip
    assert read_paper(peopled.office, first.matter, 2) == LETTER
    assert settled(peopled, first.matter)["findings"] == {"identity_of_subject_verified": "yes"}
    assert peopled.audit() == []


def test_done_again_it_is_found(peopled: MadeUp) -> None:
    matter = received(peopled)
    signed = sign(peopled.draft_finding(matter, VERIFIED), signer("P-cus"))
    first = peopled.establish_signed(signed)
    before = rows()
    peopled.clock.on(days=1)

    assert peopled.establish_signed(signed) == replace(first, again=True)
    with pytest.raises(Refusal) as fault:
        peopled.draft_finding(matter, VERIFIED)

    assert fault.value.code == "establish-nothing"
    assert rows() == before


@sqlite
def test_a_claim_is_none_until_it_is_established_and_after_an_amendment_anew(
    peopled: MadeUp,
) -> None:
    matter = received(peopled)
    with pytest.raises(Refusal, match=f"established: {VERIFIED}$") as fault:
        settled(peopled, matter)
    assert fault.value.code == "decide-claims"

    peopled.establish(matter, VERIFIED, "unknown")
    assert settled(peopled, matter)["findings"] == {"identity_of_subject_verified": "unknown"}
    # The latest counts, and what the demand does not claim is found as well.
    peopled.establish(matter, VERIFIED, "no", who="P-clk")
    peopled.establish(matter, "findings.crime_named", "no")
    assert settled(peopled, matter)["findings"] == {
        "crime_named": "no", "identity_of_subject_verified": "no",
    }  # fmt: skip
    peopled.amend(matter, ASKS.replace("phone", "name").encode())
    with pytest.raises(Refusal) as fault:
        settled(peopled, matter)
    assert fault.value.code == "decide-claims"


@sqlite
def test_a_consent_is_established_by_two_from_the_paper(peopled: MadeUp) -> None:
    matter = received(peopled, CONSENT)
    peopled.establish(matter, VERIFIED)
    for fact in ("agreements.1", "consents.1"):
        peopled.establish(matter, fact, "no" if fact[0] == "a" else "yes")
        # Twice by one person is once, whatever they look at.
        peopled.establish(matter, fact, "no" if fact[0] == "a" else "yes", evidence=b"made up")
    with pytest.raises(Refusal, match=r"agreements\.1, consents\.1"):
        settled(peopled, matter)

    peopled.establish(matter, "consents.1", who="P-clk")
    peopled.establish(matter, "agreements.1", "no", who="P-clk")
    # Of two who establish an agreement one is counsel.
    with pytest.raises(Refusal, match=r"established: agreements\.1$"):
        settled(peopled, matter)
    peopled.establish(matter, "agreements.1", "no", who="P-law", by="counsel")

    known = settled(peopled, matter)
    assert len(known["consents"]) == 1
    assert "agreements" not in known
    # One who finds otherwise is enough for nothing to count.
    peopled.establish(matter, "consents.1", "no", who="P-off")
    with pytest.raises(Refusal, match=r"established: consents\.1$"):
        settled(peopled, matter)
    assert peopled.audit() == []


@sqlite
def test_only_by_whom_the_table_of_facts_names(peopled: MadeUp) -> None:
    matter = received(peopled)
    before = rows()
    counsels = "findings.hipaa_three_part_statement"
    refused: list[tuple[dict[str, Any], str]] = [
        ({"fact": counsels}, "establish-by"),
        ({"fact": counsels, "by": "counsel"}, "establish-by"),
        ({"fact": VERIFIED, "who": "P-law", "by": "counsel"}, "establish-by"),
        ({"fact": VERIFIED, "who": "P-law"}, "establish-by"),
        ({"fact": VERIFIED, "by": "program"}, "establish-by"),
        ({"fact": VERIFIED, "answer": "perhaps"}, "establish-answer"),
        ({"fact": "findings.made_up"}, "establish-what"),
        ({"fact": "consents.1"}, "establish-what"),
        ({"fact": "paper.kind"}, "establish-what"),
        ({"fact": VERIFIED, "who": "P-bob"}, "act-wrong-role"),
        ({"fact": VERIFIED, "who": "P-new"}, "act-untrained"),
        ({"fact": VERIFIED, "evidence": b""}, "paper-size"),
    ]
    for more, code in refused:
        with pytest.raises((Refusal, NotAllowed)) as fault:
            peopled.establish(matter, **more)
        assert fault.value.code == code, more
    assert rows() == before
    peopled.establish(matter, counsels, who="P-law", by="counsel")


@sqlite
def test_the_statement_is_of_what_stands_and_nothing_beside(peopled: MadeUp) -> None:
    matter = received(peopled)
    told = peopled.draft_finding(matter, VERIFIED)
    before = rows()
    for name in ("to", "claim", "evidence", "stands_on", "more"):
        bent = replace(told, facts={**told.facts, name: "0" * 64})
        with pytest.raises(Refusal, match=f"its {name} differs") as fault:
            peopled.establish_signed(sign(bent, signer("P-cus")))
        assert fault.value.code == "act-unbound"
    with pytest.raises(Refusal, match="its act differs"):
        peopled.establish_signed(sign(replace(told, act="amend"), signer("P-cus")))
    assert rows() == before


@sqlite
def test_only_a_demand_for_this_office_without_counsels_words(peopled: MadeUp) -> None:
    opinion = (
        ASKS
        + """\
opinions:
  - {point: made.up, answer: yes, records: [{program: snap, fields: [S1.address]}], by: X,
     signed_on: 2026-12-01, reason: made up}
"""
    )
    for number, (text, error, code) in enumerate([
        ("%PDF-1.7 made up", BadDemand, None),
        (ASKS.replace("agency: me-dhhs", "agency: me-county-jail"), Refusal, "answer-other-holder"),
        (ASKS.replace("jurisdiction: us-me", "jurisdiction: us-ny"), Refusal,
         "answer-other-holder"),
        (opinion, Refusal, "decide-counsels-own"),
    ], 1):  # fmt: skip
        matter = peopled.receive(number, paper=text.encode()).matter
        with pytest.raises(error) as fault:
            peopled.establish(matter, VERIFIED)
        assert code is None or fault.value.code == code, fault.value
