"""A receipt counts when the recipient signed it and it is for this package."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from clerestory.disclosure.receipts import Receipt, ReceiptKey, read_receipt, read_receipt_key
from clerestory.disclosure.signing import sign_text
from clerestory.kernel import Corruption, Refusal
from clerestory.notes import Ed25519Signer, OtherSigner

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PACKAGE = "ab" * 32
RECEIPT = Receipt(
    demand_id="ME-2026-0041",
    package=PACKAGE,
    received_at=AT + timedelta(hours=1),
    by="Made-up Records Office",
)
OFFICE = Ed25519Signer(name="office.example/records", seed=b"r" * 32)


def check(body: bytes, signature: bytes | None, key: ReceiptKey, package: str = PACKAGE) -> Receipt:
    return read_receipt(
        body,
        signature,
        key=key,
        package_sha256=package,
        sealed_at=AT,
        now=AT + timedelta(days=1),
    )


def noted(receipt: Receipt, signer: Ed25519Signer = OFFICE) -> bytes:
    return sign_text(receipt.unsigned_bytes().decode() + "\n", signer)


def cms(body: bytes, certificate: Any, key: Any, algorithm: Any = None) -> bytes:
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(body)
        .add_signer(certificate, key, algorithm or hashes.SHA256())
        .sign(
            serialization.Encoding.DER,
            [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary],
        )
    )


def der(certificate: Any) -> bytes:
    encoded: bytes = certificate.public_bytes(serialization.Encoding.DER)
    return encoded


def test_a_receipt_as_a_signed_note_is_read() -> None:
    found = check(noted(RECEIPT), None, OFFICE.verifier)

    assert found.received_at == RECEIPT.received_at
    assert (found.by, found.package) == (RECEIPT.by, PACKAGE)
    assert found.signed_by == str(OFFICE.verifier)


def test_a_receipt_with_a_bare_signature_is_read() -> None:
    body = RECEIPT.unsigned_bytes()
    bare = read_receipt_key(OFFICE.verifier.pem())

    assert check(body, OFFICE.sign(body), OFFICE.verifier).by == RECEIPT.by
    assert check(body + b"\n", OFFICE.sign(body + b"\n"), bare).signed_by.startswith("ed25519:")


@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_a_receipt_signed_with_a_certificate_is_read(
    office: Any, rsa_key: rsa.RSAPrivateKey, algorithm: Any
) -> None:
    body = RECEIPT.unsigned_bytes()

    found = check(body, cms(body, office, rsa_key, algorithm), der(office))

    assert found.signed_by.startswith("sha256:")


def test_a_receipt_signed_with_an_elliptic_certificate_is_read(
    ec_key: ec.EllipticCurvePrivateKey, make_certificate: Any
) -> None:
    certificate = make_certificate(ec_key)
    body = RECEIPT.unsigned_bytes()

    assert check(body, cms(body, certificate, ec_key), der(certificate)).by == RECEIPT.by


def test_every_flipped_bit_of_a_cms_receipt_is_found_or_changes_nothing_signed(
    office: Any, rsa_key: rsa.RSAPrivateKey
) -> None:
    body = RECEIPT.unsigned_bytes()
    signature = cms(body, office, rsa_key)

    for at in range(0, len(body), 3):
        broken = bytearray(body)
        broken[at] ^= 1
        with pytest.raises(Corruption):
            check(bytes(broken), signature, der(office))
    # The last 256 bytes are the signature itself.
    for at in range(len(signature) - 256, len(signature), 16):
        broken = bytearray(signature)
        broken[at] ^= 1
        with pytest.raises(Corruption):
            check(body, bytes(broken), der(office))
    for length in range(37, len(signature), 37):
        with pytest.raises(Corruption):
            check(body, signature[:length], der(office))


def test_a_cms_receipt_of_another_certificate_is_found(office: Any, make_certificate: Any) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    body = RECEIPT.unsigned_bytes()

    with pytest.raises(Corruption) as caught:
        check(body, cms(body, make_certificate(stranger), stranger), der(office))

    assert caught.value.code == "receipt-signature-invalid"


def test_a_receipt_signed_by_another_key_is_found() -> None:
    stranger = Ed25519Signer(name=OFFICE.verifier.name, seed=b"s" * 32)
    body = RECEIPT.unsigned_bytes()

    with pytest.raises(OtherSigner, match="the receipt must be signed by the key that was given"):
        check(noted(RECEIPT, stranger), None, OFFICE.verifier)
    for receipt, signature in ((body, stranger.sign(body)), (body, bytes(64))):
        with pytest.raises(Corruption) as caught:
            check(receipt, signature, OFFICE.verifier)

        assert caught.value.code == "receipt-signature-invalid"


def test_a_receipt_for_another_package_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        check(noted(RECEIPT), None, OFFICE.verifier, package="cd" * 32)

    assert caught.value.code == "receipt-other-package"


@pytest.mark.parametrize("seconds", [0, 1, 86_399, 86_400])
def test_a_receipt_from_the_second_of_the_sealing_to_this_one_is_taken(seconds: int) -> None:
    told = replace(RECEIPT, received_at=AT + timedelta(seconds=seconds))

    assert check(noted(told), None, OFFICE.verifier).received_at == told.received_at


@pytest.mark.parametrize("seconds", [-3600, -1, 86_401, 90_000])
def test_a_receipt_from_before_the_sealing_or_the_future_is_refused(seconds: int) -> None:
    odd = replace(RECEIPT, received_at=AT + timedelta(seconds=seconds))

    with pytest.raises(Refusal) as caught:
        check(noted(odd), None, OFFICE.verifier)

    assert caught.value.code == "receipt-time-impossible"


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "not json",
        RECEIPT.unsigned_bytes().decode().replace("{", "{ "),
        RECEIPT.unsigned_bytes().decode().replace("receipt/1", "receipt/2"),
        RECEIPT.unsigned_bytes().decode().replace("2026-03-02T", "2 March "),
        RECEIPT.unsigned_bytes().decode().replace("T16:00:00Z", "T16:00:00"),
        RECEIPT.unsigned_bytes().decode().replace("T16:00:00Z", "T16:00:00+00:00"),
        RECEIPT.unsigned_bytes().decode().replace("T16:00:00Z", "T16:00Z"),
        RECEIPT.unsigned_bytes().decode().replace("T16:00:00Z", "T16:00:60Z"),
        RECEIPT.unsigned_bytes().decode().replace("2026-", "1926-"),
        RECEIPT.unsigned_bytes().decode().replace('"2026-03-02T16:00:00Z"', "5"),
    ],
)
def test_a_receipt_out_of_its_form_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        check(sign_text(text + "\n", OFFICE), None, OFFICE.verifier)

    assert caught.value.code == "receipt-unreadable"


def test_a_receipt_without_a_signature_is_refused(office: Any) -> None:
    with pytest.raises(Refusal) as caught:
        check(RECEIPT.unsigned_bytes(), None, der(office))

    assert caught.value.code == "receipt-unsigned"


def test_keys_of_receipts_are_read_in_each_form(office: Any) -> None:
    pem = office.public_bytes(serialization.Encoding.PEM)

    assert read_receipt_key(pem) == read_receipt_key(der(office)) == der(office)
    assert read_receipt_key(str(OFFICE.verifier).encode()) == OFFICE.verifier


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\xff",
        b"\x30\x00",
        b"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\nMCow\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_key_that_signs_no_receipt_is_refused(given: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_receipt_key(given)

    assert caught.value.code == "receipt-key-unreadable"


def test_a_public_key_of_another_kind_is_refused(rsa_key: rsa.RSAPrivateKey) -> None:
    pem = rsa_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    with pytest.raises(Refusal):
        read_receipt_key(pem)


LOW_ORDER = [
    "01" + "00" * 31, "00" * 32, "00" * 31 + "80", "ec" + "ff" * 30 + "7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]  # fmt: skip


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_key_under_which_anybodys_signature_holds_is_refused(point: str) -> None:
    public = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(point))
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    with pytest.raises(Refusal) as caught:
        read_receipt_key(pem)

    assert caught.value.code == "receipt-key-weak"
    assert "make a new key" in caught.value.todo


@pytest.mark.parametrize(
    ("size", "exponent", "said"),
    [(1024, 65537, "at least 2048 bits: 1024"), (2048, 3, "at least 65537: 3")],
)
def test_a_certificate_that_others_could_sign_with_is_refused(
    size: int, exponent: int, said: str, make_certificate: Any
) -> None:
    weak = rsa.generate_private_key(public_exponent=exponent, key_size=size)

    with pytest.raises(Refusal, match=said) as caught:
        read_receipt_key(der(make_certificate(weak)))

    assert caught.value.code == "receipt-key-weak"


def test_a_curve_that_is_too_small_is_refused(make_certificate: Any) -> None:
    key = ec.generate_private_key(ec.SECP224R1())

    with pytest.raises(Refusal, match="elliptic curve of 224 bits") as caught:
        read_receipt_key(der(make_certificate(key)))

    assert caught.value.code == "receipt-key-weak"


def test_a_certificate_of_a_kind_that_is_not_read_is_refused_and_no_alarm(
    office: x509.Certificate, make_certificate: Any, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    other_version = der(office).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1)
    curve = der(make_certificate(ec_key))
    # The curve's name, P-256, made that of one that there is not.
    unknown_curve = curve.replace(
        bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030199")
    )
    assert unknown_curve != curve

    for given in (other_version, unknown_curve):
        with pytest.raises(Refusal) as caught:
            read_receipt_key(given)

        assert caught.value.code == "receipt-key-unreadable"


def test_of_two_certificates_in_one_file_none_is_picked(
    office: x509.Certificate, make_certificate: Any, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    pem = serialization.Encoding.PEM
    both = office.public_bytes(pem) + make_certificate(ec_key).public_bytes(pem)

    with pytest.raises(Refusal, match="or one certificate") as caught:
        read_receipt_key(both)

    assert caught.value.code == "receipt-key-unreadable"


def test_a_file_that_is_no_signature_at_all_is_asked_for_again(office: x509.Certificate) -> None:
    body = RECEIPT.unsigned_bytes()

    for signature, key in ((b"", der(office)), (b"short", OFFICE.verifier)):
        with pytest.raises(Refusal) as caught:
            check(body, signature, key)

        assert caught.value.code == "receipt-not-signed"
