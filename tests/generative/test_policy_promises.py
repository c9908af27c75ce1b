"""The promises, on demands made up from the whole vocabulary and on known demands turned about.

A demand is drawn in its written form, read, and decided under the real packs. What each promise
allows is worked out here from the document alone, not from what the policies established.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clerestory.audit.casebook import cases_of, day_of, demand_on
from clerestory.audit.law_days import LawDays
from clerestory.demands import Determination, Outcome, Ruling, load_document, read_demand
from clerestory.demands.demand import Demand
from clerestory.demands.schema import check_shape
from clerestory.demands.speaking import Speaker
from clerestory.demands.writing import determination_json
from clerestory.kernel import Refusal, canonical_bytes
from clerestory.law.codes import Vocabulary
from clerestory.policy import Engine
from whole import WHOLE

ROOT = Path(__file__).parents[2]
DAYS = LawDays(ROOT / "packs")
STACKS = (("us-federal",), ("us-federal", "us-me"))
DATES = tuple(map(date.fromisoformat, ("2025-03-03", "2025-11-03", "2026-03-02", "2026-11-02")))
Document = dict[str, Any]


def examples(count: int) -> settings:
    """One example is a whole demand: no deadline, and no more of them than are of use."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count, deadline=None, suppress_health_check=slow)


def vocabulary() -> Vocabulary:
    return DAYS.stack(STACKS[1]).vocabulary


@cache
def engine(packs: tuple[str, ...], on: date) -> Engine:
    return DAYS.engine(packs, on)


def codes(list_name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(vocabulary().lists[list_name]))


ANSWERS = st.sampled_from(["yes", "yes", "yes", "no", "unknown"])
FINDINGS = st.dictionaries(codes("findings"), ANSWERS, max_size=12)
COMMON = {
    "requester_identified": "yes",
    "authority_stated": "yes",
    "official_capacity": "yes",
    "administers_or_audits_program": "yes",
    "needed_for_decision": "yes",
    "comparable_confidentiality": "yes",
}


# ---- Whole demands.


@st.composite
def papers(draw: st.DrawFn, on: date) -> Document:
    far = timedelta(days=400)
    kind = draw(codes("instrument_kind"))
    return {
        "kind": kind,
        "form": draw(st.none() | codes("form")),
        "issuer": draw(codes("issuer")),
        "written": draw(ANSWERS),
        "scope": {
            "persons": draw(st.sampled_from(["named", "named", "listed", "class", "unknown"])),
            "fields": draw(st.sampled_from(["stated", "stated", "everything", "unstated"])),
            "period": draw(
                st.sampled_from(
                    [None, {"from": on - far, "to": on}, {"from": on, "to": on + timedelta(days=1)}]
                )
            ),
        },
        "valid": draw(
            st.sampled_from(
                [None, None, {"from": on - far, "to": on + far}, {"from": on - far, "to": on}]
            )
        ),
        "status": draw(st.sampled_from(["live", "live", "live"]) | codes("status")),
        "enforced_by_order": draw(st.sampled_from(["no", "yes", "unknown"])),
        "accompanies": [
            {"kind": draw(codes("instrument_kind")), "status": draw(codes("status"))}
            for _ in range(draw(st.integers(0, 1)))
        ],
    }


@st.composite
def subjects(draw: st.DrawFn) -> list[Document]:
    persons = [
        {
            "ref": f"S{number}",
            "relation": draw(st.sampled_from(["named", "named", "listed_row", "household_member"])),
            "applicant": draw(ANSWERS),
            "flags": draw(st.lists(codes("flags"), max_size=2, unique=True)),
        }
        for number in range(1, draw(st.integers(0, 2)) + 1)
    ]
    if not persons or draw(st.booleans()):
        persons.append(
            {
                "ref": "S*",
                "relation": draw(st.sampled_from(["class", "class", "unknown"])),
                "defined_by": draw(st.lists(codes("defined_by"), max_size=2, unique=True)),
            }
        )
    return persons


