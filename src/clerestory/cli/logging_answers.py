"""What the commands write to the log, and how a package's own entry is checked."""

from collections.abc import Sequence
from datetime import datetime

from clerestory.cli.deciding import Decided
from clerestory.cli.office import Office
from clerestory.demands import Demand
from clerestory.kernel import Corruption, Refusal, digest_of
from clerestory.ledger import (
    Event,
    EventType,
    Ledger,
)


def receive(office: Office, demand: Demand, at: datetime) -> int:
    """Draw the demand's number and log it, before anything is known of the outcome.

    Raises:
        Refusal: It was received already; the message gives its number.
    """
    known = office.find_number(demand.id)
    if known is not None:
        raise Refusal(
            f"the demand {demand.id} was received already, as number {known}",
            code="answer-received-already",
            todo="go on with decide, disclose or refuse",
        )
    facts = {"demand": demand.id, "paper": digest_of([demand.id, demand.title])}
    event = (
        Event(
            type=EventType.CLASS_DEMAND_RECEIVED,
            scope=office.scope,
            public={"demand": demand.id, "requester": demand.requester.kind},
        )
        if is_about_a_class(demand)
        else Event(
            type=EventType.DEMAND_RECEIVED, scope=office.scope, matter=demand.id, fields=facts
        )
    )
    with office.ledger() as ledger:
        (appended,) = ledger.append([event], at, zone=office.zone)
    if appended.demand_number is None:
        raise Corruption("the log gave a received demand no number", code="log-no-number")
    office.note_number(demand.id, appended.demand_number)
    return appended.demand_number


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
) -> int:
    """Append the decision and the answer, once; return the answer's index."""
    demand, determination = decided.demand, decided.determination
    known = office.find_answer(demand.id, digest)
    if known is not None:
        return known
    law = {"pack": determination.pack_digest, "facts": determination.facts_digest}
    if lowered := [r for r in determination.rulings if r.lowered_from]:
        law["lowered"] = "; ".join(
            f"{r.item.program}/{r.item.ref}={r.outcome.value}" for r in lowered
        )
    approvals = {"signed": "; ".join(signed) or "nobody"}
    if is_about_a_class(demand):
        public = {"demand": demand.id, "number": str(number)}
        events = [
            Event(
                type=EventType.CLASS_DEMAND_DECIDED,
                scope=office.scope,
                public={**public, "overall": determination.overall, **law},
            ),
            Event(
                type=EventType.CLASS_DEMAND_ANSWERED,
                scope=office.scope,
                public={**public, "package": digest},
                # Who signed is committed to and not shown: an official is a person too.
                matter=demand.id,
                fields=approvals,
            ),
        ]
    else:
        common = {"demand": demand.id, "number": str(number)}
        events = [
            Event(
                type=EventType.DEMAND_DECIDED,
                scope=office.scope,
                matter=demand.id,
                fields={**common, "overall": determination.overall, **law},
            ),
            Event(
                type=EventType.ANSWER_SEALED,
                scope=office.scope,
                matter=demand.id,
                fields={**common, "package": digest, **approvals},
            ),
        ]
    index = ledger.append(events, at, zone=office.zone)[-1].index
    office.note_answer(demand.id, digest, index)
    return index
