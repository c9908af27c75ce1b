"""The solver's word on each condition that no known answer shows, confirmed by Cedar."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.audit.conditions import conditions_of
from clerestory.audit.law_days import LawDays
from clerestory.audit.lone_cedar import confirm
from clerestory.audit.lone_demands import Grade, LoneDemand, LoneDemands
from clerestory.audit.lone_failures import LoneFailure
from clerestory.audit.missing_cases import Coverage, Missing
from clerestory.law.authorities import Authority
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, available_packs
from clerestory.law.policies import Policy
from clerestory.policy.circuit.counterexample import demand_of

_WORST_FIRST = (*Grade,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A condition that wants its known answer, and a demand about which it is asked.

    ``demand`` is ``None`` where no written demand lacks this condition alone; else ``on`` is the
    day on which it is decided, and ``packs`` those under which it is. ``authorities`` holds those
    that the policy rests on. ``opens`` says whether the demand would open something without the
    condition.
    """

    missing: Missing
    policy: Policy
    authorities: Mapping[str, Authority] = field(repr=False)
    packs: tuple[str, ...] = ()
    on: date = date.min
    opens: bool = False
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
        asked = [one for one, items in coverage.found if not self._is_noticed(one, items)]
        found: list[Wanted] = []
        for number, missing in enumerate((*coverage.missing, *asked), 1):
            found.append(self._one(missing))
            say(f"{number} of {len(coverage.missing) + len(asked)} conditions")
        unshown, shown = found[: len(coverage.missing)], found[len(coverage.missing) :]
        lacking = [one for one in unshown if one.missing.grade is not Grade.NEVER]
        weak = [
            replace(one, missing=replace(one.missing, grade=Grade.WEAK))
            for one in shown
            if one.opens or one.missing.grade is Grade.OPEN
        ]
        graded = replace(
            coverage,
            missing=tuple(one.missing for one in lacking),
            exempt=tuple(one.missing for one in unshown if one.missing.grade is Grade.NEVER),
            weak=tuple(one.missing for one in weak),
        )
        return graded, [*lacking, *weak]

    def _is_noticed(self, shown: Missing, items: Sequence[LoneFailure]) -> bool:
        """Whether one of the known answers would be another if the condition were dropped."""
        laws = {law.stack.digest: law for law in self._laws_with(shown.pack)}
        return any(
            laws[item.law.stack.digest].would_open(
                item.law.policies[shown.policy], item.case, item.law.on
            )
            for item in items
            if item.law.stack.digest in laws
        )

    def _one(self, missing: Missing) -> Wanted:
        grades: list[Grade] = []
        wanted: Wanted | None = None
        for law in self._laws_with(missing.pack):
            policy = next(one for one in law.stack.policies if one.id == missing.policy)
            condition = conditions_of(policy)[missing.number]
            found = law.find(policy, condition, plain=self.plain)
            grades.append(found.grade)
            if found.facts is not None:
                engine = self._days.engine([law.stack.packs[-1].name], found.on)
                confirm(engine, found, policy, condition)
            one = _wanted(missing, policy, found, law.stack)
            if wanted is None or _worth(one) > _worth(wanted):
                wanted = one
            if wanted.opens:
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


def _wanted(missing: Missing, policy: Policy, found: LoneDemand, stack: PackStack) -> Wanted:
    wanted = Wanted(missing=missing, policy=policy, authorities=stack.authorities)
    if found.facts is None or not found.is_written:
        return wanted
    # The id has room for 64 characters; the number tells the conditions of one policy apart.
    name = f"LACKS-{policy.id[:48]}-{missing.number}"
    demand = demand_of(found.facts, found.on, name=name)
    demand["title"] = f"Made-up: lacks one thing that {policy.id[:80]} asks for"
    packs = tuple(pack.name for pack in stack.packs)
    return replace(wanted, packs=packs, on=found.on, opens=found.opens, demand=demand)


def _worth(wanted: Wanted) -> tuple[bool, bool]:
    """Return how much a demand shows: one that opens without the condition shows the most."""
    return wanted.opens, wanted.demand is not None