@st.composite
def made_up(draw: st.DrawFn, on: date) -> Document:
    """A demand of which every code was drawn from its list."""
    people = draw(subjects())
    refs = [person["ref"] for person in people]
    requester = draw(codes("requester_class"))
    purpose = draw(codes("purpose"))
    items = [
        f"{draw(st.sampled_from(refs))}.{draw(codes('fields'))}"
        for _ in range(draw(st.integers(1, 4)))
    ]
    consent = {
        "by": refs[0],
        "to": draw(st.sampled_from([requester, "", "somebody else"])),
        "purpose": draw(st.sampled_from([purpose, "", "tenancy"])),
        "fields": items,
        "signed_on": on - timedelta(days=1),
        "expires_on": draw(st.sampled_from([None, on, on + timedelta(days=9)])),
        "revoked": draw(st.sampled_from(["no", "yes", "unknown"])),
        "elements_complete": draw(ANSWERS),
    }
    agreement = {
        "with": draw(st.sampled_from([requester, "fns"])),
        "purposes": [draw(st.sampled_from([purpose, "quality_control"]))],
        "fields": items,
        "to": draw(st.sampled_from([None, on, on + timedelta(days=9)])),
        "in_force": draw(ANSWERS),
        "agreed_by_holder": draw(ANSWERS),
        "bars_onward_sharing": draw(ANSWERS),
    }
    return {
        "format": "clerestory-demand/1",
        "id": "made-up",
        "received": {"date": on, "channel": draw(codes("channel"))},
        "holder": draw(
            st.sampled_from(
                [
                    {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
                    {"agency": "us-cms", "kind": "federal_agency", "jurisdiction": "us"},
                    {"agency": "me-county-jail", "kind": "county", "jurisdiction": "us-me"},
                ]
            )
        ),
        "requester": {
            "class": requester,
            "component": draw(st.none() | codes("component")),
        },
        "instrument": draw(papers(on)),
        "cited": draw(
            st.lists(st.sampled_from(sorted(DAYS.stack(STACKS[1]).authorities)), max_size=2)
        ),
        "purpose": purpose,
        "grounds": draw(st.lists(codes("grounds"), max_size=2)),
        "subjects": people,
        "records": [{"program": draw(codes("program")), "fields": items}],
        "findings": draw(st.just(COMMON) | st.just({})) | draw(FINDINGS),
        "consents": draw(st.sampled_from([[], [consent]])),
        "agreements": draw(st.sampled_from([[], [agreement]])),
        "holds": draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "kind": codes("hold_kind"),
                        "form": codes("hold_form"),
                        "from": st.just(on - timedelta(days=5)),
                        "written_followup": ANSWERS,
                    }
                ),
                max_size=1,
            )
        ),
        "threats": draw(st.lists(codes("threats"), max_size=1)),
        "nondisclosure": {"ordered": draw(ANSWERS), "until": draw(st.none() | st.just(on))},
    }


def known_demands() -> list[tuple[Document, date]]:
    """Every known demand of which something is released, on the day it is."""
    paths = [*sorted((ROOT / "casebook").glob("*.yaml")), *(ROOT / "packs").glob("*/cases/*.yaml")]
    return [
        (dict(demand_on(case, day_of(step))), day_of(step))
        for path in sorted(paths)
        for case in cases_of(load_document(path), path.name)
        if set(case["packs"]) <= set(STACKS[1])
        for step in case["expect"]
        if "release" in (step.get("rulings") or {}).values()
    ]


KNOWN = known_demands()
FOR_CLASSES = [k for k in KNOWN if any(s["relation"] == "class" for s in k[0]["subjects"])]
FOR_IMMIGRATION = [
    k
    for k in KNOWN
    if "federal_immigration"
    in vocabulary().groups_of("requester_class", k[0]["requester"]["class"])
    or "immigration_enforcement" in vocabulary().groups_of("purpose", k[0]["purpose"])
]


