"""Policies one by one: what they rest on, what they say, and whether they can ever fail."""

from collections.abc import Iterator, Mapping, Sequence

import cedarpy

from clerestory.audit.pack_check_flaws import Flaw, Sources
from clerestory.audit.pack_check_trees import ALLOWED, facts_read, node_kinds
from clerestory.disclosure.coarsening import SHAPES
from clerestory.law.authorities import BASES, Authority
from clerestory.law.cedar_tree import Asked, Fact, IsEmpty, Not
from clerestory.law.clocks import check_clock
from clerestory.law.errors import PackFault
from clerestory.law.packs import Pack, PackStack
from clerestory.law.policies import MAY_CLOSE, MAY_OPEN, NEITHER, Policy, policies_text
from clerestory.law.stages import STAGES, known_to
from clerestory.policy.circuit.circuit_of_law import outside_subset
from clerestory.policy.model.schema import schema_text

OPENING = frozenset({"lift", "lift_coarsened"})
# The annotations that are read for each action; @id, @authority and @rests_on are read for all.
READ_FOR: Mapping[str, frozenset[str]] = {stage.action: stage.reads for stage in STAGES}
_ALWAYS = frozenset({"id", "authority", "rests_on"})
# What the stages before have filled in when a policy of the action is asked.
FILLED: Mapping[str, frozenset[str]] = {stage.action: known_to(stage.action) for stage in STAGES}
_LATE = frozenset().union(*FILLED.values())
_STARTS = frozenset({"received"})
Remark = tuple[str, str, str]


def check_policies(
    pack: Pack, stack: PackStack, sources: Sources, *, all_known: bool = True
) -> Iterator[Flaw]:
    """Yield the flaws of a pack's policies, each taken by itself.

    Args:
        pack: The pack whose policies they are.
        stack: The pack and all that it is used with.
        sources: Their texts.
        all_known: Whether every authority of the stack could be read. Where a whole file or pack
            is missing, every citation of it would be listed beside the one true fault.
    """
    for policy in pack.policies:
        if policy.refers and not policy.words("opinion"):
            yield sources.flaw(
                pack,
                policy,
                f"{policy.id} refers and does not say what counsel's opinion may do: nothing",
                f"""write @opinion("{NEITHER}"), "{MAY_CLOSE}", or "{MAY_OPEN}" with @lifts""",
                grave=False,
            )
        for text, todo, near in (
            *_authorities(policy, stack.authorities, all_known=all_known),
            *_annotations(policy),
            *_opinion(policy, stack),
            *_expressions(policy),
            *_stage(policy),
        ):
            yield sources.flaw(pack, policy, f"{policy.id} {text}", todo, near=near)
        yield from _duty(pack, policy, stack, sources)


def check_types(packs: Sequence[Pack], stack: PackStack, sources: Sources) -> Iterator[Flaw]:
    """Validate all policies together against the schema, strictly: none may fail when asked."""
    owners = {policy.id: (pack, policy) for pack in packs for policy in pack.policies}
    schema = schema_text(stack.vocabulary)
    result = cedarpy.validate_policies(policies_text(list(stack.policies)), schema)
    names = result.id_annotations_by_policy_id
    for error in result.errors:
        name = names.get(error.policy_id, error.policy_id)
        if name in owners:
            pack, policy = owners[name]
            said = str(error.error).replace(f"for policy `{error.policy_id}`, ", "")
            todo = "compare with the facts in docs/writing-law.md"
            yield sources.flaw(pack, policy, f"{name} can fail when asked: {said}", todo)


def check_subset(packs: Sequence[Pack], stack: PackStack, sources: Sources) -> Iterator[Flaw]:
    """Yield the policies that the proof and the replay cannot read: such a pack is never active."""
    owners = {policy.id: pack for pack in packs for policy in pack.policies}
    for policy, fault in outside_subset(stack):
        text = f"{policy.id} cannot be proved or replayed: it uses {fault.operator}"
        yield sources.flaw(owners[policy.id], policy, text, fault.todo)


def _authorities(
    policy: Policy, known: Mapping[str, Authority], *, all_known: bool
) -> Iterator[Remark]:
    cited = [known[name] for name in policy.authorities if name in known]
    for name in policy.authorities:
        if name not in known and all_known:
            yield (
                f"cites {name}, which no pack in use defines",
                "add the authority to authorities.toml or mend the citation",
                name,
            )
    starts = [a.in_force.valid_from for a in cited if a.in_force.valid_from]
    ends = [a.in_force.valid_to for a in cited if a.in_force.valid_to]
    if starts and ends and max(starts) >= min(ends):
        yield "is never in force: no day lies within all its authorities", "split it", ""
    if (policy.action in OPENING or policy.may_end(MAY_OPEN)) and cited:
        yield from _opening(policy, cited)


def _opening(policy: Policy, cited: Sequence[Authority]) -> Iterator[Remark]:
    first = cited[0]
    if first.kind == "context":
        yield (
            f"opens a record and rests first on {first.id}, which is context",
            "rest it first on what permits or mandates it",
            first.id,
        )
    for authority in cited:
        if not authority.may_open:
            yield (
                f"opens a record and cites {authority.id}, whose text nobody read",
                "text that is not confirmed can only restrict or refer: read it, or refer",
                authority.id,
            )
    if first.confirmed == "partly" and not policy.notes.get("rests_on"):
        yield (
            f"opens a record and rests first on {first.id}, of which only a part was read",
            "name the part that it rests on in @rests_on",
            first.id,
        )


