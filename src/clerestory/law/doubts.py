"""Where an unknown fact opens what one of its answers would close, each with its reason.

Silence and doubt release nothing. So a fact that nobody established, or that somebody asked about
and nobody answered, releases only what every answer to it would release. ``doubts.toml`` lists the
exceptions: the ``fact``, whether it is merely ``unknown`` or even ``raised``, and the reason, such
as counsel would sign.
"""

from collections.abc import Mapping
from pathlib import Path

from clerestory.law.errors import PackFault
from clerestory.law.promise_rows import Kind, RowFile, read_rows

FILE = "doubts.toml"
STATES = ("unknown", "raised")
KINDS: Mapping[str, Kind] = {
    "doubt": Kind(needs=("id", "cite", "fact", "state", "reason")),
}


def load_doubts(folder: Path) -> RowFile:
    """Read a pack's exceptions; without them nothing opens on doubt.

    Raises:
        PackFault: The file cannot be read, or a state is none.
    """
    file = read_rows(folder / FILE, folder.name, KINDS)
    for row in file.rows["doubt"]:
        if row.text("state") not in STATES:
            raise PackFault(
                f"{row.where}: {row.id}: a doubt has no state {row.text('state')}",
                todo=f"choose from {', '.join(STATES)}",
            )
    return file
