"""An answer is sealed once, to the one recipient that its act binds, and proved to be logged.

All demands, people and records are made up.
"""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from django.apps import apps

from clerestory.acts import NotAllowed, key_hash, sign
from clerestory.audit.packages import verify_package
from clerestory.disclosure.opening import Identity
from clerestory.kernel import Corruption, Refusal
from made_up_acts import LOG_KEY, MadeUp
from made_up_office import own_record
from signed_acts import signer

ASKS = own_record("M-1", received="2026-12-01", program="mainecare", fields=["address", "phone"])
VERIFIED = "identity_of_subject_verified"
THEIRS, OTHERS = (pyrage.x25519.Identity.generate() for _ in range(2))
sqlite = pytest.mark.parametrize("peopled", ["sqlite"], indirect=True)


def to(identity: pyrage.x25519.Identity = THEIRS) -> bytes:
    return f"{identity.to_public()}\n".encode()


def state(matter: str) -> str:
    return str(apps.get_model("store", "MatterRow").objects.get(id=matter).state)


def verified(path: Path, folder: Path) -> dict[str, str]:
    """Verify a package as its recipient would; return the texts of its files."""
    verify_package(
        path, sender=signer("sender").verifier, log_vkey=LOG_KEY.verifier,
        identity=Identity(given=str(THEIRS).encode()), extract_to=folder,
    )  # fmt: skip
    texts = (one for one in folder.rglob("*") if one.suffix in {".json", ".csv"})
    return {one.name: one.read_text("utf-8") for one in texts}


def test_a_voted_answer_is_logged_with_all_it_stands_on_and_then_sealed(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter = peopled.answered(ASKS, VERIFIED)
    before = peopled.office.rows(matter)
    decided, *votes = (row.digest for row in before[3:])

    acted = peopled.seal(matter, to())
    path = peopled.put_out(matter, tmp_path / "out")

    fields = peopled.opened(acted)
    package, answer, law, sent = (fields.pop(n) for n in ("package", "answer", "law", "recipient"))
    assert fields == {
        "act": "seal", "position": "7", "previous": votes[1], "actor": "P-cus",
        "key": key_hash(signer("P-cus").verifier), "on": "2026-12-01", "signed": acted.digest,
        "to": "sealed", "decision": decided, "votes": " ".join(votes), "kept_back": "",
        "recipient_name": str(THEIRS.to_public()), "stands_on": before[2].digest,
        "sender": key_hash(signer("sender").verifier),
    }  # fmt: skip
    told = [peopled.office.signed(row).statement.facts for row in before]
    assert (answer, law) == (told[4]["answer"], told[3]["law"])
    assert (len(package), len(sent)) == (64, 64)
    assert state(matter) == "sealed"
    name = "M-1+1.tar.age"
    assert sorted(one.name for one in path.parent.iterdir()) == [name, f"{name}.sig"]
    texts = verified(path, tmp_path / "opened")
    assert "91 Demonstration Lane, Exampleton, ME 00011" in texts["S1.json"]
    assert "911-11-0000" not in texts["S1.json"]
    assert peopled.audit() == []
    # Done again it finds what was done, and writes no second package.
    kept = path.read_bytes()
    assert peopled.put_out(matter, tmp_path / "out") == path
    assert path.read_bytes() == kept


@sqlite
def test_another_program_opens_the_package(peopled: MadeUp, tmp_path: Path) -> None:
    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, to())
    path = peopled.put_out(matter, tmp_path / "out")
    (tmp_path / "key").write_text(str(THEIRS))
    age = shutil.which("age")
    if age is None:
        pytest.skip("age is not installed")

    done = subprocess.run([age, "-d", "-i", tmp_path / "key", path], capture_output=True,
                          check=True)  # fmt: skip

    assert b"91 Demonstration Lane, Exampleton, ME 00011" in done.stdout


