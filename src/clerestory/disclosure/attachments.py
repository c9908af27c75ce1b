"""What a file is, by its first bytes: the few kinds that leave, and as what.

A file is named by us alone: subject, program, field, and the ending that its content has. What it
was called where it came from plays one part: an ending that contradicts the content is refused,
since one of the two is not what a person looked at.

What leaves is what a person sees who looks at it: text, pages, pictures, sound. Whatever else there
is (office files, archives, messages, databases, programs) holds more than it shows, earlier words,
names, hidden sheets, or runs when it is opened; it is refused, with the form to save it in.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from clerestory.disclosure.cells import cell
from clerestory.disclosure.given_files import open_given, state_of
from clerestory.disclosure.minimising import Attachment
from clerestory.kernel import Refusal

MAX_RECORD_BYTES = 64 << 20  # what comes out of a database, or is made bare, is held whole
_HEAD_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20
_PDF = ".pdf"
_MAGIC = (
    (b"%PDF-", _PDF),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", ".jp2"),
)
_AS_PDF = "print it to PDF, and look at what the PDF shows"
_AS_FILES = "take out what is in it, one document for one answer"
_AS_PICTURE = "save the picture as JPEG or PNG"
_AS_SOUND = "save the sound as WAV"
_ELSEWHERE = (
    "answer with a text that says what the file is, its SHA-256, and how it is handed over beside "
    "the package"
)
# What is known by its beginning and does not leave: what it is, and the form in which it does.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office file or message", _AS_PDF),
    (b"{\\rtf", "an office file", _AS_PDF),
    (b"PK\x03\x04", "an office file or archive", f"{_AS_PDF}; of an archive, {_AS_FILES}"),
    (b"PK\x05\x06", "an archive", _AS_FILES),
    (b"\x1f\x8b", "an archive", _AS_FILES),
    (b"7z\xbc\xaf\x27\x1c", "an archive", _AS_FILES),
    (b"Rar!\x1a\x07", "an archive", _AS_FILES),
    (b"BZh", "an archive", _AS_FILES),
    (b"\xfd7zXZ\0", "an archive", _AS_FILES),
    (b"ID3", "a recording that names its maker", _AS_SOUND),
    (b"\xff\xfb", "a recording that names its maker", _AS_SOUND),
    (b"OggS", "a recording that names its maker", _AS_SOUND),
    (b"fLaC", "a recording that names its maker", _AS_SOUND),
    (b"PAR1", "a database", "save the table as CSV"),
    (b"SQLite format 3\0", "a database", "save the table as CSV"),
    (b"8BPS", "a picture in layers", _AS_PICTURE),
    (b"BM", "a picture", _AS_PICTURE),
)
# Programs for any machine, links, installers, and text that a machine runs when it is opened.
_RUNS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"dex\n", b"\0asm", b"!<arch>", b"\xed\xab\xee\xdb",
    b"MSCF", b"L\0\0\0\x01\x14\x02\0", b"#!",
)  # fmt: skip
_RUNS_TEXT = re.compile(
    rb"\s*(?:<\?php|<!doctype html|<html|<script|<svg|<\?xml[^>]*\?>\s*(?:<!--.*?-->\s*)?<svg"
    rb"|\[InternetShortcut\]|Windows Registry Editor|@echo off)",
    re.IGNORECASE | re.DOTALL,
)
_RUNNING = frozenset(
    (
        ".app", ".apk", ".bat", ".cmd", ".com", ".cpl", ".deb", ".dll", ".dmg", ".docm", ".exe",
        ".hta", ".htm", ".html", ".inf", ".iso", ".jar", ".js", ".jse", ".lnk", ".msc", ".msi",
        ".msp", ".pif", ".pptm", ".ps1", ".py", ".reg", ".rpm", ".scr", ".sh", ".svg", ".url",
        ".vb", ".vbe", ".vbs", ".wsf", ".wsh", ".xll", ".xlsm",
    )
)  # fmt: skip
# Text keeps the ending by which a program reads it as a table; a page or a message it is no more.
_TABLES = {".csv": ",", ".tsv": "\t"}
_TEXTS = frozenset({*_TABLES, ".json", ".txt"})
_SAME = {".jpeg": ".jpg", ".tiff": ".tif", ".jpe": ".jpg", ".wave": ".wav"}
_KNOWN = frozenset(
    (
        ".7z", ".db", ".doc", ".docx", ".gif", ".gz", ".heic", ".jp2", ".jpg", ".m4a", ".mp3",
        ".mp4", ".msg", ".odp", ".ods", ".odt", ".parquet", ".pdf", ".png", ".ppt", ".pptx",
        ".rar", ".rtf", ".sqlite", ".tif", ".wav", ".webp", ".xls", ".xlsb", ".xlsx", ".zip",
    )
)  # fmt: skip
# Escape moves the cursor of whoever shows the text in a terminal, and can hide what stands there.
# Whole sentences can be written in tags, and in selectors of which a letter takes one, unseen.
_NOT_TEXT = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\U000e0000-\U000e007f]|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2}"
)
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NUMBER = re.compile(r"[+-]?[0-9][0-9,.]*%?")


def attach_file(path: Path, ref: str) -> Attachment:
    """Return a file as an answer to ``ref``: text as it is, anything else as what it shows.

    Raises:
        Refusal: It is no plain file, is empty, does not show all that it holds, runs when it is
            opened, is too large, or its ending says that it is something else.
    """
    with open_given(path, f"the answer to {ref}") as file:
        seen = state_of(file)
        head = file.read(_HEAD_BYTES)
        suffix = _suffix(head, _ending(path.name), ref)
        file.seek(0)
        if suffix in _TEXTS:
            _check_text(file, head, suffix, ref)
            return Attachment(source=path, suffix=suffix, seen=seen)
        return _bare(file.read(MAX_RECORD_BYTES + 1), suffix, ref)


def attach_bytes(content: bytes, ref: str) -> Attachment:
    """Return a file that stands in a record as an answer to ``ref``: what it shows, no more.

    Raises:
        Refusal: It is empty, too large to be held, does not show all that it holds, or runs when
            it is opened.
    """
    try:
        suffix = _suffix(content[:_HEAD_BYTES], "", ref)
        if suffix not in _TEXTS:
            return _bare(content, suffix, ref)
        _check_size(content, ref)
        _check_text(io.BytesIO(content), content[:_HEAD_BYTES], suffix, ref)
        return Attachment(source=content, suffix=suffix)
    except Refusal as fault:
        # Nobody may hand in a file for what concerns a person.
        raise Refusal(
            str(fault),
            code=fault.code,
            todo=f"in the record's own system: {fault.todo}; or withhold the field (--lower)",
        ) from fault


def _bare(content: bytes, suffix: str, ref: str) -> Attachment:
    # They come with three libraries of pictures and pages, which take longer to load than a package
    # takes to verify; most commands look at no file.
    from clerestory.disclosure.documents import NotBare, bare_pdf
    from clerestory.disclosure.pictures import bare_picture

    _check_size(content, ref)
    try:
        if suffix == _PDF:
            return Attachment(source=bare_pdf(content), suffix=suffix)
        source, suffix = bare_picture(content, suffix)
        return Attachment(source=source, suffix=suffix)
    except NotBare as fault:
        raise _unusable(
            f"the answer to {ref} must be a PDF that shows all that it holds: it {fault}",
            fault.todo,
        ) from fault
    except ValueError as fault:
        raise _unusable(
            f"the file for {ref} must hold nothing but the picture or the sound: {suffix} with "
            f"{fault}",
            "save it anew as plain JPEG, PNG or WAV",
        ) from fault


def _check_size(content: bytes, ref: str) -> None:
    if len(content) > MAX_RECORD_BYTES:
        raise Refusal(
            f"a file for {ref} that is no text must have at most {MAX_RECORD_BYTES} bytes",
            code="attachment-too-large",
            todo="save it smaller, or in parts that are each an answer of their own",
        )


def _ending(name: str) -> str:
    # One system takes what stands behind a colon for a part of the file, another for its name.
    whole, *parts = (_ending_of(part) for part in (name, *re.split(r"[:\0]", name)))
    return next((ending for ending in parts if ending in _RUNNING), whole)


def _ending_of(name: str) -> str:
    # As a system reads it that ignores dots and blanks at the end; ``.exe`` alone is one, too.
    _, dot, ending = name.lower().rstrip(" .\t\n\r\u00a0").rpartition(".")
    return f".{ending}" if dot else ""


def _suffix(head: bytes, given: str, ref: str) -> str:
    if not head:
        raise _unusable(f"the answer to {ref} is an empty file", "give the file that was meant")
    if given in _RUNNING or head.startswith(_RUNS) or _RUNS_TEXT.match(head):
        raise _runs(ref)
    found = _kind(head, ref)
    said = _SAME.get(given, given)
    if found == ".txt" and said in _TEXTS:
        return said
    if said in _KNOWN | _TEXTS and said != found:
        raise _contradicts(ref, said, found)
    return found


def _kind(head: bytes, ref: str) -> str:
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    if head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE"}:
        return ".webp" if head[8:12] == b"WEBP" else ".wav"
    for magic, what, instead in _OTHERS:
        if head.startswith(magic):
            raise _holds_more(ref, what, instead)
    if head[4:8] == b"ftyp":
        raise _holds_more(ref, "a picture, recording or film with notes of its maker",
                          f"{_AS_PICTURE}; {_AS_SOUND}")  # fmt: skip
    if _is_text(head):
        return ".txt"
    raise _holds_more(ref, "a file of an unknown kind", f"{_AS_PDF}; save a text in UTF-8")


def _is_text(head: bytes) -> bool:
    try:
        for _ in _letters(io.BytesIO(head), head, whole=len(head) < _HEAD_BYTES):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _letters(file: BinaryIO, head: bytes, *, whole: bool) -> Iterator[str]:
    """Yield a text; raise where it is none."""
    encoding = next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)()
    while piece := file.read(_PIECE_BYTES):
        text = decoder.decode(piece)
        if _NOT_TEXT.search(text):
            raise UnicodeDecodeError(encoding, b"", 0, 0, "a letter that is not seen")
        yield text
    # The last letter of a look may be cut in two by where the look ended.
    decoder.decode(b"", final=whole)


def _check_text(file: BinaryIO, head: bytes, suffix: str, ref: str) -> None:
    """Look at a text whole: its beginning says little of a file that hides something."""
    try:
        lines = _lines(_letters(file, head, whole=True))
        if suffix in _TABLES:
            rows = csv.reader(lines, delimiter=_TABLES[suffix])
            for row in rows:
                # In some countries a semicolon parts the columns, whatever the file's maker meant.
                for each in (part for whole in row for part in [whole]):
                    if cell(each) != each and not _NUMBER.fullmatch(each.strip()):
                        raise _formula(ref, rows.line_num)
        for _ in lines:
            pass
    except UnicodeDecodeError as fault:
        raise _unusable(
            f"the answer to {ref} must be text to its end, and holds what no text holds",
            "save it again as plain text in UTF-8, and look at it once more",
        ) from fault
    except csv.Error as fault:
        raise _unusable(
            f"the answer to {ref} must be a table, and cannot be read as one",
            "save the table again as CSV in UTF-8, or give it as a text file",
        ) from fault


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    left = ""
    for piece in pieces:
        *lines, left = (left + piece).split("\n")
        for line in lines:
            yield line + "\n"
    yield left


def _formula(ref: str, line: int) -> Refusal:
    return _unusable(
        f"the table for {ref} must hold no cell that a spreadsheet would run: line {line}",
        "put an apostrophe before what begins with =, +, - or @, or save the table as text (.txt)",
    )


def _holds_more(ref: str, what: str, instead: str) -> Refusal:
    # Without a way on, a lawful order for a film, say, would stay unanswered.
    return _unusable(
        f"the answer to {ref} must show all that it holds, and is {what}",
        f"{instead}; where that would lose what was asked for, {_ELSEWHERE}",
    )


def _runs(ref: str) -> Refusal:
    return _unusable(
        f"the answer to {ref} must be a document, and is something that runs when it is opened",
        "give the document as PDF, and find out where this file came from",
    )


def _contradicts(ref: str, said: str, found: str) -> Refusal:
    return _unusable(
        f"the answer to {ref} must be what its name says: named {said}, found {found}",
        "look at the file: give it the right ending, or give the file that was meant",
    )


def _unusable(message: str, todo: str) -> Refusal:
    return Refusal(message, code="attachment-unusable", todo=todo)
