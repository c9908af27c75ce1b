"""Packs: the law of one jurisdiction as data, and stacks of them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from clerestory.law.authorities import Authority, load_authorities
from clerestory.law.codes import Vocabulary, load_vocabulary
from clerestory.law.errors import Fault, PackFault
from clerestory.law.manifest import FILE as MANIFEST
from clerestory.law.manifest import load_manifest
from clerestory.law.policies import Policy, load_policies
from clerestory.law.requirements import order_required
from clerestory.law.sentences import BASE_LANGUAGE, Sentences, load_sentences

T = TypeVar("T")
_MARK_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One folder of law. ``faults`` is empty for a pack that may be used.

    ``edition`` is what its authors call this state of it; ``digest`` is over all that decides:
    the manifest, authorities, policies, promises and codes, by file name and length. Known answers
    under ``cases`` are not law and do not count.
    """

    name: str
    title: str
    edition: str
    requires: tuple[str, ...]
    folder: Path
    authorities: Mapping[str, Authority] = field(repr=False)
    policies: Sequence[Policy] = field(repr=False)
    faults: Sequence[Fault]
    digest: str

    @property
    def version(self) -> str:
        """The edition with the mark of the content, such as ``2026.11+0d57b703dd3b``.

        Two states of a pack never share a version, whether or not somebody raised the edition.
        """
        return f"{self.edition}+{self.digest[:_MARK_LENGTH]}"


@dataclass(frozen=True, kw_only=True)
class PackStack:
    """Packs in use together, federal first, with one vocabulary.

    ``codes_digest`` is over the vocabulary that the packs share, ``digest`` over everything that
    decides; the sentences decide nothing. ``folder`` is the folder of packs.
    """

    packs: tuple[Pack, ...]
    vocabulary: Vocabulary = field(repr=False)
    authorities: Mapping[str, Authority] = field(repr=False)
    policies: Sequence[Policy] = field(repr=False)
    codes_digest: str = ""
    digest: str
    folder: Path = field(default=Path(), compare=False)

    @cached_property
    def sentences(self) -> Sentences:
        """What the packs say, in English; read when somebody first reads it."""
        return self.sentences_in(BASE_LANGUAGE)

    def sentences_in(self, language: str) -> Sentences:
        """Return what the packs say in a language, or in English where that may not be sent.

        Raises:
            PackFault: A file of sentences cannot be read.
        """
        return load_sentences(self.folder, [pack.name for pack in self.packs], language)

    @property
    def names(self) -> tuple[str, ...]:
        """The packs' names with their versions, and the vocabulary's mark, for the record."""
        packs = (f"{pack.name} {pack.version}" for pack in self.packs)
        return (*packs, f"codes {self.codes_digest[:_MARK_LENGTH]}")

    def deciding(self, what: str) -> str:
        """Return the authority that decides ``what`` by itself (see ``authorities.DECIDES``).

        Where the packs name none, it is the one that decides what no policy opens.
        """
        named = {a.decides: a.id for a in self.authorities.values() if a.decides}
        return named.get(what) or named.get("silence") or _of_leaving(self.policies)

    def in_force(self, on: date) -> list[Policy]:
        """Return the policies whose authorities are all in force on the day."""
        return [
            policy
            for policy in self.policies
            if all(on in self.authorities[name].in_force for name in policy.authorities)
        ]

    def boundaries(self) -> list[date]:
        """Return every day on which the law of this stack changes."""
        days: set[date] = set()
        for authority in self.authorities.values():
            days |= {d for d in (authority.in_force.valid_from, authority.in_force.valid_to) if d}
        return sorted(days)


def load_pack(folder: Path) -> Pack:
    """Read a pack whole and collect every fault instead of stopping at the first.

    Raises:
        PackFault: There is no pack in the folder, or it changes while it is read.
    """
    if not (folder / MANIFEST).is_file():
        raise PackFault(
            f"there is no pack called {folder.name}", code="law-no-pack",
            todo=f"choose one of: {', '.join(available_packs(folder.parent)) or 'none found'}",
        )  # fmt: skip
    return _pack_of(folder, _digest(_deciding_files(folder)))


