"""Only a plain file is opened, and no pipe holds the command."""

import os
from pathlib import Path

import pytest

from clerestory.disclosure.given_files import open_given
from clerestory.kernel import Refusal


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as caught, open_given(path, "the answer to S1.photo"):
        pass
    assert caught.value.code == "given-file-unusable"
    assert "the file itself" in caught.value.todo
    return str(caught.value)


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    plain, link, pipe = tmp_path / "plain", tmp_path / "link", tmp_path / "pipe"
    plain.write_bytes(b"x")
    link.symlink_to(plain)
    os.mkfifo(pipe)
    start = "the answer to S1.photo must be a plain file: "

    with open_given(plain, "the answer to S1.photo") as file:
        assert file.read() == b"x"
    assert refused(tmp_path / "none") == f"{start}it cannot be opened"
    assert refused(tmp_path / "a\0b") == f"{start}it cannot be opened"
    assert refused(link) == f"{start}it is a link"
    for path in (tmp_path, pipe, Path("/dev/null")):
        assert refused(path) == f"{start}it is a folder, a pipe or a device"
