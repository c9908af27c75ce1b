"""The verifier that ships, step by step: what each step must find, and how it says so.

Every package here is sealed by the real sender to the real recipient; one part below the seal is
another's. Nothing is stood in for: ledger, sealing and verifying are those that ship.
"""

import errno
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyrage
import pytest

from clerestory.audit.packages import Step, Verified, evidence_of, verify_package
from clerestory.audit.packages.steps import PROVES
from clerestory.disclosure import FIELD, ProvedEvidence, seal_package
from clerestory.disclosure.age import open_age
from clerestory.disclosure.bag import contents_text, make_bag
from clerestory.disclosure.contents import Contents, manifest_of, part_of
from clerestory.disclosure.logged import LogEvidence
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient
from clerestory.disclosure.sealing import Sealed, seal_text
from clerestory.disclosure.signing import sign_text
from clerestory.disclosure.streams import FeedWriter
from clerestory.disclosure.tar import Member, write_tar
from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.ledger import EventType
from clerestory.ledger.opening_file import opening_bytes
from clerestory.notes import Ed25519Cosigner, Ed25519Signer

Seal = Callable[..., Sealed]
Verify = Callable[..., Verified]
PACKAGE = "ME-2026-0041.tar.age"
OTHER = "0" * 64


@pytest.fixture
def verify(
    tmp_path: Path,
    sender: Ed25519Signer,
    log: Any,
    recipient: AgeRecipient,
    identity: Identity,
    contents: Contents,
) -> Verify:
    """Return a function that seals contents with any evidence, and verifies the package."""
    key = pyrage.x25519.Recipient.from_str(recipient.text)

    def go(
        evidence: LogEvidence,
        changes: dict[str, bytes] | None = None,
        *,
        name: str = PACKAGE,
        log_vkey: Any = None,
    ) -> Verified:
        tar = _tar(contents, evidence, sender, changes or {})
        path = tmp_path / name
        path.write_bytes(pyrage.encrypt(tar, [key]))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        seal = seal_text(name, digest, path.stat().st_size)
        path.with_name(f"{name}.sig").write_bytes(sign_text(seal, sender))
        return verify_package(
            path, sender=sender.verifier, log_vkey=log_vkey or log.key, identity=identity
        )

    return go


def _tar(
    contents: Contents, evidence: LogEvidence, sender: Ed25519Signer, changes: dict[str, bytes]
) -> bytes:
    """Lay out a bag with tag files changed, and a tag manifest that says so."""
    bag = make_bag(contents, evidence, sender)
    files = {part.path: b"".join(part.pieces()) for part in bag.parts} | changes
    tags = [name for name in files if not name.startswith(("data/", "tagmanifest"))]
    files["tagmanifest-sha256.txt"] = manifest_of([part_of(name, files[name]) for name in tags])
    members = [
        Member(name=f"{bag.folder}/{name}", size=len(body), pieces=partial(iter, [body]))
        for name, body in sorted(files.items())
    ]
    return b"".join(write_tar(members))


def code_of(verify: Verify, evidence: LogEvidence, **more: Any) -> str:
    with pytest.raises(ClerestoryError) as caught:
        verify(evidence, **more)
    assert caught.value.todo
    return caught.value.code


def test_each_step_says_what_it_proves() -> None:
    assert list(PROVES) == list(Step)
    assert [int(step) for step in Step] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_package_about_somebody_holds_in_every_step(
    verify: Verify, log: Any, contents: Contents
) -> None:
    index = log.log_it(contents.digest)

    verified = verify(evidence_of(log.ledger, index))

    assert [check.step for check in verified.checked] == list(Step)
    assert verified.entry is not None
    assert (verified.entry.origin, verified.entry.index) == (log.key.name, index)


def test_a_package_about_a_class_holds_in_every_step(
    verify: Verify, log: Any, contents: Contents
) -> None:
    evidence = log.evidence(contents.digest, kind=EventType.CLASS_DEMAND_ANSWERED)

    assert evidence.opening == b""
    assert verify(evidence).is_complete


KINDS = (
    EventType.ANSWER_SEALED, EventType.CLASS_DEMAND_ANSWERED, EventType.MATTER_UPDATED,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_evidence_of_another_package_is_found(
    verify: Verify, log: Any, kind: EventType
) -> None:
    assert code_of(verify, log.evidence(OTHER, kind=kind)) == "package-not-the-logged-one"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["entry", "proof"])
def test_another_packages_entry_or_proof_is_found(
    verify: Verify, log: Any, contents: Contents, kind: EventType, part: str
) -> None:
    own, other = (log.evidence(digest, kind=kind) for digest in (contents.digest, OTHER))

    mixed = replace(own, **{part: getattr(other, part)})

    assert code_of(verify, mixed) == "package-proof-invalid"


