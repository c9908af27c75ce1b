"""What the commands write to the log, and how a package's own entry is checked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from clerestory.cli.committed import cells_text, judged_text
from clerestory.cli.ended import ended_answers
from clerestory.cli.office import Office, one_at_a_time
from clerestory.cli.order_of_acts import check_not_before, later_day
from clerestory.cli.received import asked_digest, check_noted
from clerestory.cli.same_paper import check_repeats, question_of
from clerestory.cli.whom import check_persons, marks_digest
from clerestory.demands import Demand, Item, asked_parts, demand_digest
from clerestory.holdings import NamedPersons
from clerestory.kernel import Corruption, Refusal
from clerestory.ledger import (
    Event,
    EventType,
    Ledger,
)
from clerestory.ledger.repeats import find_entries, find_entry, find_numbered
from clerestory.office.answer.decided import Decided

# The day of the letters, which a run on another day finds and takes over; how far the record of
# look-ups went, since a second run looks once more; and whom the paper names, of whom more marks
# may be given then. Of the decision, what is the same where the facts are, the law that said the
# same, what was said of the answer before it, and who lowered it: they are who signed the answer.
_BESIDE = frozenset(
    {"on", "late", "lookups", "who", "pack", "judged", "cells", "changed", "lowered_by"}
)
_BESIDE_RECEIPT = frozenset({"on", "late", "question", "period", "again"})
DECISIONS = frozenset({EventType.DEMAND_DECIDED, EventType.CLASS_DEMAND_DECIDED})
ANSWERS = frozenset({EventType.ANSWER_SEALED, EventType.CLASS_DEMAND_ANSWERED})


@one_at_a_time
def receive(
    office: Office,
    demand: Demand,
    at: datetime,
    *,
    who: NamedPersons | None = None,
    again: str | None = None,
) -> int:
    """Draw the demand's number and log it, before anything is known of the outcome.

    The log commits to the whole demand as it was received. Done again after a run that was killed
    between the log and the office's note, it finds its entry, draws no second number, and notes it.

    Args:
        office: Whose log.
        demand: The demand as it came.
        at: Now.
        who: Whom its paper names, where it is known already: an answer is bound to it.
        again: The id of an earlier demand that this one repeats on purpose.

    Raises:
        Refusal: It was received already, under this id or another; the message gives its number.
    """
    _check_unknown(office, demand)
    facts = {
        "demand": demand.id,
        "paper": demand_digest(demand),
        "asked": asked_digest(asked_parts(demand)),
        **question_of(demand),
    }
    if who is not None:
        facts["who"] = marks_digest(who)
    facts["on"] = str(office.day(at))
    public = (
        {"demand": demand.id, "requester": demand.requester.kind}
        if is_about_a_class(demand)
        else {}
    )
    kind = EventType.CLASS_DEMAND_RECEIVED if public else EventType.DEMAND_RECEIVED
    event = Event(type=kind, scope=office.scope, matter=demand.id, fields=facts, public=public)
    with office.ledger() as ledger:
        if (before := find_numbered(ledger, demand.id)) is not None:
            index, number = before
            if find_entry(ledger, event, beside=_BESIDE_RECEIPT) != index:
                # The same paper with what was found out since, and the note of it is lost: without
                # it nobody could ever answer. What was logged stands, and so whom it was bound to.
                if ledger.payload(index).fields.get("asked") == facts["asked"]:
                    office.note_number(demand, number)
                raise _received(demand, number)
        else:
            event = replace(event, fields={**facts, **_repeating(ledger, demand, again, who)})
            check_not_before(office, ledger, demand.id, office.day(at))
            if behind := later_day(ledger, demand.id, office.day(at)):
                event = replace(event, fields={**event.fields, "late": behind})
            (appended,) = ledger.append([event], at, zone=office.zone)
            if appended.demand_number is None:
                raise Corruption("the log gave a received demand no number", code="log-no-number")
            number = appended.demand_number
    office.note_number(demand, number)
    return number


def _check_unknown(office: Office, demand: Demand) -> None:
    """Refuse what the office noted as received already."""
    known = office.find_number(demand.id)
    if known is not None:
        with office.ledger() as ledger:
            check_noted(ledger, demand.id, known, office.asked(demand.id))
        raise _received(demand, known)


def _repeating(
    ledger: Ledger, demand: Demand, again: str | None, who: NamedPersons | None
) -> dict[str, str]:
    """Return what the entry of a receipt says of the demands whose paper it is once more."""
    repeated = check_repeats(ledger, demand, again)
    if not repeated:
        return {}
    # Whom the paper named then it names now: no answer could be about others.
    check_persons(ledger, demand.id, repeated, who)
    return {"again": " ".join(repeated)}


def _received(demand: Demand, number: int) -> Refusal:
    return Refusal(
        f"the demand {demand.id} was received already, as number {number}",
        code="answer-received-already",
        todo="go on with decide, disclose or refuse; where this is another paper, give it an id "
        "of its own",
    )


def is_about_a_class(demand: Demand) -> bool:
    """Whether the demand concerns nobody in particular, so that the public may read its entries.

    A person whose relation nobody knows is still one person: only what is written as a class, under
    a ref for many, is one. Where it is in doubt the entry shows nothing.
    """
    return bool(demand.subjects) and all(
        subject.relation == "class" and subject.ref.endswith("*") for subject in demand.subjects
    )


def log_answer(
    ledger: Ledger,
    office: Office,
    decided: Decided,
    number: int,
    digest: str,
    signed: Sequence[str],
    at: datetime,
    *,
    on: date,
    sealed_to: str = "nobody",
    lookups: str | None = None,
    by_record: Collection[Item] = (),
    by_counsel: bool = False,
    changed: Collection[str] = (),
    who: NamedPersons | None = None,
) -> int:
    """Append the decision and the answer, once; return the answer's index.

    The log itself is asked whether it has them, as after a run that was killed: a note beside it
    could be planted, and an answer would leave that no entry stands for. The same contents for
    another recipient, or signed by others, are another entry.

    Args:
        ledger: The office's log.
        office: Whose it is.
        decided: What was decided.
        number: The demand's number.
        digest: What the answer holds.
        signed: Who let it go.
        at: Now.
        on: The day of the letters.
        sealed_to: The recipient, if anything leaves.
        lookups: How far the record of look-ups goes: one that is put back later shows by it.
        by_record: What the record of the persons found lowered.
        by_counsel: Whether counsel refused the whole.
        changed: What is said to have changed since the answer before this one.
        who: Whom the paper names, if anybody was looked up.
    """
    approvals = {"signed": "; ".join(signed) or "nobody", "sealed_to": sealed_to, "on": str(on)}
    if lookups is not None:
        approvals["lookups"] = lookups
    if who is not None:
        approvals["who"] = marks_digest(who)
    if behind := later_day(ledger, decided.demand.id, on):
        approvals["late"] = behind
    cells = cells_text(decided.determination, by_record=by_record, by_people=by_counsel)
    judged = {"judged": judged_text(decided.demand), "cells": cells}
    if any(ruling.lowered_from for ruling in decided.determination.rulings):
        # Beside the facts and not beside the law: of a demand for a class that part is public.
        judged["lowered_by"] = "; ".join(signed)
    if changed:
        judged["changed"] = " ".join(sorted(set(changed)))
    events = _answer_events(office, decided, number, digest, approvals, judged)
    # The decision too: an answer on other facts is another one, though it holds the same.
    ended = ended_answers(ledger, decided.demand.id)
    index = find_entries(ledger, events, beside=_BESIDE, but=ended)
    return ledger.append(events, at, zone=office.zone)[-1].index if index is None else index


def _answer_events(
    office: Office,
    decided: Decided,
    number: int,
    digest: str,
    approvals: Mapping[str, str],
    judged: Mapping[str, str],
) -> list[Event]:
    """Return the decision and the answer as they are logged."""
    demand, determination = decided.demand, decided.determination
    known = {"demand": demand.id, "number": str(number)}
    law = {"overall": determination.overall, "pack": determination.pack_digest}
    facts = {"facts": determination.facts_digest, **judged}
    if lowered := [r for r in determination.rulings if r.lowered_from]:
        law["lowered"] = "; ".join(
            f"{r.item.program}/{r.item.ref}={r.outcome.value}" for r in lowered
        )
    decision, answer = {**known, **law}, {**known, "package": digest}
    if is_about_a_class(demand):
        # Committed to and not shown: a digest of so few facts would be guessed by trying them,
        # and an official is a person too.
        return [
            Event(
                type=EventType.CLASS_DEMAND_DECIDED,
                scope=office.scope,
                public=decision,
                matter=demand.id,
                fields=facts,
            ),
            Event(
                type=EventType.CLASS_DEMAND_ANSWERED,
                scope=office.scope,
                public=answer,
                matter=demand.id,
                fields=approvals,
            ),
        ]
    return [
        Event(
            type=EventType.DEMAND_DECIDED,
            scope=office.scope,
            matter=demand.id,
            fields={**decision, **facts},
        ),
        Event(
            type=EventType.ANSWER_SEALED,
            scope=office.scope,
            matter=demand.id,
            fields={**answer, **approvals},
        ),
    ]
