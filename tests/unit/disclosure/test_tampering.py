"""Someone with the sender's key and the recipient's trust still cannot pass off another package.

These tests rebuild packages from the inside: every seal is right, one part below it is not.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyrage
import pytest

from clerestory.audit.packages import Verified, verify_package
from clerestory.disclosure import contents as contents_module
from clerestory.disclosure.bag import make_bag
from clerestory.disclosure.contents import Contents, Part, part_of, records_csv
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient
from clerestory.disclosure.sealing import Sealed, seal_text
from clerestory.disclosure.signing import sign_text
from clerestory.disclosure.tar import Member, write_tar
from clerestory.kernel import Corruption, Refusal, canonical_bytes
from clerestory.notes import Ed25519Signer

Verify = Callable[[bytes], Verified]


@pytest.fixture
def verify(
    tmp_path: Path, sender: Ed25519Signer, log: Any, recipient: AgeRecipient, identity: Identity
) -> Verify:
    """Return a function that seals a tar as the sender would, and verifies the result."""
    import hashlib

    key = pyrage.x25519.Recipient.from_str(recipient.text)

    def go(tar: bytes) -> Verified:
        path = tmp_path / "ME-2026-0041.tar.age"
        sealed = pyrage.encrypt(tar, [key])
        path.write_bytes(sealed)
        text = seal_text(path.name, hashlib.sha256(sealed).hexdigest(), len(sealed))
        path.with_name(path.name + ".sig").write_bytes(sign_text(text, sender))
        return verify_package(path, sender=sender.verifier, log_vkey=log.key, identity=identity)

    return go


@pytest.fixture
def tar_of(sender: Ed25519Signer, log: Any) -> Callable[[Contents], bytes]:
    """Return a function that logs any contents and lays them out as the sender would."""

    def go(contents: Contents) -> bytes:
        return b"".join(make_bag(contents, log.evidence(contents.digest), sender).tar())

    return go


def with_part(contents: Contents, path: str, body: bytes | None) -> Contents:
    parts = [part for part in contents.parts if part.path != path]
    if body is not None:
        parts.append(part_of(path, body))
    return replace(contents, parts=tuple(sorted(parts, key=lambda part: part.path)))


def body_of(contents: Contents, path: str) -> Any:
    (part,) = (part for part in contents.parts if part.path == path)
    assert isinstance(part.source, bytes)
    return json.loads(part.source)


def test_the_rebuilt_package_itself_verifies(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify
) -> None:
    assert verify(tar_of(contents)).is_complete


def test_every_flipped_bit_inside_the_seal_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify
) -> None:
    tar = tar_of(contents)
    codes = set()

    for at in range(0, len(tar), 29):
        broken = bytearray(tar)
        broken[at] ^= 1 << (at % 8)
        with pytest.raises(Corruption) as caught:
            verify(bytes(broken))
        codes.add(caught.value.code)

    assert {"package-tar-broken", "package-manifest-invalid"} <= codes


def test_an_answer_nobody_released_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify
) -> None:
    value = body_of(contents, "data/records/S1.json")
    stolen = {**value["records"][0], "field": "ssn", "value": "000-00-0000"}
    value["records"].append(stolen)
    forged = with_part(contents, "data/records/S1.json", canonical_bytes(value))
    forged = with_part(forged, "data/records/S1.csv", records_csv(value["records"]))

    with pytest.raises(Corruption) as caught:
        verify(tar_of(forged))

    assert caught.value.code == "package-contents-not-released"


def test_an_answer_finer_than_its_ruling_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify
) -> None:
    value = body_of(contents, "data/records/S1.json")
    (born,) = (row for row in value["records"] if row["field"] == "date_of_birth")
    born["value"] = "1984-05-17"
    forged = with_part(contents, "data/records/S1.json", canonical_bytes(value))
    forged = with_part(forged, "data/records/S1.csv", records_csv(value["records"]))

    with pytest.raises(Corruption) as caught:
        verify(tar_of(forged))

    assert caught.value.code == "disclosure-too-fine"


def test_a_table_that_says_more_than_the_records_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify
) -> None:
    rows = body_of(contents, "data/records/S1.json")["records"]
    table = records_csv(rows) + b'"S1","snap","ssn","release","","000-00-0000",""\r\n'

    with pytest.raises(Corruption) as caught:
        verify(tar_of(with_part(contents, "data/records/S1.csv", table)))

    assert caught.value.code == "package-contents-not-released"


@pytest.mark.parametrize(
    "path",
    [
        "data/extra.txt",
        "data/records/S9.json",
        "data/attachments/S1/snap.ssn.png",
        "data/records/S1.json.json",
    ],
)
def test_a_file_nothing_releases_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify, path: str
) -> None:
    with pytest.raises(Corruption) as caught:
        verify(tar_of(with_part(contents, path, b"{}")))

    assert caught.value.code == "package-contents-not-released"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("data/letter.pdf", "package-contents-not-released"),
        ("data/attachments/S1/snap.photo.png", "package-contents-not-released"),
        ("data/records/S2.json", "package-answer-missing"),
        ("data/determination.json", "package-bag-invalid"),
    ],
)
def test_a_missing_file_is_found(
    contents: Contents,
    tar_of: Callable[[Contents], bytes],
    verify: Verify,
    path: str,
    code: str,
) -> None:
    with pytest.raises(Corruption) as caught:
        verify(tar_of(with_part(contents, path, None)))

    assert caught.value.code == code


def test_a_missing_answer_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify
) -> None:
    value = body_of(contents, "data/records/S2.json")
    value["records"] = []
    forged = with_part(contents, "data/records/S2.json", canonical_bytes(value))
    forged = with_part(forged, "data/records/S2.csv", records_csv([]))

    with pytest.raises(Corruption) as caught:
        verify(tar_of(forged))

    assert caught.value.code == "package-answer-missing"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"format": "clerestory-rulings/1"}',
        b'{"demand":"x","format":"clerestory-rulings/1","on":"x","rulings":[1]}',
        b'{"format":1.5}',
    ],
)
def test_a_determination_out_of_its_form_is_found(
    contents: Contents, tar_of: Callable[[Contents], bytes], verify: Verify, body: bytes
) -> None:
    with pytest.raises(Corruption) as caught:
        verify(tar_of(with_part(contents, "data/determination.json", body)))

    assert caught.value.code == "package-contents-unreadable"


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "S2"},
        {"outcome": "coarsen"},
        {"more": "x"},
        {"file": "attachments/S1/snap.photo.exe"},
        {"file": "../outside"},
    ],
)
def test_a_record_out_of_its_form_is_found(
    contents: Contents,
    tar_of: Callable[[Contents], bytes],
    verify: Verify,
    change: dict[str, str],
) -> None:
    value = body_of(contents, "data/records/S1.json")
    value["records"][0].update(change)
    forged = with_part(contents, "data/records/S1.json", canonical_bytes(value))

    with pytest.raises(Corruption) as caught:
        verify(tar_of(forged))

    assert caught.value.code in {"package-contents-unreadable", "package-contents-not-released"}


def test_a_package_of_other_contents_than_the_logged_is_found(
    contents: Contents, sender: Ed25519Signer, log: Any, verify: Verify
) -> None:
    other = log.evidence("0" * 64)

    with pytest.raises(Corruption) as caught:
        verify(b"".join(make_bag(contents, other, sender).tar()))

    assert caught.value.code == "package-not-the-logged-one"


def test_a_proof_of_another_entry_is_found(
    contents: Contents, sender: Ed25519Signer, log: Any, verify: Verify
) -> None:
    evidence = log.evidence(contents.digest)
    other = replace(evidence, proof=log.evidence("0" * 64).proof)

    with pytest.raises(Corruption) as caught:
        verify(b"".join(make_bag(contents, other, sender).tar()))

    assert caught.value.code == "package-proof-invalid"


def test_contents_signed_by_another_key_are_found(
    contents: Contents, log: Any, verify: Verify
) -> None:
    stranger = Ed25519Signer(name="dhhs.example/sender", seed=b"x" * 32)

    with pytest.raises(Corruption) as caught:
        verify(b"".join(make_bag(contents, log.evidence(contents.digest), stranger).tar()))

    assert caught.value.code == "package-sender-other"


def raw_tar(contents: Contents, sender: Ed25519Signer, log: Any, changes: dict[str, Any]) -> bytes:
    """Return the package's tar with files replaced, added or (``None``) left out."""
    bag = make_bag(contents, log.evidence(contents.digest), sender)
    files: dict[str, Any] = {
        f"{bag.folder}/{part.path}": b"".join(part.pieces()) for part in bag.parts
    }
    files.update(changes)

    members = [
        Member(name=name, size=len(body), pieces=partial(iter, [body]))
        for name, body in sorted(files.items())
        if body is not None
    ]
    return b"".join(write_tar(members))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("package-ME-2026-0041/bagit.txt", "package-bag-invalid"),
        ("package-ME-2026-0041/log/proof.tlog-proof", "package-bag-invalid"),
        ("package-ME-2026-0041/manifest-sha256.txt", "package-bag-invalid"),
        ("package-ME-2026-0041/data/letter.pdf", "package-manifest-invalid"),
    ],
)
def test_a_bag_with_a_file_left_out_is_found(
    contents: Contents, sender: Ed25519Signer, log: Any, verify: Verify, name: str, code: str
) -> None:
    with pytest.raises(Corruption) as caught:
        verify(raw_tar(contents, sender, log, {name: None}))

    assert caught.value.code == code


