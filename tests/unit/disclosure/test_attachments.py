"""A file in an answer is called what it is, runs nowhere, and stays as it was looked at."""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.disclosure.attachments import MAX_RECORD_BYTES, attach_bytes, attach_file
from clerestory.disclosure.contents import KEPT_BYTES, part_of, prepare_contents, records_csv
from clerestory.disclosure.minimising import Attachment, Value, minimise
from clerestory.disclosure.recipients import AgeRecipient
from clerestory.disclosure.sealing import check_sealable
from clerestory.kernel import Corruption, Refusal

PDF, PNG = b"%PDF-1.7 made up\n", b"\x89PNG\r\n\x1a\n made up"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)


def zipped(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "made up")
    return out.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")
ODT = zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (PDF, ".pdf"), (PNG, ".png"), (b"\xff\xd8\xff\xe0 made up", ".jpg"), (b"II*\0.", ".tif"),
        (b"MM\0*.", ".tif"), (b"GIF89a.", ".gif"), (b"RIFF\0\0\0\0WEBP", ".webp"),
        (b"RIFF\0\0\0\0WAVE", ".wav"), (b"RIFF\0\0\0\0AVI ", ".bin"),
        (b"\0\0\0\x18ftypheic", ".heic"), (b"\0\0\0\x18ftypisom", ".mp4"), (DOCX, ".docx"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"), (ODT, ".odt"),
        (zipped("a.txt"), ".zip"), (zipped(), ".zip"), ("plain, made up: \u00e9".encode(), ".txt"),
        (b"\xff\xfea\0", ".txt"), (b"a\x1bb", ".txt"), (b"\x00\x01\x02", ".bin"),
        (b"caf\xe9 in another encoding", ".bin"), (OLE, ".bin"),
        (b"x" * (65_536 - 1) + "\u00e9".encode(), ".txt"),
    ],
)  # fmt: skip
def test_a_file_of_a_record_is_called_what_it_is(content: bytes, suffix: str) -> None:
    assert attach_bytes(content, "S1.photo") == Attachment(source=content, suffix=suffix)


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("a.pdf", PDF, ".pdf"), ("A.PDF", PDF, ".pdf"), ("a", PDF, ".pdf"), ("a.xyz", PDF, ".pdf"),
        ("a.jpeg", b"\xff\xd8\xff.", ".jpg"), ("a.tiff", b"II*\0", ".tif"),
        ("a.csv", b"a,b\n", ".csv"), ("a.json", b"{}", ".json"), ("a.text", b"a", ".txt"),
        ("a", b"a", ".txt"), ("a.bin", b"a\0", ".bin"), ("a.dat", b"a\0", ".bin"),
        ("a.docx", DOCX, ".docx"), ("a.zip", zipped("a"), ".zip"), ("a.doc", OLE, ".doc"),
        ("a.msg", OLE, ".msg"), ("con.pdf", PDF, ".pdf"), ("a\u202efdp.pdf", PDF, ".pdf"),
        ("x\ny.pdf", PDF, ".pdf"), ("a.pdf ", PDF, ".pdf"), (".pdf", PDF, ".pdf"),
        ("e\u0301.pdf", PDF, ".pdf"), ("n" * 250 + ".pdf", PDF, ".pdf"),
    ],
)  # fmt: skip
def test_a_given_file_is_called_what_it_is_and_by_us(
    tmp_path: Path, name: str, content: bytes, suffix: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    found = attach_file(path, "S*.procedures")

    assert (found.source, found.suffix) == (path, suffix)
    assert found.seen is not None
    assert found.seen.size == len(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"MZ\x90\0", "runs when it is opened"),
        ("a", b"\x7fELF\2", "runs when it is opened"),
        ("a.txt", b"#!/bin/sh\n", "runs when it is opened"),
        ("a.txt", b"\n <script>", "runs when it is opened"),
        ("a.txt", b"<!DOCTYPE HTML>", "runs when it is opened"),
        ("a.xml", b'<?xml version="1.0"?>\n<svg>', "runs when it is opened"),
        ("a.txt", b"[InternetShortcut]\n", "runs when it is opened"),
        ("a.exe", b"made up", "runs when it is opened"),
        ("a.exe. ", b"made up", "runs when it is opened"),
        (".exe", b"made up", "runs when it is opened"),
        (".pdf", b"a\0", "named .pdf, found .bin"),
        ("a.PDF.JS", b"made up", "runs when it is opened"),
        ("a.docm", DOCX, "runs when it is opened"),
        ("a.docx", zipped("[Content_Types].xml", "word/vbaProject.bin"), "runs when it is opened"),
        ("a.zip", zipped("b/setup.EXE"), "runs when it is opened"),
        ("a.zip", zipped("META-INF/MANIFEST.MF"), "runs when it is opened"),
        ("a.pdf", PNG, "named .pdf, found .png"),
        ("a.png", PDF, "named .png, found .pdf"),
        ("a.pdf", b"a\0", "named .pdf, found .bin"),
        ("a.pdf", b"text", "named .pdf, found .txt"),
        ("a.csv", b"a\0", "named .csv, found .bin"),
        ("a.docx", zipped("a"), "named .docx, found .zip"),
        ("a.docx", ODT, "named .docx, found .odt"),
        ("a.pdf", OLE, "named .pdf, found .bin"),
        ("a.zip", b"PK\x03\x04 cut", "a damaged archive"),
        ("a.pdf", b"", "an empty file"),
    ],
)
def test_a_file_that_is_not_what_it_says_does_not_leave(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(Refusal) as caught:
        attach_file(path, "S*.procedures")

    assert caught.value.code == "attachment-unusable"
    assert said in str(caught.value)
    assert "S*.procedures" in str(caught.value)
    assert caught.value.todo


def test_what_is_no_plain_file_is_not_attached(tmp_path: Path) -> None:
    (tmp_path / "link.pdf").symlink_to(tmp_path / "a.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")

    for name in ("link.pdf", "pipe.pdf", ".", "..", "none.pdf", "a\0.pdf", "n" * 300):
        with pytest.raises(Refusal) as caught:
            attach_file(tmp_path / name, "S*.procedures")
        assert caught.value.code == "given-file-unusable"


def test_a_file_of_a_record_is_bounded_and_not_empty() -> None:
    with pytest.raises(Refusal) as caught:
        attach_bytes(bytes(MAX_RECORD_BYTES + 1), "S1.photo")
    assert caught.value.code == "attachment-too-large"
    assert attach_bytes(bytes(MAX_RECORD_BYTES), "S1.photo").suffix == ".bin"
    with pytest.raises(Refusal, match="empty"):
        attach_bytes(b"", "S1.photo")


@pytest.mark.parametrize("when", ["before measuring", "before logging"])
@pytest.mark.parametrize("how", ["longer", "same length", "replaced", "gone"])
def test_a_file_that_changes_is_noticed_before_anything_is_logged(
    tmp_path: Path,
    make_ruling: Callable[..., Ruling],
    make_determination: Callable[..., Determination],
    when: str,
    how: str,
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF)
    attached = attach_file(path, "S*.procedures")
    item = Item("S*", "snap", "procedures")
    minimised = minimise(
        make_determination(make_ruling("S*", "procedures", Outcome.RELEASE)), {item: attached}
    )
    contents = prepare_contents(minimised, letter_pdf=b"letter")

    if how in {"gone", "replaced"}:
        path.rename(tmp_path / "old")
    if how == "replaced":
        path.write_bytes(PDF)
    if how in {"longer", "same length"}:
        before = path.stat()
        path.write_bytes(PDF + b"x" if how == "longer" else PDF[::-1])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as whoever hides it would
    to = [AgeRecipient(text="age1x")]
    steps: dict[str, Callable[[], object]] = {
        "before measuring": lambda: prepare_contents(minimised, letter_pdf=b"letter"),
        "before logging": lambda: check_sealable(contents, to, cbc=False),
    }
    with pytest.raises((Corruption, Refusal)) as caught:
        steps[when]()

    gone = how == "gone" and when == "before measuring"
    assert caught.value.code == ("given-file-unusable" if gone else "package-file-changed")


def test_the_pieces_of_bytes_are_small() -> None:
    part = part_of("data/x", bytes(5 << 20))

    assert [len(piece) for piece in part.pieces()] == [1 << 20] * 5


@pytest.mark.parametrize("subject", ["CON", "nul", "aux.x", "com1", "LPT9.txt", "S1.", "-x", "a/b"])
def test_a_subject_that_is_no_name_of_a_file_anywhere_is_refused(
    make_ruling: Callable[..., Ruling],
    make_determination: Callable[..., Determination],
    subject: str,
) -> None:
    decided = make_determination(make_ruling(subject, "address", Outcome.RELEASE))
    minimised = minimise(decided, {Item(subject, "snap", "address"): "x"})

    with pytest.raises(Refusal) as caught:
        prepare_contents(minimised, letter_pdf=b"letter")

    assert caught.value.code == "package-name-unusable"


@pytest.mark.parametrize(("one", "other"), [("S1", "s1"), ("S*", "S-all"), ("ABC", "AbC")])
def test_two_subjects_whose_files_would_meet_are_refused(
    make_ruling: Callable[..., Ruling],
    make_determination: Callable[..., Determination],
    one: str,
    other: str,
) -> None:
    decided = make_determination(
        make_ruling(one, "address", Outcome.RELEASE), make_ruling(other, "address", Outcome.RELEASE)
    )
    values = {Item(each, "snap", "address"): "x" for each in (one, other)}

    with pytest.raises(Refusal) as caught:
        prepare_contents(minimise(decided, values), letter_pdf=b"letter")

    assert caught.value.code == "package-name-unusable"


def test_a_name_that_the_archive_cannot_hold_is_refused_before_it_is_logged(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> None:
    ruled = make_ruling("S" * 64, "f" * 64, Outcome.RELEASE, program="p" * 64)
    decided = replace(make_determination(ruled), demand_id="M" * 64)
    values: dict[Item, Value] = {ruled.item: Attachment(source=PDF, suffix=".pdf")}

    with pytest.raises(Refusal) as caught:
        prepare_contents(minimise(decided, values), letter_pdf=b"letter")

    assert caught.value.code == "package-name-unusable"
    assert "too long for the archive" in str(caught.value)


def test_answers_that_no_reader_would_hold_are_refused_before_they_are_logged(
    make_ruling: Callable[..., Ruling], make_determination: Callable[..., Determination]
) -> None:
    decided = make_determination(make_ruling("S1", "case_notes", Outcome.RELEASE))
    minimised = minimise(decided, {Item("S1", "snap", "case_notes"): "x" * KEPT_BYTES})

    with pytest.raises(Refusal) as caught:
        prepare_contents(minimised, letter_pdf=b"letter")

    assert caught.value.code == "package-file-too-large"


@pytest.mark.parametrize(
    ("value", "guarded"),
    [
        ("=1+1", True), ("+1", True), ("-1", True), ("@SUM(A1)", True), ("\t=1", True),
        ("\r=1", True), ("\n=1", True), ("  =1", True), ("\u00a0=1", True), ("\u3000=1", True),
        ("\u200b=1", True), ("\ufeff =1", True), ("\uff1d1", True), ("\uff0b1", True),
        ("\uff0d1", True), ("\uff20x", True), ("\ufe631", True), ("\u22121", True), ("\tx", True),
        ("a=1", False), ("1-1", False), ("'=1", False), (" a", False), ("", False),
    ],
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(value: str, guarded: bool) -> None:
    row = {
        "subject": "S1", "program": "snap", "field": "f", "outcome": "release",
        "precision": None, "value": value, "file": None,
    }  # fmt: skip

    cell = records_csv([row]).decode().partition('"release","",')[2].partition(',""\r\n')[0]

    mark = "'" if guarded else ""
    assert cell == f'"{mark}{value}"'
