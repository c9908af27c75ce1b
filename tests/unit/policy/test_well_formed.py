"""What no demand says together is not well formed; what demands say is."""

from collections.abc import Callable
from typing import Any

import pytest

from clerestory.demands import Demand
from clerestory.law.packs import PackStack
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.well_formed import ordinary, well_formed
from clerestory.policy.interpreters.smt import Solver
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.shape import Shape, flat_facts, shape_of

CONSENT = {
    "by": "S1", "to": "police_state", "purpose": "locate_fugitive", "fields": ["S1.address"],
    "revoked": "no", "elements_complete": "yes", "expires_on": "2026-12-31",
}  # fmt: skip
SUBPOENA = {"kind": "judicial_subpoena", "issuer": "clerk", "status": "live"}
ORDER = {"kind": "court_order", "issuer": "state_judge", "status": "live"}
# The paper names another by their fields, and somebody in the household is asked about as well.
HOUSEMATE = {
    "subjects": [{"ref": "S1", "relation": "household_member"}, {"ref": "S2", "relation": "named"}],
    "records": [{"program": "snap", "fields": ["S1.address", "S2.address"]}],
}
AGREEMENT = {
    "with": "police_state", "purposes": ["locate_fugitive"], "fields": ["S1.address"],
    "in_force": "yes", "agreed_by_holder": "yes", "bars_onward_sharing": "no",
}  # fmt: skip


@pytest.fixture
def row(stack: PackStack, make: Callable[..., Demand]) -> Callable[..., dict[str, Any]]:
    """The facts of the demand to start from, with parts of it replaced."""

    def made(**parts: Any) -> dict[str, Any]:
        demand = make(**parts)
        item = demand.items[0]
        context = facts_of(demand, item, demand.received_on, stack.vocabulary)
        resource = f"{item.program}.{item.field}"
        return flat_facts(demand.requester.kind, resource, context, stack.vocabulary)

    return made


@pytest.fixture(scope="module")
def fits(stack: PackStack) -> Callable[[dict[str, Any]], bool]:
    circuit = Circuit(shape_of(stack))
    place = well_formed(circuit)
    return lambda row: circuit.evaluate(row)[place]


Row = Callable[..., dict[str, Any]]
Fits = Callable[[dict[str, Any]], bool]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"instrument": {"accompanies": [SUBPOENA]}},
        {"instrument": SUBPOENA},
        {"instrument": ORDER},
        {"instrument": {**ORDER, "valid": {"to": "2026-03-01"}}},
        {"instrument": ORDER, **HOUSEMATE},
        {"instrument": {"accompanies": [{**SUBPOENA, "scope": {"persons_named": ["S2"]}}]}},
        {"instrument": {"accompanies": [{"kind": "court_order", "valid": {"from": "2026-03-03"}}]}},
        {"instrument": {"served": {"on": "2026-03-03"}}},
        {"consents": [CONSENT]},
        {"consents": [{**CONSENT, "to": "press", "purpose": "none", "fields": []}]},
        {"agreements": [AGREEMENT]},
        {"agreements": [{**AGREEMENT, "with": "fns", "purposes": []}]},
        {"findings": {"order_stayed": "unknown"}},
        {"subjects": [{"ref": "S1", "relation": "named"}, {"ref": "S2", "relation": "named"}]},
        {"instrument": {"status": "withdrawn"}},
        {"instrument": {"form": "i_205", "kind": "form"}},
        {"instrument": {"scope": {"persons": "class", "fields": "everything"}}},
        # A paper made out to another, whatever somebody ticked.
        {
            "consents": [{**CONSENT, "to": "another made-up body"}],
            "findings": {"consent_names_requester": "yes"},
        },
        {
            "consents": [{**CONSENT, "to": "landlord"}],
            "findings": {"consent_names_requester": "yes"},
        },
        {
            "consents": [{**CONSENT, "to": "landlord"}],
            "findings": {"consent_names_requester": "no"},
        },
    ],
)
def test_what_a_demand_says_is_well_formed(parts: dict[str, Any], row: Row, fits: Fits) -> None:
    assert fits(row(**parts))


