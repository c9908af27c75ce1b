"""Small PDFs and pictures for tests, spoiled on purpose. All in them is made up."""

import io
import warnings
from collections.abc import Callable
from random import Random

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

SECRET = "7 Made-up Lane"
Spoil = Callable[[pikepdf.Pdf], None]


def pdf(spoil: Spoil | None = None, *, text: str = "shown", **how: object) -> bytes:
    """Return a PDF of one page that shows ``text``, changed by ``spoil`` before it is saved."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 100))
    page = made.pages[0]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F1=made.make_indirect(font)))
    page.Contents = made.make_stream(f"BT /F1 12 Tf 20 50 Td ({text}) Tj ET".encode())
    if spoil is not None:
        spoil(made)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a field without its form: that is the point
        made.save(out, deterministic_id=not how, compress_streams=False, **how)  # type: ignore[arg-type]
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (16, 9), **how: object) -> bytes:
    """Return a picture of ``kind``, by the library's name."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(out, kind, **how)
    return out.getvalue()


def noise() -> bytes:
    """Return a PNG of more than a megabyte, the same every time."""
    out = io.BytesIO()
    points = Random(1).randbytes(3 * 700 * 700)
    Image.frombytes("RGB", (700, 700), points).save(out, "PNG")
    return out.getvalue()


def action(kind: str, **more: object) -> Dictionary:
    """Return an action of ``kind``."""
    return Dictionary(Type=Name.Action, S=Name(f"/{kind}"), **more)  # type: ignore[arg-type]


def everything(content: bytes) -> bytes:
    """Return all that a PDF holds, unpacked: what a curious reader would search."""
    with pikepdf.open(io.BytesIO(content)) as made:
        parts = [made.trailer.unparse(resolved=True)]
        for each in made.objects:
            parts.append(each.unparse(resolved=True))
            if isinstance(each, pikepdf.Stream):
                parts.append(each.read_raw_bytes())
                if "/DCTDecode" not in str(each.get(Name.Filter)):
                    parts.append(each.read_bytes())
    return b"\n".join([content, *parts])


__all__ = [
    "SECRET",
    "Array",
    "Dictionary",
    "Name",
    "String",
    "action",
    "everything",
    "noise",
    "pdf",
    "picture",
]
