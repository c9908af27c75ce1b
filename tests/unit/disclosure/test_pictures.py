"""A photo that leaves is the picture, and nothing that its maker noted around it."""

import io
import struct
import zlib

import pytest
from PIL import Image

from clerestory.disclosure.attachments import attach_bytes
from clerestory.disclosure.pictures import bare_picture
from clerestory.kernel import Refusal
from disclosure_pdfs import picture

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


def moving(kind: str) -> bytes:
    out = io.BytesIO()
    pages = [Image.new("L", (9, 9), shade) for shade in (0, 99)]
    pages[0].save(out, kind, save_all=True, append_images=pages[1:])
    return out.getvalue()


def test_a_jpeg_leaves_without_its_words() -> None:
    told = (
        b"\xff\xd8" + segment(0xE0, JFIF + b"\x01\x0c" + SECRET + b"!") + segment(0xE1, EXIF)
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET) + segment(0xED, SECRET)
        + segment(0xFE, SECRET) + segment(0xE2, b"MPF\0" + SECRET) + ICC + b"\xff\xff" + TABLES[1:]
        + SCAN + segment(0xFE, SECRET) + SCAN + END + b"\0\0ftypmp42" + SECRET
    )  # fmt: skip

    assert bare_picture(told, ".jpg") == (JPEG, ".jpg")
    assert bare_picture(JPEG, ".jpg") == (JPEG, ".jpg")
    assert attach_bytes(told, "S1.photo").source == JPEG


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


MAGIC = b"\x89PNG\r\n\x1a\n"
HEAD = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\x7f"))
PNG = MAGIC + HEAD + chunk(b"gAMA", b"\0\0\xb1\x8f") + PIXELS + chunk(b"IEND", b"")


def test_a_png_leaves_without_its_words() -> None:
    kinds = b"tEXt zTXt iTXt eXIf tIME prVt sPLT acTL fcTL fdAT".split()
    words = b"".join(chunk(kind, SECRET) for kind in kinds)
    told = MAGIC + HEAD + words + PNG[len(MAGIC + HEAD) :] + SECRET

    assert bare_picture(told, ".png") == (PNG, ".png")
    assert bare_picture(PNG, ".png") == (PNG, ".png")
    assert attach_bytes(told, "S1.photo").source == PNG


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(held)) + held + bytes(len(held) % 2) for kind, held in parts
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def test_a_webp_leaves_without_its_words() -> None:
    points = (b"VP8 ", picture("WEBP", (1, 1))[20:])
    told = riff((b"VP8X", b"\x1c" + bytes(9)), points, (b"EXIF", EXIF), (b"XMP ", SECRET))

    bare = riff((b"VP8X", b"\x10" + bytes(9)), points)
    assert bare_picture(told + SECRET, ".webp") == (bare, ".webp")
    assert bare_picture(bare, ".webp") == (bare, ".webp")


@pytest.mark.parametrize(
    "content",
    [
        b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0",  # a TIFF without points
        b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a",
        b"GIF89a" + bytes(7) + b"!\xff\x0bXMP DataXMP<x:xmpmeta>" + SECRET,
        b"\0\0\0\x0cjP  \r\n\x87\n" + SECRET,
        moving("GIF"),
        b"RIFF\x10\0\0\0WEBP" + SECRET,  # cut short
        b"RIFF\x04\0\0\0WAVE",
        MAGIC,
        b"\xff\xd8\xff",
        MAGIC + HEAD + chunk(b"IDAT", zlib.compress(b"\0\x7f") + SECRET) + chunk(b"IEND", b""),
        MAGIC + HEAD + PIXELS + chunk(b"IDAT", SECRET) + chunk(b"IEND", b""),
        MAGIC + HEAD + chunk(b"IDAT", zlib.compress(b"\0\x7f")[:-4]) + chunk(b"IEND", b""),
        JPEG[:60] + segment(0xE1, EXIF),  # cut short
        MAGIC + HEAD + chunk(b"eXIf", EXIF),  # without an end
    ],
)
def test_a_picture_whose_words_cannot_be_taken_out_does_not_leave(content: bytes) -> None:
    with pytest.raises(Refusal, match="nothing but the picture") as caught:
        attach_bytes(content, "S1.photo")

    assert caught.value.code == "attachment-unusable"
    assert "plain JPEG, PNG or WAV" in caught.value.todo
    assert "7 Made-up" not in str(caught.value)


