"""A later answer to a demand: what it may let leave that an earlier one kept.

What was lowered or refused stays so. It may only be raised where a fact that bears on that very
field has changed since, and whoever answers says by name what changed; or where the law itself
opened it and the law is another now. What changed is told beside the newest answer; what stays is
held against every answer: one in between, in which the law closed a field for a while, does not
undo that people had kept it on these very facts.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from clerestory.cli.committed import Cell, answer_in, cell_name, changed_facts, facts_in, read_cells
from clerestory.cli.committed_lookups import check_lookups
from clerestory.cli.judged_again import JudgedAgain
from clerestory.cli.office import Office
from clerestory.cli.one_answer import (
    NOBODY,
    Before,
    answers_before,
    check_not_refused,
    decision_of,
    refused_otherwise,
)
from clerestory.cli.order_of_acts import check_not_before
from clerestory.cli.same_paper import repeated_by
from clerestory.demands import Determination, asked_period
from clerestory.demands.determination import Outcome, Ruling
from clerestory.kernel import Period, Refusal
from clerestory.ledger import Ledger
from clerestory.office.answer.decided import Decided

LAW = "law"
"""What is said to have changed where the law of today is not the one of the answer before."""


@dataclass(frozen=True)
class Earlier:
    """An earlier answer to a demand, as the log commits to it, beside what is decided now.

    Attributes:
        answer: The answer's own entry.
        pack: The digest of the law that it was decided under.
        facts: The facts that it judged.
        cells: What became of each field.
        said: What it said had changed since the one before it.
        judged: The demand as it is decided now, and what today's law says of other facts.
    """

    answer: Before
    pack: str
    facts: Mapping[str, Any]
    cells: Mapping[str, Cell]
    said: frozenset[str]
    judged: JudgedAgain

    @property
    def decided(self) -> Decided:
        """The demand as it is decided now."""
        return self.judged.decided

    def check(self, named: Collection[str]) -> None:
        """Refuse an answer that raises what stays, or does not say what changed.

        Fields that the record closed are left to ``check_record``: it may close them again.

        Args:
            named: What is said to have changed.

        Raises:
            Refusal: It is about more days, raises a field on which nothing that changed bears, or
                says too much, too little or something else of what changed.
        """
        self._check_period()
        by_law = self._raised(self.decided.determination, by_record=False)
        changed = changed_facts(self.facts, facts_in(self.decided.demand))
        said = frozenset(named)
        if not changed and not by_law and said and said == self.said:
            return  # the same answer once more, after a run that was cut short
        wanted = changed | ({LAW} if by_law or (LAW in said and self._is_other_law) else set())
        if said != wanted:
            raise self._unsaid(said, wanted)

    def check_stays(self) -> None:
        """Refuse to raise what stays since this answer, where it is not the newest.

        Raises:
            Refusal: It is about more days; or a field that it kept is open, and nothing that bears
                on it has changed.
        """
        self._check_period()
        self._raised(self.decided.determination, by_record=False)

    def check_record(self, told: Determination) -> None:
        """Refuse to raise what the record closed before, now that the record was read again.

        Raises:
            Refusal: A field that it closed is open, and nothing that bears on it has changed.
        """
        self._raised(told, by_record=True)

    def _raised(self, told: Determination, *, by_record: bool) -> list[str]:
        """Return the fields that the law of today raises by itself.

        Raises:
            Refusal: One is raised by nothing.
        """
        by_law, broken = [], []
        for ruling in told.rulings:
            name = cell_name(ruling.item)
            cell = self.cells.get(name)
            if cell is None or (cell.by == "record") is not by_record or not _rises(cell, ruling):
                continue
            then = self.judged.then(self.facts)[name]
            if _grounds(then) != _grounds(self.judged.now[name]):
                continue  # a fact that bears on it is another now
            if cell.by == "law" and self._is_other_law:
                by_law.append(name)
            else:
                broken.append(name)
        if broken:
            raise self._raises(broken)
        return by_law

    @cached_property
    def _is_other_law(self) -> bool:
        told, before = self.decided.determination, self.answer.on
        if before is not None and told.on < before:
            return False  # what the law of a later day kept, that of an earlier one does not raise
        return (self.pack, before) != (told.pack_digest, told.on)

    def _check_period(self) -> None:
        """Refuse to read records of days that this answer was not asked about.

        What is released already rises by nothing, and yet more would leave of it. Whatever is said
        to have changed, the paper is the one that was answered.

        Raises:
            Refusal: The period that is asked about is a wider one.
        """
        demand = self.decided.demand
        then, now = asked_period(self.judged.demand_of(self.facts)), asked_period(demand)
        if not then.covers(now):
            raise Refusal(
                "a later answer is about no other days than the one before it, log entry "
                f"{self.answer.index}: it was {_days(then)}, and now it is {_days(now)}",
                code="answer-wider",
                todo="give the period as it was answered, or a narrower one; a wider one is asked "
                "for by another paper, which is received under an id of its own",
            )

    def _raises(self, broken: list[str]) -> Refusal:
        same = facts_in(self.decided.demand) == self.facts
        if same and self.answer.sealed_to == NOBODY and not self._is_other_pack:
            return refused_otherwise(self.answer)
        return Refusal(
            "what was lowered or refused stays so until a fact that bears on it is another: "
            f"{', '.join(sorted(broken))}, log entry {self.answer.index}",
            code="answer-raised",
            todo=f"keep it as it was, such as --lower {min(broken)}=refer_to_counsel; where a fact "
            "that bears on it was found out since, write it into the demand and name it with "
            "--changed; receive another paper under an id of its own",
        )

    @property
    def _is_other_pack(self) -> bool:
        return self.pack != self.decided.determination.pack_digest

    def _unsaid(self, said: Collection[str], wanted: Collection[str]) -> Refusal:
        words = " ".join(f"--changed {name}" for name in sorted(wanted))
        return Refusal(
            "a later answer must say what changed since the one before it, log entry "
            f"{self.answer.index}: {', '.join(sorted(wanted)) or 'nothing'} changed, and said is "
            f"{', '.join(sorted(said)) or 'nothing'}",
            code="answer-changes-unsaid",
            todo=f"see that each is so and add {words}; else give the demand as it was answered"
            if wanted
            else "leave out --changed; nothing is another than it was",
        )


def earlier_answers(ledger: Ledger, decided: Decided) -> tuple[Earlier, ...]:
    """Return the answers to this demand that the log holds, and to what it repeats, newest first.

    An entry of an earlier version does not say what was judged: of those, a refusal is compared
    by the digest of its facts, in ``one_answer``.
    """
    judged = JudgedAgain(decided)
    demand = decided.demand
    told = (
        (answer, decision_of(ledger, demand_id, answer.index))
        for demand_id in (demand.id, *repeated_by(ledger, demand.id))
        for answer in answers_before(ledger, demand_id)
    )
    # By its own log entry a repetition has another id and came on another day: none of it is said
    # to have changed, and all is judged as of today's paper.
    own = {name: value for name, value in facts_in(demand).items() if name in {"id", "received"}}
    found = [
        Earlier(
            answer=answer,
            pack=said["pack"],
            facts={**json.loads(said["judged"]), **own},
            cells=read_cells(said["cells"]),
            said=frozenset(said.get("changed", "").split()),
            judged=judged,
        )
        for answer, said in told
        if "judged" in said
    ]
    return tuple(sorted(found, key=lambda one: one.answer.index, reverse=True))


def check_follows(
    office: Office, decided: Decided, changed: Collection[str], on: date
) -> tuple[Earlier, ...]:
    """Hold an answer of the day ``on`` against those before it; return them, the newest first.

    Raises:
        Refusal: It is of an earlier day than what is logged, raises what was lowered or refused,
            or does not say what changed.
        Corruption: The record of look-ups is not the one that an earlier answer commits to.
    """
    with office.ledger() as ledger:
        check_lookups(office, ledger)
        check_not_before(office, ledger, decided.demand.id, on)
        earlier = earlier_answers(ledger, decided)
        if not earlier:
            check_not_refused(ledger, decided)
            _check_first(decided, changed)
    for place, one in enumerate(earlier):
        if place:
            one.check_stays()
        else:
            one.check(changed)
    return earlier


def _check_first(decided: Decided, named: Collection[str]) -> None:
    """Refuse to say that something changed where nothing was answered yet.

    Raises:
        Refusal: Something is named.
    """
    if named:
        raise Refusal(
            f"the demand {decided.demand.id} was not answered before, so nothing has changed since",
            code="answer-changes-unsaid",
            todo="leave out --changed; it is for a later answer to the same demand",
        )


def _rises(cell: Cell, ruling: Ruling) -> bool:
    """Whether more leaves now, or something else: another coarser form is none that was judged."""
    if ruling.outcome in {Outcome.REFER, Outcome.WITHHOLD} or answer_in(ruling) == cell.answer:
        return False
    return cell.answer != Outcome.RELEASE


def _grounds(ruling: Ruling) -> tuple[object, ...]:
    return (
        ruling.outcome, ruling.coarsen_to, ruling.authorities, ruling.policies, ruling.opinions,
        ruling.suspended,
    )  # fmt: skip


def _days(period: Period) -> str:
    return f"{period.valid_from or 'the first day'} to {period.valid_to}, that day left out"
