"""The law of the day applied to what a matter asks: worked out by the office, never given to it.

Whoever decides signs what the office's own law, packs, profile and day make of the facts as they
stand. What is signed is worked out anew when it comes back: it must be the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from clerestory.acts import Signed, Statement
from clerestory.audit.decided_again import catalogue_digest, stages_json
from clerestory.audit.sources_of_fields import sources_of
from clerestory.demands import (
    Demand,
    Determination,
    Item,
    Outcome,
    check_day_of_answer,
    demand_json,
)
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json, canonical_bytes, digest_of
from clerestory.office.acting import Acted, draft
from clerestory.office.answer.decided import Decided
from clerestory.office.asked import OwnLaw, own_law
from clerestory.office.cells import Cell, Cells, cells_json, needs_counsel
from clerestory.office.counsel import closed_by_counsel, opinions_in, with_closed
from clerestory.office.known import known_demand, open_items
from clerestory.office.matters import acts_in, check_act, do, is_done, stands_on
from clerestory.office.office import Office, own_key
from clerestory.office.resolving import as_known, persons_in, unsure_of
from clerestory.policy import Engine
from clerestory.policy.decide.counsel import is_ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A determination with what it stands on, as it is bound and kept.

    ``lowered`` are the answers that go to counsel since their person is not certain, or that
    counsel closed; ``closed`` are these alone.
    """

    facts: Mapping[str, str]
    content: bytes = field(repr=False)
    cells: Cells = field(repr=False)
    decided: Decided = field(repr=False)
    lowered: Mapping[Item, Outcome] = field(repr=False)
    closed: frozenset[Item] = field(repr=False)


def judge(office: Office, matter: str, acts: list[Signed], on: date) -> Judged:
    """Decide what a matter asks, after these acts and under the office's law of a day.

    Raises:
        Refusal: A claim is not established, or the demand is for another holder.
        PackFault: The office's law did not come through the gate as it stands.
        BadDemand: What came in is no demand in its written form.
    """
    law = own_law(office)
    sources = sources_of(law.agency, law.profiles)
    engine = Engine.of(law.stack, on, sources)
    settled, unsure = settled_demand(office, law, matter, acts, engine)
    closed = closed_by_counsel(opinions_in(office, matter, acts), settled.items)
    lower = {**dict.fromkeys(closed, Outcome.WITHHOLD), **unsure}
    told = with_closed(engine.decide(settled, explain=False, lowerings=lower), closed)
    docket = engine.docket(settled)
    answers = engine.answers(docket)
    cells = {
        (ruling.item.program, ruling.item.ref): Cell(
            outcome=ruling.outcome, coarsen_to=ruling.coarsen_to or "",
            ordered=is_ordered(engine.law, answers[docket.places[ruling.item]]),
        )
        for ruling in told.rulings
    }  # fmt: skip
    parts: dict[str, Json] = {
        "demand": demand_json(settled),
        "determination": _determination(told),
        "cells": cells_json(cells),
        "stages": stages_json(docket, answers),
    }
    return Judged(
        content=canonical_bytes(parts),
        cells=cells,
        decided=Decided(demand=settled, determination=told, stack=law.stack, sources=sources),
        lowered=lower,
        closed=closed,
        facts={
            "to": "referred" if needs_counsel(cells) else "decided",
            "stands_on": stands_on(acts),
            **{name: digest_of(part) for name, part in parts.items()},
            **_law_facts(office, told, sources),
        },
    )


def settled_demand(
    office: Office, law: OwnLaw, matter: str, acts: list[Signed], engine: Engine
) -> tuple[Demand, Mapping[Item, Outcome]]:
    """Return what is known of a demand and its persons, and what goes to counsel for doubt.

    Raises:
        Refusal: A claim or a person is not established.
    """
    demand = known_demand(office, law, matter, acts)
    check_day_of_answer(demand, engine.law.on)
    persons = persons_in(office, matter, acts)
    missing = {item.subject for item in open_items(engine, demand)} - set(persons or {})
    if missing:
        raise Refusal(
            "whom a demand names is established before anything of them may leave: "
            f"{', '.join(sorted(missing))}",
            code="decide-persons",
            todo="have the persons whom the paper names looked up and established",
        )
    if persons is None:
        return demand, {}
    return as_known(demand, persons, acts), unsure_of(demand, persons)


def as_voted(judged: Judged, cells: Cells) -> Decided:
    """Return an answer with its words, lowered to what votes left of it."""
    lowered = {
        item: cells[item.program, item.ref].outcome
        for item in judged.decided.demand.items
        if cells[item.program, item.ref].outcome is not judged.cells[item.program, item.ref].outcome
    }
    wishes: dict[Item, Outcome] = {**judged.lowered, **lowered}
    again = judged.decided.engine().decide(judged.decided.demand, lowerings=wishes)
    return replace(judged.decided, determination=with_closed(again, judged.closed))


def draft_decision(
    office: Office, matter: str, *, actor: str, key: str, at: datetime | None = None
) -> Statement:
    """Write the statement of what the law of today makes of a matter, for its actor to sign.

    Args:
        office: Whose matter.
        matter: Which one.
        actor: Who has it decided.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        Refusal: As :func:`judge`.
    """
    judged = judge(office, matter, acts_in(office, matter), office.day(office.moment(at)))
    return draft(office, "decide", matter, actor=actor, key=key, at=at, facts=dict(judged.facts))


def decide(office: Office, signed: Signed, *, at: datetime | None = None) -> Acted:
    """Decide a matter: the determination, its stages and the facts are bound, and kept sealed.

    Raises:
        Refusal: The statement is not what the office's own law makes of the facts, or is not the
            next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "decide")
    # One decision on the same facts and day: whoever asks for it again finds it.
    key = own_key("decide", told.matter, told.facts.get("stands_on", ""), str(told.on))
    if is_done(key):
        return do(office, signed, None, key=key, at=at)
    acts = acts_in(office, told.matter, told.position)
    judged = judge(office, told.matter, acts, told.on)
    return do(office, signed, judged.facts, key=key, content=judged.content, at=at)


def _law_facts(
    office: Office, told: Determination, sources: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """Return what a determination stands on beside the demand."""
    return {
        "law": told.pack_digest,
        "packs": ", ".join(told.packs),
        "profile": office.profile,
        "catalogue": catalogue_digest(sources),
        "engine": told.engine,
        "judged": told.facts_digest,
    }


def _determination(told: Determination) -> dict[str, Json]:
    """Return a determination without its sentences: words decide nothing, and may be mended."""
    return {
        "demand": told.demand_id,
        "on": str(told.on),
        "overall": told.overall,
        "rulings": [
            {
                "program": one.item.program, "item": one.item.ref, "outcome": one.outcome.value,
                "coarsen_to": one.coarsen_to or "", "authorities": list(one.authorities),
                "policies": list(one.policies), "opinions": list(one.opinions),
                "suspended": list(one.suspended),
            }
            for one in told.rulings
        ],
        "duties": [
            {
                "code": one.code, "basis": one.basis, "authority": one.authority,
                "within": one.within or "", "to": one.to or "", "content": list(one.content),
                "due": str(one.due.on) if one.due else "",
            }
            for one in told.duties
        ],
        "alarms": list(told.alarms),
    }  # fmt: skip