def test_a_picture_is_written_anew_from_its_points_and_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()
    made = Image.new("L", (3, 2))
    made.putdata(range(6))
    out = io.BytesIO()
    other = Image.new("L", (1, 1), 77)
    made.save(
        out, "TIFF", exif=exif, artist=SECRET.decode(), dpi=(300, 300), save_all=True,
        append_images=[other],
    )  # fmt: skip

    bare, suffix = bare_picture(out.getvalue(), ".tif")

    assert suffix == ".tif"
    assert SECRET in out.getvalue()
    assert SECRET not in bare
    with Image.open(io.BytesIO(bare)) as seen:
        assert getattr(seen, "n_frames", 0) == 2
        assert (seen.size, seen.info["dpi"]) == ((2, 3), (300, 300))
        assert seen.tobytes() == bytes([3, 0, 4, 1, 5, 2])
        seen.seek(1)
        assert seen.tobytes() == bytes([77])


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "CMYK", "P", "I;16"])
def test_every_point_of_a_scan_stays(mode: str) -> None:
    shades = Image.linear_gradient("L")
    made = shades.convert("I").convert(mode) if mode == "I;16" else shades.convert("RGB")
    made = made.convert(mode)
    out = io.BytesIO()
    made.save(out, "TIFF", description=SECRET.decode())

    bare, _ = bare_picture(out.getvalue(), ".tif")

    with Image.open(io.BytesIO(bare)) as seen:
        assert (seen.mode, seen.tobytes()) == (mode, made.tobytes())
    assert SECRET not in bare


@pytest.mark.parametrize(("kind", "suffix"), [("GIF", ".gif"), ("JPEG2000", ".jp2")])
def test_a_picture_of_an_old_kind_leaves_as_png(kind: str, suffix: str) -> None:
    told = picture(kind, comment=SECRET.decode())
    assert SECRET in told

    bare, named = bare_picture(told, suffix)

    assert named == ".png"
    assert SECRET not in bare
    with Image.open(io.BytesIO(bare)) as seen, Image.open(io.BytesIO(told)) as given:
        assert seen.convert("RGB").tobytes() == given.convert("RGB").tobytes()


def erased(mode: str, clear: int) -> Image.Image:
    """Return a picture whose left half was erased: see-through, with its colors still there."""
    made = Image.linear_gradient("L").rotate(90).resize((16, 16)).convert("RGB")
    alpha = Image.new("L", made.size, 255)
    alpha.paste(clear, (0, 0, 8, 16))
    made.putalpha(alpha)
    return made.convert(mode)


@pytest.mark.parametrize("clear", [0, 7])
@pytest.mark.parametrize(
    ("kind", "suffix", "mode", "how"),
    [("PNG", ".png", "RGBA", {}), ("PNG", ".png", "LA", {}),
     ("WEBP", ".webp", "RGBA", {"lossless": True, "exact": True}),
     ("TIFF", ".tif", "RGBA", {}), ("JPEG2000", ".jp2", "RGBA", {})],
)  # fmt: skip
def test_what_was_erased_from_a_picture_does_not_leave_under_it(
    kind: str, suffix: str, mode: str, how: dict[str, object], clear: int
) -> None:
    out = io.BytesIO()
    erased(mode, clear).save(out, kind, **how)

    bare, _ = bare_picture(out.getvalue(), suffix)

    with Image.open(io.BytesIO(bare)) as seen, Image.open(io.BytesIO(out.getvalue())) as given:
        left, right = (0, 0, 8, 16), (8, 0, 16, 16)
        assert seen.convert("RGBA").crop(left).getcolors() == [(128, (0, 0, 0, 0))]
        shown = [each.convert("RGBA").crop(right).tobytes() for each in (seen, given)]
        assert shown[0] == shown[1]


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("WEBP", ".webp")])
def test_a_see_through_picture_that_hides_nothing_stays_bit_for_bit(kind: str, suffix: str) -> None:
    made = erased("RGBA", 8)  # as much is seen
    out = io.BytesIO()
    made.save(out, kind, lossless=True, exact=True)

    assert bare_picture(out.getvalue(), suffix) == (out.getvalue(), suffix)


@pytest.mark.parametrize("turn", range(10))
def test_a_photo_stays_upright(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = turn, SECRET.decode()

    bare, _ = bare_picture(picture("JPEG", exif=exif), ".jpg")

    assert SECRET not in bare
    with Image.open(io.BytesIO(bare)) as seen:
        assert dict(seen.getexif()) == ({0x0112: turn} if 2 <= turn <= 8 else {})
    assert bare_picture(bare, ".jpg") == (bare, ".jpg")


def test_a_picture_too_large_to_look_at_does_not_leave() -> None:
    with pytest.raises(ValueError, match="too "):
        bare_picture(picture("GIF", size=(16_000, 16_000)), ".gif")


def test_a_recording_leaves_as_its_sound() -> None:
    def wave(*parts: tuple[bytes, bytes]) -> bytes:
        return riff(*parts).replace(b"WEBP", b"WAVE")

    sound = ((b"fmt ", bytes(16)), (b"data", b"made up"))

    told = wave((b"LIST", b"INFO" + SECRET), *sound, (b"bext", SECRET), (b"id3 ", SECRET))
    assert bare_picture(told + SECRET, ".wav") == (wave(*sound), ".wav")


def test_every_cut_of_a_picture_is_either_bare_or_refused() -> None:
    told = JPEG[:20] + segment(0xE1, EXIF) + JPEG[20:] + SECRET
    for end in range(2, len(told)):
        try:
            left, _ = bare_picture(told[:end], ".jpg")
        except ValueError:
            continue
        assert SECRET not in left