def name_nobody(document: Document) -> None:
    """A paper that names somebody makes them named, and the reader says so."""
    scope = dict(document["instrument"].get("scope") or {})
    scope.pop("persons_named", None)
    document["instrument"]["scope"] = scope


@st.composite
def turned_about(
    draw: st.DrawFn, known: Sequence[tuple[Document, date]] = KNOWN, most: int = 3
) -> "Drawn":
    """A known demand that opens something, with some of its facts changed."""
    document, on = copy.deepcopy(draw(st.sampled_from(known)))
    document["findings"] = {**(document.get("findings") or {}), **draw(FINDINGS)}
    paper = document.setdefault("instrument", None) or {"kind": "none"}
    document["instrument"] = dict(paper)
    for _ in range(draw(st.integers(0, most))):
        part = draw(st.sampled_from(["class", "purpose", "relation", "paper", "program", "picked"]))
        if part == "class":
            document["requester"] = {"class": draw(codes("requester_class"))}
        elif part == "purpose":
            document["purpose"] = draw(codes("purpose"))
        elif part == "relation":
            name_nobody(document)
            for subject in document["subjects"]:
                if subject["ref"] != "S*":
                    # A class is called S*, and the reader takes it under no other ref.
                    subject["relation"] = draw(codes("relation").filter(lambda c: c != "class"))
        elif part == "paper":
            fresh = draw(papers(on))
            fresh["scope"].pop("fields_named", None)
            document["instrument"] |= fresh
        elif part == "program":
            document["records"][0]["program"] = draw(codes("program"))
            # Counsel's opinions are about what was asked before.
            document.pop("opinions", None)
        else:
            document["subjects"][0]["defined_by"] = [draw(codes("defined_by"))]
    return Drawn(document, on, draw(st.sampled_from(STACKS)))


@st.composite
def made_up_on_a_day(draw: st.DrawFn) -> "Drawn":
    on = draw(st.sampled_from(DATES))
    return Drawn(draw(made_up(on)), on, draw(st.sampled_from(STACKS)))


def drawn() -> st.SearchStrategy["Drawn"]:
    return made_up_on_a_day() | turned_about() | turned_about()


class Drawn:
    """One drawn demand, the day and the packs."""

    def __init__(self, document: Document, on: date, packs: tuple[str, ...]) -> None:
        self.document, self.on, self.packs = document, on, packs

    def __repr__(self) -> str:
        return f"Drawn({self.document!r}, {self.on!r}, {self.packs!r})"

    @property
    def engine(self) -> Engine:
        return engine(self.packs, self.on)

    def read(self) -> Demand:
        return read_demand(self.document, vocabulary())

    def decide(self, *, explain: bool = False) -> Determination:
        return self.engine.decide(self.read(), explain=explain)

    def released(self) -> list[Ruling]:
        return [r for r in self.decide().rulings if leaves(r)]

    def groups(self, list_name: str, code: str) -> frozenset[str]:
        return vocabulary().groups_of(list_name, code)


def leaves(ruling: Ruling) -> bool:
    return ruling.outcome in {Outcome.RELEASE, Outcome.COARSEN}


def about_a_person(ruling: Ruling) -> bool:
    groups = vocabulary().groups_of("fields", ruling.item.field)
    return not groups & {"about_nobody", "public_business"}


def compelled_by_judge(demand: Demand, ruling: Ruling, on: date) -> bool:
    """Whether a judge's own order, or an order to obey a subpoena, names this person and field."""
    paper = demand.instrument
    own = paper.kind in {"court_order", "search_warrant"} and paper.issuer in {
        "article_iii_judge", "magistrate_judge", "state_judge",
    }  # fmt: skip
    enforced = paper.kind.endswith("_subpoena") and paper.said["enforced_by_order"] == "yes"
    named = (
        ruling.item.ref in paper.fields_named
        if paper.fields_named is not None
        else paper.fields == "stated"
    )
    in_date = not (
        (paper.valid_from and on < paper.valid_from) or (paper.valid_to and on >= paper.valid_to)
    )
    return (
        (own or (enforced and demand.finding("order_stayed") == "no"))
        and paper.status == "live"
        and in_date
        and named
        and demand.subject(ruling.item.subject).relation in {"named", "listed_row"}
        and demand.finding("order_stayed") != "yes"
        and demand.finding("order_reversed") != "yes"
    )


