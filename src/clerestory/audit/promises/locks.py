"""One promise for each lock: it opens only for those whom the pack's own list names."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from clerestory.audit.promises.question import LawRead, Question
from clerestory.audit.promises.rows import condition_of, resting
from clerestory.law.errors import PackFault
from clerestory.law.promise_rows import Row

UNLOCKED = "records-without-a-lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """The lists of who may open the locks of a stack's policies."""

    locks: Sequence[Row]
    openings: Sequence[Row]

    @classmethod
    def of(cls, locks: Sequence[Row], openings: Sequence[Row], kept: Collection[str]) -> "Locks":
        """Put the lists together.

        Args:
            locks: Every row that says over what a lock lies.
            openings: Every row that says who may open one.
            kept: The ids of the promises that may keep a lock.

        Raises:
            PackFault: A row is about a promise or a list that is not there, or stands twice.
        """
        known: set[str] = set()
        for row in locks:
            _check_lock(row, kept, known)
            known.add(row.id)
        seen: set[str] = set()
        for row in openings:
            for lock in row.lists["locks"]:
                if lock not in known:
                    raise _gone(row, f"there is no lock called {lock}")
            if row.id in seen:
                raise _gone(row, "stands twice")
            seen.add(row.id)
        return cls(locks=locks, openings=openings)

    @property
    def names(self) -> set[str]:
        """The ids of the promises that are made here."""
        return {UNLOCKED, *(_id(row.id) for row in self.locks)}

    def ask(self, read: LawRead) -> Iterator[Question]:
        """Yield the question of each lock; of one that no list names it is not known who opens it.

        Raises:
            PackFault: A row rests on what is not there.
            OutsideSubset: A condition cannot be translated.
        """
        words = {word for policy in read.law.stack.policies for word in policy.words("bars")}
        listed = {row.id for row in self.locks}
        for word in sorted(words - listed):
            never, says = read.circuit.no, f"No list says who may open the lock {word}."
            yield Question(id=_id(word), says=says, premise=never, broken=never)
        for row in self.locks:
            if row.id not in words and not row.text("door"):
                raise _gone(row, f"no policy bars {row.id}")
            if "kept_by" not in row.lists:
                yield self._question(read, row)
        yield self._unlocked(read)

    def _unlocked(self, read: LawRead) -> Question:
        """Return where a record leaves over which none of the locks lies.

        A program that came without a lock of its own would be asked about by no promise here. A
        lock that another promise keeps lies over all records, so it says nothing of one of them.
        """
        circuit = read.circuit
        over = [condition_of(read, row) for row in self.locks if "kept_by" not in row.lists]
        doors = {row.id for row in self.locks if row.text("door")}
        rows = [resting(read, r) for r in self.openings if doors & {*r.lists["locks"]}]
        apart = circuit.negate(circuit.either([*over, *rows]))
        premise = circuit.both([read.term("about_a_person", name=UNLOCKED), apart])
        return Question(
            id=UNLOCKED,
            says="What no lock lies on leaves, about a person, only for those whom the list of a "
            "door names.",
            premise=premise,
            broken=circuit.both([premise, read.opened]),
        )

    def _question(self, read: LawRead, lock: Row) -> Question:
        circuit = read.circuit
        over = condition_of(read, lock)
        rows = [row for row in self.openings if lock.id in row.lists["locks"]]
        whole = circuit.either([resting(read, r) for r in rows if "coarsen_to" not in r.lists])
        gone = [circuit.both([circuit.outcomes["release"], circuit.negate(whole)])]
        for code, given in circuit.coarser.items():
            coarse = [resting(read, r) for r in rows if code in r.lists.get("coarsen_to", ())]
            listed = circuit.either([whole, *coarse])
            gone.append(circuit.both([given, circuit.negate(listed)]))
        return Question(
            id=_id(lock.id),
            says=f"{_said(lock)} only for those whom the closed list names, in {len(rows)} rows.",
            premise=circuit.both([over, circuit.negate(whole)]),
            broken=circuit.both([over, circuit.either(gone)]),
        )


def _id(lock: str) -> str:
    return f"lock-{lock}"


def _said(lock: Row) -> str:
    if lock.text("door"):
        return f"{lock.text('door')} leave"
    return f"What the lock {lock.id} lies on ({lock.text('cite')}) leaves"


def _check_lock(row: Row, kept: Collection[str], known: set[str]) -> None:
    if row.id in known:
        raise _gone(row, "stands twice")
    for promise in row.lists.get("kept_by", ()):
        if promise not in kept:
            raise _gone(row, f"there is no promise called {promise}")


def _gone(row: Row, said: str) -> PackFault:
    return PackFault(f"{row.where}: {row.id}: {said}", todo="mend the row, or take it out")