def test_another_packages_opening_is_found(verify: Verify, log: Any, contents: Contents) -> None:
    own, again = log.evidence(contents.digest), log.evidence(contents.digest)

    # The very same contents, logged twice: the salts differ, and so must the openings.
    assert code_of(verify, replace(own, opening=again.opening)) == "package-opening-invalid"


@pytest.mark.parametrize(
    "kind",
    [
        EventType.DEMAND_RECEIVED,
        EventType.DEMAND_DECIDED,
        EventType.ANSWER_RECEIVED,
        EventType.CLASS_DEMAND_DECIDED,
        EventType.POLICY_ADOPTED,
    ],
)
def test_an_entry_of_another_type_is_found(
    verify: Verify, log: Any, contents: Contents, kind: EventType
) -> None:
    evidence = log.evidence(contents.digest, kind=kind)

    assert code_of(verify, evidence) == "package-entry-other-type"


def test_an_opening_of_another_field_is_found(verify: Verify, log: Any, contents: Contents) -> None:
    index = log.log_it(contents.digest)
    evidence = evidence_of(log.ledger, index)
    demand = log.ledger.opening(index, "demand")
    posing = replace(demand, name=FIELD, value=contents.digest)

    codes = [
        code_of(verify, replace(evidence, opening=opening_bytes(opening)))
        for opening in (demand, posing)
    ]

    assert codes == ["package-opening-other-field", "package-opening-invalid"]


def test_the_digest_in_a_field_of_another_name_is_found(
    verify: Verify, log: Any, contents: Contents
) -> None:
    index = log.log_it(contents.digest, field="note")
    opening = opening_bytes(log.ledger.opening(index, "note"))
    entry, proof = log.ledger.entry(index), log.ledger.prove(index)

    evidence = LogEvidence(entry=entry, opening=opening, proof=proof)
    shown = log.evidence(contents.digest, kind=EventType.CLASS_DEMAND_ANSWERED, field="note")

    assert code_of(verify, evidence) == "package-opening-other-field"
    assert code_of(verify, shown) == "package-not-the-logged-one"


@pytest.mark.parametrize("opening", [b"", b"{}", b"[]", b"\xff", b"null", b'{"name":1}'])
def test_an_opening_out_of_its_form_is_found(
    verify: Verify, log: Any, contents: Contents, opening: bytes
) -> None:
    evidence = replace(log.evidence(contents.digest), opening=opening)

    assert code_of(verify, evidence) == "package-opening-unreadable"


def test_an_opening_has_one_written_form(verify: Verify, log: Any, contents: Contents) -> None:
    evidence = log.evidence(contents.digest)
    spaced = evidence.opening.replace(b'","', b'", "', 1)
    shouted = evidence.opening.replace(b'"salt":"', b'"salt":" ')

    for opening in (evidence.opening + b"\n", spaced, shouted):
        assert code_of(verify, replace(evidence, opening=opening)) == "package-opening-unreadable"


def test_an_opening_beside_an_entry_that_shows_its_fields_is_found(
    verify: Verify, log: Any, contents: Contents
) -> None:
    shown = log.evidence(contents.digest, kind=EventType.CLASS_DEMAND_ANSWERED)
    opening = log.evidence(contents.digest).opening

    assert code_of(verify, replace(shown, opening=opening)) == "package-opening-unreadable"


def test_a_class_entry_of_another_demand_is_found(
    verify: Verify, log: Any, contents: Contents
) -> None:
    evidence = log.evidence(
        contents.digest, kind=EventType.CLASS_DEMAND_ANSWERED, demand="ME-2026-0042"
    )

    assert code_of(verify, evidence) == "package-entry-other-demand"


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (EventType.ANSWER_SEALED, b"2026-Q1", b"2026-Q2"),
        (EventType.ANSWER_SEALED, b"made-up", b"made-iq"),
        (EventType.CLASS_DEMAND_ANSWERED, b'"number":"1"', b'"number":"2"'),
    ],
)
def test_an_altered_entry_is_found(
    verify: Verify, log: Any, contents: Contents, kind: EventType, before: bytes, after: bytes
) -> None:
    evidence = log.evidence(contents.digest, kind=kind)
    altered = replace(evidence, entry=evidence.entry.replace(before, after))

    assert altered != evidence
    assert code_of(verify, altered) == "package-proof-invalid"


