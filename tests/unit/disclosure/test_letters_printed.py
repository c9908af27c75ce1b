"""Letters as they are printed: whatever a paper holds, in every direction, and read aloud."""

import io
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

import pdf_ua
from clerestory.demands.demand import (
    Demand,
    Holder,
    Instrument,
    Item,
    Requester,
    Subject,
)
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.demands.speaking import Speaker
from clerestory.disclosure import composing
from clerestory.disclosure.letter_facts import Addressed, LetterInput
from clerestory.disclosure.letters import (
    acknowledgement_letter,
    disclosure_letter,
    person_notice,
    refusal_letter,
    typeset,
    withholding_index,
)
from clerestory.disclosure.shown import contained, shown
from clerestory.disclosure.stationery import Stationery, read_stationery
from clerestory.kernel import Period, Refusal
from clerestory.law.authorities import Authority
from clerestory.law.sentences import load_sentences

PROFILE = Path(__file__).parents[3] / "profiles" / "maine-dhhs"
SPEAKER = Speaker(
    sentences=load_sentences(Path(__file__).parents[3] / "packs", []), reader="requester"
)
LAW = Authority(
    id="snap-7usc2020e8-E", citation="7 U.S.C. 2020(e)(8)(E)", title="made up", kind="restricts",
    binds=frozenset(), basis="law", confirmed="yes", in_force=Period(), effect="made up",
    requester="The law keeps this private.", person="The law keeps this private for you.",
    not_met="It was not met.",
)  # fmt: skip
Make = Callable[..., Determination]
Rule = Callable[..., Ruling]


def demand(body: str = "Made-up Police", reference: str = "", **more: Any) -> Demand:
    told: dict[str, Any] = {
        "id": "ME-2026-0041", "title": "", "received_on": date(2026, 2, 20), "channel": "post",
        "holder": Holder(agency="me-dhhs", kind="state_agency", jurisdiction="us-me"),
        "requester": Requester(body=body, kind="police_local", reference=reference),
        "instrument": Instrument(kind="letter"), "cited": (), "purpose": "locate_fugitive",
        "grounds": frozenset(), "items": (), "findings": {},
        "subjects": (Subject(ref="S1", relation="named"),),
    }  # fmt: skip
    return Demand(**told | more)


@pytest.fixture(scope="module")
def stationery() -> Stationery:
    return read_stationery(PROFILE)


@pytest.fixture
def refused(stationery: Stationery, make_ruling: Rule, make_determination: Make) -> LetterInput:
    ruled = make_determination(make_ruling("S1", "address", Outcome.WITHHOLD), overall="withhold")
    return LetterInput(
        stationery=stationery, demand=demand(), determination=ruled, on=date(2026, 3, 3),
        authorities={LAW.id: LAW}, number=41, entry=103, speaker=SPEAKER,
    )  # fmt: skip


