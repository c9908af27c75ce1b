"""Citable sources of law, dated, with what each says to three readers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clerestory.kernel import Period
from clerestory.law.errors import Fault
from clerestory.law.pack_toml import read_pack_toml

_HEADER = re.compile(r"\s*\[\[\s*authority\s*\]\]")
KINDS = frozenset({"restricts", "permits", "mandates", "procedure", "context"})
CONFIRMED = frozenset({"yes", "partly", "no"})
BASES = frozenset({"law", "agency_policy"})
DECIDES = frozenset({"silence", "lowering", "protection"})
"""What an authority decides by itself, where no policy names it: what no policy opens, what a
reviewer lowered, and what the record's own protection closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One source of law. ``confirmed`` says how much of its text was read.

    ``parties_bound`` and ``plaintiffs`` are those of a court's ruling. ``effect`` is for counsel,
    ``requester`` for the letter, ``person`` for the person whose records these are, ``not_met``
    answers a requester who relies on it in vain. ``decides`` is what it decides without a policy:
    nothing, or one of :data:`DECIDES`.
    """

    id: str
    citation: str
    title: str
    kind: str
    binds: frozenset[str]
    basis: str
    confirmed: str
    in_force: Period
    effect: str
    requester: str
    person: str
    not_met: str
    read: str = ""
    source: str = ""
    note: str = ""
    court: str = ""
    docket: str = ""
    parties_bound: tuple[str, ...] = ()
    plaintiffs: tuple[str, ...] = ()
    decides: str = ""
    line: int = 0

    @property
    def may_open(self) -> bool:
        """Whether a permit may rest on it: text that nobody read can only restrict or refer."""
        return self.confirmed != "no"


def load_authorities(path: Path) -> tuple[dict[str, Authority], list[Fault]]:
    """Read ``authorities.toml``; return what can be used and every fault with its line."""
    whole, text, wrong_file = read_pack_toml(path)
    if wrong_file:
        return {}, wrong_file
    tables = whole.get("authority", [])
    lines = [n for n, line in enumerate(text.split("\n"), 1) if _HEADER.match(line)]
    if not isinstance(tables, list) or len(tables) != len(lines):
        # Written in another of TOML's ways, nobody could say where an authority stands.
        return {}, [Fault(path.name, 1, "each authority must begin with a line [[authority]]")]
    found: dict[str, Authority] = {}
    faults: list[Fault] = []
    for table, line in zip(tables, lines, strict=True):
        wrong = _wrong_with(table)
        if not wrong and table["id"] in found:
            wrong = [f"{table['id']} stands twice"]
        faults += [Fault(path.name, line, text) for text in wrong]
        if not wrong:
            found[table["id"]] = _authority(table, line)
    return found, faults


_MAYBE = ("read", "source", "note", "court", "docket", "decides")
_TEXTS = ("id", "citation", "title", "effect", "requester", "person", "not_met")


def _wrong_with(table: Mapping[str, object]) -> list[str]:
    name = table.get("id", "an authority without id")
    if not isinstance(name, str):
        return [f"an authority's id must be a text in quotes: {name}"]
    wrong = [f"{name} has no {key}" for key in _TEXTS if not str(table.get(key, "")).strip()]
    for key, allowed in (("kind", KINDS), ("confirmed", CONFIRMED), ("basis", BASES)):
        if str(table.get(key)) not in allowed:
            wrong.append(
                f"{name}: {key} must be one of {', '.join(sorted(allowed))}: {table.get(key)}"
            )
    if "decides" in table and str(table["decides"]) not in DECIDES:
        roles = ", ".join(sorted(DECIDES))
        wrong.append(f"{name}: decides must be one of {roles}: {table['decides']}")
    if table.get("confirmed") == "partly" and not table.get("read"):
        wrong.append(f"{name} is confirmed partly, so read must say which part was read")
    start, end = table.get("valid_from"), table.get("valid_to")
    for key, day in (("valid_from", start), ("valid_to", end)):
        if day is not None and type(day) is not date:
            wrong.append(f"{name}: {key} must be a day such as 2026-02-26: {day}")
    if type(start) is date and type(end) is date and end <= start:
        wrong.append(f"{name}: valid_to must come after valid_from")
    return wrong


def _authority(table: Mapping[str, object], line: int) -> Authority:
    start, end = table.get("valid_from"), table.get("valid_to")
    return Authority(
        **{key: str(table[key]) for key in (*_TEXTS, "kind", "basis", "confirmed")},
        **{key: str(table.get(key, "")) for key in _MAYBE},
        binds=frozenset(_listed(table, "binds")),
        parties_bound=_listed(table, "parties_bound"),
        plaintiffs=_listed(table, "plaintiffs"),
        in_force=Period(
            valid_from=start if isinstance(start, date) else None,
            valid_to=end if isinstance(end, date) else None,
        ),
        line=line,
    )


def _listed(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    return tuple(map(str, value)) if isinstance(value, list) else ()