def _annotations(policy: Policy) -> Iterator[Remark]:
    for name in sorted(set(policy.notes) - _ALWAYS - READ_FOR[policy.action]):
        yield (
            f"carries @{name}, which nobody reads for {policy.action}",
            "take it out, or write the policy that it belongs to",
            f"@{name}",
        )
    if policy.action == "disclose" and policy.effect == "permit" and not _needs_a_lift(policy):
        yield (
            "permits a disclosure by itself",
            "write a lift instead: only what some authority lifts may leave",
            "permit",
        )
    if policy.action == "lift_coarsened":
        answers = policy.words("coarsen_to")
        if len(answers) != 1 or answers[0] not in SHAPES:
            yield (
                f"offers no known coarser answer: {' '.join(answers) or 'no @coarsen_to'}",
                f"name one of {', '.join(sorted(SHAPES))}",
                "@coarsen_to",
            )


def _opinion(policy: Policy, stack: PackStack) -> Iterator[Remark]:
    """What a policy says of counsel's opinions, and what one in favor would lift."""
    said = policy.words("opinion")
    if policy.action != "refer" or (not said and not policy.words("lifts")):
        return
    ends = {MAY_OPEN, MAY_CLOSE}
    if not policy.refers or (said != (NEITHER,) and not ends.issuperset(said)):
        yield (
            f"says of counsel's opinion what nobody reads: {' '.join(said) or 'nothing'}",
            f"a policy that refers says {MAY_OPEN}, {MAY_CLOSE}, both, or {NEITHER}",
            "@opinion",
        )
    if policy.may_end(MAY_OPEN) != bool(policy.words("lifts")):
        yield (
            f"must name in @lifts what counsel's opinion lifts, and only where it says {MAY_OPEN}",
            "name the locks of the law that it opens, or take the annotation out",
            "@lifts",
        )
    for lock in sorted(_house_locks(stack).intersection(policy.words("lifts"))):
        yield (
            f"lets counsel's opinion lift {lock}, which a rule of the agency's own bars",
            "an opinion answers a question of law: it lifts no lock of the house",
            "@lifts",
        )


def _house_locks(stack: PackStack) -> frozenset[str]:
    return frozenset(
        lock
        for policy in stack.policies
        if any(stack.authorities[n].basis == "agency_policy" for n in policy.authorities
               if n in stack.authorities)
        for lock in policy.words("bars")
    )  # fmt: skip


def _needs_a_lift(policy: Policy) -> bool:
    return Asked(Not(IsEmpty(Fact(("context", "lifted"))))) in policy.conditions


def _expressions(policy: Policy) -> Iterator[Remark]:
    for kind in sorted(node_kinds(policy) - ALLOWED):
        yield (
            f"uses {kind}, which packs do without",
            "write it with ==, in, contains, &&, ||, ! and codes; every fact is always there",
            kind,
        )


def _stage(policy: Policy) -> Iterator[Remark]:
    for name in sorted((facts_read(policy) & _LATE) - FILLED[policy.action]):
        yield (
            f"reads context.{name}, which is still empty when {policy.action} is asked",
            "test what is known by then, see the stages in docs/writing-law.md",
            f"context.{name}",
        )


def _duty(pack: Pack, policy: Policy, stack: PackStack, sources: Sources) -> Iterator[Flaw]:
    if policy.action != "oblige":
        return
    for text, todo, near in _duty_remarks(policy, stack):
        yield sources.flaw(pack, policy, f"{policy.id} {text}", todo, near=near)
    to = policy.notes.get("to")
    lists = stack.vocabulary.lists
    bodies = [lists.get(name, {}) for name in ("duty_to", "holder", "requester_class", "component")]
    if to and not any(to in codes for codes in bodies):
        yield sources.flaw(
            pack,
            policy,
            f"{policy.id} directs a duty to {to}, which no list of codes holds",
            "define it under duty_to in codes.yaml",
            near="@to",
            grave="duty_to" in lists,
        )


def _duty_remarks(policy: Policy, stack: PackStack) -> Iterator[Remark]:
    for code in policy.words("duty"):
        if not stack.vocabulary.knows("duties", code):
            yield f"obliges to {code}, which is no known duty", "define it in codes.yaml", code
    within = policy.notes.get("within")
    if within is not None:
        try:
            check_clock(within)
        except PackFault as fault:
            yield f"has no known clock: {within}", fault.todo, "@within"
    starts = policy.notes.get("starts", "received")
    if starts not in _STARTS:
        yield (
            f"starts a clock on a day that is not known: {starts}",
            f"name one of {', '.join(sorted(_STARTS))}",
            "@starts",
        )
    basis = policy.notes.get("basis", "law")
    if basis not in BASES:
        yield (
            f"has no known basis: {basis}",
            f"name one of {', '.join(sorted(BASES))}",
            "@basis",
        )
