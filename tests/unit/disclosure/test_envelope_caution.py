"""What an envelope does not do is said in the signed seal, inside, and by whoever verifies."""

import hashlib
import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from clerestory.audit.packages import Verified, verify_package
from clerestory.cli.verify_text import verified_text, verified_value
from clerestory.disclosure.bag import make_bag
from clerestory.disclosure.cms import CBC_CAUTION, seal_cms
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.opening import Identity, envelope_of
from clerestory.disclosure.recipients import CertificateRecipient
from clerestory.disclosure.sealing import seal_text
from clerestory.disclosure.signing import sign_text
from clerestory.kernel import Corruption
from clerestory.notes import Ed25519Signer
from mail_program import make_certificate

NAME = "ME-2026-0041.tar.p7m"
Seal = Callable[..., Path]
Verify = Callable[[Path], Verified]


@pytest.fixture(scope="module")
def mail() -> tuple[CertificateRecipient, Identity]:
    """Return a made-up mail program's certificate and its private key."""
    certificate, key = make_certificate()
    encoding, form = serialization.Encoding, serialization.PrivateFormat
    private = key.private_bytes(encoding.PEM, form.PKCS8, serialization.NoEncryption())
    return (
        CertificateRecipient(der=certificate.public_bytes(encoding.DER)),
        Identity(given=private),
    )


@pytest.fixture
def seal(
    tmp_path: Path,
    contents: Contents,
    sender: Ed25519Signer,
    log: Any,
    mail: tuple[CertificateRecipient, Identity],
) -> Seal:
    """Return a function that seals as the sender would, each part as told."""

    def go(*, cbc: bool, inside: bool, said: bool) -> Path:
        bag = make_bag(contents, log.evidence(contents.digest), sender, cbc=inside)
        pieces: Iterator[bytes] = seal_cms(
            bag.tar(), bag.size, [mail[0]], random_bytes=lambda size: bytes(range(size)), cbc=cbc
        )
        path, sealed = tmp_path / NAME, b"".join(pieces)
        path.write_bytes(sealed)
        text = seal_text(NAME, hashlib.sha256(sealed).hexdigest(), len(sealed), cbc=said)
        path.with_name(f"{NAME}.sig").write_bytes(sign_text(text, sender))
        return path

    return go


@pytest.fixture
def verify(sender: Ed25519Signer, log: Any, mail: tuple[CertificateRecipient, Identity]) -> Verify:
    return partial(
        verify_package, sender=sender.verifier, log_vkey=log.key, identity=mail[1]
    )  # fmt: skip


@pytest.mark.parametrize("cbc", [False, True])
def test_who_verifies_is_told_what_the_envelope_does_not_do(
    seal: Seal, verify: Verify, cbc: bool
) -> None:
    path = seal(cbc=cbc, inside=cbc, said=cbc)

    verified = verify(path)

    with path.open("rb") as sealed:
        assert verified.envelope == envelope_of(sealed) == ("AES-256-CBC" if cbc else "AES-256-GCM")
    assert verified.is_authenticated is not cbc
    assert (CBC_CAUTION in " ".join(verified_text(verified).split())) is cbc
    told = verified_value(verified)
    assert (told["envelope"], told["envelope_authenticates"]) == (verified.envelope, not cbc)
    note = path.with_name(f"{NAME}.sig").read_text()
    assert (CBC_CAUTION in note) is cbc
    assert note.splitlines()[3 if cbc else 2].endswith(f"  {NAME}")


def test_the_caution_is_told_before_anything_is_opened(
    seal: Seal, sender: Ed25519Signer, log: Any
) -> None:
    path = seal(cbc=True, inside=True, said=True)

    shut = verify_package(path, sender=sender.verifier, log_vkey=log.key)

    assert not shut.is_complete
    assert CBC_CAUTION in " ".join(verified_text(shut).split())


@pytest.mark.parametrize(
    ("cbc", "inside", "said", "code"),
    [
        (True, True, False, "package-envelope-unsaid"),
        (False, False, True, "package-envelope-unsaid"),
        (True, False, True, "package-bag-invalid"),
        (False, True, False, "package-bag-invalid"),
    ],
)
def test_a_package_that_keeps_silent_about_it_is_an_alarm(
    seal: Seal, verify: Verify, cbc: bool, inside: bool, said: bool, code: str
) -> None:
    with pytest.raises(Corruption) as caught:
        verify(seal(cbc=cbc, inside=inside, said=said))

    assert caught.value.code == code
    assert caught.value.todo


@pytest.mark.parametrize("other", ["", "AES-256-CBC authenticates\n", f"{CBC_CAUTION}!\n"])
def test_nobody_else_can_take_the_caution_away(seal: Seal, verify: Verify, other: str) -> None:
    path = seal(cbc=True, inside=True, said=True)
    note = path.with_name(f"{NAME}.sig")
    note.write_text(note.read_text().replace(f"{CBC_CAUTION}\n", other))

    with pytest.raises(Corruption) as caught:
        verify(path)

    assert caught.value.code == "package-signature-invalid"


def test_what_is_no_message_at_all_is_told_by_opening_it() -> None:
    for content in (b"", b"\x30", b"\x30\x80", b"age-encryption.org/v1", b"made up"):
        assert envelope_of(io.BytesIO(content)) == "AES-256-GCM"
    assert envelope_of(io.BytesIO(b"age-encryption.org/v1\n")) == "age"
