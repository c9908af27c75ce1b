"""What a slip does, and who notices it: each guard is asked by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from clerestory.audit.case_score import list_case_files
from clerestory.audit.gate.texts import code_differences, pack_differences
from clerestory.audit.pack_check import _read
from clerestory.audit.pack_check_flaws import Sources
from clerestory.audit.promises.groups import misplaced
from clerestory.audit.two_laws import TwoLaws
from clerestory.law.packs import PackStack, available_packs, load_stack
from clerestory.law.policies import _wrong_with
from clerestory.law.promise_rows import Row
from clerestory.law.promises import Promise
from clerestory.policy.circuit.circuit import direction
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.smt import CanBe
from mutants.known import Known
from mutants.promised import Promised
from mutants.slip import Slip

WIDENS, CHANGES, NOTHING, BROKEN = "widens release", "changes", "changes nothing", "cannot be read"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a slip does and which guards stop it; a promise that stops it is named."""

    slip: str
    kind: str
    does: str
    check: bool = False
    promises: str = ""
    comparison: bool = False
    answers: str = ""

    @property
    def stopped(self) -> bool:
        """Whether any guard stops it."""
        return bool(self.check or self.promises or self.comparison or self.answers)


@dataclass
class Judge:
    """The packs as they are, read once, to which each slip is done and held against them."""

    packs_folder: Path
    casebook: Path
    only_promises: bool = False
    stacks: Sequence[PackStack] = field(init=False)

    def __post_init__(self) -> None:
        names = available_packs(self.packs_folder)
        self.stacks = [load_stack(self.packs_folder, [name]) for name in names]
        self._promised = {stack.digest: Promised(stack) for stack in self.stacks}

    @property
    def written(self) -> list[Promise]:
        """The promises that the packs make, each once."""
        found = {one.id: one for stack in self._promised.values() for one in stack.written}
        return list(found.values())

    @property
    def rows(self) -> list[Row]:
        """The rows of the packs' lists, each once."""
        found = {row.where: row for stack in self._promised.values() for row in stack.rows}
        return list(found.values())

    @cached_property
    def known(self) -> Known:
        """The known answers, read when they are first asked for."""
        folders = [self.casebook, *sorted(self.packs_folder.glob("*/cases"))]
        return Known(self.packs_folder, list_case_files(folders))

    def judge(self, slip: Slip) -> Judged:
        """Do a slip and ask every guard."""
        touched = self._touched(slip)
        does, promised, cases = NOTHING, "", ""
        try:
            for stack in touched:
                laws = self._promised[stack.digest].laws(slip)
                does = max(does, _does(laws), key=[NOTHING, CHANGES, WIDENS].index)
                # What widens nothing the promises need not stop: asked only where all is asked.
                asked = does == WIDENS or not self.only_promises or slip.promises or slip.rows
                if asked and not promised:
                    promised = self._promised[stack.digest].broken_by(slip, laws)
                if not self.only_promises and not cases:
                    cases = self.known.fails(slip, self.known.touched(laws))
        except OutsideSubset:
            return Judged(slip=slip.name, kind=slip.kind, does=BROKEN, check=True)
        return Judged(
            slip=slip.name,
            kind=slip.kind,
            does=does,
            check=not self.only_promises and any(self._flaws(slip, touched)),
            promises=promised,
            comparison=does in {CHANGES, WIDENS} or self._told(slip, touched),
            answers=cases,
        )

    @staticmethod
    def _told(slip: Slip, touched: Sequence[PackStack]) -> bool:
        """Whether the comparison of what is written tells the slip, though no answer differs."""
        packs = [pack for stack in touched for pack in stack.packs if pack.name == slip.pack]
        told = any(list(pack_differences(pack, slip.pack_with(pack))) for pack in packs[:1])
        codes = [(s.vocabulary, slip.vocabulary_with(s.vocabulary)) for s in touched]
        told = told or any(list(code_differences(*both)) for both in codes)
        # A promise or a row is compared as its file has it, and any other text of it is another.
        return told or bool(slip.promises or slip.rows)

    def does(self, slip: Slip) -> str:
        """Return what a slip does, as the solver has it."""
        return max((_does(one) for one in self._laws(slip)), key=[NOTHING, CHANGES, WIDENS].index)

    def broken_promise(self, slip: Slip) -> str:
        """Return the first promise that a slip breaks; empty where all are kept."""
        stacks = (self._promised[stack.digest] for stack in self._touched(slip))
        found = (promised.broken_by(slip, promised.laws(slip)) for promised in stacks)
        return next((name for name in found if name), "")

    def _laws(self, slip: Slip) -> Iterator[TwoLaws]:
        return (self._promised[stack.digest].laws(slip) for stack in self._touched(slip))

    def told(self, slip: Slip) -> bool:
        """Whether the gate's comparison without known answers tells a slip."""
        return self.does(slip) != NOTHING or self._told(slip, self._touched(slip))

    def _touched(self, slip: Slip) -> list[PackStack]:
        return [s for s in self.stacks if any(pack.name == slip.pack for pack in s.packs)]

    def _flaws(self, slip: Slip, touched: Sequence[PackStack]) -> Iterator[str]:
        """Yield what the check finds, as far as it runs nothing."""
        for policy in slip.policies.values():
            if policy is not None:
                yield from _wrong_with(policy.notes, policy.tree)
        stack = slip.stack_with(touched[-1])
        flaws = _read(stack.packs, stack.packs, stack.vocabulary, Sources())
        yield from (flaw.text for flaw in flaws if flaw.grave)
        yield from map(str, misplaced(stack.vocabulary))


def _does(laws: TwoLaws) -> str:
    """Return what the second law does that the first does not."""
    if laws.is_same_text:
        return NOTHING
    wider = [
        place
        for kind, place in laws.kinds.items()
        if not kind.duty and direction(kind.before, kind.after) > 0 and kind.after != "refer"
    ]
    if laws.ask(laws.after.either(wider)).can_be is not CanBe.NEVER:
        return WIDENS
    return CHANGES if laws.ask(laws.differs).can_be is not CanBe.NEVER else NOTHING


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the figures by kind and by guard."""
    kinds: Mapping[str, list[Judged]] = {}
    for one in judged:
        kinds = {**kinds, one.kind: [*kinds.get(one.kind, []), one]}
    head = "slips  widen  promises  compar.  answers  check  any  change  any"
    yield f"{'':30} {head}"
    for kind, ones in [*sorted(kinds.items()), ("all", list(judged))]:
        wide = [one for one in ones if one.does == WIDENS]
        counts = [
            *(sum(bool(getattr(one, guard)) for one in wide) for guard in
              ("promises", "comparison", "answers", "check")),
            sum(one.stopped for one in wide),
        ]  # fmt: skip
        all_ = [one for one in ones if one.does in {WIDENS, CHANGES}]
        told = [len(ones), len(wide), *counts, len(all_), sum(one.stopped for one in all_)]
        widths = (5, 6, 9, 8, 8, 6, 4, 7, 4)
        yield f"{kind:30} " + " ".join(f"{n:{w}}" for n, w in zip(told, widths, strict=True))
