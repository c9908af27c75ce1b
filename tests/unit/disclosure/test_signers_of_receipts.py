"""A receipt by certificate counts by its signature alone, of whatever kind the key is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from clerestory.disclosure.cms_signature import verify_cms_signature
from clerestory.kernel import Corruption

BODY = b'{"made":"up"}'
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def signature_by(key: Key, certificate: Any, algorithm: Any = None, *, pss: bool = False) -> bytes:
    """Sign, and name a certificate as the signer's, whoever's key it is."""
    more: dict[str, Any] = {}
    if pss:
        salt = padding.PSS.DIGEST_LENGTH
        more["rsa_padding"] = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt)
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(BODY)
        .add_signer(certificate, key, algorithm or hashes.SHA256(), **more)
        .sign(
            serialization.Encoding.DER,
            [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary],
        )
    )


def made_key(kind: str) -> Key:
    if kind == "elliptic":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize("kind", ["elliptic", "rsa", "pss"])
def test_another_key_of_the_same_kind_did_not_sign(kind: str, make_certificate: Any) -> None:
    pss = kind == "pss"
    own, others = made_key(kind), made_key(kind)
    now = datetime.now(UTC)
    certificate, other = (
        make_certificate(key, starts=now - timedelta(days=1), ends=now + timedelta(days=1))
        for key in (own, others)
    )
    der = certificate.public_bytes(serialization.Encoding.DER)

    assert verify_cms_signature(BODY, signature_by(own, certificate, pss=pss), der)
    for forged in (
        signature_by(others, certificate, pss=pss),
        signature_by(others, other, pss=pss),
    ):
        with pytest.raises(Corruption) as caught:
            verify_cms_signature(BODY, forged, der)
        assert caught.value.code == "receipt-signature-invalid"


@pytest.mark.parametrize("kind", ["elliptic", "rsa"])
@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_each_digest_is_that_of_the_message(
    kind: str, algorithm: Any, make_certificate: Any
) -> None:
    key = made_key(kind)
    certificate = make_certificate(key)
    signature = signature_by(key, certificate, algorithm)
    der = certificate.public_bytes(serialization.Encoding.DER)

    assert verify_cms_signature(BODY, signature, der).startswith("sha256:")
    for message in (BODY + b"\n", BODY[:-1], b""):
        with pytest.raises(Corruption):
            verify_cms_signature(message, signature, der)


def test_every_flipped_bit_of_an_elliptic_signature_is_found(make_certificate: Any) -> None:
    key = made_key("elliptic")
    certificate = make_certificate(key)
    signature = signature_by(key, certificate)
    der = certificate.public_bytes(serialization.Encoding.DER)

    # The last bytes are the second number of the signature itself.
    for at in range(len(signature) - 32, len(signature)):
        broken = bytearray(signature)
        broken[at] ^= 1
        with pytest.raises(Corruption):
            verify_cms_signature(BODY, bytes(broken), der)
