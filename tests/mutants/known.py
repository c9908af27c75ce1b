"""The known answers as rows of bits: which of them a slip touches, without running them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clerestory.audit.casebook import Casebook, case_documents
from clerestory.audit.law_days import LawDays
from clerestory.audit.rows.known import KnownRow, known_rows
from clerestory.audit.two_laws import DAY, TwoLaws
from clerestory.demands.reading import load_document
from clerestory.demands.schema import plain
from clerestory.law.packs import PackStack, available_packs
from mutants.slip import Slip


class SlipDays(LawDays):
    """The law of every day with a slip in it."""

    def __init__(self, packs_folder: Path, slip: Slip, known: LawDays) -> None:
        super().__init__(packs_folder)
        self._slip, self._known = slip, known

    def stack(self, packs: Sequence[str]) -> PackStack:
        """Return the packs put together, one of them with the slip."""
        key = tuple(packs)
        if key not in self._stacks:
            self._stacks[key] = self._slip.stack_with(self._known.stack(packs))
        return self._stacks[key]


@dataclass
class Known:
    """All known answers of a folder of packs, with the rows that they put to the law."""

    packs_folder: Path
    files: Sequence[Path]
    rows: Mapping[tuple[str, ...], Sequence[KnownRow]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.days = LawDays(self.packs_folder)
        self._here = set(available_packs(self.packs_folder))
        by_stack: dict[tuple[str, ...], list[KnownRow]] = {}
        for row in known_rows(self.packs_folder, self.files):
            names = tuple(pack.name for pack in self.days.stack(row.packs).packs)
            by_stack.setdefault(names, []).append(row)
        self.rows = by_stack
        self.cases = {
            str(plain(case)["demand"]["id"]): case
            for path in self.files
            for case in case_documents(load_document(path), path.name)
            if set(map(str, plain(case)["packs"])) <= self._here
        }
        self._columns: dict[tuple[str, ...], dict[str, dict[str, int]]] = {}

    def touched(self, laws: TwoLaws) -> list[str]:
        """Return the cases that two laws decide otherwise, or for other reasons."""
        names = tuple(pack.name for pack in laws.old.packs)
        rows = self.rows.get(names, ())
        if not rows:
            return []
        columns = self._bits(names, rows, laws)
        whole = (1 << len(rows)) - 1
        before = laws.before.evaluate_rows(columns, whole)
        differs = before[laws.differs] | _reasons(laws, before, whole)
        found = {row.demand for n, row in enumerate(rows) if differs >> n & 1}
        return sorted(found & set(self.cases))

    def fails(self, slip: Slip, cases: Sequence[str]) -> str:
        """Return the first of the cases that fails with a slip in the law; empty if none does."""
        book = Casebook(self.packs_folder)
        book._days = SlipDays(self.packs_folder, slip, self.days)
        return next((name for name in cases if not book.score(self.cases[name]).passed), "")

    def _bits(
        self, names: tuple[str, ...], rows: Sequence[KnownRow], laws: TwoLaws
    ) -> dict[str, dict[str, int]]:
        if names not in self._columns:
            columns: dict[str, dict[str, int]] = {}
            for number, row in enumerate(rows):
                for path, value in row.facts.items():
                    for code in [value] if isinstance(value, str) else value:
                        column = columns.setdefault(path, {})
                        column[str(code)] = column.get(str(code), 0) | 1 << number
            self._columns[names] = columns
        # The days are those of the two laws: a date that moved makes others.
        codes = {day: laws.code_on(day) for day in {row.on for row in rows}}
        day_bits: dict[str, int] = {}
        for number, row in enumerate(rows):
            day_bits[codes[row.on]] = day_bits.get(codes[row.on], 0) | 1 << number
        return {**self._columns[names], DAY: day_bits}


def _reasons(laws: TwoLaws, values: Sequence[int], whole: int) -> int:
    """Return the rows that other policies determine."""
    before, after = laws.before.determining, laws.after.determining
    differs = 0
    for name in before.keys() | after.keys():
        one, other = before.get(name), after.get(name)
        if one != other:
            here, there = (values[place] if place is not None else 0 for place in (one, other))
            differs |= here ^ there
    return differs & whole
