"""YAML is read only where everybody reads it alike; else each fault is told with its place."""

from datetime import date
from typing import Any

import pytest

from clerestory.kernel import BadFile
from clerestory.kernel.reading import parse_document
from hostile.running import limited_work


def read(text: str | bytes, **options: Any) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return parse_document(content, file="a.yaml", kind="yaml", **options).value


def refused(text: str | bytes, **options: Any) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read(text, **options)
    return caught.value


def test_a_document_is_plain_values() -> None:
    text = """
text: some words
quoted: "010"
block: |
  two
  lines
number: 3
below: -7
long: 999999999999999999
day: 2026-03-02
yes: yes
list: [a, 1, no, null, ~]
group: {a: {b: c}}
nothing:
moment: 2026-03-02T10:00:00Z
1: one
"""

    assert read(text) == {
        "text": "some words",
        "quoted": "010",
        "block": "two\nlines\n",
        "number": 3,
        "below": -7,
        "long": 999999999999999999,
        "day": date(2026, 3, 2),
        "yes": True,
        "list": ["a", 1, False, None, None],
        "group": {"a": {"b": "c"}},
        "nothing": None,
        "moment": "2026-03-02T10:00:00Z",
        "1": "one",
    }


@pytest.mark.parametrize("word", ["yes", "Yes", "YES", "true", "True", "TRUE"])
def test_yes_is_yes(word: str) -> None:
    assert read(f"a: {word}") == {"a": True}


@pytest.mark.parametrize("word", ["no", "No", "NO", "false", "False", "FALSE"])
def test_no_is_no(word: str) -> None:
    assert read(f"a: {word}") == {"a": False}


@pytest.mark.parametrize(
    "text", ["y", "n", "yEs", "0a", "1-2", "12 March", "1,000", "1.2.3", "-a", "٣", "=", "10%"]
)
def test_other_words_are_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("word", "what", "write"),
    [
        ("on", "some programs read this word as yes or no: on", "write yes or no"),
        ("OFF", "some programs read this word as yes or no: OFF", "write yes or no"),
        ("010", "begins with a zero, which some programs read in base 8: 010", "without the zero"),
        ("09", "begins with a zero", "write it in quotes, or without the zero"),
        ("00", "begins with a zero", "without the zero"),
        ("-07", "begins with a zero", "without the zero"),
        ("0o10", "in another base: 0o10", "ordinary digits"),
        ("0x1F", "in another base: 0x1F", "ordinary digits"),
        ("0b11", "in another base: 0b11", "ordinary digits"),
        ("1_000", "holds a low line, which some programs leave out: 1_000", "its digits alone"),
        ("1_0.5", "holds a low line", "its digits alone"),
        ("12:30:45", "are read in base 60 by some programs: 12:30:45", "put it in quotes"),
        ("190:20", "are read in base 60", "put it in quotes"),
        ("+5", "with a plus: +5", "write it without"),
        ("-0", "a sign that it does not need", "write 0"),
        ("1000000000000000000", "more than 18 digits", "put it in quotes"),
        ("9" * 5000, "more than 18 digits", "put it in quotes"),
        ("1.5", "is not whole: 1.5", "write a whole number"),
        ("1.", "is not whole", "write a whole number"),
        (".5", "is not whole", "write a whole number"),
        ("1e3", "is not whole: 1e3", "write a whole number"),
        ("-1.5E+3", "is not whole", "write a whole number"),
        (".inf", "no number that can be counted with", "put it in quotes"),
        ("-.INF", "no number that can be counted with", "put it in quotes"),
        (".NaN", "no number that can be counted with", "put it in quotes"),
        ("2026-02-30", "February 2026 has 28 days: 2026-02-30", "check the day on the paper"),
        ("2024-02-30", "February 2024 has 29 days", "check the day"),
        ("2026-04-31", "April 2026 has 30 days", "check the day"),
        ("2026-01-00", "January 2026 has 31 days", "check the day"),
        ("2026-13-45", "there is no month 13: 2026-13-45", "year, month and day"),
        ("2026-00-01", "there is no month 0", "year, month and day"),
        ("0000-01-01", "there is no year 0", "2026-02-26"),
        ("2026-3-2", "two digits for month and day: 2026-3-2", "write it as 2026-03-02"),
    ],
)
def test_a_word_that_two_programs_read_in_two_ways_is_refused_with_its_place(
    word: str, what: str, write: str
) -> None:
    fault = refused(f"a:\n  - b\n  - c: {word}\n")

    assert str(fault).startswith("a.yaml, line 3, key a[1].c: ")
    assert what in str(fault)
    assert write in fault.todo
    assert len(str(fault)) < 200


