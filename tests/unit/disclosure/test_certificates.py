"""A package sealed to a certificate opens with its private key, and with nothing else."""

import io
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from clerestory.audit.packages import verify_package
from clerestory.disclosure import der
from clerestory.disclosure.certificates import issuer_and_serial
from clerestory.disclosure.cms import MAX_CONTENT_BYTES, check_cms_size, seal_cms
from clerestory.disclosure.cms_keys import read_private_key
from clerestory.disclosure.cms_opening import open_cms
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, read_recipient
from clerestory.disclosure.sealing import Sealed, check_sealable
from clerestory.kernel import Corruption, Refusal
from clerestory.notes import Ed25519Signer

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def fixed(size: int) -> bytes:
    return bytes(range(size))


@pytest.fixture
def certificate(office: x509.Certificate) -> CertificateRecipient:
    return CertificateRecipient(der=office.public_bytes(serialization.Encoding.DER))


def sealed_bytes(message: bytes, *to: CertificateRecipient, cbc: bool = False) -> bytes:
    return b"".join(seal_cms([message], len(message), to, random_bytes=fixed, cbc=cbc))


both_ciphers = pytest.mark.parametrize("cbc", [False, True], ids=["gcm", "cbc"])


@both_ciphers
@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100, 127, 240, 65_536, 3_000_001])
def test_an_envelope_of_any_size_opens(
    certificate: CertificateRecipient, rsa_key: rsa.RSAPrivateKey, size: int, cbc: bool
) -> None:
    message = bytes(index % 251 for index in range(size))

    sealed = sealed_bytes(message, certificate, cbc=cbc)

    assert b"".join(open_cms(io.BytesIO(sealed), rsa_key)) == message
    assert der.read(sealed).whole == sealed


