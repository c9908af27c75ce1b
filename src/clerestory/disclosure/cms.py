"""Sealing to a certificate: a CMS message with AES-256, written as a stream.

AuthEnvelopedData with AES-256-GCM: what was altered does not open. For programs that read only
the older EnvelopedData there is AES-256-CBC, which hides and does not vouch; what vouches then is
the signature beside the package alone.

The length of the content is known before it is written, so every outer length can be, and a
gigabyte passes through in pieces.

Source: RFC 5083 (AuthEnvelopedData), RFC 5084 section 3.2 (AES-GCM), RFC 5652 section 6
(EnvelopedData), RFC 3565 (AES-CBC).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from clerestory.disclosure import der
from clerestory.disclosure.cms_keys import KEY_BYTES, wrap_key
from clerestory.disclosure.recipient_kinds import CertificateRecipient
from clerestory.kernel import Refusal

TAG_BYTES = 16
_NONCE_BYTES, _BLOCK_BYTES = 12, 16
# OpenSSL reads a message whole and gives up at this length; a package that it cannot open must
# not be logged as handed over. Sealed bytes that are not the content take far less than the rest.
MAX_CONTENT_BYTES = 2**31 - 2**20
_DATA = der.oid("1.2.840.113549.1.7.1")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One kind of CMS message: its name, its cipher, and how many bytes follow the content."""

    name: str
    kind: bytes
    cipher: bytes
    tail: int

    def algorithm(self, vector: bytes) -> bytes:
        """Return the cipher with its parameters; the length of the tag is not the default one."""
        told = der.wrap(der.OCTETS, vector)
        if self.tail:
            told = der.wrap(der.SEQUENCE, told, der.integer(TAG_BYTES))
        return der.wrap(der.SEQUENCE, self.cipher, told)

    def head(self, infos: bytes, vector: bytes, sealed: int) -> bytes:
        """Return all bytes before the content, which has ``sealed`` bytes."""
        content = _DATA + self.algorithm(vector) + der.head(0x80, sealed)
        inner = der.integer(0) + infos + der.head(der.SEQUENCE, len(content) + sealed) + content
        after = sealed + self.tail
        explicit = der.head(der.SEQUENCE, len(inner) + after) + inner
        outer = self.kind + der.head(0xA0, len(explicit) + after) + explicit
        return der.head(der.SEQUENCE, len(outer) + after) + outer


GCM = Envelope(
    "AES-256-GCM",
    der.oid("1.2.840.113549.1.9.16.1.23"),
    der.oid("2.16.840.1.101.3.4.1.46"),
    2 + TAG_BYTES,
)
CBC = Envelope(
    "AES-256-CBC", der.oid("1.2.840.113549.1.7.3"), der.oid("2.16.840.1.101.3.4.1.42"), 0
)
CBC_CAUTION = (
    "AES-256-CBC does not authenticate: check the signature beside the package before opening it"
)
"""What a package of that kind says of itself: in its signed seal, and inside."""


def seal_cms(
    pieces: Iterable[bytes],
    size: int,
    recipients: Sequence[CertificateRecipient],
    *,
    random_bytes: Callable[[int], bytes],
    cbc: bool = False,
) -> Iterator[bytes]:
    """Yield the DER of a message around ``pieces``, which are ``size`` bytes in all.

    Raises:
        Refusal: It would be larger than OpenSSL opens.
    """
    check_cms_size(size)
    key = random_bytes(KEY_BYTES)
    infos = der.wrap(der.SET, *sorted(wrap_key(each, key) for each in recipients))
    if cbc:
        yield from _seal_cbc(pieces, size, infos, key, random_bytes(_BLOCK_BYTES))
    else:
        yield from _seal_gcm(pieces, size, infos, key, random_bytes(_NONCE_BYTES))


def check_cms_size(size: int) -> None:
    """Refuse what no reader would open.

    Raises:
        Refusal: ``size`` bytes are more than OpenSSL opens.
    """
    if size > MAX_CONTENT_BYTES:
        raise Refusal(
            f"a package for a certificate must have less than {MAX_CONTENT_BYTES} bytes: {size}",
            code="package-too-large-for-cms",
            todo="ask the recipient for an age key, or release the files in several packages",
        )


def _seal_gcm(
    pieces: Iterable[bytes], size: int, infos: bytes, key: bytes, nonce: bytes
) -> Iterator[bytes]:
    # One key seals one message, so that a nonce drawn once cannot come twice under it.
    encryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    yield GCM.head(infos, nonce, size)
    for piece in pieces:
        yield encryptor.update(piece)
    yield encryptor.finalize() + der.wrap(der.OCTETS, encryptor.tag)


def _seal_cbc(
    pieces: Iterable[bytes], size: int, infos: bytes, key: bytes, vector: bytes
) -> Iterator[bytes]:
    # RFC 5652 section 6.3: as many bytes as are missing to a block, each that number.
    missing = _BLOCK_BYTES - size % _BLOCK_BYTES
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    yield CBC.head(infos, vector, size + missing)
    for piece in pieces:
        yield encryptor.update(piece)
    yield encryptor.update(bytes([missing]) * missing) + encryptor.finalize()
