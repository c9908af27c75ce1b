"""The TOML files of a pack: what keeps one from being read is told with its line."""

from pathlib import Path

import pytest

from clerestory.law.authorities import load_authorities
from clerestory.law.errors import Fault
from clerestory.law.pack_toml import read_pack_toml

AUTHORITY = """[[authority]]
id = "made-up-1"
citation = "Made-Up Code 1"
title = "a made-up rule"
kind = "restricts"
basis = "law"
confirmed = "yes"
effect = "closes"
requester = "a"
person = "b"
not_met = "c"
binds = ["everyone"]
"""


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "authorities.toml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_authority_is_read_with_its_line_whatever_editor_wrote_it(
    before: bytes, end: bytes, tmp_path: Path
) -> None:
    path = saved(tmp_path, before + (b"# made up\n" + AUTHORITY.encode()).replace(b"\n", end))

    found, faults = load_authorities(path)

    assert faults == []
    assert found["made-up-1"].line == 2


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"a = 1\na = 2\n", 2, "cannot be read: the key stands twice; keep the one that is right"),
        (b"a = 1\nb = 2026-02-30\n", 2, "cannot be read: February 2026 has 28 days: 2026-02-30; "
         "check the day on the paper"),
        (b"\xff\xfea\x00", 1, "cannot be read: the file is UTF-16 and not UTF-8; save the file as "
         "UTF-8 text"),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_a_fault_with_its_line(
    content: bytes, line: int, text: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, content)

    assert read_pack_toml(path) == ({}, "", [Fault("authorities.toml", line, text)])
    assert load_authorities(path) == ({}, [Fault("authorities.toml", line, text)])


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    said = "cannot be read: there is no file authorities.toml"

    assert read_pack_toml(tmp_path / "authorities.toml") == (
        {}, "", [Fault("authorities.toml", 1, said)],
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "authority = 5\n",
        "authority = [{id = 'a'}]\n",
        f"{AUTHORITY}note = '''\n[[authority]]\n'''\n",
    ],
)
def test_authorities_in_another_of_tomls_ways_are_a_fault_and_no_traceback(
    content: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, content.encode())

    assert load_authorities(path) == (
        {}, [Fault(path.name, 1, "each authority must begin with a line [[authority]]")],
    )  # fmt: skip


@pytest.mark.parametrize(("written", "said"), [("['a']", "['a']"), ("7", "7")])
def test_an_id_that_is_no_text_is_a_fault(written: str, said: str, tmp_path: Path) -> None:
    path = saved(tmp_path, f"[[authority]]\nid = {written}\n".encode())

    assert load_authorities(path) == (
        {}, [Fault(path.name, 1, f"an authority's id must be a text in quotes: {said}")],
    )  # fmt: skip
