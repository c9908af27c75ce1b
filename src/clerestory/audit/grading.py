"""The solver's word on each condition that no known answer shows, confirmed by Cedar."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.audit.conditions import Condition, conditions_of, without
from clerestory.audit.law_days import LawDays
from clerestory.audit.lone_demands import Grade, LoneDemands, LoneFailure
from clerestory.audit.lone_failures import LoneFailures
from clerestory.audit.missing_cases import Coverage, Missing
from clerestory.audit.proof_cedar import InterpretersDisagree
from clerestory.demands import read_demand
from clerestory.demands.determination import Outcome
from clerestory.demands.schema import check_shape
from clerestory.law.authorities import Authority
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, available_packs
from clerestory.law.policies import Policy
from clerestory.policy.circuit.circuit import answer_of, direction
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.decide.stages import Case, run
from clerestory.policy.interpreters.cedar import PolicySet

_WORST_FIRST = (*Grade,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A condition that wants its known answer, and a demand about which it is asked.

    ``demand`` is ``None`` where no written demand lacks this condition alone; else ``on`` is the
    day on which it is decided, and ``packs`` those under which it is. ``authorities`` holds those
    that the policy rests on.
    """

    missing: Missing
    policy: Policy
    authorities: Mapping[str, Authority] = field(repr=False)
    packs: tuple[str, ...] = ()
    on: date = date.min
    demand: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass
class Grading:
    """Asks about conditions, one by one, under every stack in which their policy can be used.

    Args:
        packs_folder: The folder in which the packs lie, all of them without a fault.
        today: The day whose law a demand is made under where it can be.
        plain: Whether demands should say nothing beside the point, for people who read them.
        timeout_ms: How long one question may take.
    """

    packs_folder: Path
    today: date
    plain: bool = False
    timeout_ms: int = 30_000
    _laws: dict[str, LoneDemands] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._days = LawDays(self.packs_folder)

    def grade(
        self, coverage: Coverage, say: Callable[[str], None] = lambda _: None
    ) -> tuple[Coverage, list[Wanted]]:
        """Grade every condition that is not shown; what is proved never to fail alone is exempt.

        Raises:
            InterpretersDisagree: Cedar does not find the condition to be the only one missing.
            OutsideSubset: A policy uses what cannot be translated.
        """
        found: list[Wanted] = []
        for number, missing in enumerate(coverage.missing, 1):
            found.append(self._one(missing))
            say(f"{number} of {len(coverage.missing)} conditions")
        lacking = [one for one in found if one.missing.grade is not Grade.NEVER]
        exempt = [one.missing for one in found if one.missing.grade is Grade.NEVER]
        graded = replace(
            coverage, missing=tuple(one.missing for one in lacking), exempt=tuple(exempt)
        )
        return graded, lacking

    def _one(self, missing: Missing) -> Wanted:
        grades: list[Grade] = []
        wanted: Wanted | None = None
        for law in self._laws_with(missing.pack):
            policy = next(one for one in law.stack.policies if one.id == missing.policy)
            condition = conditions_of(policy)[missing.number]
            found = law.find(policy, condition, plain=self.plain)
            grades.append(found.grade)
            if found.facts is not None:
                self._confirm(law.stack, found, policy, condition)
            if wanted is None or (wanted.demand is None and found.is_written):
                wanted = _wanted(missing, policy, found, law.stack)
            if found.grade is Grade.GRAVE and wanted.demand is not None:
                break
        assert wanted is not None  # noqa: S101 (the pack that was checked is itself a stack)
        worst = min(grades, key=_WORST_FIRST.index)
        return replace(wanted, missing=replace(missing, grade=worst))

    def _laws_with(self, pack: str) -> Iterator[LoneDemands]:
        """Yield every stack that holds a pack, the smallest first: that is what a case needs."""
        known = available_packs(self.packs_folder)
        stacks: dict[str, PackStack] = {}
        for name in known:
            # A pack with faults can be used by nobody, so nothing is released under it.
            with suppress(PackFault):
                stacks[name] = self._days.stack([name])
        for name, stack in sorted(stacks.items(), key=lambda each: len(each[1].packs)):
            if any(one.name == pack for one in stack.packs):
                if name not in self._laws:
                    self._laws[name] = LoneDemands(
                        stack, today=self.today, timeout_ms=self.timeout_ms
                    )
                yield self._laws[name]

    def _confirm(
        self, stack: PackStack, found: LoneFailure, policy: Policy, condition: Condition
    ) -> None:
        """Write the demand, read it as any other, and ask Cedar what it lacks.

        Raises:
            InterpretersDisagree: Cedar finds more missing, or less, or another answer.
        """
        facts = found.facts or {}
        document = demand_of(facts, found.on, name="LACKS")
        check_shape(document, "demand")
        demand = read_demand(document, stack.vocabulary)
        item = demand.items[0]
        engine = self._days.engine([stack.packs[-1].name], found.on)
        source = str(facts["resource.source"])
        engine = replace(engine, sources={(item.program, item.field): source})
        docket = engine.docket(demand)
        case = docket.cases[docket.places[item]]
        (answer,) = run(engine.law, [case], docket.entities)
        known = Case(case.principal, case.resource, answer.context)
        lone = LoneFailures()
        lone.add({policy.id: policy}, policy.action, [known], docket.entities, demand.id)
        if (policy.id, condition.number) not in lone.found:
            raise _disagree(policy, condition, "lacks more or less than one condition")
        if found.grade in {Grade.ELSEWHERE, Grade.CATALOGUE, Grade.OPEN}:
            return
        if answer.outcome is Outcome.RELEASE:
            raise _disagree(policy, condition, "is released")
        mutant = without(policy, condition)
        policies = {**engine.law.by_action[policy.action].by_id, policy.id: mutant}
        sets = {**engine.law.by_action, policy.action: PolicySet.parse(list(policies.values()))}
        weaker = replace(
            engine.law, policies={**engine.law.policies, policy.id: mutant}, by_action=sets
        )
        (after,) = run(weaker, [case], docket.entities)
        opens = direction(answer_of(answer.outcome), answer_of(after.outcome)) > 0
        if found.grade is Grade.GRAVE and found.is_written and not opens:
            raise _disagree(policy, condition, "stays closed without the condition")


def _wanted(missing: Missing, policy: Policy, found: LoneFailure, stack: PackStack) -> Wanted:
    wanted = Wanted(missing=missing, policy=policy, authorities=stack.authorities)
    if found.facts is None or not found.is_written:
        return wanted
    # The id has room for 64 characters; the number tells the conditions of one policy apart.
    name = f"LACKS-{policy.id[:48]}-{missing.number}"
    demand = demand_of(found.facts, found.on, name=name)
    demand["title"] = f"Made-up: lacks one thing that {policy.id[:80]} asks for"
    packs = tuple(pack.name for pack in stack.packs)
    return replace(wanted, packs=packs, on=found.on, demand=demand)


def _disagree(policy: Policy, condition: Condition, what: str) -> InterpretersDisagree:
    return InterpretersDisagree(
        f"the demand that should lack condition {condition.number} of {policy.id} alone {what}"
    )
