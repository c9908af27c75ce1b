"""From a demand and one item to the facts that the policies read: codes only, nothing typed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from clerestory.demands.demand import Agreement, Consent, Demand, Hold, Instrument, Item, Subject
from clerestory.kernel.time import month_text
from clerestory.law.codes import Vocabulary

UNITED_STATES = frozenset({"us", "us-federal"})
_LONGEST_OPEN_HOLD = timedelta(days=30)  # 45 CFR 164.528(a)(2)(ii)


def facts_of(demand: Demand, item: Item, on: date, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the context of a request about one item on one day.

    Facts that the demand does not state are ``unknown``. The sets that later stages fill
    (``established``, ``lifted``, ``mandated``, ``barred``) are empty.
    """
    subject = demand.subject(item.subject)
    paper = demand.instrument
    return {
        "on": {"__extn": {"fn": "datetime", "arg": on.isoformat()}},
        "holder": {
            "agency": demand.holder.agency,
            "kind": demand.holder.kind,
            "jurisdiction": demand.holder.jurisdiction,
        },
        "component": demand.requester.component or "none",
        "channel": demand.channel,
        "purpose": {"__entity": {"type": "Purpose", "id": demand.purpose}},
        "grounds": sorted(demand.grounds),
        "cited": sorted(demand.cited),
        "threats": sorted(demand.threats),
        "paper": _paper(demand, item, on),
        "papers": sorted({p.kind for p in paper.with_accompanying if _is_live(p, on)}),
        "forms": sorted({p.form for p in paper.with_accompanying if p.form}),
        "months": _months(paper),
        "subject": _subject(subject, demand),
        "findings": {c: demand.finding(c) for c in sorted(vocabulary.lists["findings"])},
        "raised": sorted(code for code, answer in demand.findings.items() if answer == "unknown"),
        "consent": _consent(demand, item, on, vocabulary),
        "agreement": _agreement(demand, item, on),
        "hold": _hold(demand.holds, on),
        "nondisclosure": {
            "asked": demand.nondisclosure_asked,
            "ordered": _ordered_silence(demand, on),
        },
        "established": [],
        "lifted": [],
        "mandated": [],
        "barred": [],
        "outcome": "none",
    }


def _subject(subject: Subject, demand: Demand) -> dict[str, Any]:
    relation, alone = subject.relation, _is_alone(demand, subject)
    if relation == "named" and subject.ref.endswith("*"):
        # One line that stands for the people whom a paper names is a list.
        relation = "listed_row"
    return {
        "relation": relation,
        "alone": "yes" if alone else "no",
        "applicant": subject.applicant,
        "represented_by": subject.represented_by or "unstated",
        "flags": sorted(subject.flags),
        "defined_by": sorted(subject.defined_by),
    }


def _is_alone(demand: Demand, subject: Subject) -> bool:
    """Whether nobody else is named: who somebody is can be proved for one person only."""
    named = [other for other in demand.subjects if other.relation == "named"]
    # A ref with a star stands for several, whatever its relation is called.
    return named == [subject] and not subject.ref.endswith("*")


def _persons(demand: Demand) -> str:
    """Say how the paper names persons; a paper for all names nobody, whatever else it says."""
    count = demand.instrument.count
    # Whoever the paper mentions beside those whose records are asked for is not counted.
    asked = {item.subject for item in demand.items}
    named = sum(s.relation == "named" and s.ref in asked for s in demand.subjects)
    if count == "all":
        return "class"
    return "unknown" if isinstance(count, int) and named > count else demand.instrument.persons


def _paper(demand: Demand, item: Item, on: date) -> dict[str, str]:
    paper = demand.instrument
    return {
        "kind": paper.kind,
        "form": paper.form or "none",
        "issuer": paper.issuer,
        "court": _court(demand),
        "written": paper.written,
        "persons": _persons(demand),
        "fields": paper.fields,
        "status": paper.status,
        "in_date": _in_date(paper.valid_from, paper.valid_to, on),
        "enforced_by_order": paper.enforced_by_order,
        "names_field": _names_field(paper, item),
    }


def _court(demand: Demand) -> str:
    """Say whose court issued the paper, seen from the holder."""
    court = demand.instrument.court
    if court is None:
        return "unstated"
    if court in UNITED_STATES:
        return "federal"
    return "holder_state" if court == demand.holder.jurisdiction else "other_state"


def _names_field(paper: Instrument, item: Item) -> str:
    if paper.fields_named is not None:
        return "yes" if item.ref in paper.fields_named else "no"
    return {"stated": "yes"}.get(paper.fields, paper.fields)


def _is_live(paper: Instrument, on: date) -> bool:
    return paper.status == "live" and _in_date(paper.valid_from, paper.valid_to, on) != "no"


def _in_date(start: date | None, end: date | None, on: date) -> str:
    """Half-open: the day called ``end`` is no longer covered."""
    if (start and on < start) or (end and on >= end):
        return "no"
    return "yes" if start or end else "unknown"


