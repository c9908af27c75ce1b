"""What runs that were killed left half done, wherever it lies; nothing of it is ever used."""

import os
from collections.abc import Iterator
from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.kernel.files import clear_drafts, find_drafts
from clerestory.kernel.folders import PREFIXES, clear_staged, find_staged

# A folder of an office is three deep. A whole disk is not walked by a slip of the pen.
_DEEPEST = 4


def half_files(folder: Path, *, clear: bool) -> list[Path]:
    """Return the half files and half folders in a folder and below, of this account's own runs.

    What another process is writing now is none. An act of an office and a run of the same command
    take theirs away by themselves; this is for those of which none is run again.

    Args:
        folder: Where to look.
        clear: Whether to take them away.

    Raises:
        Refusal: It is no folder.
    """
    if not folder.is_dir():
        raise Refusal(
            f"half files are looked for in a folder: {folder}",
            code="doctor-no-folder",
            todo="name the folder of an office, of a log, or one in which something was made",
        )
    drafts, staged = (clear_drafts, clear_staged) if clear else (find_drafts, find_staged)
    found: list[Path] = []
    for place in _walk(folder, _DEEPEST):
        found += [*drafts(place), *staged(place, *PREFIXES)]
    return found


def _walk(folder: Path, levels: int) -> Iterator[Path]:
    """A folder and those below it, without those that are half done themselves."""
    try:
        with os.scandir(folder) as found:
            below = sorted(one.name for one in found if one.is_dir(follow_symlinks=False))
    except PermissionError:
        # In what this account may not read it left nothing.
        return
    yield folder
    if not levels:
        return
    for name in below:
        if not name.startswith(PREFIXES):
            yield from _walk(folder / name, levels - 1)