@pytest.mark.parametrize("word", ["010", "1.5", "on", "2026-02-30", "12:30", "NULL", "No", "1e3"])
def test_texts_stay_as_they_are_written_where_only_texts_are_read(word: str) -> None:
    assert read(f"a: {word}\nb: [{word}]", texts_only=True) == {"a": word, "b": [word]}


@pytest.mark.parametrize("word", ["", "~", "null"])
def test_an_empty_place_is_nothing_where_only_texts_are_read(word: str) -> None:
    assert read(f"a: {word}", texts_only=True) == {"a": None}
    assert read('a: ""\nb: "null"', texts_only=True) == {"a": "", "b": "null"}


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a"),
        ("x: {a: 1,\n  a: 2}\n", 2, "x.a"),
        ("x:\n- a: 1\n  b: {c: 1, c: 1}\n", 3, "x[0].b.c"),
        ("1: a\n'1': b\n", 2, "1"),
        ('a: 1\n"\\x61": 2\n', 2, "a"),
        ("? a\n: 1\n? a\n: 2\n", 3, "a"),
    ],
)
def test_a_key_that_stands_twice_is_refused_at_its_second_place(
    text: str, line: int, key: str
) -> None:
    fault = refused(text)

    assert f"line {line}, key {key}: the key stands twice, first in line" in str(fault)
    assert "keep the one that is right" in fault.todo


