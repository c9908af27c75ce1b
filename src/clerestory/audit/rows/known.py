"""The demands of the known answers as flat rows: what the replay and its rehearsals start from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.audit.law_days import LawDays
from clerestory.demands.reading import load_document, read_demand
from clerestory.law.packs import available_packs
from clerestory.policy.decide.engine import Engine
from clerestory.policy.decide.stages import Case
from clerestory.policy.model.shape import flat_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """One case of one known demand on one day, with the engine of that day."""

    demand: str
    on: date
    packs: tuple[str, ...]
    case: Case = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    engine: Engine = field(repr=False)

    @property
    def law(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """What tells one law from another: the packs and the policies in force."""
        return self.packs, frozenset(self.engine.law.policies)


def known_rows(packs_folder: Path, files: Sequence[Path]) -> Iterator[KnownRow]:
    """Yield every case of every known answer whose packs are all here, in the files' order.

    Raises:
        BadDemand: A file is not a casebook, or a demand in it cannot be read.
    """
    days = LawDays(packs_folder)
    here = set(available_packs(packs_folder))
    for path in files:
        for case in cases_of(load_document(path), path.name):
            packs = tuple(map(str, case["packs"]))
            if set(packs) <= here:
                yield from rows_of_case(case, days)


def rows_of_case(case: Mapping[str, Any], days: LawDays) -> Iterator[KnownRow]:
    """Yield every case of one known demand, as it stands on each day of its steps.

    Raises:
        BadDemand: The demand cannot be read.
    """
    packs = tuple(map(str, case["packs"]))
    for step in case["expect"]:
        yield from _rows(case, days.engine(packs, day_of(step)), packs)


def _rows(case: Mapping[str, Any], engine: Engine, packs: tuple[str, ...]) -> Iterator[KnownRow]:
    on, vocabulary = engine.law.on, engine.law.stack.vocabulary
    demand = read_demand(demand_on(case, on), vocabulary)
    for asked in engine.docket(demand).cases:
        facts = flat_facts(asked.principal, asked.resource, asked.context, vocabulary)
        yield KnownRow(demand=demand.id, on=on, packs=packs, case=asked, facts=facts, engine=engine)
