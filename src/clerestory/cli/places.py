"""Where the law and the agencies' profiles lie on this machine."""

import os
from pathlib import Path

from clerestory.audit.installed import installed_data
from clerestory.law.errors import PackFault

HOME = "CLERESTORY_HOME"


def packs_folder(given: Path | None = None) -> Path:
    """Return the folder of packs: the one given, or else the one of this installation.

    Raises:
        PackFault: The folder does not exist.
    """
    return _existing(given or _home() / "packs", "packs")


def profiles_folder(given: Path | None = None) -> Path:
    """Return the folder of profiles: the one given, or else the one of this installation.

    Raises:
        PackFault: The folder does not exist.
    """
    return _existing(given or _home() / "profiles", "profiles")


def casebook_folder(packs: Path | None = None) -> Path | None:
    """Return the folder of known answers that belongs to the packs, if there is one.

    Args:
        packs: The folder of packs that was given; its casebook lies beside it.
    """
    folder = (packs.parent if packs else _home()) / "casebook"
    return folder if folder.is_dir() else None


def known_files(packs: Path | None = None) -> list[Path]:
    """Return the files of known answers, of the casebook and of every pack.

    Args:
        packs: The folder of packs that was given, if one was.
    """
    from clerestory.audit.case_score import list_case_files

    folders = [casebook_folder(packs), *sorted(packs_folder(packs).glob("*/cases"))]
    return list_case_files([folder for folder in folders if folder])


def scenarios_folder() -> Path:
    """Return the folder of the scenarios that come with the program.

    Raises:
        PackFault: The folder does not exist.
    """
    return _existing(_home() / "scenarios", "scenarios")


def _home() -> Path:
    """Return CLERESTORY_HOME, else the checkout, else the data inside the package."""
    if os.environ.get(HOME):
        return Path(os.environ[HOME])
    return installed_data()


def _existing(folder: Path, what: str) -> Path:
    if not folder.is_dir():
        raise PackFault(
            f"there is no folder of {what}: {folder}",
            code="law-no-pack",
            todo=f"name the folder that holds packs and profiles in {HOME}, or give --{what}-dir",
        )
    return folder
