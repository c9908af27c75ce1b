"""No file that somebody hands in ends in a traceback, a false alarm or a half-done answer.

A sample of the generated files runs each time. All 500 a command, with
CLERESTORY_HOSTILE_FILES=500, take some two hours of one processor.
"""

import os
import shutil
from pathlib import Path

import pytest

from hostile.judging import faults_of
from hostile.running import type_in
from hostile.slots import SLOTS, Slot, lay
from hostile.world import World, make_world

FILES = int(os.environ.get("CLERESTORY_HOSTILE_FILES", "3"))

# Where the good file is not taken either, and why.
NOT_TAKEN = {
    "log append": "what an office logs is not appended by hand",
    "log append key": "as log append",
    "log append kek": "as log append",
    "log verify policy": "no witness has cosigned the public checkpoint",
    "receipt signature": "a signed note needs no signature beside it",
    "verify sender pem": "a name is part of a sender's key, and a PEM has none",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("slot", SLOTS, ids=[slot.name for slot in SLOTS])
def test_no_hostile_file_does_harm(slot: Slot, world: World, tmp_path: Path) -> None:
    found = {}
    for number in range(FILES):
        folder = tmp_path / "run"
        done, faults = faults_of(slot, number, world, folder)
        if faults:
            found[number] = (faults, done.err)
        shutil.rmtree(folder)

    assert found == {}


@pytest.mark.parametrize("slot", SLOTS, ids=[slot.name for slot in SLOTS])
def test_the_good_file_is_taken_so_that_a_refusal_is_of_the_spoiled_one(
    slot: Slot, world: World, tmp_path: Path
) -> None:
    laid = lay(slot, 0, world, tmp_path, spoil=False)

    done = type_in(*laid.words)
    world.fresh_office()

    assert (done.code in (0, 1)) == (slot.name not in NOT_TAKEN), done.err


def test_the_same_number_is_the_same_file(world: World, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()

    one, two = (lay(SLOTS[0], 3, world, tmp_path / name).content for name in ("one", "two"))

    assert one == two
    assert one != (world.base / "given" / "demand.yaml").read_bytes()
