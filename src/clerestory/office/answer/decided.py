"""A demand with its answer: what is made ready to leave, or is refused."""

from dataclasses import dataclass, field
from datetime import date

from clerestory.audit.sources_of_fields import FieldSources
from clerestory.demands import Demand, Determination
from clerestory.demands.speaking import Speaker
from clerestory.law import PackStack
from clerestory.policy import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A demand with its determination and the law that it was decided under.

    ``sources`` says who supplied each field, where the agency's own catalogue knows.
    """

    demand: Demand
    determination: Determination
    stack: PackStack
    sources: FieldSources = field(repr=False)

    @property
    def speaker(self) -> Speaker:
        """Says it to counsel and to custodians, in English."""
        return Speaker(sentences=self.stack.sentences)

    def engine(self, on: date | None = None) -> Engine:
        """Return the law that it was decided under, as of its own day or of another."""
        return Engine.of(self.stack, on or self.determination.on, self.sources)
