"""From a determination to a package under the real log, and back without any database."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyrage
import pytest

from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Reason, Ruling
from clerestory.disclosure import (
    AgeRecipient,
    Contents,
    Identity,
    LogChecks,
    LogEvidence,
    Sealed,
    minimise,
    prepare_contents,
    seal_package,
    verify_package,
)
from clerestory.kernel import Corruption, Refusal, canonical_bytes
from clerestory.ledger import (
    Event,
    EventType,
    FileKeyEncryptionKey,
    Ledger,
    Opening,
    open_field,
    parse_leaf,
    verify_proof,
)
from clerestory.notes.keys import Ed25519Signer

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ORIGIN = "ledger.example/test"
SENDER = Ed25519Signer(name="dhhs.example/sender", seed=b"s" * 32)
IDENTITY = pyrage.x25519.Identity.generate()
ITEM = Item("S1", "snap", "address")


def opening_bytes(opening: Opening) -> bytes:
    return canonical_bytes(
        {
            "name": opening.name,
            "value": opening.value,
            "salt": opening.salt.hex(),
            "others": [other.hex() for other in opening.others],
        }
    )


def verify_opening(entry: bytes, opening: bytes, name: str, value: str) -> None:
    told = json.loads(opening)
    opened = Opening(
        name=told["name"],
        value=told["value"],
        salt=bytes.fromhex(told["salt"]),
        others=tuple(bytes.fromhex(other) for other in told["others"]),
    )
    if opened.name != name or open_field(parse_leaf(entry).commitment or b"", opened) != value:
        raise Corruption("the entry commits to other contents")


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
    (appended,) = ledger.append([sealed], AT)
    return LogEvidence(
        entry=appended.entry,
        opening=opening_bytes(ledger.opening(appended.index, "package")),
        proof=ledger.prove(appended.index),
    )


def checks_of(signer: Ed25519Signer) -> LogChecks:
    return LogChecks(
        verify_proof=verify_proof,
        verify_opening=verify_opening,
        log_vkey=str(signer.verifier.vkey),
    )


def seal(contents: Contents, evidence: LogEvidence, checks: LogChecks, folder: Path) -> Sealed:
    return seal_package(
        contents,
        evidence=evidence,
        checks=checks,
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
    sealed = seal(contents, evidence, checks_of(signer), tmp_path)
    ledger.close()

    verified = verify_package(
        sealed.path,
        sender=SENDER.verifier,
        checks=checks_of(signer),
        identity=Identity(given=str(IDENTITY).encode()),
    )

    assert verified.contents_digest == contents.digest


def test_a_package_whose_entry_commits_to_something_else_is_not_sealed(
    ledger: Ledger, signer: Ed25519Signer, contents: Contents, tmp_path: Path
) -> None:
    evidence = log_it(ledger, "0" * 64)

    with pytest.raises(Refusal) as caught:
        seal(contents, evidence, checks_of(signer), tmp_path)

    assert caught.value.code == "disclosure-not-logged"


@pytest.mark.parametrize("change", ["entry", "proof", "opening", "log"])
def test_evidence_that_is_altered_or_of_another_log_is_refused(
    ledger: Ledger, signer: Ed25519Signer, contents: Contents, tmp_path: Path, change: str
) -> None:
    evidence, checks = log_it(ledger, contents.digest), checks_of(signer)
    if change == "entry":
        evidence = replace(evidence, entry=evidence.entry.replace(b"Q1", b"Q2"))
    elif change == "proof":
        evidence = replace(evidence, proof=evidence.proof.replace("index 0", "index 1"))
    elif change == "opening":
        evidence = replace(evidence, opening=b"{}")
    else:
        checks = checks_of(Ed25519Signer(name=ORIGIN, seed=b"x" * 32))

    with pytest.raises(Refusal) as caught:
        seal(contents, evidence, checks, tmp_path)

    assert caught.value.code == "disclosure-not-logged"
    assert not list(tmp_path.glob("*.age*"))
