"""Opening what :mod:`clerestory.disclosure.cms` seals, as a stream.

Pieces are given out before the tag at the end is checked, as they must be for memory not to grow.
So whoever takes them keeps them where nobody looks until the last one came without an error.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from clerestory.disclosure import der
from clerestory.disclosure.cms import CBC, GCM, TAG_BYTES, Envelope
from clerestory.disclosure.cms_keys import unwrap_key
from clerestory.disclosure.streams import Readable
from clerestory.kernel import Corruption

PIECE_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    envelope: Envelope
    infos: tuple[der.Node, ...]
    vector: bytes
    starts_at: int
    size: int


def open_cms(sealed: Readable, private_key: RSAPrivateKey) -> Iterator[bytes]:
    """Yield what the message in ``sealed`` holds.

    Raises:
        Corruption: It is not a message of :func:`seal_cms`, is cut short, or was altered.
        Refusal: The key is not that of a recipient.
    """
    start = sealed.read(_HEAD_BYTES)
    try:
        head = _read_head(start)
        key = unwrap_key(head.infos, private_key)
    except (ValueError, IndexError) as fault:
        raise _broken() from fault
    read = _behind(start[head.starts_at :], sealed)
    opened = _open_gcm if head.envelope is GCM else _open_cbc
    try:
        yield from opened(read, head, key)
        if read(1):
            raise ValueError("bytes behind the message")
    except (ValueError, InvalidTag) as fault:
        raise _broken() from fault


def is_cbc(start: bytes) -> bool:
    """Say whether a message that begins so is of the kind that does not authenticate."""
    try:
        return _envelope(start)[0] is CBC
    except (ValueError, IndexError):
        return False  # no message at all, which opening it will tell


def _envelope(start: bytes) -> tuple[Envelope, int]:
    """Return the kind of message, and where what follows it begins."""
    at = der.read_head(start)[0]
    kind = der.read(start[at:]).whole
    return CBC if kind == CBC.kind else GCM, at + len(kind)


def _behind(held: bytes, sealed: Readable) -> Callable[[int], bytes]:
    """Return what reads the bytes that are held, and then on in the file, which is read once."""
    left = memoryview(held)

    def read(size: int) -> bytes:
        nonlocal left
        piece, left = bytes(left[:size]), left[size:]
        return piece if len(piece) == size else piece + sealed.read(size - len(piece))

    return read


def _open_gcm(read: Callable[[int], bytes], head: _Head, key: bytes) -> Iterator[bytes]:
    decryptor = Cipher(algorithms.AES(key), modes.GCM(head.vector)).decryptor()
    for piece in _content(read, head.size):
        yield decryptor.update(piece)
    tag = der.read(read(head.envelope.tail))
    if tag.tag != der.OCTETS or len(tag.body) != TAG_BYTES:
        raise ValueError("no tag")
    yield decryptor.finalize_with_tag(tag.body)


def _open_cbc(read: Callable[[int], bytes], head: _Head, key: bytes) -> Iterator[bytes]:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(head.vector)).decryptor()
    unpadder = PKCS7(128).unpadder()
    for piece in _content(read, head.size):
        yield unpadder.update(decryptor.update(piece))
    yield unpadder.update(decryptor.finalize()) + unpadder.finalize()


def _content(read: Callable[[int], bytes], left: int) -> Iterator[bytes]:
    while left:
        piece = read(min(left, PIECE_BYTES))
        if not piece:
            raise ValueError("cut short")
        left -= len(piece)
        yield piece


def _read_head(start: bytes) -> _Head:
    envelope, at = _envelope(start)
    for _ in range(2):
        at += der.read_head(start[at:])[0]
    at += len(der.read(start[at:]).whole)
    infos = der.read(start[at:])
    at += len(infos.whole)
    at += der.read_head(start[at:])[0]
    at += len(der.read(start[at:]).whole)
    algorithm = der.read(start[at:])
    at += len(algorithm.whole)
    told = algorithm.children()[1]
    vector = told.children()[0].body if envelope is GCM else told.body
    body, size = der.read_head(start[at:])
    at += body
    # Whatever was not looked at above is held against the one way in which it is written.
    if infos.tag != der.SET or start[:at] != envelope.head(infos.whole, vector, size):
        raise ValueError("another form of message")
    return _Head(
        envelope=envelope,
        infos=tuple(infos.children()),
        vector=vector,
        starts_at=at,
        size=size,
    )


def _broken() -> Corruption:
    return Corruption(
        "the CMS message is damaged, altered or cut short", code="package-envelope-broken"
    )
