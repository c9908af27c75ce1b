"""Whole files: there whole or not at all, secrets for their owner only, nothing but files read."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clerestory.kernel import BadFile, Refusal, files, locks
from clerestory.kernel.files import read_limited, write_new, write_private, write_whole

DRAFT = ".0123456789abcdef.part"


@pytest.mark.parametrize("write", [write_whole, write_new, write_private])
def test_nobody_waits_for_ever_for_a_half_file_that_another_holds(
    write: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LONGEST_WAIT", 2)
    monkeypatch.setattr(locks, "PAUSE", 0)
    with files._held(tmp_path / files._draft_name(tmp_path / "a")):
        with pytest.raises(Refusal, match=rf"process {os.getpid()}, running since 20\d\d-") as held:
            write(tmp_path / "a", b"second")
        assert (held.value.code, names_in(tmp_path)) == (
            "file-held",
            [files._draft_name(Path("a"))],
        )
        assert "end it if it hangs" in held.value.todo
        monkeypatch.setattr(locks, "_LOCKS", tmp_path / "none")
        with pytest.raises(Refusal, match="does not say which"):
            write(tmp_path / "a", b"second")


def test_the_half_files_of_killed_runs_are_taken_away_and_nothing_else(tmp_path: Path) -> None:
    key = tmp_path / "log.key"
    key.write_bytes(b"whole")
    # A run that is killed between the two names of a file leaves both.
    os.link(key, tmp_path / DRAFT)
    (tmp_path / ".aaaaaaaaaaaaaaaa.part").write_bytes(b"ha")
    others = ["a.part", ".0123.part", ".0123456789ABCDEF.part", ".0123456789abcdef.partial"]
    for name in others:
        (tmp_path / name).write_bytes(b"somebody's")
    (tmp_path / ".bbbbbbbbbbbbbbbb.part").symlink_to(key)
    (tmp_path / ".cccccccccccccccc.part").mkdir()
    os.mkfifo(tmp_path / ".dddddddddddddddd.part")
    kept = {*others, "log.key", *(f".{one * 16}.part" for one in "bcde")}

    with files._held(tmp_path / ".eeeeeeeeeeeeeeee.part"):
        cleared = files.clear_drafts(tmp_path)
        assert set(names_in(tmp_path)) == kept
    assert [one.name for one in cleared] == [DRAFT, ".aaaaaaaaaaaaaaaa.part"]
    assert key.read_bytes() == b"whole"
    assert files.clear_drafts(key) == files.clear_drafts(tmp_path / "none") == ()


class Other(BadFile):
    """A room's own error."""

    code = "other-code"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"

    write_whole(path, b"one")
    write_whole(path, b"two")

    assert path.read_bytes() == b"two"
    assert names_in(tmp_path) == ["a.json"]


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"one")
    path.chmod(0o604)

    write_whole(path, b"two")

    assert mode_of(path) == 0o604


def test_a_new_file_has_the_mode_that_the_account_gives_new_files(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")

    write_whole(tmp_path / "whole", b"")

    assert mode_of(tmp_path / "whole") == mode_of(plain)


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 255)

    write_whole(path, b"one")

    assert path.read_bytes() == b"one"


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "inside").write_bytes(b"kept")

    with pytest.raises(OSError, match="a"):
        write_whole(folder, b"two")

    assert names_in(tmp_path) == ["a"]
    assert (folder / "inside").read_bytes() == b"kept"


@pytest.mark.parametrize("content", ["secret\n", b"secret\n"])
def test_a_secret_is_for_its_owner_only_in_a_folder_for_its_owner_only(
    content: str | bytes, tmp_path: Path
) -> None:
    path = tmp_path / "keys" / "secret.key"

    write_private(path, content)

    assert path.read_bytes() == b"secret\n"
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
def test_a_secret_never_replaces_anything(kind: str, tmp_path: Path) -> None:
    path, other = tmp_path / "secret.key", tmp_path / "other"
    if kind == "file":
        path.write_bytes(b"old")
    else:
        if kind == "link":
            other.write_bytes(b"old")
        path.symlink_to(other)

    with pytest.raises(FileExistsError):
        write_private(path, "new")

    assert not path.exists() or path.read_bytes() == b"old"


def test_a_mode_that_is_asked_for_is_given_also_where_another_file_stands(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"old")
    path.chmod(0o666)

    write_whole(path, b"new", mode=0o600)
    write_new(tmp_path / "other", b"new", mode=0o600)

    assert (mode_of(path), mode_of(tmp_path / "other")) == (0o600, 0o600)


