"""The words that policies hand to each other, and the promise that no list is made by status."""

import difflib
from collections.abc import Iterator, Mapping, Sequence

from clerestory.audit.pack_check_flaws import Flaw, Sources
from clerestory.audit.pack_check_policies import OPENING
from clerestory.audit.pack_check_trees import comparisons
from clerestory.law.codes import Vocabulary
from clerestory.law.packs import Pack, PackStack
from clerestory.law.policies import Policy

# Ways to pick a class that tell status and are no fields of a record. Promise 7 of the design.
_WAYS_TO_PICK = frozenset({"nationality", "birthplace", "program_proxy"})
_STATUS_GROUPS = frozenset({"status", "origin"})
# What may stand between a misspelled word and the right one.
_TYPO = 0.8
_Uses = Mapping[str, frozenset[str]]


def check_words(
    packs: Sequence[Pack], everywhere: Sequence[Pack], sources: Sources
) -> Iterator[Flaw]:
    """Yield words that are tested and never given, and words that are given and never tested.

    Args:
        packs: The packs to check.
        everywhere: All packs that could be read: one pack may give what another tests.
        sources: Their texts.
    """
    given = {note: _given(everywhere, note) for note in ("establishes", "lifts", "bars")}
    tested = _tested(everywhere)
    known = {
        "established": given["establishes"],
        # A lock may stand that nothing lifts yet.
        "lifted": given["lifts"] | given["bars"],
        "mandated": given["lifts"] | given["bars"],
        "barred": given["bars"],
    }
    said: set[str] = set()
    for pack in packs:
        for policy in pack.policies:
            yield from _undefined(pack, policy, known, sources)
            yield from _unused(pack, policy, tested, said, sources)
            yield from _wrong_lock(pack, policy, given["bars"], sources)


def _given(packs: Sequence[Pack], annotation: str) -> frozenset[str]:
    return frozenset(
        word for pack in packs for policy in pack.policies for word in policy.words(annotation)
    )


def _tested(packs: Sequence[Pack]) -> _Uses:
    found: dict[str, set[str]] = {
        name: set() for name in ("established", "lifted", "mandated", "barred")
    }
    for pack in packs:
        for policy in pack.policies:
            for compared in comparisons(policy):
                if compared.fact in found:
                    found[compared.fact] |= set(compared.codes)
    return {name: frozenset(words) for name, words in found.items()}


def _undefined(pack: Pack, policy: Policy, known: _Uses, sources: Sources) -> Iterator[Flaw]:
    for compared in comparisons(policy):
        for word in compared.codes if compared.fact in known else ():
            if word not in known[compared.fact]:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} tests context.{compared.fact} for {word}, which no policy gives",
                    f"mend the word{_meant(word, known[compared.fact])}, or write its policy",
                    near=f'"{word}"',
                )


def _unused(
    pack: Pack, policy: Policy, tested: _Uses, said: set[str], sources: Sources
) -> Iterator[Flaw]:
    """Yield words that nothing tests; ``said`` keeps a warning from being given twice."""
    for word in policy.words("establishes"):
        if word not in tested["established"]:
            yield sources.flaw(
                pack,
                policy,
                f"{policy.id} establishes {word}, which no policy tests",
                f"mend the word{_meant(word, tested['established'])}, or take it out",
                near="@establishes",
            )
    locks = tested["lifted"] | tested["mandated"] | tested["barred"]
    for annotation in ("lifts", "bars"):
        for word in policy.words(annotation):
            if word in locks:
                continue
            meant = _meant(
                word, frozenset(lock for lock in locks if _digits(lock) == _digits(word))
            )
            if meant:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} {annotation} {word}, which no policy tests",
                    f"mend the word{meant}, or name the lock otherwise",
                    near=f"@{annotation}",
                )
            elif annotation == "lifts" and word not in said:
                said.add(word)
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} lifts {word}, which no lock carries: it opens what none closes",
                    "take it out unless that is meant",
                    near="@lifts",
                    grave=False,
                )


def _meant(word: str, known: frozenset[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=_TYPO)
    return f" (close to it: {close[0]})" if close else ""


def _digits(word: str) -> str:
    """Locks are often named by section: another number is another lock and no misspelling."""
    return "".join(letter for letter in word if letter.isdigit())


def _wrong_lock(
    pack: Pack, policy: Policy, locks: frozenset[str], sources: Sources
) -> Iterator[Flaw]:
    """Yield another policy's lock that would take off the lock of this one."""
    if policy.action != "disclose" or policy.effect != "forbid":
        return
    bars = policy.words("bars")
    for compared in comparisons(policy):
        for word in compared.codes if compared.fact == "lifted" else ():
            if word in locks and word not in bars:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} bars {' '.join(bars)} and gives way to {word}",
                    "name the same lock in @bars and in context.lifted",
                    near=f'"{word}"',
                )


def status_codes(vocabulary: Vocabulary) -> frozenset[str]:
    """Return every code that tells, or nearly tells, a person's status or origin."""
    fields = vocabulary.lists["fields"].values()
    return _WAYS_TO_PICK | {
        code.name for code in fields if code.proxy or _STATUS_GROUPS & set(code.groups)
    }


def check_promise(pack: Pack, stack: PackStack, sources: Sources) -> Iterator[Flaw]:
    """Yield every policy that would select people by status, nationality or a proxy.

    Status may be named as the field that is asked for. How a class is picked may be named to close
    it, and a word established by that may not be what opens anything.
    """
    codes = status_codes(stack.vocabulary)
    words = _words_about_status(stack, codes)
    for policy in pack.policies:
        for compared in comparisons(policy):
            if compared.fact in {"resource", "resource.name"} or compared.entity == "Category":
                continue
            named = sorted(codes & set(compared.codes))
            picked = sorted(words & set(compared.codes)) if compared.fact == "established" else []
            closing = policy.effect == "forbid" or policy.action in {"define", "consider", "oblige"}
            if named and not (compared.fact == "subject.defined_by" and closing):
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} tests {compared.fact} for {named[0]}: people by status",
                    "status may be named as the field asked for, never to pick people",
                    near=f'"{named[0]}"',
                )
            opening = policy.effect == "permit" and policy.action in OPENING | {"refer"}
            if picked and compared.positive and opening:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} opens for {picked[0]}, a class picked by status",
                    "such a class is never released: test that it is not one",
                    near=f'"{picked[0]}"',
                )


def _words_about_status(stack: PackStack, codes: frozenset[str]) -> frozenset[str]:
    return frozenset(
        word
        for policy in stack.policies
        if any(
            compared.fact == "subject.defined_by" and codes & set(compared.codes)
            for compared in comparisons(policy)
        )
        for word in policy.words("establishes")
    )
