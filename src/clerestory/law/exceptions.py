"""The closed list of what even the program's own promises let through, as a pack's law has it.

A row of ``exceptions.toml`` is a ``mandate``, a law that orders a release whoever asks, or a
``class_agreement``, a law that provides for an agreement on a whole class. Each rests on one
authority and cites it. What is not listed is no exception, whatever a policy calls itself.
"""

from collections.abc import Mapping
from pathlib import Path

from clerestory.law.promise_rows import Kind, RowFile, read_rows

FILE = "exceptions.toml"
KINDS: Mapping[str, Kind] = {
    "mandate": Kind(needs=("id", "cite", "authority")),
    "class_agreement": Kind(needs=("id", "cite", "authority")),
}


def load_exceptions(folder: Path) -> RowFile:
    """Read a pack's exceptions; a pack may have none.

    Raises:
        PackFault: The file cannot be read.
    """
    return read_rows(folder / FILE, folder.name, KINDS)
