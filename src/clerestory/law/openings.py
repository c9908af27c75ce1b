"""The second statement of who may open what, lock by lock, kept apart from the policies.

A ``lock`` says over which records it lies. An ``opening`` is a row of the closed list of those who
may open it: who asks, for what, on which paper, with what found, and the authority that says so. A
lock may instead name the promises that keep it (``kept_by``). A ``lock`` with ``door`` stands for
records that no policy locks by name: nothing leaves there either but by its rows.
"""

from collections.abc import Mapping
from pathlib import Path

from clerestory.law.promise_rows import Kind, RowFile, read_rows

FILE = "openings.toml"
KINDS: Mapping[str, Kind] = {
    "lock": Kind(needs=("id", "cite"), texts=("door",), lists=("kept_by",)),
    "opening": Kind(needs=("id", "cite", "authority", "locks"), lists=("locks", "coarsen_to")),
}


def load_openings(folder: Path) -> RowFile:
    """Read a pack's openings; without them each of its locks opens for nobody.

    Raises:
        PackFault: The file cannot be read.
    """
    return read_rows(folder / FILE, folder.name, KINDS)
