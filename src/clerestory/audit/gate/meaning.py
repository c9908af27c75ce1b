"""The change of meaning between the active law and a draft, held against what was reviewed.

Every stack that the office could use is compared on every day on which either law changes. A
reviewed table is a box: two answers (or a duty), and the programmes, requesters, purposes, fields
and days for which the change is allowed. What differs outside every box is told; and a box that is
wider than what differs is refused, since it would let the next change through unseen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from clerestory.audit.gate.found import Found
from clerestory.audit.gate.reviewed import ALL, BUT, COLUMNS, Reviewed
from clerestory.audit.law_diff import Change, change_of, codes_met, find_kinds
from clerestory.audit.two_laws import DAY, Kind, TwoLaws, all_days
from clerestory.law.packs import PackStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """One stack that the office could use, as it was and as it would be."""

    name: str
    old: PackStack
    new: PackStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What differs and is not allowed, and what is wrong with what was listed."""

    found: tuple[Found, ...]
    faults: tuple[tuple[Reviewed, str], ...]
    unsettled: tuple[str, ...]


@dataclass
class Comparison:
    """All stacks compared, with the reviewed tables of answers and duties as boxes."""

    stacks: Sequence[Stacks]
    entries: Sequence[Reviewed]
    timeout_ms: int = 30_000
    say: Callable[[str], None] = lambda _: None
    _unsettled: list[str] = field(default_factory=list)

    @cached_property
    def days(self) -> list[date]:
        """Every day on which a law of some stack changes, and one before them all."""
        return all_days([stack for pair in self.stacks for stack in (pair.old, pair.new)])

    @cached_property
    def laws(self) -> Mapping[str, TwoLaws]:
        """Old and new law of each stack, in one circuit."""
        pairs = [(day, day) for day in self.days]
        return {
            pair.name: TwoLaws(pair.old, pair.new, pairs, timeout_ms=self.timeout_ms)
            for pair in self.stacks
        }

    def run(self) -> Meaning:
        """Compare, and hold what differs against what is listed.

        Raises:
            OutsideSubset: A policy of either law uses what cannot be translated.
            InterpretersDisagree: Cedar does not confirm an example.
        """
        found = list(self._found())
        faults = [(entry, text) for entry in self.entries for text in self._wrong_with(entry)]
        return Meaning(found=tuple(found), faults=tuple(faults), unsettled=tuple(self._unsettled))

    def box(self, entry: Reviewed, laws: TwoLaws) -> int:
        """Return the node of the demands for which a table allows its change."""
        place = laws.kinds.get(kind_of(entry), laws.after.no)
        parts = [
            laws.after.is_one_of(path, self._codes(entry, column, laws))
            for column, path in COLUMNS.items()
        ]
        days = [day.isoformat() for day in self._days(entry)]
        return laws.after.both([place, *parts, laws.after.is_one_of(DAY, days)])

    def _codes(self, entry: Reviewed, column: str, laws: TwoLaws) -> frozenset[str]:
        known = laws.shape.facts[COLUMNS[column]]
        left_out, codes = entry.codes(column)
        # A code stands for itself alone, also one that is a group: a change can be met for a group
        # and not for all of its members, and what is found is written with the same words.
        return known - codes if left_out else known & codes

    def _days(self, entry: Reviewed) -> list[date]:
        since, until = entry.days
        return [d for d in self.days if (not since or d >= since) and (not until or d < until)]

    def _found(self) -> Iterator[Found]:
        """Yield what differs outside every box, each kind once for all stacks."""
        examples: dict[Kind, Change] = {}
        met: dict[Kind, list[tuple[str, int]]] = {}
        for name, laws in self.laws.items():
            self.say(f"comparing the law of {name}")
            boxes = [(kind_of(entry), self.box(entry, laws)) for entry in self.entries]
            left = {
                kind: laws.after.both(
                    [place, *(laws.after.negate(box) for of, box in boxes if of == kind)]
                )
                for kind, place in laws.kinds.items()
            }
            found = find_kinds(laws, left)
            self._unsettled += [f"{name}: {text}" for text in found.unsettled]
            for kind in found.kinds:
                met.setdefault(kind, []).append((name, left[kind]))
                if kind not in examples:
                    change = change_of(laws, kind, left[kind])
                    if isinstance(change, Change):
                        examples[kind] = change
                    else:
                        self._unsettled.append(f"{name}: {change}")
        for kind, places in met.items():
            if kind in examples:
                yield self._told(kind, places, examples[kind])

    def _told(self, kind: Kind, places: Sequence[tuple[str, int]], change: Change) -> Found:
        columns = {}
        for column, path in COLUMNS.items():
            met, known = self._met(places, path)
            columns[column] = _shortly(met, known)
        days, _ = self._met(places, DAY)
        return Found(
            before=kind.before,
            after=kind.after,
            duty=kind.duty,
            gained=kind.gained,
            columns=columns,
            days=self._period(sorted(map(date.fromisoformat, days))),
            demand=change.demand,
            authorities=(change.authorities_before, change.authorities_after),
            packs=tuple(name for name, _ in places),
        )

    def _met(self, places: Sequence[tuple[str, int]], path: str) -> tuple[set[str], set[str]]:
        """Return the codes of a fact that are met in some stack, and all that there are."""
        met: set[str] = set()
        known: set[str] = set()
        for name, place in places:
            laws = self.laws[name]
            known |= laws.shape.facts[path]
            found = codes_met(laws, place, path)
            if found is None:
                self._unsettled.append(f"{name}: which {path} a change is met for")
            met |= set(found or ())
        return met, known

    def _period(self, days: Sequence[date]) -> tuple[date | None, date | None]:
        if not days:
            return None, None
        after = self.days.index(days[-1]) + 1
        since = None if days[0] == self.days[0] else days[0]
        return since, self.days[after] if after < len(self.days) else None

    def _wrong_with(self, entry: Reviewed) -> Iterator[str]:
        """Yield where a table allows what is not found."""
        boxes = [(name, self.box(entry, laws)) for name, laws in self.laws.items()]
        # Codes that only a law without the change knows are no part of it.
        places = [(name, place) for name, place in boxes if self._is_met(name, place)]
        if not places:
            yield "no such change is found: take it out"
            return
        for column, path in COLUMNS.items():
            wanted = {c for name, _ in places for c in self._codes(entry, column, self.laws[name])}
            strange = self._strange(entry, column)
            if strange:
                yield f"{column}: there is no {', '.join(strange)}"
            met, _ = self._met(places, path)
            wider = sorted(wanted - met)
            if wider:
                yield (
                    f"{column} is wider than what changes: nothing changes for "
                    f"{', '.join(wider[:6])}{' and others' if len(wider) > 6 else ''}"
                )
        yield from self._wrong_days(entry, places)

    def _wrong_days(self, entry: Reviewed, places: Sequence[tuple[str, int]]) -> Iterator[str]:
        days, (met, _) = self._days(entry), self._met(places, DAY)
        since, until = self._period(sorted(map(date.fromisoformat, met)))
        if met and days and days[0].isoformat() not in met:
            yield f"the days are wider than what changes: write since = {since}"
        if met and days and days[-1].isoformat() not in met:
            yield f"the days are wider than what changes: write until = {until}"

    def _strange(self, entry: Reviewed, column: str) -> list[str]:
        known = {c for laws in self.laws.values() for c in laws.shape.facts[COLUMNS[column]]}
        return sorted(entry.codes(column)[1] - known)

    def _is_met(self, name: str, place: int) -> bool:
        return self.laws[name].ask(place).facts is not None


def _shortly(met: set[str], known: set[str]) -> tuple[str, ...]:
    """Return the codes that are met; where most are, those that are not."""
    left_out = sorted(known - met)
    if not left_out:
        return (ALL,)
    if len(left_out) < len(met):
        return (BUT + ", ".join(left_out),)
    return tuple(sorted(met))


def kind_of(entry: Reviewed) -> Kind:
    """Return the kind of change that a table allows."""
    if entry.kind == "duty":
        return Kind(duty=entry.text("duty"), gained=entry.text("change") == "added")
    return Kind(before=entry.text("before"), after=entry.text("after"))
