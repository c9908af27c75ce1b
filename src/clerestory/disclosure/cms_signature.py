"""Checking a detached CMS signature against one known certificate.

No chain is built and no other certificate is looked at: the certificate is the one that the
sender compared with the recipient before sealing.

Source: RFC 5652 section 5 (SignedData, 5.4 for what is signed), RFC 4055 (RSASSA-PSS).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from clerestory.disclosure import der
from clerestory.kernel import Corruption

_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_DATA = der.oid("1.2.840.113549.1.7.1")
_CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")
_RSA = frozenset({der.oid("1.2.840.113549.1.1.1"), der.oid("1.2.840.113549.1.1.11")})
_RSA_512 = der.oid("1.2.840.113549.1.1.13")
_PSS = der.oid("1.2.840.113549.1.1.10")
_HASHES: Mapping[bytes, hashes.SHA256 | hashes.SHA384 | hashes.SHA512] = {
    der.oid("2.16.840.1.101.3.4.2.1"): hashes.SHA256(),
    der.oid("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    der.oid("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}
_PEM = re.compile(rb"-----BEGIN (PKCS7|CMS)-----\s(.*?)-----END \1-----", re.DOTALL)


def verify_cms_signature(message: bytes, signature: bytes, certificate_der: bytes) -> str:
    """Check that the holder of the certificate signed ``message``.

    Args:
        message: The bytes that were signed, which the signature does not contain.
        signature: A detached SignedData, DER or PEM, with one signer.
        certificate_der: The certificate that must have signed.

    Returns:
        The name of the signer: the certificate's fingerprint.

    Raises:
        Corruption: It did not, or the signature is not in its form.
    """
    certificate = x509.load_der_x509_certificate(certificate_der)
    try:
        _verify(message, _der_of(signature), certificate)
    except (
        ValueError, IndexError, KeyError, binascii.Error, InvalidSignature, UnsupportedAlgorithm
    ) as fault:  # fmt: skip
        raise Corruption(
            "the receipt signature is not valid", code="receipt-signature-invalid"
        ) from fault
    return f"sha256:{hashlib.sha256(certificate_der).hexdigest()}"


def _der_of(signature: bytes) -> bytes:
    match = _PEM.search(signature)
    return base64.b64decode(match.group(2)) if match else signature


def _verify(message: bytes, signature: bytes, certificate: x509.Certificate) -> None:
    kind, explicit = der.read(signature).children()
    if kind.whole != _SIGNED_DATA:
        raise ValueError("not a SignedData")
    parts = explicit.children()[0].children()
    content = parts[2].children()
    if content[0].whole != _DATA or len(content) != 1:
        raise ValueError("not detached")
    (signer,) = parts[-1].children()
    fields = signer.children()
    digest = _HASHES[fields[2].children()[0].whole]
    if fields[3].tag != 0xA0:
        raise ValueError("no signed attributes")
    _check_attributes(fields[3], message, digest)
    # What is signed is the attributes as a SET, not under their tag in the message.
    signed = der.wrap(der.SET, fields[3].body)
    _check_signature(certificate, fields[4], fields[5].body, signed, digest)


def _check_attributes(attributes: der.Node, message: bytes, digest: hashes.HashAlgorithm) -> None:
    found: dict[bytes, bytes] = {}
    for attribute in attributes.children():
        name, values = attribute.children()
        if name.whole in found:
            raise ValueError("an attribute stands twice")
        found[name.whole] = values.body
    wanted = der.wrap(der.OCTETS, hashlib.new(digest.name, message).digest())
    if found[_CONTENT_TYPE] != _DATA or found[_MESSAGE_DIGEST] != wanted:
        raise ValueError("another message")


def _check_signature(
    certificate: x509.Certificate,
    algorithm: der.Node,
    signature: bytes,
    signed: bytes,
    digest: hashes.SHA256 | hashes.SHA384 | hashes.SHA512,
) -> None:
    key = certificate.public_key()
    name = algorithm.children()[0].whole
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey) and name == _PSS:
        scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=padding.PSS.AUTO)
        key.verify(signature, signed, scheme, digest)
    elif isinstance(key, rsa.RSAPublicKey) and name in _RSA | {_RSA_512}:
        key.verify(signature, signed, padding.PKCS1v15(), digest)
    else:
        raise ValueError("a kind of key that is not read here")
