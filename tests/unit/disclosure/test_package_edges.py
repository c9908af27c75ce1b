"""Odd files, odd names and odd forms: each is named, none goes through."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyrage
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from clerestory.audit.packages import Verified, verify_package
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Duty, Outcome, Ruling
from clerestory.disclosure import der
from clerestory.disclosure.cms import seal_cms
from clerestory.disclosure.cms_signature import verify_cms_signature
from clerestory.disclosure.contents import (
    Contents,
    part_of,
    prepare_contents,
    reduced_determination,
)
from clerestory.disclosure.minimising import Minimised, Record, Value, minimise
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient
from clerestory.disclosure.released import read_rulings
from clerestory.disclosure.sealing import Sealed, seal_text
from clerestory.disclosure.signing import sign_text
from clerestory.disclosure.tar import header
from clerestory.kernel import Corruption, Refusal, canonical_bytes
from clerestory.notes import Ed25519Signer


@pytest.fixture
def verify_bytes(
    tmp_path: Path, sender: Ed25519Signer, log: Any, identity: Identity
) -> Callable[..., Verified]:
    """Return a function that signs any bytes as the sender would, and verifies them."""

    def go(sealed: bytes, text: str | None = None) -> Verified:
        path = tmp_path / "ME-2026-0041.tar.age"
        path.write_bytes(sealed)
        text = text or seal_text(path.name, hashlib.sha256(sealed).hexdigest(), len(sealed))
        path.with_name(path.name + ".sig").write_bytes(sign_text(text, sender))
        return verify_package(path, sender=sender.verifier, log_vkey=log.key, identity=identity)

    return go


def encrypted(plain: bytes, recipient: AgeRecipient) -> bytes:
    sealed: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient.text)])
    return sealed


def test_a_package_with_its_index_verifies(
    mixed: Determination,
    values: dict[Item, Value],
    seal: Callable[..., Sealed],
    sender: Ed25519Signer,
    log: Any,
    identity: Identity,
) -> None:
    contents = prepare_contents(
        minimise(mixed, values), letter_pdf=b"letter", index_pdf=b"what is withheld"
    )
    sealed = seal(contents)

    verified = verify_package(
        sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity
    )

    assert verified.is_complete
    assert "data/withheld.pdf" in {part.path for part in contents.parts}


def test_the_enclosed_determination_tells_the_recipient_nothing_of_the_others(
    mixed: Determination,
) -> None:
    duties = (
        Duty(code="tell_what_is_missing", basis="law", authority="a", to="requester"),
        Duty(code="notify_counsel", basis="law", authority="a", to="counsel"),
    )
    told = canonical_bytes(reduced_determination(replace(mixed, duties=duties))).decode()

    assert "tell_what_is_missing" in told
    for kept in ("for counsel", "protects your", "notify_counsel", mixed.facts_digest, "policy-1"):
        assert kept not in told


def test_a_file_too_large_for_the_archive_is_refused(tmp_path: Path) -> None:
    scan = tmp_path / "scan.bin"
    with scan.open("wb") as file:
        file.truncate(8 * 1024**3)

    with pytest.raises(Refusal) as caught:
        part_of("data/scan.bin", scan)

    assert caught.value.code == "package-file-too-large"


def test_a_subject_that_cannot_be_a_file_name_is_refused(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> None:
    ruled = make_determination(make_ruling("../S1", "address", Outcome.RELEASE))

    with pytest.raises(Refusal) as caught:
        prepare_contents(
            minimise(ruled, {Item("../S1", "snap", "address"): "x"}), letter_pdf=b"letter"
        )

    assert caught.value.code == "package-name-unusable"


def test_a_ruling_to_coarsen_that_does_not_say_how_lets_nothing_through(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> None:
    ruled = make_determination(make_ruling("S1", "address", Outcome.COARSEN))
    record = Record(item=Item("S1", "snap", "address"), precision=None, value="x")

    with pytest.raises(Corruption) as caught:
        Minimised(determination=ruled, records=(record,))

    assert caught.value.code == "disclosure-too-fine"


@pytest.mark.parametrize("sealed", [b"", b"plain text", b"\x30\x03\x02\x01\x00", b"PK\x03\x04"])
def test_signed_bytes_that_are_no_envelope_are_found(
    verify_bytes: Callable[..., Verified],
    sealed: bytes,
    rsa_key: rsa.RSAPrivateKey,
    as_pem: Callable[..., bytes],
    tmp_path: Path,
    sender: Ed25519Signer,
    log: Any,
) -> None:
    with pytest.raises((Corruption, Refusal)):
        verify_bytes(sealed)
    with pytest.raises(Corruption) as caught:
        verify_package(
            tmp_path / "ME-2026-0041.tar.age",
            sender=sender.verifier,
            log_vkey=log.key,
            identity=Identity(given=as_pem(rsa_key)),
        )

    assert caught.value.code == "package-envelope-broken"


def test_a_signed_age_file_that_is_cut_short_is_found(
    verify_bytes: Callable[..., Verified], recipient: AgeRecipient
) -> None:
    with pytest.raises(Corruption) as caught:
        verify_bytes(encrypted(b"x" * 100, recipient)[:-1])

    assert caught.value.code == "package-envelope-broken"


def test_a_signed_envelope_without_a_tar_is_found(
    verify_bytes: Callable[..., Verified], recipient: AgeRecipient
) -> None:
    for plain in (b"", b"x" * 600):
        with pytest.raises(Corruption) as caught:
            verify_bytes(encrypted(plain, recipient))

        assert caught.value.code == "package-tar-broken"


def test_a_text_file_that_would_fill_the_memory_is_found(
    verify_bytes: Callable[..., Verified], recipient: AgeRecipient
) -> None:
    bomb = header("package-ME-2026-0041/data/records/S1.json", 1 << 32)

    with pytest.raises(Corruption) as caught:
        verify_bytes(encrypted(bomb, recipient))

    assert caught.value.code == "package-file-too-large"


@pytest.mark.parametrize("text", ["hello\n", "clerestory-seal/2\n1\nab  x\n"])
def test_a_seal_in_another_form_is_found(
    verify_bytes: Callable[..., Verified], recipient: AgeRecipient, text: str
) -> None:
    with pytest.raises(Corruption) as caught:
        verify_bytes(encrypted(b"x", recipient), text)

    assert caught.value.code == "package-signature-invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "clerestory-rulings/2"},
        {"rulings": [{"subject": "S1", "program": "snap", "field": "x", "outcome": "release"}] * 2},
        {"rulings": None},
    ],
)
def test_an_enclosed_determination_in_another_form_is_found(
    mixed: Determination, change: dict[str, Any]
) -> None:
    body = canonical_bytes({**reduced_determination(mixed), **change})

    with pytest.raises(Corruption) as caught:
        read_rulings(body)

    assert caught.value.code == "package-contents-unreadable"


def test_a_subject_of_the_enclosed_determination_is_a_file_name(
    contents: Contents, mixed: Determination
) -> None:
    from clerestory.disclosure.released import check_released

    rulings = read_rulings(canonical_bytes(reduced_determination(mixed)))
    odd = replace(rulings, open_items={("../S1", "snap", "address"): None})

    with pytest.raises(Corruption) as caught:
        check_released({part.path: _Held(part.source) for part in contents.parts}, odd)

    assert caught.value.code == "package-contents-unreadable"


class _Held:
    def __init__(self, source: Any) -> None:
        self.body: bytes | None = source


def test_cms_signatures_in_other_forms_are_found(office: Any, rsa_key: rsa.RSAPrivateKey) -> None:
    certificate = office.public_bytes(serialization.Encoding.DER)
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(b"message")
        .add_signer(office, rsa_key, hashes.SHA256())
    )
    binary, der_form = pkcs7.PKCS7Options.Binary, serialization.Encoding.DER
    attached = builder.sign(der_form, [binary])
    bare = builder.sign(
        der_form,
        [binary, pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.NoAttributes],
    )
    envelope = b"".join(
        seal_cms([b"m"], 1, [CertificateRecipient(der=certificate)], random_bytes=bytes)
    )

    for signature in (attached, bare, envelope, b"", b"-----BEGIN CMS-----\n!\n-----END CMS-----"):
        with pytest.raises(Corruption) as caught:
            verify_cms_signature(b"message", signature, certificate)

        assert caught.value.code == "receipt-signature-invalid"


def test_a_certificate_of_an_unread_kind_signs_no_receipt(
    office: Any, rsa_key: rsa.RSAPrivateKey, make_certificate: Any
) -> None:
    del office
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    good = make_certificate(rsa_key)
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
    odd = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(good.not_valid_before_utc)
        .not_valid_after(good.not_valid_after_utc)
        .sign(key, None)
    )
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(b"message")
        .add_signer(good, rsa_key, hashes.SHA256())
        .sign(
            serialization.Encoding.DER,
            [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.DetachedSignature],
        )
    )

    with pytest.raises(Corruption):
        verify_cms_signature(b"message", signature, odd.public_bytes(serialization.Encoding.DER))


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x81\x05hello", b"\x30\x82\x01", b"\x30\x05hi", b"\x30\x80"]
)
def test_der_out_of_its_form_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="DER"):
        der.read(data)


def test_der_lengths_of_every_size_are_read_back() -> None:
    for size in (0, 1, 127, 128, 255, 256, 65_535, 65_536):
        node = der.read(der.wrap(der.OCTETS, bytes(size)) + b"more")

        assert (node.tag, len(node.body)) == (der.OCTETS, size)