@sqlite
def test_a_second_recipient_is_never_served_from_the_same_votes(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter = peopled.answered(ASKS, VERIFIED)
    signed = sign(peopled.draft_seal(matter, to()), signer("P-cus"))
    with pytest.raises(Refusal, match=r"its (package|recipient|recipient_name) differs") as fault:
        peopled.seal(matter, to(OTHERS), signed)
    assert fault.value.code == "act-unbound"
    peopled.seal(matter, to(), signed)
    assert peopled.seal(matter, to(), signed).again

    with pytest.raises(NotAllowed) as denied:
        peopled.seal(matter, to(OTHERS))
    assert denied.value.code == "act-wrong-state"
    assert peopled.seal(matter, to()).again
    # Whoever writes the other key where the first was kept seals nothing to it.
    from clerestory.office.papers import keep_paper

    apps.get_model("store", "PaperRow").objects.filter(matter_id=matter, position=7).delete()
    keep_paper(peopled.office, matter, 7, to(OTHERS))
    with pytest.raises(Refusal) as fault:
        peopled.put_out(matter, tmp_path / "out")
    assert (fault.value.code, "recipient" in str(fault.value)) == ("seal-changed", True)
    assert not (tmp_path / "out").exists()


@sqlite
@pytest.mark.parametrize(
    "name",
    ["package", "answer", "votes", "decision", "recipient", "law", "kept_back", "recipient_name",
     "sender", "to", "more"],
)  # fmt: skip
def test_a_seal_binds_what_the_office_works_out(peopled: MadeUp, name: str) -> None:
    matter = peopled.answered(ASKS, VERIFIED)
    told = peopled.draft_seal(matter, to())
    bent = replace(told, facts={**told.facts, name: "0" * 64})

    with pytest.raises(Refusal, match=f"its {name} differs"):
        peopled.seal(matter, to(), sign(bent, signer("P-cus")))

    assert state(matter) == "voted"


@sqlite
def test_nothing_is_sealed_without_two_votes_or_of_which_nothing_leaves(peopled: MadeUp) -> None:
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}")
    peopled.persons(matter)
    peopled.decide(matter)
    for who in ("P-ann", None):
        with pytest.raises(Refusal) as fault:
            peopled.seal(matter, to())
        assert fault.value.code == "answer-unvoted"
        if who is not None:
            peopled.vote(matter, who)
    nothing = {f"mainecare/S1.{name}": "withhold" for name in ("address", "phone")}
    other = str(peopled.receive(2, paper=ASKS.encode()).matter)
    peopled.establish(other, f"findings.{VERIFIED}")
    peopled.persons(other)
    peopled.decide(other)
    for who in ("P-ann", "P-bob"):
        peopled.vote(other, who, lower=nothing)
    with pytest.raises(Refusal) as fault:
        peopled.seal(other, to())
    assert fault.value.code == "seal-nothing"
    with pytest.raises(Refusal) as fault:
        peopled.put_out(other, Path("never"))
    assert fault.value.code == "seal-none"


@sqlite
def test_what_a_vote_lowered_does_not_leave(peopled: MadeUp, tmp_path: Path) -> None:
    matter = str(peopled.receive(paper=ASKS.encode()).matter)
    peopled.establish(matter, f"findings.{VERIFIED}")
    peopled.persons(matter)
    peopled.decide(matter)
    for who in ("P-ann", "P-bob"):
        peopled.vote(matter, who, lower={"mainecare/S1.address": "withhold"})
    peopled.seal(matter, to())

    texts = verified(peopled.put_out(matter, tmp_path / "out"), tmp_path / "opened")

    assert "207-555-0191" in texts["S1.json"]
    assert "Demonstration Lane" not in texts["S1.json"]


@sqlite
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE people SET phone = '207-555-0000' WHERE person_id = 'P20000011'", "seal-changed"),
        (
            "UPDATE people SET ssn = '900-00-0001' WHERE person_id = 'P20000011'",
            "source-person-other",
        ),
    ],
)
def test_records_that_changed_after_the_seal_do_not_leave_under_it(
    peopled: MadeUp, tmp_path: Path, change: str, code: str
) -> None:
    assert peopled.records is not None
    peopled.records = Path(shutil.copytree(peopled.records, tmp_path / "agency"))
    peopled.open()
    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, to())
    with closing(sqlite3.connect(peopled.records / "agency.sqlite")) as connection:
        assert connection.execute(change).rowcount == 1
        connection.commit()

    with pytest.raises((Refusal, Corruption)) as fault:
        peopled.put_out(matter, tmp_path / "out")

    assert fault.value.code == code
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


@sqlite
def test_an_answer_is_finished_on_another_day_as_it_was_logged(
    peopled: MadeUp, tmp_path: Path
) -> None:
    matter = peopled.answered(ASKS, VERIFIED)
    peopled.seal(matter, to())
    peopled.clock.on(days=40)

    texts = verified(peopled.put_out(matter, tmp_path / "out"), tmp_path / "opened")

    assert "Demonstration Lane" in texts["S1.json"]


@sqlite
def test_no_key_of_the_office_or_its_people_is_a_recipient(peopled: MadeUp) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    matter = peopled.answered(ASKS, VERIFIED)
    for own in (signer("P-bob").verifier, LOG_KEY.verifier):
        ssh = Ed25519PublicKey.from_public_bytes(own.public_bytes).public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        with pytest.raises(Refusal) as fault:
            peopled.seal(matter, ssh)
        assert fault.value.code == "recipient-ours"


@sqlite
def test_no_other_act_binds_what_leaves(peopled: MadeUp) -> None:
    from clerestory.office.receiving import draft_amendment

    matter = str(peopled.receive(paper=ASKS.encode()).matter)

    with pytest.raises(Refusal, match="a seal alone binds a fact called package"):
        draft_amendment(
            peopled.office, matter, paper=ASKS.replace("phone", "email").encode(), reason="slip",
            actor="P-clk",
            key=key_hash(signer("P-clk").verifier), facts={"package": "0" * 64},
        )  # fmt: skip