def text_of(pdf: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def every_letter(given: LetterInput) -> list[bytes]:
    """Return each kind of letter to whoever asks, and the notice to the person."""
    addressed = Addressed(
        stationery=given.stationery, demand=given.demand, on=given.on, number=41, speaker=SPEAKER
    )
    ruled = given.determination
    open_now = replace(ruled, rulings=(replace(ruled.rulings[0], outcome=Outcome.RELEASE),))
    partly = replace(given, determination=open_now)
    return [
        acknowledgement_letter(addressed),
        refusal_letter(given),
        withholding_index(given),
        disclosure_letter(partly),
        person_notice(given, subject="S1", addressee=given.demand.requester.body),
    ]


@pytest.mark.parametrize("kind", ["police_local", "subject", "representative_of_subject"])
def test_every_letter_can_be_read_aloud(refused: LetterInput, kind: str) -> None:
    asked = demand(requester=Requester(body="somebody (made up)", kind=kind))

    for letter in every_letter(replace(refused, demand=asked)):
        assert pdf_ua.faults(letter) == []
        kinds = pdf_ua.kinds_of(letter)
        assert kinds[:2] == ["Document", "P"]
        assert kinds.count("H1") == 1


def spoiled(letter: bytes, spoil: Callable[[pikepdf.Pdf], None]) -> list[str]:
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        spoil(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return pdf_ua.faults(out.getvalue())


def first(pdf: pikepdf.Pdf, kind: str) -> Any:
    return next(one for one in pdf_ua._elements(pdf) if str(one.S) == f"/{kind}")


def untag(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    kept = [
        one
        for one in pikepdf.parse_content_stream(page)
        if str(one.operator) not in {"BDC", "BMC", "EMC"}
    ]
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda pdf: pdf.Root.__delitem__("/Lang"), "11-006"),
        (lambda pdf: pdf.Root.__delitem__("/Metadata"), "06-003"),
        (lambda pdf: pdf.Root.__delitem__("/ViewerPreferences"), "07-002"),
        (lambda pdf: pdf.Root.__delitem__("/MarkInfo"), "02-001"),
        (lambda pdf: first(pdf, "H2").__setitem__("/S", pikepdf.Name("/H4")), "14-003"),
        (lambda pdf: first(pdf, "TH").__delitem__("/A"), "15-003"),
        (lambda pdf: first(pdf, "TR").__delitem__("/K"), "15-001"),
        (lambda pdf: first(pdf, "LI").__setitem__("/S", pikepdf.Name("/P")), "09-004"),
        (untag, "01-003"),
    ],
)
def test_the_checker_sees_what_is_spoiled(
    refused: LetterInput, spoil: Callable[[pikepdf.Pdf], None], fault: str
) -> None:
    letter = withholding_index(refused)
    assert spoiled(letter, lambda _: None) == []

    assert [said for said in spoiled(letter, spoil) if fault in said]


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("Управление (вымышленное), Ελλάδα, Երևան", "Управление (вымышленное), Ελλάδα, Երևան"),
        ("Made\x00-up \x1bPolice\u200b \ufeffDepart\u00adment", "Made-up Police Department"),
        ("a\r\nb\tc\u2028d", "To: a b c d"),
        ("Made-up \u202eeciloP\u202c \u2066office", "Made-up eciloP office"),
    ],
)
def test_a_name_in_any_script_is_printed_and_nothing_unseen_is(
    refused: LetterInput, body: str, read: str
) -> None:
    for letter in every_letter(replace(refused, demand=demand(body, body)))[:4]:
        assert read in text_of(letter)
        assert pdf_ua.faults(letter) == []


BODIES = {
    "control characters": ("Made\x00-up \x1bPolice\x9f", "Made-up Police"),
    "turning marks": ("\u202eeciloP\u202c \u2067office\u2069", "eciloP office"),
    "right to left": ("شرطة 5 (made-up)", "\u2068شرطة 5 (made-up)\u2069"),
    "a slot": ("{demand} {0} %s", "{demand} {0} %s"),
    "markup": ("#set text(red) *a* $x$ \\ </p>", "#set text(red) *a* $x$ \\ </p>"),
    "no letter": ("\u200b\x00 \t", "whoever sent the demand"),
    "a long word": ("W" * 5_000, "W" * 5_000),
    "many lines": ("a\n" * 1_000, "a a a"),
}


@pytest.mark.parametrize("kind", ["police_local", "subject", "representative_of_subject"])
@pytest.mark.parametrize("name", BODIES)
def test_what_others_typed_stands_whole_and_harmless_in_every_letter(
    name: str, kind: str, refused: LetterInput
) -> None:
    body, read = BODIES[name]
    asker = Requester(body=body, kind=kind, reference=body)
    told = replace(refused, demand=demand(requester=asker, title=body))
    ruled = told.determination
    open_now = replace(ruled, rulings=(replace(ruled.rulings[0], outcome=Outcome.RELEASE),))
    partly = replace(told, determination=open_now)
    letters = [
        composing.acknowledgement(told),
        composing.refusal(told),
        composing.withheld(told),
        composing.disclosure(partly),
        composing.notice(told, subject="S1", addressee=shown(body) or "x"),
    ]

    for letter in letters:
        text = "\n".join(letter.lines)
        assert read in text
        assert not [
            each for each in text
            if each not in "\n\u2068\u2069" and unicodedata.category(each) in {"Cc", "Cf", "Cs"}
        ]  # fmt: skip
        assert text.count("\u2068") == text.count("\u2069")