def _deciding_files(folder: Path) -> list[Path]:
    content = [*folder.glob("*.cedar"), *folder.glob("*.toml"), *folder.glob("codes.yaml")]
    return sorted(content, key=lambda path: path.name)


# One program often needs one law many times: a pack is parsed once for each content of its files.
@lru_cache(maxsize=8)
def _pack_of(folder: Path, digest: str) -> Pack:
    manifest, faults = load_manifest(folder)
    authorities, wrong = load_authorities(folder / "authorities.toml")
    faults += wrong
    policies: list[Policy] = []
    for path in sorted(folder.glob("*.cedar"), key=lambda path: _place(path.stem, manifest.order)):
        more, wrong = load_policies(path)
        policies += more
        faults += wrong
    _check_same(digest, _deciding_files(folder), folder.name)
    return Pack(
        name=manifest.name,
        title=manifest.title,
        edition=manifest.edition,
        requires=manifest.requires,
        folder=folder,
        authorities=MappingProxyType(authorities),
        policies=tuple(policies),
        faults=tuple(faults),
        digest=digest,
    )


def load_stack(packs_folder: Path, names: Sequence[str]) -> PackStack:
    """Load packs and everything they require, federal law first.

    Raises:
        PackFault: A pack is missing or at fault, two contradict or require each other.
    """
    return stack_packs(names, packs_folder, {})


def stack_packs(names: Sequence[str], packs_folder: Path, drafts: Mapping[str, Pack]) -> PackStack:
    """Load packs and everything they require, a draft in the place of the pack of its name.

    Raises:
        PackFault: A pack is missing or at fault, two contradict or require each other.
    """
    loaded = dict(drafts)
    known = available_packs(packs_folder)

    def requires(name: str) -> Sequence[str]:
        if name not in loaded:
            loaded[name] = _load_named(packs_folder, name, known)
        return loaded[name].requires

    packs = [loaded[name] for name in order_required(names, requires)]
    return join_packs(packs, packs_folder)


def check_known(name: str, known: Sequence[str]) -> None:
    """Stop at a name that no pack has.

    Raises:
        PackFault: There is none; the next step lists those that there are.
    """
    # By the list and not by the path: `../drafts/us-me` or `us-me/` is no pack's name.
    if name not in known:
        raise PackFault(
            f"there is no pack called {name}", code="law-no-pack",
            todo=f"choose one of: {', '.join(known) or 'none found'}",
        )  # fmt: skip


def _load_named(packs_folder: Path, name: str, known: Sequence[str]) -> Pack:
    check_known(name, known)
    pack = load_pack(packs_folder / name)
    check_whole(pack)
    if pack.name != name:
        raise PackFault(
            f"the pack in the folder {name} is called {pack.name}",
            todo=f"give the folder and the name in {name}/{MANIFEST} the same name",
        )
    return pack


def check_whole(pack: Pack) -> None:
    """Stop at a pack that has a fault: what could not be read might be what closes a field.

    Raises:
        PackFault: It has; the message names the first three.
    """
    if pack.faults:
        first = "; ".join(map(str, list(pack.faults)[:3]))
        raise PackFault(
            f"pack {pack.name} has {len(pack.faults)} faults: {first}",
            todo=f"run `clerestory law check {pack.name}` and mend each line it names",
        )


def join_packs(packs: Sequence[Pack], packs_folder: Path) -> PackStack:
    """Put loaded packs together.

    Raises:
        PackFault: Two packs define one authority or policy, a policy cites what none defines, or
            a pack comes without one that it requires.
    """
    _check_required(packs)
    authorities: dict[str, Authority] = {}
    policies: dict[str, Policy] = {}
    for pack in packs:
        _join(authorities, pack.authorities.items(), "authority", pack.name)
        _join(policies, ((p.id, p) for p in pack.policies), "policy", pack.name)
    for policy in policies.values():
        missing = [name for name in policy.authorities if name not in authorities]
        if missing:
            raise PackFault(
                f"{policy.file}:{policy.line}: {policy.id} cites {missing[0]}, which no pack "
                "in use defines",
                todo="add the authority to authorities.toml or mend the citation",
            )
    _check_deciding(authorities.values(), policies.values())
    code_files = [packs_folder / "codes.yaml"]
    code_files += [p.folder / "codes.yaml" for p in packs if (p.folder / "codes.yaml").exists()]
    codes_digest = _digest(code_files)
    digests = "\n".join([*(pack.digest for pack in packs), codes_digest])
    return PackStack(
        packs=tuple(packs),
        vocabulary=_vocabulary_of(tuple(code_files), codes_digest),
        authorities=authorities,
        policies=list(policies.values()),
        codes_digest=codes_digest,
        folder=packs_folder,
        digest=hashlib.sha256(digests.encode()).hexdigest(),
    )


