"""Which packs answer demands: those whose promises were all proved as they stand now.

``active.json`` in the folder of packs holds the digest of each stack that was proved, and with
what. A pack that was changed by one letter has another digest and is not active until it is proved
again. Deciding to see what a draft would say needs no activation; answering a demand does.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from clerestory.kernel import BadFile
from clerestory.kernel.bad_file import show
from clerestory.kernel.canonical import Json
from clerestory.kernel.files import write_whole
from clerestory.kernel.reading import read_document
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack

FILE = "active.json"


def list_active(packs_folder: Path) -> dict[str, Json]:
    """Return the stacks that are active, by digest.

    Raises:
        PackFault: The file is there and cannot be read.
    """
    path = packs_folder / FILE
    if not os.path.lexists(path):
        return {}
    try:
        active = read_document(path).value
    except BadFile as fault:
        raise _unreadable(str(fault)) from fault
    if not isinstance(active, dict):
        raise _unreadable("it is no group of digests")
    for digest, record in active.items():
        # What does not say that something was proved is no record of a proof.
        if not isinstance(record, dict) or not record.get("proved"):
            raise _unreadable(f"it does not say what was proved of {show(digest[:16])}")
    return active


def _unreadable(why: str) -> PackFault:
    return PackFault(
        f"{FILE} cannot be read: {why}", todo="remove it and run `clerestory law activate`"
    )


def check_active(stack: PackStack, packs_folder: Path) -> None:
    """Stop unless the stack is active as it stands.

    Raises:
        PackFault: Its promises were not all proved since it was last changed.
    """
    if stack.digest not in list_active(packs_folder):
        raise PackFault(
            f"the law of {' and '.join(stack.names)} is not active: its promises are not proved "
            f"as it stands now (digest {stack.digest[:16]})",
            code="law-not-proved",
            todo="run `clerestory law activate`; it shows a demand for each promise that is broken",
        )


def activate(packs_folder: Path, proved: Mapping[str, Json]) -> None:
    """Make exactly these stacks active; the file is replaced whole or not at all.

    Args:
        packs_folder: The folder of packs.
        proved: For each digest of a proved stack, what was proved and with what.
    """
    text = json.dumps(dict(proved), indent=1, sort_keys=True) + "\n"
    write_whole(packs_folder / FILE, text.encode())