@pytest.mark.parametrize("body", ["", " \t\n", "\u200b\u2060 ", "\x00\x1b"])
def test_a_body_without_a_letter_is_no_empty_line(refused: LetterInput, body: str) -> None:
    text = text_of(refusal_letter(replace(refused, demand=demand(body, body))))

    assert "To: whoever sent the demand" in text
    assert "Your reference" not in text


@pytest.mark.parametrize("letter", ["W", "م", "ä"])
def test_five_thousand_letters_without_a_blank_stay_on_the_sheet(
    refused: LetterInput, letter: str
) -> None:
    pdf = refusal_letter(replace(refused, demand=demand(letter * 5_000)))

    assert text_of(pdf).replace(" ", "").count(letter) >= 5_000
    assert pdf_ua.faults(pdf) == []
    for page in pypdfium2.PdfDocument(pdf):
        told = page.get_textpage()
        boxes = [told.get_charbox(at) for at in range(told.count_chars())]
        assert max(right for _, _, right, _ in boxes) <= page.get_width() - 60
        assert min(left for left, *_ in boxes if left) >= 60


@pytest.mark.parametrize("body", ["ប្រទេស", "東京", "\ue000"])
def test_a_script_without_a_font_is_refused_with_a_reason(refused: LetterInput, body: str) -> None:
    with pytest.raises(Refusal) as caught:
        refusal_letter(replace(refused, demand=demand(body)))

    assert caught.value.code == "letter-character-missing"
    assert body not in str(caught.value)


def test_right_to_left_inside_left_to_right_turns_nothing_else() -> None:
    assert contained("مثال (made-up) 5", "ltr") == "\u2068مثال (made-up) 5\u2069"
    assert contained("plain 5", "ltr") == "plain 5"
    assert contained("plain 5", "rtl") == "\u2068plain 5\u2069"
    assert contained("مثال", "rtl") == "مثال"
    assert contained("5", "rtl") == "\u2068\u0035\u2069"


def test_joiners_that_a_script_needs_are_kept() -> None:
    assert shown("می\u200cخواهم") == "می\u200cخواهم"
    assert shown("\u202e\u2066\u200fabc") == "abc"
    assert shown("\ud800a") == "a"


def test_a_right_to_left_language_is_a_folder(
    refused: LetterInput, tmp_path: Path, make_determination: Make, make_ruling: Rule
) -> None:
    shutil.copytree(PROFILE / "letters", tmp_path / "letters")
    shutil.copytree(PROFILE / "fonts", tmp_path / "fonts")
    folder = tmp_path / "letters" / "ar"
    shutil.copytree(tmp_path / "letters" / "en", folder)
    for name, changes in {
        "words.toml": [
            ('language = "en"', 'language = "ar"'), ('direction = "ltr"', 'direction = "rtl"'),
            ('reviewed_by = ""', 'reviewed_by = "somebody made up"'),
            ('row = "{first} and {last}"', 'row = "{first} و{last}"'),
            ('page = "page {page} of {pages}"', 'page = "صفحة {page} من {pages}"'),
        ],
        "refusal.toml": [
            ('"To: {requester}"', '"إلى: {requester}"'),
            ("Answer to demand {demand}: not granted", "الرد على الطلب {demand}: مرفوض"),
        ],
    }.items():  # fmt: skip
        text = (folder / name).read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
    ruled = make_determination(
        make_ruling("S1", "address", Outcome.WITHHOLD),
        make_ruling("S1", "name", Outcome.WITHHOLD),
        overall="withhold",
    )

    given = replace(
        refused,
        stationery=read_stationery(tmp_path, "ar", made_up=True),
        demand=demand("Made-up Police (12)"),
        determination=ruled,
    )
    pdf = refusal_letter(given)

    lines = list(composing.refusal(given).lines)
    assert pdf_ua.faults(pdf) == []
    assert lines[0] == "الرد على الطلب \u2068ME-2026-0041\u2069: مرفوض"
    assert "إلى: \u2068Made-up Police (12)\u2069" in lines
    assert "To: Made-up Police (12)" not in lines
    with pikepdf.open(io.BytesIO(pdf)) as read:
        assert str(read.Root.Lang) == "ar"
    (folder / "words.toml").write_text(
        (folder / "words.toml").read_text("utf-8").replace('"rtl"', '"up"'), "utf-8"
    )
    with pytest.raises(Refusal, match="neither ltr nor rtl"):
        read_stationery(tmp_path, "ar")


