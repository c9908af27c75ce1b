"""A PDF as its pages show it: nothing that runs, nothing that its makers or former states left.

A PDF is a drawer, not a sheet. It may hold a program, other files, an earlier state of itself,
layers and remarks that a viewer hides, and the names of those who wrote it. What runs, and what
one viewer shows and another does not, is refused: only a person can say what was meant. The rest
is left out by copying the pages alone, with the few parts of a page that its look needs.

Source: ISO 32000-1:2008, 7.7 (the parts of a document), 12.5 (annotations), 12.6 (actions), 8.11
(optional content), 14 (what is interchanged and never drawn).
"""

import io
import re
import zlib
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Name

from clerestory.disclosure.page_text import what_is_not_seen
from clerestory.disclosure.pictures import bare_jp2, bare_jpeg

# What a page looks like stands in these, and in nothing else that a page may hold.
_PAGE = frozenset(
    ("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents",
     "/UserUnit", "/Group")
)  # fmt: skip
_IMAGE = frozenset(
    ("/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent",
     "/ImageMask", "/Mask", "/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Matte",
     "/Filter", "/DecodeParms", "/Length")
)  # fmt: skip
_FORM = frozenset(
    ("/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/Filter",
     "/DecodeParms", "/Length")
)  # fmt: skip
# Anywhere else: remarks, small pictures, earlier tools' own notes, and text beside the drawing.
_NEVER_DRAWN = (
    "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AA", "/A", "/AF", "/OC", "/OPI",
    "/Properties", "/StructParent", "/StructParents", "/Alternates", "/Alt", "/ActualText", "/E",
)  # fmt: skip
_PICTURES = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jp2}
_MARKED = frozenset({"BMC", "BDC", "EMC", "MP", "DP"})
_SHOWN = frozenset({"Tj", "TJ", "'", '"'})  # a word of a text, ISO 32000-1 9.4.3
_FILLED, _UNSEEN = 0, 3  # how letters are painted, 9.3.6
_RUNNING = frozenset(
    ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie",
     "/Sound", "/RichMediaExecute", "/GoTo3DView", "/SetOCGState", "/Hide", "/ResetForm")
)  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2})?")
_MAX_PAGES = 5_000
_MAX_DEPTH = 100
_MAX_DRAWING, _MAX_DRAWN = 4 << 20, 64 << 20  # bytes of one page, of all; a page of text has 10 KB
_MAX_PACKED = 1 << 16
_MAX_TILE = 64 * 64  # points of a picture that is repeated: what a hatching has
_MARGIN = 1.0  # points: programs that write both boxes round them


_Step = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


_PRINT_ANEW = "open it, print it to PDF again, and look at what the new one shows"
_AS_PICTURES = (
    "save the pages as pictures (print them and scan them, say), so that what is blackened is "
    "gone, and make the PDF of those"
)
_IN_PARTS = "save it in parts of fewer pages, each an answer of its own"


class NotBare(ValueError):
    """Why a document cannot leave, in words that end ``the answer to S1.x is a PDF ...``.

    ``todo`` is what makes another of it that can.
    """

    def __init__(self, message: str, *, todo: str = _PRINT_ANEW) -> None:
        super().__init__(message)
        self.todo = todo


def bare_pdf(content: bytes) -> bytes:
    """Return a PDF with the same pages and nothing else; the same input gives the same bytes.

    Raises:
        NotBare: It is locked, damaged, does something, or shows less than it holds.
    """
    try:
        # Without mending: what a damaged file shows is a guess, and two programs guess differently.
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as given:
            _check_document(given)
            bare = _pages_alone(given)
        hidden = what_is_not_seen(bare)
    except pikepdf.PasswordError as fault:
        raise NotBare("is locked by a password") from fault
    except (pikepdf.PdfError, zlib.error, ValueError, TypeError, KeyError) as fault:
        if isinstance(fault, NotBare):
            raise
        raise NotBare("is damaged") from fault
    if hidden:
        raise NotBare(f"holds {hidden} that is not seen", todo=_AS_PICTURES)
    return bare


