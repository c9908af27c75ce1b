"""Only a plain file is read, and no pipe holds the command."""

import os
from pathlib import Path

import pytest

from clerestory.disclosure.given_files import open_given, read_given
from clerestory.kernel import Refusal


def refused(path: Path, limit: int = 10) -> str:
    with pytest.raises(Refusal) as caught:
        read_given(path, "the recipient key", limit=limit)
    assert caught.value.code == "given-file-unusable"
    assert "the file itself" in caught.value.todo
    return str(caught.value)


def test_a_plain_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"x" * 10)

    assert read_given(path, "the recipient key", limit=10) == b"x" * 10
    assert refused(path, 9) == "the recipient key must be a plain file: it has more than 9 bytes"


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    plain, link, pipe = tmp_path / "plain", tmp_path / "link", tmp_path / "pipe"
    plain.write_bytes(b"x")
    link.symlink_to(plain)
    os.mkfifo(pipe)
    start = "the recipient key must be a plain file: "

    assert refused(tmp_path / "none") == f"{start}it cannot be opened"
    assert refused(tmp_path / "a\0b") == f"{start}it cannot be opened"
    assert read_given(link, "the recipient key", limit=1) == b"x"
    with pytest.raises(Refusal, match="it is a link"), open_given(link, "the answer"):
        pass
    for path in (tmp_path, pipe, Path("/dev/null")):
        assert refused(path) == f"{start}it is a folder, a pipe or a device"
