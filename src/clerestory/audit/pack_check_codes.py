"""Which codes each fact can hold: the list behind every attribute that a policy may test."""

from collections.abc import Iterator

from clerestory.audit.pack_check_flaws import Flaw, Sources
from clerestory.audit.pack_check_trees import Comparison, comparisons
from clerestory.law.codes import Vocabulary
from clerestory.law.packs import Pack, PackStack
from clerestory.policy.model.shape import ENTITIES, OWN_WORDS, lists_of


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
