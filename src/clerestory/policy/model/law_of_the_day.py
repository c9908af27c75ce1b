"""The policies in force on one day, by action, each set parsed once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import cedarpy

from clerestory.demands.demand import Item
from clerestory.law.packs import PackStack
from clerestory.law.policies import ACTIONS, MAY_CLOSE, MAY_OPEN, Policy
from clerestory.law.stages import DECIDING, STAGES, Stage
from clerestory.policy.interpreters.cedar import PolicySet
from clerestory.policy.model.schema import entities_json, field_entity, group_entities

_LIFTING = frozenset({"lift", "lift_coarsened"})


@dataclass(frozen=True)
class LawOfTheDay:
    """A pack stack narrowed to what is in force on ``on``.

    Policies of different actions are kept apart: a request names one action, so the others could
    not decide it, and smaller sets are quicker to evaluate. ``stages`` are the way that every
    interpreter takes.
    """

    stack: PackStack = field(repr=False)
    on: date
    policies: Mapping[str, Policy] = field(repr=False)
    by_action: Mapping[str, PolicySet] = field(repr=False)
    groups: cedarpy.Entities = field(repr=False)
    stages: tuple[Stage, ...] = field(default=STAGES, repr=False)

    @classmethod
    def assemble(cls, stack: PackStack, on: date) -> "LawOfTheDay":
        """Leave out every policy one of whose authorities is not in force, and parse the rest."""
        return cls.of(stack, on, stack.in_force(on))

    @classmethod
    def of(cls, stack: PackStack, on: date, policies: Sequence[Policy]) -> "LawOfTheDay":
        """Parse exactly these policies; whoever asks for several days chooses them otherwise."""
        by_action = {
            action: PolicySet.parse([p for p in policies if p.action == action])
            for action in ACTIONS
        }
        return cls(
            stack=stack,
            on=on,
            policies={policy.id: policy for policy in policies},
            by_action=by_action,
            groups=cedarpy.Entities.from_json_str(entities_json(group_entities(stack.vocabulary))),
        )

    def entities(
        self, items: Iterable[Item], sources: Mapping[tuple[str, str], str] | None = None
    ) -> cedarpy.Entities:
        """Return the trees and the fields that the items touch.

        Args:
            items: What is asked.
            sources: Who supplied a programme's field, where the agency's catalogue says so.
        """
        known = sources or {}
        fields = {(item.program, item.field) for item in items}
        entities = [
            field_entity(self.stack.vocabulary, program, name, known.get((program, name)))
            for program, name in sorted(fields)
        ]
        return self.groups.with_added_json_str(entities_json(entities))

    @cached_property
    def mandates(self) -> frozenset[str]:
        """The permits that rest first on an authority that orders release."""
        kinds = {name: authority.kind for name, authority in self.stack.authorities.items()}
        return frozenset(
            policy.id
            for policy in self.policies.values()
            if policy.action in _LIFTING and kinds[policy.authorities[0]] == "mandates"
        )

    @cached_property
    def opened_by_opinion(self) -> frozenset[str]:
        """The policies that refer a point which counsel's signed opinion may open."""
        return frozenset(p.id for p in self.policies.values() if p.may_end(MAY_OPEN))

    @cached_property
    def closed_by_opinion(self) -> frozenset[str]:
        """The policies that refer a point which counsel's signed opinion may close."""
        return frozenset(p.id for p in self.policies.values() if p.may_end(MAY_CLOSE))

    @cached_property
    def house_locks(self) -> frozenset[str]:
        """The forbids that rest on the agency's own rules: no opinion goes through one."""
        forbids = self.by_action["disclose"].by_id.values()
        return frozenset(
            policy.id
            for policy in forbids
            if policy.effect == "forbid" and any(map(self.is_of_the_house, policy.authorities))
        )

    def standing_on(self, authorities: Iterable[str], policy_ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of the policies that cite one of the authorities, in order."""
        wanted = frozenset(authorities)
        found = {n for n in policy_ids if not wanted.isdisjoint(self.policies[n].authorities)}
        return tuple(sorted(found))

    def words(self, policy_ids: Iterable[str], annotation: str) -> list[str]:
        """Return, sorted and once each, the codes that these policies carry in an annotation."""
        return sorted(
            {word for name in policy_ids for word in self.policies[name].words(annotation)}
        )

    def counts_as(self, policy_id: str, kind: str) -> bool:
        """Whether a policy is a ``permit``, a ``forbid`` or a ``mandate`` (see ``Given.by``)."""
        if kind == "mandate":
            return policy_id in self.mandates
        return self.policies[policy_id].effect == kind

    def filled(self, stage: Stage, policy_ids: Iterable[str]) -> dict[str, list[str]]:
        """Return the sets of a stage, filled with the words of those policies that are met."""
        met = list(policy_ids)
        return {
            name: self.words((p for p in met if self.counts_as(p, given.by)), given.note)
            for name, given in stage.gives.items()
        }

    def decides(self, policy_id: str, answer: str) -> bool:
        """Whether a policy, where it is met, decides an answer (see ``stages.DECIDING``)."""
        action = self.policies[policy_id].action
        return any(
            action == one and self.counts_as(policy_id, kind) for one, kind in DECIDING[answer]
        )

    def is_of_the_house(self, authority: str) -> bool:
        """Whether an authority is the agency's own rule and no law."""
        return self.stack.authorities[authority].basis == "agency_policy"

    def authorities_of(self, policy_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the authorities of these policies, each once, the most specific first.

        A policy's first authority stands before its others, a State's law before federal law, the
        rule of a programme before a general one (the pack's own order), house rules last.
        """
        ranked: dict[str, tuple[bool, int, int]] = {}
        for name in policy_ids:
            for rank, authority in enumerate(self.policies[name].authorities):
                weight = (self.is_of_the_house(authority), rank, self._places[name])
                ranked[authority] = min(weight, ranked.get(authority, weight))
        return tuple(sorted(ranked, key=lambda name: (*ranked[name], name)))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        packs = reversed(self.stack.packs)
        ordered = [policy.id for pack in packs for policy in pack.policies]
        return {name: place for place, name in enumerate(ordered)}