CITED = (
    "7 U.S.C. 2020(e)(8)(E)", "45 CFR 164.512(e)(1)(ii)-(vi)", "22 M.R.S. §1711-C",
    "10-144 C.M.R. c.332, Pt.1 §2", "29-250 C.M.R. c.900 §8", "1 M.R.S. §§541-542",
    "34-B M.R.S. §1207", "45 CFR part 98", "10-144 C.M.R. c.351, ch.26 §5",
)  # fmt: skip


def test_a_citation_stays_on_one_line(
    refused: LetterInput, make_determination: Make, make_ruling: Rule
) -> None:
    rulings, laws = [], {}
    for number, cited in enumerate((*CITED, *CITED, *CITED)):
        # Each ends its line at another place.
        laws[f"law-{number}"] = replace(LAW, citation=cited, requester="word " * (11 + number))
        ruling = make_ruling("S1", "address", Outcome.WITHHOLD)
        rulings.append(
            replace(
                ruling, item=Item(f"S{number}", "snap", "address"), authorities=(f"law-{number}",)
            )
        )

    given = replace(refused, authorities=laws, determination=make_determination(*rulings))
    pages = pypdfium2.PdfDocument(withholding_index(given))

    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    lines = text.replace("\u200b", "").replace("\xa0", " ").splitlines()
    assert [sum(cited in line for line in lines) for cited in CITED] == [3] * len(CITED)


def test_what_leads_to_a_list_never_ends_a_page(stationery: Stationery) -> None:
    def block(kind: str, **more: Any) -> dict[str, Any]:
        return {"lang": "en", "dir": "ltr", "kind": kind, **more}

    item = {"text": "a line of the list " * 8, "under": []}
    for fill in range(38, 46):
        blocks = [
            block("lines", lines=[f"line {n}" for n in range(fill)]),
            block("heading", text="The heading"),
            block("para", text="What leads to it."),
            block("list", numbered=False, items=[item] * 3),
            block("signed"),
        ]
        letter = composing.Letter(title="made up", foot="foot", blocks=blocks)
        pages = pypdfium2.PdfDocument(typeset(letter, stationery, date(2026, 3, 3)))
        texts = [page.get_textpage().get_text_range() for page in pages]

        [told] = [text for text in texts if "The heading" in text]
        assert "What leads to it." in told, fill
        assert "a line of the list" in told, fill


def test_a_hundred_fields_are_one_row(
    refused: LetterInput, make_determination: Make, make_ruling: Rule
) -> None:
    base = make_ruling("S1", "address", Outcome.WITHHOLD)
    base = replace(base, reason=replace(base.reason, requester="This is not given."))
    known = sorted(SPEAKER.sentences.names["fields"])
    rulings = [replace(base, item=Item("S1", "snap", name)) for name in known]

    pdf = withholding_index(replace(refused, determination=make_determination(*rulings)))

    text = text_of(pdf)
    assert text.count("The law keeps this private.") == 1
    assert len(known) > 80
    assert f"{SPEAKER.name('fields', known[-2])} and {SPEAKER.name('fields', known[-1])}" in text
    assert text.count(" not given 1 ") == 1


