"""A key of the wrong kind is refused with what to send instead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyrage
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from clerestory.disclosure.age import LibraryPanicked, seal_age
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, read_recipient
from clerestory.disclosure.sealing import package_name
from clerestory.disclosure.streams import FeedWriter
from clerestory.kernel import Refusal
from clerestory.notes import Ed25519Signer

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
Make = Callable[..., x509.Certificate]


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def ssh(key: Any) -> bytes:
    encoded: bytes = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return encoded


def test_an_age_recipient_is_read_with_its_comments(age_identity: pyrage.x25519.Identity) -> None:
    text = str(age_identity.to_public())

    found = read_recipient(f"# made-up office\n{text}\n".encode(), at=AT)

    assert found == AgeRecipient(text=text)
    assert found.name == text


def test_an_ssh_key_is_read(rsa_key: rsa.RSAPrivateKey) -> None:
    for key in (ed25519.Ed25519PrivateKey.generate(), rsa_key):
        assert read_recipient(ssh(key) + b" office@example", at=AT).name == ssh(key).decode()


def test_a_certificate_is_read_from_pem_and_der(office: x509.Certificate) -> None:
    der = office.public_bytes(serialization.Encoding.DER)

    assert read_recipient(pem(office), at=AT) == CertificateRecipient(der=der)
    assert read_recipient(der, at=AT) == CertificateRecipient(der=der)
    assert read_recipient(der, at=AT).name.startswith("sha256:")


def test_the_private_half_is_refused_and_called_lost(
    age_identity: pyrage.x25519.Identity,
    rsa_key: rsa.RSAPrivateKey,
    as_pem: Callable[..., bytes],
) -> None:
    for given in (str(age_identity).encode(), str(age_identity).lower().encode(), as_pem(rsa_key)):
        with pytest.raises(Refusal) as caught:
            read_recipient(given, at=AT)

        assert caught.value.code == "recipient-is-private"
        assert "no longer secret" in caught.value.todo
        assert "AGE-SECRET" not in str(caught.value).upper()


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"  \n",
        b"hello",
        b"\x00\xff\x12",
        b"age1qqqqqq",
        b"ssh-ed25519 AAAA",
        b"ssh-rsa AAAA",
        b"ecdsa-sha2-nistp256 AAAA",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----\n",
        b"\x99\x01\x0d",
        b"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN CERTIFICATE REQUEST-----\nMCow\n-----END CERTIFICATE REQUEST-----\n",
        b"-----BEGIN CERTIFICATE-----\nMCow\n-----END CERTIFICATE-----\n",
        b"\x30\x03\x02\x01\x01",
        b"untrusted comment: minisign public key\nRWQ\n",
    ],
)
def test_something_else_is_refused_with_what_to_send(given: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_recipient(given, at=AT)

    assert caught.value.code == "recipient-wrong-kind"
    assert "age1" in caught.value.todo
    assert "X.509" in caught.value.todo


def test_a_verifier_key_is_not_a_recipient(sender: Ed25519Signer) -> None:
    with pytest.raises(Refusal):
        read_recipient(str(sender.verifier).encode(), at=AT)


@pytest.mark.parametrize("shift", [timedelta(days=-31), timedelta(days=301)])
def test_a_certificate_out_of_its_dates_is_refused(
    office: x509.Certificate, shift: timedelta
) -> None:
    with pytest.raises(Refusal) as caught:
        read_recipient(pem(office), at=AT + shift)

    assert caught.value.code == "recipient-expired"


@pytest.mark.parametrize(
    "changes",
    [
        {"encipher": False},
        {"authority": True},
        {"extended": ExtendedKeyUsageOID.CODE_SIGNING},
        {"extended": ExtendedKeyUsageOID.SERVER_AUTH},
    ],
)
def test_a_certificate_for_another_use_is_refused(
    rsa_key: rsa.RSAPrivateKey, make_certificate: Make, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as caught:
        read_recipient(pem(make_certificate(rsa_key, **changes)), at=AT)

    assert caught.value.code == "recipient-wrong-usage"
    assert ("CA:FALSE" in caught.value.todo) == ("authority" in changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"encipher": None},
        {"authority": False},
        {"extended": ExtendedKeyUsageOID.EMAIL_PROTECTION},
    ],
)
def test_a_certificate_that_leaves_the_use_open_is_taken(
    rsa_key: rsa.RSAPrivateKey, make_certificate: Make, changes: dict[str, Any]
) -> None:
    found = read_recipient(pem(make_certificate(rsa_key, **changes)), at=AT)

    assert isinstance(found, CertificateRecipient)


def test_a_short_rsa_key_is_refused(make_certificate: Make) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)

    for given in (pem(make_certificate(short)), ssh(short)):
        with pytest.raises(Refusal) as caught:
            read_recipient(given, at=AT)

        assert caught.value.code == "recipient-weak"


def test_a_certificate_without_an_rsa_key_is_refused(
    ec_key: ec.EllipticCurvePrivateKey, make_certificate: Make
) -> None:
    with pytest.raises(Refusal) as caught:
        read_recipient(pem(make_certificate(ec_key)), at=AT)

    assert caught.value.code == "recipient-wrong-kind"


def test_recipients_of_two_kinds_are_refused(office: x509.Certificate) -> None:
    certificate = read_recipient(pem(office), at=AT)

    for recipients in ([], [certificate, AgeRecipient(text="age1x")]):
        with pytest.raises(Refusal) as caught:
            package_name("ME-1", recipients)

        assert caught.value.code == "recipient-kinds-mixed"


def test_a_key_at_which_the_library_panics_is_a_refusal_and_no_panic() -> None:
    # A panic is no Exception: it would pass every handler, up to the interpreter.
    at_zero = AgeRecipient(text="age1" + "q" * 52 + "5cu47z")

    with pytest.raises(Refusal) as caught:
        seal_age(iter([b"made up"]), [at_zero], FeedWriter(lambda _: None))

    assert caught.value.code == "recipient-unusable"
    assert isinstance(caught.value.__cause__, LibraryPanicked)
