"""Reading a demand from its written form (clerestory-demand/1): strict, every fault at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from clerestory.demands.demand import (
    Agreement,
    Consent,
    Demand,
    Hold,
    Holder,
    Instrument,
    Item,
    Opinion,
    Requester,
    Subject,
    Suspension,
)
from clerestory.demands.errors import BadDemand
from clerestory.demands.said import Said, code_of, read_said
from clerestory.demands.schema import faults_of, file_of, plain, schema
from clerestory.demands.senses import find_contradictions
from clerestory.demands.shape import find_problems
from clerestory.kernel.reading import Document, read_document
from clerestory.kernel.time import parse_moment
from clerestory.law.codes import Vocabulary
from clerestory.law.errors import UnknownCode
from clerestory.law.fact_table import said_of

FORMAT = "clerestory-demand/1"
MAX_BYTES, MAX_NODES = 32_000_000, 1_200_000
"""How large a written demand may be: a requester's list of 100,000 persons and 5 fields of each."""


def load_document(path: Path) -> Document:
    """Read a YAML or JSON file.

    Raises:
        BadDemand: It cannot be read; with every fault, its line, its key and what to write.
    """
    return read_document(path, max_bytes=MAX_BYTES, max_nodes=MAX_NODES, error=BadDemand)


def read_demand(document: Document | Any, vocabulary: Vocabulary) -> Demand:
    """Build a demand from a document, read from a file or made by a program.

    Raises:
        BadDemand: The form is not followed, facts contradict each other, or references dangle.
        UnknownCode: Nothing else is wrong but codes that the packs in use do not know.
    """
    value = plain(document)
    problems = [*find_problems(value, schema("demand"), vocabulary), *find_contradictions(value)]
    if problems:
        faults = faults_of(document, problems)
        kinds = {problem.kind for problem in problems}
        if kinds == {"code"}:
            raise UnknownCode.of(file_of(document), faults)
        code = "demand-dates-contradict" if kinds == {"dates"} else None
        raise BadDemand.of(file_of(document), faults, code=code)
    return _demand(value)


def _demand(doc: Mapping[str, Any]) -> Demand:
    """Turn a document that was checked whole into values."""
    silence = doc.get("nondisclosure") or {}
    return Demand(
        id=doc["id"],
        title=doc.get("title") or "",
        received_on=_day(doc["received"]["date"]),
        channel=doc["received"]["channel"],
        holder=_holder(doc["holder"]),
        requester=_requester(doc["requester"]),
        instrument=_instrument(doc.get("instrument") or {"kind": "none"}),
        cited=tuple(doc.get("cited") or ()),
        purpose=doc["purpose"],
        grounds=frozenset(doc.get("grounds") or ()),
        subjects=tuple(_subjects(doc)),
        items=tuple(_items(doc["records"])),
        findings={code: code_of(said) for code, said in (doc.get("findings") or {}).items()},
        consents=tuple(map(_consent, doc.get("consents") or ())),
        agreements=tuple(_agreements(doc.get("agreements") or ())),
        holds=tuple(map(_hold, doc.get("holds") or ())),
        opinions=tuple(map(_opinion, doc.get("opinions") or ())),
        suspensions=tuple(map(_suspension, doc.get("suspensions") or ())),
        threats=frozenset(doc.get("threats") or ()),
        nondisclosure=read_said("nondisclosure", silence),
        nondisclosure_until=_maybe_day(silence.get("until")),
    )


def _holder(holder: Mapping[str, Any]) -> Holder:
    return Holder(agency=holder["agency"], kind=holder["kind"], jurisdiction=holder["jurisdiction"])


def _requester(requester: Mapping[str, Any]) -> Requester:
    return Requester(
        body=requester.get("body") or "",
        kind=requester["class"],
        component=requester.get("component"),
        jurisdiction=requester.get("jurisdiction"),
        reference=requester.get("reference") or "",
    )


