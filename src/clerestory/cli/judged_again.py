"""What the law of today says of a demand and of the facts that earlier answers judged, each once.

A demand may have many earlier answers. All are held against the one that is given now, under one
law, so that what differs is due to the facts alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from clerestory.cli.committed import cell_name
from clerestory.demands import Demand, read_demand
from clerestory.demands.determination import Ruling
from clerestory.kernel import canonical_bytes
from clerestory.office.answer.decided import Decided
from clerestory.policy import Engine

Rulings = Mapping[str, Ruling]


@dataclass(frozen=True)
class JudgedAgain:
    """One law, the demand as it is decided now, and every other set of facts, judged at most once.

    Rulings are those of the law itself, before anybody lowers them.

    Attributes:
        decided: The demand as it is decided now.
    """

    decided: Decided
    _judged: dict[bytes, Rulings] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def now(self) -> Rulings:
        """What the law of today says of the facts that are given now."""
        return self._rulings(self.decided.demand)

    def then(self, facts: Mapping[str, Any]) -> Rulings:
        """Return what the law of today says of the facts that an earlier answer judged."""
        key = canonical_bytes(dict(facts))
        if key not in self._judged:
            self._judged[key] = self._rulings(self.demand_of(facts))
        return self._judged[key]

    def demand_of(self, facts: Mapping[str, Any]) -> Demand:
        """Return the demand that an earlier answer judged, without what only people read."""
        return read_demand(dict(facts), self.decided.stack.vocabulary)

    def _rulings(self, demand: Demand) -> Rulings:
        told = self._engine.decide(demand, explain=False)
        return {cell_name(ruling.item): ruling for ruling in told.rulings}

    @cached_property
    def _engine(self) -> Engine:
        return self.decided.engine()
