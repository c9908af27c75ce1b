"""A sealed package in its office's folder: given its name, and noted for its receipt."""

import hashlib
import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clerestory.cli.office import BadRecord, Office
from clerestory.disclosure import Sealed, open_signed, sign_text
from clerestory.disclosure.sealing import AGE_SUFFIX, CMS_SUFFIX
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.files import read_limited, sync_folder, write_whole
from clerestory.kernel.folders import make_lasting
from clerestory.kernel.time import BadTime, parse_moment, utc_text
from clerestory.notes import BadNote, OtherSigner, Signer, parse_vkey

_HEADER = "clerestory-sealed/2"
# As an earlier version wrote it: without the log's entry of the answer.
_WITHOUT_ENTRY = "clerestory-sealed/1"
_NOTE_BYTES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedNote:
    """What an office noted of a package that it sealed: when, and which demand it answers.

    ``entry`` is the answer's own in the log; ``None`` in a note of an earlier version.
    """

    at: datetime
    demand_id: str
    entry: int | None


def put_out(office: Office, sealed: Sealed) -> tuple[Path, Path]:
    """Give a package and its signature their names among the answers; return both.

    The package comes last, and each name is forced to disk before the next: a package without its
    signature, which nobody could make again, never lies there, not after a power cut either.
    """
    files = (sealed.path, sealed.signature_path)
    for file in reversed(files):
        file.replace(office.out / file.name)
        sync_folder(office.out)
    with suppress(OSError):
        # It is empty, and the act is done: who seals next takes it away.
        sealed.path.parent.rmdir()
    return office.out / files[0].name, office.out / files[1].name


def note_sealed(
    office: Office, sealed: Sealed, *, at: datetime, demand_id: str, entry: int, signer: Signer
) -> None:
    """Keep, signed, when a package was sealed and for which demand, for its receipt."""
    path = _path(office, sealed.sha256)
    make_lasting(path.parent)
    told = f"{_HEADER}\n{sealed.sha256}\n{utc_text(at)}\n{demand_id}\n{entry}\n"
    write_whole(path, sign_text(told, signer), mode=0o600)


def sealed_note(office: Office, sha256: str) -> SealedNote:
    """Return what this office noted of a package.

    Raises:
        Refusal: It sealed no such package.
        Corruption: The note is not one that this office wrote of this package.
    """
    path = _path(office, sha256)
    if not path.is_file():
        raise Refusal(
            f"this office sealed no such package: {sha256}",
            code="package-not-ours",
            todo="give the package as it was handed over, and the office that sealed it",
        )
    content = read_limited(path, _NOTE_BYTES, error=BadRecord)
    try:
        told = open_signed(content, parse_vkey(office.sender_vkey()), what="package").split("\n")
        header, lines = told[0], {_HEADER: 6, _WITHOUT_ENTRY: 5}
        if len(told) != lines.get(header) or told[1] != sha256:
            raise BadTime("it is of another package")
        entry = int(told[4]) if header == _HEADER else None
        return SealedNote(at=parse_moment(told[2]), demand_id=told[3], entry=entry)
    except (BadNote, BadTime, Corruption, OtherSigner) as fault:
        raise Corruption(
            f"the note of a sealed package must be one that this office signed of it: {sha256}",
            code="office-record-altered",
            todo="log no receipt for it; keep the office's folder as it is, find out who wrote to "
            "it, and compare it with its last copy",
        ) from fault


def may_have_left(office: Office, demand_id: str, entry: int) -> bool:
    """Whether a package of an answer was given its name among the answers, and so may be anywhere.

    One that still lies where it was sealed has not; a note that does not say of which answer it is
    may be of any, and so may a package that lies among the answers and has no note.
    """
    here = set(_unsent(office))
    folder = office.folder / "sealed"
    # Not the draft of a note that a crash left: its package has no name yet.
    names = {path.name for path in folder.glob("[0-9a-f]*")}
    out = (office.out / f"{demand_id}{suffix}" for suffix in (AGE_SUFFIX, CMS_SUFFIX))
    if any(path.is_file() and _sha256(path) not in names for path in out):
        return True
    notes = (sealed_note(office, name) for name in sorted(names - here))
    return any(one.demand_id == demand_id and one.entry in {None, entry} for one in notes)


def drop_unsent(office: Office, *, ended: Collection[int] = ()) -> None:
    """Take away the notes of packages that still lie where they were sealed.

    Such a folder is emptied for the next package. What it holds never left, and without this its
    note would say afterwards that it may have.

    Args:
        office: Whose packages.
        ended: Answers that were ended: their notes stay, for a receipt of such a package would show
            that it did leave.
    """
    for sha256 in _unsent(office):
        path = _path(office, sha256)
        if not (ended and path.is_file() and sealed_note(office, sha256).entry in ended):
            path.unlink(missing_ok=True)


def clear_ended(office: Office, *, ended: Collection[int]) -> None:
    """Take away what was sealed of answers that were ended, or by any other run cut short."""
    drop_unsent(office, ended=ended)
    shutil.rmtree(office.staging())


def _unsent(office: Office) -> Iterator[str]:
    folder = office.folder / "sealing"
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink() and not _is_put_out(office, path):
            yield _sha256(path)


def _is_put_out(office: Office, sealed: Path) -> bool:
    """Whether it lies among the answers too, under whatever name: then it is a mere copy."""
    size, out = sealed.stat().st_size, office.out
    others = (path for path in out.iterdir() if path.is_file()) if out.is_dir() else ()
    same = (path for path in others if path.stat().st_size == size)
    return any(_sha256(path) == _sha256(sealed) for path in same)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _path(office: Office, sha256: str) -> Path:
    return office.folder / "sealed" / sha256
