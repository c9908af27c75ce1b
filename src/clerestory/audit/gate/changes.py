"""The last step of the gate: everything that changed since the active law was reviewed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clerestory.audit.gate.evidence import case_faults, citation_faults
from clerestory.audit.gate.found import Found
from clerestory.audit.gate.meaning import Comparison, Meaning, Stacks
from clerestory.audit.gate.report import CHANGES, Step, counted
from clerestory.audit.gate.reviewed import FILE, Reviewed, lists_of, read_reviewed
from clerestory.audit.gate.texts import Difference, promised_before, text_differences
from clerestory.audit.law_days import LawDays
from clerestory.law.activation import KEPT
from clerestory.law.errors import PackFault
from clerestory.law.manifest import load_manifest
from clerestory.law.packs import PackStack, available_packs, load_stack
from clerestory.policy.circuit.circuit_of_law import outside_subset

Fault = tuple[Reviewed, str]
FIRST = "first"
"""What an ``[[uncompared]]`` table says where no law was ever active in a folder."""


@dataclass
class Changes:
    """What changed between the active law and the packs as they stand.

    Args:
        folder: The folder of packs.
        kept: The files of the active law; None where none was ever active.
        files: All known answers.
        promised: The ids of everything that is promised now.
        promised_before: The same of the active law, as it was recorded.
    """

    folder: Path
    kept: Path | None
    files: Sequence[Path]
    promised: frozenset[str]
    promised_before: frozenset[str]
    timeout_ms: int
    say: Callable[[str], None]
    found: tuple[Found, ...] = ()
    _lines: list[str] = field(default_factory=list)

    def step(self) -> Step:
        """Compare, and hold what differs against what is listed.

        Raises:
            PackFault: The reviewed file cannot be read.
            InterpretersDisagree: Cedar does not confirm an example.
        """
        entries = read_reviewed(self.folder)
        if self.kept is None:
            self._must_be_listed({FIRST: "no law is active here"}, entries)
            self._tell((e, _NOT_FOUND) for e in entries if e.kind != "uncompared")
        else:
            try:
                stacks, alone = self._stacks(self.kept)
            except _Unreadable as fault:
                why = f"the active law cannot be read any more: {fault}"
                self._must_be_listed({f"{KEPT}/{self.kept.name}": why}, entries)
                self._tell((e, _NOT_FOUND) for e in entries if e.kind != "uncompared")
            else:
                self._compare(self.kept, stacks, alone, entries)
        passed = not (self._lines or self.found)
        self._lines.append(
            f"{counted(self.found, 'change', 'changes')} not reviewed, "
            f"{counted(entries, 'change', 'changes')} reviewed"
        )
        return Step(name=CHANGES, passed=passed, lines=tuple(self._lines))

    def _compare(
        self,
        kept: Path,
        stacks: Sequence[Stacks],
        alone: dict[str, str],
        entries: Sequence[Reviewed],
    ) -> None:
        boxes = lists_of(entries, "answer", "duty")
        comparison = Comparison(stacks, boxes, self.timeout_ms, self.say)
        meaning = comparison.run()
        texts = list(self._texts(kept))
        wanted = {(entry.text("what"), entry.text("change")) for entry in lists_of(entries, "text")}
        self.found = (
            *meaning.found,
            *(Found(what=what, change=how) for what, how in texts if (what, how) not in wanted),
        )
        self._must_be_listed(alone, entries)
        self._lines += [
            f"on {day} no policy of {pair.name} is in force: a day without law is not activated"
            for pair in stacks
            for day in comparison.days
            if not pair.new.in_force(day)
        ]
        self._tell(self._faults(entries, comparison, meaning, texts))
        self._lines += [f"not settled in the time given: {text}" for text in meaning.unsettled]

    def _stacks(self, kept: Path) -> tuple[list[Stacks], dict[str, str]]:
        """Return each stack that the office could use, and the packs that have no law before them.

        A pack that is new is compared with the law that it is laid upon: what it opens there, it
        opens for the first time.

        Raises:
            _Unreadable: The active law cannot be read by this program, which reads laws otherwise
                than it did when that law became active.
        """
        before = available_packs(kept)
        stacks: list[Stacks] = []
        alone: dict[str, str] = {}
        for name in available_packs(self.folder):
            required = load_manifest(self.folder / name)[0].requires
            under = [name] if name in before else [one for one in required if one in before]
            if under:
                new = load_stack(self.folder, [name])
                stacks.append(Stacks(name=name, old=_old_stack(kept, under), new=new))
            else:
                alone[f"pack {name}"] = f"the pack {name} is new and laid upon no active law"
        return stacks, alone

    def _texts(self, kept: Path) -> Iterator[Difference]:
        yield from text_differences(kept, self.folder)
        written = promised_before(kept)
        for name in sorted(self.promised_before - self.promised - written):
            yield f"promise {name}", "no longer promised"

    def _faults(
        self,
        entries: Sequence[Reviewed],
        comparison: Comparison,
        meaning: Meaning,
        texts: Sequence[Difference],
    ) -> Iterator[Fault]:
        yield from meaning.faults
        for entry in lists_of(entries, "text"):
            if (entry.text("what"), entry.text("change")) not in texts:
                yield entry, _NOT_FOUND
        every: list[PackStack] = [s for pair in comparison.stacks for s in (pair.new, pair.old)]
        yield from citation_faults(entries, every)
        needed = [entry for entry in comparison.entries if _needs_case(entry)]
        yield from case_faults(comparison, self.files, LawDays(self.folder), needed=needed)

    def _must_be_listed(self, needed: dict[str, str], entries: Sequence[Reviewed]) -> None:
        listed = {entry.text("what"): entry for entry in lists_of(entries, "uncompared")}
        for what, why in needed.items():
            if what not in listed:
                self._lines.append(
                    f"{why}, so nothing tells what would change: whoever answers for it writes "
                    f'[[uncompared]] with what = "{what}", because = "..." and reviewed = "..." '
                    f"into {FILE}"
                )
        self._tell((entry, _NOT_FOUND) for what, entry in listed.items() if what not in needed)

    def _tell(self, faults: "Iterator[Fault]") -> None:
        self._lines += [f"{FILE}, line {entry.line}: {text}" for entry, text in faults]


class _Unreadable(Exception):  # it is caught where it is told, and never leaves
    """The law that is active cannot be read any more."""


def _old_stack(kept: Path, names: Sequence[str]) -> PackStack:
    """Return a stack of the active law, every policy of which can still be translated."""
    try:
        stack = load_stack(kept, names)
    except PackFault as fault:
        raise _Unreadable(str(fault)) from fault
    for _, outside in outside_subset(stack):
        raise _Unreadable(str(outside))
    return stack


_NOT_FOUND = "no such change is found: take it out"


def _needs_case(entry: Reviewed) -> bool:
    return Found(
        before=entry.text("before"), after=entry.text("after"), duty=entry.text("duty")
    ).needs_case
