"""A manifest is read strictly: what is not written is not taken for nothing."""

from pathlib import Path

import pytest

from clerestory.law.errors import Fault
from clerestory.law.manifest import Manifest, load_manifest

WHOLE = """\
name = "us-aa"
title = "A made-up state"
version = "2026.11"
requires = ["us-bb", "us-cc"]
order = ["snap"]
"""


def read(folder: Path, text: str | bytes) -> tuple[Manifest, list[Fault]]:
    folder = folder / "us-aa"
    folder.mkdir()
    (folder / "pack.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_manifest(folder)


def test_a_whole_manifest_is_read_as_it_is_written(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == (
        Manifest(
            name="us-aa",
            title="A made-up state",
            edition="2026.11",
            requires=("us-bb", "us-cc"),
            order=("snap",),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('name = "us-aa"\n', "", 1, "has no name"),
        ('"us-aa"', '"US_AA"', 1, "name must be small letters and digits with dashes, in quotes: "),
        ('"us-aa"', '"../us-aa"', 1, "name must be small letters and digits with dashes"),
        ('version = "2026.11"\n', "", 1, "has no version"),
        # A number would lose its last digit where that is a zero.
        ('"2026.11"', "2026.10", 3, "version must be letters, digits and dots, in quotes: 2026.1"),
        ('"2026.11"', '"2026.11+0d57b703"', 3, "version must be letters, digits and dots"),
        ('"2026.11"', '""', 3, "version must be letters, digits and dots"),
        ("requires =", "require =", 1, "has no requires"),
        ('["us-bb", "us-cc"]', '"us-bb"', 4, "requires must be a list of names in quotes: us-bb"),
        ('["us-bb", "us-cc"]', '["us-bb", 7]', 4, "requires must be a list of names in quotes"),
        ('"us-cc"]', '"us-aa"]', 4, "requires itself: us-aa"),
        ('["snap"]', '"snap"', 5, "order must be a list of names in quotes: snap"),
    ],
)
def test_one_slip_is_one_fault_with_its_line(
    old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    assert WHOLE.count(old) == 1

    _, faults = read(tmp_path, WHOLE.replace(old, new))

    assert [(fault.file, fault.line) for fault in faults] == [("pack.toml", line)]
    assert faults[0].text.startswith(said)


@pytest.mark.parametrize("text", ["name = = 1", b'name = "\xff"', "name = 'a'\nname = 'b'"])
def test_what_is_no_toml_is_a_fault_and_requires_nothing(text: str | bytes, tmp_path: Path) -> None:
    manifest, faults = read(tmp_path, text)

    assert [fault.text.partition(":")[0] for fault in faults] == ["cannot be read"]
    assert (manifest.name, manifest.requires) == ("us-aa", ())
