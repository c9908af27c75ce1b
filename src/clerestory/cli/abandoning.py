"""End an answer that a run logged and never carried out, where it must not leave any more.

A run may be killed between the log and the package. Typed again it goes on, unless the law, the
facts or people have closed what was to leave: then it can neither be finished nor refused, for the
log says that it was answered. Two people or counsel end it, and a refusal may follow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clerestory.cli.committed import answer_in, cell_name, judged_text, read_cells
from clerestory.cli.ended import ended_answers
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.one_answer import NOBODY, Before, answers_before, decision_of
from clerestory.cli.order_of_acts import check_not_before, later_day
from clerestory.cli.received import answerable
from clerestory.cli.reviewers import check_signed
from clerestory.cli.sealed_packages import clear_ended, may_have_left
from clerestory.demands.determination import Outcome
from clerestory.disclosure import permitted_items
from clerestory.kernel import Refusal
from clerestory.ledger import Event, EventType, Ledger
from clerestory.ledger.by_hand import ENDED_ANSWER
from clerestory.office.answer.decided import Decided

_SHUT = {Outcome.REFER.value, Outcome.WITHHOLD.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The demand's number, each answer that was ended with its entry, and whether it was before."""

    number: int
    entries: Mapping[int, int]
    again: bool


@one_at_a_time
def abandon(
    office: Office,
    decided: Decided,
    *,
    counsel: str | None,
    reviewers: Sequence[str],
    at: datetime,
) -> Ended:
    """Log that what was answered was not carried out, and take away what was sealed of it.

    Args:
        office: Whose log.
        decided: The demand under the law of the day ``at`` there, as people lowered it.
        counsel: Counsel who ends it, if they do.
        reviewers: Two people who end it, where counsel does not.
        at: Now.

    Raises:
        Refusal: Nobody signed, nothing was begun, a package of it may have left, or all of it may
            still leave.
    """
    signed = check_signed(counsel=counsel, reviewers=reviewers)
    number = answerable(office, decided.demand).number
    with office.ledger() as ledger:
        demand_id, day = decided.demand.id, office.day(at)
        before = ended_answers(ledger, demand_id)
        begun = list(_begun(ledger, demand_id))
        unsent = [one for one in begun if not may_have_left(office, demand_id, one.index)]
        newest = max((one.index for one in begun), default=-1)
        if not unsent and max(before, default=-1) > newest:
            # A run that was killed may have left what it should have taken away.
            clear_ended(office, ended=before)
            return Ended(number=number, entries=before, again=True)
        check_not_before(office, ledger, demand_id, day)
        _check_unsent(decided, begun, unsent)
        closed = _closed(ledger, decided, unsent)
        dated = {"signed": "; ".join(signed), "on": str(day)}
        if behind := later_day(ledger, demand_id, day):
            dated["late"] = behind
        common = {"demand": demand_id, "number": str(number), **dated}
        events = [
            Event(
                type=EventType.MATTER_UPDATED, scope=office.scope, matter=demand_id,
                fields={**common, ENDED_ANSWER: str(one.index), **why},
            )
            for one, why in closed
        ]  # fmt: skip
        done = ledger.append(events, at, zone=office.zone)
    # Only now: until it is logged, what was sealed is what the log says was answered.
    ended = {one.index: entry.index for (one, _), entry in zip(closed, done, strict=True)}
    clear_ended(office, ended={*before, *ended})
    return Ended(number=number, entries=ended, again=False)


def _begun(ledger: Ledger, demand_id: str) -> Iterator[Before]:
    """Yield what was answered to somebody and not ended."""
    for one in answers_before(ledger, demand_id):
        if one.sealed_to != NOBODY and not one.ended:
            yield one


def _check_unsent(decided: Decided, begun: Sequence[Before], unsent: Sequence[Before]) -> None:
    if not begun:
        raise Refusal(
            f"no answer to {decided.demand.id} was begun that could be ended",
            code="answer-not-begun",
            todo="answer it with disclose or refuse; a refusal that was logged stands",
        )
    # One that left, as it should, keeps no other from being ended.
    if not unsent:
        raise Refusal(
            "an answer is ended only where no package of it can have left: one was put out for "
            f"log entry {begun[-1].index}",
            code="answer-may-have-left",
            todo="find out who has the package; where it was not handed over, keep it, and "
            "give it with the matter to counsel",
        )


def _closed(
    ledger: Ledger, decided: Decided, unsent: Sequence[Before]
) -> list[tuple[Before, dict[str, str]]]:
    """Return the answers that may not leave any more as they were given, each with why.

    Raises:
        Refusal: There is none: all of each may leave as it was answered.
    """
    found = [(one, _why_closed(ledger, decided, one)) for one in unsent]
    closed = [(one, why) for one, why in found if why is not None]
    if not closed:
        raise Refusal(
            f"all that was answered may leave as it was, log entry {unsent[-1].index}",
            code="answer-still-open",
            todo="type the same disclose again: it finds its entry and goes on; to keep back what "
            "the law lets leave, add --lower to it, or, where nothing is to leave, to abandon and "
            "then to refuse",
        )
    return closed


def _why_closed(ledger: Ledger, decided: Decided, one: Before) -> dict[str, str] | None:
    """Return what closed since an answer, and whether people, the facts or the law alone did it."""
    said = decision_of(ledger, decided.demand.id, one.index)
    rulings = decided.determination.rulings
    now = {cell_name(ruling.item): answer_in(ruling) for ruling in rulings}
    lowered = {cell_name(ruling.item) for ruling in rulings if ruling.lowered_from}
    closed = [
        name
        for name, cell in (read_cells(said["cells"]) if "cells" in said else {}).items()
        if cell.answer not in _SHUT and now.get(name) != cell.answer
    ]
    if not closed and permitted_items(decided.determination):
        return None
    same = "judged" in said and said["judged"] == judged_text(decided.demand)
    by_itself = {"law" if same else "facts"} if not closed or set(closed) - lowered else set()
    because = by_itself | ({"people"} if lowered.intersection(closed) else set())
    return {"because": " ".join(sorted(because)), "closed": " ".join(sorted(closed)) or "all"}
