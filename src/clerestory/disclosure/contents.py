"""What a package holds: records, letters and the part of the determination meant for its reader."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from clerestory.demands.determination import Determination, Ruling
from clerestory.disclosure.cells import cell
from clerestory.disclosure.given_files import FileState, open_given, state_of
from clerestory.disclosure.minimising import Attachment, History, Minimised, Record, subjects_of
from clerestory.disclosure.subjects import (
    SUBJECTS_PATH,
    SUBJECTS_TABLE_PATH,
    Marks,
    subjects_csv,
    subjects_json,
)
from clerestory.disclosure.tar import MAX_FILE_BYTES, header
from clerestory.kernel import Corruption, Refusal, canonical_bytes
from clerestory.kernel.canonical import Json

RECORDS_FORMAT = "clerestory-records/1"
RULINGS_FORMAT = "clerestory-rulings/1"
DETERMINATION_PATH = "data/determination.json"
LETTER_PATH = "data/letter.pdf"
INDEX_PATH = "data/withheld.pdf"
COLUMNS = ("subject", "program", "field", "outcome", "precision", "value", "file")
DAYS = "days"  # of a history the day of each value, in the order of the values
PIECE_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# What Windows keeps for devices, with any ending: a folder of that name cannot be unpacked there.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
KEPT_BYTES = 64 << 20  # the largest file that a reader must hold whole to check what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the package, its length and its SHA-256."""

    path: str
    source: bytes | Path
    size: int
    sha256: str
    seen: FileState | None = None

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, in pieces.

        Raises:
            Corruption: The file is not in the state in which it was measured.
        """
        if isinstance(self.source, bytes):
            # In pieces as well: a cipher gives out as much at once as it takes.
            for at in range(0, len(self.source), PIECE_BYTES):
                yield self.source[at : at + PIECE_BYTES]
            return
        with self._open(self.source) as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
            self._check(state_of(file))

    def check_unchanged(self) -> None:
        """Look at a file's state once more, without reading it.

        Raises:
            Corruption: It is another one.
        """
        if isinstance(self.source, Path):
            with self._open(self.source):
                pass

    @contextmanager
    def _open(self, source: Path) -> Iterator[BinaryIO]:
        try:
            with open_given(source, "an answer in a file") as file:
                self._check(state_of(file))
                yield file
        except Refusal as fault:
            if not self.sha256:  # nobody has measured it yet
                raise
            raise Corruption(
                f"a file is gone after it was looked at: {self.path}", code="package-file-changed"
            ) from fault

    def _check(self, state: FileState) -> None:
        if self.seen not in {None, state}:
            raise Corruption(
                f"a file changed after it was looked at: {self.path}", code="package-file-changed"
            )


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


def part_of(path: str, source: bytes | Path, seen: FileState | None = None) -> Part:
    """Measure one file, reading a large one in pieces.

    Raises:
        Refusal: It is no plain file, or is too large for the archive.
        Corruption: It changes while it is read, or is not in the state ``seen``.
    """
    if isinstance(source, Path) and seen is None:
        with open_given(source, "an answer in a file") as file:
            seen = state_of(file)
    size = seen.size if seen is not None else len(source) if isinstance(source, bytes) else 0
    if size > MAX_FILE_BYTES:
        raise Refusal(
            f"a file in a package must be smaller than 8 GiB: {size} bytes",
            code="package-file-too-large",
            todo="split the file, or release it in two packages",
        )
    digest, size = hashlib.sha256(), 0
    for piece in Part(path=path, source=source, size=0, sha256="", seen=seen).pieces():
        digest.update(piece)
        size += len(piece)
    return Part(path=path, source=source, size=size, sha256=digest.hexdigest(), seen=seen)


def prepare_contents(
    minimised: Minimised,
    *,
    letter_pdf: bytes,
    index_pdf: bytes | None = None,
    marks: Marks | None = None,
) -> Contents:
    """Lay out the payload of a package.

    Args:
        minimised: The answers that may leave.
        letter_pdf: The cover letter; it holds no value of any record.
        index_pdf: The list of what is withheld and why, where anything is.
        marks: For each person, what the demand's paper says of them; only persons whom the
            determination is about are repeated to the requester.

    Raises:
        Refusal: The demand's id cannot be a file name, or a file is too large.
    """
    determination = minimised.determination
    if not _is_name(determination.demand_id):
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
    parts += _marks_parts(determination, marks or {})
    for subject in subjects_of(minimised.records):
        own = [record for record in minimised.records if record.item.subject == subject]
        parts += _subject_parts(determination.demand_id, subject, own)
    ordered = tuple(sorted(parts, key=lambda part: part.path))
    _check_paths(determination.demand_id, ordered)
    return Contents(demand_id=determination.demand_id, on=determination.on, parts=ordered)


def _marks_parts(determination: Determination, marks: Marks) -> list[Part]:
    about = {ruling.item.subject for ruling in determination.rulings}
    repeated = {ref: given for ref, given in marks.items() if ref in about}
    if not repeated:
        return []
    return [
        part_of(SUBJECTS_PATH, subjects_json(determination.demand_id, repeated)),
        part_of(SUBJECTS_TABLE_PATH, subjects_csv(repeated)),
    ]


def _check_paths(demand_id: str, parts: Sequence[Part]) -> None:
    """Refuse, before anything is logged, names that some reader could not unpack side by side."""
    seen: dict[str, str] = {}
    for part in parts:
        # Half of all computers do not tell capital from small letters in a file's name.
        other = seen.setdefault(part.path.casefold(), part.path)
        if other is not part.path:
            raise _unusable_name(f"two files must not differ in capitals only: {part.path}")
        try:
            header(f"package-{demand_id}/{part.path}", part.size)
        except ValueError as fault:
            raise _unusable_name(f"a name is too long for the archive: {part.path}") from fault
        if part.path.startswith("data/records/") and part.size > KEPT_BYTES:
            raise Refusal(
                f"the answers on one person must be smaller than {KEPT_BYTES} bytes: {part.size}",
                code="package-file-too-large",
                todo="ask for a shorter period, or release the fields in several packages",
            )


def _is_name(text: str) -> bool:
    device = text.split(".")[0].lower() in _DEVICES
    return _NAME.fullmatch(text) is not None and not text.endswith(".") and not device


def _unusable_name(message: str) -> Refusal:
    return Refusal(
        message,
        code="package-name-unusable",
        todo="give the demand and its subjects short ids such as ME-2026-0041, S1 and S2",
    )


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
            parts.append(part_of(f"data/{row['file']}", record.value.source, record.value.seen))
    return parts


def _row(record: Record) -> dict[str, Json]:
    item, value = record.item, record.value
    file = None
    if isinstance(value, Attachment):
        file = attachment_name(item.subject, item.program, item.field, value.suffix)
    row: dict[str, Json] = {
        "subject": item.subject,
        "program": item.program,
        "field": item.field,
        "outcome": "release" if record.precision is None else "coarsen",
        "precision": record.precision,
        "value": None if isinstance(value, Attachment) else value,
        "file": file,
    }
    if isinstance(value, History):
        row |= {"value": value[0] if len(value) == 1 else list(value), DAYS: list(value.days)}
    return row


def records_csv(rows: Sequence[Mapping[str, Json]]) -> bytes:
    """Return the rows as CSV, for people with a spreadsheet; the JSON is what counts.

    A text that a spreadsheet would run as a formula gets an apostrophe before it. The mark at the
    beginning tells a spreadsheet that it is UTF-8: without it a name is shown in other letters.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    columns = (*COLUMNS, DAYS) if any(DAYS in row for row in rows) else COLUMNS
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def file_name(ref: str) -> str:
    """Return a file name for a subject's reference; ``*``, a whole class, becomes ``-all``.

    Raises:
        Refusal: The reference cannot be a file name.
    """
    name = ref.replace("*", "-all")
    if not _is_name(name):
        raise Refusal(
            f"a subject's reference must be letters and digits: {ref}",
            code="package-name-unusable",
            todo="give the subjects of the demand references such as S1 and S2",
        )
    return name


def attachment_name(subject: str, program: str, field: str, suffix: str) -> str:
    """Return where a value that is a file lies under ``data/``."""
    return f"attachments/{file_name(subject)}/{file_name(program)}.{file_name(field)}{suffix}"