# ---- The promises, each a check of one determination.


def rests_on_authorities_in_force(case: Drawn, _demand: Demand, ruling: Ruling) -> None:
    authorities = DAYS.stack(case.packs).authorities
    assert ruling.authorities
    assert all(case.on in authorities[name].in_force for name in ruling.authorities)


def speaks_to_three_readers(_case: Drawn, _demand: Demand, ruling: Ruling) -> None:
    for text in (ruling.reason.counsel, ruling.reason.requester, ruling.reason.person):
        assert len(text.split()) > 3


def immigration_needs_judge_or_mandate(case: Drawn, demand: Demand, ruling: Ruling) -> None:
    enforcing = (
        "federal_immigration" in case.groups("requester_class", demand.requester.kind)
        or "immigration_enforcement" in case.groups("purpose", demand.purpose)
        or demand.finding("relates_to_immigration_enforcement") == "yes"
    )
    if enforcing and leaves(ruling) and about_a_person(ruling):
        assert (
            case.engine.law.mandates & set(ruling.policies)
            or compelled_by_judge(demand, ruling, case.on)
            or (demand.requester.kind, demand.purpose) == ("uscis", "status_verification")
        )


def class_needs_agreement_for_school_meals(case: Drawn, demand: Demand, ruling: Ruling) -> None:
    # Whose tie to the demand nobody knows is treated as a class, though it is one person.
    of_nobody_named = demand.subject(ruling.item.subject).relation in {"class", "unknown"}
    if not (of_nobody_named and about_a_person(ruling)):
        return
    if leaves(ruling):
        assert (demand.requester.kind, demand.purpose) == ("school", "direct_certification")
        assert any(
            agreement.said["in_force"] != "no"
            and agreement.said["agreed_by_holder"] == "yes"
            and (agreement.valid_to is None or case.on < agreement.valid_to)
            for agreement in demand.agreements
        )


def class_is_never_picked_by_status(_case: Drawn, demand: Demand, ruling: Ruling) -> None:
    subject = demand.subject(ruling.item.subject)
    by_status = {"immigration_status", "citizenship", "nationality", "national_origin",
                 "birthplace", "language", "race_ethnicity", "program_proxy"}  # fmt: skip
    if subject.relation in {"class", "unknown", "listed_row"} and subject.defined_by & by_status:
        assert not (leaves(ruling) and about_a_person(ruling))


def household_members_are_left_out(_case: Drawn, demand: Demand, ruling: Ruling) -> None:
    if demand.subject(ruling.item.subject).relation == "household_member":
        assert not leaves(ruling)


def coarser_answers_say_how_coarse(_case: Drawn, _demand: Demand, ruling: Ruling) -> None:
    assert (ruling.coarsen_to is not None) == (ruling.outcome is Outcome.COARSEN)


PROMISES: tuple[Callable[[Drawn, Demand, Ruling], None], ...] = (
    rests_on_authorities_in_force,
    speaks_to_three_readers,
    immigration_needs_judge_or_mandate,
    class_needs_agreement_for_school_meals,
    class_is_never_picked_by_status,
    household_members_are_left_out,
    coarser_answers_say_how_coarse,
)


def keeps_every_promise(case: Drawn) -> None:
    demand = case.read()
    determination = case.decide()
    assert determination.alarms == ()
    for ruling in determination.rulings:
        for promise in PROMISES:
            promise(case, demand, ruling)


