"""What a word processor makes of a file is told at its own line; nothing is lost in silence."""

from typing import Any

import pytest

from clerestory.kernel import BadFile
from clerestory.kernel.reading import parse_document


def read(text: str, **options: Any) -> Any:
    return parse_document(text.encode(), file="a.yaml", kind="yaml", **options).value


def told(text: str, **options: Any) -> tuple[int, str, str]:
    with pytest.raises(BadFile) as caught:
        read(text, **options)
    (fault,) = caught.value.faults
    return fault.line, fault.what, fault.write_instead


@pytest.mark.parametrize("sign", ["—", "–", "‐", "−", "•", "·"])
def test_a_dash_or_a_bullet_is_no_hyphen(sign: str) -> None:
    for text in (
        f"a:\n  {sign} {{ref: S1, b: c}}\nd: e\n",
        f"a:\n  b:\n    c:\n    {sign} S1.address\nd: e\n",
    ):
        line, what, write_instead = told(text)
        assert sign in text.splitlines()[line - 1]
        assert what == f"the line begins with {sign}, which is no hyphen"
        assert write_instead == "write - and a space before each of a list"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\nc:\u00a0d\ne: f\n", 2),
        ("a:\n  b: c\n\u00a0 d: e\n  f: g\n", 3),
        ("a:\n  b: c\n\u202f\u202fd: e\n  f: g\n", 3),
    ],
)
def test_a_space_of_another_kind_is_told_at_its_line(text: str, line: int) -> None:
    at, what, write_instead = told(text)

    assert (at, what[:40]) == (line, "the line holds a space of another kind (")
    assert write_instead == "delete each space of the line and type it again"


@pytest.mark.parametrize("sign", ["“", "„", "‘", "«"])
def test_a_curly_quote_around_a_colon_is_not_answered_with_put_it_in_quotes(sign: str) -> None:
    line, what, write_instead = told(f"a: b\ntitle: {sign}Made-up: a letter”\n")

    assert line == 2
    assert what == f"a text begins with the quote {sign}, which does not count as one here"
    assert write_instead == 'put the whole text in straight quotes: "..."'
    # Without a colon it is a text like any other.
    assert read(f"title: {sign}Made-up”\n") == {"title": f"{sign}Made-up”"}


def test_a_key_without_its_colon_is_told_where_it_stands() -> None:
    assert told("a: b\npurpose:locate\nc: d\n")[:2] == (2, "a key has no colon after it")


def test_a_quote_that_is_closed_by_the_next_one_is_told_where_it_was_opened() -> None:
    line, what, write_instead = told('a: b\nbody: "a made-up office\nreference: "their 26"\nc: d\n')

    assert (line, what) == (2, "a quote is opened here and closed only in line 3")
    assert write_instead == "close it at the end of its own text"


@pytest.mark.parametrize(
    ("value", "sign"), [("'O'Example's office'", "'"), ('"the "Made-up" office"', '"')]
)
def test_a_quote_within_quotes_is_told_as_such(value: str, sign: str) -> None:
    line, what, write_instead = told(f"a: b\nbody: {value}\nc: d\n")

    assert line == 2
    assert what == f"the text in quotes ends before the end of its line, at the second {sign}"
    assert write_instead.startswith("put the whole text in double quotes")


@pytest.mark.parametrize(
    ("text", "line", "options"),
    [
        ("a: b\nreference: Docket #26-204\n", 2, {}),
        ("a: b\nreference: #26-204\n", 2, {}),
        ("a: b\nc: [d, e #4\n]\n", 2, {}),
        ("- made-up\n- Suite #4\n", 2, {}),
        ('a: "12 Example Street" #4\nb: c\n', 1, {}),
        ("a: '12 Example Street'\t#4\n", 1, {}),
        ("a: [d, #4\n  e]\n", 1, {}),
        ("a: [d , #4\n  e]\n", 1, {}),
        ("a: {b: c} #4\n", 1, {}),
        ("a: [[b, c]] #4\n", 1, {}),
        ('a: ["b"] #4\n', 1, {}),
        ("address: 12 Example Street #4, Exampleton\n", 1, {"texts_only": True, "private": True}),
    ],
)
def test_what_follows_a_number_sign_is_not_left_out_in_silence(
    text: str, line: int, options: dict[str, Any]
) -> None:
    at, what, write_instead = told(text, **options)

    assert (at, what) == (line, "what follows # in this line would not be read")
    assert write_instead.startswith("put the whole text in quotes")


def test_a_remark_is_left_out_and_a_sign_within_a_word_or_quotes_is_kept() -> None:
    text = 'a: b  # a remark\nc: d#4\ne: "Suite #4"\nf:  # a remark\n  g: h\n#i: j\nk: l #\n'
    text += "m: [n,  # a remark\n  o]  # a remark\np: |\n  q #4\n  #5\n"

    assert read(text) == {
        "a": "b", "c": "d#4", "e": "Suite #4", "f": {"g": "h"}, "k": "l", "m": ["n", "o"],
        "p": "q #4\n#5\n",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04\x14\x00", "is a Word, Excel or zip file and no plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Word or Excel file and no plain text"),
        (b"%PDF-1.7\n", "is a PDF and no plain text"),
        (b"{\\rtf1\\ansi made up}", "is a document with formatting (RTF) and no plain text"),
    ],
)
def test_a_file_of_another_program_is_named(content: bytes, what: str) -> None:
    with pytest.raises(BadFile) as caught:
        parse_document(content, file="a.yaml", kind="yaml")

    assert str(caught.value) == f"a.yaml, line 1: the file {what}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a:\n- b\n - c\n", [3]),
        ("a:\n  - b\n      - c\n      - d\ne: f\n", [3, 4]),
        ("a:\n- b\n\n  -\tc\n", [4]),
        ("a: b\n  - c\n", [2]),
    ],
)
def test_a_line_of_a_list_that_stands_too_far_in_is_not_swallowed_by_the_one_before(
    text: str, lines: list[int]
) -> None:
    with pytest.raises(BadFile) as caught:
        read(text)

    assert [fault.line for fault in caught.value.faults] == lines
    assert {fault.what for fault in caught.value.faults} == {
        "this line is read as part of the text before it"
    }
    assert "begin - under the - before it" in caught.value.todo


def test_a_text_of_several_lines_is_one_text() -> None:
    text = 'a: b\n  c -d\n  -e\nf: "g\n  - h"\ni: >\n  j\n  - k\n'

    assert read(text) == {"a": "b c -d -e", "f": "g - h", "i": "j - k\n"}
