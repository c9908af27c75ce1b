"""What would change a ruling: placeholder until the solver is in."""

from collections.abc import Mapping, Sequence

import cedarpy

from clerestory.demands.demand import Demand, Item
from clerestory.demands.determination import Question, Turn
from clerestory.policy.law_of_the_day import LawOfTheDay
from clerestory.policy.stages import Case, Finding


class Changes:
    @classmethod
    def of(
        cls,
        law: LawOfTheDay,
        cases: Sequence[Case],
        findings: Sequence[Finding],
        entities: cedarpy.Entities,
        *,
        active: bool,
    ) -> "Changes":
        return cls()

    def turns(self, place: int) -> tuple[Turn, ...]:
        return ()

    def questions(self, demand: Demand, places: Mapping[Item, int]) -> tuple[Question, ...]:
        return ()
