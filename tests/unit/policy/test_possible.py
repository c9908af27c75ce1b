"""What the proof ranges over is what is answered: other facts are withheld, with an alarm."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from clerestory.demands import Demand, Outcome, read_demand
from clerestory.kernel import Refusal
from clerestory.law.packs import PackStack
from clerestory.policy import Engine
from clerestory.policy.decide.engine import Docket
from clerestory.policy.decide.possible import Possible
from clerestory.policy.model.facts import changed

NOT_POSSIBLE = {
    "a relation nobody knows": ("subject.relation", "cousin", "subject.relation"),
    "an answer that is none": ("consent.given", "unknown", "consent.given"),
    "a set with a code of another list": ("raised", ["snap"], "raised"),
    "alone and of the household": (
        "subject.relation", "household_member", "subject.alone with subject.relation",
    ),
    "found and raised": (
        "raised", ["authority_stated"], "findings.authority_stated with raised",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", NOT_POSSIBLE)
def test_facts_that_no_demand_states_are_withheld_with_an_alarm_that_names_them(
    how: str, engine: Engine, make: Callable[..., Demand]
) -> None:
    path, value, named = NOT_POSSIBLE[how]

    class Wrong(Engine):
        def docket(self, demand: Demand) -> Docket:
            docket = super().docket(demand)
            (case,) = docket.cases
            wrong = replace(case, context=changed(case.context, path, value))
            return replace(docket, cases=(wrong,))

    assert engine.decide(make()).rulings[0].outcome is Outcome.RELEASE

    determination = Wrong(engine.law, engine.considered).decide(make(), explain=False)

    assert determination.rulings[0].outcome is Outcome.WITHHOLD
    assert determination.alarms == (f"facts-not-well-formed: {named}",)


PARTS: dict[str, list[Any]] = {
    "relation": ["named", "listed_row", "household_member", "class", "unknown"],
    "ref": ["S1", "S*"],
    "persons": ["named", "listed", "class", "unknown"],
    "count": [1, 2, "all", "unknown", None],
    "kind": ["none", "letter", "court_order", "matching_agreement", "consent"],
    "form": [None, "i_205", "ao_93"],
    "fields": ["stated", "everything", "unstated"],
    "status": ["live", "expired", "unknown"],
    "to": ["police_state", "police_local", "", "somebody"],
    "answer": ["yes", "no", "unknown"],
    "ends": [None, "2026-01-01", "2027-01-01"],
}


def drawn(draw: Random) -> dict[str, Any]:
    """A made-up demand, drawn code by code."""
    one = {name: draw.choice(codes) for name, codes in PARTS.items()}
    ref = "S*" if one["relation"] in {"class", "unknown"} else one["ref"]
    scope = {"persons": one["persons"], "fields": one["fields"]}
    scope |= {} if one["count"] is None else {"count": one["count"]}
    scope |= {"fields_named": [f"{ref}.name"]} if draw.random() < 0.3 else {}
    consent = {
        "by": ref, "to": one["to"], "purpose": draw.choice(["locate_fugitive", "tenancy"]),
        "fields": draw.choice([[f"{ref}.address"], []]), "revoked": draw.choice(PARTS["answer"]),
        "elements_complete": one["answer"],
    }  # fmt: skip
    consent |= {} if one["ends"] is None else {"expires_on": one["ends"]}
    agreement = {
        "with": draw.choice(["police_state", "fns"]), "purposes": ["locate_fugitive"],
        "fields": [f"{ref}.address"], "in_force": draw.choice(PARTS["answer"]),
        "agreed_by_holder": draw.choice(PARTS["answer"]), "bars_onward_sharing": "unknown",
    }  # fmt: skip
    return {
        "format": "clerestory-demand/1",
        "id": "DRAWN",
        "received": {"date": "2026-03-02", "channel": "post"},
        "holder": {"agency": "me-dhhs", "kind": "state_agency", "jurisdiction": "us-me"},
        "requester": {"body": "somebody", "class": "police_state"},
        "instrument": {
            "kind": one["kind"], "issuer": "officer", "written": draw.choice(PARTS["answer"]),
            "scope": scope, "status": one["status"],
            **({"form": one["form"]} if one["form"] else {}),
            "accompanies": draw.choice([[], [{"kind": "search_warrant", "status": "live"}]]),
        },
        "purpose": "locate_fugitive",
        "subjects": [
            {"ref": ref, "relation": one["relation"], "applicant": "yes"},
            *draw.choice([[], [{"ref": "S2", "relation": "named"}]]),
        ],
        "records": [{"program": "snap", "fields": [f"{ref}.address"]}],
        "findings": {
            "consent_names_requester": draw.choice(PARTS["answer"]),
            "order_stayed": draw.choice(PARTS["answer"]),
        },
        "consents": draw.choice([[], [consent]]),
        "agreements": draw.choice([[], [agreement]]),
    }  # fmt: skip


def test_whatever_the_reader_makes_of_a_demand_is_what_the_proof_ranges_over(
    stack: PackStack, engine: Engine
) -> None:
    possible, draw, read = Possible.of(stack), Random(9), 0
    for _ in range(400):
        try:
            demand = read_demand(drawn(draw), stack.vocabulary)
        except Refusal:
            continue
        read += 1
        for case in engine.docket(demand).cases:
            assert possible.wrong_with(case) is None

    assert read > 200
