"""All that is promised of one stack of packs, gathered once and asked of its law on every day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clerestory.audit.every_day import EveryDay, all_days, by_code
from clerestory.audit.promises.doubts import Doubts
from clerestory.audit.promises.groups import PLACED, codes_in_their_groups
from clerestory.audit.promises.immigration import ordered_to_immigration
from clerestory.audit.promises.locks import Locks
from clerestory.audit.promises.question import LawRead, Question
from clerestory.audit.promises.reach import Reach
from clerestory.audit.promises.rests import RESTS, rests_on_nothing
from clerestory.audit.promises.rows import ordered, resting
from clerestory.audit.promises.signed import SIGNED, ask_signed
from clerestory.audit.promises.written import ask_written, core
from clerestory.law.doubts import FILE as DOUBTS
from clerestory.law.doubts import load_doubts
from clerestory.law.errors import PackFault
from clerestory.law.exceptions import FILE as EXCEPTIONS
from clerestory.law.exceptions import load_exceptions
from clerestory.law.openings import FILE as OPENINGS
from clerestory.law.openings import load_openings
from clerestory.law.packs import PackStack
from clerestory.law.promise_rows import Row, RowFile, merged_terms
from clerestory.law.promises import FILE, Promise, each_once, read_promises
from clerestory.law.reach import FILE as REACH
from clerestory.law.reach import KINDS as TABLES
from clerestory.law.reach import load_reach

# The one that is made by the program and not by the law.
REVIEW = "a-review-never-raises"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What the program and the packs promise of a law, with the conditions that they name."""

    core: Sequence[Promise]
    packs: Sequence[Promise]
    exceptions: Sequence[RowFile]
    locks: Locks
    doubts: Doubts
    reach: Reach
    terms: Mapping[str, str]

    @classmethod
    def of(cls, stack: PackStack) -> "Promises":
        """Read everything that is promised of a stack.

        Raises:
            PackFault: A file cannot be read, or a pack promises under an id of the program.
        """
        folders = [pack.folder for pack in stack.packs]
        files = [(f.name, read_promises(f / FILE, f.name)) for f in folders]
        exceptions = [(f.name, load_exceptions(f)) for f in folders]
        openings = [(f.name, load_openings(f)) for f in folders]
        doubts = [(f.name, load_doubts(f)) for f in folders]
        reached = [(f.name, load_reach(f)) for f in folders]
        tables = {k: [r for _, f in reached for r in f.rows[k]] for k in TABLES}
        own = core()
        packs = each_once([promise for _, file in files for promise in file.promises])
        taken = {RESTS, PLACED, REVIEW, *SIGNED, *(promise.id for promise in own.promises)}
        locks = Locks.of(
            [row for _, file in openings for row in file.rows["lock"]],
            [row for _, file in openings for row in file.rows["opening"]],
            kept=taken | {promise.id for promise in packs},
        )
        reach = Reach.of(tables["group"], tables["category"], tables["way"])
        _check_ids(packs, taken | locks.names | reach.names)
        return cls(
            core=own.promises,
            packs=packs,
            exceptions=[file for _, file in exceptions],
            locks=locks,
            doubts=Doubts(rows=[row for _, file in doubts for row in file.rows["doubt"]]),
            reach=reach,
            terms=merged_terms(
                [
                    ("the program", own.terms),
                    *((f"{name}/{FILE}", file.terms) for name, file in files),
                    *((f"{name}/{EXCEPTIONS}", file.terms) for name, file in exceptions),
                    *((f"{name}/{OPENINGS}", file.terms) for name, file in openings),
                    *((f"{name}/{DOUBTS}", file.terms) for name, file in doubts),
                    *((f"{name}/{REACH}", file.terms) for name, file in reached),
                ]
            ),
        )

    @property
    def rows(self) -> Iterator[Row]:
        """Every row that is held against the law."""
        for file in self.exceptions:
            for rows in file.rows.values():
                yield from rows
        yield from (*self.locks.locks, *self.locks.openings, *self.doubts.rows)
        yield from (*self.reach.groups, *self.reach.categories, *self.reach.ways)

    def days(self, stacks: Sequence[PackStack]) -> dict[str, date]:
        """Return, by their codes, the days on which the law or a row begins or ends."""
        ends = [day for row in self.rows for day in (row.days.valid_from, row.days.valid_to)]
        return by_code(all_days(stacks, [day for day in ends if day is not None]))

    def ask(self, every_day: EveryDay) -> Iterator[Question]:
        """Yield every promise as a question to a law.

        Raises:
            PackFault: A row or a condition rests on what is not there.
            OutsideSubset: A promise uses what cannot be translated.
        """
        made = {
            "mandate": self._any_of("mandate", ordered),
            "class_agreement": self._any_of("class_agreement", resting),
            "ordered_to_immigration": ordered_to_immigration,
        }
        read = LawRead(every_day, self.terms, made)
        yield from ask_written(read, self.core)
        yield rests_on_nothing(read)
        yield codes_in_their_groups(read)
        yield from ask_signed(read)
        yield from ask_written(read, self.packs)
        yield from self.locks.ask(read)
        yield from self.doubts.ask(read)
        yield from self.reach.ask(read)

    def _any_of(self, kind: str, node: Callable[[LawRead, Row], int]) -> Callable[[LawRead], int]:
        rows = [row for file in self.exceptions for row in file.rows[kind]]
        return lambda read: read.circuit.either([node(read, row) for row in rows])


def _check_ids(promises: Sequence[Promise], taken: set[str]) -> None:
    for promise in promises:
        if promise.id in taken:
            raise PackFault(
                f"{promise.pack}/{FILE}: {promise.id}: is promised of every pack already",
                todo="give the promise another id",
            )