def _instrument(paper: Mapping[str, Any]) -> Instrument:
    scope = paper.get("scope") or {}
    period = scope.get("period") or {}
    valid = paper.get("valid") or {}
    court, signed, served = (paper.get(part) or {} for part in ("court", "signed", "served"))
    return Instrument(
        kind=paper["kind"],
        form=paper.get("form"),
        issuer=paper.get("issuer") or "none",
        court=court.get("jurisdiction"),
        court_name=court.get("name") or "",
        docket=paper.get("docket") or "",
        signed_by=signed.get("by") or "",
        signed_on=_maybe_day(signed.get("on")),
        served_by=served.get("by") or "",
        served_on=_maybe_day(served.get("on")),
        persons=scope.get("persons") or "unknown",
        count=scope.get("count") or "unknown",
        persons_named=_maybe_list(scope.get("persons_named")),
        fields=scope.get("fields") or "unstated",
        fields_named=_maybe_list(scope.get("fields_named")),
        programs=_maybe_list(scope.get("programs")),
        period_from=_maybe_day(period.get("from")),
        period_to=_maybe_day(period.get("to")),
        valid_from=_maybe_day(valid.get("from")),
        valid_to=_maybe_day(valid.get("to")),
        status=paper.get("status") or "unknown",
        said=read_said("paper", paper),
        returns_on=_maybe_day(paper.get("returns_on")),
        accompanies=tuple(map(_instrument, paper.get("accompanies") or ())),
    )


def _subjects(doc: Mapping[str, Any]) -> Iterator[Subject]:
    acting = {each["for"]: each for each in doc.get("representatives") or ()}
    # A long list says the same of very many persons: it is kept once.
    kept: dict[tuple[object, ...], Said] = {}
    keys = [fact.key for fact in said_of("subject")]
    for subject in doc["subjects"]:
        written = tuple(map(subject.get, keys))
        if written not in kept:
            kept[written] = read_said("subject", subject)
        representative = acting.get(subject["ref"]) or {}
        valid = representative.get("valid") or {}
        yield Subject(
            ref=subject["ref"],
            relation=subject["relation"],
            said=kept[written],
            flags=frozenset(subject.get("flags") or ()),
            represented_by=representative.get("as"),
            represented_from=_maybe_day(valid.get("from")),
            represented_to=_maybe_day(valid.get("to")),
            defined_by=frozenset(subject.get("defined_by") or ()),
        )


def _items(records: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    # A long list says the same refs and fields very often: each text is kept once.
    kept: dict[str, str] = {}
    for record in records:
        for reference in record["fields"]:
            subject, _, name = reference.partition(".")
            yield Item(
                kept.setdefault(subject, subject), record["program"], kept.setdefault(name, name)
            )


def _consent(consent: Mapping[str, Any]) -> Consent:
    return Consent(
        by=consent["by"],
        to=consent.get("to") or "",
        purpose=consent.get("purpose") or "",
        fields=tuple(consent.get("fields") or ()),
        programs=_maybe_list(consent.get("programs")),
        signed_on=_maybe_day(consent.get("signed_on")),
        expires_on=_maybe_day(consent.get("expires_on")),
        said=read_said("consent", consent),
    )


def _agreements(agreements: Sequence[Mapping[str, Any]]) -> Iterator[Agreement]:
    for place, agreement in enumerate(agreements, 1):
        yield Agreement(
            id=agreement.get("id") or f"agreement {place}",
            with_body=agreement["with"],
            purposes=frozenset(agreement.get("purposes") or ()),
            fields=tuple(agreement.get("fields") or ()),
            programs=_maybe_list(agreement.get("programs")),
            valid_from=_maybe_day(agreement.get("from")),
            valid_to=_maybe_day(agreement.get("to")),
            said=read_said("agreement", agreement),
        )


def _hold(hold: Mapping[str, Any]) -> Hold:
    return Hold(
        kind=hold["kind"],
        form=hold.get("form") or "oral",
        held_from=_day(hold["from"]),
        held_to=_maybe_day(hold.get("to")),
        written_followup=code_of(hold.get("written_followup")),
    )


def _opinion(opinion: Mapping[str, Any]) -> Opinion:
    return Opinion(
        point=opinion["point"],
        in_favor=opinion["answer"] in ("yes", True),
        items=frozenset(_items(opinion["records"])),
        by=opinion["by"],
        signed_on=_day(opinion["signed_on"]),
        reason=opinion["reason"],
    )


def _suspension(suspension: Mapping[str, Any]) -> Suspension:
    end = suspension.get("to")
    return Suspension(
        authority=suspension["authority"],
        by=suspension["by"],
        reason=suspension["reason"],
        held_from=_day_or_moment(suspension["from"]),
        held_to=None if end is None else _day_or_moment(end),
    )


def _day_or_moment(value: date | str) -> date | datetime:
    return parse_moment(value) if isinstance(value, str) and "T" in value else _day(value)


def _maybe_list(value: Sequence[str] | None) -> tuple[str, ...] | None:
    """An empty list says that nothing is named, which is not silence."""
    return None if value is None else tuple(value)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _maybe_day(value: date | str | None) -> date | None:
    return None if value is None else _day(value)
