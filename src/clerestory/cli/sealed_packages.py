"""A sealed package in its office's folder: given its name, and noted for its receipt."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clerestory.cli.office import BadRecord, Office
from clerestory.disclosure import Sealed, open_signed, sign_text
from clerestory.kernel import Corruption, Refusal
from clerestory.kernel.files import read_limited, sync_folder, write_whole
from clerestory.kernel.folders import make_lasting
from clerestory.kernel.time import BadTime, parse_moment, utc_text
from clerestory.notes import BadNote, OtherSigner, Signer, parse_vkey

_HEADER = "clerestory-sealed/1"
_NOTE_BYTES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedNote:
    """What an office noted of a package that it sealed: when, and which demand it answers."""

    at: datetime
    demand_id: str


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
    office: Office, sealed: Sealed, *, at: datetime, demand_id: str, signer: Signer
) -> None:
    """Keep, signed, when a package was sealed and for which demand, for its receipt."""
    path = _path(office, sealed.sha256)
    make_lasting(path.parent)
    told = f"{_HEADER}\n{sealed.sha256}\n{utc_text(at)}\n{demand_id}\n"
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
        if len(told) != 5 or told[:2] != [_HEADER, sha256]:
            raise BadTime("it is of another package")
        return SealedNote(at=parse_moment(told[2]), demand_id=told[3])
    except (BadNote, BadTime, Corruption, OtherSigner) as fault:
        raise Corruption(
            f"the note of a sealed package must be one that this office signed of it: {sha256}",
            code="office-record-altered",
            todo="log no receipt for it; keep the office's folder as it is, find out who wrote to "
            "it, and compare it with its last copy",
        ) from fault


def _path(office: Office, sha256: str) -> Path:
    return office.folder / "sealed" / sha256
