"""A package is sealed only when it is logged, and verifies only when it is whole."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest

from clerestory.audit.packages import Step, verify_package
from clerestory.disclosure import verifying
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel import Corruption, Refusal
from clerestory.notes import Ed25519Signer, OtherSigner

Seal = Callable[..., Sealed]


def test_a_sealed_package_verifies_without_a_key(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any
) -> None:
    sealed = seal(contents)

    verified = verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key)

    assert (verified.sha256, verified.size) == (sealed.sha256, sealed.path.stat().st_size)
    assert verified.demand_id is None
    assert [check.name for check in verified.checked] == ["name", "seal"]
    assert [check.step for check in verified.not_checked] == list(Step)[2:]
    assert not verified.is_complete


def test_the_recipient_verifies_every_part(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, identity: Identity
) -> None:
    sealed = seal(contents)

    verified = verify_package(
        sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity
    )

    assert verified.demand_id == "ME-2026-0041"
    assert verified.contents_digest == contents.digest
    assert [check.step for check in verified.checked] == list(Step)
    assert verified.is_complete
    assert verified.not_checked == ()


def test_the_opened_folder_is_a_valid_bag_with_the_released_answers_only(
    contents: Contents,
    seal: Seal,
    sender: Ed25519Signer,
    log: Any,
    identity: Identity,
    tmp_path: Path,
) -> None:
    sealed = seal(contents)
    folder = tmp_path / "opened"

    verify_package(
        sealed.path,
        sender=sender.verifier,
        log_vkey=log.key,
        identity=identity,
        extract_to=folder,
    )

    bag = bagit.Bag(str(folder))
    assert bag.is_valid()
    assert sorted(bag.payload_files()) == [
        "data/attachments/S1/snap.photo.png",
        "data/determination.json",
        "data/letter.pdf",
        "data/records/S1.csv",
        "data/records/S1.json",
        "data/records/S2.csv",
        "data/records/S2.json",
    ]
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"1 Madeup Street" in everything
    assert b"1984-05-17" not in everything
    assert b"for counsel" not in everything
    assert not list(tmp_path.glob(".opening-*"))


def test_a_package_that_is_not_logged_is_not_sealed(
    contents: Contents, seal: Seal, log: Any, tmp_path: Path
) -> None:
    other = log.evidence("0" * 64)

    with pytest.raises(Refusal) as caught:
        seal(contents, evidence=other)

    assert caught.value.code == "disclosure-not-logged"
    assert list(tmp_path.iterdir()) == []


def test_a_package_is_never_written_over_another(contents: Contents, seal: Seal) -> None:
    sealed = seal(contents)
    before = (sealed.path.read_bytes(), sealed.signature_path.read_bytes())

    with pytest.raises(Refusal) as caught:
        seal(contents)

    assert caught.value.code == "package-exists"
    assert (sealed.path.read_bytes(), sealed.signature_path.read_bytes()) == before


def test_one_flipped_bit_is_found_at_every_place_tried(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, identity: Identity
) -> None:
    sealed = seal(contents)
    whole = sealed.path.read_bytes()
    codes = set()

    for at in sorted({*range(0, len(whole), 61), *range(400), len(whole) - 1}):
        broken = bytearray(whole)
        broken[at] ^= 1 << (at % 8)
        sealed.path.write_bytes(broken)
        with pytest.raises(Corruption) as caught:
            verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity)
        codes.add(caught.value.code)

    assert codes == {"package-altered"}


def test_every_flipped_bit_of_the_signature_is_found(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any
) -> None:
    sealed = seal(contents)
    whole = sealed.signature_path.read_bytes()
    codes = set()

    for bit in range(8 * len(whole)):
        broken = bytearray(whole)
        broken[bit // 8] ^= 1 << (bit % 8)
        sealed.signature_path.write_bytes(broken)
        with pytest.raises((Corruption, OtherSigner)) as caught:
            verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key)
        codes.add(caught.value.code)

    assert codes == {"package-signature-invalid", "key-not-signer"}


@pytest.mark.parametrize("kept", [0, 1, 21, 200, 4096, -1])
def test_a_package_cut_short_is_found(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, identity: Identity, kept: int
) -> None:
    sealed = seal(contents)
    sealed.path.write_bytes(sealed.path.read_bytes()[:kept])

    with pytest.raises(Corruption) as caught:
        verify_package(sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity)

    assert caught.value.code == "package-cut-short"


class Endless(io.BytesIO):
    """A file of zeros that costs nothing to make and has no end."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert self.given < 1 << 22
        self.given += size
        return bytes(size)


def test_a_file_that_is_longer_than_its_seal_says_is_not_read_to_its_end() -> None:
    seal = verifying.Seal(name="ME-1.tar.age", size=1 << 21, sha256="0" * 64)

    with pytest.raises(Corruption) as caught:
        verifying.check_seal(Endless(), seal)

    assert caught.value.code == "package-altered"
