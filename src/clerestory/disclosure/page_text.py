"""Text that a page holds and does not show: under a bar, in the paper's color, beside the sheet.

Whoever blackens a name by drawing over it leaves the name in the file, for anybody to copy out. So
each page is drawn once, and each of its letters is looked for where it should stand: a place all of
one shade shows none. A letter that is laid over a scan so that it can be searched stands on ink.
"""

import math
import unicodedata
from collections.abc import Iterator
from ctypes import byref, c_double, c_int, c_uint

import pypdfium2
import pypdfium2.raw as pdfium

from clerestory.disclosure.page_pictures import Shades, hides_picture, is_of_one_shade

_SCALE = 3.0  # points of the picture for each point of the page, of which an inch has 72
_MAX_POINTS = 8_000_000
_INSET_FROM = 8  # points of the picture: of a box as large its rim is left out
_STROKES = frozenset("Il1i|\u0131\u0627\u4e00")  # letters that may fill their box with one shade
_NOWHERE = (0, 0, 0, 0)
_RUN = 2  # letters beside each other; a single one is a slip of who wrote the page


def what_is_not_seen(content: bytes) -> str | None:
    """Return what of a document is not seen, and on which page first, such as ``text on page 2``.

    Raises:
        ValueError: The document cannot be drawn.
    """
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            found = ((at, _hidden_on(page)) for at, page in enumerate(document, 1))
            return next((f"{what} on page {at}" for at, what in found if what), None)
        finally:
            document.close()
    except pypdfium2.PdfiumError as fault:
        raise ValueError("cannot be drawn") from fault


def _hidden_on(page: pypdfium2.PdfPage) -> str | None:
    width, height = page.get_size()
    scale = min(_SCALE, math.sqrt(_MAX_POINTS / max(width * height, 1.0)))
    drawn = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    shades: Shades = drawn.to_numpy()
    if _hides_text(page, shades):
        return "text"
    return "a part of a picture" if hides_picture(page, shades) else None


def _hides_text(page: pypdfium2.PdfPage, shades: Shades) -> bool:
    run = 0
    for letter, (left, top, right, bottom) in _letters(page, shades.shape[1], shades.shape[0]):
        # Without its rim, which a bar drawn just as large as the letter would share; a letter that
        # is one stroke is held against what stands around it.
        is_stroke = letter in _STROKES or not letter.isalnum()
        across = -1 if is_stroke else int(right - left >= _INSET_FROM)
        down = -1 if is_stroke else int(bottom - top >= _INSET_FROM)
        rows = slice(max(top + down, 0), max(bottom - down, 0))
        place = shades[rows, max(left + across, 0) : max(right - across, 0)]
        run = run + 1 if is_of_one_shade(place) else 0
        if run == _RUN:
            return True
    return False


def _is_painted(text: object) -> bool:
    """Say whether a word leaves a trace at all; over a scan the ink around it is not its own."""
    mode = pdfium.FPDFTextObj_GetTextRenderMode(text)
    if mode != pdfium.FPDF_TEXTRENDERMODE_FILL:
        return bool(mode != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
    red, green, blue, solid = c_uint(), c_uint(), c_uint(), c_uint()
    told = pdfium.FPDFPageObj_GetFillColor(
        text, byref(red), byref(green), byref(blue), byref(solid)
    )
    return not told or solid.value > 0


def _is_read(text: pypdfium2.PdfTextPage, at: int, letter: str) -> bool:
    """Say whether something can be read from a letter: not from a comma, nor from an empty place.

    A font need not say which letters it draws. Its digits may come as any sign whatever then.
    """
    if letter.isalnum():
        return True
    is_told = not pdfium.FPDFText_HasUnicodeMapError(text, at)
    if pdfium.FPDFText_IsGenerated(text, at) == 1 or (is_told and _is_bare(letter)):
        return False
    left, bottom, right, top = text.get_charbox(at)
    return bool(right > left and top > bottom)


def _is_bare(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PSZ"


def _letters(
    page: pypdfium2.PdfPage, width: int, height: int
) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Yield where in the picture each letter and digit of a page should be seen."""
    text = page.get_textpage()
    for at in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, at))
        if not _is_read(text, at, letter):
            continue
        if not _is_painted(pdfium.FPDFText_GetTextObject(text, at)):
            yield letter, _NOWHERE
            continue
        corners = text.get_charbox(at)
        xs, ys = [], []
        for x, y in (corners[:2], corners[2:]):
            across, down = c_int(), c_int()
            pdfium.FPDF_PageToDevice(
                page, 0, 0, width, height, 0, c_double(x), c_double(y), byref(across), byref(down)
            )
            xs.append(across.value)
            ys.append(down.value)
        yield letter, (min(xs), min(ys), max(xs) + 1, max(ys) + 1)
