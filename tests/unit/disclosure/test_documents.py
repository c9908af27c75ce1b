"""A PDF leaves as its pages alone: nothing that runs, and nothing that is not looked at."""

import io
import zlib
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from clerestory.disclosure.attachments import attach_bytes
from clerestory.disclosure.documents import NotBare, bare_pdf
from clerestory.kernel import Refusal
from disclosure_pdfs import SECRET, Array, Dictionary, Name, String, action, everything, pdf

Spoil = Callable[[pikepdf.Pdf], None]


def anew(value: object) -> pikepdf.Object:
    """Return a copy that belongs to no document yet."""
    assert isinstance(value, pikepdf.Object)
    return pikepdf.Object.parse(value.unparse())


def in_root(**parts: object) -> Spoil:
    def spoil(made: pikepdf.Pdf) -> None:
        for key, value in parts.items():
            made.Root[f"/{key}"] = anew(value)

    return spoil


def on_page(**parts: object) -> Spoil:
    def spoil(made: pikepdf.Pdf) -> None:
        for key, value in parts.items():
            made.pages[0].obj[f"/{key}"] = value if isinstance(value, int) else anew(value)

    return spoil


def laid_over(kind: str, **more: object) -> Spoil:
    note = Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=Array([0, 0, 9, 9]), **more)  # type: ignore[arg-type]
    return on_page(Annots=Array([note]))


def named(tree: str) -> Spoil:
    return in_root(Names=Dictionary({f"/{tree}": Dictionary(Names=Array([]))}))


def hidden_in_an_object(made: pikepdf.Pdf) -> None:
    made.pages[0].obj["/Annots"] = Array(
        [
            made.make_indirect(
                Dictionary(
                    Subtype=Name.Link,
                    Rect=Array([0, 0, 9, 9]),
                    A=made.make_indirect(action("URI", Next=action("Launch", F=String("x.exe")))),
                )
            )
        ]
    )


