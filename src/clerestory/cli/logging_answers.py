"""What the commands write to the log, and how a package's own entry is checked."""

import json
from collections.abc import Sequence
from datetime import datetime

from clerestory.cli.deciding import Decided
from clerestory.cli.office import Office
from clerestory.demands import Demand
from clerestory.disclosure import LogChecks, LogEvidence
from clerestory.kernel import Corruption, Refusal, canonical_bytes, digest_of
from clerestory.ledger import (
    Event,
    EventType,
    Ledger,
    Opening,
    open_field,
    parse_leaf,
    verify_proof,
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
    """Whether the demand concerns nobody in particular."""
    return all(subject.is_class for subject in demand.subjects)


def log_checks(log_vkey: str) -> LogChecks:
    """Return how a package's own log entry is checked."""
    return LogChecks(verify_proof=verify_proof, verify_opening=verify_opening, log_vkey=log_vkey)


def verify_opening(entry: bytes, opening: bytes, name: str, value: str) -> None:
    """Check that a log entry commits to a value, or shows it where it is public.

    Raises:
        Corruption: It commits to something else.
    """
    leaf = parse_leaf(entry)
    if leaf.public:
        shown = leaf.public.get(name)
    else:
        told = json.loads(opening)
        opened = Opening(
            name=told["name"],
            value=told["value"],
            salt=bytes.fromhex(told["salt"]),
            others=tuple(bytes.fromhex(other) for other in told["others"]),
        )
        shown = open_field(leaf.commitment or b"", opened) if opened.name == name else None
    if shown != value:
        raise Corruption("the log entry commits to another package", code="package-not-its-entry")


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
                fields={**common, "package": digest, "signed": "; ".join(signed) or "nobody"},
            ),
        ]
    index = ledger.append(events, at, zone=office.zone)[-1].index
    office.note_answer(demand.id, digest, index)
    return index


def evidence_of(ledger: Ledger, index: int) -> LogEvidence:
    """Return an entry with the opening of its package field and its inclusion proof."""
    entry = ledger.entry(index)
    opening = b""
    if not parse_leaf(entry).public:
        opened = ledger.opening(index, "package")
        opening = canonical_bytes(
            {
                "name": opened.name,
                "value": opened.value,
                "salt": opened.salt.hex(),
                "others": [other.hex() for other in opened.others],
            }
        )
    return LogEvidence(entry=entry, opening=opening, proof=ledger.prove(index))
