"""The picture alone: what a camera or a program wrote around it was not asked for.

A photo may carry where and when it was taken, with what, a small picture of what was cut off, or a
second file behind its end. Who may have a photo may not have the address that its maker noted in
it. What is seen is kept bit for bit where the parts around it can be told apart; a TIFF, a GIF and
a JPEG 2000 are written anew from their points, since their makers' notes stand among them. Where a
picture was made see-through, most programs leave the colors that were there: those do not go along.

Source: ITU-T T.81 annex B (JPEG), PNG third edition sections 5 and 11, RFC 9649 (WebP), ITU-T T.800
annex I (JP2), Exif 2.32 (the turn of a photo is tag 0x0112).
"""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from PIL import Image, ImageOps, ImageSequence

_SCAN_ENDS = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PNG_KEPT = frozenset(
    (
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
        b"cICP", b"bKGD", b"pHYs",
    )
)  # fmt: skip
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"))
_WEBP_DROPPED = 0x0E  # the flags for Exif, XMP and a moving picture
_WAVE_KEPT = frozenset((b"fmt ", b"fact", b"data"))
_JP2_KEPT = frozenset((b"jP  ", b"ftyp", b"jp2h", b"jp2c"))
_TURNED = range(2, 9)
_CLEAR = 8  # of 256: what is more see-through than this is seen by nobody
_MAX_POINTS = 200_000_000  # a sheet of A3 scanned at 1200 points an inch is half a page more


def bare_picture(content: bytes, suffix: str) -> tuple[bytes, str]:
    """Return a picture or a recording without what its makers wrote around it, and its ending.

    Raises:
        ValueError: It is damaged, or of a kind in which the picture cannot be told apart.
    """
    try:
        return _FORMS[suffix](content)
    except (IndexError, KeyError, struct.error, zlib.error, OSError, SyntaxError) as fault:
        raise ValueError("not a whole picture") from fault


def bare_jpeg(content: bytes) -> bytes:
    """Return a JPEG without its words; only the turn, by which it is seen upright, stays.

    Raises:
        ValueError, IndexError: It is damaged.
    """
    return b"".join(_jpeg(content))


def bare_jp2(content: bytes) -> bytes:
    """Return a JPEG 2000 without the boxes that hold words.

    Raises:
        ValueError: It is damaged.
    """
    if content.startswith(b"\xff\x4f\xff\x51"):  # a bare code stream has no boxes
        return content
    kept, at = [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big") or len(content) - at
        box = content[at : at + size]
        if not 8 <= size == len(box):
            raise ValueError("cut short")
        if box[4:8] in _JP2_KEPT:
            kept.append(box)
        at += size
    return b"".join(kept)


def _jpeg(content: bytes) -> Iterator[bytes]:
    if content[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    yield content[:2] + _turn(content)
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


def _turn(content: bytes) -> bytes:
    """Return the one note that is seen: which way up the picture is."""
    try:
        with _opened(content, "JPEG") as picture:
            turn = picture.getexif().get(0x0112)
    except (OSError, ValueError, SyntaxError, struct.error):
        return b""
    if not isinstance(turn, int) or turn not in _TURNED:
        return b""
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0" % turn
    return b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif


def _jpeg_kept(marker: int, segment: bytes) -> bytes:
    if marker == 0xE0 and segment[2:7] == b"JFIF\0":
        # Without the small picture, which may show what was cut off the large one.
        return b"\xff\xe0\x00\x10" + segment[2:14].ljust(12, b"\0") + b"\0\0"
    colors = (marker == 0xE2 and segment[2:14] == b"ICC_PROFILE\0") or (
        marker == 0xEE and segment[2:7] == b"Adobe"
    )
    words = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return b"\xff" + bytes([marker]) + segment if colors or not words else b""


def _png(content: bytes) -> bytes:
    kept, points, at, kind = [content[:8]], [], 8, b""
    while kind != b"IEND":
        kind = content[at + 4 : at + 8]
        whole = content[at : at + 12 + int.from_bytes(content[at : at + 4], "big")]
        if len(whole) < 12 or len(whole) != 12 + int.from_bytes(whole[:4], "big"):
            raise ValueError("cut short")
        if kind in _PNG_KEPT:
            kept.append(whole)
        if kind == b"IDAT":
            points.append(whole[8:-4])
        at += len(whole)
    _check_stream(points)
    return b"".join(kept)


def _check_stream(points: list[bytes]) -> None:
    """Refuse what lies behind the points: some programs leave there what was cut off."""
    stream = zlib.decompressobj()
    for piece in points:
        while piece and not stream.eof:
            stream.decompress(piece, 1 << 20)
            piece = stream.unconsumed_tail
        if stream.eof and stream.unused_data + piece.removeprefix(stream.unused_data):
            raise ValueError("more than the picture")
    if not stream.eof:
        raise ValueError("cut short")


def _riff(content: bytes, kept: frozenset[bytes]) -> bytes:
    held, at = [], 12
    end = 8 + int.from_bytes(content[4:8], "little")
    if not 12 <= end <= len(content):
        raise ValueError("cut short")
    while at < end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        whole = content[at : at + 8 + size + size % 2]
        if len(whole) < 8 + size:
            raise ValueError("cut short")
        if whole[:4] == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~_WEBP_DROPPED]) + whole[9:]
        if whole[:4] in kept:
            held.append(whole)
        at += len(whole)
    if not held:
        raise ValueError("nothing in it")
    body = content[8:12] + b"".join(held)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@contextmanager
