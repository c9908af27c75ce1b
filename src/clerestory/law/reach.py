"""Which requesters reach which records, and by which ways: a table kept apart from the policies.

A ``group`` names requesters, by class or by whatever marks them. A ``category`` names records, by
category, field, source or mark. A ``way`` is a row of the closed list of how some groups reach some
categories: on which paper, for what, with what found, and by which authority. A pair of a group and
a category for which there is no way is never reached.
"""

from collections.abc import Mapping
from pathlib import Path

from clerestory.law.errors import PackFault
from clerestory.law.promise_rows import COLUMNS, Kind, RowFile, read_rows

FILE = "reach.toml"
KINDS: Mapping[str, Kind] = {
    "group": Kind(needs=("id", "means"), alternatives=True),
    "category": Kind(needs=("id", "means"), alternatives=True),
    "way": Kind(
        needs=("id", "cite", "authority", "groups", "reaches"), lists=("groups", "reaches")
    ),
}


def load_reach(folder: Path) -> RowFile:
    """Read a pack's table of reach; without it nobody reaches anything.

    Raises:
        PackFault: The file cannot be read, or a row says nothing of whom, what or how.
    """
    file = read_rows(folder / FILE, folder.name, KINDS)
    for kind, rows in file.rows.items():
        for row in rows:
            # Without a column a row would hold of everybody, of everything, or always.
            if "when" not in row.texts and not set(COLUMNS) & set(row.lists):
                raise PackFault(
                    f"{row.where}: {row.id}: a {kind} has no condition",
                    todo=f"say in a column what the {kind} is, or take it out",
                )
    return file
