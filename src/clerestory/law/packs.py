"""Packs: the law of one jurisdiction as data, and stacks of them."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from clerestory.law.authorities import Authority, load_authorities
from clerestory.law.codes import Vocabulary, load_vocabulary
from clerestory.law.errors import Fault, PackFault
from clerestory.law.policies import Policy, load_policies

T = TypeVar("T")
# What decides where no policy does: silence and doubt release nothing.
DEFAULT_AUTHORITY = "house-default-deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One folder of law. ``faults`` is empty for a pack that may be used."""

    name: str
    title: str
    version: str
    requires: tuple[str, ...]
    folder: Path
    authorities: Mapping[str, Authority] = field(repr=False)
    policies: Sequence[Policy] = field(repr=False)
    faults: Sequence[Fault]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackStack:
    """Packs in use together, federal first, with one vocabulary."""

    packs: tuple[Pack, ...]
    vocabulary: Vocabulary = field(repr=False)
    authorities: Mapping[str, Authority] = field(repr=False)
    policies: Sequence[Policy] = field(repr=False)
    digest: str

    @property
    def names(self) -> tuple[str, ...]:
        """The packs' names with their versions, for the record."""
        return tuple(f"{pack.name} {pack.version}" for pack in self.packs)

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
        PackFault: There is no pack in the folder.
    """
    manifest_path = folder / "pack.toml"
    if not manifest_path.is_file():
        raise PackFault(
            f"there is no pack called {folder.name}", code="law-no-pack",
            todo=f"choose one of: {', '.join(available_packs(folder.parent)) or 'none found'}",
        )  # fmt: skip
    faults: list[Fault] = []
    manifest: dict[str, object] = {}
    try:
        manifest = tomllib.loads(manifest_path.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        faults.append(Fault(manifest_path.name, 1, f"cannot be read: {fault}"))
    authorities, wrong = load_authorities(folder / "authorities.toml")
    faults += wrong
    policies: list[Policy] = []
    order = manifest.get("order", [])
    first = list(map(str, order)) if isinstance(order, list) else []
    for path in sorted(folder.glob("*.cedar"), key=lambda path: _place(path.stem, first)):
        more, wrong = load_policies(path)
        policies += more
        faults += wrong
    requires = manifest.get("requires", [])
    return Pack(
        name=str(manifest.get("name", folder.name)),
        title=str(manifest.get("title", folder.name)),
        version=str(manifest.get("version", "0")),
        requires=tuple(map(str, requires)) if isinstance(requires, list) else (),
        folder=folder,
        authorities=authorities,
        policies=policies,
        faults=faults,
        digest=_digest(
            [*folder.glob("*.cedar"), *folder.glob("*.toml"), *folder.glob("codes.yaml")]
        ),
    )


def load_stack(packs_folder: Path, names: Sequence[str]) -> PackStack:
    """Load packs and everything they require, federal law first.

    Raises:
        PackFault: A pack is missing or at fault, or two packs contradict each other.
    """
    packs = [load_pack(packs_folder / name) for name in _with_required(packs_folder, names)]
    for pack in packs:
        if pack.faults:
            first = "; ".join(map(str, list(pack.faults)[:3]))
            raise PackFault(
                f"pack {pack.name} has {len(pack.faults)} faults: {first}",
                todo=f"run `clerestory law check {pack.name}` and mend each line it names",
            )
    return join_packs(packs, packs_folder)


def join_packs(packs: Sequence[Pack], packs_folder: Path) -> PackStack:
    """Put loaded packs together.

    Raises:
        PackFault: Two packs define one authority or policy, or a policy cites what none defines.
    """
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
    if DEFAULT_AUTHORITY not in authorities:
        raise PackFault(
            f"no pack in use defines {DEFAULT_AUTHORITY}",
            todo="use the pack us-federal as well: it holds the rule that silence releases nothing",
        )
    code_files = [packs_folder / "codes.yaml"]
    code_files += [p.folder / "codes.yaml" for p in packs if (p.folder / "codes.yaml").exists()]
    digests = "\n".join([*(pack.digest for pack in packs), _digest(code_files)])
    return PackStack(
        packs=tuple(packs),
        vocabulary=load_vocabulary(code_files),
        authorities=authorities,
        policies=list(policies.values()),
        digest=hashlib.sha256(digests.encode()).hexdigest(),
    )


def available_packs(packs_folder: Path) -> list[str]:
    """Return the names of the packs in a folder."""
    return sorted(path.parent.name for path in packs_folder.glob("*/pack.toml"))


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


def _with_required(packs_folder: Path, names: Sequence[str]) -> list[str]:
    ordered: list[str] = []
    for name in names:
        for needed in (*load_pack(packs_folder / name).requires, name):
            if needed not in ordered:
                ordered.append(needed)
    return ordered


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        whole.update(f"{path.name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()
