"""The list of parts tells the truth about the machine."""

import json
import re
import sqlite3
import stat
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

from clerestory.cli.doctor import (
    OPTIONAL_PACKAGES,
    PROGRAMS,
    OptionalPackage,
    Part,
    Program,
    contact_parts,
    doctor,
    optional_package_part,
    package_parts,
    program_part,
)
from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.half_files import half_files
from clerestory.disclosure import sealing
from clerestory.kernel import Refusal
from clerestory.kernel.folders import AGENCY, PREFIXES, staged

ROOT = Path(__file__).parents[3]
NEEDLE = Program(part="needle", names=("pin", "needle"), ask=("-V",), without="no sewing", get="")


def test_the_list_names_every_part_once_and_this_machine_can_run_the_program() -> None:
    result = CliRunner().invoke(doctor, ["--json"])

    parts = json.loads(result.stdout)["parts"]
    names = [part["name"] for part in parts]
    assert result.exit_code == ExitCode.DONE
    assert len(names) == len(set(names))
    assert {"python", "sqlite", "cedarpy", "bagit"} <= {p["name"] for p in parts if p["required"]}
    optional = {p["name"] for p in parts if not p["required"]}
    packages = {"psycopg", "pyspark", "pandas", "django"}
    assert optional == {
        *packages, "contact of maine-dhhs", *(program.part for program in PROGRAMS),
    }  # fmt: skip


def test_a_program_that_is_there_tells_its_version(tmp_path: Path) -> None:
    needle = tmp_path / "needle"
    needle.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "needle, release 1.20.3 (steel)" >&2\n')
    needle.chmod(needle.stat().st_mode | stat.S_IXUSR)

    part = program_part(NEEDLE, which=lambda name: str(needle) if name == "needle" else None)

    assert part == Part(
        name="needle", required=False, found=True, version="1.20.3", without="no sewing", get=""
    )


def test_a_program_that_cannot_be_started_is_found_without_a_version(tmp_path: Path) -> None:
    broken = tmp_path / "needle"
    broken.write_text("not a program")

    part = program_part(NEEDLE, which=lambda _name: str(broken))

    assert (part.found, part.version) == (True, "")


def test_a_missing_program_says_what_is_off_and_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")

    result = CliRunner().invoke(doctor)

    assert result.exit_code == ExitCode.DONE
    assert max(map(len, result.stdout.splitlines())) <= 80
    told = " ".join(result.stdout.split())
    for program in PROGRAMS:
        assert f"off: {program.without}" in told
        assert f"get: {program.get}" in told


@pytest.mark.parametrize(("found", "missing"), [("3.44.2", "3.36.9"), ("3.37", "3.9.1")])
def test_a_required_part_that_is_too_old_is_a_fault(
    found: str, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version", found)
    new_enough = CliRunner().invoke(doctor)
    monkeypatch.setattr(sqlite3, "sqlite_version", missing)
    too_old = CliRunner().invoke(doctor)

    assert new_enough.exit_code == ExitCode.DONE
    assert too_old.exit_code == ExitCode.MACHINE
    assert "it needs 3.37 or newer" in too_old.stdout


def test_a_missing_package_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        metadata, "requires", lambda _name: ["no-such-part>=1", 'x; extra == "test"']
    )

    result = CliRunner().invoke(doctor)

    assert result.exit_code == ExitCode.MACHINE
    assert "no-such-part" in result.stdout
    assert "\n  x " not in result.stdout