@examples(150)
@given(case=drawn())
def test_every_promise_holds_of_demands_made_up_and_turned_about(case: Drawn) -> None:
    keeps_every_promise(case)


@examples(60)
@given(case=turned_about(FOR_CLASSES, most=1))
def test_every_promise_holds_of_demands_for_a_class(case: Drawn) -> None:
    keeps_every_promise(case)


@examples(60)
@given(case=turned_about(FOR_IMMIGRATION, most=1), how=st.sampled_from(["as is", "purpose", "who"]))
def test_every_promise_holds_of_demands_for_immigration_enforcement(case: Drawn, how: str) -> None:
    if how == "purpose":
        case.document["purpose"] = "locate_for_removal"
    elif how == "who":
        case.document["requester"] = {"class": "ice"}

    keeps_every_promise(case)


@examples(60)
@given(case=turned_about(most=1), enforcing=st.sampled_from(["purpose", "who", "found"]))
def test_what_was_open_to_others_stays_closed_to_immigration_enforcement(
    case: Drawn, enforcing: str
) -> None:
    if enforcing == "purpose":
        case.document["purpose"] = "civil_immigration_arrest"
    elif enforcing == "who":
        case.document["requester"] = {"class": "ice", "component": "ice_ero"}
    else:
        case.document["findings"]["relates_to_immigration_enforcement"] = "yes"

    keeps_every_promise(case)


@examples(40)
@given(case=turned_about(most=1), relation=st.sampled_from(["household_member", "unknown"]))
def test_what_was_open_for_the_person_named_stays_closed_for_anybody_else(
    case: Drawn, relation: str
) -> None:
    name_nobody(case.document)
    for subject in case.document["subjects"]:
        subject["relation"] = relation if subject["ref"] != "S*" else "class"

    keeps_every_promise(case)


@examples(700 if WHOLE else 200)
@given(case=drawn())
def test_every_promise_holds_of_many_more_demands(case: Drawn) -> None:
    keeps_every_promise(case)


def test_the_demands_to_start_from_do_open_what_the_promises_leave_open() -> None:
    def opens(known: Sequence[tuple[Document, date]]) -> int:
        cases = [Drawn(document, on, STACKS[1]) for document, on in known]
        return sum(any(map(about_a_person, case.released())) for case in cases)

    assert opens(FOR_CLASSES[:4]) > 0
    assert opens(FOR_IMMIGRATION[:12]) > 0
    assert opens(KNOWN[:12]) > 6


# ---- What holds of deciding.


@examples(40)
@given(case=drawn())
def test_a_demand_that_follows_the_form_is_decided_or_refused_and_never_fails(case: Drawn) -> None:
    check_shape(case.document)
    try:
        demand = case.read()
    except Refusal:
        return

    written = determination_json(
        case.engine.decide(demand), Speaker(sentences=case.engine.law.stack.sentences)
    )

    check_shape(written, "determination")
    assert canonical_bytes(written)
    assert len(written["rulings"]) == len(set(demand.items))  # type: ignore[arg-type]


@examples(25)
@given(case=drawn(), order=st.randoms(use_true_random=False))
def test_deciding_twice_gives_one_answer_and_the_order_of_persons_does_not_matter(
    case: Drawn, order: Random
) -> None:
    first = case.decide(explain=True)
    turned = copy.deepcopy(case.document)
    order.shuffle(turned["subjects"])

    assert case.decide(explain=True) == first
    assert Drawn(turned, case.on, case.packs).decide(explain=True) == first


# ---- What is undone, lapsed or tax information.


@examples(80)
@given(
    case=turned_about(most=1),
    undone=st.sampled_from(
        ["expired", "quashed", "stayed", "withdrawn", "unknown", "in the past", "yet to come"]
    ),
)
def test_a_paper_that_is_not_in_force_releases_nothing(case: Drawn, undone: str) -> None:
    paper = case.document["instrument"]
    if paper["kind"] == "none":
        paper["kind"] = "letter"
    if undone == "in the past":
        paper["valid"] = {"from": None, "to": case.on}
    elif undone == "yet to come":
        paper["valid"] = {"from": case.on + timedelta(days=1), "to": None}
    else:
        paper["status"] = undone

    assert case.released() == []


