"""A picture in a PDF leaves if the page shows all of it, and never what lies under a bar."""

from functools import cache

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from clerestory.disclosure.attachments import attach_bytes
from clerestory.disclosure.documents import NotBare, bare_pdf
from clerestory.kernel import Refusal
from disclosure_pdfs import Array, Dictionary, Name, pdf

MARKERS = Dictionary(Dense=Dictionary(ca=0.9), Thin=Dictionary(ca=0.6))
DENSE, THIN = (b"q /%s gs 0 g 15 45 100 30 re f Q" % kind for kind in (b"Dense", b"Thin"))
WHOLE = b"q 200 0 0 100 0 0 cm /Im Do Q "
PART = "holds a part of a picture on page 1 that is not seen"


def scan(size: tuple[int, int] = (600, 300)) -> Image.Image:
    """Return a page of made-up writing as a scanner makes it: paper that is not quite white."""
    page = Image.new("L", (600, 300), 250)
    for line in range(20, 260, 40):
        ImageDraw.Draw(page).text((30, line), "Made-up 7 Lane", 20, ImageFont.load_default(28))
    return page.resize(size)


def scanned(
    steps: bytes,
    page: Image.Image | None = None,
    *,
    mask: Image.Image | None = None,
    within: bool = False,
    **keys: object,
) -> bytes:
    page = page or scan()

    def spoil(made: pikepdf.Pdf) -> None:
        picture = made.make_stream(page.tobytes())
        picture.Type, picture.Subtype = Name.XObject, Name.Image
        picture.Width, picture.Height = page.size
        picture.ColorSpace = {"RGB": Name.DeviceRGB}.get(page.mode, Name.DeviceGray)
        picture.BitsPerComponent = 1 if page.mode == "1" else 8
        if mask is not None:
            picture.SMask = made.make_stream(
                mask.tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=mask.width,
                Height=mask.height, ColorSpace=Name.DeviceGray, BitsPerComponent=8,
            )  # fmt: skip
        parts = Dictionary(XObject=Dictionary(Im=picture))
        if within:
            form = made.make_stream(b"q .5 0 0 .5 0 0 cm /Im Do Q")
            form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
            form.Matrix, form.Resources = Array([2, 0, 0, 2, 0, 0]), parts
            parts = Dictionary(XObject=Dictionary(Im=made.make_indirect(form)))
        made.pages[0].Resources = parts
        parts.ExtGState = MARKERS
        made.pages[0].Contents = made.make_stream(steps)
        for key, value in keys.items():
            made.pages[0].obj[f"/{key}"] = value

    return pdf(spoil)


def smooth() -> Image.Image:
    """Return a photo of nothing, in which neighbors differ little and the whole a lot."""
    squares = bytes(255 * ((x + y) % 2) for y in range(6) for x in range(12))
    return Image.frombytes("L", (12, 6), squares).resize((600, 300), Image.Resampling.BICUBIC)


def half() -> Image.Image:
    mask = Image.new("L", (600, 300), 255)
    mask.paste(0, (0, 0, 600, 100))
    return mask


@cache
def hiding() -> list[bytes]:
    bar = b"0 g 20 60 50 15 re f"
    return [
        scanned(WHOLE + bar),
        scanned(WHOLE + b"1 g 20 60 50 15 re f"),  # painted over with the paper's color
        scanned(WHOLE + b"0.5 0 0 rg 20 60 50 15 re f"),
        scanned(WHOLE + b"0 g 10 76 7 14 re f"),  # one letter
        scanned(WHOLE + bar, Rotate=90),
        scanned(WHOLE + bar, within=True),
        scanned(WHOLE + bar, scan().convert("RGB")),
        scanned(WHOLE + bar, scan().point(lambda shade: 255 * (shade > 128), "1")),
        scanned(WHOLE + bar, scan((1800, 900))),
        scanned(WHOLE + bar, scan((300, 150))),
        scanned(b"q 200 0 0 -100 0 100 cm /Im Do Q " + bar),  # upside down
        scanned(b"q 0 0 200 40 re W n " + WHOLE + b"Q"),  # cut by a frame
        scanned(WHOLE, MediaBox=Array([0, 0, 200, 50])),  # cut by the sheet
        scanned(b"q 200 0 0 100 150 0 cm /Im Do Q"),
        scanned(WHOLE, mask=half()),
        scanned(b"q 2 0 0 1 50 50 cm /Im Do Q"),  # a sheet as a dot
        scanned(b"q 0 0 150 100 re W n " + WHOLE + b"Q", smooth()),
        scanned(WHOLE + b"0 g 60 20 70 60 re f", smooth()),
        scanned(WHOLE + DENSE),  # a marker that is not quite black
    ]


@pytest.mark.parametrize("at", range(19))
def test_a_picture_of_which_a_part_is_not_seen_does_not_leave(at: int) -> None:
    with pytest.raises(NotBare, match=PART) as caught:
        bare_pdf(hiding()[at])
    assert "as pictures" in caught.value.todo


def test_whoever_holds_such_a_paper_is_told_what_to_make_of_it() -> None:
    with pytest.raises(Refusal) as caught:
        attach_bytes(hiding()[0], "S1.scan")
    assert caught.value.code == "attachment-unusable"
    assert "save the pages as pictures" in caught.value.todo


