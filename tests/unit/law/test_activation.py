"""The list of active packs: read, replaced whole, and asked before an answer."""

import json
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from clerestory.kernel.canonical import Json
from clerestory.law.activation import FILE, activate, check_active, list_active
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, load_stack

ROOT = Path(__file__).parents[3]
RECORD: dict[str, Json] = {"packs": ["tiny 1"], "proved": ["closed"], "laws": 2}


@pytest.fixture(scope="module")
def stack() -> PackStack:
    return load_stack(ROOT / "packs", ["us-federal"])


def test_nothing_is_active_where_there_is_no_list(tmp_path: Path) -> None:
    assert list_active(tmp_path) == {}


def test_what_was_activated_is_listed_with_its_record(tmp_path: Path) -> None:
    activate(tmp_path, {"b" * 64: RECORD, "a" * 64: RECORD})

    assert list_active(tmp_path) == {"a" * 64: RECORD, "b" * 64: RECORD}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_the_same_proofs_are_the_same_bytes(tmp_path: Path) -> None:
    activate(tmp_path, {"b": RECORD, "a": RECORD})
    first = (tmp_path / FILE).read_bytes()

    activate(tmp_path, {"a": RECORD, "b": dict(reversed(RECORD.items()))})

    assert (tmp_path / FILE).read_bytes() == first
    assert first.endswith(b"\n")


def test_an_activation_makes_exactly_these_packs_active(tmp_path: Path) -> None:
    activate(tmp_path, {"a": RECORD, "b": RECORD})

    activate(tmp_path, {"b": RECORD})

    assert list_active(tmp_path) == {"b": RECORD}


def test_a_failed_activation_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    activate(tmp_path, {"a": RECORD})
    broken: dict[str, Json] = {"b": {1, 2}}  # type: ignore[dict-item] # JSON has no sets

    with pytest.raises(TypeError):
        activate(tmp_path, broken)

    assert list_active(tmp_path) == {"a": RECORD}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"\xff"',
        b"\xff\xfe{\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"<<<<<<< ours\n{}\n",
        b'{"a": {"proved": ["x"]}, "a": {"proved": ["x"]}}',
        b'{"a": null}',
        b'{"a": "x"}',
        b'{"a": {}}',
        b'{"a": {"proved": []}}',
    ],
)
def test_a_list_that_cannot_be_read_is_refused(text: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(text)

    with pytest.raises(PackFault, match=r"^active\.json cannot be read: ") as refused:
        list_active(tmp_path)

    assert refused.value.todo == "remove it and run `clerestory law activate`"


def test_a_stack_that_is_listed_may_answer(tmp_path: Path, stack: PackStack) -> None:
    activate(tmp_path, {stack.digest: RECORD})

    check_active(stack, tmp_path)

    assert stack.digest in json.loads((tmp_path / FILE).read_text("utf-8"))


def test_a_stack_that_was_changed_since_may_not_answer(tmp_path: Path, stack: PackStack) -> None:
    activate(tmp_path, {stack.digest: RECORD})
    changed = replace(stack, digest="0123456789abcdef" * 4)

    with pytest.raises(PackFault, match=r"\(digest 0123456789abcdef\)$") as refused:
        check_active(changed, tmp_path)

    assert str(refused.value).startswith(
        f"the law of {stack.names[0]} and {stack.names[1]} is not active"
    )
    assert refused.value.code == "law-not-proved"


def test_what_is_no_file_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / FILE
    for make, said in (
        (path.mkdir, "is a folder and no file"),
        (partial(os.mkfifo, path), "is a pipe or a device and no file"),
        (partial(path.symlink_to, path), "cannot be opened: "),
    ):
        make()
        with pytest.raises(PackFault, match=r"^active\.json cannot be read: ") as refused:
            list_active(tmp_path)
        assert said in str(refused.value)
        path.rmdir() if said.startswith("is a folder") else path.unlink()
