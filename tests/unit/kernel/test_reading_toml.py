"""TOML: the same encodings, the same characters, and words for those who wrote the file."""

from datetime import date
from pathlib import Path

import pytest

from clerestory.kernel import BadFile
from clerestory.kernel.reading import parse_toml, read_toml


class Other(BadFile):
    """A room's own error."""

    code = "other-code"


def refused(text: str | bytes) -> BadFile:
    with pytest.raises(BadFile) as caught:
        parse_toml(text if isinstance(text, bytes) else text.encode(), file="a.toml")
    return caught.value


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_with_and_without_a_byte_order_mark(
    before: bytes, end: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(before + end.join(["a = 1", "[b]", "c = 2026-03-02", ""]).encode())

    assert read_toml(path) == {"a": 1, "b": {"c": date(2026, 3, 2)}}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a = 1\na = 2\n", 2, "the key stands twice"),
        ("[a]\nb = 1\n[a]\nb = 2\n", 3, "the table stands twice"),
        ("a = {b = 1}\n[a.c]\n", 2, "the table stands twice"),
        ("a = 1\nb = 2026-02-30\n", 2, "February 2026 has 28 days: 2026-02-30"),
        ("a = 2026-13-01\n", 1, "there is no month 13: 2026-13-01"),
        ("a = [1, 2\n", 2, "a list is opened with [ and not closed"),
        ("a = {b = 1\n", 1, "a group is opened with { and not closed"),
        ('a = "b\n', 1, "a text goes on beyond its line"),
        ("a\n", 1, "a key has no = after it"),
        ("a = yes\n", 1, "a value cannot be read"),
        ("= 1\n", 1, "the line does not begin with a key or a [table]"),
        ("a = 1 2\n", 1, "something follows the value in its line"),
        ('a = "\\q"\n', 1, "a backslash in double quotes stands before a letter"),
        ("a = 010\n", 1, "something follows the value in its line"),
        ("a: 1\n", 1, "a key has no = after it"),
        ("a = 1\nb = \x00\n", 2, "the line holds U+0000"),
        ("# \u202e\na = 1\n", 1, "the line holds U+202E"),
        ("a = 1\n# b\rc = 2\n", 2, "a line ends with a carriage return alone"),
        ("a = '''\n", 2, "a quote is opened and not closed"),
        ("a = " + "9" * 5000, 0, "the line is not TOML"),
        ("a = " + "[" * 100_000, 0, "the file is nested too deeply"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    fault = refused(text)

    assert str(fault).startswith(f"a.toml, line {line}: " if line else "a.toml: ")
    assert what in str(fault)
    assert fault.todo


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ('[[x]]\n"é" = 1\n"e\u0301" = 2\n', "x[0].e\u0301", "only in the form of its letters"),
        ("a = 1\nA = 2\n", "A", "only in the form of its letters"),
        ('"a\\u200bb" = 1\n', "a(U+200B)b", "a key holds U+200B (zero width space)"),
    ],
)
def test_keys_that_only_look_different_are_refused(text: str, key: str, what: str) -> None:
    assert f"a.toml, key {key}: " in str(fault := refused(text))
    assert what in str(fault)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("a = 1\n".encode("utf-16"), "the file is UTF-16 and not UTF-8"),
        (b'a = 1\nb = "\xe9"\n', "line 2: the file is not UTF-8: the byte E9"),
    ],
)
def test_another_encoding_is_named(content: bytes, what: str) -> None:
    assert what in str(refused(content))


def test_a_missing_file_is_the_error_of_the_room_that_asked(tmp_path: Path) -> None:
    with pytest.raises(Other, match=r"there is no file a\.toml") as caught:
        read_toml(tmp_path / "a.toml", error=Other)

    assert caught.value.code == "other-code"
