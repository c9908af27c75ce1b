"""The demonstration's words for the shell."""

import shlex
from pathlib import Path

import pytest

from clerestory.cli.demo import _from_here, _quoted


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("demo-files", "demo-files"),
        ("-x/agency", "./-x/agency"),
        ("a b/it's", "a b/it's"),
        ("/elsewhere/x", "/elsewhere/x"),
    ],
)
def test_a_path_is_told_so_that_it_is_no_option(
    path: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert _from_here(Path(path)) == told
    assert _from_here(tmp_path / path) == told
    assert shlex.split(_quoted(Path(path))) == [told]
