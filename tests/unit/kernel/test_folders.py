"""Folders that are there whole or not at all."""

import fcntl
import os
from pathlib import Path

import pytest

from clerestory.kernel import Refusal, locks
from clerestory.kernel.folders import put_in_place, staged


def test_a_folder_is_for_its_owner_while_it_is_made_and_then_has_its_name(tmp_path: Path) -> None:
    with staged(tmp_path / "new", prefix=".made-") as making:
        (making / "file").write_text("made up")
        assert making.stat().st_mode & 0o777 == 0o700
        assert not (tmp_path / "new").exists()
        put_in_place(making, tmp_path / "new")

    assert [path.name for path in tmp_path.rglob("*")] == ["new", "file"]


def test_nothing_stays_of_a_folder_that_was_not_finished(tmp_path: Path) -> None:
    def fail() -> None:
        with staged(tmp_path / "new", prefix=".made-") as making:
            (making / "file").write_text("made up")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_stand_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full" / "inside").mkdir(parents=True)
    (tmp_path / "file").write_text("made up")

    with staged(tmp_path / "empty", prefix=".made-") as making:
        put_in_place(making, tmp_path / "empty")
    for name in ("full", "file"):
        with (
            pytest.raises(FileExistsError) as refused,
            staged(tmp_path / name, prefix=".made-") as making,
        ):
            put_in_place(making, tmp_path / name)
        assert refused.value.filename == str(tmp_path / name)

    assert {path.name for path in tmp_path.iterdir()} == {"empty", "full", "file"}
    assert (tmp_path / "full" / "inside").is_dir()


def test_only_what_a_dead_run_left_is_taken_away(tmp_path: Path) -> None:
    left, worked_in = tmp_path / ".made-aaaaaaaa", tmp_path / ".made-bbbbbbbb"
    others = [tmp_path / name for name in (".made-aaaa", ".made-AAAAAAAA", "x.made-aaaaaaaa")]
    for folder in (left, worked_in, *others):
        (folder / "inside").mkdir(parents=True)
    (tmp_path / ".made-cccccccc").symlink_to(others[0])
    handle = os.open(worked_in, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        # Its own is held as well: another run leaves it alone.
        with (
            staged(tmp_path / "new", prefix=".made-") as making,
            staged(tmp_path / "another", prefix=".made-"),
        ):
            assert making.is_dir()
    finally:
        os.close(handle)

    assert not left.exists()
    assert all((folder / "inside").is_dir() for folder in (worked_in, *others))
    assert (tmp_path / ".made-cccccccc").is_symlink()


def test_nobody_waits_for_ever_for_a_folder_that_a_stranger_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LONGEST_WAIT", 3)
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)

    with pytest.raises(Refusal) as refused, staged(tmp_path / "new", prefix=".made-"):
        pytest.fail("nothing is made in a folder that others hold")
    assert refused.value.code == "folder-held"
    assert (
        f"another program holds the folder '{tmp_path.name}': process {os.getpid()}, running "
        "since 20" in str(refused.value)
    )
    assert list(tmp_path.iterdir()) == []

    os.close(held)
    with staged(tmp_path / "new", prefix=".made-") as making:
        put_in_place(making, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
