"""Opening a sealed package: from the cipher to named files with their digests.

Nothing here says that a package is genuine; :mod:`clerestory.disclosure.verifying` does.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from clerestory.disclosure.age import AGE_MAGIC, open_age
from clerestory.disclosure.cms import CBC, GCM
from clerestory.disclosure.cms_keys import read_private_key
from clerestory.disclosure.cms_opening import is_cbc, open_cms
from clerestory.disclosure.contents import KEPT_BYTES, Part
from clerestory.disclosure.key_dress import text_of
from clerestory.disclosure.streams import FeedWriter, Measured
from clerestory.disclosure.tar import TarParser
from clerestory.kernel import Corruption

_START_BYTES = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Identity:
    """The recipient's private key as it is written, and the passphrase of a PEM one."""

    given: bytes
    passphrase: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """One file of the bag. ``body`` is kept for small files only (``Keep`` decides)."""

    size: int
    sha256: str
    body: bytes | None

    def as_part(self, path: str) -> Part:
        """Return the file as a line of a manifest needs it."""
        return Part(path=path, source=b"", size=self.size, sha256=self.sha256)


@dataclass(slots=True)
class _Opening:
    keep: Callable[[str], bool]
    extract_to: Path | None
    files: dict[str, OpenedFile] = field(default_factory=dict)
    _name: str = ""
    _size: int = 0
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _body: bytearray | None = None
    _file: BinaryIO | None = None

    def opened(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._hash = hashlib.sha256()
        self._body = None
        if self.keep(name):
            if size > KEPT_BYTES:
                raise Corruption(
                    f"a file that must be read whole is too large: {size} bytes",
                    code="package-file-too-large",
                )
            self._body = bytearray()
        if self.extract_to is not None:
            self._file = _private_file(self.extract_to, name)

    def more(self, piece: memoryview) -> None:
        self._hash.update(piece)
        if self._body is not None:
            self._body += piece
        if self._file is not None:
            self._file.write(piece)

    def close(self) -> None:
        """Close the file that is being written, if the opening broke off in the middle of it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def closed(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self.files[self._name] = OpenedFile(
            size=self._size,
            sha256=self._hash.hexdigest(),
            body=None if self._body is None else bytes(self._body),
        )


def _private_file(folder: Path, name: str) -> BinaryIO:
    """Open a new file below ``folder``: it and every folder above it for the owner only.

    Whoever else has an account on the recipient's machine is nobody whom the answer names.
    """
    for part in reversed(Path(name).parents[:-1]):
        with contextlib.suppress(FileExistsError):
            (folder / part).mkdir(mode=0o700)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.fdopen(os.open(folder / name, flags, 0o600), "wb")


def envelope_of(sealed: BinaryIO) -> str:
    """Return how a sealed file says that it is sealed: ``age``, or the cipher of its message."""
    sealed.seek(0)
    start = sealed.read(_START_BYTES)
    if start.startswith(AGE_MAGIC):
        return "age"
    return (CBC if is_cbc(start) else GCM).name


def open_package(
    sealed: BinaryIO,
    identity: Identity,
    *,
    sha256: str,
    keep: Callable[[str], bool],
    extract_to: Path | None = None,
) -> dict[str, OpenedFile]:
    """Decrypt a package and return its files by name.

    Args:
        sealed: The sealed file, whose signature the caller has checked.
        identity: The recipient's private key.
        sha256: The digest that was signed; what is decrypted must have it.
        keep: Which files, by name, to keep in memory.
        extract_to: A folder to write the files into as they come; none: nothing is written.

    Raises:
        Corruption: The file is damaged, cut short, is not a package, or was changed after its
            digest was checked.
        Refusal: The identity is unreadable or not that of a recipient.
        OSError: The disk is full, or a file cannot be read or written.
    """
    opening = _Opening(keep, extract_to)
    # Windows' own programs save a key as UTF-16; the key is no other one for it.
    text = text_of(identity.given)
    given = identity.given if text is None else text.encode()
    parser = TarParser(opening.opened, opening.more, opening.closed)
    sealed.seek(0)
    magic = sealed.read(len(AGE_MAGIC))
    sealed.seek(0)
    once = Measured(sealed)
    with contextlib.closing(opening):
        if magic == AGE_MAGIC:
            open_age(once, given, FeedWriter(parser.feed))
        elif magic[:1] == b"\x30":
            key = read_private_key(given, identity.passphrase)
            for piece in open_cms(once, key):
                parser.feed(piece)
        else:
            raise Corruption(
                "the file is neither an age file nor a CMS message", code="package-envelope-broken"
            )
    parser.finish()
    once.read()
    # Between the look at the digest and this one somebody else could write into the file, or put
    # another in its place: then what was opened is not what was signed.
    if once.sha256 != sha256:
        raise Corruption(
            "the package must be the one that was signed, and was changed while it was opened",
            code="package-altered",
            todo="do not use it; keep it, and find out who can write where it lies",
        )
    return opening.files
