"""JSON is read as strictly as its text: nothing twice, nothing extra, each fault with its place."""

import json
from typing import Any

import pytest

from clerestory.kernel import BadFile
from clerestory.kernel.reading import parse_document


def read(text: str | bytes, **options: Any) -> Any:
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return parse_document(content, file="a.json", kind="json", **options).value


def refused(text: str | bytes, **options: Any) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read(text, **options)
    return caught.value


WHOLE: dict[str, Any] = {
    "text": 'some "words"\n\té 😀 \\ /',
    "day": "2026-02-30",
    "number": 3,
    "below": -7,
    "zero": 0,
    "long": 999999999999999999,
    "yes": True,
    "no": False,
    "nothing": None,
    "list": [[], {}, [1, "a"]],
    "group": {"a": {"b": "c"}},
}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
def test_what_the_standard_library_writes_is_read(ascii_only: bool, indent: int | None) -> None:
    written = json.dumps(WHOLE, ensure_ascii=ascii_only, indent=indent)

    assert read(written) == WHOLE
    assert read(b"\xef\xbb\xbf" + written.replace("\n", "\r\n").encode()) == WHOLE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1.50}', "1.50"),
        ('{"a": 911110000}', "911110000"),
        ('{"a": 1e3}', "1e3"),
        ('{"a": true}', "true"),
        ('{"a": null}', None),
        ('{"a": "null"}', "null"),
        ('{"a": ""}', ""),
    ],
)
def test_texts_stay_as_they_are_written_where_only_texts_are_read(
    text: str, value: str | None
) -> None:
    assert read(text, texts_only=True) == {"a": value}


