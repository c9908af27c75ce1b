"""What a package holds: records, letters and the part of the determination meant for its reader."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clerestory.demands.determination import Determination, Ruling
from clerestory.disclosure.minimising import Attachment, Minimised, Record, subjects_of
from clerestory.disclosure.tar import MAX_FILE_BYTES
from clerestory.kernel import Refusal, canonical_bytes
from clerestory.kernel.canonical import Json

RECORDS_FORMAT = "clerestory-records/1"
RULINGS_FORMAT = "clerestory-rulings/1"
DETERMINATION_PATH = "data/determination.json"
LETTER_PATH = "data/letter.pdf"
INDEX_PATH = "data/withheld.pdf"
COLUMNS = ("subject", "program", "field", "outcome", "precision", "value", "file")
PIECE_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the package, its length and its SHA-256."""

    path: str
    source: bytes | Path
    size: int
    sha256: str

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, a large file in pieces."""
        if isinstance(self.source, bytes):
            yield self.source
            return
        with self.source.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All of the payload, before it is logged and sealed.

    ``digest`` is what the log entry commits to: the SHA-256 of the payload manifest, which
    names the SHA-256 of each file.
    """

    demand_id: str
    on: date
    parts: tuple[Part, ...]

    @property
    def manifest(self) -> bytes:
        """The BagIt payload manifest, sorted by path."""
        return manifest_of(self.parts)

    @property
    def digest(self) -> str:
        """The SHA-256 of the manifest, as 64 hexadecimal digits."""
        return hashlib.sha256(self.manifest).hexdigest()


def manifest_of(parts: Sequence[Part]) -> bytes:
    """Return a BagIt manifest (RFC 8493 section 2.1.3) of ``parts``."""
    ordered = sorted(parts, key=lambda part: part.path)
    return "".join(f"{part.sha256}  {part.path}\n" for part in ordered).encode()


def part_of(path: str, source: bytes | Path) -> Part:
    """Measure one file, reading a large one in pieces.

    Raises:
        Refusal: The file is too large for the archive.
    """
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MAX_FILE_BYTES:
        raise Refusal(
            f"a file in a package must be smaller than 8 GiB: {size} bytes",
            code="package-file-too-large",
            todo="split the file, or release it in two packages",
        )
    digest, size = hashlib.sha256(), 0
    for piece in Part(path=path, source=source, size=0, sha256="").pieces():
        digest.update(piece)
        size += len(piece)
    return Part(path=path, source=source, size=size, sha256=digest.hexdigest())


def prepare_contents(
    minimised: Minimised, *, letter_pdf: bytes, index_pdf: bytes | None = None
) -> Contents:
    """Lay out the payload of a package.

    Args:
        minimised: The answers that may leave.
        letter_pdf: The cover letter; it holds no value of any record.
        index_pdf: The list of what is withheld and why, where anything is.

    Raises:
        Refusal: The demand's id cannot be a file name, or a file is too large.
    """
    determination = minimised.determination
    if _NAME.fullmatch(determination.demand_id) is None:
        raise Refusal(
            f"a demand id must be letters, digits, dots and dashes: {determination.demand_id}",
            code="package-name-unusable",
            todo="give the demand an id such as ME-2026-0041",
        )
    parts = [
        part_of(DETERMINATION_PATH, canonical_bytes(reduced_determination(determination))),
        part_of(LETTER_PATH, letter_pdf),
    ]
    if index_pdf is not None:
        parts.append(part_of(INDEX_PATH, index_pdf))
    for subject in subjects_of(minimised.records):
        own = [record for record in minimised.records if record.item.subject == subject]
        parts += _subject_parts(determination.demand_id, subject, own)
    ordered = tuple(sorted(parts, key=lambda part: part.path))
    return Contents(demand_id=determination.demand_id, on=determination.on, parts=ordered)


def reduced_determination(determination: Determination) -> dict[str, Json]:
    """Return what the recipient may see of a determination.

    Left out are the reasons for counsel and for the person, the open questions, alarms and
    what would change a ruling, and the digest of the facts, which could be guessed back.
    """
    return {
        "format": RULINGS_FORMAT,
        "demand": determination.demand_id,
        "on": determination.on.isoformat(),
        "overall": determination.overall,
        "rulings": [_reduced(ruling) for ruling in determination.rulings],
        "duties": [
            {"do": duty.code, "authority": duty.authority, "within": duty.within}
            for duty in determination.duties
            if duty.to == "requester"
        ],
        "packs": list(determination.packs),
        "pack_digest": determination.pack_digest,
    }


def _reduced(ruling: Ruling) -> dict[str, Json]:
    return {
        "subject": ruling.item.subject,
        "program": ruling.item.program,
        "field": ruling.item.field,
        "outcome": ruling.outcome.value,
        "coarsen_to": ruling.coarsen_to,
        "authorities": list(ruling.authorities),
        "reason": ruling.reason.requester,
    }


def _subject_parts(demand_id: str, subject: str, records: Sequence[Record]) -> list[Part]:
    rows = [_row(record) for record in records]
    name = file_name(subject)
    body: dict[str, Json] = {
        "format": RECORDS_FORMAT,
        "demand": demand_id,
        "subject": subject,
        "records": rows,
    }
    parts = [
        part_of(f"data/records/{name}.json", canonical_bytes(body)),
        part_of(f"data/records/{name}.csv", records_csv(rows)),
    ]
    for record, row in zip(records, rows, strict=True):
        if isinstance(record.value, Attachment):
            parts.append(part_of(f"data/{row['file']}", record.value.source))
    return parts


def _row(record: Record) -> dict[str, Json]:
    item, value = record.item, record.value
    file = None
    if isinstance(value, Attachment):
        file = attachment_name(item.subject, item.program, item.field, value.suffix)
    return {
        "subject": item.subject,
        "program": item.program,
        "field": item.field,
        "outcome": "release" if record.precision is None else "coarsen",
        "precision": record.precision,
        "value": None if isinstance(value, Attachment) else value,
        "file": file,
    }


def records_csv(rows: Sequence[Mapping[str, Json]]) -> bytes:
    """Return the rows as CSV, for people with a spreadsheet; the JSON is what counts.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return out.getvalue().encode()


def _cell(value: Json) -> str:
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def file_name(ref: str) -> str:
    """Return a file name for a subject's reference; ``*``, a whole class, becomes ``-all``.

    Raises:
        Refusal: The reference cannot be a file name.
    """
    name = ref.replace("*", "-all")
    if _NAME.fullmatch(name) is None:
        raise Refusal(
            f"a subject's reference must be letters and digits: {ref}",
            code="package-name-unusable",
            todo="give the subjects of the demand references such as S1 and S2",
        )
    return name


def attachment_name(subject: str, program: str, field: str, suffix: str) -> str:
    """Return where a value that is a file lies under ``data/``."""
    return f"attachments/{file_name(subject)}/{file_name(program)}.{file_name(field)}{suffix}"
