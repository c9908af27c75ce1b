"""Engines by day: days on which the same policies stand share what was parsed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from clerestory.law.packs import PackStack, load_stack
from clerestory.policy.decide.engine import Engine


class LawDays:
    """The law of every day under the packs of one folder, each part of it parsed once."""

    def __init__(self, packs_folder: Path) -> None:
        self._folder = packs_folder
        self._stacks: dict[tuple[str, ...], PackStack] = {}
        self._engines: dict[tuple[str, frozenset[str]], Engine] = {}

    def stack(self, packs: Sequence[str]) -> PackStack:
        """Return the packs put together.

        Raises:
            PackFault: A pack is missing or at fault, or two packs contradict each other.
        """
        key = tuple(packs)
        if key not in self._stacks:
            self._stacks[key] = load_stack(self._folder, key)
        return self._stacks[key]

    def engine(self, packs: Sequence[str], on: date) -> Engine:
        """Return the law of the day ``on`` under these packs, ready to decide."""
        stack = self.stack(packs)
        key = (stack.digest, frozenset(policy.id for policy in stack.in_force(on)))
        if key not in self._engines:
            self._engines[key] = Engine.of(stack, on)
        engine = self._engines[key]
        law = replace(engine.law, on=on)
        return replace(engine, law=law, considered=replace(engine.considered, law=law))
