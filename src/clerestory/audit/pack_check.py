"""Checking packs whole: every flaw with its file, its line and what to do about it.

A pack is fit for use when nothing grave is found: it can be read, everything it cites and names
exists, no policy can fail when it is asked, nothing opens on text that nobody read, and every
permit is shown at work by a known answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clerestory.audit.casebook import cases_of
from clerestory.audit.law_days import LawDays
from clerestory.audit.lone_failures import LoneFailures
from clerestory.audit.missing_cases import Coverage, coverage
from clerestory.audit.pack_check_cases import Showing, Shown
from clerestory.audit.pack_check_codes import check_codes
from clerestory.audit.pack_check_files import (
    check_authorities,
    check_jurisdiction,
    check_loading,
    check_manifest,
    check_promise_files,
    check_shape_of_codes,
    check_vocabulary,
)
from clerestory.audit.pack_check_flaws import Flaw, Sources, flaws_of
from clerestory.audit.pack_check_groups import check_groups
from clerestory.audit.pack_check_mandates import check_mandates
from clerestory.audit.pack_check_policies import OPENING, check_policies, check_subset, check_types
from clerestory.audit.pack_check_sentences import check_sentences
from clerestory.audit.pack_check_trees import comparisons
from clerestory.audit.pack_check_words import check_promise, check_words
from clerestory.demands.errors import BadDemand
from clerestory.demands.reading import load_document
from clerestory.demands.speaking import Speaker
from clerestory.kernel.canonical import Json
from clerestory.law.codes import Vocabulary, load_vocabulary
from clerestory.law.errors import PackFault
from clerestory.law.packs import Pack, PackStack, available_packs, load_pack
from clerestory.law.policies import Policy
from clerestory.law.requirements import order_required
from clerestory.law.sentences import load_sentences
from clerestory.policy.explain.clauses import split

_LISTS = frozenset({"requester_class", "purpose", "program", "program_group", "category"}) | {
    "fields", "findings", "duties",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """What a check found. ``cases`` counts the known answers that were run for it."""

    packs: tuple[Pack, ...]
    flaws: tuple[Flaw, ...]
    cases: int
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def faults(self) -> tuple[Flaw, ...]:
        """The flaws with which a pack may not be used."""
        return tuple(flaw for flaw in self.flaws if flaw.grave)

    @property
    def warnings(self) -> tuple[Flaw, ...]:
        """What a lawyer should look at, and may leave as it is."""
        return tuple(flaw for flaw in self.flaws if not flaw.grave)

    def lines(self) -> Iterator[str]:
        """Yield the report for people: warnings, then faults, then one line that sums up."""
        yield from (f"warning: {flaw}" for flaw in self.warnings)
        yield from (str(flaw) for flaw in self.faults)
        checked = ", ".join(f"{pack.name} {pack.version}" for pack in self.packs)
        if self.coverage.conditions:
            yield str(self.coverage)
        if self.faults:
            run = "" if self.cases else "; known answers are run when these are mended"
            yield f"{len(self.faults)} faults, {len(self.warnings)} warnings in {checked}{run}"
        else:
            yield (
                f"no faults, {len(self.warnings)} warnings in {checked}: "
                f"{sum(len(pack.authorities) for pack in self.packs)} authorities, "
                f"{sum(len(pack.policies) for pack in self.packs)} policies, "
                f"{self.cases} known answers"
            )

    def to_json(self) -> dict[str, Json]:
        """Return the report for programs."""
        return {
            "packs": [
                {
                    "name": pack.name,
                    "version": pack.version,
                    "digest": pack.digest,
                    "authorities": len(pack.authorities),
                    "policies": len(pack.policies),
                }
                for pack in self.packs
            ],
            "cases": self.cases,
            "conditions": self.coverage.to_json(),
            "faults": [_flaw_json(flaw) for flaw in self.faults],
            "warnings": [_flaw_json(flaw) for flaw in self.warnings],
        }


def _flaw_json(flaw: Flaw) -> Mapping[str, Json]:
    return {"file": flaw.file, "line": flaw.line, "text": flaw.text, "todo": flaw.todo}


def check_packs(
    packs_folder: Path,
    names: Sequence[str] = (),
    *,
    casebook: Sequence[Path] = (),
    say: Callable[[str], None] = lambda _: None,
) -> PackReport:
    """Check packs, and everything they require, whole.

    Args:
        packs_folder: The folder in which the packs lie.
        names: The packs to check; none means all.
        casebook: Files of known answers beside those in the packs' own ``cases`` folders.
        say: Is told, from time to time, how far the work is.

    Raises:
        PackFault: A pack that was named does not exist, or the folder holds none.
    """
    known = available_packs(packs_folder)
    if not known:
        raise PackFault(
            f"there are no packs in {packs_folder}", code="law-no-pack", todo="check the folder"
        )
    loaded = {name: load_pack(packs_folder / name) for name in {*names, *known}}
    ordered, flaws = _ordered(loaded, names or known, Sources())
    packs = [loaded[name] for name in ordered]
    everywhere = [*packs, *(loaded[name] for name in known if name not in ordered)]
    sources = Sources()
    flaws += [flaw for pack in packs for flaw in check_loading(pack, sources)]
    flaws += [flaw for pack in packs for flaw in check_manifest(pack, known, sources)]
    flaws += [flaw for pack in packs for flaw in check_promise_files(pack)]
    flaws += _conflicts(packs, sources)
    vocabulary, more = _vocabulary(packs_folder, packs)
    flaws += more
    shown, run, covered = Shown(), 0, Coverage()
    if vocabulary is not None:
        flaws += _read(packs, everywhere, vocabulary, sources)
    if vocabulary is not None and not any(flaw.grave for flaw in flaws):
        # A slip in a word is told once, where it stands, and not as a word without a sentence.
        flaws += check_sentences(packs_folder, packs, vocabulary)
    if vocabulary is not None and not any(flaw.grave for flaw in flaws):
        shown, lone, run, more = _show(packs_folder, packs, casebook, sources, say)
        said = load_sentences(packs_folder, [pack.name for pack in packs])
        covered = coverage(packs, lone, Speaker(sentences=said))
        flaws += [*more, *_not_shown(packs, vocabulary, shown, sources)]
    return PackReport(
        packs=tuple(packs), flaws=tuple(sorted(set(flaws))), cases=run, coverage=covered
    )


def _ordered(
    loaded: Mapping[str, Pack], names: Sequence[str], sources: Sources
) -> tuple[list[str], list[Flaw]]:
    """Return the packs to check, required ones first; a circle is a flaw and not the end."""

    def requires(name: str) -> list[str]:
        return [needed for needed in loaded[name].requires if needed in loaded]

    try:
        return order_required(names, requires), []
    except PackFault as fault:
        first = str(fault).partition(": ")[2].split(" > ")[0]
        path = loaded[first].folder / "pack.toml"
        line = sources.line_with(path, r"^requires\s*=")
        return list(names), [Flaw(f"{first}/pack.toml", line, str(fault), fault.todo)]


def _conflicts(packs: Sequence[Pack], sources: Sources) -> Iterator[Flaw]:
    """Yield what two packs define both: used together they would contradict each other."""
    authorities: dict[str, str] = {}
    policies: dict[str, str] = {}
    for pack in packs:
        for name, authority in pack.authorities.items():
            if name in authorities:
                file = f"{pack.name}/authorities.toml"
                text = f"two packs in conflict: {authorities[name]} and {pack.name} both define"
                todo = "rename one of them, or use the packs apart"
                yield Flaw(file, authority.line, f"{text} the authority {name}", todo)
        for policy in pack.policies:
            if policy.id in policies:
                text = f"two packs in conflict: {policies[policy.id]} and {pack.name} both define"
                todo = "rename one of them, or use the packs apart"
                yield sources.flaw(pack, policy, f"{text} the policy {policy.id}", todo)
        authorities |= dict.fromkeys(pack.authorities, pack.name)
        policies |= {policy.id: pack.name for policy in pack.policies}


def _vocabulary(packs_folder: Path, packs: Sequence[Pack]) -> tuple[Vocabulary | None, list[Flaw]]:
    files = [packs_folder / "codes.yaml"]
    files += [path for pack in packs if (path := pack.folder / "codes.yaml").exists()]
    unusable = list(check_shape_of_codes(packs_folder, files))
    if unusable:
        return None, unusable
    try:
        vocabulary = load_vocabulary(files)
    except PackFault as fault:
        return None, [Flaw("codes.yaml", 1, " ".join(str(fault).split()), fault.todo)]
    missing = sorted(_LISTS - set(vocabulary.lists))
    if missing:
        todo = "copy the list from the packs that come with the program"
        return None, [Flaw("codes.yaml", 1, f"has no list {missing[0]}", todo)]
    flaws = [*check_vocabulary(packs_folder, files, vocabulary)]
    return vocabulary, [*flaws, *check_groups(packs_folder, files, vocabulary)]


def _read(
    packs: Sequence[Pack],
    everywhere: Sequence[Pack],
    vocabulary: Vocabulary,
    sources: Sources,
) -> Iterator[Flaw]:
    """Check what is written, without running anything."""
    stack = PackStack(
        packs=tuple(packs),
        vocabulary=vocabulary,
        authorities={n: a for pack in packs for n, a in pack.authorities.items()},
        policies=list({p.id: p for pack in packs for p in pack.policies}.values()),
        digest="",
    )
    all_known = _knows_all_authorities(packs)
    for pack in packs:
        yield from check_jurisdiction(pack, vocabulary, sources)
        yield from check_authorities(pack, vocabulary, sources)
        yield from check_policies(pack, stack, sources, all_known=all_known)
        yield from check_codes(pack, stack, sources)
        yield from check_promise(pack, stack, sources)
        yield from check_mandates(pack, vocabulary)
    yield from check_types(packs, stack, sources)
    yield from check_subset(packs, stack, sources)
    # In a file that cannot be read a word may be given or tested, so nothing is said of words.
    if not any(pack.faults for pack in everywhere):
        yield from check_words(packs, everywhere, sources)


def _knows_all_authorities(packs: Sequence[Pack]) -> bool:
    """Whether no pack is missing and no file of which it depends what may be cited is broken."""
    here = {pack.name for pack in packs}
    return all(
        here.issuperset(pack.requires)
        and not any(fault.file in {"pack.toml", "authorities.toml"} for fault in pack.faults)
        for pack in packs
    )


def _show(
    packs_folder: Path,
    packs: Sequence[Pack],
    casebook: Sequence[Path],
    sources: Sources,
    say: Callable[[str], None],
) -> tuple[Shown, LoneFailures, int, list[Flaw]]:
    """Run the known answers of the packs and of the casebook."""
    showing = Showing(LawDays(packs_folder), available_packs(packs_folder))
    flaws: list[Flaw] = []
    run = 0
    own = [path for pack in packs for path in sorted((pack.folder / "cases").glob("*.yaml"))]
    for path in (*own, *casebook):
        file = path.relative_to(packs_folder).as_posix() if path in own else path.name
        try:
            cases = cases_of(load_document(path), path.name)
        except BadDemand as fault:
            flaws += flaws_of(fault, file)
            continue
        for case in cases:
            name = str(case["demand"]["id"])
            run += showing.add(case)
            say(f"{run} known answers run")
            if name in showing.shown.unread:
                line = sources.line_with(path, rf"id:\s*['\"]?{name}\b")
                text = f"{name} cannot be run: {showing.shown.unread.pop(name)}"
                flaws.append(Flaw(file, line, text, "mend the case"))
    return showing.shown, showing.lone, run, flaws


def _not_shown(
    packs: Sequence[Pack], vocabulary: Vocabulary, shown: Shown, sources: Sources
) -> Iterator[Flaw]:
    for pack in packs:
        for policy in pack.policies:
            if policy.action not in OPENING:
                continue
            nowhere = _source_of_no_field(policy, vocabulary)
            if policy.id not in shown.met and nowhere:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} opens what came from {nowhere}, and no field of codes.yaml does, "
                    "so no known answer can show it",
                    "define a field that comes from there",
                    grave=False,
                )
            elif policy.id not in shown.met:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} opens a record and no known answer shows it",
                    f"add a case to {pack.name}/cases whose answer it releases",
                )
            elif policy.id not in shown.unmet and split(policy)[1]:
                yield sources.flaw(
                    pack,
                    policy,
                    f"{policy.id} is never shown unmet by a known answer",
                    "add a case that lacks one of its conditions",
                    grave=False,
                )


def _source_of_no_field(policy: Policy, vocabulary: Vocabulary) -> str:
    """Return a source that a policy asks for and no field comes from, if there is one.

    Only an agency's catalogue can then make it true, and a known answer has no catalogue.
    """
    from_somewhere = {code.source for code in vocabulary.lists["fields"].values()}
    wanted = [
        code
        for compared in comparisons(policy)
        if compared.fact == "resource.source" and compared.positive
        for code in compared.codes
    ]
    return next((code for code in wanted if code not in from_somewhere), "")