@pytest.mark.parametrize(
    "name", ["package-ME-2026-0041/note.txt", "other/note.txt", "other/bagit.txt", "note.txt"]
)
def test_a_bag_with_a_file_added_is_found(
    contents: Contents, sender: Ed25519Signer, log: Any, verify: Verify, name: str
) -> None:
    with pytest.raises(Corruption) as caught:
        verify(raw_tar(contents, sender, log, {name: b"more"}))

    assert caught.value.code == "package-bag-invalid"


def test_a_file_that_changes_after_it_was_logged_stops_the_sealing(
    contents: Contents, seal: Callable[..., Sealed], tmp_path: Path
) -> None:
    scan = tmp_path / "scan.bin"
    scan.write_bytes(b"first")
    part = part_of("data/attachments/S1/snap.photo.png", scan)
    others = [each for each in contents.parts if each.path != part.path]
    changed = replace(contents, parts=tuple(sorted([*others, part], key=lambda p: p.path)))
    scan.write_bytes(b"other")

    with pytest.raises(Corruption) as caught:
        seal(changed)

    assert caught.value.code == "package-file-changed"
    assert [path.name for path in tmp_path.iterdir()] == ["scan.bin"]


def test_a_file_that_vanishes_while_it_is_sealed_leaves_nothing(
    contents: Contents, seal: Callable[..., Sealed], tmp_path: Path
) -> None:
    gone = Part(path="data/zzz", source=tmp_path / "gone", size=1, sha256="0" * 64)

    with pytest.raises(Corruption) as caught:
        seal(replace(contents, parts=(*contents.parts, gone)))

    assert caught.value.code == "package-file-changed"
    assert list(tmp_path.iterdir()) == []


