"""The content key of a CMS message: wrapped to each certificate, and unwrapped again.

RSAES-OAEP with SHA-256 rather than PKCS #1 v1.5: whoever can ask a program "does this open?" often
enough reads a v1.5 key without the private half, and OpenSSL, Windows and Java all read OAEP.

Source: RFC 5652 section 6.2.1 (KeyTransRecipientInfo), RFC 4055 section 4.1 (OAEP parameters).
"""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from clerestory.disclosure import der
from clerestory.disclosure.certificates import issuer_and_serial
from clerestory.disclosure.recipient_kinds import CertificateRecipient
from clerestory.kernel import Refusal

KEY_BYTES = 32
_SHA256 = der.wrap(der.SEQUENCE, der.oid("2.16.840.1.101.3.4.2.1"), der.wrap(der.NULL))
_OAEP_SHA256 = der.wrap(
    der.SEQUENCE,
    der.oid("1.2.840.113549.1.1.7"),
    der.wrap(
        der.SEQUENCE,
        der.wrap(0xA0, _SHA256),
        der.wrap(0xA1, der.wrap(der.SEQUENCE, der.oid("1.2.840.113549.1.1.8"), _SHA256)),
    ),
)
_PADDING = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def wrap_key(recipient: CertificateRecipient, key: bytes) -> bytes:
    """Return the DER by which ``recipient`` gets ``key``."""
    public = x509.load_der_x509_certificate(recipient.der).public_key()
    if not isinstance(public, RSAPublicKey):  # refused by read_recipient already
        raise TypeError("a certificate recipient must hold an RSA key")
    return der.wrap(
        der.SEQUENCE,
        der.integer(0),
        issuer_and_serial(recipient.der),
        _OAEP_SHA256,
        der.wrap(der.OCTETS, public.encrypt(key, _PADDING)),
    )


def unwrap_key(infos: Sequence[der.Node], private_key: RSAPrivateKey) -> bytes:
    """Return the content key that one of ``infos`` has for the holder of ``private_key``.

    Raises:
        ValueError: One of them is not as :func:`wrap_key` writes it.
        Refusal: The key is not that of a recipient.
    """
    for info in infos:
        version, named, algorithm, wrapped = info.children()
        if (version.whole, algorithm.whole) != (der.integer(0), _OAEP_SHA256):
            raise ValueError("another way to carry a key")
        if info.whole != der.wrap(
            der.SEQUENCE, version.whole, der.wrap(der.SEQUENCE, named.body), algorithm.whole,
            der.wrap(der.OCTETS, wrapped.body),
        ):  # fmt: skip
            raise ValueError("another form")
        try:
            key = private_key.decrypt(wrapped.body, _PADDING)
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise Refusal(
        "the private key must be that of a recipient of the package",
        code="identity-not-recipient",
        todo="use the private key of the certificate that was given to the sender",
    )


def read_private_key(given: bytes, passphrase: bytes | None = None) -> RSAPrivateKey:
    """Read the recipient's private key from PEM.

    Raises:
        Refusal: It is not an RSA private key, or the passphrase does not open it.
    """
    try:
        key = serialization.load_pem_private_key(given, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise Refusal(
            "the identity must be an age identity, an SSH or a PEM private key",
            code="identity-unreadable",
            todo="give the private half of the key that the package is sealed to",
        ) from fault
    if not isinstance(key, RSAPrivateKey):
        raise Refusal(
            "the private key of a certificate must be RSA",
            code="identity-unreadable",
            todo="give the private half of the certificate that was given to the sender",
        )
    return key