@lru_cache(maxsize=8)
def _vocabulary_of(files: tuple[Path, ...], digest: str) -> Vocabulary:
    vocabulary = load_vocabulary(files)
    _check_same(digest, files, files[0].parent.name)
    return vocabulary


def _of_leaving(policies: Iterable[Policy]) -> str:
    """Return the authority of the permit without which nothing leaves, or an empty text."""
    permits = (p for p in policies if p.action == "disclose" and p.effect == "permit")
    return next((policy.authorities[0] for policy in permits), "")


def _check_deciding(authorities: Iterable[Authority], policies: Iterable[Policy]) -> None:
    named: dict[str, str] = {}
    for authority in authorities:
        first = named.setdefault(authority.decides, authority.id)
        if authority.decides and first != authority.id:
            raise PackFault(
                f"two authorities decide {authority.decides} by themselves: {first} and "
                f"{authority.id}",
                code="law-packs-conflict",
                todo='keep the key "decides" in one of them',
            )
    if "silence" not in named and not _of_leaving(policies):
        raise PackFault(
            "no pack in use says what decides where no policy does",
            todo="use the federal pack as well, whose rule that silence releases nothing says "
            'decides = "silence"',
        )


def _check_required(packs: Sequence[Pack]) -> None:
    # Asked again where packs become law, whoever put them in a row: a State's permits without the
    # federal locks turn refusals into releases.
    before: set[str] = set()
    for pack in packs:
        for name in pack.requires:
            if name not in before:
                raise PackFault(
                    f"the pack {pack.name} is used without {name}, which it requires",
                    code="law-pack-alone",
                    todo=f"load {name} before it",
                )
        before.add(pack.name)


def code_files(packs_folder: Path, names: Sequence[str]) -> list[Path]:
    """Return the files of codes that packs read a demand by, without reading their policies.

    Raises:
        PackFault: A pack is missing, or packs require each other in a circle.
    """
    known = available_packs(packs_folder)

    def requires(name: str) -> Sequence[str]:
        check_known(name, known)
        return load_manifest(packs_folder / name)[0].requires

    own = (packs_folder / name / "codes.yaml" for name in order_required(names, requires))
    return [packs_folder / "codes.yaml", *(path for path in own if path.exists())]


def available_packs(packs_folder: Path) -> list[str]:
    """Return the names of the packs in a folder."""
    return sorted(path.parent.name for path in packs_folder.glob(f"*/{MANIFEST}"))


def base_packs(packs_folder: Path) -> list[str]:
    """Return the packs that rest on no other: federal law, on which a State's is laid."""
    known = available_packs(packs_folder)
    return [name for name in known if not load_manifest(packs_folder / name)[0].requires]


def _place(name: str, first: Sequence[str]) -> tuple[int, str]:
    return (first.index(name) if name in first else len(first), name)


def _join(into: dict[str, T], more: Iterable[tuple[str, T]], what: str, pack: str) -> None:
    for name, value in more:
        if name in into:
            raise PackFault(
                f"two packs in conflict: {pack} defines the {what} {name} again",
                code="law-packs-conflict",
                todo="rename one of them, or use the packs apart",
            )
        into[name] = value


def _check_same(digest: str, paths: Iterable[Path], folder: str) -> None:
    # The digest is what an answer says of its law, and it must be of what was parsed.
    if _digest(paths) != digest:
        raise PackFault(
            f"somebody writes to the packs while they are read: {folder}",
            code="law-pack-changing",
            todo="wait until the other program has ended, then run the same again",
        )


def _digest(paths: Iterable[Path]) -> str:
    """Return the digest over files in the order given, names and lengths included.

    With both, no byte can wander from one file into the next, or from a name into a content.
    """
    whole = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        whole.update(f"{path.name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()
