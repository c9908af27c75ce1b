"""A photo that leaves is the picture, and nothing that its maker noted around it."""

import struct
import zlib

import pytest

from clerestory.disclosure.attachments import attach_bytes
from clerestory.disclosure.pictures import bare_picture
from clerestory.kernel import Refusal

SECRET = b"44.3106 N 69.7795 W, 7 Made-up Lane"
EXIF = b"Exif\0\0II*\0" + SECRET


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


JFIF = b"JFIF\0\x01\x02\x00\x00\x01\x00\x01"
TABLES = segment(0xDB, b"\0" + bytes(64))
ICC = segment(0xE2, b"ICC_PROFILE\0" + b"\1\1made up")
SCAN = segment(0xDA, b"\1\1\0\0?\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
END = b"\xff\xd9"
JPEG = b"\xff\xd8" + segment(0xE0, JFIF + b"\0\0") + ICC + TABLES + SCAN + SCAN + END


def test_a_jpeg_leaves_without_its_words() -> None:
    told = (
        b"\xff\xd8" + segment(0xE0, JFIF + b"\x01\x0c" + SECRET + b"!") + segment(0xE1, EXIF)
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET) + segment(0xED, SECRET)
        + segment(0xFE, SECRET) + segment(0xE2, b"MPF\0" + SECRET) + ICC + b"\xff\xff" + TABLES[1:]
        + SCAN + segment(0xFE, SECRET) + SCAN + END + b"\0\0ftypmp42" + SECRET
    )  # fmt: skip

    assert bare_picture(told, ".jpg") == JPEG
    assert bare_picture(JPEG, ".jpg") == JPEG
    assert attach_bytes(told, "S1.photo").source == JPEG


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


MAGIC = b"\x89PNG\r\n\x1a\n"
HEAD = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\x7f"))
PNG = MAGIC + HEAD + chunk(b"gAMA", b"\0\0\xb1\x8f") + PIXELS + chunk(b"IEND", b"")


def test_a_png_leaves_without_its_words() -> None:
    words = b"".join(
        chunk(kind, SECRET) for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt")
    )
    told = MAGIC + HEAD + words + PNG[len(MAGIC + HEAD) :] + SECRET

    assert bare_picture(told, ".png") == PNG
    assert bare_picture(PNG, ".png") == PNG
    assert attach_bytes(told, "S1.photo").source == PNG


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(held)) + held + bytes(len(held) % 2) for kind, held in parts
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def test_a_webp_leaves_without_its_words() -> None:
    picture = (b"VP8 ", b"made up")
    told = riff((b"VP8X", b"\x1c" + bytes(9)), picture, (b"EXIF", EXIF), (b"XMP ", SECRET))

    bare = riff((b"VP8X", b"\x10" + bytes(9)), picture)
    assert bare_picture(told + SECRET, ".webp") == bare
    assert bare_picture(bare, ".webp") == bare


@pytest.mark.parametrize(
    "content",
    [
        b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0",  # a TIFF with a place
        b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a",  # a TIFF with Exif
        b"\0\0\0\x18ftypheic\0\0\0\0" + EXIF,
        b"GIF89a" + bytes(7) + b"!\xff\x0bXMP DataXMP<x:xmpmeta>" + SECRET,
        JPEG[:60] + segment(0xE1, EXIF),  # cut short
        MAGIC + HEAD + chunk(b"eXIf", EXIF),  # without an end
    ],
)
def test_a_picture_whose_words_cannot_be_taken_out_does_not_leave(content: bytes) -> None:
    with pytest.raises(Refusal, match="nothing but the picture") as caught:
        attach_bytes(content, "S1.photo")

    assert caught.value.code == "attachment-unusable"
    assert "plain JPEG or PNG" in caught.value.todo
    assert "7 Made-up" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [(MAGIC, ".png"), (b"\xff\xd8\xff", ".jpg"), (b"%PDF-1.7" + EXIF, ".pdf"), (b"x", ".bin")],
)
def test_what_holds_no_such_words_is_left_as_it_is(content: bytes, suffix: str) -> None:
    assert bare_picture(content, suffix) == content


def test_every_cut_of_a_picture_is_either_bare_or_refused() -> None:
    told = JPEG[:20] + segment(0xE1, EXIF) + JPEG[20:] + SECRET
    for end in range(2, len(told)):
        try:
            left = bare_picture(told[:end], ".jpg")
        except ValueError:
            continue
        assert SECRET not in left
