"""Facts written as a demand: each fact by itself, and the demand reads back as the same facts."""

from datetime import date
from typing import Any

import pytest

from clerestory.demands import read_demand
from clerestory.demands.schema import check_shape
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.counterexample import demand_of
from clerestory.policy.circuit.well_formed import ordinary, well_formed
from clerestory.policy.interpreters.smt import Solver
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import flat_facts, shape_of

ON = date(2026, 3, 2)
Facts = dict[str, Any]


@pytest.fixture(scope="module")
def plain(stack: PackStack) -> Facts:
    """The facts of a plain letter of a police force to one named person's SNAP record."""
    circuit = Circuit(shape_of(stack))
    solver = Solver(circuit)
    solver.require(well_formed(circuit))
    first = [
        circuit.is_one_of(path, [code])
        for path, code in [
            ("principal", "police_state"),
            ("purpose", "locate_fugitive"),
            ("resource.program", "snap"),
        ]
    ]
    facts = solver.ask(circuit.yes, plain=[*first, *ordinary(circuit)]).facts
    assert facts is not None
    return dict(facts)


def read_back(document: dict[str, Any], stack: PackStack, source: str) -> Facts:
    check_shape(document, "demand")
    demand = read_demand(document, stack.vocabulary)
    item = demand.items[0]
    context = facts_of(demand, item, ON, stack.vocabulary)
    resource = f"{item.program}.{item.field}"
    return flat_facts(demand.requester.kind, resource, context, stack.vocabulary, source)


def test_a_plain_demand_says_no_more_than_it_must(plain: Facts) -> None:
    assert demand_of(plain, ON, name="T-1") == {
        "format": "clerestory-demand/1",
        "id": "T-1",
        "title": "A made-up demand: the answer of a proof, about nobody",
        "received": {"date": "2026-03-02", "channel": "post"},
        "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
        "requester": {"class": "police_state"},
        "instrument": {
            "kind": "letter",
            "issuer": "none",
            "written": "unknown",
            "status": "live",
            "scope": {
                "persons": "named",
                "fields": "stated",
                "fields_named": ["S1.address"],
            },
            "enforced_by_order": "unknown",
            "accompanies": [],
        },
        "purpose": "locate_fugitive",
        "subjects": [{"ref": "S1", "relation": "named", "applicant": "unknown"}],
        "records": [{"program": "snap", "fields": ["S1.address"]}],
        "nondisclosure": {"asked": "unknown", "ordered": "unknown"},
    }