@pytest.mark.parametrize(
    ("first", "second"),
    [("é", "e\u0301"), ("class", "Class"), ("ﬁle", "file"), ("a", "ａ"), ("straße", "STRASSE")],
)
def test_keys_that_only_look_different_are_one_key(first: str, second: str) -> None:
    fault = refused(f"{first}: 1\n{second}: 2\n")

    assert "line 2" in str(fault)
    assert "differs from one in line 1 only in the form of its letters" in str(fault)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("a\u200bb", "a key holds U+200B (zero width space), which cannot be seen"),
        ("a\u00adb", "a key holds U+00AD (soft hyphen)"),
        ("a\u00a0b", "a key holds U+00A0 (no-break space)"),
        ('" a"', "a key begins or ends with a space"),
        ('"a "', "a key begins or ends with a space"),
        ('""', "a key is missing before the colon"),
        ('" "', "a key is missing before the colon"),
        ('"a\\nb"', "a key holds U+000A"),
        ("a\u034fb", "a key holds U+034F (combining grapheme joiner), which cannot be seen"),
        ("a\ufe0f", "a key holds U+FE0F (variation selector-16)"),
        ("\u3164", "a key holds U+3164 (hangul filler)"),
        ("\u2800", "a key holds U+2800 (braille pattern blank)"),
        ("a\U000e0100", "a key holds U+E0100 (variation selector-17)"),
    ],
)
def test_a_key_that_is_not_seen_whole_is_refused(key: str, what: str) -> None:
    fault = refused(f"x: 1\n{key}: 2\n")

    assert "a.yaml, line 2: " in str(fault)
    assert what in str(fault)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\n<<: {b: 2}\n", 2, "merge keys (<<) are not read"),
        ("x: &a {b: 1}\ny:\n  <<: *a\n", 3, "merge keys (<<) are not read"),
        ("a: !!python/name:os.system x\n", 1, "tags that begin with ! are not read"),
        ("a: !foo x\n", 1, "tags that begin with ! are not read"),
        ("a: ! x\n", 1, "tags that begin with ! are not read"),
        ("a: !!binary aGVsbG8=\n", 1, "tags that begin with ! are not read"),
        ("a: !!set {b, c}\n", 1, "tags that begin with ! are not read"),
        ("a: 1\n--- \nb: 2\n", 2, "a second document begins here"),
        ("a: 1\n...\n---\nb: 2\n", 3, "a second document begins here"),
        ("a: &x\n  b: *x\n", 2, "an alias (*) stands inside what it stands for"),
        ("a: *x\n", 1, "an alias (*) stands for nothing in this file"),
        ("a: &x 1\nb: &x 2\n", 2, "two places are called by one anchor (&)"),
        ("? [a, b]\n: 1\n", 1, "a key is one word"),
        ("? {a: b}\n: 1\n", 1, "a key is one word"),
        ("a: &x b\n*x : 1\n", 2, "a key is one word"),
        ("a: 1\n!!str b: 2\n", 2, "a key carries a tag or an anchor"),
        ("a: 1\n\tb: 2\n", 2, "a tab stands where only spaces may"),
        ("a:\n\t- b\n", 2, "a tab stands where only spaces may"),
        ("a: 1\nb: c: d\n", 2, "a colon with a space stands inside a text"),
        ("a: 1\nb: [c, d\n", 2, "a list that begins with [ is not closed"),
        ("a: 1\nb: {c: d\ne: f\n", 3, "a group that begins with { is not closed"),
        ("a: [", 1, "a bracket is opened and not closed"),
        ('a: 1\nb: "c\nd: e\n', 3, "a quote is opened and never closed (opened in line 2)"),
        ("a: 1\nb\n", 2, "a key has no colon after it"),
        ("a: 1\n  b: 2\n", 2, "a colon with a space stands inside a text, or the line is indented"),
        ("a:\n    b: 1\n  c: 2\n", 3, "the line does not fit those before it"),
        ("a: @b\n", 1, "a text begins with @, which has a meaning of its own"),
        ("a: `b\n", 1, "a text begins with `"),
        ("a: *\n", 1, "a text begins with * or &"),
        ('a: "\\q"\n', 1, "a backslash in double quotes stands before a letter"),
        ('a: "\\x4"\n', 1, "a backslash in double quotes is not followed by its digits"),
        ("a: 1\n%b: 2\n", 2, "begins with %"),
        ("a: 1\n\ufeffb: 2\n", 2, "the line holds U+FEFF (zero width no-break space)"),
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("a: \x00\n", 1, "the line holds U+0000 (a control character), which cannot be seen"),
        ("a: 1\nb: \x1b[31m\n", 2, "the line holds U+001B (a control character)"),
        ("a: 1\nb: c # d\u202e\n", 2, "the line holds U+202E (right-to-left override)"),
        ("a: 1\n# b\u2028c: 2\n", 2, "the line holds U+2028 (line separator)"),
        ("a: 1\n# b\x85c: 2\n", 2, "the line holds U+0085"),
        ("a: 1\n# b\rc: 2\n", 2, "a line ends with a carriage return alone"),
        ('a: "\\e[31m"\n', 1, "it holds U+001B"),
        ('a: "\\u202e"\n', 1, "it holds U+202E"),
        ("a: b\n" + "c:\n" + "  - " * 50, 3, "the file is nested too deeply"),
    ],
)  # fmt: skip
def test_what_not_everybody_reads_alike_is_refused_with_its_line(
    text: str, line: int, what: str
) -> None:
    fault = refused(text)

    assert str(fault).startswith(f"a.yaml, line {line}")
    assert what in str(fault)
    assert fault.todo
    assert fault.code == "file-unreadable"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("a: é\n".encode("utf-16"), "the file is UTF-16 and not UTF-8"),
        ("a: é\n".encode("utf-32"), "the file is UTF-32 and not UTF-8"),
        (b"\xfe\xff\x00a", "the file is UTF-16 and not UTF-8"),
        ("a: é\n".encode("utf-16-le"), "the file is UTF-16 or no text at all"),
        ("a: é\n".encode("utf-16-be"), "the file is UTF-16 or no text at all"),
        ("a: 1\nb: é\n".encode("latin-1"), "line 2: the file is not UTF-8: the byte E9"),
    ],
)
def test_another_encoding_is_named(content: bytes, what: str) -> None:
    fault = refused(content)

    assert what in str(fault)
    assert fault.todo == "save the file as UTF-8 text"


@pytest.mark.parametrize(
    "text", [b"\xef\xbb\xbfa: 1\n", b"a: 1\r\n", b"---\na: 1\n", b"a: 1\n...\n"]
)
def test_a_byte_order_mark_and_other_line_ends_change_nothing(text: bytes) -> None:
    assert read(text) == {"a": 1}


def test_a_few_aliases_are_read_and_each_place_has_its_own_copy() -> None:
    value = read("a: &x [1, 2]\nb: *x\nc: *x\n")

    assert value == {"a": [1, 2], "b": [1, 2], "c": [1, 2]}
    assert value["a"] is not value["b"]


def aliases(uses: int) -> str:
    return "a: &x 1\nb: [" + ", ".join(["*x"] * uses) + "]\n"


def aliased(values: int) -> str:
    return f"a: &x [{', '.join(['1'] * values)}]\nb: [*x, *x]\n"


@pytest.mark.parametrize(
    ("inside", "outside"), [(aliases(20), aliases(21)), (aliased(499), aliased(500))]
)
def test_aliases_have_a_limit(inside: str, outside: str) -> None:
    read(inside)

    assert "the file uses too many aliases (*)" in str(refused(outside))


