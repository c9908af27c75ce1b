"""Which permits the known answers show at work: met in a release, and unmet somewhere else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerestory.audit.casebook import day_of, demand_on
from clerestory.audit.law_days import LawDays
from clerestory.demands.demand import Demand
from clerestory.demands.reading import read_demand
from clerestory.kernel import Refusal
from clerestory.law.errors import PackFault
from clerestory.policy.clauses import ClauseSet
from clerestory.policy.decide import Engine
from clerestory.policy.facts import facts_of
from clerestory.policy.model import field_uid, request
from clerestory.policy.stages import Case, run

_OPENING = ("lift", "lift_coarsened")
_OPEN = {"release", "coarsen"}


@dataclass(slots=True)
class Shown:
    """The permits that cases show, by policy id, with the ids of the cases.

    ``met`` holds the permits among the determining policies of an answer that the case expects
    to be open; ``unmet`` those considered and found wanting where the answer stays closed.
    """

    met: dict[str, set[str]] = field(default_factory=dict)
    unmet: dict[str, set[str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def note(self, into: dict[str, set[str]], policies: Iterable[str], case: str) -> None:
        """Enter a case under each policy."""
        for name in policies:
            into.setdefault(name, set()).add(case)


class Showing:
    """Runs cases far enough to see which permits open and which were wanting."""

    def __init__(self, days: LawDays) -> None:
        self._days = days
        self._clauses: dict[tuple[str, str], ClauseSet] = {}
        self.shown = Shown()

    def add(self, case: Mapping[str, Any]) -> None:
        """Run one case; one that cannot be read is entered under ``unread`` with the reason."""
        name = str(case["demand"]["id"])
        try:
            for step in case["expect"]:
                on = day_of(step)
                engine = self._days.engine(case["packs"], on)
                demand = read_demand(demand_on(case, on), engine.law.stack.vocabulary)
                self._step(engine, demand, step.get("rulings") or {}, name)
        except PackFault:
            return  # a case of packs that are not here, or that are at fault themselves
        except (Refusal, ValueError) as fault:
            self.shown.unread[name] = str(fault)

    def _step(self, engine: Engine, demand: Demand, expected: Mapping[str, Any], name: str) -> None:
        law = engine.law
        items = list(dict.fromkeys(demand.items))
        cases = [
            Case(
                demand.requester.kind,
                field_uid(item.program, item.field),
                facts_of(demand, item, law.on, law.stack.vocabulary),
            )
            for item in items
        ]
        entities = law.entities(items, engine.sources)
        closed: list[tuple[Case, Mapping[str, Any]]] = []
        for item, case, finding in zip(items, cases, run(law, cases, entities), strict=True):
            wanted = expected.get(item.ref)
            if wanted in _OPEN and wanted == finding.outcome.value:
                self.shown.note(self.shown.met, finding.lifts, name)
            elif wanted not in _OPEN and finding.outcome.value not in _OPEN:
                closed.append((case, finding.context))
        for action in _OPENING:
            self._unmet(engine, action, closed, entities, name)

    def _unmet(
        self,
        engine: Engine,
        action: str,
        closed: Sequence[tuple[Case, Mapping[str, Any]]],
        entities: Any,
        name: str,
    ) -> None:
        clauses = self._clauses_of(engine, action)
        if not closed or not clauses.triggers:
            return
        asked = [
            request(case.principal, action, case.resource, context) for case, context in closed
        ]
        for verdict in clauses.decide(asked, entities):
            wanting = [policy for policy, missing in clauses.unmet(verdict).items() if missing]
            self.shown.note(self.shown.unmet, wanting, name)

    def _clauses_of(self, engine: Engine, action: str) -> ClauseSet:
        policies = engine.law.by_action[action].by_id
        key = (action, "\n".join(sorted(policies)))
        if key not in self._clauses:
            self._clauses[key] = ClauseSet.parse(list(policies.values()))
        return self._clauses[key]