def _check_document(given: pikepdf.Pdf) -> None:
    root = given.Root
    names = root.get(Name.Names, pikepdf.Dictionary())
    if not 1 <= len(given.pages) <= _MAX_PAGES:
        raise NotBare(f"must have 1 to {_MAX_PAGES} pages: {len(given.pages)}")
    for part in given.objects:
        for each in _dictionaries(part):
            if _runs(each):
                raise NotBare("does something when it is opened")
    if Name.EmbeddedFiles in names or Name.AF in root or Name.Collection in root:
        raise NotBare("carries other files inside")
    if Name.OCProperties in root:
        raise NotBare("has layers that can be hidden")
    if Name.AcroForm in root and (
        Name.XFA in root.AcroForm or len(root.AcroForm.get(Name.Fields, ()))
    ):
        raise NotBare("is a form that can still be filled in")
    for page in given.pages:
        _check_cut(page)
        for remark in page.get(Name.Annots, ()):
            if remark.get(Name.Subtype) != Name.Link:
                raise NotBare("has remarks, fields or files laid over its pages")


def _check_cut(page: pikepdf.Page) -> None:
    left, bottom, right, top = _box(page.mediabox)
    shown = _box(page.cropbox)
    cut = (shown[0] - left, shown[1] - bottom, right - shown[2], top - shown[3])
    if max(cut) > _MARGIN:
        raise NotBare("shows only a part of a page, and holds the rest")


