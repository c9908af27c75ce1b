"""The list of active packs: read, replaced whole, and asked before an answer."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from clerestory.kernel.canonical import Json
from clerestory.law.activation import (
    FILE,
    KEPT,
    activate,
    check_active,
    digest_of_files,
    kept_law,
    list_active,
    mark_of,
)
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, load_stack

ROOT = Path(__file__).parents[3]
RECORD: dict[str, Json] = {"packs": ["tiny 1"], "proved": ["closed"], "laws": 2}


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder of packs with one made-up pack."""
    folder = tmp_path / "packs"
    (folder / "us-aa" / "cases").mkdir(parents=True)
    (folder / "codes.yaml").write_text("answer:\n  yes: {means: so.}\n")
    (folder / "us-aa" / "pack.toml").write_text('name = "us-aa"\n')
    (folder / "us-aa" / "law.cedar").write_text("// nothing\n")
    (folder / "us-aa" / "cases" / "known.yaml").write_text("cases: []\n")
    return folder


def kept_with(record: dict[str, Json], packs: Path) -> dict[str, Json]:
    """Return a record as it is written: with the digest over the kept files."""
    (folder,) = [path for path in (packs / KEPT).iterdir() if path.name != "reviewed"]
    return {**record, "kept": digest_of_files(folder)}


@pytest.fixture(scope="module")
def stack() -> PackStack:
    return load_stack(ROOT / "packs", ["us-federal"])


def test_nothing_is_active_where_there_is_no_list(tmp_path: Path) -> None:
    assert list_active(tmp_path) == {}


def test_what_was_activated_is_listed_with_its_record_and_its_files_are_kept(packs: Path) -> None:
    activate(packs, {"b" * 64: RECORD, "a" * 64: RECORD})

    record = kept_with(RECORD, packs)
    assert list_active(packs) == {"a" * 64: record, "b" * 64: record}
    kept = packs / KEPT / mark_of(["a" * 64, "b" * 64])
    assert kept_law(packs) == kept
    assert {path.relative_to(kept).as_posix() for path in kept.rglob("*.*")} == {
        "codes.yaml", "us-aa/pack.toml", "us-aa/law.cedar",
    }  # fmt: skip
    assert (kept / "us-aa" / "law.cedar").read_text() == "// nothing\n"


def test_the_same_proofs_are_the_same_bytes(packs: Path) -> None:
    activate(packs, {"b": RECORD, "a": RECORD})
    first = (packs / FILE).read_bytes()

    activate(packs, {"a": RECORD, "b": dict(reversed(RECORD.items()))})

    assert (packs / FILE).read_bytes() == first
    assert first.endswith(b"\n")


def test_an_activation_makes_exactly_these_packs_active(packs: Path) -> None:
    activate(packs, {"a": RECORD, "b": RECORD})
    (packs / "us-aa" / "law.cedar").write_text("// another law\n")

    activate(packs, {"b": RECORD})

    assert list_active(packs) == {"b": kept_with(RECORD, packs)}
    assert [path.name for path in (packs / KEPT).iterdir()] == [mark_of(["b"])]


def test_a_failed_activation_leaves_the_law_as_it_was(packs: Path) -> None:
    activate(packs, {"a": RECORD})
    before = list_active(packs)
    broken: dict[str, Json] = {"b": {"proved": {1, 2}}}  # type: ignore[dict-item] # JSON has no sets

    with pytest.raises(TypeError):
        activate(packs, broken)

    assert list_active(packs) == before
    assert kept_law(packs) == packs / KEPT / mark_of(["a"])


def test_what_was_reviewed_is_kept_for_good_and_never_written_over(packs: Path) -> None:
    activate(packs, {"a": RECORD})
    for reviewed in (b"# one\n", b"# two\n", b"# one\n"):
        activate(packs, {"b": RECORD}, reviewed)
        activate(packs, {"a": RECORD})

    change = f"{mark_of(['a'])}-{mark_of(['b'])}"
    texts = {p.name: p.read_bytes() for p in (packs / KEPT / "reviewed").iterdir()}
    assert texts == {f"{change}.toml": b"# one\n", f"{change}-2.toml": b"# two\n"}


def test_nothing_is_kept_where_nothing_was_active(packs: Path) -> None:
    assert kept_law(packs) is None


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda kept: shutil.rmtree(kept), "law-kept-missing"),
        (lambda kept: shutil.rmtree(kept.parent), "law-kept-missing"),
        (lambda kept: (kept.parents[1] / FILE).unlink(), "law-kept-missing"),
        (lambda kept: (kept.parents[1] / FILE).write_text("{}"), "law-kept-missing"),
        (lambda kept: (kept / "us-aa" / "law.cedar").write_text("// other\n"), "law-kept-altered"),
        (lambda kept: (kept / "us-aa" / "law.cedar").unlink(), "law-kept-altered"),
        (lambda kept: (kept / "us-aa" / "more.cedar").touch(), "law-kept-altered"),
        (
            lambda kept: (kept / "codes.yaml").rename(kept / "us-aa" / "codes.yaml"),
            "law-kept-altered",
        ),
    ],
)
def test_a_kept_law_that_is_missing_or_altered_is_refused(
    damage: Callable[[Path], object], code: str, packs: Path
) -> None:
    activate(packs, {"a": RECORD})
    kept = kept_law(packs)
    assert kept is not None
    damage(kept)

    with pytest.raises(PackFault) as refused:
        kept_law(packs)

    assert refused.value.code == code
    assert "version control" in refused.value.todo


def test_a_list_without_the_digest_of_the_kept_files_is_refused(packs: Path) -> None:
    activate(packs, {"a": RECORD})
    (packs / FILE).write_text(json.dumps({"a": RECORD}))

    with pytest.raises(PackFault, match="were altered"):
        kept_law(packs)


def test_a_run_that_was_cut_short_is_in_nobodys_way(packs: Path) -> None:
    draft = packs / KEPT / f".{mark_of(['a'])}"
    draft.mkdir(parents=True)
    (draft / "half.cedar").touch()
    half = packs / KEPT / mark_of(["a"])
    half.mkdir()

    activate(packs, {"a": RECORD})

    assert kept_law(packs) == half
    assert [path.name for path in (packs / KEPT).iterdir()] == [half.name]


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

    assert refused.value.todo == (
        "bring active.json and the folder active back from version control, both from one state, "
        "and run `clerestory law activate`"
    )


def test_a_stack_that_is_listed_may_answer(packs: Path, stack: PackStack) -> None:
    activate(packs, {stack.digest: RECORD})

    check_active(stack, packs)

    assert stack.digest in json.loads((packs / FILE).read_text("utf-8"))


def test_a_stack_that_was_changed_since_may_not_answer(packs: Path, stack: PackStack) -> None:
    activate(packs, {stack.digest: RECORD})
    changed = replace(stack, digest="0123456789abcdef" * 4)

    with pytest.raises(PackFault, match=r"\(digest 0123456789abcdef\)$") as refused:
        check_active(changed, packs)

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
