"""Reading a demand from its written form (clerestory-demand/1): strict, and with a next step."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from clerestory.demands.demand import (
    Agreement,
    Answer,
    Consent,
    Demand,
    Hold,
    Holder,
    Instrument,
    Item,
    Requester,
    Subject,
)
from clerestory.demands.errors import BadDemand
from clerestory.demands.schema import check_shape
from clerestory.law.codes import Vocabulary

FORMAT = "clerestory-demand/1"
MAX_FILE_BYTES = 8_000_000
MAX_DEPTH = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]
    """A safe loader that refuses a key written twice: one of the two would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise yaml.YAMLError(f"the key {key.value} stands twice, line {line}")
                seen.add(key.value)
        return mapping


def load_document(path: Path) -> Any:
    """Read a YAML or JSON file.

    Raises:
        BadDemand: It cannot be read; the message gives line and column where there are any.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadDemand(
                f"{path.name} is larger than {MAX_FILE_BYTES} bytes",
                todo="give the written form of the demand alone, without the papers",
            )
        text = path.read_text("utf-8")
    except FileNotFoundError as fault:
        raise BadDemand(f"there is no file {path.name}", todo="check the path") from fault
    except UnicodeDecodeError as fault:
        raise BadDemand(
            f"{path.name} is not UTF-8 text: byte {fault.start}",
            todo="save the file as UTF-8 text (YAML or JSON)",
        ) from fault
    try:
        if path.suffix == ".json":
            return json.loads(text)
        _check_nesting(text, path.name)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a safe loader)
    except RecursionError as fault:
        raise BadDemand(
            f"{path.name} is nested too deeply", todo="write each part where the form has it"
        ) from fault
    except (yaml.YAMLError, ValueError) as fault:
        where = " ".join(str(fault).split())
        raise BadDemand(
            f"{path.name} cannot be read as YAML or JSON: {where}",
            todo="mend the line named; a text with a colon needs quotes",
        ) from fault


def _check_nesting(text: str, file: str) -> None:
    """Walk the file's events first: what nests without end would bring the reader down."""
    depth, anchored = 0, 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            anchored += bool(event.anchor or anchored)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            anchored -= bool(anchored)
        if depth > MAX_DEPTH or (anchored and isinstance(event, yaml.AliasEvent)):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise BadDemand(
                f"{file} is nested too deeply: line {line}",
                todo="write each part out where the form has it",
            )


def read_demand(document: Any, vocabulary: Vocabulary) -> Demand:
    """Build a demand from a parsed document.

    Raises:
        BadDemand: The form is not followed, facts contradict each other, or references dangle.
        UnknownCode: A code that the packs in use do not know.
    """
    check_shape(document)
    reader = _Reader(document, vocabulary)
    demand = reader.demand()
    _check_sense(demand)
    return demand


