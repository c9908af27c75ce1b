"""What rests on an authority: the policies, what each decides, and the known answers about it."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clerestory.audit.casebook import cases_of
from clerestory.audit.pack_check_flaws import Sources, statements
from clerestory.demands.reading import load_document
from clerestory.kernel.canonical import Json
from clerestory.law.authorities import Authority
from clerestory.law.errors import UnknownCode
from clerestory.law.pack_toml import read_pack_toml
from clerestory.law.packs import Pack
from clerestory.law.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """One policy that cites an authority: where it stands, what it decides, and its text."""

    policy: str
    file: str
    line: int
    rank: int
    decides: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The known answers that name an authority, by the part it plays in them."""

    decides: tuple[str, ...]
    named: tuple[str, ...]
    near_miss: tuple[str, ...]
    must_not_decide: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything about one authority. ``parties`` are those whom a ruling binds by name."""

    pack: str
    authority: Authority
    parties: tuple[str, ...]
    policies: tuple[Resting, ...]
    coverage: Coverage

    def to_json(self, on: date) -> dict[str, Json]:
        """Return the card for programs; ``on`` is the day for which it is asked."""
        held, span = self.authority, self.authority.in_force
        texts = ("citation", "title", "kind", "basis", "confirmed", "read", "source", "effect")
        more = ("requester", "person", "not_met", "note", "court", "docket")
        return {
            "id": held.id,
            "pack": self.pack,
            **{name: getattr(held, name) for name in (*texts, *more)},
            "binds": sorted(held.binds),
            "parties_bound": list(self.parties),
            "valid_from": span.valid_from.isoformat() if span.valid_from else None,
            "valid_to": span.valid_to.isoformat() if span.valid_to else None,
            "on": on.isoformat(),
            "in_force": on in span,
            "policies": [
                {
                    "id": one.policy,
                    "file": one.file,
                    "line": one.line,
                    "rests_first": one.rank == 0,
                    "decides": one.decides,
                    "text": one.text,
                }
                for one in self.policies
            ],
            "cases": {
                "decides_in": list(self.coverage.decides),
                "named_in": list(self.coverage.named),
                "near_miss_in": list(self.coverage.near_miss),
                "must_not_decide_in": list(self.coverage.must_not_decide),
            },
        }

    def lines(self, on: date) -> Iterator[str]:
        """Yield the card for people."""
        held = self.authority
        yield f"{held.citation}  ({held.id}, in {self.pack})"
        yield held.title
        for name, text in (
            ("kind", f"{held.kind} ({held.basis.replace('_', ' ')})"),
            ("binds", ", ".join(sorted(held.binds))),
            ("confirmed", f"{held.confirmed}{': ' if held.read else ''}{held.read}"),
            ("in force", _span(held, on)),
            ("parties", ", ".join(self.parties)),
            ("court", " ".join(filter(None, (held.court, held.docket)))),
            ("effect", held.effect),
            ("not met", held.not_met),
            ("note", held.note),
            ("source", held.source),
        ):
            if text:
                yield f"  {name:<10} {text}"
        yield f"policies that rest on it: {len(self.policies) or 'none'}"
        for one in self.policies:
            yield f"  {one.file}:{one.line}  {one.policy}: {one.decides}"
            yield from (f"      {line}" for line in one.text.splitlines())
        yield "known answers"
        for name, cases in (
            ("decides in", self.coverage.decides),
            ("named in", self.coverage.named),
            ("near miss in", self.coverage.near_miss),
            ("must not decide in", self.coverage.must_not_decide),
        ):
            yield f"  {name:<18} {', '.join(cases) or 'none'}"


def card_of(name: str, packs: Sequence[Pack], cases: Sequence[Path]) -> Card:
    """Put together what the packs and the known answers hold about an authority.

    Raises:
        UnknownCode: No pack defines it; the message names close ones.
    """
    for pack in packs:
        if name in pack.authorities:
            return Card(
                pack=pack.name,
                authority=pack.authorities[name],
                parties=_parties(pack, name),
                policies=tuple(_resting(name, packs)),
                coverage=_coverage(name, cases),
            )
    # A pack that is not in order may hold an id that is no text; `law check` names it.
    known = sorted(known for pack in packs for known in pack.authorities if isinstance(known, str))
    close = difflib.get_close_matches(name, known, n=5, cutoff=0.5)
    raise UnknownCode(
        f"no pack defines the authority {name}",
        todo=f"close to it: {', '.join(close)}" if close else "see authorities.toml of each pack",
    )


def _parties(pack: Pack, name: str) -> tuple[str, ...]:
    tables: Any = read_pack_toml(pack.folder / "authorities.toml")[0]["authority"]
    table = next(table for table in tables if table.get("id") == name)
    return tuple(map(str, table.get("parties_bound", ())))


def pack_summary(pack: Pack) -> dict[str, Json]:
    """Return what a list of packs says of one: counts, digest and the days its law changes."""
    spans = [authority.in_force for authority in pack.authorities.values()]
    days = {day for span in spans for day in (span.valid_from, span.valid_to) if day}
    return {
        "name": pack.name,
        "title": pack.title,
        "version": pack.version,
        "requires": list(pack.requires),
        "authorities": len(pack.authorities),
        "policies": len(pack.policies),
        "faults": len(pack.faults),
        "digest": pack.digest,
        "boundaries": [day.isoformat() for day in sorted(days)],
    }


def _span(held: Authority, on: date) -> str:
    start, end = held.in_force.valid_from, held.in_force.valid_to
    whole = f"{f'from {start}' if start else 'no first day given'}, " + (
        f"to the day before {end}" if end else "no end"
    )
    return f"{whole}; on {on}: {'yes' if on in held.in_force else 'no'}"


def _resting(name: str, packs: Sequence[Pack]) -> Iterator[Resting]:
    sources = Sources()
    found = [(pack, p) for pack in packs for p in pack.policies if name in p.authorities]
    for pack, policy in sorted(found, key=lambda pair: pair[1].authorities.index(name)):
        yield Resting(
            policy=policy.id,
            file=f"{pack.name}/{policy.file}",
            line=policy.line,
            rank=policy.authorities.index(name),
            decides=decides_in_words(policy),
            text=_text_of(policy, sources.lines(pack.folder / policy.file)),
        )


def _text_of(policy: Policy, lines: Sequence[str]) -> str:
    for start, statement in statements("\n".join(lines)):
        if start <= policy.line < start + len(statement):
            return "\n".join(statement)
    return policy.text()


def decides_in_words(policy: Policy) -> str:
    """Say in a few words what a policy does when it fits."""
    locks = ", ".join(policy.words("lifts") or policy.words("bars"))
    if policy.action == "oblige":
        within = policy.notes.get("within")
        return f"obliges to {', '.join(policy.words('duty'))}" + (f", {within}" if within else "")
    words = {
        ("define", "permit"): f"defines {', '.join(policy.words('establishes'))}",
        ("lift", "permit"): f"lifts the lock {locks}",
        ("lift_coarsened", "permit"): f"lifts the lock {locks} for a coarser answer, "
        f"{policy.notes.get('coarsen_to', '')}",
        ("disclose", "permit"): "lets out what some authority lifts",
        ("disclose", "forbid"): f"puts on the lock {locks}",
        ("refer", "permit"): "goes to counsel",
        ("refer", "forbid"): "is settled, and does not go to counsel",
        ("consider", "permit"): "is named as considered",
    }
    return words[policy.action, policy.effect]


def _coverage(name: str, paths: Sequence[Path]) -> Coverage:
    parts: Mapping[str, dict[str, None]] = {
        "decides_first": {}, "authorities": {}, "near_misses": {}, "must_not_decide": {},
    }  # fmt: skip
    for path in paths:
        for case in cases_of(load_document(path), path.name):
            for step in case["expect"]:
                for part, found in parts.items():
                    said = step.get(part) or ()
                    if name in ([said] if isinstance(said, str) else said):
                        found[str(case["demand"]["id"])] = None
    named = [case for case in parts["authorities"] if case not in parts["decides_first"]]
    return Coverage(
        decides=tuple(parts["decides_first"]),
        named=tuple(named),
        near_miss=tuple(parts["near_misses"]),
        must_not_decide=tuple(parts["must_not_decide"]),
    )