@pytest.mark.parametrize(
    ("parts", "changed"),
    [
        ({}, {"subject.alone": "unknown"}),
        ({}, {"paper.court": "holder_state", "holder.jurisdiction": "us"}),
        ({}, {"requester_state": "holder_state", "holder.jurisdiction": "us"}),
        ({}, {"subject.authority_in_date": "no"}),
        ({}, {"subject.authority_in_date": "yes"}),
        (
            {},
            {
                "subject.represented_by": "parent",
                "subject.relation": "class",
                "subject.alone": "no",
            },
        ),
        ({}, {"consent.given": "unknown"}),
        ({}, {"consent.revoked": "no"}),
        ({}, {"consent.recipient": "yes"}),
        ({}, {"consent.elements": "yes"}),
        ({}, {"agreement.party": "yes"}),
        ({}, {"agreement.in_force": "yes"}),
        ({}, {"papers": []}),
        ({}, {"kinds": []}),
        ({}, {"issuers": []}),
        ({}, {"issuers": ["none", "officer"]}),
        ({}, {"kinds": ["letter", "none"]}),
        ({}, {"papers": ["detainer", "letter"]}),
        ({}, {"paper.process": "yes"}),
        ({"instrument": {"accompanies": [SUBPOENA]}}, {"issuers": ["officer"]}),
        ({"instrument": SUBPOENA}, {"paper.process": "no"}),
        ({"instrument": {**SUBPOENA, "form": "ao_88b"}}, {"paper.process": "no"}),
        ({"instrument": {**SUBPOENA, "court": {"jurisdiction": "us"}}}, {"paper.process": "no"}),
        ({}, {"paper.process_beside": "yes"}),
        ({"instrument": {"accompanies": [SUBPOENA]}}, {"paper.process_beside": "no"}),
        ({"instrument": SUBPOENA}, {"paper.form": "ao_93", "forms": ["ao_93"]}),
        ({"instrument": SUBPOENA}, {"paper.court": "other_state"}),
        (
            {"instrument": {**SUBPOENA, "form": "ao_88b"}},
            {"paper.court": "holder_state"},
        ),
        (
            {"instrument": ORDER, **HOUSEMATE},
            {"paper.names_field": "of_which_program"},
        ),
        ({"instrument": ORDER, **HOUSEMATE}, {"paper.fields": "everything"}),
        ({}, {"paper.form": "i_205"}),
        ({}, {"paper.names_field": "everything"}),
        ({}, {"raised": ["order_stayed"], "findings.order_stayed": "yes"}),
        ({}, {"subject.relation": "household_member", "subject.alone": "yes"}),
        ({"consents": [CONSENT]}, {"consent.purpose": "unknown"}),
        ({"consents": [CONSENT]}, {"consent.in_date": "unknown"}),
        ({"consents": [CONSENT]}, {"findings.consent_names_requester": "no"}),
        ({"agreements": [AGREEMENT]}, {"agreement.party": "unknown"}),
    ],
)
def test_what_no_demand_says_together_is_not_well_formed(
    parts: dict[str, Any], changed: dict[str, Any], row: Row, fits: Fits
) -> None:
    start = row(**parts)

    assert fits(start)
    assert not fits({**start, **changed})


def test_a_plain_demand_has_all_that_is_usual(stack: PackStack) -> None:
    circuit = Circuit(shape_of(stack))
    solver = Solver(circuit)
    solver.require(well_formed(circuit))

    facts = solver.ask(circuit.yes, plain=ordinary(circuit)).facts

    assert facts is not None
    usual = ("consent.given", "paper.kind", "holder.kind", "subject.relation", "resource.name")
    assert [facts[path] for path in usual] == ["no", "letter", "state_agency", "named", "address"]
    assert {path: facts[path] for path in circuit.shape.sets} == {
        **{path: [] for path in circuit.shape.sets},
        "kinds": ["letter"],
        "papers": ["letter"],
    }


# What a plain demand says, the most telling first.
PLAIN = {
    "consent.given": "no", "agreement.stated": "no", "component": "none",
    "paper.kind": "letter", "paper.form": "none", "paper.issuer": "none",
    "paper.court": "unstated", "paper.persons": "named", "paper.fields": "stated",
    "paper.status": "live", "paper.names_field": "yes", "paper.process": "no",
    "paper.process_beside": "no", "paper.signed": "unstated", "subject.relation": "named",
    "subject.alone": "yes", "subject.represented_by": "unstated", "holder.agency": "me-dhhs",
    "holder.kind": "state_agency", "holder.jurisdiction": "us-me", "months": "unstated",
    "hold": "none", "channel": "post",
    "requester_state": "unstated", "resource.name": "address", "resource.source": "household",
}  # fmt: skip


def test_the_most_telling_is_wished_for_first_then_the_unknown_then_empty_sets() -> None:
    facts = {path: frozenset({code, "other"}) for path, code in PLAIN.items()}
    unknown = {"findings.order_stayed": frozenset({"unknown", "yes"})}
    circuit = Circuit(Shape(facts={**unknown, **facts}, sets={"threats": frozenset({"b", "a"})}))

    wishes = ordinary(circuit)

    assert wishes == [
        *(circuit.is_one_of(path, [code]) for path, code in PLAIN.items()),
        circuit.is_one_of("findings.order_stayed", ["unknown"]),
        circuit.negate(circuit.holds("threats", "a")),
        circuit.negate(circuit.holds("threats", "b")),
    ]


def test_what_is_usual_is_wished_for_only_where_the_law_knows_it() -> None:
    facts = {path: frozenset({"other", "another"}) for path in (*PLAIN, "principal")}
    circuit = Circuit(Shape(facts=facts, sets={}))

    assert ordinary(circuit) == []
