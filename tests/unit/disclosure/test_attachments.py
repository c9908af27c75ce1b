"""A file in an answer is called what it is, runs nowhere, and stays as it was looked at."""

import hashlib
import os
import struct
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
from disclosure_pdfs import pdf, picture

PDF, PNG = pdf(), picture("PNG")
TABLE = b"county,persons\nKnox,11\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)
DOCX = b"PK\x03\x04 word/document.xml"
WAV = b"RIFF" + struct.pack("<I", 4 + 10) + b"WAVE" + b"data" + struct.pack("<I", 2) + b"ab"
RIGHT = (
    (PDF, ".pdf", ".pdf"), (PNG, ".png", ".png"), (picture("JPEG"), ".jpg", ".jpg"),
    (picture("TIFF"), ".tif", ".tif"), (picture("GIF"), ".gif", ".png"),
    (picture("WEBP"), ".webp", ".webp"), (picture("JPEG2000"), ".jp2", ".png"),
    (WAV, ".wav", ".wav"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\0\0\0\x18ftypisom" + bytes(99), "a.mp4"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "a.heic"),
        (OLE, "a.doc"),
        (DOCX, "a.docx"),
        (b"\xff\x00\x80 made up", "a"),
    ],
)
def test_whoever_must_give_what_cannot_leave_is_told_how_to_answer_all_the_same(
    tmp_path: Path, content: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    said = tmp_path / "said.txt"
    said.write_text(f"One made-up file, SHA-256 {hashlib.sha256(content).hexdigest()}, by hand.\n")

    with pytest.raises(Refusal) as refused:
        attach_file(path, "S*.procedures")

    assert "a text that says what the file is, its SHA-256" in refused.value.todo
    assert attach_file(said, "S*.procedures").suffix == ".txt"


@pytest.mark.parametrize(("content", "ending", "suffix"), RIGHT)
def test_what_shows_all_that_it_holds_leaves_under_the_name_of_what_it_is(
    tmp_path: Path, content: bytes, ending: str, suffix: str
) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)

    for found in (attach_bytes(content, "S1.photo"), attach_file(path, "S*.procedures")):
        assert found.suffix == suffix
        assert isinstance(found.source, bytes)
        assert found.seen is None


@pytest.mark.parametrize(
    "content",
    ["plain, made up: \u00e9".encode(), b"\xff\xfea\0", b"\xfe\xff\0a", b"\xef\xbb\xbfa",
     b"a\r\n\f\tb", b"x" * (65_536 - 1) + "\u00e9".encode() + b"y",
     b"x" * ((1 << 20) - 1) + "\u00e9".encode()],
)  # fmt: skip
def test_text_leaves_as_it_is(content: bytes) -> None:
    assert attach_bytes(content, "S1.notes") == Attachment(source=content, suffix=".txt")


