"""A made-up law that is active, a draft of it, and the last step of the gate between the two."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.audit.gate.changes import Changes
from clerestory.audit.gate.report import Step
from clerestory.law.activation import activate, kept_law
from clerestory.law.packs import available_packs, load_stack

Damage = Callable[[str, str, str], int]


def activate_as_it_stands(packs: Path) -> None:
    """Make the packs active without the gate, with one thing promised."""
    digests = [load_stack(packs, [name]).digest for name in available_packs(packs)]
    activate(packs, {digest: {"proved": ["closed"], "packs": []} for digest in digests})


def add_pack(packs: Path, name: str, requires: str) -> None:
    """Lay a copy of the made-up pack upon others, with names of its own."""
    shutil.copytree(packs / "us-aa", packs / name)
    folder = packs / name
    manifest = (folder / "pack.toml").read_text().replace("us-aa", name)
    (folder / "pack.toml").write_text(manifest.replace("requires = []", f"requires = {requires}"))
    law = (folder / "law.cedar").read_text()
    (folder / "law.cedar").write_text(
        law.replace("aa-", "bb-").replace("house-default", "bb-house")
    )
    text = (folder / "authorities.toml").read_text()
    if requires != "[]":
        # What decides where no policy does is said once, by the pack that it is laid upon.
        text = text.replace('decides = "silence"\n', "")
        # So is what its words mean.
        shutil.rmtree(folder / "words")
    (folder / "authorities.toml").write_text(
        text.replace("aa-", "bb-").replace("house-default", "bb-house")
    )
    shutil.rmtree(folder / "cases")


@pytest.fixture
def active(packs: Path) -> Path:
    """The folder with the made-up pack, active as it stands."""
    activate_as_it_stands(packs)
    return packs


class Gate:
    """The last step of the gate, as often as a test wants it."""

    def __init__(self, packs: Path) -> None:
        self.packs = packs
        self.promised = frozenset({"closed"})

    def run(self, changes: str = "", *, timeout_ms: int = 30_000) -> tuple[Step, Changes]:
        """Write the reviewed file and take the step."""
        (self.packs / "changes.toml").write_text(changes)
        whole = Changes(
            folder=self.packs,
            kept=kept_law(self.packs),
            files=sorted(self.packs.glob("*/cases/*.yaml")),
            promised=self.promised,
            promised_before=frozenset({"closed"}),
            timeout_ms=timeout_ms,
            say=lambda _: None,
        )
        return whole.step(), whole

    def faults(self, changes: str) -> list[str]:
        """Return what is told to be wrong with the reviewed file."""
        return list(self.run(changes)[0].lines[:-1])


@pytest.fixture
def gate(active: Path) -> Gate:
    return Gate(active)
