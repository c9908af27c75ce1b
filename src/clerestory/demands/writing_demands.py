"""A demand in its written form again: what is read from it is the same demand."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

from clerestory.demands.demand import (
    Agreement,
    Consent,
    Demand,
    Hold,
    Instrument,
    Item,
    Opinion,
    Requester,
    Subject,
    Suspension,
)
from clerestory.demands.reading import FORMAT
from clerestory.demands.said import write_said
from clerestory.kernel.canonical import Json


def demand_json(demand: Demand) -> dict[str, Json]:
    """Return a demand in the form of ``schemas/demand.schema.json``; days are texts.

    Lists that have no order, such as flags, are written in the order of the alphabet.
    """
    return _filled(
        {
            "format": FORMAT,
            "id": demand.id,
            "title": demand.title,
            "received": {"date": _day(demand.received_on), "channel": demand.channel},
            "holder": {
                "agency": demand.holder.agency,
                "kind": demand.holder.kind,
                "jurisdiction": demand.holder.jurisdiction,
            },
            "requester": _requester(demand.requester),
            "instrument": instrument_json(demand.instrument),
            "cited": list(demand.cited),
            "purpose": demand.purpose,
            "grounds": sorted(demand.grounds),
            "subjects": [_subject(subject) for subject in demand.subjects],
            "representatives": [
                _representative(subject)
                for subject in demand.subjects
                if subject.represented_by is not None
            ],
            "records": _records(demand.items),
            # One that is written as unknown says more than one that is absent: it was raised.
            "findings": dict(demand.findings),
            "consents": [_consent(consent) for consent in demand.consents],
            "agreements": [_agreement(agreement) for agreement in demand.agreements],
            "holds": [_hold(hold) for hold in demand.holds],
            "opinions": [_opinion(opinion) for opinion in demand.opinions],
            "suspensions": [_suspension(suspension) for suspension in demand.suspensions],
            "threats": sorted(demand.threats),
            "nondisclosure": _filled(
                {
                    **write_said("nondisclosure", demand.nondisclosure),
                    "until": _day(demand.nondisclosure_until),
                }
            ),
        }
    )


def _requester(requester: Requester) -> dict[str, Json]:
    return _filled(
        {
            "body": requester.body,
            "reference": requester.reference,
            "class": requester.kind,
            "component": requester.component,
            "jurisdiction": requester.jurisdiction,
        }
    )


def _representative(subject: Subject) -> dict[str, Json]:
    return _filled(
        {
            "for": subject.ref,
            "as": subject.represented_by,
            "valid": _span(subject.represented_from, subject.represented_to),
        }
    )


def instrument_json(paper: Instrument) -> dict[str, Json]:
    """Return a paper in its written form, with what came with it."""
    scope: dict[str, Json] = {
        "persons": paper.persons,
        "count": paper.count,
        "persons_named": _list(paper.persons_named),
        "fields": paper.fields,
        "fields_named": _list(paper.fields_named),
        "programs": _list(paper.programs),
        "period": _span(paper.period_from, paper.period_to),
    }
    whole: dict[str, Json] = {
        "kind": paper.kind,
        "form": paper.form,
        "issuer": paper.issuer,
        "court": _filled({"name": paper.court_name, "jurisdiction": paper.court}),
        "docket": paper.docket,
        "signed": _filled({"by": paper.signed_by, "on": _day(paper.signed_on)}),
        "served": _filled({"by": paper.served_by, "on": _day(paper.served_on)}),
        **write_said("paper", paper.said),
        "scope": {key: value for key, value in scope.items() if value is not None},
        "valid": _span(paper.valid_from, paper.valid_to),
        "status": paper.status,
        "returns_on": _day(paper.returns_on),
        "accompanies": [instrument_json(extra) for extra in paper.accompanies],
    }
    return _filled(whole)


def _subject(subject: Subject) -> dict[str, Json]:
    return _filled(
        {
            "ref": subject.ref,
            "relation": subject.relation,
            **write_said("subject", subject.said),
            "flags": sorted(subject.flags),
            "defined_by": sorted(subject.defined_by),
        }
    )


def _consent(consent: Consent) -> dict[str, Json]:
    programs = _list(consent.programs)
    return {
        "by": consent.by,
        "to": consent.to,
        "purpose": consent.purpose,
        "fields": list(consent.fields),
        **({} if programs is None else {"programs": programs}),
        "signed_on": _day(consent.signed_on),
        "expires_on": _day(consent.expires_on),
        **write_said("consent", consent.said),
    }


def _agreement(agreement: Agreement) -> dict[str, Json]:
    programs = _list(agreement.programs)
    return {
        "id": agreement.id,
        "with": agreement.with_body,
        "purposes": sorted(agreement.purposes),
        "fields": list(agreement.fields),
        **({} if programs is None else {"programs": programs}),
        "from": _day(agreement.valid_from),
        "to": _day(agreement.valid_to),
        **write_said("agreement", agreement.said),
    }


def _hold(hold: Hold) -> dict[str, Json]:
    return {
        "kind": hold.kind,
        "form": hold.form,
        "from": _day(hold.held_from),
        "to": _day(hold.held_to),
        "written_followup": hold.written_followup,
    }


def _opinion(opinion: Opinion) -> dict[str, Json]:
    items = sorted(opinion.items, key=lambda item: (item.program, item.subject, item.field))
    return {
        "point": opinion.point,
        "answer": "yes" if opinion.in_favor else "no",
        "records": _records(items),
        "by": opinion.by,
        "signed_on": _day(opinion.signed_on),
        "reason": opinion.reason,
    }


def _suspension(suspension: Suspension) -> dict[str, Json]:
    end = suspension.held_to
    return {
        "authority": suspension.authority,
        "by": suspension.by,
        "from": suspension.held_from.isoformat(),
        "to": end.isoformat() if end else None,
        "reason": suspension.reason,
    }


def _records(items: Iterable[Item]) -> list[Json]:
    return [
        {"program": program, "fields": [item.ref for item in of_program]}
        for program, of_program in groupby(items, key=lambda item: item.program)
    ]


def _list(names: tuple[str, ...] | None) -> list[Json] | None:
    """An empty list says that the paper names nothing, which is not silence."""
    return None if names is None else list(names)


def _span(start: date | None, end: date | None) -> dict[str, Json] | None:
    return {"from": _day(start), "to": _day(end)} if start or end else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _filled(group: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out what is not there; what is unknown, and what is none, is written."""
    return {key: value for key, value in group.items() if value not in (None, "", [], {})}
