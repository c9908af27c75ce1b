"""Recounting a log's leaves: the figures that anybody can check against a published report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clerestory.ledger.errors import Torn
from clerestory.ledger.events import EventType
from clerestory.ledger.leaf import Leaf, parse_leaf

CountKey = tuple[str, str, str]
"""Event type, scope and quarter."""


@dataclass(slots=True)
class Recount:
    """Counts leaves by type, scope and quarter, and follows the demand numbers."""

    counts: Counter[CountKey] = field(default_factory=Counter)
    last_numbers: dict[str, int] = field(default_factory=dict)

    def take(self, start: int, entries: Sequence[bytes]) -> None:
        """Count some neighbouring entries, the first of which has index ``start``.

        Raises:
            Torn: An entry is not a leaf of this product, or a demand number is missing, repeated
                or out of turn.
        """
        for index, entry in enumerate(entries, start):
            try:
                leaf = parse_leaf(entry)
            except Torn as fault:
                raise Torn(f"{fault}: index {index}") from fault
            self.counts[leaf.type.value, leaf.scope, leaf.period] += 1
            self._follow(index, leaf)

    def _follow(self, index: int, leaf: Leaf) -> None:
        if (leaf.serial is not None) != leaf.type.is_numbered:
            raise Torn(f"only a demand has a number, and every demand has one: index {index}")
        if leaf.serial is None:
            return
        expected = self.last_numbers.get(leaf.scope, 0) + 1
        if leaf.serial != expected:
            raise Torn(
                f"demand numbers have no gap: index {index} has {leaf.serial} instead of {expected}"
            )
        self.last_numbers[leaf.scope] = leaf.serial

    def total(self, kind: EventType) -> int:
        """Return how many leaves of one type there are."""
        return sum(count for key, count in self.counts.items() if key[0] == kind.value)

    def rows(self) -> Iterable[tuple[str, str, str, int]]:
        """List the counts, sorted."""
        return [(*key, count) for key, count in sorted(self.counts.items())]