RUNS = "does something when it is opened"
FILES = "carries other files inside"
LAID = "has remarks, fields or files laid over its pages"
FORM = "is a form that can still be filled in"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (in_root(OpenAction=action("JavaScript", JS=String("x()"))), RUNS),
        (in_root(OpenAction=action("Launch", F=String("x.exe"))), RUNS),
        (in_root(OpenAction=action("SubmitForm", F=String("x"))), RUNS),
        (in_root(OpenAction=action("GoToE", T=Dictionary())), RUNS),
        (in_root(OpenAction=action("ImportData", F=String("x"))), RUNS),
        (in_root(OpenAction=action("Rendition")), RUNS),
        (in_root(AA=Dictionary(WC=action("JavaScript", JS=String("x()")))), RUNS),
        (in_root(AA=Dictionary(WC=Dictionary(JS=String("x()")))), RUNS),
        (on_page(AA=Dictionary(O=action("JavaScript", JS=String("x()")))), RUNS),
        (hidden_in_an_object, RUNS),
        (named("EmbeddedFiles"), FILES),
        (in_root(Collection=Dictionary()), FILES),
        (in_root(AF=Array([])), FILES),
        (in_root(OCProperties=Dictionary(OCGs=Array([]))), "has layers that can be hidden"),
        (in_root(AcroForm=Dictionary(Fields=Array([]), XFA=Array([]))), FORM),
        (in_root(AcroForm=Dictionary(Fields=Array([Dictionary(T=String("a"))]))), FORM),
        (laid_over("FileAttachment"), LAID),
        (laid_over("Text", Contents=String(SECRET)), LAID),
        (laid_over("RichMedia"), LAID),
        (laid_over("Screen"), LAID),
        (laid_over("3D"), LAID),
        (laid_over("Widget"), LAID),
        (laid_over("Redact"), LAID),
        (laid_over("Square"), LAID),
        (lambda made: made.pages.__delitem__(0), "must have 1 to 5000 pages: 0"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_that_does_something_or_hides_something_does_not_leave(
    spoil: Spoil, said: str, packed: bool
) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    content = pdf(spoil, object_stream_mode=mode)

    with pytest.raises(NotBare) as caught:
        bare_pdf(content)
    assert str(caught.value) == said
    with pytest.raises(Refusal) as refused:
        attach_bytes(content, "S1.scan")
    assert refused.value.code == "attachment-unusable"
    assert str(refused.value) == (
        f"the answer to S1.scan must be a PDF that shows all that it holds: it {said}"
    )
    assert "print it to PDF again" in refused.value.todo


def test_a_locked_pdf_is_told_from_a_damaged_one() -> None:
    locked = pdf(encryption=pikepdf.Encryption(user="x", owner="y"))
    with pytest.raises(NotBare, match="is locked by a password"):
        bare_pdf(locked)
    for content in (pdf()[:-40], b"%PDF-1.7 made up\n", b"%PDF-"):
        with pytest.raises(NotBare, match="is damaged"):
            bare_pdf(content)


def test_what_runs_is_seen_in_a_pdf_that_only_forbids_printing() -> None:
    runs = in_root(OpenAction=action("JavaScript", JS=String("x()")))
    shut = pikepdf.Encryption(user="", owner="y")

    with pytest.raises(NotBare, match=RUNS):
        bare_pdf(pdf(runs, encryption=shut))
    assert b"/Encrypt" not in everything(bare_pdf(pdf(encryption=shut)))


def says_more(made: pikepdf.Pdf) -> None:
    """Write the secret wherever a PDF has room for words that no page shows."""
    words, page = String(SECRET), made.pages[0]
    made.docinfo = made.make_indirect(Dictionary(Author=words, Producer=words, CreationDate=words))
    note = made.make_stream(SECRET.encode())
    made.Root.Metadata = made.make_stream(f"<x:xmpmeta>{SECRET}".encode())
    made.Root.PieceInfo = Dictionary(X=words)
    made.Root.StructTreeRoot = Dictionary(K=Dictionary(ActualText=words))
    made.Root.Outlines = Dictionary(Title=words)
    made.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=words)]))
    made.Root.Lang = words
    made.Root.Names = Dictionary(Dests=Dictionary(Names=Array([words, Array([])])))
    made.Root.OutputIntents = Array([Dictionary(Info=words)])
    page.obj.Thumb = note
    page.obj.PieceInfo = Dictionary(X=words)
    page.obj.LastModified = words
    page.obj.Annots = Array([Dictionary(Subtype=Name.Link, Contents=words, A=action("URI"))])
    page.obj.Odd = words
    unused = made.make_stream(SECRET.encode())
    unused.Type, unused.Subtype, unused.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form = made.make_stream(f"/Span <</ActualText ({SECRET})>> BDC 0 0 5 5 re f EMC".encode())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Metadata, form.PieceInfo, form.Odd = note, Dictionary(X=words), words
    page.Resources.XObject = Dictionary(Used=form, Unused=unused)
    page.Resources.Properties = Dictionary(P1=Dictionary(ActualText=words))
    page.Resources.Font.F1.Metadata = note
    drawn = page.Contents.read_bytes()
    page.Contents = Array(
        [
            made.make_stream(f"% {SECRET}\n/P <</E ({SECRET})>> BDC\n".encode() + drawn),
            made.make_stream(f" /Used Do EMC /X /P1 DP % {SECRET}".encode()),
        ]
    )


def test_a_pdf_leaves_without_what_no_page_shows() -> None:
    told = pdf(says_more)
    assert SECRET.encode() in everything(told)

    bare = attach_bytes(told, "S1.scan")

    assert bare.suffix == ".pdf"
    assert isinstance(bare.source, bytes)
    held = everything(bare.source)
    assert SECRET.encode() not in held
    assert SECRET.encode("utf-16-be") not in held
    for part in (b"/Info", b"/Metadata", b"/Annots", b"/Thumb", b"/Outlines", b"xmpmeta"):
        assert part not in held
    assert b"(shown)" in held
    assert b"/Used Do" in held
    assert bare_pdf(told) == bare.source
    assert bare_pdf(bare.source) == bare_pdf(bare_pdf(bare.source))