def test_the_index_in_the_proof_is_checked(verify: Verify, log: Any, contents: Contents) -> None:
    index = log.log_it(contents.digest)
    evidence = evidence_of(log.ledger, index)

    for wrong in (index - 1, index + 1, 0, 10**6):
        proof = evidence.proof.replace(f"index {index}\n", f"index {wrong}\n")
        assert code_of(verify, replace(evidence, proof=proof)) == "package-proof-invalid"


def test_an_entry_that_is_no_leaf_is_found(verify: Verify, log: Any) -> None:
    indexes, _ = log.ledger.log.append([b'{"package":"not an entry of this product"}'])
    proof = log.ledger.prove(indexes[0])
    entry = log.ledger.entry(indexes[0])

    assert code_of(verify, LogEvidence(entry=entry, opening=b"", proof=proof)) == (
        "package-entry-unreadable"
    )


def test_a_proof_by_another_log_or_key_is_told_as_a_wrong_key(
    verify: Verify, log: Any, other_log: Any, contents: Contents
) -> None:
    namesake = Ed25519Signer(name=log.key.name, seed=b"n" * 32).verifier

    with pytest.raises(Refusal) as elsewhere:
        verify(other_log.evidence(contents.digest))
    with pytest.raises(Refusal) as mistyped:
        verify(log.evidence(contents.digest), log_vkey=namesake)

    assert elsewhere.value.code == "log-unknown-origin"
    assert f"of the log {log.key.said}: {other_log.key.name}, signed by {other_log.key.said}" in (
        str(elsewhere.value)
    )
    assert mistyped.value.code == "key-not-signer"
    assert f"it names {log.key.said}, and the key is {namesake.said}" in str(mistyped.value)


def test_the_senders_signature_over_another_manifest_is_found(
    verify: Verify, log: Any, contents: Contents, sender: Ed25519Signer
) -> None:
    evidence = log.evidence(contents.digest)
    name = "manifest-sha256.txt.sig"
    for text in (
        contents_text("ME-2026-0041", OTHER),
        contents_text("ME-2026-0042", contents.digest),
        seal_text("manifest-sha256.txt", contents.digest, 1),
    ):
        with pytest.raises(Corruption) as caught:
            verify(evidence, {name: sign_text(text, sender)})

        assert caught.value.code == "contents-signature-invalid"


def test_contents_vouched_for_by_another_are_found(
    verify: Verify, log: Any, contents: Contents, sender: Ed25519Signer
) -> None:
    evidence = log.evidence(contents.digest)
    stranger = Ed25519Signer(name=sender.verifier.name, seed=b"x" * 32)
    signed = sign_text(contents_text("ME-2026-0041", contents.digest), stranger)

    for changes in (
        {"manifest-sha256.txt.sig": signed},
        {"sender.vkey": f"{stranger.verifier}\n".encode()},
    ):
        with pytest.raises(Corruption) as caught:
            verify(evidence, changes)

        assert caught.value.code == "package-sender-other"


def test_a_renamed_package_says_so(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any
) -> None:
    sealed = seal(contents)
    for name in ("ME-2026-0041.tar (1).age", "ME-2026-0042.tar.age", "me-2026-0041.tar.age"):
        renamed = sealed.path.with_name(name)
        renamed.write_bytes(sealed.path.read_bytes())
        renamed.with_name(f"{name}.sig").write_bytes(sealed.signature_path.read_bytes())

        with pytest.raises(Refusal) as caught:
            verify_package(renamed, sender=sender.verifier, log_vkey=log.key)

        assert caught.value.code == "package-renamed"
        assert str(caught.value).endswith(f"{PACKAGE}, not {name}")


def test_a_package_sealed_under_another_demands_name_is_found(
    verify: Verify, log: Any, contents: Contents
) -> None:
    evidence = log.evidence(contents.digest)

    for name in ("ME-2026-0042", "ME-2026-0042+41", "ME-2026-0041.41", "+ME-2026-0041"):
        assert code_of(verify, evidence, name=f"{name}.tar.age") == "package-bag-invalid"
    assert verify(evidence, name="ME-2026-0041+7.2.tar.age").is_complete


def test_keys_in_the_wrong_places_are_told_as_such(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any
) -> None:
    sealed = seal(contents)
    stranger = Ed25519Signer(name=sender.verifier.name, seed=b"x" * 32).verifier
    witness = Ed25519Cosigner(name="w.example", seed=b"w" * 32).verifier
    for keys, code, said in (
        ((log.key, sender.verifier), "package-keys-mixed", "the log's as the sender's"),
        ((sender.verifier, sender.verifier), "package-keys-mixed", "must be two keys"),
        ((log.key, log.key), "package-keys-mixed", "must be two keys"),
        ((stranger, log.key), "key-not-signer", f"it names {sender.verifier.said}"),
        ((sender.private_text, log.key), "key-unreadable", "a private key was given"),
        ((sender.verifier, sender.private_text), "key-unreadable", "a private key was given"),
        ((sender.verifier, witness.vkey), "key-unreadable", "of type 0x04"),
        ((sender.verifier, log.key.vkey[:-2]), "key-unreadable", "standard base64"),
        ((sender.verifier, ""), "key-unreadable", "name+id+base64"),
    ):
        with pytest.raises(Refusal, match=re.escape(said)) as caught:
            verify_package(sealed.path, sender=keys[0], log_vkey=keys[1])

        assert caught.value.code == code
        assert "x" * 32 not in str(caught.value)


