"""All that is promised of one stack of packs, asked again of its law with a slip in it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from clerestory.audit.promises.gathering import Promises
from clerestory.audit.promises.question import Question
from clerestory.audit.promises.reach import Reach
from clerestory.audit.two_laws import TwoLaws
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack
from clerestory.law.promise_rows import Row
from clerestory.law.promises import Promise
from clerestory.policy.circuit.well_formed import well_formed
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.smt import CanBe, Solver
from mutants.slip import Slip

# After so many slips the circuit is begun anew: each leaves nodes that nobody asks for again.
_SLIPS = 100


class Promised:
    """A stack that keeps its promises; the same node is the same question, and was proved.

    The law as it is, is written once. Of a law with a slip only what it says otherwise is written
    and asked.
    """

    _days: Sequence[date]
    _laws: TwoLaws
    _left: int

    def __init__(self, stack: PackStack) -> None:
        self._stack = stack
        self._promises = Promises.of(stack)
        self._begin(self._promises.days([stack]).values())

    @property
    def written(self) -> Sequence[Promise]:
        """The promises that the packs themselves make."""
        return self._promises.packs

    @property
    def rows(self) -> Sequence[Row]:
        """The rows of the packs' lists that are held against the policies."""
        return [*self._promises.rows]

    def laws(self, slip: Slip) -> TwoLaws:
        """Return the law and the law with a slip, on every day."""
        new = slip.stack_with(self._stack)
        days = self._promises.days([self._stack, new]).values()
        if not self._left or [*days] != self._days:
            self._begin(days)
        self._left -= 1
        laws = TwoLaws(self._stack, new, [(day, day) for day in days], beside=self._laws)
        if laws.after.nodes is not self._laws.after.nodes:
            # Other codes make another circuit, in which the numbers of the nodes are others.
            self._left, self._laws = 0, laws
            self._know()
        return laws

    def broken_by(self, slip: Slip, laws: TwoLaws) -> str:
        """Return the first promise that does not hold with a slip in the law; empty if all do."""
        questions: list[Question] = []
        waiting: list[Question] = []
        fault = ""
        try:
            for question in self._with(slip).ask(laws.every_day[1]):
                # Those of doubtful facts take longest, and mostly another is broken before.
                if waiting and _is_doubt(question) != _is_doubt(waiting[-1]):
                    if broken := self._first_broken(waiting, laws):
                        return broken
                    waiting = []
                waiting.append(question)
                questions.append(question)
        except (PackFault, OutsideSubset) as gone:
            fault = f"cannot be asked: {gone}"
        return self._first_broken(waiting, laws) or fault or self._first_about_nothing(questions)

    def _first_broken(self, questions: Sequence[Question], laws: TwoLaws) -> str:
        new = [q for q in questions if q.broken not in self._kept]
        if not new:
            return ""
        answer = laws.ask(laws.after.either(q.broken for q in new))
        if answer.can_be is CanBe.NEVER:
            self._kept |= {q.broken for q in new}
            return ""
        if answer.facts is None:
            return next((q.id for q in new if laws.ask(q.broken).can_be is not CanBe.NEVER), "")
        places = laws.after.reached(q.broken for q in new)
        values = laws.after.evaluate_of(places, answer.facts)
        return next(q.id for q in new if values[q.broken])

    def _begin(self, days: Iterable[date]) -> None:
        self._days = [*days]
        self._laws = TwoLaws(self._stack, self._stack, [(day, day) for day in self._days])
        self._left = _SLIPS
        self._know()

    def _know(self) -> None:
        """Take it that the law as it is keeps every promise."""
        self._met: set[int] = set()
        self._premises = Solver(self._laws.after)
        self._premises.require(well_formed(self._laws.after))
        self._kept = {q.broken for q in self._promises.ask(self._laws.every_day[0])}
        # Whoever asks first makes the solver, and the others use it as well.
        self._laws.ask(self._laws.after.no)

    def _first_about_nothing(self, questions: Sequence[Question]) -> str:
        circuit = self._laws.after
        for question in questions:
            if question.premise not in self._met:
                facts = self._premises.ask(question.premise).facts
                if facts is None:
                    return f"{question.id} (about nothing)"
                # One demand is mostly about many promises.
                places = [q.premise for q in questions]
                values = circuit.evaluate_of(circuit.reached(places), facts)
                self._met |= {place for place in places if values[place]}
        return ""

    def _with(self, slip: Slip) -> Promises:
        known = self._promises
        packs = [slip.promises.get(promise.id, promise) for promise in known.packs]
        exceptions = [
            replace(file, rows={kind: tuple(_rows(slip, rows)) for kind, rows in file.rows.items()})
            for file in known.exceptions
        ]
        locks, openings = _rows(slip, known.locks.locks), _rows(slip, known.locks.openings)
        reach = known.reach
        return replace(
            known,
            packs=[one for one in packs if one is not None],
            exceptions=exceptions,
            locks=replace(known.locks, locks=locks, openings=openings),
            doubts=replace(known.doubts, rows=_rows(slip, known.doubts.rows)),
            reach=Reach.of(
                _rows(slip, reach.groups), _rows(slip, reach.categories), _rows(slip, reach.ways)
            ),
        )


def _rows(slip: Slip, rows: Sequence[Row]) -> list[Row]:
    changed = [slip.rows.get(row.where, row) for row in rows]
    return [row for row in changed if row is not None]


def _is_doubt(question: Question) -> bool:
    return question.id.startswith("doubt-")