@pytest.mark.parametrize(
    ("content", "what", "instead"),
    [
        (OLE, "an office file or message", "print it to PDF"),
        (b"{\\rtf1 made up", "an office file", "print it to PDF"),
        (DOCX, "an office file or archive", "print it to PDF"),
        (b"PK\x05\x06" + bytes(18), "an archive", "what is in it"),
        (b"\x1f\x8b made up", "an archive", "what is in it"),
        (b"7z\xbc\xaf\x27\x1c", "an archive", "what is in it"),
        (b"Rar!\x1a\x07", "an archive", "what is in it"),
        (b"BZh9", "an archive", "what is in it"),
        (b"\xfd7zXZ\0", "an archive", "what is in it"),
        (b"ID3 made up", "a recording", "as WAV"),
        (b"\xff\xfb made up", "a recording", "as WAV"),
        (b"OggS", "a recording", "as WAV"),
        (b"fLaC", "a recording", "as WAV"),
        (b"PAR1", "a database", "as CSV"),
        (b"SQLite format 3\0", "a database", "as CSV"),
        (b"8BPS", "a picture in layers", "as JPEG or PNG"),
        (b"BM made up", "a picture", "as JPEG or PNG"),
        (b"\0\0\0\x18ftypheic", "a picture, recording or film", "as JPEG or PNG"),
        (b"\0\0\0\x18ftypisom", "a picture, recording or film", "as WAV"),
        (b"RIFF\0\0\0\0AVI ", "a file of an unknown kind", "print it to PDF"),
        (b"\x00\x01\x02", "a file of an unknown kind", "print it to PDF"),
        (b"caf\xe9 in another encoding", "a file of an unknown kind", "UTF-8"),
        (b"a\x1b[2Jb", "a file of an unknown kind", "print it to PDF"),
        (b"\xff\xfea", "a file of an unknown kind", "print it to PDF"),
        (b"a\x7fb", "a file of an unknown kind", "print it to PDF"),
        ("a\U000e0053b".encode(), "a file of an unknown kind", "print it to PDF"),
        ("a\U000e0153\U000e0154b".encode(), "a file of an unknown kind", "print it to PDF"),
    ],
)
def test_what_may_hold_more_than_it_shows_does_not_leave(
    tmp_path: Path, content: bytes, what: str, instead: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)

    for given in (content, path):
        with pytest.raises(Refusal) as caught:
            attach_bytes(given, "S1.x") if isinstance(given, bytes) else attach_file(given, "S1.x")
        assert caught.value.code == "attachment-unusable"
        assert f"S1.x must show all that it holds, and is {what}" in str(caught.value)
        assert instead in caught.value.todo


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("a.pdf", PDF, ".pdf"), ("A.PDF", PDF, ".pdf"), ("a", PDF, ".pdf"), ("a.xyz", PDF, ".pdf"),
        ("a.jpeg", picture("JPEG"), ".jpg"), ("a.tiff", picture("TIFF"), ".tif"),
        ("a.csv", b"a,b\n", ".csv"), ("a.json", b"{}", ".json"), ("a.text", b"a", ".txt"),
        ("a.tsv", b"a\tb\n", ".tsv"), ("a", b"a", ".txt"), ("a.eml", b"a", ".txt"),
        ("a.xml", b"<a/>", ".txt"), ("a.md", b"a", ".txt"), ("a.log", b"a", ".txt"),
        ("con.pdf", PDF, ".pdf"), ("a\u202efdp.pdf", PDF, ".pdf"),
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

    assert found.suffix == suffix
    if suffix in {".csv", ".tsv", ".json", ".txt"}:
        assert found.source == path
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
        ("a.exe\u00a0.", b"made up", "runs when it is opened"),
        ("a.exe:x.txt", b"made up", "runs when it is opened"),
        ("a.hta::$DATA", b"made up", "runs when it is opened"),
        (":.pdf", b"made up", "named .pdf, found .txt"),
        (".exe", b"made up", "runs when it is opened"),
        ("a.PDF.JS", b"made up", "runs when it is opened"),
        ("a.docm", DOCX, "runs when it is opened"),
        ("a.pdf", PNG, "named .pdf, found .png"),
        ("a.png", PDF, "named .png, found .pdf"),
        ("a.pdf", b"text", "named .pdf, found .txt"),
        ("a.docx", b"text", "named .docx, found .txt"),
        ("a.csv", PDF, "named .csv, found .pdf"),
        ("a.zip", PDF, "named .zip, found .pdf"),
        ("a.csv", b"a\0", "a file of an unknown kind"),
        ("a.pdf", b"a\0", "a file of an unknown kind"),
        ("a.pdf", b"", "an empty file"),
        ("a.csv", b"a,b\n1,=1+1\n", "no cell that a spreadsheet would run: line 2"),
        ("a.csv", b'a\n"x\ny"\n" @SUM(A1)"\n', "no cell that a spreadsheet would run: line 4"),
        ("a.csv", b"-1+cmd|' /c calc'!A0", "no cell that a spreadsheet would run: line 1"),
        ("a.tsv", b"a\t=1+1\n", "no cell that a spreadsheet would run: line 1"),
        ("a.csv", b"a" * 200_000, "cannot be read as one"),
        ("a.txt", b"a" * (1 << 21) + b"\0", "text to its end"),
        ("a.csv", b"a\n" * (1 << 20) + b"\xff", "text to its end"),
        ("a.txt", b"a" * 70_000 + b"\xc3", "text to its end"),
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


def test_the_numbers_of_a_table_are_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"county,persons,change\nKnox,11,-3\nWaldo,12,+4.5%\nYork,'-,-1,000\n")

    assert attach_file(path, "S*.counts").suffix == ".csv"


def test_what_is_no_plain_file_is_not_attached(tmp_path: Path) -> None:
    (tmp_path / "link.pdf").symlink_to(tmp_path / "a.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")

    for name in ("link.pdf", "pipe.pdf", ".", "..", "none.pdf", "a\0.pdf", "n" * 300):
        with pytest.raises(Refusal) as caught:
            attach_file(tmp_path / name, "S*.procedures")
        assert caught.value.code == "given-file-unusable"


def test_a_file_of_a_record_is_bounded_and_not_empty() -> None:
    for content in (b"x" * (MAX_RECORD_BYTES + 1), WAV + bytes(MAX_RECORD_BYTES + 1 - len(WAV))):
        with pytest.raises(Refusal) as caught:
            attach_bytes(content, "S1.photo")
        assert caught.value.code == "attachment-too-large"
    assert attach_bytes(b"x" * MAX_RECORD_BYTES, "S1.photo").suffix == ".txt"
    assert attach_bytes(WAV + bytes(MAX_RECORD_BYTES - len(WAV)), "S1.photo").source == WAV
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
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE)
    attached = attach_file(path, "S*.procedures")
    item = Item("S*", "snap", "procedures")
    minimised = minimise(
        make_determination(make_ruling("S*", "procedures", Outcome.RELEASE)), {item: attached}
    )
    contents = prepare_contents(minimised, letter_pdf=b"letter")

    if how in {"gone", "replaced"}:
        path.rename(tmp_path / "old")
    if how == "replaced":
        path.write_bytes(TABLE)
    if how in {"longer", "same length"}:
        before = path.stat()
        path.write_bytes(TABLE + b"x" if how == "longer" else TABLE[::-1])
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
    values: dict[Item, Value] = {ruled.item: Attachment(source=TABLE, suffix=".pdf")}

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
