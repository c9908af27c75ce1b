"""Which facts would have to be established for a condition to hold: read off the policies.

Abduction over Cedar's syntax tree. For a condition and a case it yields the small sets of changes
that make the condition true (or false). Only evidence can change: findings, the paper, consents
and agreements. Who asks, for whom, for which field and for what purpose are the demand itself.

The sets are proposals. Whoever uses them decides the case again with Cedar before believing one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from clerestory.law.cedar_tree import (
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Fact,
    In,
    IsEmpty,
    SetOf,
    Tree,
    Unequal,
    Value,
    fold,
    literals,
)
from clerestory.law.codes import Vocabulary
from clerestory.law.fact_table import can_change, is_new_evidence, worst_of
from clerestory.law.policies import Policy
from clerestory.law.stages import GIVEN_BY
from clerestory.policy.explain.case_facts import CaseFacts
from clerestory.policy.model.law_of_the_day import LawOfTheDay

ChangeSet = frozenset[tuple[str, str]]
Ways = Sequence[ChangeSet]

NOTHING: ChangeSet = frozenset()
AS_IT_IS: Ways = (NOTHING,)
NEVER: Ways = ()

_WIDEST = 24


def cost(changes: ChangeSet) -> tuple[int, int]:
    """Weigh a set: a paper, a consent and an agreement count once each, a finding each time."""
    heads = {p if p.startswith("findings.") else p.partition(".")[0] for p, _ in changes}
    return (len(heads), len(changes))


def smallest(ways: Iterable[ChangeSet]) -> Ways:
    """Keep the sets that hold no other one, lightest first, and no more than can be looked at.

    What is no new evidence yet, and so may never be shown, stands in the way of nothing that is.
    """
    kept: list[ChangeSet] = []
    new: list[ChangeSet] = []
    for changes in sorted(set(ways), key=lambda way: (cost(way), sorted(way))):
        is_new = is_new_evidence(changes)
        if not any(other <= changes for other in (new if is_new else kept)):
            kept.append(changes)
            if is_new:
                new.append(changes)
    return kept[:_WIDEST]


def together(first: Ways, second: Ways) -> Ways:
    """Combine two needs; a set that wants one fact both ways is dropped."""
    if not first or not second:
        return NEVER
    if first == AS_IT_IS:
        return second
    if second == AS_IT_IS:
        return first
    joined = (one | two for one in first for two in second)
    return smallest(way for way in joined if len({path for path, _ in way}) == len(way))


def either(options: Iterable[Ways]) -> Ways:
    """Put alternatives together; one that needs nothing settles it."""
    found: list[ChangeSet] = []
    for ways in options:
        if ways is AS_IT_IS or NOTHING in ways:
            return AS_IT_IS
        found += ways
    return smallest(found) if found else NEVER


def every(needs: Iterable[Ways]) -> Ways:
    """Combine needs; one that nothing can meet settles it."""
    open_needs: list[Ways] = []
    for ways in needs:
        if not ways:
            return NEVER
        if ways is not AS_IT_IS:
            open_needs.append(ways)
    # The need with the fewest ways first keeps the products small.
    joined: Ways = AS_IT_IS
    for ways in sorted(open_needs, key=len):
        joined = together(joined, ways)
    return joined


@dataclass
class Abduction:
    """The question for one case: its principal, its field and its facts."""

    law: LawOfTheDay = field(repr=False)
    principal: str
    program: str
    name: str
    context: Mapping[str, Any] = field(repr=False)
    _known: dict[tuple[str, str, bool], Ways] = field(default_factory=dict, repr=False)

    @property
    def _vocabulary(self) -> Vocabulary:
        return self.law.stack.vocabulary

    @cached_property
    def _facts(self) -> CaseFacts:
        return CaseFacts(self._vocabulary, self.principal, self.program, self.name, self.context)

    def policy(self, policy: Policy, want: bool) -> Ways:
        """Return the ways in which a policy comes to be satisfied, or not to be."""
        needs = (self.condition(one.tree, want == one.wanted) for one in policy.asks)
        return every(needs) if want else either(needs)

    def condition(self, tree: Tree, want: bool) -> Ways:
        """Return the ways in which a condition comes to be true, or false."""
        return fold(tree, want, every=every, either=either, atom=self._atom)

    def _atom(self, tree: Tree, want: bool) -> Ways:
        match tree:
            case In(Fact(), _) | Value() | Fact((_, _, *_)):
                return _fixed(self._facts.holds(tree) == want)
            case Equal(left, right):
                return self._equal(left, right, want)
            case Unequal(left, right):
                return self._equal(left, right, not want)
            case Contains(left, right) | ContainsAny(left, right) | ContainsAll(left, right):
                return self._contains(left, right, want, whole=isinstance(tree, ContainsAll))
            case IsEmpty(Fact() as fact):
                return self._empty(fact, want)
        return NEVER

    def anything_lifted(self) -> Ways:
        """Return the ways in which at least one policy comes to lift something."""
        if self.context["lifted"]:
            return AS_IT_IS
        return either(self.policy(p, True) for p in self.law.by_action["lift"].by_id.values())

    def _equal(self, left: Tree, right: Tree, want: bool) -> Ways:
        fact, codes = (left, literals(right)) if isinstance(left, Fact) else (right, literals(left))
        if not isinstance(fact, Fact) or not codes:
            return NEVER
        path, wanted = fact.name, codes[0]
        if (str(self._facts.plain(fact)) == wanted) == want:
            return AS_IT_IS
        if not can_change(path) or self._is_event(path) or (want and wanted == "unknown"):
            return NEVER
        if want:
            return _only(path, wanted)
        # Nobody can establish that something is unknown, so the other answer is the only way.
        other = {"yes": "no", "no": "yes"}.get(wanted)
        return _only(path, other) if other else NEVER

    def _is_event(self, path: str) -> bool:
        """Whether this finding comes from outside and nobody has raised it."""
        head, _, code = path.partition(".")
        if head != "findings" or code in self.context["raised"]:
            return False
        return self._vocabulary.get("findings", code).event

    def _contains(self, left: Tree, right: Tree, want: bool, *, whole: bool) -> Ways:
        if isinstance(left, SetOf) and isinstance(right, Fact):
            return self._one_of(literals(left), right, want)
        if not isinstance(left, Fact):
            return NEVER
        path, codes = left.name, literals(right)
        if path in {"established", "lifted", "mandated"}:
            sides = (self._by_policy(path, code, want) for code in codes)
            return either(sides) if want else every(sides)
        if path == "raised":
            return self._raised(codes, want)
        current = set(self._facts.value(left))
        holds = any(code in current for code in codes)
        if whole:
            holds = all(code in current for code in codes)
        if holds == want:
            return AS_IT_IS
        if path == "papers" and want:
            return tuple(frozenset({("papers", code)}) for code in codes)
        return NEVER

    def _one_of(self, codes: Sequence[str], fact: Fact, want: bool) -> Ways:
        current, path = self._facts.value(fact), fact.name
        held = current if isinstance(current, list) else [str(current)]
        if all(value in codes for value in held) == want:
            return AS_IT_IS
        if want and can_change(path):
            # Where a plain yes would do, the finer answers are no other way.
            offered = ["yes"] if "yes" in codes else [code for code in codes if code != "unknown"]
            return tuple(frozenset({(path, code)}) for code in offered)
        return NEVER

    def _raised(self, codes: Sequence[str], want: bool) -> Ways:
        raised = [code for code in codes if code in self.context["raised"]]
        if bool(raised) == want:
            return AS_IT_IS
        if want:
            return NEVER
        settled = [
            tuple(frozenset({(f"findings.{code}", answer)}) for answer in ("yes", "no"))
            for code in raised
        ]
        return every(settled)

    def _empty(self, fact: Fact, want: bool) -> Ways:
        if (not self._facts.value(fact)) == want:
            return AS_IT_IS
        path = fact.name
        if want or path not in {"lifted", "mandated"}:
            return NEVER
        return either(self.policy(policy, True) for policy in self._giving(path))

    def _by_policy(self, given: str, code: str, want: bool) -> Ways:
        key = (given, code, want)
        if key not in self._known:
            note = GIVEN_BY[given][1].note
            policies = (p for p in self._giving(given) if code in p.words(note))
            sides = (self.policy(p, want) for p in policies)
            self._known[key] = either(sides) if want else every(sides)
        return self._known[key]

    def _giving(self, given: str) -> list[Policy]:
        """Return the policies whose words fill a set of a stage."""
        action, how = GIVEN_BY[given]
        policies = self.law.by_action[action].by_id.values()
        return [policy for policy in policies if self.law.counts_as(policy.id, how.by)]


def _only(path: str, value: str) -> Ways:
    # To take a permission or an agreement away is nobody's way to open a record.
    if value == worst_of(path):
        return NEVER
    return (frozenset({(path, value)}),)


def _fixed(holds: bool) -> Ways:
    return AS_IT_IS if holds else NEVER
