"""Sealing to a certificate: CMS EnvelopedData, written and read as a stream.

The content key travels under RSAES-OAEP with SHA-256; the content under AES-256-CBC, which
hides but does not vouch: what vouches is the signature over the sealed bytes.

The length of the content is known before it is written, so every outer length can be, and a
gigabyte passes through in pieces.

Source: RFC 5652 section 6 (EnvelopedData), RFC 3565 (AES), RFC 4055 (OAEP parameters).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from clerestory.disclosure import der
from clerestory.disclosure.certificates import issuer_and_serial
from clerestory.disclosure.recipient_kinds import CertificateRecipient
from clerestory.kernel import Corruption, Refusal

PIECE_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_ENVELOPED = der.oid("1.2.840.113549.1.7.3")
_DATA = der.oid("1.2.840.113549.1.7.1")
_AES_256_CBC = der.oid("2.16.840.1.101.3.4.1.42")
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


def seal_cms(
    pieces: Iterable[bytes],
    size: int,
    recipients: Sequence[CertificateRecipient],
    *,
    random_bytes: Callable[[int], bytes],
) -> Iterator[bytes]:
    """Yield the DER of an envelope around ``pieces``, which are ``size`` bytes in all."""
    key, vector = random_bytes(32), random_bytes(16)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    yield _envelope_head(size, [_wrapped(each, key) for each in recipients], vector)
    for piece in pieces:
        yield encryptor.update(piece)
    # RFC 5652 section 6.3: as many bytes as are missing to a block, each that number.
    missing = 16 - size % 16
    yield encryptor.update(bytes([missing]) * missing) + encryptor.finalize()


def _envelope_head(size: int, wrapped: Sequence[bytes], vector: bytes) -> bytes:
    sealed = size + 16 - size % 16
    algorithm = der.wrap(der.SEQUENCE, _AES_256_CBC, der.wrap(der.OCTETS, vector))
    content = _DATA + algorithm + der.head(0x80, sealed)
    inner = der.integer(0) + der.wrap(der.SET, *sorted(wrapped))
    inner += der.head(der.SEQUENCE, len(content) + sealed) + content
    explicit = der.head(der.SEQUENCE, len(inner) + sealed) + inner
    outer = _ENVELOPED + der.head(0xA0, len(explicit) + sealed) + explicit
    return der.head(der.SEQUENCE, len(outer) + sealed) + outer


def _wrapped(recipient: CertificateRecipient, key: bytes) -> bytes:
    certificate = x509.load_der_x509_certificate(recipient.der)
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey):  # refused by read_recipient already
        raise TypeError("a certificate recipient must hold an RSA key")
    return der.wrap(
        der.SEQUENCE,
        der.integer(0),
        issuer_and_serial(recipient.der),
        _OAEP_SHA256,
        der.wrap(der.OCTETS, public.encrypt(key, _PADDING)),
    )


def open_cms(sealed: BinaryIO, private_key: RSAPrivateKey) -> Iterator[bytes]:
    """Yield what the envelope in ``sealed`` holds.

    The caller has checked the signature over ``sealed``: CBC alone proves nothing.

    Raises:
        Corruption: It is not an envelope of :func:`seal_cms`, or is cut short.
        Refusal: The key is not that of a recipient.
    """
    start = sealed.read(_HEAD_BYTES)
    try:
        wrapped, vector, at, left = _read_head(start)
    except (ValueError, IndexError) as fault:
        raise _broken() from fault
    decryptor = Cipher(
        algorithms.AES(_unwrapped(wrapped, private_key)), modes.CBC(vector)
    ).decryptor()
    unpadder = PKCS7(128).unpadder()
    try:
        piece = start[at:]
        while piece:
            left -= len(piece)
            yield unpadder.update(decryptor.update(piece))
            piece = sealed.read(PIECE_BYTES)
        yield unpadder.update(decryptor.finalize()) + unpadder.finalize()
    except ValueError as fault:
        raise _broken() from fault
    if left:
        raise _broken()


def _read_head(start: bytes) -> tuple[list[bytes], bytes, int, int]:
    """Return the wrapped keys, the vector, where the content begins and its length."""
    at = der.read_head(start)[0]
    at += len(_expect(start[at:], _ENVELOPED))
    at += der.read_head(start[at:])[0]
    at += der.read_head(start[at:])[0]
    at += len(_expect(start[at:], der.integer(0)))
    infos = der.read(start[at:])
    wrapped = [info.children()[3].body for info in infos.children()]
    at += len(infos.whole)
    at += der.read_head(start[at:])[0]
    at += len(_expect(start[at:], _DATA))
    algorithm = der.read(start[at:])
    name, vector = algorithm.children()
    _expect(name.whole, _AES_256_CBC)
    at += len(algorithm.whole)
    body, length = der.read_head(start[at:])
    return wrapped, vector.body, at + body, length


def _expect(data: bytes, wanted: bytes) -> bytes:
    if not data.startswith(wanted):
        raise ValueError("an unexpected DER value")
    return wanted


def _unwrapped(wrapped: Sequence[bytes], private_key: RSAPrivateKey) -> bytes:
    for each in wrapped:
        try:
            key = private_key.decrypt(each, _PADDING)
        except ValueError:
            continue
        if len(key) == 32:
            return key
    raise Refusal(
        "the private key must be that of a recipient of the package",
        code="identity-not-recipient",
        todo="use the private key of the certificate that was given to the sender",
    )


def _broken() -> Corruption:
    return Corruption("the CMS envelope is damaged or cut short", code="package-envelope-broken")


def read_private_key(given: bytes, passphrase: bytes | None = None) -> RSAPrivateKey:
    """Read the recipient's private key from PEM.

    Raises:
        Refusal: It is not an RSA private key, or the passphrase does not open it.
    """
    try:
        key = serialization.load_pem_private_key(given, passphrase)
    except (ValueError, TypeError) as fault:
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
