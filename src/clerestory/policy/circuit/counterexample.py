"""From flat facts back to a demand in its written form, so that anybody can decide it again."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from clerestory.kernel.time import month_text
from clerestory.law.fact import Fact
from clerestory.law.fact_table import FACTS
from clerestory.policy.model.papers import ENFORCED, PROCESS
from clerestory.policy.model.permissions import AGREE, AGREEMENT
from clerestory.policy.model.process import ANY_JUDGES, ISSUERS, ORDER, WHAT_A_JUDGE_WROTE

Facts = Mapping[str, Any]
Document = dict[str, Any]

REF = "S1"
SECOND = "S2"
# Groups that a demand has several of, each written with what else it says.
_LISTS = frozenset({"subject", "consent", "agreement"})
# Whom a permission names that names the requester.
BODY = "a made-up body"
COUNSEL = "a made-up counsel"
OPINIONS = ("opinion.favor", "opinion.against")


def demand_of(facts: Facts, on: date, *, name: str) -> Document:
    """Write the demand of which these are the facts on a day.

    Args:
        facts: Flat facts of a request that is well formed (see ``well_formed``).
        on: The day on which it is decided.
        name: The demand's id.
    """
    class_ref = "S*" if _is_class(facts) else REF
    ref = f"{class_ref}.{facts['resource.name']}"
    document: Document = {
        "format": "clerestory-demand/1",
        "id": name,
        "title": "A made-up demand: the answer of a proof, about nobody",
        "received": {"date": on.isoformat()},
        **{key: {} for key in ("holder", "requester", "instrument", "purpose")},
        "subjects": _subjects(facts, class_ref),
        "records": [{"program": facts["resource.program"], "fields": [ref]}],
        "representatives": _representatives(facts, on, class_ref),
        "findings": _findings(facts),
        "consents": _consents(facts, on, class_ref, ref),
        "agreements": _agreements(facts, ref),
        "holds": _holds(facts["hold"], on),
        "opinions": _opinions(facts, on, ref),
        "suspensions": _suspensions(facts, on),
    }
    for fact in FACTS:
        if fact.head not in _LISTS:
            _state(document, fact.place, fact, facts)
    _add_to_paper(document["instrument"], facts, on, ref)
    if state := _whose(facts, "requester_state"):
        document["requester"]["jurisdiction"] = state
    if facts["consent.given"] == "yes":
        document["requester"]["body"] = BODY
    if _is_housemate_of_process(facts):
        _ask_of_another(document, facts)
    elif facts["paper.names_field"] == "no":
        other = "name" if facts["resource.name"] != "name" else "address"
        document["records"][0]["fields"].append(f"{class_ref}.{other}")
        document["instrument"]["scope"]["fields_named"] = [f"{class_ref}.{other}"]
        _name_on_another_permission(document["instrument"], facts, ref)
    if facts["paper.names_field"] == "of_which_program":
        another = "tanf" if facts["resource.program"] != "tanf" else "snap"
        document["records"].append({"program": another, "fields": [ref]})
        # Everything else is of the one that is in question.
        for paper in (*document["consents"], *document["agreements"]):
            paper["programs"] = [facts["resource.program"]]
    return {key: value for key, value in document.items() if value not in ([], {})}


def _is_housemate_of_process(facts: Facts) -> bool:
    """Whether process that binds leaves somebody out who is a member of the household."""
    kind, enforced = facts["paper.kind"], facts["paper.enforced_by_order"] == "yes"
    binds = kind in PROCESS or (kind == ENFORCED and enforced)
    return bool(binds and facts["subject.relation"] == "household_member")


def _ask_of_another(document: Document, facts: Facts) -> None:
    """Ask of somebody as well whom the paper names: whom it names by a field is no housemate."""
    document["subjects"].append({"ref": SECOND, "relation": "named"})
    document["records"][0]["fields"].append(f"{SECOND}.{facts['resource.name']}")
    scope = document["instrument"]["scope"]
    scope.pop("fields_named", None)
    if facts["paper.names_field"] == "no":
        scope["persons_named"] = [SECOND]


def _state(document: Document, place: str, fact: Fact, facts: Facts) -> None:
    """Write a fact at its place as it stands, unless it is said by leaving its place out."""
    value = facts[fact.path] if place else None
    if not value or (not fact.many and value in fact.codes):
        return
    *groups, key = place.split(".")
    for name in groups:
        document[name] = {**document.get(name, {})}
        document = document[name]
    document[key] = list(value) if fact.many else value


def _stated(facts: Facts, head: str) -> Document:
    """Return what is stated of one consent, agreement or person."""
    group: Document = {}
    for fact in FACTS:
        if fact.head == head:
            _state(group, fact.place.partition(".")[2], fact, facts)
    return group


def _is_class(facts: Facts) -> bool:
    # Somebody acts for one person, so one whose relation is unknown is then called S1.
    # So is one on whom counsel gave an opinion: it is never about a class.
    alone = facts["subject.represented_by"] != "unstated"
    alone = alone or any(facts[path] for path in OPINIONS)
    return facts["subject.relation"] in ({"class"} if alone else {"class", "unknown"})


def _add_to_paper(paper: Document, facts: Facts, on: date, ref: str) -> None:
    """Add what is not stated in one word: dates, whose court, and what came with it."""
    day = timedelta(days=1)
    valid = {
        "yes": {"from": (on - day).isoformat(), "to": (on + day).isoformat()},
        # Process that ended on the day it came is no longer told: see ``papers``.
        "no": {"from": (on - 3 * day).isoformat(), "to": (on - day).isoformat()},
    }
    later = (on + 40 * day).isoformat()
    periods = {
        "one": {"from": f"{month_text(on)}-01", "to": f"{month_text(on)}-02"},
        "more": {"from": f"{month_text(on)}-01", "to": later},
    }
    if facts["paper.names_field"] in {"yes", "of_which_program"}:
        paper["scope"]["fields_named"] = [ref]
    if facts["months"] in periods:
        paper["scope"]["period"] = periods[facts["months"]]
    if court := _whose(facts, "paper.court"):
        paper["court"] = {"jurisdiction": court}
    if facts["paper.in_date"] in valid:
        paper["valid"] = valid[facts["paper.in_date"]]
    if days := _days_of_signing(facts["paper.signed"], on):
        paper |= days
    paper["accompanies"] = _accompanying(facts, ref)


def _name_on_another_permission(paper: Document, facts: Facts, ref: str) -> None:
    """Add a second permission or agreement that names the field, where the demand is one itself."""
    covers = {"consent": "consent.field", AGREEMENT: "agreement.field"}
    covering = covers.get(facts["paper.kind"])
    if covering and facts[covering] == "yes":
        same = ("kind", "issuer", "status", "written", "valid", "signed", "served")
        twin = {key: paper[key] for key in same if key in paper}
        paper["accompanies"] = [*paper["accompanies"], {**twin, "scope": {"fields_named": [ref]}}]


def _days_of_signing(signed: str, on: date) -> Document:
    """Say when it was signed and served: one that is still to come is served the day after."""
    days = {
        "lately": ("signed", on),
        "long_ago": ("signed", on - timedelta(days=800)),
        "later": ("served", on + timedelta(days=1)),
    }
    if signed not in days:
        return {}
    part, day = days[signed]
    return {part: {"on": day.isoformat()}}


def _whose(facts: Facts, path: str) -> str:
    own = str(facts["holder.jurisdiction"])
    another = "us-vt" if own != "us-vt" else "us-nh"
    places = {"federal": "us", "holder_state": own, "other_state": another}
    return places.get(facts[path], "")


def _accompanying(facts: Facts, ref: str) -> list[Document]:
    live = facts["paper.status"] == "live" and facts["paper.in_date"] != "no"
    own = facts["paper.kind"] if live and facts["paper.signed"] != "later" else None
    # With nobody who issued them they are no process of a court: that one is written beside them.
    papers = [_beside(kind, "live", facts) for kind in facts["papers"] if kind != own]
    came = {facts["paper.kind"], *facts["papers"]}
    dead = [_beside(kind, "expired", facts) for kind in facts["kinds"] if kind not in came]
    # A sheet of which no more is known than its form, or than who sent it.
    sheet = {"kind": "none", "status": "unknown"}
    forms = [{**sheet, "form": form} for form in facts["forms"] if form != facts["paper.form"]]
    # What a judge wrote may be an order: of this one it is said that it has run out.
    issuers = [
        {**sheet, "issuer": issuer, **({"status": "expired"} if issuer in ANY_JUDGES else {})}
        for issuer in facts["issuers"]
        if issuer != facts["paper.issuer"]
    ]
    return [*papers, *dead, *_process(facts, ref), *forms, *issuers]


def _beside(kind: str, status: str, facts: Facts) -> Document:
    """Write a paper that came along; that of a permission bears out what is said of it."""
    if kind in PROCESS and status == "live":
        # It is for nobody who is asked about here.
        return {"kind": kind, "status": status, "scope": {"persons_named": []}}
    if kind == "consent":
        signed = {"issuer": "subject"} if facts["consent.elements"] == "yes" else {}
        stands = facts["consent.revoked"] == "no"
    elif kind == AGREEMENT and facts["agreement.in_force"] == "yes":
        signed = {"issuer": min(AGREE.intersection(facts["issuers"]))}
        stands = True
    else:
        return {"kind": kind, "status": status}
    # Whether it stands is then not known: it is in no list of papers in force, nor a dead one.
    unknown = status != "live" and stands
    return {"kind": kind, "status": "unknown" if unknown else status, **signed}


def _process(facts: Facts, ref: str) -> list[Document]:
    """Write one process of a court: one that is in force, if there is any, or that may bind."""
    scope: Document = {"programs": [facts["resource.program"]]}
    possible = [
        {"kind": kind, "issuer": issuer, "status": "live", "scope": scope}
        for kind, issuers in ISSUERS.items()
        for issuer in sorted(issuers)
        if kind in facts["papers"] and issuer in facts["issuers"]
    ]
    in_force = possible[:1] if facts["paper.process"] == "yes" else []
    if facts["paper.process_beside"] != "yes":
        # With an order it comes for what the order names, and says nothing but how many.
        scope["count"] = 2
        return in_force if facts["paper.kind"] == ORDER else []
    scope["fields_named"] = [ref]
    if not ref.startswith("S*"):
        scope["persons_named"] = [ref.partition(".")[0]]
    return in_force or [{**_that_may_bind(facts), "status": "unknown", "scope": scope}]


def _that_may_bind(facts: Facts) -> Document:
    """Say what came along and may bind: process by its name, or else what a judge wrote."""
    called = sorted({*PROCESS, ENFORCED}.intersection(facts["kinds"]))
    if called:
        return {
            "kind": called[0],
            **({"enforced_by_order": "yes"} if called[0] == ENFORCED else {}),
        }
    wrote = sorted(WHAT_A_JUDGE_WROTE.intersection(facts["kinds"]))
    judge = min(ANY_JUDGES.intersection(facts["issuers"]))
    return {"kind": wrote[0] if wrote else "none", "issuer": judge}


def _subjects(facts: Facts, ref: str) -> list[Document]:
    subject: Document = {"ref": ref, **_stated(facts, "subject")}
    named = facts["subject.relation"] == "named"
    second = (
        [{"ref": "S2", "relation": "named"}] if named and facts["subject.alone"] != "yes" else []
    )
    return [subject, *second]


def _representatives(facts: Facts, on: date, ref: str) -> list[Document]:
    acting = facts["subject.represented_by"]
    if acting == "unstated":
        return []
    day = timedelta(days=1)
    # Half-open: what ends on the day has ended.
    valid = {"yes": {"to": (on + day).isoformat()}, "no": {"to": on.isoformat()}}
    runs = facts["subject.authority_in_date"]
    return [{"for": ref, "as": acting, **({"valid": valid[runs]} if runs in valid else {})}]


def _findings(facts: Facts) -> Document:
    answers = {
        path.removeprefix("findings."): answer
        for path, answer in facts.items()
        if path.startswith("findings.") and answer != "unknown"
    }
    return {**answers, **dict.fromkeys(facts["raised"], "unknown")}


def _consents(facts: Facts, on: date, by: str, ref: str) -> list[Document]:
    if facts["consent.given"] != "yes":
        return []
    requester = facts["principal"]
    another = "press" if requester != "press" else "employer"
    consent: Document = {
        "by": by,
        "to": {"yes": BODY, "no": another}.get(facts["consent.recipient"], "somebody"),
        "purpose": facts["purpose"] if facts["consent.purpose"] == "yes" else "none",
        "fields": [ref] if facts["consent.field"] == "yes" else [],
        **_stated(facts, "consent"),
    }
    ends = {"yes": on + timedelta(days=1), "no": on}
    if facts["consent.in_date"] in ends:
        consent["expires_on"] = ends[facts["consent.in_date"]].isoformat()
    return [consent]


def _agreements(facts: Facts, ref: str) -> list[Document]:
    if facts["agreement.stated"] != "yes":
        return []
    requester = facts["principal"]
    another = "fns" if requester != "fns" and facts["component"] != "fns" else "cms"
    return [
        {
            "with": requester if facts["agreement.party"] == "yes" else another,
            "purposes": [facts["purpose"]] if facts["agreement.purpose"] == "yes" else [],
            "fields": [ref] if facts["agreement.field"] == "yes" else [],
            **_stated(facts, "agreement"),
        }
    ]


def _opinions(facts: Facts, on: date, ref: str) -> list[Document]:
    record = {"program": facts["resource.program"], "fields": [ref]}
    said = {"by": COUNSEL, "signed_on": on.isoformat(), "reason": "made up", "records": [record]}
    answers = {"yes": facts["opinion.favor"], "no": facts["opinion.against"]}
    return [
        {"point": point, "answer": answer, **said}
        for answer, points in answers.items()
        for point in points
    ]


def _suspensions(facts: Facts, on: date) -> list[Document]:
    return [
        {"authority": name, "by": COUNSEL, "from": on.isoformat(), "reason": "made up"}
        for name in facts["suspended"]
    ]


def _holds(hold: str, on: date) -> list[Document]:
    if hold == "none":
        return []
    held: Document = {
        "kind": "law_enforcement",
        "form": "written",
        "from": (on - timedelta(days=9)).isoformat(),
    }
    if hold == "lapsed":
        held["to"] = on.isoformat()
    return [held]
