"""The age library behind one door, so that none of its own failures is taken for another.

Source: age-encryption.org/v1.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyrage

from clerestory.disclosure.recipient_kinds import AgeRecipient, wrong
from clerestory.disclosure.streams import (
    FeedWriter,
    FileReader,
    PieceReader,
    Readable,
    SealedWriter,
)
from clerestory.kernel import Corruption, Refusal

AGE_MAGIC = b"age-encryption.org/v1\n"


def age_key(recipient: AgeRecipient) -> "pyrage.x25519.Recipient | pyrage.ssh.Recipient":
    """Return the library's own form of ``recipient``.

    Raises:
        Refusal: The text is not an age or SSH public key.
    """
    kind = pyrage.ssh if recipient.text.startswith("ssh-") else pyrage.x25519
    try:
        with _no_panic():
            return kind.Recipient.from_str(recipient.text)
    except (pyrage.RecipientError, LibraryPanicked) as fault:
        raise wrong("the recipient key is not an age, SSH or X.509 key, or is damaged") from fault


def seal_age(
    pieces: Iterator[bytes],
    recipients: Sequence[AgeRecipient],
    writer: "SealedWriter | FeedWriter",
) -> None:
    """Encrypt ``pieces`` to ``recipients``.

    Raises:
        Refusal: The library cannot seal to one of them.
        OSError: The disk is full, or whatever else the pieces or the writer raised.
    """
    reader = PieceReader(pieces)
    try:
        with _no_panic():
            pyrage.encrypt_io(reader, writer, [age_key(recipient) for recipient in recipients])
    except (OSError, pyrage.EncryptError, LibraryPanicked) as fault:
        # The library hides what went wrong on our side of it.
        failure = reader.failure or writer.failure
        if failure is not None:
            raise failure from fault
        if isinstance(fault, OSError):
            raise
        raise wrong(
            "a trial sealing to the recipient key failed", code="recipient-unusable"
        ) from fault
    # The library takes no notice of a last write that failed.
    if writer.failure is not None:
        raise writer.failure


def open_age(sealed: Readable, given: bytes, writer: FeedWriter) -> None:
    """Decrypt ``sealed`` with the identity file ``given`` into ``writer``.

    Raises:
        Corruption: The file is damaged or cut short.
        Refusal: The identity is unreadable or not that of a recipient.
        OSError: The file cannot be read, or whatever the writer raised: the disk is full, say.
    """
    reader = FileReader(sealed)
    identities = read_age_identities(given)
    try:
        with _no_panic():
            pyrage.decrypt_io(reader, writer, identities)
    except (OSError, pyrage.DecryptError, LibraryPanicked) as fault:
        # A disk that fails is not tampering, and the library calls both by one name.
        failure = writer.failure or reader.failure
        if failure is not None:
            raise failure from fault
        if "No matching keys" in str(fault):
            raise Refusal(
                "the identity must be that of a recipient of the package",
                code="identity-not-recipient",
                todo="use the private half of the key that was given to the sender",
            ) from fault
        raise Corruption(
            "the age file is damaged or cut short", code="package-envelope-broken"
        ) from fault
    if writer.failure is not None:
        raise writer.failure


def read_age_identities(
    given: bytes,
) -> "list[pyrage.x25519.Identity | pyrage.ssh.Identity]":
    """Read an age identity file or an OpenSSH private key without a passphrase.

    Raises:
        Refusal: It is neither.
    """
    try:
        with _no_panic():
            if b"PRIVATE KEY-----" in given:
                return [pyrage.ssh.Identity.from_buffer(given)]
            lines = [line.strip() for line in given.decode("utf-8-sig").splitlines()]
            keys = [line for line in lines if line and not line.startswith("#")]
            found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (pyrage.IdentityError, UnicodeDecodeError, LibraryPanicked) as fault:
        raise _unreadable() from fault
    if not found:
        raise _unreadable()
    return found


def _unreadable() -> Refusal:
    return Refusal(
        "the identity must be an age identity, an SSH or a PEM private key",
        code="identity-unreadable",
        todo="give the private half of the key that the package is sealed to; for an SSH key "
        "with a passphrase, decrypt with the age command",
    )


class LibraryPanicked(Exception):
    """The library stopped in the middle, at a value that it takes to be impossible."""


@contextmanager
def _no_panic() -> Iterator[None]:
    # The library's panics are no Exception, so that they would pass through every handler up to
    # the interpreter; and their class cannot be imported, only known by its name.
    try:
        yield
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise LibraryPanicked(type(fault).__name__) from fault