class _Reader:
    """Turns the parts of one document into values, checking each code where it stands."""

    def __init__(self, document: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self._document = document
        self._vocabulary = vocabulary

    def demand(self) -> Demand:
        doc = self._document
        silence = doc.get("nondisclosure") or {}
        return Demand(
            id=str(doc["id"]),
            title=str(doc.get("title", "")),
            received_on=_day(doc["received"]["date"], "received.date"),
            channel=self._code("channel", doc["received"]["channel"], "received.channel"),
            holder=self._holder(),
            requester=self._requester(),
            instrument=self._instrument(doc.get("instrument") or {"kind": "none"}, "instrument"),
            cited=tuple(map(str, doc.get("cited") or ())),
            purpose=self._code("purpose", doc["purpose"], "purpose"),
            grounds=self._codes("grounds", doc.get("grounds"), "grounds"),
            subjects=tuple(self._subjects()),
            items=tuple(self._items()),
            findings=self._findings(),
            consents=tuple(self._consents()),
            agreements=tuple(self._agreements()),
            holds=tuple(self._holds()),
            threats=self._codes("threats", doc.get("threats"), "threats"),
            nondisclosure_asked=_answer(silence.get("asked")),
            nondisclosure_ordered=_answer(silence.get("ordered")),
            nondisclosure_until=_maybe_day(silence.get("until"), "nondisclosure.until"),
        )

    def _holder(self) -> Holder:
        holder = self._document["holder"]
        return Holder(
            agency=self._code("holder", holder["agency"], "holder.agency"),
            kind=self._code("holder_kind", holder["kind"], "holder.kind"),
            jurisdiction=self._code("jurisdiction", holder["jurisdiction"], "holder.jurisdiction"),
        )

    def _requester(self) -> Requester:
        requester = self._document["requester"]
        component = requester.get("component")
        return Requester(
            body=str(requester.get("body", "")),
            kind=self._code("requester_class", requester["class"], "requester.class"),
            component=self._code("component", component, "requester.component")
            if component
            else None,
        )

    def _instrument(self, paper: Mapping[str, Any], where: str) -> Instrument:
        scope = paper.get("scope") or {}
        period = scope.get("period") or {}
        valid = paper.get("valid") or {}
        named = scope.get("fields_named")
        extras = enumerate(paper.get("accompanies") or ())
        return Instrument(
            kind=self._code("instrument_kind", paper["kind"], f"{where}.kind"),
            form=self._code("form", paper["form"], f"{where}.form") if paper.get("form") else None,
            issuer=self._code("issuer", paper.get("issuer") or "none", f"{where}.issuer"),
            written=_answer(paper.get("written")),
            persons=self._code(
                "persons", scope.get("persons") or "unknown", f"{where}.scope.persons"
            ),
            count=_count(scope.get("count")),
            fields=self._code(
                "fields_asked", scope.get("fields") or "unstated", f"{where}.scope.fields"
            ),
            fields_named=tuple(map(str, named)) if named is not None else None,
            period_from=_maybe_day(period.get("from"), f"{where}.scope.period.from"),
            period_to=_maybe_day(period.get("to"), f"{where}.scope.period.to"),
            valid_from=_maybe_day(valid.get("from"), f"{where}.valid.from"),
            valid_to=_maybe_day(valid.get("to"), f"{where}.valid.to"),
            status=self._code("status", paper.get("status") or "unknown", f"{where}.status"),
            enforced_by_order=_answer(paper.get("enforced_by_order")),
            returns_on=_maybe_day(paper.get("returns_on"), f"{where}.returns_on"),
            accompanies=tuple(
                self._instrument(extra, f"{where}.accompanies[{n}]") for n, extra in extras
            ),
        )

    def _subjects(self) -> Iterator[Subject]:
        for n, subject in enumerate(self._document["subjects"]):
            where = f"subjects[{n}]"
            yield Subject(
                ref=str(subject["ref"]),
                relation=self._code("relation", subject["relation"], f"{where}.relation"),
                applicant=_answer(subject.get("applicant")),
                flags=self._codes("flags", subject.get("flags"), f"{where}.flags"),
                defined_by=self._codes(
                    "defined_by", subject.get("defined_by"), f"{where}.defined_by"
                ),
            )

    def _items(self) -> Iterator[Item]:
        known = {str(subject["ref"]) for subject in self._document["subjects"]}
        for n, record in enumerate(self._document["records"]):
            program = self._code("program", record["program"], f"records[{n}].program")
            for m, reference in enumerate(record["fields"]):
                where = f"records[{n}].fields[{m}]"
                subject, _, name = str(reference).partition(".")
                if subject not in known:
                    raise BadDemand(
                        f"{where} asks about {subject}, who is not among the subjects",
                        todo=f"add {subject} to subjects or mend the reference",
                    )
                yield Item(subject, program, self._code("fields", name, where))

    def _findings(self) -> dict[str, Answer]:
        stated = self._document.get("findings") or {}
        return {
            self._code("findings", str(code), "findings"): _answer(answer)
            for code, answer in stated.items()
        }

    def _consents(self) -> Iterator[Consent]:
        for n, consent in enumerate(self._document.get("consents") or ()):
            where = f"consents[{n}]"
            for reference in consent.get("fields") or ():
                _, _, name = str(reference).rpartition(".")
                self._code("fields", name, f"{where}.fields")
            yield Consent(
                by=str(consent["by"]),
                to=str(consent.get("to") or ""),
                purpose=str(consent.get("purpose") or ""),
                fields=tuple(map(str, consent.get("fields") or ())),
                signed_on=_maybe_day(consent.get("signed_on"), f"{where}.signed_on"),
                expires_on=_maybe_day(consent.get("expires_on"), f"{where}.expires_on"),
                revoked=_answer(consent.get("revoked")),
                elements_complete=_answer(consent.get("elements_complete")),
            )

    def _agreements(self) -> Iterator[Agreement]:
        for n, agreement in enumerate(self._document.get("agreements") or ()):
            where = f"agreements[{n}]"
            yield Agreement(
                id=str(agreement.get("id") or f"agreement {n + 1}"),
                with_body=str(agreement["with"]),
                purposes=self._codes("purpose", agreement.get("purposes"), f"{where}.purposes"),
                fields=tuple(map(str, agreement.get("fields") or ())),
                valid_from=_maybe_day(agreement.get("from"), f"{where}.from"),
                valid_to=_maybe_day(agreement.get("to"), f"{where}.to"),
                in_force=_answer(agreement.get("in_force")),
                agreed_by_holder=_answer(agreement.get("agreed_by_holder")),
                bars_onward_sharing=_answer(agreement.get("bars_onward_sharing")),
            )

    def _holds(self) -> Iterator[Hold]:
        for n, hold in enumerate(self._document.get("holds") or ()):
            where = f"holds[{n}]"
            yield Hold(
                kind=self._code("hold_kind", hold["kind"], f"{where}.kind"),
                form=self._code("hold_form", hold.get("form") or "oral", f"{where}.form"),
                held_from=_day(hold["from"], f"{where}.from"),
                held_to=_maybe_day(hold.get("to"), f"{where}.to"),
                written_followup=_answer(hold.get("written_followup")),
            )

    def _code(self, list_name: str, code: object, where: str) -> str:
        return self._vocabulary.check(list_name, str(code), where)

    def _codes(self, list_name: str, codes: Sequence[object] | None, where: str) -> frozenset[str]:
        return frozenset(self._code(list_name, code, where) for code in codes or ())


def _check_sense(demand: Demand) -> None:
    paper = demand.instrument
    spans = (
        *(("instrument.valid", each.valid_from, each.valid_to) for each in paper.with_accompanying),
        *((f"hold {hold.kind}", hold.held_from, hold.held_to) for hold in demand.holds),
        ("instrument.scope.period", paper.period_from, paper.period_to),
        *((f"agreement {a.id}", a.valid_from, a.valid_to) for a in demand.agreements),
        *((f"consent of {c.by}", c.signed_on, c.expires_on) for c in demand.consents),
    )
    for name, start, end in spans:
        if start and end and end < start:
            raise BadDemand(
                f"{name} ends before it starts: {start} {end}",
                code="demand-dates-contradict",
                todo="check both dates on the paper",
            )
    refs = [subject.ref for subject in demand.subjects]
    if len(set(refs)) != len(refs):
        raise BadDemand("two subjects carry the same ref", todo="give each subject its own ref")
    named = set(paper.fields_named or ())
    strangers = named - {item.ref for item in demand.items}
    if strangers:
        raise BadDemand(
            f"instrument.scope.fields_named names what is not asked: {sorted(strangers)[0]}",
            todo="list it under records as well, or mend the reference",
        )


def _answer(value: object) -> Answer:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == "yes" or value == "no" or value == "unknown":
        return value
    raise BadDemand(
        f"a yes/no fact must be yes, no or unknown: {value}", todo="write one of the three words"
    )


def _day(value: object, where: str) -> date:
    day = _maybe_day(value, where)
    if day is None:
        raise BadDemand(f"{where} has no date", todo="write it as 2026-02-26")
    return day


def _maybe_day(value: object, where: str) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as fault:
        raise BadDemand(f"{where} is not a date: {value}", todo="write it as 2026-02-26") from fault


def _count(value: object) -> int | Literal["all", "unknown"]:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return "all" if value == "all" else "unknown"
