"""What reaches the disk before a checkpoint appears, and what may stand there already."""

from pathlib import Path

import pytest

from clerestory.ledger.errors import Forked
from clerestory.ledger.public_files import PublicFiles


def test_every_new_folder_and_its_parent_reach_the_disk_before_the_checkpoint(
    tmp_path: Path,
) -> None:
    steps: list[str] = []
    public = PublicFiles(tmp_path / "log" / "public", steps=steps.append)
    public.put("tile/0/000.p/1", b"made up")
    public.put_checkpoint("made up")

    assert steps == [
        *(f"{step} tile/0/000.p/1" for step in ("write", "sync", "rename")),
        "sync folder .",
        "sync folder public",
        "sync folder public/tile",
        "sync folder public/tile/0",
        "sync folder public/tile/0/000.p",
        *(f"{step} checkpoint" for step in ("write", "sync", "rename")),
        "sync folder public",
    ]


def test_a_folder_that_stands_is_forced_to_disk_alone(tmp_path: Path) -> None:
    steps: list[str] = []
    public = PublicFiles(tmp_path / "public", steps=steps.append)
    public.put("tile/0/000.p/1", b"made up")
    public.flush()
    steps.clear()

    public.put("tile/0/000.p/1", b"made up")
    public.put("tile/0/000.p/2", b"made up, more")
    public.flush()
    public.flush()

    assert [step for step in steps if "folder" in step] == ["sync folder public/tile/0/000.p"]
    assert not [step for step in steps if step.endswith("/1")]


@pytest.mark.parametrize(
    ("standing", "byte"),
    [(b"Xade up", 0), (b"made uX", 6), (b"made u", 6), (b"", 0), (b"made up!", 7)],
)
def test_a_file_that_stands_with_other_bytes_is_a_fork_and_is_kept(
    standing: bytes, byte: int, tmp_path: Path
) -> None:
    (tmp_path / "tile").write_bytes(standing)

    with pytest.raises(Forked, match=f"tile differs at byte {byte}$"):
        PublicFiles(tmp_path).put("tile", b"made up")

    assert (tmp_path / "tile").read_bytes() == standing