@pytest.mark.parametrize(
    ("text", "line", "key", "what"),
    [
        ('{"a": 1,\n"a": 2}', 2, "a", "the key stands twice, first in line 1"),
        ('{"x": [{"a": 1, "a": 2}]}', 1, "x[0].a", "the key stands twice"),
        ('{"a": 1,\n"\\u0061": 2}', 2, "a", "the key stands twice"),
        ('{"é": 1, "e\u0301": 2}', 1, "e\u0301", "only in the form of its letters"),
        ('{"a": 1, "A": 2}', 1, "A", "only in the form of its letters"),
        ('{"a": 010}', 1, "a", "a number begins with a zero: 010"),
        ('{"a":\n -01}', 2, "a", "a number begins with a zero: -01"),
        ('{"a": 1.5}', 1, "a", "a number is not whole, or is longer than 18 digits: 1.5"),
        ('{"a": 1e3}', 1, "a", "a number is not whole"),
        ('{"a": 1234567890123456789}', 1, "a", "longer than 18 digits"),
        ('{"a": -0}', 1, "a", "a number is not whole"),
        ('{"a": 0x1F}', 1, "a", "this is not a number as JSON writes them: 0x1F"),
        ('{"a": 1_000}', 1, "a", "this is not a number as JSON writes them"),
        ('{"a": +5}', 1, "a", "this is not a number as JSON writes them: +5"),
        ('{"a": .5}', 1, "a", "this is not a number as JSON writes them"),
        ('{"a": -Infinity}', 1, "a", "this is not a number as JSON writes them"),
        ('{"a": NaN}', 1, "a", "a word stands without quotes: NaN (column 7)"),
        ('{"a": Infinity}', 1, "a", "a word stands without quotes: Infinity (column 7)"),
        ('{"a": yes}', 1, "a", "a word stands without quotes: yes"),
        ('{"a": True}', 1, "a", "a word stands without quotes: True"),
        ("{'a': 1}", 1, "", "a key in double quotes is wanted here (column 2)"),
        ("{a: 1}", 1, "", "a key in double quotes is wanted here (column 2)"),
        ('{"a": \'b\'}', 1, "a", "a text is in single quotes (column 7)"),
        ('{"a": 1\n"b": 2}', 2, "", "a comma or } is wanted here (column 1)"),
        ('{"a": [1 2]}', 1, "a", "a comma or ] is wanted here (column 10)"),
        ('{"a": 1,\n}', 2, "", "a comma stands before } (column 1)"),
        ("[1,]", 1, "", "a comma stands before ] (column 4)"),
        ("[,]", 1, "[0]", "a value is wanted here (column 2)"),
        ('{"a" 1}', 1, "a", "a colon is wanted after the key (column 6)"),
        ('{"a": 1} {"b": 2}', 1, "", "something follows after the end (column 10)"),
        ('{"a": 1}\n}', 2, "", "something follows after the end (column 1)"),
        ('{"a": 1, // b\n"c": 2}', 1, "", "comments are no part of JSON (column 10)"),
        ('{\n# b\n"c": 2}', 2, "", "comments are no part of JSON (column 1)"),
        ('{"a": "b\tc"}', 1, "a", "a tab stands within the quotes (column 7)"),
        ('{"a": "\\\\b\tc\\q"}', 1, "a", "a tab stands within the quotes (column 7)"),
        ('{"a": /* b */ 1}', 1, "a", "comments are no part of JSON"),
        ('{"a": # b\n1}', 1, "a", "comments are no part of JSON"),
        ('{"a": "b\nc"}', 1, "a", "a quote is opened and not closed in its line (column 7)"),
        ('{"a": "b', 1, "a", "a quote is opened and not closed in its line (column 7)"),
        ('{"a": "\\q"}', 1, "a", "a backslash stands before a letter that means nothing"),
        ('{"a": "\\u12"}', 1, "a", "a backslash stands before a letter that means nothing"),
        ('{"a": ', 1, "a", "the file ends too early (column 7)"),
        ('{"a": 1', 1, "", "the file ends too early (column 8)"),
        ('{"a"', 1, "a", "the file ends too early"),
        ("{", 1, "", "the file ends too early"),
        ('{"a": "\\ud800"}', 1, "a", "it holds U+D800 (half of a pair), which cannot be seen"),
        ('{"a": "\\u001b[31m"}', 1, "a", "it holds U+001B (a control character)"),
        ('{"a": "\\u202e"}', 1, "a", "it holds U+202E (right-to-left override)"),
        ('{"a": "\u202e"}', 1, "", "the line holds U+202E (right-to-left override)"),
        ('{"a\\u200bb": 1}', 1, "", "a key holds U+200B (zero width space)"),
        ('{"": 1}', 1, "", "a key is missing before the colon"),
        ("", 1, "", "the file is empty"),
        (" \n", 1, "", "the file is empty"),
        ("[" * 200_000, 1, "[0][0][0]", "the file is nested too deeply"),
        ('{"a":' * 200_000, 1, "a.a.a", "the file is nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_strict_json_is_refused_with_its_line_and_column(
    text: str, line: int, key: str, what: str
) -> None:
    fault = refused(text)

    assert str(fault).startswith(f"a.json, line {line}{', key ' + key if key else ''}: ")
    assert what in str(fault)
    assert fault.todo
    assert len(str(fault)) < 300


def test_bytes_that_write_half_a_pair_are_no_utf8() -> None:
    assert "the file is not UTF-8: the byte ED" in str(refused('{"a": "\ud800"}'))


def test_every_fault_is_told_at_once() -> None:
    fault = refused('{"a": 010,\n"b": 1.5,\n"c": {"d": 1, "d": 2},\n"e": \'f\'}')

    assert [(each.line, each.key) for each in fault.faults] == [
        (1, "a"), (2, "b"), (3, "c.d"), (4, "e"),
    ]  # fmt: skip


def test_nothing_of_a_person_stands_in_a_message_of_a_private_file() -> None:
    told = str(refused('{"S1": {"name": Amina, "ssn": 0999}}', private=True))

    assert "Amina" not in told
    assert "line 1, key S1.name: a word stands without quotes (column 17)" in told


@pytest.mark.parametrize("content", ["[" + "1," * 199_998 + "1]", '["' + "\\n" * 100_000 + '"]'])
def test_a_large_file_is_read(content: str) -> None:
    assert read(content) == json.loads(content)
