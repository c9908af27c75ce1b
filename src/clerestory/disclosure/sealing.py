"""Sealing: the bag as one encrypted file with a signature beside it, or nothing at all."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clerestory.disclosure.age import seal_age
from clerestory.disclosure.bag import Bag, make_bag
from clerestory.disclosure.cms import CBC, CBC_CAUTION, GCM, check_cms_size, seal_cms
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.logged import ProvedEvidence, require_proved
from clerestory.disclosure.recipient_kinds import AgeRecipient, CertificateRecipient, Recipient
from clerestory.disclosure.signing import sign_text
from clerestory.disclosure.streams import SealedWriter
from clerestory.disclosure.tar import BLOCK
from clerestory.kernel import Refusal
from clerestory.kernel.files import SEALING, sync_folder
from clerestory.kernel.folders import held
from clerestory.notes import Signer, Verifier

AGE_SUFFIX, CMS_SUFFIX, SIGNATURE_SUFFIX = ".tar.age", ".tar.p7m", ".sig"
OF_ANSWER = "+"
"""Between the demand and its answer in a package's name; it stands in no demand's id."""
BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A package that has been sealed and lies on the disk with its signature.

    ``envelope`` names the cipher: ``age``, ``AES-256-GCM``, or ``AES-256-CBC``, which hides and
    does not vouch.
    """

    path: Path
    signature_path: Path
    sha256: str
    size: int
    envelope: str
    demand_id: str
    contents_digest: str
    sealed_to: tuple[str, ...]
    signed_by: Verifier


def package_name(demand_id: str, recipients: Sequence[Recipient], answer: str = "") -> str:
    """Return the file name that a package to ``recipients`` has.

    Args:
        demand_id: The demand that it answers.
        recipients: To whom.
        answer: What tells one answer to a demand from another, where the name does.

    Raises:
        Refusal: There is no recipient, or they are of two kinds.
    """
    kinds = {type(recipient) for recipient in recipients}
    if len(kinds) != 1:
        raise Refusal(
            f"a package must be sealed to recipients of one kind: {len(kinds)} kinds",
            code="recipient-kinds-mixed",
            todo="seal one package to the age and SSH keys and another to the certificates",
        )
    told = f"{demand_id}{OF_ANSWER}{answer}" if answer else demand_id
    return told + (AGE_SUFFIX if kinds == {AgeRecipient} else CMS_SUFFIX)


def check_sealable(contents: Contents, recipients: Sequence[Recipient], *, cbc: bool) -> None:
    """Refuse what could not be sealed, or not be opened, before it is logged.

    Raises:
        Refusal: The recipients are of two kinds, the package is too large for them, or a cipher
            is asked for that age does not have.
        Corruption: A file changed after it was measured.
    """
    name = package_name(contents.demand_id, recipients)
    for part in contents.parts:
        part.check_unchanged()
    if name.endswith(CMS_SUFFIX):
        check_cms_size(sum(BLOCK + part.size + -part.size % BLOCK for part in contents.parts))
    elif cbc:
        raise Refusal(
            "AES-256-CBC must be asked for with a certificate only: the recipient is an age key",
            code="recipient-cbc-without-certificate",
            todo="leave out --cms-cbc; age authenticates every piece",
        )


def seal_package(
    contents: Contents,
    *,
    proved: ProvedEvidence,
    recipients: Sequence[Recipient],
    signer: Signer,
    folder: Path,
    random_bytes: Callable[[int], bytes],
    cbc: bool = False,
    answer: str = "",
) -> Sealed:
    """Seal ``contents`` into ``folder``: all of it, or nothing.

    The plain bag is never on the disk: it goes piece by piece into the cipher. Once the package
    has its final name, it is whole, on the disk, and its signature lies beside it.

    Args:
        contents: What was logged; :func:`check_sealable` let it pass before.
        evidence: Its entry in the log, with the proof.
        checks: How the log is checked.
        recipients: Keys of one kind.
        signer: The sender's key.
        folder: Where the package is put.
        random_bytes: The source of the content key of a CMS message.
        cbc: Seal to certificates with AES-256-CBC, for a program that reads nothing else.
        answer: What tells the answer from another to the same demand, for the package's name.

    Raises:
        Refusal: The disclosure is not logged, the recipients cannot be sealed to, or a package
            of that name is there already, or another program holds the folder.
        Corruption: A file changed since its digest was logged.
        OSError: The disk is full or the folder cannot be written.
    """
    require_proved(proved, demand_id=contents.demand_id, contents_digest=contents.digest)
    path = folder / package_name(contents.demand_id, recipients, answer)
    _check_free(path)
    bag = make_bag(contents, proved.evidence, signer, cbc=cbc)
    with _temporary(folder) as (file, temporary):
        writer = SealedWriter(file)
        envelope = _encrypt(bag, recipients, writer, random_bytes, cbc=cbc)
        _sync(file)
        said = seal_text(path.name, writer.sha256, writer.size, cbc=cbc)
        note = sign_text(said, signer)
        signature_path = _publish(temporary, path, note)
    return Sealed(
        path=path,
        signature_path=signature_path,
        sha256=writer.sha256,
        size=writer.size,
        envelope=envelope,
        demand_id=contents.demand_id,
        contents_digest=contents.digest,
        sealed_to=tuple(recipient.name for recipient in recipients),
        signed_by=signer.verifier,
    )


def seal_text(name: str, sha256: str, size: int, *, cbc: bool = False) -> str:
    """Return what the sender signs beside the package; ``sha256sum`` reads its last line.

    What an envelope does not do is said here, under the signature, where it is read before the
    package is opened and cannot be taken away.
    """
    caution = f"{CBC_CAUTION}\n" if cbc else ""
    return f"clerestory-seal/1\n{size}\n{caution}{sha256}  {name}\n"


def _encrypt(
    bag: Bag,
    recipients: Sequence[Recipient],
    writer: SealedWriter,
    random_bytes: Callable[[int], bytes],
    *,
    cbc: bool,
) -> str:
    ages = [each for each in recipients if isinstance(each, AgeRecipient)]
    if ages:
        seal_age(bag.tar(), ages, writer)
        return "age"
    certificates = [each for each in recipients if isinstance(each, CertificateRecipient)]
    for piece in seal_cms(bag.tar(), bag.size, certificates, random_bytes=random_bytes, cbc=cbc):
        writer.write(piece)
    return (CBC if cbc else GCM).name


def _check_free(path: Path) -> None:
    if path.exists():
        raise Refusal(
            f"a package is never written over another: {path.name}",
            code="package-exists",
            todo="hand over the package that is there, or seal into another folder",
        )


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    handle, name = tempfile.mkstemp(prefix=SEALING, dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=BUFFER_BYTES) as file:
            # It goes with the process: whoever clears up sees that one still seals.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file, temporary
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _publish(temporary: Path, path: Path, note: bytes) -> Path:
    """Give the finished file its name, its signature first; both or none count."""
    signature_path = path.with_name(path.name + SIGNATURE_SUFFIX)
    # Two that seal at once must not pair one's package with the other's signature.
    with held(path.parent):
        _check_free(path)
        with _temporary(path.parent) as (file, signature):
            file.write(note)
            _sync(file)
            # A signature without its package is what a killed run leaves: it is replaced.
            signature.replace(signature_path)
        os.link(temporary, path)
        sync_folder(path.parent)
    return signature_path