def test_every_flipped_bit_of_the_content_and_the_tag_is_found(
    certificate: CertificateRecipient, rsa_key: rsa.RSAPrivateKey
) -> None:
    whole = sealed_bytes(b"message", certificate)
    start = len(whole) - 7 - 18

    for bit in range(8 * start, 8 * len(whole)):
        broken = bytearray(whole)
        broken[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(Corruption) as caught:
            list(open_cms(io.BytesIO(broken), rsa_key))
        assert caught.value.code == "package-envelope-broken"


@both_ciphers
def test_a_flipped_bit_before_the_content_is_found(
    certificate: CertificateRecipient, rsa_key: rsa.RSAPrivateKey, cbc: bool
) -> None:
    whole = sealed_bytes(b"message" * 9, certificate, cbc=cbc)
    names = issuer_and_serial(certificate.der)
    named = range(whole.index(names), whole.index(names) + len(names))
    vector = fixed(16 if cbc else 12)
    drawn = range(whole.index(vector), whole.index(vector) + len(vector))

    for at in range(whole.index(vector)):
        broken = bytearray(whole)
        broken[at] ^= 1
        if at in named or (cbc and at in drawn):
            continue  # for finding the key only; CBC does not vouch for its vector
        with pytest.raises((Corruption, Refusal)):
            list(open_cms(io.BytesIO(broken), rsa_key))


def test_a_message_of_two_gibibytes_is_refused(certificate: CertificateRecipient) -> None:
    check_cms_size(MAX_CONTENT_BYTES)

    with pytest.raises(Refusal) as caught:
        next(seal_cms([], MAX_CONTENT_BYTES + 1, [certificate], random_bytes=fixed))

    assert caught.value.code == "package-too-large-for-cms"
    assert "age key" in caught.value.todo


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


@both_ciphers
def test_an_envelope_cut_short_or_longer_is_found(
    certificate: CertificateRecipient, rsa_key: rsa.RSAPrivateKey, cbc: bool
) -> None:
    whole = sealed_bytes(b"message" * 10, certificate, cbc=cbc)

    for length in range(len(whole)):
        with pytest.raises((Corruption, Refusal)):
            list(open_cms(io.BytesIO(whole[:length]), rsa_key))
    for more in (b"\0", bytes(16)):
        with pytest.raises(Corruption):
            list(open_cms(io.BytesIO(whole + more), rsa_key))


def test_the_issuer_is_named_as_it_stands_in_the_certificate(
    rsa_key: rsa.RSAPrivateKey, make_certificate: Callable[..., x509.Certificate]
) -> None:
    whole = make_certificate(rsa_key).public_bytes(serialization.Encoding.DER)
    # The same name as an older kind of string, and a serial number below zero: both are found
    # in use, and a library that writes them anew writes something else.
    odd = whole.replace(b"\x0c\x16Made-up Records Office", b"\x14\x16Made-up Records Office")
    odd = odd.replace(b"\x02\x01\x4d", b"\x02\x01\xcd", 1)

    named = issuer_and_serial(odd)

    assert named.endswith(b"\x14\x16Made-up Records Office\x02\x01\xcd")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sealed = sealed_bytes(b"message", CertificateRecipient(der=odd))
    assert named in sealed
    assert b"".join(open_cms(io.BytesIO(sealed), rsa_key)) == b"message"


@both_ciphers
def test_a_package_sealed_to_a_certificate_verifies(
    cbc: bool,
    contents: Contents,
    seal: Callable[..., Sealed],
    certificate: CertificateRecipient,
    sender: Ed25519Signer,
    log: Any,
    rsa_key: rsa.RSAPrivateKey,
    as_pem: Callable[..., bytes],
) -> None:
    sealed = seal(contents, recipients=[certificate], cbc=cbc)

    verified = verify_package(
        sealed.path,
        sender=sender.verifier,
        log_vkey=log.key,
        identity=Identity(given=as_pem(rsa_key)),
    )

    assert sealed.path.name == "ME-2026-0041.tar.p7m"
    assert sealed.envelope == ("AES-256-CBC" if cbc else "AES-256-GCM")
    assert verified.is_complete


def test_a_private_key_that_is_not_one_is_refused(
    ec_key: ec.EllipticCurvePrivateKey, as_pem: Callable[..., bytes]
) -> None:
    for given in (b"garbage", as_pem(ec_key)):
        with pytest.raises(Refusal) as caught:
            read_private_key(given)

        assert caught.value.code == "identity-unreadable"


def test_only_a_certificate_is_sealed_to_with_cbc(
    contents: Contents, certificate: CertificateRecipient, recipient: AgeRecipient
) -> None:
    check_sealable(contents, [certificate], cbc=True)
    check_sealable(contents, [recipient], cbc=False)

    with pytest.raises(Refusal) as caught:
        check_sealable(contents, [recipient], cbc=True)

    assert caught.value.code == "recipient-cbc-without-certificate"


def test_a_package_too_large_for_a_certificate_is_refused_before_it_is_logged(
    contents: Contents, certificate: CertificateRecipient, recipient: AgeRecipient
) -> None:
    large = replace(contents.parts[0], size=MAX_CONTENT_BYTES)
    grown = replace(contents, parts=(large, *contents.parts[1:]))
    check_sealable(grown, [recipient], cbc=False)

    with pytest.raises(Refusal) as caught:
        check_sealable(grown, [certificate], cbc=False)

    assert caught.value.code == "package-too-large-for-cms"


def named(letters: int, key: rsa.RSAPrivateKey) -> bytes:
    """A certificate whose issuer's name is so long."""
    issuer = x509.Name([x509.NameAttribute(NameOID.DN_QUALIFIER, "x" * letters)])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def test_the_longest_certificate_that_is_read_is_also_opened(rsa_key: rsa.RSAPrivateKey) -> None:
    around = len(named(20_000, rsa_key)) - 20_000

    largest = read_recipient(named(32 * 1024 - around, rsa_key), at=AT)

    assert isinstance(largest, CertificateRecipient)
    sealed = sealed_bytes(b"message", largest)
    assert b"".join(open_cms(io.BytesIO(sealed), rsa_key)) == b"message"
    with pytest.raises(Refusal, match="at most 32768 bytes: 32769") as caught:
        read_recipient(named(32 * 1024 - around + 1, rsa_key), at=AT)
    assert caught.value.code == "recipient-wrong-kind"


def test_a_certificate_of_an_unknown_version_is_refused(office: x509.Certificate) -> None:
    given = office.public_bytes(serialization.Encoding.DER)
    other = given.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1)
    assert other != given

    with pytest.raises(Refusal, match="certificate cannot be read") as caught:
        read_recipient(other, at=AT)

    assert caught.value.code == "recipient-wrong-kind"
