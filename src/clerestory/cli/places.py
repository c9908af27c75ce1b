"""Where packs, profiles and the casebook are: beside the source, or inside an installed package."""

import os
from pathlib import Path

from clerestory.kernel import Refusal

_HOME = "CLERESTORY_HOME"


def packs_folder(chosen: Path | None = None) -> Path:
    """Return the folder of the law packs; a folder chosen on the command line comes first."""
    return _folder("packs", chosen)


def profiles_folder(chosen: Path | None = None) -> Path:
    """Return the folder of the agencies' profiles."""
    return _folder("profiles", chosen)


def casebook_folder(chosen: Path | None = None) -> Path:
    """Return the folder of the known answers and real demands."""
    return _folder("casebook", chosen)


def _folder(name: str, chosen: Path | None) -> Path:
    package = Path(__file__).resolve().parents[1]
    home = os.environ.get(_HOME)
    tried = [chosen] if chosen else []
    if not chosen:
        tried += [Path(home) / name] if home else []
        tried += [package.parents[1] / name, package / "_data" / name]
    for folder in tried:
        if folder.is_dir():
            return folder
    raise Refusal(
        f"there is no folder of {name}: {tried[0]}",
        code="place-not-found",
        todo=f"name the right folder, or set {_HOME} to the folder that holds {name}/",
    )