def test_a_package_says_what_is_off_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ["vl-convert-python>=1.9", "cedarpy>=4"]
    monkeypatch.setattr(metadata, "requires", lambda _name: needs)

    cedar, pictures = package_parts()

    assert (cedar.required, cedar.without) == (True, "the program does not run")
    assert (pictures.required, pictures.without) == (
        True,
        "no pictures: `law replay` and `lab compare` stop where they draw",
    )


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize("package", OPTIONAL_PACKAGES, ids=lambda package: package.name)
def test_an_optional_package_is_found_or_missing_and_names_its_extra(
    package: OptionalPackage, installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if not installed:
            raise metadata.PackageNotFoundError(name)
        return "4.3.0"

    monkeypatch.setattr("clerestory.cli.doctor.metadata.version", version)

    part = optional_package_part(package)

    assert (part.name, part.found, part.version, part.required) == (
        package.name,
        installed,
        "4.3.0" if installed else "",
        False,
    )
    assert part.get.endswith(f"pip install clerestory[{package.extra}]")


def test_every_optional_package_is_one_that_its_extra_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]

    for package in OPTIONAL_PACKAGES:
        asked = {re.split(r"[^\w.-]", need)[0] for need in extras[package.extra]}
        assert package.name in asked
    named = {package.extra for package in OPTIONAL_PACKAGES}
    assert named == set(extras) - {"test"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('contact = "security@dhhs.example"\n', True),
        ('contact = ""\n', False),
        ('contact = "  "\n', False),
        ("contact = 7\n", False),
        ("", False),
        (None, False),
    ],
)
def test_an_agency_names_whom_to_tell_of_a_weakness(
    text: str | None, found: bool, tmp_path: Path
) -> None:
    profile = tmp_path / "made-up"
    profile.mkdir()
    (profile / "profile.toml").touch()
    if text is not None:
        (profile / "security.toml").write_text(text)

    (part,) = contact_parts(tmp_path)

    assert (part.name, part.found, part.required) == ("contact of made-up", found, False)
    assert part.get == "write one into made-up/security.toml, see SECURITY.md"


def test_what_killed_runs_left_is_said_and_taken_away_only_when_asked(tmp_path: Path) -> None:
    office = tmp_path / "office"
    draft = office / "log" / "keys" / ".0123456789abcdef.part"
    piece = office / "sealing" / ".sealing-abcdefgh"
    halves = [tmp_path / f"{prefix}abcdefgh" for prefix in PREFIXES]
    others = [tmp_path / ".made-up-mine", tmp_path / ".git-abcdefgh"]
    # Somebody makes this one now.
    with staged(tmp_path / "new", prefix=AGENCY) as making:
        for folder in (draft.parent, piece.parent, *halves, *others):
            (folder / "in" / "side").mkdir(parents=True)
        draft.write_bytes(b"ha")
        piece.write_bytes(b"half a package")
        (tmp_path / ".opening-linklink").symlink_to(office)
        told = CliRunner().invoke(doctor, [str(tmp_path)])
        listed = CliRunner().invoke(doctor, [str(tmp_path), "--json"])
        assert all(one.exists() for one in (draft, piece, *halves, making))
        cleared = CliRunner().invoke(doctor, [str(tmp_path), "--clear"])
        assert making.exists()
    again = CliRunner().invoke(doctor, [str(tmp_path), "--clear"])

    assert [one.exit_code for one in (told, listed, cleared, again)] == [0] * 4
    assert set(json.loads(listed.stdout)["half"]) == {str(one) for one in (draft, piece, *halves)}
    flat = "".join(told.stdout.split())
    assert all(str(one) in flat for one in (draft, piece, *halves))
    assert "half done, of no use; see --clear" in told.stdout
    assert "half done, and taken away" in cleared.stdout
    assert again.stdout.endswith("half done, and taken away\n  nothing\n")
    assert {one.name for one in tmp_path.iterdir()} == {
        "office", ".made-up-mine", ".git-abcdefgh", ".opening-linklink",
    }  # fmt: skip
    assert draft.parent.is_dir()
    assert not draft.exists()
    assert not piece.exists()


def test_a_package_that_is_being_sealed_is_no_half_file(tmp_path: Path) -> None:
    with sealing._temporary(tmp_path) as (_, temporary):
        assert half_files(tmp_path, clear=True) == []
        assert temporary.exists()


def test_half_files_are_looked_for_in_a_folder_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("made up")

    with pytest.raises(Refusal, match="looked for in a folder") as refused:
        half_files(tmp_path / "file", clear=True)

    assert refused.value.code == "doctor-no-folder"
    assert CliRunner().invoke(doctor, ["--clear"]).exit_code == ExitCode.BAD_INPUT
    assert "half done" not in CliRunner().invoke(doctor, []).stdout