def _box(given: pikepdf.Array) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top; a box may be written from any two of its corners."""
    x, y, other_x, other_y = (float(edge) for edge in given)
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _dictionaries(value: object, depth: int = 0) -> Iterator[pikepdf.Object]:
    """Yield the dictionaries of one object, not following references to others."""
    if depth > _MAX_DEPTH:
        raise NotBare("is damaged")
    if not isinstance(value, pikepdf.Object):
        return
    if isinstance(value, pikepdf.Array):
        parts = list(value)
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        yield value
        parts = [value[key] for key in value.keys()]  # noqa: SIM118 (a stream is not iterable)
    else:
        return
    for part in parts:
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            yield from _dictionaries(part, depth + 1)


def _runs(value: pikepdf.Object) -> bool:
    kind = value.get(Name.S)
    return Name.JS in value or (isinstance(kind, pikepdf.Name) and str(kind) in _RUNNING)


def _pages_alone(given: pikepdf.Pdf) -> bytes:
    # A picture that no page draws any more is not what was looked at.
    given.remove_unreferenced_resources()
    bare = pikepdf.new()
    for page in given.pages:
        for key in set(page.obj.keys()) - _PAGE:
            del page[key]
        # Copied by its own, so that nothing comes along but what the page leads to.
        bare.pages.append(page)
    language = given.Root.get(Name.Lang)
    if isinstance(language, pikepdf.String) and _LANGUAGE.fullmatch(str(language)):
        bare.Root.Lang = language
    drawn = 0
    for page in bare.pages:
        if Name.Contents in page:
            drawn += _check_drawing(page.obj[Name.Contents])
            if drawn > _MAX_DRAWN:
                raise NotBare("draws more than can be looked through", todo=_IN_PARTS)
            page.Contents = bare.make_stream(_drawn(page))
    for part in bare.objects:
        for each in _dictionaries(part):
            _clean(each)
    if bare.get_warnings():
        raise NotBare("is damaged")  # of a drawing the library reads what it can, and goes on
    out = io.BytesIO()
    bare.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _check_drawing(value: pikepdf.Object) -> int:
    """Return how many bytes a drawing has; a small file may unpack to more than a machine holds."""
    streams = list(value) if isinstance(value, pikepdf.Array) else [value]
    left = _MAX_DRAWING
    for each in streams:
        if not isinstance(each, pikepdf.Stream):
            continue
        packed = each.read_raw_bytes()
        if each.get(Name.Filter) == Name.FlateDecode and Name.DecodeParms not in each:
            left -= len(zlib.decompressobj().decompress(packed, left + 1))
        else:
            small = Name.Filter not in each or len(packed) <= _MAX_PACKED
            left -= len(each.read_bytes()) if small else left + 1
        if left < 0:
            raise NotBare("draws more on a page than can be looked through", todo=_AS_PICTURES)
    return _MAX_DRAWING - left


def _drawn(value: pikepdf.Object | pikepdf.Page) -> bytes:
    """Return the drawing without what is noted between its steps."""
    steps = pikepdf.parse_content_stream(value)
    for step in steps:
        inline = step.iimage if isinstance(step, pikepdf.ContentStreamInlineImage) else None
        if inline is not None and "/DCT" in str(inline.filters):
            raise NotBare("holds a photo within its drawing")
    kept = [step for step in steps if str(step.operator) not in _MARKED]
    return pikepdf.unparse_content_stream(list(_painted(kept)))


def _painted(steps: Sequence[_Step]) -> Iterator[_Step]:
    """Yield the steps without texts that paint nothing: what a scanner read, laid over a scan.

    Nobody who looks at the page can hold such words against what is seen, and a bar that was drawn
    since does not cover them. A text of which some is painted stays whole: what is painted stands
    where the letters before it end.
    """
    modes = [_FILLED]
    text: list[tuple[_Step, str, int]] = []
    for step in steps:
        name = str(step.operator)
        if name == "q":
            modes.append(modes[-1])
        elif name == "Q" and len(modes) > 1:
            modes.pop()
        elif name == "Tr" and len(step.operands) == 1:
            modes[-1] = int(step.operands[0])
        if name != "BT" and not text:
            yield step
            continue
        text.append((step, name, modes[-1]))
        if name == "ET":
            # The last of the three ways to show a word sets what holds after this text, too.
            bare = all(mode == _UNSEEN and way != '"' for _, way, mode in text if way in _SHOWN)
            yield from (each for each, way, _ in text if not (bare and way in _SHOWN))
            text = []
    yield from (each for each, _, _ in text)


def _clean(value: pikepdf.Object) -> None:
    kept = None
    if isinstance(value, pikepdf.Stream):
        kind = value.get(Name.Subtype)
        if kind == Name.Image:
            kept = _IMAGE
            _clean_image(value)
        elif kind == Name.Form or value.get(Name.PatternType) == 1:
            if kind != Name.Form and _lays_out_picture(value):
                raise NotBare("fills a place with a part of a picture", todo=_AS_PICTURES)
            kept = _FORM if kind == Name.Form else None
            _check_drawing(value)
            value.write(_drawn(value))
    for key in list(value.keys()):
        if key in _NEVER_DRAWN if kept is None else key not in kept:
            del value[key]


def _lays_out_picture(pattern: pikepdf.Object, depth: int = 0) -> bool:
    """Whether a pattern, of which a page may show any part, holds more than a hatching."""
    if depth > _MAX_DEPTH:
        raise NotBare("is damaged")
    resources = pattern.get(Name.Resources, pikepdf.Dictionary())
    parts = resources.get(Name.XObject, pikepdf.Dictionary())
    for part in (parts[key] for key in parts.keys()):  # noqa: SIM118 (nor is this one)
        if part.get(Name.Subtype) == Name.Image:
            if int(part.Width) * int(part.Height) > _MAX_TILE:
                return True
        elif _lays_out_picture(part, depth + 1):
            return True
    return False


def _clean_image(value: pikepdf.Stream) -> None:
    found = value.get(Name.Filter)
    names = [str(each) for each in found] if isinstance(found, pikepdf.Array) else [str(found)]
    if len(names) > 1 and set(_PICTURES) & set(names):
        raise NotBare("holds a picture packed twice")
    strip = _PICTURES.get(names[0]) if names else None
    if strip is not None:
        parms = value.get(Name.DecodeParms)
        if not isinstance(parms, pikepdf.Dictionary):
            parms = None
        value.write(strip(value.read_raw_bytes()), filter=Name(names[0]), decode_parms=parms)
