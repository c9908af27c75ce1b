"""Which codes each fact can hold: what the checks, the proof and the replay are told of a request.

A request is flat here: one code for each fact, one set of codes for each list. Who asks is
``principal``; the field is ``resource.name``, ``resource.program`` and ``resource.source``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerestory.law.codes import Vocabulary
from clerestory.law.fact import ANSWER
from clerestory.law.fact_table import FACTS as TABLE
from clerestory.law.fact_table import FINDINGS
from clerestory.law.packs import PackStack

# Groups whose every part is yes, no or unknown.
_ANSWERS = tuple(
    f"{head}."
    for head in dict.fromkeys([FINDINGS, *(fact.head for fact in TABLE if fact.part)])
    if all(fact.lists == ANSWER for fact in TABLE if fact.head == head)
)
# Each other fact with the lists of its codes, and the codes that stand in no list.
FACTS: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    fact.path: (fact.lists, fact.codes)
    for fact in TABLE
    if fact.has_codes and not fact.path.startswith(_ANSWERS)
}
ENTITIES: Mapping[str, tuple[str, ...]] = {
    "Requester": ("requester_class",),
    "Purpose": ("purpose",),
    "Program": ("program", "program_group"),
    "Category": ("category",),
}
# Facts whose words come from the policies and authorities themselves, checked elsewhere.
OWN_WORDS = frozenset(fact.path for fact in TABLE if fact.many and not fact.has_codes)
# Facts that are compared with days or stand by themselves as yes or no.
WITHOUT_CODES = frozenset(fact.path for fact in TABLE if not (fact.many or fact.has_codes))


def lists_of(fact: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """Return the lists and further codes of a fact, or ``None`` for a fact without codes."""
    if fact.startswith(_ANSWERS):
        return ("answer",), frozenset()
    return FACTS.get(fact)


# The facts that are sets of codes.
SETS = tuple(fact.path for fact in TABLE if fact.many and fact.has_codes)


@dataclass(frozen=True, slots=True)
class Shape:
    """The domain of every single fact and of every set of a request.

    ``outcome`` is left out: only duties read it, and they open nothing.
    """

    facts: Mapping[str, frozenset[str]] = field(repr=False)
    sets: Mapping[str, frozenset[str]] = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every fact and every set, in the order of a row."""
        return (*self.facts, *self.sets)


def shape_of(stack: PackStack) -> Shape:
    """Return what a request under these packs can say."""
    vocabulary = stack.vocabulary
    paths = [name for name in FACTS if name not in {*SETS, "outcome"}]
    paths += [f"findings.{code}" for code in sorted(vocabulary.lists["findings"])]
    paths += [fact.path for fact in TABLE if fact.path.startswith(_ANSWERS)]
    sets = {path: _domain(path, vocabulary) for path in SETS}
    return Shape(
        facts={path: _domain(path, vocabulary) for path in paths},
        sets={**sets, **_of_the_law(stack)},
    )


def _of_the_law(stack: PackStack) -> dict[str, frozenset[str]]:
    """Return the sets whose codes are authorities or policies of the packs themselves."""
    authorities = frozenset(stack.authorities)
    points = frozenset(policy.id for policy in stack.policies if policy.refers)
    return {
        "cited": authorities,
        "opinion.favor": points,
        "opinion.against": points,
        "suspended": authorities,
    }


def joined(shapes: Sequence[Shape]) -> Shape:
    """Return a shape in which a request under any of several vocabularies can be said."""
    return Shape(facts=_union([s.facts for s in shapes]), sets=_union([s.sets for s in shapes]))


def known_to_all(domains: Sequence[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    """Return the codes of every fact or set that stands in all the domains that have it."""
    return {
        path: frozenset.intersection(*(domain[path] for domain in domains if path in domain))
        for path in _union(domains)
    }


def _union(domains: Sequence[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    codes: dict[str, frozenset[str]] = {}
    for domain in domains:
        for path, known in domain.items():
            codes[path] = codes.get(path, frozenset()) | known
    return codes


def _domain(path: str, vocabulary: Vocabulary) -> frozenset[str]:
    lists, more = lists_of(path) or ((), frozenset())
    return more | {code for name in lists for code in vocabulary.lists.get(name, ())}


def flat_facts(
    principal: str,
    resource: str,
    context: Mapping[str, Any],
    vocabulary: Vocabulary,
    source: str | None = None,
) -> dict[str, Any]:
    """Return a case as one flat row: a code for each fact, a list of codes for each set.

    Args:
        principal: Requester class.
        resource: Field id, such as ``snap.address``.
        context: The nested facts of the request (see ``facts.facts_of``).
        vocabulary: The codes in use.
        source: Who supplied the value, where the agency's catalogue knows better.
    """
    program, _, name = resource.partition(".")
    row = dict(_flat(context))
    row |= {
        "principal": principal,
        "resource.name": name,
        "resource.program": program,
        "resource.source": source or vocabulary.get("fields", name).source,
        "purpose": context["purpose"]["__entity"]["id"],
    }
    return row


def _flat(context: Mapping[str, Any], head: str = "") -> "list[tuple[str, Any]]":
    flat: list[tuple[str, Any]] = []
    for name, value in context.items():
        if f"{head}{name}" in {"on", "purpose"}:
            continue
        inside = isinstance(value, Mapping)
        flat += _flat(value, f"{head}{name}.") if inside else [(f"{head}{name}", value)]
    return flat
