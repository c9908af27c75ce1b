"""What must be true of a command that was given a hostile file."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from hostile.running import Done, type_in
from hostile.slots import Slot, lay
from hostile.world import World

EXIT_CODES = {0, 1, 2, 3}  # a hostile file is neither the machine's trouble nor a stop

# Trouble that a file can truly cause and that stands in the machine's exit code.
MACHINE_CODES = {"source-vanished", "source-locked", "log-storage", "log-locked"}


def faults_of(slot: Slot, number: int, world: World, folder: Path) -> tuple[Done, list[str]]:
    """Run one slot with one hostile file; return the answer and everything wrong with it."""
    folder.mkdir(parents=True)
    laid = lay(slot, number, world, folder)
    before = world.state()
    done = type_in(*laid.words)
    changed = world.state() != before
    faults = list(_faults(slot, done))
    if changed:
        if done.code not in (0, 1):
            faults.append(f"refused with {done.code}, and yet something was written or logged")
        world.fresh_office()
    return done, faults


def _faults(slot: Slot, done: Done) -> Iterator[str]:
    if done.code not in EXIT_CODES and done.error_code not in MACHINE_CODES:
        yield f"exit code {done.code}"
    if done.code == 3 and not slot.claims:
        yield "an alarm about a file that claims nothing"
    if "Traceback" in done.err or done.error_code == "program-fault":
        yield "the program met what it was not written for"
    if done.code not in (0, 1):
        if not done.error_code:
            yield "an error without a code"
        if not done.err.partition("\n  next: ")[2].strip():
            yield "an error without a next step"
    acting = {
        letter
        for letter in done.out + done.err
        if letter != "\n" and unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }
    if acting:
        yield f"a terminal obeys what was written: {sorted(acting)!r}"
