"""A document knows the line of each of its parts, whichever form it was written in."""

import json
from pathlib import Path

import pytest

from clerestory.kernel import BadFile, Fault
from clerestory.kernel.bad_file import key_text, relocate, show
from clerestory.kernel.reading import Document, parse_document, read_document

AS_YAML = """id: a
records:
  - program: snap
    fields: [b,
      c]
  - {program: tanf,
     fields: [d]}
"""
AS_JSON = json.dumps({"id": "a", "records": [{"program": "snap", "fields": ["b", "c"]}]}, indent=1)


class Other(BadFile):
    """A room's own error."""

    code = "other-code"


def document(text: str = AS_YAML) -> Document:
    return parse_document(text.encode(), file="a.yaml", kind="yaml")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("id",), 1),
        (("records",), 2),
        (("records", 0), 3),
        (("records", 0, "fields"), 4),
        (("records", 0, "fields", 0), 4),
        (("records", 0, "fields", 1), 5),
        (("records", 1), 6),
        (("records", 1, "fields", 0), 7),
        (("records", 1, "surprise"), 6),
        (("records", 7, "fields"), 2),
        (("records", 2), 2),
        (("records", -1), 2),
        (("id", "x"), 1),
        (("records", "x"), 2),
    ],
)
def test_each_part_has_its_line_and_an_absent_one_that_of_what_is_around_it(
    path: tuple[str | int, ...], line: int
) -> None:
    assert document().line_of(path) == line


def test_json_has_lines_as_well() -> None:
    read = parse_document(AS_JSON.encode(), file="a.json", kind="json")

    assert read.line_of(("records", 0, "fields", 1)) == 8
    assert AS_JSON.splitlines()[7].strip() == '"c"'


def test_a_part_keeps_the_lines_and_keys_of_its_file() -> None:
    part = document().at("records", 1)

    assert part.value == {"program": "tanf", "fields": ["d"]}
    assert part.fault(("fields", 0), "wrong", "right") == Fault(
        line=7, path=("records", 1, "fields", 0), key="records[1].fields[0]", what="wrong",
        write_instead="right",
    )  # fmt: skip


@pytest.mark.parametrize("path", [("x",), ("records", 9)])
def test_there_is_no_part_that_the_file_does_not_hold(path: tuple[str | int, ...]) -> None:
    with pytest.raises(LookupError):
        document().at(*path)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("a.json", '{"a": "yes"}', {"a": "yes"}),
        ("a.JSON", '{"a": "yes"}', {"a": "yes"}),
        ("a.yaml", "a: yes", {"a": True}),
        ("a.yml", '{"a": 1}', {"a": 1}),
        ("a", "a: 1", {"a": 1}),
    ],
)
def test_the_name_says_whether_a_file_is_json(
    name: str, text: str, value: object, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text)

    assert read_document(path).value == value


def test_yaml_under_the_name_of_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("a: 1\n")

    with pytest.raises(Other, match=r"a\.json, line 1: a word stands without quotes: a") as caught:
        read_document(path, error=Other)

    assert caught.value.code == "other-code"


def test_a_file_is_not_read_beyond_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")

    assert read_document(path, max_bytes=5).value == {"a": 1}
    with pytest.raises(BadFile, match=r"a\.yaml is larger than 4 bytes"):
        read_document(path, max_bytes=4)


@pytest.mark.parametrize(
    ("path", "private", "text"),
    [
        (("records", 0, "fields", 1), False, "records[0].fields[1]"),
        ((0, 1), False, "[0][1]"),
        ((), False, ""),
        (("Amina W", "ssn"), False, "Amina W.ssn"),
        (("Amina", "ssn"), True, "....ssn"),
        (("S1", "birth_date"), True, "S1.birth_date"),
        (("S*", 3), True, "S*[3]"),
        (("SW",), True, "..."),
        (("a\x1b",), False, "a(U+001B)"),
    ],
)
def test_a_key_is_written_as_people_read_it(
    path: tuple[str | int, ...], private: bool, text: str
) -> None:
    assert key_text(path, private=private) == text


def test_a_shown_value_is_short_and_has_nothing_invisible() -> None:
    assert show("x" * 61) == "x" * 60 + "..."
    assert show("x" * 60) == "x" * 60
    assert show("a b\n\u202e\ud800é") == "a b(U+000A)(U+202E)(U+D800)é"


def test_a_fault_of_a_part_becomes_one_of_the_whole() -> None:
    fault = Fault(line=0, path=("b",), key="b", what="wrong", write_instead="right")

    assert relocate(fault, line=4, before=("a", 0)) == Fault(
        line=4, path=("a", 0, "b"), key="a[0].b", what="wrong", write_instead="right"
    )