def test_what_a_crash_left_is_taken_away_by_the_next_writer_and_never_written_into(
    tmp_path: Path,
) -> None:
    path, other = tmp_path / "a.json", tmp_path / "kept.json"
    draft = draft_of(path, tmp_path)
    other.write_bytes(b"kept")
    os.link(other, draft)  # killed between the second name and the end of the first

    write_whole(path, b"new")

    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"kept")
    assert sorted(names_in(tmp_path)) == ["a.json", "kept.json"]
    draft.write_bytes(b"half")
    with pytest.raises(FileExistsError) as caught:
        write_new(path, b"newer")
    assert caught.value.filename == str(path)
    assert sorted(names_in(tmp_path)) == ["a.json", "kept.json"]


def draft_of(path: Path, folder: Path) -> Path:
    """The name under which a file is written before it has its own."""
    seen: list[str] = []
    write_whole(path, b"", steps=lambda _: seen.extend(names_in(folder)))
    path.unlink()
    return path.with_name(next(name for name in seen if name.endswith(".part")))


def test_a_link_that_stands_where_the_draft_will_be_is_not_followed(tmp_path: Path) -> None:
    path, other = tmp_path / "a.json", tmp_path / "other"
    other.write_bytes(b"kept")
    draft_of(path, tmp_path).symlink_to(other)

    with pytest.raises(OSError, match=r"symbolic"):
        write_whole(path, b"new")

    assert other.read_bytes() == b"kept"


def test_two_processes_that_write_one_file_leave_one_of_the_two_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    contents = [bytes([letter]) * 300_000 for letter in b"abcd"]

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write_whole, path, content) for content in contents * 8]:
            done.result()

    assert path.read_bytes() in contents
    assert names_in(tmp_path) == ["a.json"]


def test_a_file_is_read_up_to_its_limit_and_not_one_byte_further(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"12345")

    assert read_limited(path, 5) == b"12345"
    with pytest.raises(BadFile, match=r"a\.yaml is larger than 4 bytes") as caught:
        read_limited(path, 4)
    assert "a written form or a key alone" in caught.value.todo


@pytest.mark.parametrize(
    ("make", "message", "todo"),
    [
        (str, "there is no file a.yaml", "check the path"),
        (Path.mkdir, "a.yaml is a folder and no file", "give the path of one file"),
        (os.mkfifo, "a.yaml is a pipe or a device and no file", "save what comes through a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "a pipe or a device", "give the path"),
        (lambda path: path.symlink_to(path), "cannot be opened: Too many levels", "check the path"),
    ],
)  # fmt: skip
def test_what_is_no_file_is_refused_without_waiting_for_it(
    make: object, message: str, todo: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    assert callable(make)
    make(path)

    with pytest.raises(Other) as caught:
        read_limited(path, 100, error=Other)

    assert message in str(caught.value)
    assert todo in caught.value.todo
    assert caught.value.code == "other-code"
    assert caught.value.file == "a.yaml"


@pytest.mark.parametrize("name", ["a\x00b", "a" * 300, "\x1b[31mred"])
def test_a_name_that_is_none_is_refused_and_not_printed_as_it_is(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as caught:
        read_limited(tmp_path / name, 100)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 150


def test_a_path_through_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(BadFile, match=r"there is no file b\.yaml"):
        read_limited(tmp_path / "a" / "b.yaml", 100)


def test_each_durable_step_is_told_before_it_is_taken(tmp_path: Path) -> None:
    path, seen = tmp_path / "file", []

    write_whole(
        path,
        b"new",
        draft_name=".draft",
        steps=lambda step: seen.append((step, sorted(each.name for each in tmp_path.iterdir()))),
    )

    assert seen == [("write", []), ("sync", [".draft"]), ("rename", [".draft"])]
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_draft_that_a_crash_left_is_used_up(tmp_path: Path) -> None:
    (tmp_path / ".draft").write_bytes(b"longer than what is written now")

    write_whole(tmp_path / "file", b"new", draft_name=".draft")

    assert (tmp_path / "file").read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("write", [write_whole, write_new])
@pytest.mark.parametrize("missing", [True, False])
def test_a_folder_that_takes_no_file_is_named_and_not_the_draft(
    write: Callable[[Path, bytes], None], missing: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    if not missing:
        folder.write_bytes(b"a file")

    with pytest.raises(OSError, match="folder") as fault:
        write(folder / "made-up.yaml", b"x")

    assert fault.value.filename == str(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError) as fault:
            write_whole(tmp_path / "made-up.yaml", b"x")
    finally:
        tmp_path.chmod(0o700)

    assert fault.value.filename == str(tmp_path)
