"""Pictures that a page holds and does not show whole: under a bar, cut by a frame, off the sheet.

Most papers come as scans. Whoever blackens a scan by drawing over it, or cuts a picture in a letter
down to the part that is meant, leaves all of it in the file. So each picture is held against what
the page shows in its place: where the picture has ink and the page one shade, something is hidden.
A stamp, a line or a word over a scan hides nothing by this measure: around it the page has ink.

Source: ISO 32000-1:2008, 8.9 (a picture is a square of one by one that its matrix lays out).
"""

import math
from collections.abc import Sequence
from ctypes import byref, c_int

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

Shades = NDArray[np.uint8]
Cells = NDArray[np.float64]
_Point = tuple[float, float]

_SAME_SHADE, _SAME_DARK = 8, 32  # of 256: less is seen by nobody, and of the dark less again
_DARK = 64
# How wide a cell is in points of the drawing, by how much its shades must differ to be ink, and how
# many of them are more than a speck. A letter of a scan has several small ones, in which by less
# paper differs from place to place; of a photo that is cut off a wide one tells, for it is smooth.
_CELLS = ((6.0, 64, 3), (48.0, 128, 1))
_AROUND = 2  # points of the drawing: by how much a picture may lie beside its computed place
_SQUARE = 4  # points of the drawing: around the middle of a cell it never leaves its place
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
    sheet, clear = _sheet(page, shades.shape[1], shades.shape[0]), _clear(shades)
    hidden = dict.fromkeys(_CELLS, 0)
    for picture in page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_MAX_DEPTH):
        corner, across, down = _laid_out(picture, sheet)
        width, height = math.hypot(*across), math.hypot(*down)
        columns, rows = picture.get_px_size()
        if max(columns / max(width, 1), rows / max(height, 1)) > _TOO_FINE:
            return True  # a sheet drawn as a dot is there to be enlarged by whoever knows of it
        if columns * rows > _MAX_POINTS:
            raise ValueError("too large")
        bare = _bare(picture, width, height)
        for kind in _CELLS:
            cells = _inked(bare, kind[0] / max(width, 1), kind[0] / max(height, 1), kind[1])
            for xs, ys in _in_doubt(cells, clear, corner, across, down):
                place = shades[_around(ys), _around(xs)]
                hidden[kind] += is_of_one_shade(place)
                if hidden[kind] >= kind[2]:
                    return True
    return False


def is_of_one_shade(place: Shades) -> bool:
    """Whether nothing can be seen in a place of the drawing, or it is none.

    A marker that is not quite black leaves a little of what was marked, which nobody sees and any
    program for photos brings back.
    """
    if not place.size:
        return True
    light, dark = int(place.max()), int(place.min())
    return light - dark < (_SAME_DARK if light < _DARK else _SAME_SHADE)


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


def _inked(shades: Shades, width: float, height: float, ink: int) -> Cells:
    """Return the cells of a picture whose shades differ: from where to where, in parts of it."""
    row, column = _step(shades.shape[0], height), _step(shades.shape[1], width)
    tops, lefts = range(0, shades.shape[0], row), range(0, shades.shape[1], column)
    light = np.maximum.reduceat(np.maximum.reduceat(shades, tops, axis=0), lefts, axis=1)
    dark = np.minimum.reduceat(np.minimum.reduceat(shades, tops, axis=0), lefts, axis=1)
    down, across = np.nonzero(light - dark >= ink)
    left, top = across * column, down * row
    right, under = (left + column).clip(max=shades.shape[1]), (top + row).clip(max=shades.shape[0])
    cells: Cells = np.stack([left, right, top, under]) / np.repeat(shades.shape[::-1], 2)[:, None]
    return cells


def _clear(shades: Shades) -> NDArray[np.bool_]:
    """Return for each small square of a drawing whether something is seen in it beyond doubt."""
    rows, columns = (length // _SQUARE for length in shades.shape)
    squares = shades[: rows * _SQUARE, : columns * _SQUARE]
    squares = squares.reshape(rows, _SQUARE, columns, _SQUARE)
    seen: NDArray[np.bool_] = squares.max(axis=(1, 3)) - squares.min(axis=(1, 3)) >= _SAME_DARK
    return seen


def _in_doubt(
    cells: Cells, clear: NDArray[np.bool_], corner: _Point, across: _Point, down: _Point
) -> list[tuple[list[float], list[float]]]:
    """Return where in the drawing the corners of cells are of which not even the middle is clear.

    Most have ink in the very middle, and there are thousands of cells on a page.
    """
    left, right, top, under = cells
    xs, ys = (
        np.stack([
            corner[at] + x * across[at] + y * down[at] for x in (left, right) for y in (top, under)
        ])
        for at in (0, 1)
    )  # fmt: skip
    row, column = ((each.mean(axis=0) // _SQUARE).astype(int) for each in (ys, xs))
    within = (row >= 0) & (row < clear.shape[0]) & (column >= 0) & (column < clear.shape[1])
    within[within] = clear[row[within], column[within]]
    return list(zip(xs[:, ~within].T.tolist(), ys[:, ~within].T.tolist(), strict=True))


def _step(points: int, part: float) -> int:
    # Two at least: a single point has one shade.
    return max(2, round(part * points))


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
