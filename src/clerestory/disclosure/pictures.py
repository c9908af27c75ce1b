"""The picture alone: what a camera or a program wrote around it was not asked for.

A photo may carry where and when it was taken, with what, a small picture of what was cut off, or a
second file behind its end. Who may have a photo may not have the address that its maker noted in
it. What is seen is kept bit for bit; only the parts around it are left out.

Source: ITU-T T.81 annex B (JPEG), PNG third edition sections 5 and 11, RFC 9649 (WebP), Exif 2.32.
"""

import re
from collections.abc import Callable, Iterator, Mapping

_SCAN_ENDS = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PNG_KEPT = frozenset(
    (
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
        b"cICP", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
    )
)  # fmt: skip
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_SAYS_MORE = 0x0C  # the flags for Exif and XMP
# How Exif, XMP and their place in a TIFF begin, in either order of bytes.
_MARKS = re.compile(
    rb"Exif\0\0|eXIf|http://ns\.adobe\.com/|<x:xmpmeta|\x25\x88\x04\0\x01\0\0\0|\x69\x87\x04\0\x01\0\0\0"
    rb"|\x88\x25\0\x04\0\0\0\x01|\x87\x69\0\x04\0\0\0\x01"
)
_PICTURES = frozenset({".jpg", ".png", ".webp", ".tif", ".heic", ".jp2", ".gif"})


def bare_picture(content: bytes, suffix: str) -> bytes:
    """Return a picture without what its makers wrote around it; any other file unchanged.

    Raises:
        ValueError: It holds such words in a form in which they cannot be taken out.
    """
    if suffix not in _PICTURES:
        return content
    strip = _FORMS.get(suffix)
    if strip is not None:
        try:
            return b"".join(strip(content))
        except (ValueError, IndexError):
            pass  # damaged, or of a kind that is not known here: then nothing may be told in it
    if _MARKS.search(content):
        raise ValueError("words about the picture that cannot be taken out")
    return content


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        while content[at] == 0xFF:
            at += 1
        marker, at = content[at], at + 1
        if marker == 0xD9:  # the end; a second file may lie behind it
            yield b"\xff\xd9"
            return
        length = int.from_bytes(content[at : at + 2], "big")
        segment = content[at : at + length]
        if length < 2 or len(segment) != length:
            raise ValueError("cut short")
        yield _jpeg_kept(marker, segment)
        at += length
        if marker == 0xDA:
            end = _SCAN_ENDS.search(content, at)
            if end is None:
                raise ValueError("cut short")
            yield content[at : end.start()]
            at = end.start()


def _jpeg_kept(marker: int, segment: bytes) -> bytes:
    if marker == 0xE0 and segment[2:7] == b"JFIF\0":
        # Without the small picture, which may show what was cut off the large one.
        return b"\xff\xe0\x00\x10" + segment[2:14].ljust(12, b"\0") + b"\0\0"
    colors = (marker == 0xE2 and segment[2:14] == b"ICC_PROFILE\0") or (
        marker == 0xEE and segment[2:7] == b"Adobe"
    )
    words = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return b"\xff" + bytes([marker]) + segment if colors or not words else b""


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:8]
    at, kind = 8, b""
    while kind != b"IEND":
        kind = content[at + 4 : at + 8]
        whole = content[at : at + 12 + int.from_bytes(content[at : at + 4], "big")]
        if len(whole) < 12 or len(whole) != 12 + int.from_bytes(whole[:4], "big"):
            raise ValueError("cut short")
        if kind in _PNG_KEPT:
            yield whole
        at += len(whole)


def _webp(content: bytes) -> Iterator[bytes]:
    kept, at = [], 12
    end = 8 + int.from_bytes(content[4:8], "little")
    if not 12 <= end <= len(content):
        raise ValueError("cut short")
    while at < end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        whole = content[at : at + 8 + size + size % 2]
        if len(whole) < 8 + size:
            raise ValueError("cut short")
        if whole[:4] == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~_WEBP_SAYS_MORE]) + whole[9:]
        if whole[:4] in _WEBP_KEPT:
            kept.append(whole)
        at += len(whole)
    body = b"WEBP" + b"".join(kept)
    yield b"RIFF" + len(body).to_bytes(4, "little") + body


_FORMS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    ".jpg": _jpeg,
    ".png": _png,
    ".webp": _webp,
}