def test_a_small_file_that_would_become_a_large_one_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    assert "line 3" in str(fault := refused("\n".join(lines)))
    assert "too many aliases" in str(fault)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def test_nesting_has_a_limit() -> None:
    read(nested(40))

    assert "the file is nested too deeply" in str(refused(nested(41)))


def test_the_number_of_values_has_a_limit() -> None:
    read("- 1\n" * 199_999)

    assert "holds more than 200000 values" in str(refused("- 1\n" * 200_000))


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    fault = refused("a: 010\nb: 2026-02-30\nc: !x 1\nd: {e: 1,\n  e: 2}\ne: [f\n")

    assert str(fault).splitlines() == [
        "a.yaml, line 1, key a: a number begins with a zero, which some programs read in base 8: "
        "010 (and 4 more)",
        "  a.yaml:1: a: a number begins with a zero, which some programs read in base 8: 010; "
        "write it in quotes, or without the zero",
        "  a.yaml:2: b: February 2026 has 28 days: 2026-02-30; check the day on the paper",
        "  a.yaml:3: c: tags that begin with ! are not read; leave the tag out; put a text in "
        "quotes",
        "  a.yaml:5: d.e: the key stands twice, first in line 4; keep the one that is right: of "
        "two, one would be lost in silence",
        "  a.yaml:6: a list that begins with [ is not closed, or a comma is missing in it; "
        "put a comma between two of the list and ] at its end; a text with "
        "[ or , needs quotes",
    ]
    assert [(each.line, each.key) for each in fault.faults[:4]] == [
        (1, "a"), (2, "b"), (3, "c"), (5, "d.e"),
    ]  # fmt: skip
    assert fault.todo == "mend each line; write it in quotes, or without the zero"


def test_at_most_twenty_faults_are_listed_and_the_rest_is_counted() -> None:
    told = str(refused("\n".join(f"a{n}: 010" for n in range(25)))).splitlines()

    assert told[0].endswith("(and 24 more)")
    assert len(told) == 22
    assert told[-1] == "  and 5 more"


def test_a_file_of_faults_alone_is_not_read_to_its_end() -> None:
    assert len(refused("- 010\n" * 10_000).faults) == 200


PERSON = """
S1:
  name: Amina Example
  name: Yusuf Example
  ssn: 0o17
Amina Warsame:
  birth_date: 1988-02-30
  ssn: 0x1F
"""


def test_nothing_of_a_person_stands_in_a_message_of_a_private_file() -> None:
    told = str(refused(PERSON, private=True))

    for secret in ("Amina", "Yusuf", "1988", "0o17", "0x1F", "Warsame"):
        assert secret not in told
    assert "line 4, key S1.name: the key stands twice" in told
    assert "a.yaml:8: ....ssn: this cannot be read as it stands; " in told


@pytest.mark.parametrize(
    "word",
    [
        "1" + "_" * 200_000 + "x",
        "1" * 200_000 + "x",
        "1" + "_1" * 100_000 + ".x",
        "1" + ":1" * 100_000 + "x",
        "0" * 200_000 + "x",
        "." + "1_" * 100_000 + "x",
        "1." + "0_" * 100_000 + "x",
        "-" * 200_000,
    ],
    ids=lambda word: word[:4],
)
def test_a_long_word_is_read_in_one_go(word: str) -> None:
    with limited_work():
        assert read(f"a: {word}\n") == {"a": word}


def test_a_long_line_of_many_values_is_read_in_one_go() -> None:
    row = ["made-up-" * 5] * 90_000

    with limited_work():
        assert read(f"a: [{', '.join(row)}]\n") == {"a": row}


@pytest.mark.parametrize(
    ("text", "line", "opened"),
    [
        ('a: "b', 1, None),
        ('a: 1\nb: "c', 2, None),
        ('a: 1\nb: "c\n', 2, None),
        ('a: 1\nb: "c\nd: e', 3, 2),
        ("a: [1, 2", 1, None),
        ("a: [1,\n 2", 2, 1),
        ("a: {b: 1\nc: 2", 2, 1),
        ("a: 1\nb: {c: 1\nd: 2\n", 3, 2),
    ],
)
def test_where_it_was_opened_is_told_where_that_is_another_line(
    text: str, line: int, opened: int | None
) -> None:
    (fault,) = refused(text).faults

    assert fault.line == line
    told = fault.what.partition(" (opened in line ")[2]
    assert told == (f"{opened})" if opened else "")