def _opened(content: bytes, kind: str) -> Iterator[Image.Image]:
    """Open a picture of one kind; what the library only warns of is judged by us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=[kind]) as picture:
                yield picture
        except Image.DecompressionBombError as fault:
            raise ValueError("too many points") from fault


def _written_anew(content: bytes, kind: str) -> list[Image.Image]:
    """Return the pages of a picture as points alone, the way up in which they are seen."""
    pages = []
    with _opened(content, kind) as picture:
        points = 0
        for each in ImageSequence.Iterator(picture):
            points += each.width * each.height
            if points > _MAX_POINTS:
                raise ValueError("too large")
            page = _without_unseen(ImageOps.exif_transpose(each))
            bare = Image.frombytes(page.mode, page.size, page.tobytes())
            if page.mode == "P" and page.palette:
                bare.putpalette(page.palette.getdata()[1], page.palette.mode)
            kept = {"dpi", "transparency"} & set(page.info)  # how large, and what is seen through
            bare.info = {str(key): page.info[key] for key in kept}
            pages.append(bare)
    return pages


def _without_unseen(picture: Image.Image) -> Image.Image:
    """Return a picture without the colors of its see-through points, if it has any that differ."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    points = picture.convert("RGBA")
    clear = points.getchannel("A").point([255 * (shade < _CLEAR) for shade in range(256)])
    # How many shades of red, green and blue there are where nothing is seen.
    shades = points.convert("RGB").histogram(clear)
    if all(sum(map(bool, shades[at : at + 256])) < 2 for at in range(0, 768, 256)):
        return picture
    points.paste((0, 0, 0, 0), mask=clear)
    points.info = dict(picture.info)
    points.info.pop("transparency", None)
    return points


def _seen_alone(content: bytes, suffix: str, kind: str) -> tuple[bytes, str]:
    """Return a picture as it is, or as PNG where points that are not seen had to be taken out."""
    with _opened(content, kind) as picture:
        if picture.width * picture.height > _MAX_POINTS:
            raise ValueError("too large")
        if not picture.has_transparency_data:
            return content, suffix
        seen = _without_unseen(picture)
        if seen is picture:
            return content, suffix
        out = io.BytesIO()
        kept = {key: seen.info.get(key) for key in ("dpi", "icc_profile")}
        bare = Image.frombytes(seen.mode, seen.size, seen.tobytes())
        bare.save(out, "PNG", **{key: value for key, value in kept.items() if value})
        return out.getvalue(), ".png"


def _tiff(content: bytes) -> tuple[bytes, str]:
    first, *others = _written_anew(content, "TIFF")
    out = io.BytesIO()
    packed = "group4" if {page.mode for page in (first, *others)} == {"1"} else "tiff_adobe_deflate"
    dots = first.info.get("dpi", (0, 0))
    first.save(out, "TIFF", compression=packed, save_all=True, append_images=others, dpi=dots)
    return out.getvalue(), ".tif"


def _as_png(kind: str) -> Callable[[bytes], tuple[bytes, str]]:
    def written(content: bytes) -> tuple[bytes, str]:
        pages = _written_anew(content, kind)
        if len(pages) != 1:
            raise ValueError("a moving picture")
        out = io.BytesIO()
        pages[0].save(out, "PNG")
        return out.getvalue(), ".png"

    return written


_FORMS: Mapping[str, Callable[[bytes], tuple[bytes, str]]] = {
    ".jpg": lambda content: (bare_jpeg(content), ".jpg"),
    ".png": lambda content: _seen_alone(_png(content), ".png", "PNG"),
    ".webp": lambda content: _seen_alone(_riff(content, _WEBP_KEPT), ".webp", "WEBP"),
    ".wav": lambda content: (_riff(content, _WAVE_KEPT), ".wav"),
    ".tif": _tiff,
    ".gif": _as_png("GIF"),
    ".jp2": _as_png("JPEG2000"),
}
