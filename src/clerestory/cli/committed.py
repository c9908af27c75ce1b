"""What the log keeps of a decision, so that a later answer can be held against it.

The facts that were judged stand there without names, titles or other texts for people, and for each
field what left or did not leave, and who kept it: the law, people, or the record. It lies under the
matter's own key and goes with it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from clerestory.demands import Demand, Determination, Item
from clerestory.demands.demand import Instrument
from clerestory.demands.determination import Ruling
from clerestory.demands.writing_demands import demand_json
from clerestory.kernel import canonical_bytes

_TEXT = "-"
_GROUPS = ("findings", "instrument", "nondisclosure")
Keeper = Literal["law", "people", "record"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one field of one person, and who kept it."""

    answer: str
    by: Keeper


def cell_name(item: Item) -> str:
    """Return how a field is called, such as ``snap/S1.address``."""
    return f"{item.program}/{item.ref}"


def answer_in(ruling: Ruling) -> str:
    """Return what leaves by a ruling: its outcome, and the coarser form where it is one."""
    return " ".join(filter(None, (ruling.outcome.value, ruling.coarsen_to)))


def judged_text(demand: Demand) -> str:
    """Return the facts that a demand gives to be judged, in its written form."""
    return canonical_bytes(facts_in(demand)).decode()


def cells_text(
    determination: Determination, *, by_record: Collection[Item] = (), by_people: bool = False
) -> str:
    """Return what became of each field.

    Args:
        determination: What was decided, with what the record lowered.
        by_record: What the record lowered.
        by_people: Whether counsel refused the whole: then people kept all of it.
    """
    kept = frozenset(by_record)

    def keeper(ruling: Ruling) -> Keeper:
        if by_people or ruling.lowered_from is not None:
            return "people"
        return "record" if ruling.item in kept else "law"

    told = {cell_name(r.item): [answer_in(r), keeper(r)] for r in determination.rulings}
    return canonical_bytes(told).decode()


def read_cells(text: str) -> Mapping[str, Cell]:
    """Read what became of each field."""
    return {name: Cell(answer, by) for name, (answer, by) in json.loads(text).items()}


def facts_in(demand: Demand) -> dict[str, Any]:
    """Return a demand in its written form without the texts that only people read."""
    bare = replace(
        demand,
        title=_TEXT,
        requester=replace(demand.requester, body=_TEXT, reference=""),
        instrument=_bare_paper(demand.instrument),
        opinions=tuple(replace(one, by=_TEXT, reason=_TEXT) for one in demand.opinions),
        suspensions=tuple(replace(one, by=_TEXT, reason=_TEXT) for one in demand.suspensions),
    )
    return demand_json(bare)


def changed_facts(before: Mapping[str, Any], now: Mapping[str, Any]) -> frozenset[str]:
    """Return what differs between two sets of facts, each by the name of its place in the demand.

    A finding, a part of the paper and a person each have a name of their own, such as
    ``findings.part2_order``, ``instrument.accompanies`` and ``subjects.S1``.
    """
    old, new = _by_place(before), _by_place(now)
    return frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))


def _by_place(facts: Mapping[str, Any]) -> dict[str, Any]:
    places: dict[str, Any] = {}
    for name, value in facts.items():
        if name in _GROUPS:
            places |= {f"{name}.{key}": inner for key, inner in value.items()}
        elif name == "subjects":
            places |= {f"subjects.{one['ref']}": one for one in value}
        else:
            places[name] = value
    return places


def _bare_paper(paper: Instrument) -> Instrument:
    return replace(
        paper,
        court_name="",
        docket="",
        signed_by=_TEXT if paper.signed_by else "",
        served_by=_TEXT if paper.served_by else "",
        accompanies=tuple(_bare_paper(extra) for extra in paper.accompanies),
    )