def test_the_signature_given_for_the_package_is_told_as_such(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any
) -> None:
    sealed = seal(contents)

    with pytest.raises(Refusal) as caught:
        verify_package(sealed.signature_path, sender=sender.verifier, log_vkey=log.key)

    assert (caught.value.code, caught.value.todo) == ("package-missing", f"give {PACKAGE}")


def test_nothing_is_extracted_without_an_identity(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, tmp_path: Path
) -> None:
    sealed = seal(contents)
    to = tmp_path / "opened"

    with pytest.raises(Refusal) as caught:
        verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key, extract_to=to)

    assert caught.value.code == "package-identity-missing"
    assert not to.exists()


def test_what_does_not_hold_is_not_extracted(
    contents: Contents,
    sender: Ed25519Signer,
    log: Any,
    recipient: AgeRecipient,
    identity: Identity,
    tmp_path: Path,
) -> None:
    evidence = log.evidence(OTHER)
    # Only a caller that passes audit by can seal this: the type is open, the guard is a test.
    proved = ProvedEvidence(
        evidence=evidence, demand_id=contents.demand_id, contents_digest=contents.digest
    )
    sealed = seal_package(
        contents,
        proved=proved,
        recipients=[recipient],
        signer=sender,
        folder=tmp_path,
        random_bytes=bytes,
    )

    with pytest.raises(Corruption):
        verify_package(
            sealed.path,
            sender=sender.verifier,
            log_vkey=log.key,
            identity=identity,
            extract_to=tmp_path / "opened",
        )

    assert sorted(path.name for path in tmp_path.iterdir()) == [PACKAGE, f"{PACKAGE}.sig"]


@pytest.mark.parametrize("change", [{"demand_id": "ME-2026-0042"}, {"contents_digest": OTHER}])
def test_evidence_proved_for_other_contents_seals_nothing(
    contents: Contents,
    sender: Ed25519Signer,
    log: Any,
    recipient: AgeRecipient,
    tmp_path: Path,
    change: Any,
) -> None:
    proved = ProvedEvidence(
        evidence=log.evidence(contents.digest),
        demand_id=contents.demand_id,
        contents_digest=contents.digest,
    )

    with pytest.raises(Refusal) as caught:
        seal_package(
            contents,
            proved=replace(proved, **change),
            recipients=[recipient],
            signer=sender,
            folder=tmp_path,
            random_bytes=bytes,
        )

    assert caught.value.code == "disclosure-not-logged"
    assert list(tmp_path.iterdir()) == []


class _FailingFile(io.BytesIO):
    """A file on a disk that fails after some bytes."""

    def __init__(self, content: bytes, *, good_bytes: int) -> None:
        super().__init__(content)
        self._good_bytes = good_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self._good_bytes:
            raise OSError(errno.EIO, "input/output error")
        return super().read(size)


@pytest.mark.parametrize("good_bytes", [0, 100, 400])
def test_a_disk_that_fails_while_it_is_read_is_not_tampering(
    contents: Contents, seal: Seal, identity: Identity, good_bytes: int
) -> None:
    sealed = seal(contents).path.read_bytes()
    pieces: list[bytes] = []

    with pytest.raises(OSError, match="input/output error") as caught:
        open_age(
            _FailingFile(sealed, good_bytes=good_bytes), identity.given, FeedWriter(pieces.append)
        )

    assert caught.value.errno == errno.EIO


def test_a_folder_that_cannot_be_written_is_not_tampering(
    contents: Contents,
    seal: Seal,
    sender: Ed25519Signer,
    log: Any,
    identity: Identity,
    tmp_path: Path,
) -> None:
    sealed = seal(contents)

    with pytest.raises(Refusal) as refused:
        verify_package(
            sealed.path,
            sender=sender.verifier,
            log_vkey=log.key,
            identity=identity,
            extract_to=tmp_path / "gone" / "opened",
        )

    assert refused.value.code == "package-folder-missing"
    assert sorted(path.name for path in tmp_path.iterdir()) == [PACKAGE, f"{PACKAGE}.sig"]
