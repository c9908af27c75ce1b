"""Whether a PDF can be read by a program that reads aloud: what of PDF/UA-1 a machine can check.

Source: ISO 14289-1:2014 and the Matterhorn Protocol 1.1, whose failure conditions are named in
brackets. What only a person can judge, such as whether an order makes sense, is not here.
"""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

_HEADINGS = {f"/H{n}": n for n in range(1, 7)}
_SHOWN = frozenset(
    {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh"}
)
_INSIDE = {
    "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TR": {"/TH", "/TD"},
    "/L": {"/LI", "/L", "/Caption"},
    "/LI": {"/Lbl", "/LBody"},
}


def faults(content: bytes) -> list[str]:
    """Return what is wrong with the tags of a PDF, nothing if all is well."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [*_document(pdf), *_structure(pdf), *_pages(pdf), *_fonts(pdf)]


def kinds_of(content: bytes) -> list[str]:
    """Return the kinds of the elements, in the order in which they are read."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [str(element.S).removeprefix("/") for element in _elements(pdf)]


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    with pdf.open_metadata(set_pikepdf_as_editor=False) as told:
        if told.get("pdfuaid:part") != "1":
            yield "it does not say that it is PDF/UA-1 [06-003]"
        if not str(told.get("dc:title", "")).strip():
            yield "it has no title [06-003]"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "its title is not shown [07-002]"
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "it is not marked as tagged [02-001]"
    if not str(root.get("/Lang", "")):
        yield "it has no language [11-006]"
    if "/StructTreeRoot" not in root:
        yield "it has no structure [01-005]"


def _children(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in listed if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    waiting = _children(pdf.Root.StructTreeRoot)
    while waiting:
        element = waiting.pop(0)
        yield element
        waiting = [*_children(element), *waiting]


def _structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    level = 0
    for element in _elements(pdf):
        kind = str(element.S)
        for child in _children(element):
            if kind in _INSIDE and str(child.S) not in _INSIDE[kind]:
                yield f"{child.S} stands in {kind} [09-004]"
        if kind in _HEADINGS:
            if _HEADINGS[kind] > level + 1:
                yield f"a heading of level {_HEADINGS[kind]} follows one of {level} [14-003]"
            level = _HEADINGS[kind]
        if kind == "/TH" and "/Scope" not in _attributes(element):
            yield "a head of a table says not of what [15-003]"
        if kind == "/Figure" and not str(element.get("/Alt", "")):
            yield "a picture says nothing [13-004]"
        if kind == "/Table":
            yield from _table(element)
    if level == 0:
        yield "it has no heading [14-001]"


def _attributes(element: Any) -> set[str]:
    held = element.get("/A", [])
    listed = list(held) if isinstance(held, pikepdf.Array) else [held]
    return {str(key) for one in listed if isinstance(one, pikepdf.Dictionary) for key in set(one)}


def _table(table: Any) -> Iterator[str]:
    rows = [
        row
        for part in _children(table)
        for row in ([part] if str(part.S) == "/TR" else _children(part))
    ]
    if len({len(_children(row)) for row in rows}) > 1:
        yield "the rows of a table differ in length [15-001]"
    if not any(str(cell.S) == "/TH" for row in rows for cell in _children(row)):
        yield "a table has no head [15-002]"


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        depth, marked = 0, 0
        for instruction in pikepdf.parse_content_stream(page):
            name, operands = str(instruction.operator), list(instruction.operands)
            if name in {"BDC", "BMC"}:
                depth += 1
                marked += _says_what(operands, page)
            elif name == "EMC":
                depth -= 1
            elif name in _SHOWN and depth == 0:
                yield f"page {number} shows what is neither tagged nor set apart [01-003]"
                break
        if not marked:
            yield f"page {number} shows nothing that is tagged [01-005]"
        if "/StructParents" not in page.obj:
            yield f"page {number} does not lead to its structure [01-005]"
        if page.get("/Annots") and page.obj.get("/Tabs") != "/S":
            yield f"page {number} has links in no order [28-008]"


def _says_what(operands: Any, page: pikepdf.Page) -> bool:
    """Whether a stretch is tagged; what is set apart, as a line or a page's number, is not."""
    if str(operands[0]) == "/Artifact" or len(operands) < 2:
        return False
    told = operands[1]
    if isinstance(told, pikepdf.Name):
        told = page.resources.Properties[told]
    return "/MCID" in told


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    seen = set()
    for page in pdf.pages:
        for font in page.resources.get("/Font", {}).values():
            if font.objgen in seen:
                continue
            seen.add(font.objgen)
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            held: Any = inner.get("/FontDescriptor", {})
            if not any(f"/FontFile{n}" in held for n in ("", "2", "3")):
                yield "a font is not in the file [31-009]"
            if "/ToUnicode" not in font:
                yield "letters of a font cannot be read back [31-027]"