CONSENT = {
    "consent.given": "yes", "consent.recipient": "yes", "consent.purpose": "yes",
    "consent.field": "yes", "consent.in_date": "yes", "consent.revoked": "no",
    "consent.elements": "yes",
}  # fmt: skip
AGREEMENT = {
    "agreement.stated": "yes", "agreement.party": "yes", "agreement.purpose": "yes",
    "agreement.field": "yes", "agreement.in_force": "yes", "agreement.agreed_by_holder": "no",
    "agreement.bars_onward_sharing": "unknown",
}  # fmt: skip
ITS_PAPER = {
    "paper.kind": "consent", "paper.issuer": "subject", "papers": ["consent"],
    "kinds": ["consent"], "issuers": ["subject"],
}  # fmt: skip
AS_A_PAPER = {
    "paper.kind": "matching_agreement", "paper.issuer": "agency_head",
    "papers": ["matching_agreement"], "kinds": ["matching_agreement"], "issuers": ["agency_head"],
}  # fmt: skip
NO_PARTS = ("purpose", "field")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"component": "ice_ero"},
        {"resource.name": "name", "paper.names_field": "no"},
        {"paper.names_field": "no"},
        {"paper.names_field": "of_which_program"},
        {"paper.names_field": "of_which_program", "resource.program": "tanf"},
        {"paper.court": "federal"},
        {"paper.court": "holder_state"},
        {"paper.court": "other_state"},
        {"paper.court": "other_state", "holder.jurisdiction": "us-vt"},
        {"subject.represented_by": "parent", "subject.flags": ["minor"]},
        {"subject.represented_by": "agent", "subject.authority_in_date": "yes"},
        {"subject.represented_by": "agent", "subject.authority_in_date": "no"},
        {"requester_state": "federal"},
        {"requester_state": "holder_state"},
        {"requester_state": "other_state"},
        {"requester_state": "other_state", "holder.jurisdiction": "us-vt"},
        {
            "subject.represented_by": "guardian",
            "subject.relation": "unknown",
            "subject.alone": "no",
        },
        {"paper.names_field": "everything", "paper.fields": "everything"},
        {"paper.form": "i_205", "forms": ["ao_110", "i_205"]},
        {"paper.in_date": "yes"},
        {"paper.in_date": "no", "papers": []},
        {"paper.status": "expired", "papers": ["letter"]},
        {"papers": ["court_order", "letter"], "kinds": ["court_order", "letter"]},
        {"kinds": ["detainer", "letter"], "issuers": ["immigration_officer"]},
        {
            "papers": ["judicial_subpoena", "letter"],
            "kinds": ["judicial_subpoena", "letter"],
            "issuers": ["clerk"],
            "paper.process": "yes",
            "paper.process_beside": "yes",
        },
        # What came along is for another, or may bind and is not known to be in force.
        {
            "papers": ["judicial_subpoena", "letter"],
            "kinds": ["judicial_subpoena", "letter"],
            "issuers": ["clerk"],
        },
        {"kinds": ["court_order", "letter"], "paper.process_beside": "yes"},
        {"kinds": ["administrative_subpoena", "letter"], "paper.process_beside": "yes"},
        {
            "kinds": ["court_order", "letter"],
            "paper.process_beside": "yes",
            "subject.relation": "class",
            "subject.alone": "no",
        },
        # An order that leaves out a member of the household, and one for somebody else.
        *(
            {
                "paper.kind": "court_order",
                "papers": ["court_order"],
                "kinds": ["court_order"],
                "subject.relation": "household_member",
                "subject.alone": "no",
                "paper.names_field": named,
                "paper.process_beside": beside,
            }
            for named in ("yes", "no")
            for beside in ("yes", "no")
        ),
        {
            "paper.kind": "administrative_subpoena",
            "paper.enforced_by_order": "yes",
            "papers": ["administrative_subpoena"],
            "kinds": ["administrative_subpoena"],
            "subject.relation": "household_member",
            "subject.alone": "no",
        },
        {
            "paper.kind": "search_warrant",
            "paper.issuer": "state_judge",
            "paper.process": "yes",
            "papers": ["search_warrant"],
            "kinds": ["search_warrant"],
            "issuers": ["state_judge"],
        },
        {"paper.signed": "lately"},
        {"paper.signed": "long_ago"},
        {"paper.signed": "later", "papers": []},
        {"months": "one"},
        {"months": "more"},
        {"hold": "active"},
        {"hold": "lapsed"},
        {"cited": ["house-default-deny"], "grounds": ["fleeing_felony"]},
        {"subject.relation": "class", "subject.alone": "no"},
        {"subject.relation": "household_member", "subject.alone": "no"},
        {"subject.alone": "no"},
        {"subject.flags": ["minor"], "subject.defined_by": ["immigration_status"]},
        {"findings.order_stayed": "no", "raised": ["order_reversed"]},
        CONSENT,
        {**CONSENT, "consent.recipient": "no"},
        {**CONSENT, "consent.recipient": "no", "principal": "press"},
        {**CONSENT, "consent.recipient": "unknown"},
        {**CONSENT, "consent.purpose": "no", "consent.field": "no", "consent.in_date": "no"},
        {**CONSENT, "consent.in_date": "unknown", "consent.elements": "unknown"},
        {**CONSENT, **ITS_PAPER},
        {**CONSENT, **ITS_PAPER, "paper.names_field": "no"},
        {**CONSENT, **ITS_PAPER, "paper.names_field": "no", "paper.in_date": "yes"},
        {**CONSENT, **ITS_PAPER, "paper.names_field": "no", "consent.field": "no"},
        AGREEMENT,
        {**AGREEMENT, "agreement.party": "no", "agreement.purpose": "no"},
        {**AGREEMENT, **AS_A_PAPER},
        {**AGREEMENT, **AS_A_PAPER, "paper.names_field": "no"},
        {**AGREEMENT, **AS_A_PAPER, "paper.names_field": "no", "agreement.field": "no"},
        {**AGREEMENT, "agreement.party": "no", "principal": "fns"},
        {**AGREEMENT, "agreement.party": "no", "component": "fns", "agreement.field": "no"},
    ],
    ids=lambda changed: ", ".join(f"{path} {code}" for path, code in changed.items())[:70],
)
def test_a_demand_reads_back_as_the_facts_that_it_was_written_of(
    changed: Facts, plain: Facts, stack: PackStack
) -> None:
    facts = {**plain, **changed}

    again = read_back(demand_of(facts, ON, name="T-1"), stack, facts["resource.source"])

    assert {path: again[path] for path in facts} == facts


def test_one_whose_relation_nobody_knows_is_a_class_of_people(plain: Facts) -> None:
    facts = {**plain, "subject.relation": "unknown", "subject.alone": "no"}

    document = demand_of(facts, ON, name="T-1")

    assert [subject["ref"] for subject in document["subjects"]] == ["S*"]
    assert document["records"] == [{"program": "snap", "fields": ["S*.address"]}]