def test_a_thousand_rows_are_printed_whole_with_their_headers_on_each_page(
    refused: LetterInput, make_determination: Make, make_ruling: Rule
) -> None:
    laws = {
        f"law-{n}": replace(LAW, citation=f"Act {n}", requester=f"Reason {n}.") for n in range(10)
    }
    base = make_ruling("S1", "address", Outcome.WITHHOLD)
    # Of ten laws each row rests on others, so that no two can be said in one.
    rulings = [
        replace(
            base,
            item=Item(f"S{row}", "snap", "address"),
            authorities=tuple(f"law-{n}" for n in range(10) if row >> n & 1),
        )
        for row in range(1, 1_001)
    ]
    ruled = make_determination(*rulings, overall="withhold")

    pdf = withholding_index(replace(refused, authorities=laws, determination=ruled))

    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    tables = [page for page in pages if " SNAP address not given " in " ".join(page.split())]
    assert len(tables) > 10
    assert all("No. About Program Fields Answer Reasons" in " ".join(one.split()) for one in tables)
    text = " ".join(" ".join(pages).split())
    assert text.count(" SNAP address not given ") == 1_000
    assert all(text.count(f" Reason {n}. Act {n}.") == 1 for n in range(10))
    assert "For the agency: Records disclosure officer" in text


def test_five_thousand_persons_are_a_few_lines(
    refused: LetterInput, make_determination: Make, make_ruling: Rule
) -> None:
    base = make_ruling("S1", "address", Outcome.WITHHOLD)
    refs = [f"S{n}" for n in range(1, 5_001)]
    rulings = [replace(base, item=Item(ref, "snap", "address")) for ref in refs]
    listed = demand(subjects=tuple(Subject(ref=ref, relation="listed_row") for ref in refs))
    ruled = make_determination(*rulings, overall="withhold")

    text = text_of(refusal_letter(replace(refused, demand=listed, determination=ruled)))
    odd = make_determination(*rulings[::2], overall="withhold")
    others = text_of(refusal_letter(replace(refused, demand=listed, determination=odd)))

    assert "address (SNAP), about persons S1 to S5000" in text
    assert "persons S1 to S5000: on a row of the requester's list" in text
    assert len(text) < 3_000
    assert "S79 and others, 2,500 in all" in others
    assert len(others) < 4_000


def test_an_office_that_is_made_up_says_so_on_every_page(refused: LetterInput) -> None:
    shown_only = read_stationery(PROFILE, made_up=True)
    long = replace(refused, stationery=shown_only, demand=demand("W" * 5_000))

    pages = [
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(refusal_letter(long))
    ]

    assert len(pages) > 2
    assert all("MADE UP. This agency" in page for page in pages)
    assert not any("Maine" in page for page in pages)
    real = text_of(refusal_letter(refused))
    assert "MADE UP" not in real
    assert "Maine Department of Health and Human Services Records disclosure 11 State" in real
    assert "For the agency: Records disclosure officer Maine Department" in real


def test_number_and_log_entry_of_the_receipt_stand_in_each_letter(refused: LetterInput) -> None:
    arrived, *answers = every_letter(refused)[:4]
    for letter in answers:
        text = text_of(letter)
        assert "Our number: 41" in text
        assert "Log entry of receipt: 103" in text
    # At receipt the size of the log is still nobody's business: see ledger/promise.py.
    assert "Our number: 41" in text_of(arrived)
    assert "Log entry" not in text_of(arrived)
    unknown = replace(refused, number=None, entry=None)
    assert "Our number" not in text_of(refusal_letter(unknown))