@examples(60)
@given(case=turned_about(most=1), finding=st.sampled_from(["order_stayed", "order_reversed"]))
def test_an_order_that_is_stayed_or_reversed_releases_nothing(case: Drawn, finding: str) -> None:
    case.document["findings"][finding] = "yes"

    assert case.released() == []


@examples(60)
@given(case=turned_about(most=1), by_name=st.booleans())
def test_tax_information_never_leaves_whatever_it_is_called(case: Drawn, by_name: bool) -> None:
    if by_name:
        for record in case.document["records"]:
            record["fields"] = [ref.split(".")[0] + ".fti_income" for ref in record["fields"]]
        (case.document["instrument"].get("scope") or {}).pop("fields_named", None)
    demand = case.read()
    sources = {(item.program, item.field): "irs" for item in demand.items}
    engine = replace(case.engine, sources={} if by_name else sources)

    for ruling in filter(about_a_person, engine.decide(demand, explain=False).rulings):
        assert not leaves(ruling), ruling


# ---- Doubt opens nothing.

# Findings whose yes is itself a restriction, each with the reason why an unknown closes less.
RESTRICTIVE = {
    "agency_consent_only": "a permission that an agency signed is not the person's",
    "conflicting_orders": "two courts disagree, so counsel decides",
    "holder_is_law_enforcement_agency": "Maine's limits on jails apply to such a holder only",
    "law_enforcement_hold_written": "an accounting is suspended while the hold runs",
    "order_reversed": "an order that is undone compels nothing",
    "order_stayed": "an order that is stayed compels nothing",
    "phi_potentially_reproductive": "the attestation was needed for such records only",
    "relates_to_immigration_enforcement": "the request is closed for that purpose",
    "source_asked_confidentiality": "the source's wish keeps the fact from the person",
}
# A known demand that shows it, and the day where another than its own is meant.
SHOWN_BY = {
    "agency_consent_only": ("ST-ME-03", None),
    "conflicting_orders": ("FED-001", None),
    "holder_is_law_enforcement_agency": ("MC-051", None),
    "law_enforcement_hold_written": ("FC-090", None),
    "order_reversed": ("FED-001", None),
    "order_stayed": ("FED-001", None),
    "phi_potentially_reproductive": ("FED-021", date(2025, 3, 3)),
    "relates_to_immigration_enforcement": ("FED-001", None),
    "source_asked_confidentiality": ("NC-017", None),
}


@pytest.mark.parametrize("code", sorted(RESTRICTIVE))
def test_a_finding_on_the_list_of_restrictions_does_close_something(code: str) -> None:
    name, day = SHOWN_BY[code]
    document, on = next(known for known in KNOWN if known[0]["id"] == name)
    case = Drawn(copy.deepcopy(document), day or on, STACKS[1])
    open_before = {ruling.item for ruling in case.released()}

    case.document["findings"][code] = "yes"

    assert open_before - {ruling.item for ruling in case.released()}


@examples(60)
@given(case=drawn(), data=st.data())
def test_removing_what_was_found_opens_nothing(case: Drawn, data: st.DataObject) -> None:
    stated = case.read().findings
    found = sorted(c for c, answer in stated.items() if answer == "yes" and c not in RESTRICTIVE)
    if not found:
        return
    code = data.draw(st.sampled_from(found))
    before = {r.item: r for r in case.decide().rulings}
    doubt = copy.deepcopy(case.document)
    if data.draw(st.booleans()):
        doubt["findings"][code] = "unknown"
    else:
        del doubt["findings"][code]

    for ruling in Drawn(doubt, case.on, case.packs).decide().rulings:
        assert not leaves(ruling) or leaves(before[ruling.item]), (code, ruling)
