"""Reading the recipient's X.509 certificate, and refusing one that cannot be sealed to.

No chain is built and no signature in the certificate is checked: what counts is that sender and
recipient compare its SHA-256. So how its issuer signed it, even with MD5, plays no part.
"""

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from clerestory.disclosure import der
from clerestory.disclosure.key_strength import check_rsa
from clerestory.disclosure.recipient_kinds import CertificateRecipient, wrong
from clerestory.kernel import Refusal

_RSA = der.oid("1.2.840.113549.1.1.1")
_KEY_KINDS = {
    der.oid("1.2.840.113549.1.1.10"): "an RSA key for signing only (RSASSA-PSS)",
    der.oid("1.2.840.113549.1.1.7"): "an RSA key that OpenSSL does not open with (RSAES-OAEP)",
    der.oid("1.2.840.10045.2.1"): "an elliptic-curve key",
    der.oid("1.2.840.10040.4.1"): "a DSA key, which signs and does not seal",
    der.oid("1.3.101.110"): "an X25519 key",
    der.oid("1.3.101.111"): "an X448 key",
    der.oid("1.3.101.112"): "an Ed25519 key, which signs and does not seal",
    der.oid("1.3.101.113"): "an Ed448 key, which signs and does not seal",
}
_MAIL = {
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    x509.ObjectIdentifier("1.3.6.1.4.1.311.80.1"),  # document encryption, Microsoft's own
}
# Issuer and serial number travel with every message; a reader looks at so much of its beginning.
_MAX_BYTES = 32 * 1024
_SEND = "ask for the certificate that the recipient's mail program uses to receive encrypted mail"

# What openssl req -x509 makes by itself says that it is an authority, and few who use it know.
_SEND_OWN = (
    f"{_SEND}; one that signs itself is made with openssl req -x509 -addext "
    "basicConstraints=critical,CA:FALSE"
)


def read_certificate(given: bytes, *, at: datetime, where: str) -> CertificateRecipient:
    """Read a certificate that must be able to receive at ``at``.

    Args:
        given: One DER value.
        at: The moment for which it must be valid.
        where: Where it stands in the file, such as ``, line 3``, for messages.

    Raises:
        Refusal: It is unreadable, out of its dates, weak, or for another use.
    """
    if len(given) > _MAX_BYTES:
        raise wrong(
            f"a certificate must have at most {_MAX_BYTES} bytes: {len(given)}{where}", send=_SEND
        )
    try:
        algorithm, bits = _fields(given)[5].children()
        kind = algorithm.children()[0].whole
        if kind != _RSA:
            raise _other_key(kind, where)
        # Read here first and not by the library, which calls some weak keys unreadable.
        modulus, exponent = der.read(bits.body[1:]).children()
        check_rsa(int.from_bytes(modulus.body, "big"), int.from_bytes(exponent.body, "big"))
        certificate = x509.load_der_x509_certificate(given)
        key = certificate.public_key()
        extensions = tuple(certificate.extensions)
    except (
        ValueError, IndexError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion
    ) as fault:  # fmt: skip
        raise wrong(f"the recipient's certificate cannot be read{where}", send=_SEND) from fault
    if not isinstance(key, RSAPublicKey):
        raise _other_key(kind, where)
    _check_dates(certificate, at)
    for extension in extensions:
        _check_usage(extension.value)
    return CertificateRecipient(der=certificate.public_bytes(serialization.Encoding.DER))


def issuer_and_serial(given: bytes) -> bytes:
    """Return the two fields by which CMS names a certificate, byte for byte as they stand in it.

    Written anew they could differ, a name in another kind of string, and the recipient's program
    would not find its key.
    """
    fields = _fields(given)
    return der.wrap(der.SEQUENCE, fields[2].whole, fields[0].whole)


def _fields(given: bytes) -> list[der.Node]:
    """Return what was signed, from the serial number on (RFC 5280 section 4.1)."""
    fields = der.read(given).children()[0].children()
    return fields[1:] if fields[0].tag == 0xA0 else fields


def _other_key(kind: bytes, where: str) -> Refusal:
    said = _KEY_KINDS.get(kind, "a key of an unknown kind")
    return wrong(f"a certificate must hold an RSA key for encryption: {said}{where}", send=_SEND)


def _check_dates(certificate: x509.Certificate, at: datetime) -> None:
    ends = certificate.not_valid_after_utc
    if at > ends:
        raise wrong(f"the certificate has expired: {ends:%Y-%m-%d}", code="recipient-expired")
    starts = certificate.not_valid_before_utc
    if at < starts:
        raise wrong(
            f"the certificate is not yet valid: {starts:%Y-%m-%d}", code="recipient-expired"
        )


def _check_usage(value: x509.ExtensionType) -> None:
    said = None
    if isinstance(value, x509.KeyUsage) and not value.key_encipherment:
        said = "the certificate's key usage must allow key encipherment"
    if isinstance(value, x509.BasicConstraints) and value.ca:
        said = "the certificate must be the recipient's own: an authority's"
    if isinstance(value, x509.ExtendedKeyUsage) and not _MAIL & set(value):
        said = "the certificate's extended usage must allow protected mail or documents"
    if said:
        authority = isinstance(value, x509.BasicConstraints)
        raise wrong(said, code="recipient-wrong-usage", send=_SEND_OWN if authority else _SEND)
