"""Pictures that a page holds and does not show whole: under a bar, cut by a frame, off the sheet.

Most papers come as scans. Whoever blackens a scan by drawing over it, or cuts a picture in a letter
down to the part that is meant, leaves all of it in the file. So each picture is held against what
the page shows in its place: where the picture has ink and the page one shade, something is hidden.
A stamp, a line or a word over a scan hides nothing by this measure: around it the page has ink.

Source: ISO 32000-1:2008, 8.9 (a picture is a square of one by one that its matrix lays out).
"""

import math
from collections.abc import Iterator, Sequence
from ctypes import byref, c_int

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

Shades = NDArray[np.uint8]
_Point = tuple[float, float]

SAME_SHADE = 8  # of 256: less is seen by nobody
_INK = 64  # of 256: by less a scan's paper, or how a photo is packed, differs from place to place
_CELL = 6.0  # points of the drawing: a letter of a scan has several such cells
_AROUND = 2  # points of the drawing: by how much a picture may lie beside its computed place
_ENOUGH = 3  # cells: fewer are a speck
_TOO_FINE = 50  # points of a picture in one of the drawing, of which an inch has 216
_MAX_POINTS = 200_000_000
_MAX_DEPTH = 100
_ROWS = 1 << 10
_FRACTIONS = 16  # the library tells places in whole points, so it is asked for a larger drawing


def hides_picture(page: pypdfium2.PdfPage, shades: Shades) -> bool:
    """Whether a picture of the page has ink where the drawn page, ``shades``, shows none.

    Raises:
        ValueError: A picture is too large to be looked at.
        PdfiumError: One cannot be drawn.
    """
    sheet, hidden = _sheet(page, shades.shape[1], shades.shape[0]), 0
    for picture in page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_MAX_DEPTH):
        corner, across, down = _laid_out(picture, sheet)
        columns, rows = picture.get_px_size()
        finest = max(columns / max(math.hypot(*across), 1), rows / max(math.hypot(*down), 1))
        if finest > _TOO_FINE:
            return True  # a sheet drawn as a dot is there to be enlarged by whoever knows of it
        if columns * rows > _MAX_POINTS:
            raise ValueError("too large")
        for xs, ys in _inked(picture, math.hypot(*across), math.hypot(*down)):
            place = shades[
                _around([corner[1] + x * across[1] + y * down[1] for x in xs for y in ys]),
                _around([corner[0] + x * across[0] + y * down[0] for x in xs for y in ys]),
            ]
            hidden += not place.size or int(place.max()) - int(place.min()) < SAME_SHADE
            if hidden >= _ENOUGH:
                return True
    return False


def _around(places: Sequence[float]) -> slice:
    first, last = math.floor(min(places)) - _AROUND, math.ceil(max(places)) + _AROUND
    return slice(max(first, 0), max(last, 0))


def _sheet(page: pypdfium2.PdfPage, width: int, height: int) -> pypdfium2.PdfMatrix:
    """Return the matrix from the page's own points to those of its drawing."""

    def at(x: float, y: float) -> _Point:
        right, under = c_int(), c_int()
        pdfium.FPDF_PageToDevice(
            page, 0, 0, width * _FRACTIONS, height * _FRACTIONS, 0, x, y, byref(right), byref(under)
        )
        return right.value / _FRACTIONS, under.value / _FRACTIONS

    far = 1000.0
    (e, f), (a, b), (c, d) = at(0, 0), at(far, 0), at(0, far)
    return pypdfium2.PdfMatrix((a - e) / far, (b - f) / far, (c - e) / far, (d - f) / far, e, f)


def _laid_out(
    picture: pypdfium2.PdfObject, sheet: pypdfium2.PdfMatrix
) -> tuple[_Point, _Point, _Point]:
    """Return in the drawing a picture's first corner, and the ways along its rows and columns."""
    matrix, form = picture.get_matrix(), picture.container
    while form is not None:
        matrix, form = matrix.multiply(form.get_matrix()), form.container
    a, b, c, d, e, f = matrix.multiply(sheet).get()
    # The first row of points is the upper one, and the square is measured from below.
    return (e + c, f + d), (a, b), (-c, -d)


def _inked(
    picture: pypdfium2.PdfImage, width: float, height: float
) -> Iterator[tuple[_Point, _Point]]:
    """Yield the cells of a picture that have more than one shade: from where to where, in parts."""
    shades = _bare(picture, width, height)
    row, column = _step(shades.shape[0], height), _step(shades.shape[1], width)
    tops, lefts = range(0, shades.shape[0], row), range(0, shades.shape[1], column)
    light = np.maximum.reduceat(np.maximum.reduceat(shades, tops, axis=0), lefts, axis=1)
    dark = np.minimum.reduceat(np.minimum.reduceat(shades, tops, axis=0), lefts, axis=1)
    for down, across in np.argwhere(light - dark >= _INK).tolist():
        yield _part(lefts[across], column, shades.shape[1]), _part(tops[down], row, shades.shape[0])


def _step(points: int, length: float) -> int:
    # Two at least: a single point has one shade.
    return max(2, round(_CELL * points / max(length, 1)))


def _part(first: int, step: int, points: int) -> _Point:
    return first / points, min(first + step, points) / points


def _bare(picture: pypdfium2.PdfImage, width: float, height: float) -> Shades:
    """Return a picture without mask and frame, no finer than it is drawn: dust is not seen."""
    points = picture.get_bitmap().to_numpy()
    across = min(math.ceil(points.shape[1] / max(width, 1)), points.shape[1])
    down = min(math.ceil(points.shape[0] / max(height, 1)), points.shape[0])
    rows = points.shape[0] - points.shape[0] % down
    # In stretches, since a scan has more points than should be held several times.
    stretches = (points[at : min(at + down * _ROWS, rows)] for at in range(0, rows, down * _ROWS))
    return np.concatenate([_mean(each, across, down) for each in stretches])


def _mean(points: Shades, across: int, down: int) -> Shades:
    if points.ndim == 3:  # blue, green and red, as light as the drawing in gray has them
        blue, green, red = (points[:, :, at].astype(np.uint16) for at in range(3))
        points = ((29 * blue + 150 * green + 77 * red) >> 8).astype(np.uint8)
    columns = points.shape[1] // across
    cells = points[:, : columns * across].reshape(-1, down, columns, across)
    mean: Shades = cells.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)
    return mean