@pytest.mark.parametrize(
    "shown",
    [
        scanned(WHOLE),
        scanned(WHOLE, Rotate=270),
        scanned(WHOLE, within=True),
        scanned(WHOLE, scan((1800, 900))),
        scanned(WHOLE, scan((300, 150))),
        scanned(WHOLE, scan((1801, 907)).convert("RGB")),
        scanned(b"q 120 30 -30 60 50 5 cm /Im Do Q"),
        scanned(b"q 0 0 200 100 re W n " + WHOLE + b"Q"),
        scanned(WHOLE, mask=Image.new("L", (600, 300), 255)),
        scanned(WHOLE + b"0 g 150 10 45 85 re f"),  # a bar where nothing is written
        scanned(WHOLE + THIN),
        scanned(WHOLE + b"1 0 0 RG 2 w 10 60 100 20 re S"),  # a frame around a word
        scanned(b"q 200 0 0 100 7 5 cm /Im Do Q", MediaBox=Array([7, 5, 207, 105])),
        scanned(WHOLE, Image.effect_noise((1200, 600), 90)),
        scanned(WHOLE, Image.linear_gradient("L")),
        scanned(WHOLE, smooth()),
        scanned(b"q 200 0 0 .2 0 50 cm /Im Do Q", Image.new("L", (600, 1), 0)),  # a line
    ],
)
def test_a_picture_that_is_seen_whole_leaves(shown: bytes) -> None:
    assert bare_pdf(shown)


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize(("side", "leaves"), [(64, True), (65, False)])
def test_a_picture_that_fills_a_place_as_a_pattern_does_not_leave_but_a_hatching_does(
    side: int, leaves: bool, within: bool
) -> None:
    def spoil(made: pikepdf.Pdf) -> None:
        page = scan((side, 64))
        picture = made.make_stream(
            page.tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=side, Height=64,
            ColorSpace=Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
        parts = Dictionary(XObject=Dictionary(Im=picture))
        if within:
            form = made.make_stream(b"/Im Do", Type=Name.XObject, Subtype=Name.Form)
            form.BBox, form.Resources = Array([0, 0, 1, 1]), parts
            parts = Dictionary(XObject=Dictionary(Im=made.make_indirect(form)))
        pattern = made.make_stream(
            b"q 64 0 0 64 0 0 cm /Im Do Q", Type=Name.Pattern, PatternType=1, PaintType=1,
            TilingType=1, BBox=Array([0, 0, 64, 64]), XStep=64, YStep=64, Resources=parts,
        )  # fmt: skip
        made.pages[0].Resources = Dictionary(Pattern=Dictionary(P=made.make_indirect(pattern)))
        made.pages[0].Contents = made.make_stream(b"/Pattern cs /P scn 10 10 30 30 re f")

    if leaves:
        assert bare_pdf(pdf(spoil))
        return
    with pytest.raises(NotBare, match="fills a place with a part of a picture") as caught:
        bare_pdf(pdf(spoil))
    assert "as pictures" in caught.value.todo


def unnamed(codes: bytes, bar: bytes) -> bytes:
    """Return a PDF whose font draws letters and does not say which they are."""

    def spoil(made: pikepdf.Pdf) -> None:
        stroke = made.make_stream(b"600 0 0 0 500 700 d1 0 0 100 700 re 0 300 500 100 re f")
        drawn = Dictionary({f"/g{code}": stroke for code in codes})
        names = [part for code in codes for part in (code, Name(f"/g{code}"))]
        made.pages[0].Resources.Font.F1 = Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 500, 700]),
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), CharProcs=drawn,
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array(names)),
            FirstChar=min(codes), LastChar=max(codes), Resources=Dictionary(),
            Widths=Array([600] * (max(codes) - min(codes) + 1)),
        )  # fmt: skip
        text = b"BT /F1 12 Tf 20 50 Td <%s> Tj ET " % codes.hex().encode()
        made.pages[0].Contents = made.make_stream(text + bar)

    return pdf(spoil)


@pytest.mark.parametrize("codes", [b"\x13\x14\x15", b"\x83\x84\x85", b"ABC"])
def test_letters_of_which_nobody_says_what_they_are_do_not_leave_under_a_bar(codes: bytes) -> None:
    assert bare_pdf(unnamed(codes, b""))

    with pytest.raises(NotBare, match="holds text on page 1 that is not seen"):
        bare_pdf(unnamed(codes, b"0 g 15 45 100 20 re f"))


@pytest.mark.parametrize(("marked", "leaves"), [(DENSE, False), (THIN, True)])
def test_letters_under_a_marker_that_lets_nobody_read_them_do_not_leave(
    marked: bytes, leaves: bool
) -> None:
    def spoil(made: pikepdf.Pdf) -> None:
        made.pages[0].Resources.ExtGState = MARKERS
        made.pages[0].Contents = made.make_stream(b"BT /F1 12 Tf 20 50 Td (Lane) Tj ET " + marked)

    if leaves:
        assert bare_pdf(pdf(spoil))
        return
    with pytest.raises(NotBare, match="holds text on page 1 that is not seen"):
        bare_pdf(pdf(spoil))
