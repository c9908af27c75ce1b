"""What a file is, by its first bytes: the name it gets in a package says it, or it does not leave.

A file is named by us alone: subject, program, field, and the ending that its content has. What it
was called where it came from plays one part: an ending that contradicts the content is refused,
since one of the two is not what a person looked at.
"""

import io
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from clerestory.disclosure.given_files import open_given, state_of
from clerestory.disclosure.minimising import Attachment
from clerestory.disclosure.pictures import bare_picture
from clerestory.kernel import Refusal

MAX_RECORD_BYTES = 64 << 20  # a file that comes out of a database is held in memory whole
_HEAD_BYTES = 1 << 16
_MAGIC = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", ".jp2"),
    (b"{\\rtf", ".rtf"),
    (b"ID3", ".mp3"),
    (b"PAR1", ".parquet"),
    (b"\x1f\x8b", ".gz"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".ole"),
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
_TEXTS = frozenset({".txt", ".csv", ".tsv", ".json", ".xml", ".md", ".eml", ".yaml", ".log"})
_OLE = frozenset({".doc", ".xls", ".ppt", ".msg"})
_SAME = {".jpeg": ".jpg", ".tiff": ".tif", ".text": ".txt", ".dat": ".bin"}
_OFFICE = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}
_OPEN_DOCUMENT = {b"text": ".odt", b"spreadsheet": ".ods", b"presentation": ".odp"}
_ZIPS = frozenset({".zip", *_OFFICE.values(), *_OPEN_DOCUMENT.values()})
_KNOWN = frozenset({suffix for _, suffix in _MAGIC} - {".ole"}) | _OLE | _ZIPS | {
    ".webp", ".wav", ".heic", ".mp4", ".m4a",
}  # fmt: skip
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def attach_file(path: Path, ref: str) -> Attachment:
    """Return a file as an answer to ``ref``, after looking at what it is.

    Raises:
        Refusal: It is no plain file, is empty, runs when it is opened, or its ending says that
            it is something else.
    """
    with open_given(path, f"the answer to {ref}") as file:
        seen = state_of(file)
        suffix = _suffix(file, _ending(path.name), ref)
    return Attachment(source=path, suffix=suffix, seen=seen)


def attach_bytes(content: bytes, ref: str) -> Attachment:
    """Return a file that stands in a record as an answer to ``ref``; a picture without its words.

    Raises:
        Refusal: It is empty, too large to be held, runs when it is opened, or is a picture that
            says more than it shows, in a form from which that cannot be taken.
    """
    if len(content) > MAX_RECORD_BYTES:
        raise Refusal(
            f"a file out of a record must have at most {MAX_RECORD_BYTES} bytes: {len(content)}",
            code="attachment-too-large",
            todo="have the record's system write it to a file, and withhold the field here",
        )
    suffix = _suffix(io.BytesIO(content), "", ref)
    try:
        return Attachment(source=bare_picture(content, suffix), suffix=suffix)
    except ValueError as fault:
        raise _unusable(
            f"the picture for {ref} must hold nothing but the picture, and says where or how it "
            "was made",
            "have the record's system keep it as plain JPEG or PNG, or withhold the field",
        ) from fault


def _ending(name: str) -> str:
    # As a system reads it that ignores dots and blanks at the end; ``.exe`` alone is one, too.
    _, dot, ending = name.lower().rstrip(" .\t").rpartition(".")
    return f".{ending}" if dot else ""


def _suffix(file: BinaryIO, given: str, ref: str) -> str:
    head = file.read(_HEAD_BYTES)
    if not head:
        raise _unusable(f"the answer to {ref} is an empty file", "give the file that was meant")
    if given in _RUNNING or head.startswith(_RUNS) or _RUNS_TEXT.match(head):
        raise _runs(ref)
    found = _kind(file, head, ref)
    said = _SAME.get(given, given)
    if found == ".ole":
        if said in _OLE:
            return said
        found = ".bin"
    if found == ".txt" and said in _TEXTS:
        return said
    if said in _KNOWN | _TEXTS and said != found:
        raise _contradicts(ref, said, found)
    return found


def _kind(file: BinaryIO, head: bytes, ref: str) -> str:
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(file, ref)
    if head[:4] == b"RIFF":
        return {b"WEBP": ".webp", b"WAVE": ".wav"}.get(head[8:12], ".bin")
    if head[4:8] == b"ftyp":
        brands = {b"heic": ".heic", b"heix": ".heic", b"mif1": ".heic", b"M4A ": ".m4a"}
        return brands.get(head[8:12], ".mp4")
    return ".txt" if _is_text(head) else ".bin"


def _kind_of_zip(file: BinaryIO, ref: str) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:80] if names[:1] == ["mimetype"] else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as fault:
        raise _unusable(
            f"the answer to {ref} is a damaged archive", "give the file as its program saves it"
        ) from fault
    lower = [name.lower() for name in names]
    if (
        any(name.endswith("vbaproject.bin") or Path(name).suffix in _RUNNING for name in lower)
        or "meta-inf/manifest.mf" in lower
    ):
        raise _runs(ref)
    if kind.startswith(b"application/vnd.oasis.opendocument."):
        return _OPEN_DOCUMENT.get(kind.rpartition(b".")[2].strip(), ".zip")
    if "[content_types].xml" in lower:
        for start, suffix in _OFFICE.items():
            if any(name.startswith(start) for name in lower):
                return suffix
    return ".zip"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if _NOT_TEXT.search(head):
        return False
    # The last letter may be cut in two by where the look ended.
    for end in range(len(head), max(len(head) - 4, 0), -1):
        try:
            head[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


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
