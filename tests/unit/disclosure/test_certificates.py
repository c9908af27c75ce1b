"""A package sealed to a certificate opens with its private key, and with nothing else."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from clerestory.audit.packages import verify_package
from clerestory.disclosure.cms import open_cms, read_private_key, seal_cms
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import CertificateRecipient
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel import Corruption, Refusal
from clerestory.notes import Ed25519Signer


def fixed(size: int) -> bytes:
    return bytes(range(size))


@pytest.fixture
def certificate(office: x509.Certificate) -> CertificateRecipient:
    return CertificateRecipient(der=office.public_bytes(serialization.Encoding.DER))


def sealed_bytes(message: bytes, *to: CertificateRecipient) -> bytes:
    return b"".join(seal_cms([message], len(message), to, random_bytes=fixed))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100, 127, 240, 65_536, 3_000_001])
def test_an_envelope_of_any_size_opens(
    certificate: CertificateRecipient, rsa_key: rsa.RSAPrivateKey, size: int
) -> None:
    message = bytes(index % 251 for index in range(size))

    opened = b"".join(open_cms(io.BytesIO(sealed_bytes(message, certificate)), rsa_key))

    assert opened == message


def test_each_of_two_recipients_opens_it(
    certificate: CertificateRecipient,
    rsa_key: rsa.RSAPrivateKey,
    make_certificate: Callable[..., x509.Certificate],
) -> None:
    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = CertificateRecipient(
        der=make_certificate(other_key).public_bytes(serialization.Encoding.DER)
    )
    sealed = sealed_bytes(b"message", certificate, other)

    for key in (rsa_key, other_key):
        assert b"".join(open_cms(io.BytesIO(sealed), key)) == b"message"


def test_another_key_is_refused(certificate: CertificateRecipient) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(Refusal) as caught:
        list(open_cms(io.BytesIO(sealed_bytes(b"message", certificate)), stranger))

    assert caught.value.code == "identity-not-recipient"


def test_an_envelope_cut_short_or_longer_is_found(
    certificate: CertificateRecipient, rsa_key: rsa.RSAPrivateKey
) -> None:
    whole = sealed_bytes(b"message" * 10, certificate)

    for length in range(len(whole)):
        with pytest.raises((Corruption, Refusal)):
            list(open_cms(io.BytesIO(whole[:length]), rsa_key))
    with pytest.raises(Corruption):
        list(open_cms(io.BytesIO(whole + bytes(16)), rsa_key))


def test_a_package_sealed_to_a_certificate_verifies(
    contents: Contents,
    seal: Callable[..., Sealed],
    certificate: CertificateRecipient,
    sender: Ed25519Signer,
    log: Any,
    rsa_key: rsa.RSAPrivateKey,
    as_pem: Callable[..., bytes],
) -> None:
    sealed = seal(contents, recipients=[certificate])

    verified = verify_package(
        sealed.path,
        sender=sender.verifier,
        log_vkey=log.key,
        identity=Identity(given=as_pem(rsa_key)),
    )

    assert sealed.path.name == "ME-2026-0041.tar.p7m"
    assert verified.is_complete


def test_a_private_key_that_is_not_one_is_refused(
    ec_key: ec.EllipticCurvePrivateKey, as_pem: Callable[..., bytes]
) -> None:
    for given in (b"garbage", as_pem(ec_key)):
        with pytest.raises(Refusal) as caught:
            read_private_key(given)

        assert caught.value.code == "identity-unreadable"
