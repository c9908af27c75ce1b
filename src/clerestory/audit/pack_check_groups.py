"""Codes that stand in groups where they do not belong, each at its line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from clerestory.audit.pack_check_files import codes_in
from clerestory.audit.pack_check_flaws import Flaw
from clerestory.audit.promises.groups import misplaced
from clerestory.law.codes import Vocabulary


def check_groups(
    packs_folder: Path, files: Sequence[Path], vocabulary: Vocabulary
) -> Iterator[Flaw]:
    """Yield a grave flaw for every code that contradicts what the program states of groups.

    No promise would tell it: policies and promises name the same groups.
    """
    # The last to name a code is found where two do, which is told by itself.
    places = {
        (list_name, code): (path.relative_to(packs_folder).as_posix(), abs(line))
        for path in files
        for line, list_name, code in codes_in(path)
    }
    for wrong in misplaced(vocabulary):
        file, line = places.get((wrong.list_name, wrong.code), ("codes.yaml", 1))
        yield Flaw(file, line, str(wrong), wrong.todo)