def test_an_earlier_state_of_a_pdf_does_not_leave() -> None:
    first = pdf(text=SECRET)
    with pikepdf.open(io.BytesIO(first)) as made:
        contents = made.pages[0].Contents.objgen[0]
    at = int(first.rpartition(b"startxref\n")[2].split()[0])
    later = b"BT /F1 12 Tf 20 50 Td (shown) Tj ET"
    body = b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        contents, len(later), later
    )  # fmt: skip
    root = first.partition(b"/Root ")[2].split(b"/")[0].split(b">>")[0].strip()
    table = b"xref\n%d 1\n%010d 00000 n \n" % (contents, len(first))
    table += b"trailer\n<</Size 99/Root %s/Prev %d>>\n" % (root, at)
    table += b"startxref\n%d\n" % (len(first) + len(body))
    told = first + body + table + b"%%EOF\n"
    assert SECRET.encode() in told

    held = everything(bare_pdf(told))

    assert b"(shown)" in held
    assert SECRET.encode() not in held


def photo(**how: object) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET
    Image.new("RGB", (16, 16), (200, 10, 10)).save(out, "JPEG", exif=exif, **how)
    return out.getvalue()


def with_photo(content: bytes, filters: object) -> Spoil:
    def spoil(made: pikepdf.Pdf) -> None:
        image = made.make_stream(b"")
        image.write(content, filter=filters)  # type: ignore[arg-type]
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
        image.Width = image.Height = 16
        image.BitsPerComponent = 8
        image.Alternates = Array([Dictionary(Image=made.make_stream(SECRET.encode()))])
        made.pages[0].Resources.XObject = Dictionary(Im=image)
        made.pages[0].Contents = made.make_stream(b"q 16 0 0 16 0 0 cm /Im Do Q")

    return spoil


def test_a_photo_in_a_pdf_leaves_without_its_words() -> None:
    told = pdf(with_photo(photo(), Name.DCTDecode))
    assert SECRET.encode() in told

    bare = bare_pdf(told)

    assert SECRET.encode() not in everything(bare)
    with pikepdf.open(io.BytesIO(bare)) as made:
        image = made.pages[0].Resources.XObject.Im
        assert isinstance(image, pikepdf.Stream)
        seen = pikepdf.PdfImage(image).as_pil_image()
        assert seen.getpixel((3, 3)) == Image.open(io.BytesIO(photo())).getpixel((3, 3))


def test_a_photo_in_a_pdf_that_cannot_be_looked_into_does_not_leave() -> None:
    twice = Array([Name.ASCIIHexDecode, Name.DCTDecode])
    with pytest.raises(NotBare, match="a picture packed twice"):
        bare_pdf(pdf(with_photo(photo().hex().encode() + b">", twice)))
    with pytest.raises(NotBare, match="is damaged"):
        bare_pdf(pdf(with_photo(photo()[:60], Name.DCTDecode)))


def test_pages_keep_what_the_whole_document_says_of_them() -> None:
    def inherit(made: pikepdf.Pdf) -> None:
        made.add_blank_page(page_size=(200, 100))
        for page in made.pages:
            for key in ("/MediaBox", "/Resources"):
                if key in page.obj:
                    del page.obj[key]
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier)
        made.Root.Pages.Resources = Dictionary(Font=Dictionary(F1=font))
        made.Root.Pages.MediaBox = Array([0, 0, 223, 95])
        made.Root.Pages.Rotate = 90
        made.Root.Lang = String("en-US")

    with pikepdf.open(io.BytesIO(bare_pdf(pdf(inherit)))) as made:
        assert len(made.pages) == 2
        assert [int(each) for each in made.pages[1].MediaBox] == [0, 0, 223, 95]
        assert made.pages[0].obj.Rotate == 90
        assert made.pages[0].Resources.Font.F1.BaseFont == Name.Courier
        assert made.Root.Lang == "en-US"


def drawing(steps: bytes, **page: object) -> bytes:
    def spoil(made: pikepdf.Pdf) -> None:
        made.pages[0].Contents = made.make_stream(steps)
        on_page(**page)(made)

    return pdf(spoil)


NAME_AT = b"BT /F1 12 Tf 20 50 Td (%s) Tj ET "
TEXT = NAME_AT % b"aa bb Li"


