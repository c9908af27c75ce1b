"""Determinations that an office keeps, decided again: all by the table, a drawn sample by Cedar.

What is decided again is the demand with the facts that were judged, under the law that was in use.
The table answers each case anew; what was kept of a case, and of each field, may be no more open
than that. Cedar answers a sample in full: each stage must be the one that was kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

from clerestory.audit.chain import Discrepancy
from clerestory.audit.sources_of_fields import FieldSources
from clerestory.demands import Outcome, read_demand
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json, digest_of
from clerestory.law import PackStack
from clerestory.policy import Engine
from clerestory.policy.circuit.circuit import OUTCOMES, answer_of
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.decide.cases import CaseAnswer
from clerestory.policy.decide.engine import Docket
from clerestory.policy.interpreters.columnar import ColumnarLaw
from clerestory.policy.model.shape import Shape, flat_facts

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 500
_WORDS = ("established", "lifted", "mandated", "barred")
"""What each stage fills for those that follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One determination as an office keeps it.

    Attributes:
        matter: The matter.
        position: The act's place in it.
        index: The act's entry in the log.
        on: The day that it was decided for.
        law: The digest of the law.
        catalogue: The digest of what the catalogue said of who supplied each field.
        parts: The demand, its cells and the way of each case through the stages.
    """

    matter: str
    position: int
    index: int
    on: date
    law: str
    catalogue: str
    parts: Mapping[str, Any] = field(repr=False)


@dataclass(slots=True)
class Counted:
    """How many determinations were decided again, and how many of them by Cedar too."""

    decided: int = 0
    sampled: int = 0


class DecidedAgain:
    """Decides kept determinations again, some hundred at once."""

    def __init__(
        self,
        laws: Mapping[str, PackStack],
        sources: FieldSources,
        *,
        seed: int,
        share: float,
    ) -> None:
        """Prepare.

        Args:
            laws: The law by its digest.
            sources: Who supplied each field.
            seed: What the sample is drawn with, so that anybody draws the same.
            share: Which share Cedar decides again too, from 0 to 1.
        """
        self._laws, self._sources, self._share = laws, sources, share
        self._catalogue = catalogue_digest(sources)
        self._random = Random(seed)  # noqa: S311 - drawn to be repeated, not to be secret
        self._waiting: list[_Row] = []
        self.counted = Counted()

    def take(self, kept: Kept) -> Iterator[Discrepancy]:
        """Take the next determination; yield what is wrong with it, or with some before it."""
        yield from self._taken(kept)
        if len(self._waiting) >= _AT_ONCE:
            yield from self.end()

    def end(self) -> Iterator[Discrepancy]:
        """Answer those that wait; yield what is wrong with each."""
        waiting, self._waiting = self._waiting, []
        groups: dict[tuple[str, frozenset[str]], list[_Row]] = {}
        for row in waiting:
            key = row.kept.law, frozenset(row.engine.law.policies)
            groups.setdefault(key, []).append(row)
        for rows in groups.values():
            yield from _compare(rows)

    def _taken(self, kept: Kept) -> Iterator[Discrepancy]:
        stack = self._laws.get(kept.law)
        if stack is None:
            yield _wrong(kept, "decision-law-missing",
                         f"the law that decided is kept: {kept.law[:12]}")  # fmt: skip
            return
        if kept.catalogue != self._catalogue:
            yield _wrong(kept, "decision-catalogue",
                         "the catalogue says of each field who supplied it, as it did")  # fmt: skip
            return
        engine = Engine.of(stack, kept.on, self._sources)
        try:
            docket = engine.docket(read_demand(kept.parts["demand"], stack.vocabulary))
        except Refusal as fault:
            yield _wrong(kept, "decision-unreadable", f"what was judged can be read: {fault.code}")
            return
        self.counted.decided += 1
        told = {name: case for case in kept.parts["stages"] for name in case["items"]}
        items = {item: f"{item.program}/{item.ref}" for item in docket.places}
        if sorted(told) != sorted(items.values()):
            yield _wrong(kept, "decision-items", "each field that is asked has its stages")
            return
        if self._random.random() < self._share:
            self.counted.sampled += 1
            again = stages_json(docket, engine.answers(docket))
            if digest_of(again) != digest_of(kept.parts["stages"]):
                yield _wrong(kept, "decision-differs", "Cedar decides as it was decided")
        cells = {f"{program}/{ref}": outcome for program, ref, outcome, *_ in kept.parts["cells"]}
        for place, case in enumerate(docket.cases):
            names = [items[item] for item, at in docket.places.items() if at == place]
            source = self._sources.get(tuple(case.resource.split(".", 1)))  # type: ignore[arg-type]
            facts = flat_facts(
                case.principal, case.resource, case.context, stack.vocabulary, source
            )
            self._waiting += [
                _Row(kept=kept, engine=engine, facts=facts, name=name,
                     stage=told[name]["outcome"], cell=cells.get(name, ""))
                for name in names
            ]  # fmt: skip


def catalogue_digest(sources: FieldSources) -> str:
    """Return what a decision binds of who supplied each field."""
    named: list[Json] = [[*name, source] for name, source in sorted(sources.items())]
    return digest_of(named)


def stages_json(docket: Docket, answers: Sequence[CaseAnswer]) -> list[Json]:
    """Return the way of each case through the stages, with the items that it is."""
    items: dict[int, list[Json]] = {}
    for item, place in docket.places.items():
        items.setdefault(place, []).append(f"{item.program}/{item.ref}")
    return [
        {
            "items": items[place], "outcome": answer.outcome.value,
            "defines": list(answer.defined), "lifts": list(answer.lifts),
            "bars": list(answer.bars), "refers": list(answer.refers),
            "refusals": list(answer.refusals), "opinions": list(answer.opinions),
            "suspended": list(answer.suspended), "errors": list(answer.errors),
            **{name: sorted(answer.context[name]) for name in _WORDS},
        }
        for place, answer in enumerate(answers)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One field of one determination, with what was kept of it."""

    kept: Kept
    engine: Engine
    facts: Mapping[str, Any]
    name: str
    stage: str
    cell: str


def _compare(rows: Sequence[_Row]) -> Iterator[Discrepancy]:
    circuit = circuit_of(rows[0].engine.law)
    outcome = ColumnarLaw(circuit).decide(_table(rows, circuit.shape)).outcome
    for row, number in zip(rows, outcome, strict=True):
        answer = OUTCOMES[number]
        if row.stage not in set(Outcome) or answer_of(Outcome(row.stage)) != answer:
            yield _wrong(row.kept, "decision-differs",
                         f"the law makes of {row.name} what was decided: {answer}")  # fmt: skip
        elif row.cell not in set(Outcome) or _openness(row.cell) < _openness(row.stage):
            yield _wrong(row.kept, "decision-raised",
                         f"nobody raises what the law decides: {row.name}")  # fmt: skip


def _openness(outcome: str) -> int:
    return list(Outcome).index(Outcome(outcome))


def _table(rows: Iterable[_Row], shape: Shape) -> "pa.Table":
    import pyarrow as pa

    told = [row.facts for row in rows]
    facts = {path: pa.array([one[path] for one in told], pa.string()) for path in shape.facts}
    sets = {
        path: pa.array([list(one[path]) for one in told], pa.list_(pa.string()))
        for path in shape.sets
    }
    return pa.table(facts | sets)


def _wrong(kept: Kept, code: str, what: str) -> Discrepancy:
    return Discrepancy(
        code=code, what=what, index=kept.index, matter=kept.matter, position=kept.position
    )
