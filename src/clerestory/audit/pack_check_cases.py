"""Which permits the known answers show at work: met in a release, and unmet somewhere else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from clerestory.audit.casebook import day_of, demand_on
from clerestory.audit.law_days import LawDays
from clerestory.audit.lone_failures import LoneFailures
from clerestory.demands.demand import Demand
from clerestory.demands.reading import read_demand
from clerestory.kernel import Refusal, canonical_bytes
from clerestory.law.errors import PackFault
from clerestory.law.stages import BY_ACTION
from clerestory.policy.decide.engine import Engine
from clerestory.policy.decide.stages import Case, run
from clerestory.policy.explain.clauses import ClauseSet
from clerestory.policy.interpreters.cedar import PolicySet, Response
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.schema import field_uid, request

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

    def __init__(self, days: LawDays, known: Iterable[str]) -> None:
        self._days = days
        self._clauses: dict[tuple[str, str, int], ClauseSet] = {}
        self._known = frozenset(known)
        self.shown = Shown()
        self.lone = LoneFailures()

    def add(self, case: Mapping[str, Any]) -> bool:
        """Run one case and say whether its packs are here.

        One that cannot be read is entered under ``unread`` with the reason.
        """
        name = str(case["demand"]["id"])
        if not self._known.issuperset(case["packs"]):
            return False
        try:
            for step in case["expect"]:
                on = day_of(step)
                engine = self._days.engine(case["packs"], on)
                demand = read_demand(demand_on(case, on), engine.law.stack.vocabulary)
                self._step(engine, demand, step.get("rulings") or {}, name)
        except PackFault:
            return False  # a pack of it is at fault itself, and says so when it is checked
        except (Refusal, ValueError) as fault:
            self.shown.unread[name] = str(fault)
        return True

    def _step(self, engine: Engine, demand: Demand, expected: Mapping[str, Any], name: str) -> None:
        law = engine.law
        entities = law.entities(demand.items, engine.sources)
        opened: dict[bytes, tuple[Case, str]] = {}
        closed: dict[bytes, Case] = {}
        known: set[bytes] = set()
        for item in demand.items:
            context = facts_of(demand, item, law.on, law.stack.vocabulary, law.stack.authorities)
            case = Case(demand.requester.kind, field_uid(item.program, item.field), context)
            wanted = str(expected.get(item.ref))
            key = canonical_bytes([case.resource, wanted, context])
            if wanted in _OPEN:
                opened[key] = (case, wanted)
            else:
                closed[key] = case
                known |= {key} if item.ref in expected else set()
        answers = run(law, [case for case, _ in opened.values()], entities)
        for (_, wanted), answer in zip(opened.values(), answers, strict=True):
            if answer.outcome.value == wanted:
                self.shown.note(self.shown.met, answer.lifts, name)
        read = self._unmet(engine, list(closed.values()), entities, name)
        told = [case for key, case in zip(closed, read, strict=True) if key in known]
        for action in _OPENING if told else ():
            self.lone.add(law, law.by_action[action].by_id, action, told, entities)

    def _unmet(
        self, engine: Engine, closed: Sequence[Case], entities: cedarpy.Entities, name: str
    ) -> list[Case]:
        """Note the permits that were considered for fields that stay closed, and were wanting.

        Returns the cases with all that the definitions establish.
        """
        clauses = [
            (action, found)
            for action in _OPENING
            if (found := self._clauses_of(engine, action)).triggers
        ]
        if not closed:
            return []
        defined = self._ask(engine.law.by_action["define"], "define", closed, entities)
        known = [
            Case(
                case.principal,
                case.resource,
                {
                    **case.context,
                    **engine.law.filled(BY_ACTION["define"], response.policies),
                },
            )
            for case, response in zip(closed, defined, strict=True)
        ]
        for action, found in clauses:
            for response in self._ask(found, action, known, entities):
                wanting = [policy for policy, missing in found.unmet(response).items() if missing]
                self.shown.note(self.shown.unmet, wanting, name)
        return known

    @staticmethod
    def _ask(
        policies: PolicySet | ClauseSet,
        action: str,
        cases: Sequence[Case],
        entities: cedarpy.Entities,
    ) -> list[Response]:
        asked = [request(case.principal, action, case.resource, case.context) for case in cases]
        return policies.decide(asked, entities)

    def _clauses_of(self, engine: Engine, action: str) -> ClauseSet:
        """Return the conditions of the permits that no case has shown unmet yet.

        They are parsed anew only once half of them are shown: parsing costs more than asking.
        """
        policies = engine.law.by_action[action].by_id
        left = [name for name in policies if name not in self.shown.unmet]
        key = (action, "\n".join(sorted(policies)), len(left).bit_length())
        if key not in self._clauses:
            self._clauses[key] = ClauseSet.parse([policies[name] for name in left])
        return self._clauses[key]