def test_a_stranger_cannot_open_a_package(
    contents: Contents, seal: Callable[..., Sealed], sender: Ed25519Signer, log: Any
) -> None:
    sealed = seal(contents)
    stranger = Identity(given=str(pyrage.x25519.Identity.generate()).encode())

    with pytest.raises(Refusal) as caught:
        verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key, identity=stranger)

    assert caught.value.code == "identity-not-recipient"


@pytest.mark.parametrize("given", [b"", b"garbage", b"# only a comment\n", b"\xff"])
def test_an_identity_that_is_not_one_is_refused(
    contents: Contents, seal: Callable[..., Sealed], sender: Ed25519Signer, log: Any, given: bytes
) -> None:
    sealed = seal(contents)

    with pytest.raises(Refusal) as caught:
        verify_package(
            sealed.path,
            sender=sender.verifier,
            log_vkey=log.key,
            identity=Identity(given=given),
        )

    assert caught.value.code == "identity-unreadable"


@pytest.mark.parametrize("missing", ["package", "signature"])
def test_a_package_without_its_signature_is_refused(
    contents: Contents, seal: Callable[..., Sealed], sender: Ed25519Signer, log: Any, missing: str
) -> None:
    sealed = seal(contents)
    (sealed.path if missing == "package" else sealed.signature_path).unlink()

    with pytest.raises(Refusal) as caught:
        verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key)

    assert caught.value.code == ("package-missing" if missing == "package" else _SIGNATURE)


_SIGNATURE = "package-signature-missing"


def test_a_package_is_not_opened_over_a_folder(
    contents: Contents,
    seal: Callable[..., Sealed],
    sender: Ed25519Signer,
    log: Any,
    identity: Identity,
    tmp_path: Path,
) -> None:
    sealed = seal(contents)

    with pytest.raises(Refusal) as caught:
        verify_package(
            sealed.path,
            sender=sender.verifier,
            log_vkey=log.key,
            identity=identity,
            extract_to=tmp_path,
        )

    assert caught.value.code == "package-folder-exists"


def test_a_demand_id_that_is_no_file_name_is_refused(mixed: Any, values: dict[Any, Any]) -> None:
    from clerestory.disclosure.minimising import minimise

    for wrong in ("../x", "a b", ""):
        with pytest.raises(Refusal) as caught:
            contents_module.prepare_contents(
                minimise(replace(mixed, demand_id=wrong), values), letter_pdf=b""
            )

        assert caught.value.code == "package-name-unusable"
