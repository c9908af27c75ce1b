"""Which codes each fact can hold: the list behind every attribute that a policy may test."""

from collections.abc import Iterator, Mapping

from clerestory.audit.pack_check_flaws import Flaw, Sources
from clerestory.audit.pack_check_trees import Comparison, comparisons
from clerestory.law.codes import Vocabulary
from clerestory.law.packs import Pack, PackStack

# Each fact with the lists of its codes, and the codes that stand in no list.
FACTS: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "holder.agency": (("holder",), frozenset()),
    "holder.kind": (("holder_kind",), frozenset()),
    "holder.jurisdiction": (("jurisdiction",), frozenset()),
    "component": (("component",), frozenset({"none"})),
    "channel": (("channel",), frozenset()),
    "purpose": (("purpose",), frozenset()),
    "grounds": (("grounds",), frozenset()),
    "threats": (("threats",), frozenset()),
    "paper.kind": (("instrument_kind",), frozenset()),
    "paper.form": (("form",), frozenset({"none"})),
    "paper.issuer": (("issuer",), frozenset()),
    "paper.written": (("answer",), frozenset()),
    "paper.persons": (("persons",), frozenset()),
    "paper.fields": (("fields_asked",), frozenset()),
    "paper.status": (("status",), frozenset()),
    "paper.in_date": (("answer",), frozenset()),
    "paper.enforced_by_order": (("answer",), frozenset()),
    "paper.names_field": ((), frozenset({"yes", "no", "everything"})),
    "forms": (("form",), frozenset()),
    "papers": (("instrument_kind",), frozenset()),
    "months": ((), frozenset({"one", "more", "unstated"})),
    "subject.relation": (("relation",), frozenset()),
    "subject.applicant": (("answer",), frozenset()),
    "subject.alone": (("answer",), frozenset()),
    "subject.flags": (("flags",), frozenset()),
    "subject.defined_by": (("defined_by",), frozenset()),
    "raised": (("findings",), frozenset()),
    "hold": ((), frozenset({"none", "active", "lapsed"})),
    "outcome": ((), frozenset({"release", "coarsen", "refer_to_counsel", "withhold"})),
    "principal": (("requester_class",), frozenset()),
    "resource.name": (("fields",), frozenset()),
    "resource.program": (("program",), frozenset()),
    "resource.source": (("source",), frozenset()),
}
# Facts whose every part is yes, no or unknown.
_ANSWERS = ("findings.", "consent.", "agreement.", "nondisclosure.")
ENTITIES: Mapping[str, tuple[str, ...]] = {
    "Requester": ("requester_class",),
    "Purpose": ("purpose",),
    "Program": ("program", "program_group"),
    "Category": ("category",),
}
# Facts whose words come from the policies and authorities themselves, checked elsewhere.
OWN_WORDS = frozenset({"established", "lifted", "mandated", "barred", "cited"})
# Facts that are compared with days or stand by themselves as yes or no.
WITHOUT_CODES = frozenset({"on", "resource.proxy"})


def lists_of(fact: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """Return the lists and further codes of a fact, or ``None`` for a fact without codes."""
    if fact.startswith(_ANSWERS):
        return ("answer",), frozenset()
    return FACTS.get(fact)


def check_codes(pack: Pack, stack: PackStack, sources: Sources) -> Iterator[Flaw]:
    """Yield a flaw for every code in a policy that its fact can never hold."""
    for policy in pack.policies:
        for compared in comparisons(policy):
            for text, todo, near in _wrong_with(compared, stack):
                yield sources.flaw(pack, policy, f"{policy.id} {text}", todo, near=near)


def _wrong_with(compared: Comparison, stack: PackStack) -> Iterator[tuple[str, str, str]]:
    if compared.facts != 1 or not compared.codes:
        yield "compares no fact with a code", "compare one fact with codes written out", ""
        return
    vocabulary = stack.vocabulary
    if compared.entity:
        lists, more = ENTITIES.get(compared.entity, ()), _fields_of(compared, vocabulary)
    elif compared.fact == "cited":
        lists, more = (), frozenset(stack.authorities)
    elif compared.fact in OWN_WORDS:
        return
    else:
        lists, more = lists_of(compared.fact) or ((), frozenset())
    known = more | {code for name in lists for code in vocabulary.lists.get(name, {})}
    for code in compared.codes:
        if code not in known:
            where = f"the list {' or '.join(lists)}" if lists else "what this fact can hold"
            yield (
                f"tests {compared.fact} for {code}, which is not in {where}",
                f"mend the code{_close(code, known)}, or define it in codes.yaml",
                f'"{code}"',
            )


def _fields_of(compared: Comparison, vocabulary: Vocabulary) -> frozenset[str]:
    """A field of one programme may be named whole, as in ``Field::"snap.address"``."""
    if compared.entity != "Field":
        return frozenset()
    return frozenset(
        code
        for code in compared.codes
        if vocabulary.knows("program", code.partition(".")[0])
        and vocabulary.knows("fields", code.partition(".")[2])
    )


def _close(code: str, known: "frozenset[str] | set[str]") -> str:
    import difflib

    close = difflib.get_close_matches(code, sorted(known), n=3)
    return f" (close to it: {', '.join(close)})" if close else ""
