"""Demands in which one condition of one policy fails and all its others hold, made by the solver.

One question covers every demand on every day: the day is one more fact here (see ``every_day``). So
where the solver says "never", that the condition cannot fail alone is a proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from clerestory.audit.conditions import Condition, unconditional, without
from clerestory.audit.every_day import DAY, EveryDay, all_days, by_code
from clerestory.audit.proof_cedar import InterpretersDisagree
from clerestory.law.packs import PackStack
from clerestory.law.policies import Policy
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of, read_variant
from clerestory.policy.circuit.well_formed import ordinary, well_formed
from clerestory.policy.decide.stages import Case
from clerestory.policy.interpreters.smt import CanBe, Solver
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import flat_facts


class Grade(StrEnum):
    """What the solver says of a condition that no known answer shows, the worst first.

    ``grave``: without the condition an item opens, or opens further, that the law keeps closed.
    ``weak``: the same, and the known answers in which it fails alone would all stay as they are.
    ``open``: the solver did not settle in its time whether it is grave.
    ``missing``: it can fail alone, and the item then stays closed for another reason too.
    ``elsewhere``: it can fail alone, and another policy opens the item whenever it does.
    ``catalogue``: only where an agency's catalogue says otherwise than the codes who supplied a
    field; no written demand can tell that.
    ``never``: on no day and in no demand does it fail without another; proved.
    """

    GRAVE = "grave"
    WEAK = "weak"
    OPEN = "open"
    MISSING = "missing"
    ELSEWHERE = "elsewhere"
    CATALOGUE = "catalogue"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneDemand:
    """What was found about one condition under one stack.

    ``facts`` are those of a demand on the day ``on``. ``is_written`` says whether the written
    demand alone tells them, with no catalogue beside it; ``opens`` whether what it asks for would
    open without the condition. Where only a catalogue can show that, the grade is grave still.
    """

    grade: Grade
    facts: Mapping[str, Any] | None = field(default=None, repr=False)
    on: date = date.min
    is_written: bool = False
    opens: bool = False


class LoneDemands:
    """The law of every day of one stack, loaded once and asked about condition after condition.

    Args:
        stack: The packs.
        today: The day whose law a demand is made under where it can be.
        timeout_ms: How long one question may take.

    Raises:
        OutsideSubset: A policy uses what cannot be translated.
    """

    def __init__(self, stack: PackStack, *, today: date, timeout_ms: int = 30_000) -> None:
        self.stack = stack
        self._days = by_code(all_days([stack]))
        every_day = EveryDay.of(stack, self._days)
        self._law, self._circuit = every_day.law, every_day.circuit
        self._stands = every_day.standing()
        self._solver = Solver(self._circuit, timeout_ms)
        self._solver.require(well_formed(self._circuit))
        self._own_source = self._of_own_source()
        self._plain = [self._own_source, self._law_of(today), *ordinary(self._circuit)]
        self._wider: dict[str, int] = {}
        self._reached: dict[int, list[int]] = {}

    def find(self, policy: Policy, condition: Condition, *, plain: bool = False) -> LoneDemand:
        """Look for a demand in which exactly this condition of the policy is missing.

        Args:
            policy: A policy of the stack that opens.
            condition: One of its conditions.
            plain: Whether the demand should say nothing beside the point; that takes longer.

        Raises:
            InterpretersDisagree: The conditions of the policy are read otherwise than the policy.
        """
        if policy.id not in self._law.policies:
            return LoneDemand(grade=Grade.NEVER)
        circuit = self._circuit
        self._check_reading(policy)
        rest = read_variant(circuit, self._law, without(policy, condition))
        unmet = circuit.negate(circuit.policies[policy.id])
        lone = circuit.both([self._stands[policy.id], rest, unmet])
        closed = circuit.both([lone, *(circuit.negate(p) for p in _opened(circuit))])
        tried: list[tuple[Grade, int]] = [
            (Grade.GRAVE, circuit.both([lone, self._opens_without(policy)])),
            (Grade.MISSING, closed),
            (Grade.ELSEWHERE, lone),
        ]
        return self._worst(tried, self._plain if plain else [self._own_source])

    def would_open(self, policy: Policy, case: Case, on: date) -> bool:
        """Whether an item in which one condition of a policy fails alone would open without it."""
        if policy.id not in self._law.policies:
            return False
        place = self._opens_without(policy)
        days = [code for code, day in self._days.items() if day <= on]
        facts = flat_facts(case.principal, case.resource, case.context, self.stack.vocabulary) | {
            DAY: days[-1] if days else next(iter(self._days))
        }
        return self._is_met(place, facts)

    def _is_met(self, place: int, facts: Mapping[str, Any]) -> bool:
        if place not in self._reached:
            self._reached[place] = self._circuit.reached([place])
        return self._circuit.evaluate_of(self._reached[place], facts)[place]

    def _check_reading(self, policy: Policy) -> None:
        # Cedar confirms what is found and nothing confirms a "never": so the policy that is whole
        # has to be read here as the law itself was read, to the very node.
        read = read_variant(self._circuit, self._law, policy)
        if self._circuit.both([self._stands[policy.id], read]) != self._circuit.policies[policy.id]:
            raise InterpretersDisagree(
                f"the conditions of {policy.id} are read otherwise than the policy",
                todo="do not use these packs; report the pack digest and the policy",
            )

    def _worst(self, tried: Sequence[tuple[Grade, int]], plain: Sequence[int]) -> LoneDemand:
        """Return the first grade that can be, with the first demand that can be written."""
        worst = LoneDemand(grade=Grade.NEVER)
        is_settled = True
        for grade, place in tried:
            answer = self._solver.ask(place, plain=plain)
            is_settled &= answer.can_be is not CanBe.OPEN
            if answer.facts is None:
                continue
            found = self._found(grade if is_settled else Grade.OPEN, answer.facts)
            if worst.grade is Grade.GRAVE:
                # How grave it is, the catalogue's demand tells; the other one can be written.
                found = replace(found, grade=Grade.GRAVE)
            if found.is_written:
                return found
            if worst.facts is None:
                worst = found
        if not is_settled:
            return replace(worst, grade=Grade.OPEN)
        return worst if worst.facts is None else replace(worst, grade=Grade.CATALOGUE)

    def _found(self, grade: Grade, facts: Mapping[str, Any]) -> LoneDemand:
        return LoneDemand(
            grade=grade,
            opens=grade is Grade.GRAVE,
            facts={path: code for path, code in facts.items() if path != DAY},
            on=self._days[facts[DAY]],
            is_written=self._is_met(self._own_source, facts),
        )

    def _opens_without(self, policy: Policy) -> int:
        """Return where the answer opens further if the policy is met whatever its conditions.

        Where all its conditions hold but one, it is so met exactly when it lacks that one.
        """
        if policy.id not in self._wider:
            others = {**self._law.policies, policy.id: unconditional(policy)}
            law = LawOfTheDay.of(self.stack, self._law.on, list(others.values()))
            after = circuit_of(law, self._circuit, self._stands)
            self._wider[policy.id] = _opens_further(self._circuit, after)
        return self._wider[policy.id]

    def _of_own_source(self) -> int:
        """Return where a field comes from whom the codes say; a catalogue may say otherwise."""
        circuit = self._circuit
        by_source: dict[str, list[str]] = {}
        for name, code in self.stack.vocabulary.lists["fields"].items():
            by_source.setdefault(code.source, []).append(name)
        return circuit.either(
            circuit.both(
                [
                    circuit.is_one_of("resource.source", [source]),
                    circuit.is_one_of("resource.name", names),
                ]
            )
            for source, names in by_source.items()
        )

    def _law_of(self, today: date) -> int:
        before = [day for day in self._days.values() if day <= today]
        return self._circuit.is_one_of(DAY, [day.isoformat() for day in before[-1:]])


def _opened(circuit: Circuit) -> tuple[int, int]:
    return circuit.outcomes["release"], circuit.outcomes["coarsen"]


def _opens_further(before: Circuit, after: Circuit) -> int:
    (released, coarse), (then, less) = _opened(before), _opened(after)
    shut = after.both([after.negate(released), after.negate(coarse)])
    return after.either(
        [
            after.both([shut, after.either([then, less])]),
            after.both([coarse, then]),
        ]
    )
