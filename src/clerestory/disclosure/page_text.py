"""Text that a page holds and does not show: under a bar, in the paper's color, beside the sheet.

Whoever blackens a name by drawing over it leaves the name in the file, for anybody to copy out. So
each page is drawn once, and each of its letters is looked for where it should stand: a place all of
one shade shows none. A letter that is laid over a scan so that it can be searched stands on ink.
"""

import math
from collections.abc import Iterator
from ctypes import byref, c_double, c_int, c_uint

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

_SCALE = 3.0  # points of the picture for each point of the page, of which an inch has 72
_MAX_POINTS = 8_000_000
_SAME_SHADE = 8  # of 256: less is seen by nobody
_INSET_FROM = 8  # points of the picture: of a box as large its rim is left out
_STROKES = frozenset("Il1i|\u0131\u0627\u4e00")  # letters that may fill their box with one shade
_NOWHERE = (0, 0, 0, 0)
_RUN = 2  # letters beside each other; a single one is a slip of who wrote the page


def page_that_hides(content: bytes) -> int:
    """Return the number of the first page that holds text which it does not show; 0: none.

    Raises:
        ValueError: The document cannot be drawn.
    """
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            return next((at for at, page in enumerate(document, 1) if _hides(page)), 0)
        finally:
            document.close()
    except pypdfium2.PdfiumError as fault:
        raise ValueError("cannot be drawn") from fault


def _hides(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    scale = min(_SCALE, math.sqrt(_MAX_POINTS / max(width * height, 1.0)))
    drawn = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    shades: NDArray[np.uint8] = drawn.to_numpy()
    run = 0
    for letter, (left, top, right, bottom) in _letters(page, shades.shape[1], shades.shape[0]):
        # Without its rim, which a bar drawn just as large as the letter would share; a letter that
        # is one stroke is held against what stands around it.
        across = -1 if letter in _STROKES else int(right - left >= _INSET_FROM)
        down = -1 if letter in _STROKES else int(bottom - top >= _INSET_FROM)
        rows = slice(max(top + down, 0), max(bottom - down, 0))
        place = shades[rows, max(left + across, 0) : max(right - across, 0)]
        seen = place.size and int(place.max()) - int(place.min()) >= _SAME_SHADE
        run = 0 if seen else run + 1
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


def _letters(
    page: pypdfium2.PdfPage, width: int, height: int
) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Yield where in the picture each letter and digit of a page should be seen."""
    text = page.get_textpage()
    for at in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, at))
        if not letter.isalnum():
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
