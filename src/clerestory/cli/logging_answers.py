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
from clerestory.ledger.leaf import parse_leaf
from clerestory.ledger.repeats import find_entry


def receive(office: Office, demand: Demand, at: datetime) -> int:
    """Draw the demand's number and log it, before anything is known of the outcome.

    A run that was stopped after it wrote the entry is finished: its number stands in the log.

    Raises:
        Refusal: It was received already; the message gives its number.
    """
    with office.acting():
        known = office.find_number(demand.id)
        if known is not None:
            raise Refusal(
                f"the demand {demand.id} was received already, as number {known}",
                code="answer-received-already",
                todo="go on with decide, disclose or refuse",
            )
        with office.ledger() as ledger:
            number = _number_in_log(ledger, office, demand)
            if number is None:
                event = _received(office, demand, about_a_class=is_about_a_class(demand))
                (appended,) = ledger.append([event], at, zone=office.zone)
                number = appended.demand_number
        if number is None:
            raise Corruption("the log gave a received demand no number", code="log-no-number")
        office.note_number(demand.id, number)
    return number


def _received(office: Office, demand: Demand, *, about_a_class: bool) -> Event:
    if about_a_class:
        return Event(
            type=EventType.CLASS_DEMAND_RECEIVED,
            scope=office.scope,
            public={"demand": demand.id, "requester": demand.requester.kind},
        )
    return Event(
        type=EventType.DEMAND_RECEIVED,
        scope=office.scope,
        matter=demand.id,
        fields={"demand": demand.id, "paper": digest_of([demand.id, demand.title])},
    )


def _number_in_log(ledger: Ledger, office: Office, demand: Demand) -> int | None:
    # Under both types: an id that came in as a class is not free for a person, nor the reverse.
    for about_a_class in (False, True):
        event = _received(office, demand, about_a_class=about_a_class)
        index = find_entry(ledger, event, by=("demand",))
        if index is not None:
            return parse_leaf(ledger.entry(index)).serial
    return None


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
    # Who signed is no part of it: the same answer is not logged again for other names.
    known = find_entry(ledger, events[-1], by=("demand", "number", "package"))
    return known if known is not None else ledger.append(events, at, zone=office.zone)[-1].index
