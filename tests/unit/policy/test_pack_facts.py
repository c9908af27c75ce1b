"""What a pack's policy may ask, and what is refused as a slip."""

from typing import Any

import pytest

from clerestory.law.packs import PackStack
from clerestory.policy.circuit.cedar_reading import Unread
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.pack_facts import PackFacts
from clerestory.policy.model.shape import shape_of

PAPER = ("context", "paper", "kind")


@pytest.fixture
def facts(stack: PackStack) -> PackFacts:
    circuit = Circuit(shape_of(stack))
    known = {"lifted": {"snap": circuit.yes}}
    return PackFacts(circuit, stack.vocabulary, known, answers={"refer": circuit.yes})


@pytest.fixture
def strict(facts: PackFacts) -> PackFacts:
    return PackFacts(facts.circuit, facts.vocabulary, facts.known, strict=True)


def test_a_code_that_can_never_be_is_never_met(facts: PackFacts) -> None:
    never = facts.circuit.no

    assert facts.text(PAPER, ["subpena"]) == never
    assert facts.entity(("principal",), "Purpose", "ice", within=False) == never
    assert facts.holds(("context", "lifted"), "tanf") == never
    assert facts.holds(("context", "raised"), "nothing_known") == never


def test_a_field_is_its_programme_and_its_name(facts: PackFacts) -> None:
    circuit = facts.circuit
    both = [
        circuit.is_one_of("resource.program", ["snap"]),
        circuit.is_one_of("resource.name", ["address"]),
    ]

    assert facts.entity(("resource",), "Field", "snap.address", within=True) == circuit.both(both)


def test_a_duty_may_ask_for_an_outcome_by_its_long_name(facts: PackFacts) -> None:
    assert facts.text(("context", "outcome"), ["refer_to_counsel"]) == facts.circuit.yes


@pytest.mark.parametrize(
    ("method", "arguments", "named", "says"),
    [
        ("text", [("context", "nosuch"), ["a"]], {}, "the fact nosuch"),
        ("text", [("principal", "kind"), ["a"]], {}, "the fact principal.kind"),
        ("text", [("context", "outcome"), ["refer"]], {}, "an outcome called refer"),
        ("flag", [PAPER], {}, "paper.kind as yes or no"),
        ("entity", [PAPER, "Purpose", "audit"], {"within": False}, "an entity in paper.kind"),
        ("entity", [("action",), "Action", "lift"], {"within": False}, "an entity in action"),
        ("entity", [("resource",), "Program", "snap"], {"within": False}, "resource == Program"),
        ("entity", [("resource",), "Purpose", "audit"], {"within": True}, "resource in Purpose"),
        ("same", [("principal",), ("resource",)], {"within": False}, "== between two facts, "),
        ("same", [("principal",), ("resource",)], {"within": True}, "in between two facts, "),
        ("kind", [("principal",), "Requester"], {}, "principal is Requester"),
        ("presence", [PAPER], {}, "has paper.kind"),
        ("members", [PAPER], {}, "a set at paper.kind"),
    ],
)
def test_what_our_requests_do_not_state_is_refused(
    facts: PackFacts, method: str, arguments: list[Any], named: dict[str, bool], says: str
) -> None:
    with pytest.raises(Unread, match=f"^{says}"):
        getattr(facts, method)(*arguments, **named)


@pytest.mark.parametrize(
    ("method", "arguments", "named", "says"),
    [
        ("text", [PAPER, ["subpena"]], {}, "subpena, which paper.kind never is"),
        ("text", [PAPER, []], {}, "none, which paper.kind never is"),
        ("entity", [("principal",), "Requester", "x"], {"within": True}, "x, which principal "),
        ("entity", [("resource",), "Program", "x"], {"within": True}, "x, which resource.program"),
        ("entity", [("resource",), "Field", "x.y"], {"within": False}, "x.y, which resource."),
        ("holds", [("context", "raised"), "x"], {}, "x, which is never in raised"),
        ("holds", [("context", "lifted"), "x"], {}, "x, which no policy gives in lifted"),
    ],
)
def test_a_promise_about_what_can_never_be_is_refused(
    strict: PackFacts, method: str, arguments: list[Any], named: dict[str, bool], says: str
) -> None:
    with pytest.raises(Unread, match=f"^{says}"):
        getattr(strict, method)(*arguments, **named)
