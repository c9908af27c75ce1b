"""From a determination to a package under the real log, and back without any database."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyrage
import pytest

from clerestory.audit.packages import evidence_of, seal_logged, verify_package
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Reason, Ruling
from clerestory.disclosure import (
    AgeRecipient,
    Contents,
    Identity,
    LogEvidence,
    Sealed,
    minimise,
    prepare_contents,
)
from clerestory.kernel import Refusal
from clerestory.kernel.time import Zone
from clerestory.ledger import (
    Event,
    EventType,
    FileKeyEncryptionKey,
    Ledger,
)
from clerestory.notes.keys import Ed25519Signer

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
EASTERN = Zone("America/New_York")
ORIGIN = "ledger.example/test"
SENDER = Ed25519Signer(name="dhhs.example/sender", seed=b"s" * 32)
IDENTITY = pyrage.x25519.Identity.generate()
ITEM = Item("S1", "snap", "address")


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(name=ORIGIN, seed=bytes(range(32)))


@pytest.fixture
def ledger(tmp_path: Path, signer: Ed25519Signer) -> Iterator[Ledger]:
    kek = FileKeyEncryptionKey(bytes(range(32)), entropy=os.urandom)
    with Ledger.create(tmp_path / "log", ORIGIN, signer, kek) as ledger:
        yield ledger


@pytest.fixture
def contents() -> Contents:
    ruling = Ruling(
        item=ITEM,
        outcome=Outcome.RELEASE,
        authorities=("snap-7usc2020e8-E",),
        policies=(),
        considered_not_met=(),
        reason=Reason(counsel="", requester="", person=""),
    )
    determination = Determination(
        demand_id="ME-2026-0041",
        on=date(2026, 3, 2),
        overall="release",
        rulings=(ruling,),
        duties=(),
        questions=(),
        packs=(),
        pack_digest="",
        facts_digest="",
        engine="",
    )
    return prepare_contents(
        minimise(determination, {ITEM: "1 Madeup Street, Exampleton, ME 00011"}),
        letter_pdf=b"letter",
    )


def log_it(ledger: Ledger, digest: str) -> LogEvidence:
    sealed = Event(
        type=EventType.ANSWER_SEALED,
        scope="maine-dhhs",
        matter="ME-2026-0041",
        fields={"package": digest, "demand": "ME-2026-0041"},
    )
    (appended,) = ledger.append([sealed], AT, zone=EASTERN)
    return evidence_of(ledger, appended.index)


def seal(contents: Contents, evidence: LogEvidence, log: Ed25519Signer, folder: Path) -> Sealed:
    return seal_logged(
        contents,
        evidence=evidence,
        log=log.verifier,
        recipients=[AgeRecipient(text=str(IDENTITY.to_public()))],
        signer=SENDER,
        folder=folder,
        random_bytes=os.urandom,
    )


def test_a_logged_package_verifies_without_the_log(
    ledger: Ledger, signer: Ed25519Signer, contents: Contents, tmp_path: Path
) -> None:
    for _ in range(3):
        log_it(ledger, "0" * 64)
    evidence = log_it(ledger, contents.digest)
    sealed = seal(contents, evidence, signer, tmp_path)
    ledger.close()

    verified = verify_package(
        sealed.path,
        sender=SENDER.verifier,
        log_vkey=signer.verifier.vkey,
        identity=Identity(given=str(IDENTITY).encode()),
    )

    assert verified.contents_digest == contents.digest


def test_a_package_whose_entry_commits_to_something_else_is_not_sealed(
    ledger: Ledger, signer: Ed25519Signer, contents: Contents, tmp_path: Path
) -> None:
    evidence = log_it(ledger, "0" * 64)

    with pytest.raises(Refusal) as caught:
        seal(contents, evidence, signer, tmp_path)

    assert caught.value.code == "disclosure-not-logged"


@pytest.mark.parametrize("change", ["entry", "proof", "opening", "log"])
def test_evidence_that_is_altered_or_of_another_log_is_refused(
    ledger: Ledger, signer: Ed25519Signer, contents: Contents, tmp_path: Path, change: str
) -> None:
    evidence, log = log_it(ledger, contents.digest), signer
    if change == "entry":
        evidence = replace(evidence, entry=evidence.entry.replace(b"Q1", b"Q2"))
    elif change == "proof":
        evidence = replace(evidence, proof=evidence.proof.replace("index 0", "index 1"))
    elif change == "opening":
        evidence = replace(evidence, opening=b"{}")
    else:
        log = Ed25519Signer(name=ORIGIN, seed=b"x" * 32)

    with pytest.raises(Refusal) as caught:
        seal(contents, evidence, log, tmp_path)

    assert caught.value.code == "disclosure-not-logged"
    assert not list(tmp_path.glob("*.age*"))
