"""Which file answers what, and what a field of a record becomes."""

from dataclasses import replace
from pathlib import Path

import pytest

from clerestory.cli.attaching import answers_in_files, file_pairs
from clerestory.demands import Item
from clerestory.disclosure import Attachment, History
from clerestory.disclosure.documents import bare_pdf
from clerestory.holdings import FieldValue
from clerestory.kernel import Refusal
from clerestory.office.answer.values import value_of
from disclosure_pdfs import pdf as a_pdf
from disclosure_pdfs import picture

ONE = Item("S*", "snap", "procedures")
OTHER = Item("S*", "tanf", "procedures")
PERSON = Item("S1", "snap", "photo")


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "made-up.pdf"
    path.write_bytes(a_pdf())
    return path


def refused(code: str, said: str, act: object, *arguments: object) -> None:
    with pytest.raises(Refusal) as caught:
        act(*arguments)  # type: ignore[operator]
    assert caught.value.code == code
    assert said in str(caught.value)
    assert caught.value.todo


def test_what_is_typed_is_a_ref_and_a_path() -> None:
    assert file_pairs(["S*.a=x=y.pdf", "snap/S*.b=z"]) == {
        "S*.a": Path("x=y.pdf"),
        "snap/S*.b": Path("z"),
    }
    for pair in ("S*.a", "S*.a=", "=x", ""):
        refused("answer-file-missing", repr(pair), file_pairs, [pair])
    refused("answer-file-twice", "S*.a twice", file_pairs, ["S*.a=x", "S*.a=y"])


def test_a_file_answers_what_was_asked_of_nobody_in_particular(pdf: Path) -> None:
    values = answers_in_files([ONE, PERSON], {"S*.procedures": pdf})

    assert set(values) == {ONE}
    found = values[ONE]
    assert isinstance(found, Attachment)
    assert found == Attachment(source=bare_pdf(a_pdf()), suffix=".pdf")


def test_one_file_is_not_taken_for_the_answers_of_two_programs(pdf: Path) -> None:
    both = [ONE, OTHER]

    refused("answer-file-missing", "snap/S*.procedures", answers_in_files, both,
            {"S*.procedures": pdf})  # fmt: skip
    values = answers_in_files(both, {"snap/S*.procedures": pdf, "tanf/S*.procedures": pdf})
    assert set(values) == {ONE, OTHER}


def test_a_file_for_anything_else_is_refused(pdf: Path) -> None:
    refused("answer-file-missing", "the answer to S*.procedures", answers_in_files, [ONE], {})
    for items, more in (([ONE], "S*.manuals"), ([ONE, PERSON], "S1.photo"), ([ONE], "tanf/S*.a")):
        refused("answer-file-not-asked", more, answers_in_files, items,
                {"S*.procedures": pdf, more: pdf})  # fmt: skip


def field(*values: str | float | bytes) -> FieldValue:
    return FieldValue(person_id="made-up", program="snap", field="photo", values=values)


def test_a_field_becomes_what_it_holds() -> None:
    assert value_of(field()) is None
    assert value_of(field("a")) == "a"
    assert value_of(field("a", 2, "a")) == ("a", "2", "a")
    assert value_of(field(a_pdf())) == Attachment(source=bare_pdf(a_pdf()), suffix=".pdf")
    photo = picture("PNG")
    assert value_of(field(photo)) == Attachment(source=photo, suffix=".png")


def test_each_entry_of_a_history_bears_its_day() -> None:
    days = ("2025-10-14", "2025-11-02")

    history = value_of(replace(field("paid $361", 2), days=days))
    one = value_of(replace(field("a"), days=("2026-03-04",)))

    assert isinstance(history, History)
    assert (history, history.days) == (("paid $361", "2"), days)
    assert isinstance(one, History)
    assert (one, one.days) == (("a",), ("2026-03-04",))
    assert value_of(field()) is None
    assert value_of(replace(field(picture("PNG")), days=("2026-03-04",))) == Attachment(
        source=picture("PNG"), suffix=".png"
    )


def test_no_file_of_several_is_dropped() -> None:
    for values in ((b"%PDF-1", b"%PDF-2"), (b"%PDF-1", "x"), ("x", b"%PDF-1")):
        refused("answer-several-files", "snap.photo holds 2 values", value_of, field(*values))
    refused("attachment-unusable", "snap.photo", value_of, field(b"MZ"))