@pytest.mark.parametrize(
    "steps",
    [
        TEXT + b"0 g 15 45 100 20 re f",  # a bar over the line
        TEXT + b"0 g 52 45 30 20 re f",  # over one short name
        NAME_AT % b"MADE" + b"0 g 20 50 38 8.7 re f",  # just as large as the letters
        b"0 g 15 45 100 20 re f " + TEXT,  # in the color of the bar
        b"1 g " + TEXT,  # in that of the paper
        b"0.99 g " + TEXT,
        b"0 0 5 5 re W n " + TEXT,  # cut off
        b"BT /F1 12 Tf 20 50 Td 3 Tr (Li) Tj 0 Tr (sa) Tj ET",  # never drawn, before what is
        b'BT /F1 12 Tf 20 50 Td 3 Tr 0 0 (Li) " ET',  # and sets the space of what follows
        b"BT /F1 12 Tf 500 50 Td (Li) Tj ET",  # beside the sheet
        b"BT /F1 12 Tf 20 -50 Td (Li) Tj ET",
        b"BT /F1 0.1 Tf 20 50 Td (Lisa) Tj ET",
    ],
)
def test_text_that_is_not_seen_does_not_leave(steps: bytes) -> None:
    with pytest.raises(NotBare, match="holds text on page 1 that is not seen") as caught:
        bare_pdf(drawing(steps))

    assert "as pictures" in caught.value.todo
    with pytest.raises(Refusal) as refused:
        attach_bytes(drawing(steps), "S1.scan")
    assert "as pictures" in refused.value.todo


@pytest.mark.parametrize(
    "steps",
    [
        TEXT,
        TEXT + b"0 g 100 45 60 20 re f",  # a bar beside it
        b"0 g 0 0 200 100 re f 1 g " + TEXT,  # white on black
        b"0.9 g " + TEXT,
        b"BT /F1 2 Tf 20 50 Td (oooo eee aaa ccc OOO 000 IlI1) Tj ET",
        NAME_AT % b"Illi1l IlI",
        b"BT /F1 90 Tf 5 10 Td (Il1) Tj ET",
        b"0 0 1 rg " + TEXT + b"0 g",
        b"1 Tr 0 G " + TEXT,  # outlines with nothing inside
        b"BT 1 0 0 1 500 50 Tm /F1 12 Tf ( .,- ) Tj ET",  # nothing to be read
        b"",
    ],
)
def test_text_that_is_seen_leaves(steps: bytes) -> None:
    assert bare_pdf(drawing(steps))
    assert bare_pdf(drawing(steps, Rotate=90))


def words_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def look_of(content: bytes) -> bytes:
    with pypdfium2.PdfDocument(content) as document:
        return b"".join(page.render(scale=2).to_numpy().tobytes() for page in document)


UNSEEN = b"BT 3 Tr /F1 12 Tf 20 50 Td (Li) Tj [(sa) 20 (x)] TJ T* (yz) ' ET "


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        (UNSEEN, ""),
        (b"0 g 15 45 100 20 re f " + UNSEEN, ""),  # on a bar
        (b"0 g 15 45 7 20 re f " + UNSEEN, ""),  # on ink, where it was let through
        (b"3 Tr q " + UNSEEN + b"0 Tr Q " + UNSEEN + b"0 Tr " + TEXT, "aa bb Li"),
        (b"q " + UNSEEN + b"Q " + TEXT, "aa bb Li"),  # what was set within q ends with Q
        (b"Q Q " + UNSEEN + b"0 Tr " + TEXT, "aa bb Li"),
        (UNSEEN + b"BT /F1 12 Tf 20 30 Td 0 Tr (Li) Tj ET", "Li"),
        (UNSEEN + b"BT 0 Tr /F1 12 Tf 20 30 Td (Li) ' ET", "Li"),
        (b"1 Tr " + TEXT, "aa bb Li"),  # drawn as outlines
        (b"2 Tr " + TEXT, "aa bb Li"),
        (b"BT 3 Tr ET 0 Tr " + TEXT, "aa bb Li"),
    ],
)
def test_words_that_a_scanner_laid_over_a_page_stay_here_and_the_page_looks_the_same(
    steps: bytes, left: str
) -> None:
    given = drawing(steps)

    bare = bare_pdf(given)

    assert words_of(bare).strip() == left
    assert look_of(bare) == look_of(given)
    assert b"Li" in drawing(UNSEEN)  # it was there to be found


INK = b"0 g " + b"".join(b"%d 45 1 20 re f " % at for at in range(15, 90, 3))