def _months(paper: Instrument) -> str:
    start, end = paper.period_from, paper.period_to
    if start is None or end is None:
        return "unstated"
    # The end is the first day that is not asked about: 1 March to 1 April is March alone.
    return "one" if month_text(start) == month_text(end - timedelta(days=1)) else "more"


def _consent(demand: Demand, item: Item, on: date, vocabulary: Vocabulary) -> dict[str, str]:
    """Describe the subject's consent that comes closest to covering the item."""
    own = [consent for consent in demand.consents if consent.by == item.subject]
    described = [_describe_consent(consent, demand, item, on, vocabulary) for consent in own]
    if not described:
        names = ("given", "recipient", "purpose", "field", "in_date", "elements")
        # Nobody knows whether a permission that is still to come will be taken back.
        return {**dict.fromkeys(names, "no"), "revoked": "unknown"}
    return max(described, key=lambda c: [*c.values()].count("yes") - 2 * (c["revoked"] != "no"))


def _describe_consent(
    consent: Consent, demand: Demand, item: Item, on: date, vocabulary: Vocabulary
) -> dict[str, str]:
    if consent.signed_on and on < consent.signed_on:
        in_date = "no"
    elif consent.expires_on:
        in_date = "yes" if on < consent.expires_on else "no"
    else:
        # An authorization must name its end; whether it does is among its elements.
        in_date = consent.elements_complete
    return {
        "given": "yes",
        "recipient": _names_requester(consent.to, demand, vocabulary),
        "purpose": "yes" if consent.purpose == demand.purpose else "no",
        "field": "yes" if _covers(consent.fields, item) else "no",
        "in_date": in_date,
        "revoked": consent.revoked,
        "elements": consent.elements_complete,
    }


def _names_requester(to: str, demand: Demand, vocabulary: Vocabulary) -> str:
    stated = demand.finding("consent_names_requester")
    if stated == "no":
        return "no"
    requester, named = demand.requester, to.strip()
    if named and named.casefold() == requester.body.strip().casefold():
        return "yes"
    if to in {requester.component, requester.kind}:
        return "yes"
    if vocabulary.knows("requester_class", to):
        return "no"
    # A tick does not make a paper out to somebody else: the two contradict each other.
    return "unknown" if named else stated


def _covers(fields: tuple[str, ...], item: Item) -> bool:
    return item.ref in fields or item.field in fields


def _agreement(demand: Demand, item: Item, on: date) -> dict[str, str]:
    """Describe the agreement that comes closest to covering the item."""
    described = [
        _describe_agreement(agreement, demand, item, on) for agreement in demand.agreements
    ]
    if not described:
        names = ("stated", "party", "purpose", "field", "in_force", "agreed_by_holder")
        return dict.fromkeys((*names, "bars_onward_sharing"), "no")
    return max(described, key=lambda facts: list(facts.values())[:-1].count("yes"))


def _describe_agreement(
    agreement: Agreement, demand: Demand, item: Item, on: date
) -> dict[str, str]:
    requester = demand.requester
    in_date = _in_date(agreement.valid_from, agreement.valid_to, on)
    in_force: str = agreement.in_force
    if in_date == "no":
        in_force = "no"
    elif in_force == "unknown" and agreement.valid_from is not None:
        in_force = in_date
    return {
        "stated": "yes",
        "party": "yes" if agreement.with_body in {requester.component, requester.kind} else "no",
        "purpose": "yes" if demand.purpose in agreement.purposes else "no",
        "field": "yes" if _covers(agreement.fields, item) else "no",
        "in_force": in_force,
        "agreed_by_holder": agreement.agreed_by_holder,
        "bars_onward_sharing": agreement.bars_onward_sharing,
    }


def _hold(holds: tuple[Hold, ...], on: date) -> str:
    """Say whether a request to keep the subject uninformed is running on the day."""
    if not holds:
        return "none"
    return "active" if any(_hold_runs(hold, on) for hold in holds) else "lapsed"


def _hold_runs(hold: Hold, on: date) -> bool:
    if on < hold.held_from:
        return False
    # A written statement must say for how long (164.528(a)(2)(i)(B)): one that does not holds no
    # longer than a spoken one, since nothing else ends it. "No longer than 30 days": the thirtieth
    # day is still held.
    if hold.held_to is None:
        return on <= hold.held_from + _LONGEST_OPEN_HOLD
    if hold.form == "oral" and hold.written_followup != "yes":
        return on <= hold.held_from + _LONGEST_OPEN_HOLD and on < hold.held_to
    return on < hold.held_to


def _ordered_silence(demand: Demand, on: date) -> str:
    until = demand.nondisclosure_until
    if demand.nondisclosure_ordered == "yes" and until is not None and on >= until:
        return "no"
    return demand.nondisclosure_ordered


def changed(context: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the context with one fact set, for example ``findings.part2_order`` to ``yes``."""
    head, _, tail = path.partition(".")
    copy = dict(context)
    copy[head] = changed(context[head], tail, value) if tail else value
    return copy