@pytest.mark.parametrize(
    ("layer", "around"),
    [
        (b"BT /F1 12 Tf 20 50 Td (Lisa) Tj ET", b"3 Tr /L1 Do"),  # told from outside
        (b"BT /F1 12 Tf 20 50 Td 3 Tr (Lisa) Tj 0 Tr (xy) Tj ET", b"/L1 Do"),
        (b"/G0 gs BT /F1 12 Tf 20 50 Td (Lisa) Tj ET", b"/L1 Do"),  # as clear as glass
    ],
)
def test_words_that_are_never_painted_do_not_leave_over_ink_either(
    layer: bytes, around: bytes
) -> None:
    def layered(made: pikepdf.Pdf) -> None:
        form = made.make_stream(layer)
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 100])
        form.Resources = Dictionary(
            Font=made.pages[0].Resources.Font, ExtGState=Dictionary(G0=Dictionary(ca=0, CA=0))
        )
        made.pages[0].Resources = Dictionary(XObject=Dictionary(L1=made.make_indirect(form)))
        made.pages[0].Contents = made.make_stream(INK + around)

    with pytest.raises(NotBare, match="holds text on page 1 that is not seen"):
        bare_pdf(pdf(layered))


def test_words_laid_over_a_page_in_a_form_stay_here_too() -> None:
    def layered(made: pikepdf.Pdf) -> None:
        layer = made.make_stream(UNSEEN)
        layer.Type, layer.Subtype, layer.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 100])
        layer.Resources = made.pages[0].Resources
        made.pages[0].Resources = Dictionary(
            XObject=Dictionary(L1=made.make_indirect(layer)), Font=layer.Resources.Font
        )
        made.pages[0].Contents = made.make_stream(TEXT + b"/L1 Do")

    assert words_of(pdf(layered)).count("sa") == 1
    assert words_of(bare_pdf(pdf(layered))).strip() == "aa bb Li"


def test_the_page_that_hides_is_named() -> None:
    def second(made: pikepdf.Pdf) -> None:
        made.pages.append(made.pages[0])
        made.pages[1].Contents = made.make_stream(b"1 g " + TEXT)

    with pytest.raises(NotBare, match="on page 2"):
        bare_pdf(pdf(second))


@pytest.mark.parametrize(
    ("box", "left_out"),
    [([0, 0, 200, 100], False), ([0.9, 0, 200, 99.1], False), ([0, 0, 198, 100], True),
     ([0, 2, 200, 100], True), ([-50, 0, 200, 100], False), ([200, 100, 0, 0], False)],
)  # fmt: skip
def test_a_page_of_which_a_part_is_shown_does_not_leave(box: list[float], left_out: bool) -> None:
    content = drawing(TEXT, CropBox=Array(box))
    if not left_out:
        assert bare_pdf(content)
        return
    with pytest.raises(NotBare, match="shows only a part of a page"):
        bare_pdf(content)


def test_a_drawing_that_is_too_large_or_damaged_is_refused_and_not_cut() -> None:
    def large(made: pikepdf.Pdf) -> None:
        made.pages[0].Contents = made.make_stream(b"")
        packed = zlib.compress(b"q Q " * (1 << 20) + b"q Q ", 9)
        made.pages[0].Contents.write(packed, filter=Name.FlateDecode)

    with pytest.raises(NotBare, match="draws more on a page"):
        bare_pdf(pdf(large))
    with pytest.raises(NotBare, match="draws more on a page"):
        bare_pdf(drawing(b"q Q " * (1 << 20) + b"q Q "))
    for steps in (b"[" * 50_000, b"q ( never closed", b") " * 20):
        with pytest.raises(NotBare, match="is damaged"):
            bare_pdf(drawing(steps))


def test_a_photo_within_the_drawing_does_not_leave() -> None:
    with pytest.raises(NotBare, match="a photo within its drawing"):
        bare_pdf(drawing(b"BI /W 1 /H 1 /BPC 8 /CS /G /F /DCT ID \xff\xd8\xff\xd9 EI"))
    assert b"BI" in everything(bare_pdf(drawing(b"BI /W 1 /H 1 /BPC 8 /CS /G ID a EI")))
