"""Tiny laws written as circuits, and what is refused with its place."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clerestory.demands import Demand
from clerestory.law.conditions import parse_condition
from clerestory.policy import Engine
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of, outside_subset, read_condition
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.whole_answers import WholeAnswer, circuit_answer
from clerestory.policy.model.facts import facts_of
from clerestory.policy.model.law_of_the_day import LawOfTheDay
from clerestory.policy.model.shape import flat_facts, shape_of

Tiny = Callable[..., Engine]
Make = Callable[..., Demand]

LEAVES = """
@id("may-leave") @authority("house-default-deny")
permit (principal, action in Action::"disclose", resource) when { !context.lifted.isEmpty() };
"""
OPEN = (
    LEAVES
    + """
@id("opens") @authority("act") @lifts("lock")
permit (principal, action == Action::"lift", resource)
when { context.findings.official_capacity == "yes" };
"""
)
LOCK = """
@id("locked") @authority("act") @bars("minors")
forbid (principal, action in Action::"disclose", resource)
when { context.subject.flags.contains("minor") } unless { context.lifted.contains("minors") };
"""
# Offered for every lock at once, by month or by year: of two offers the first by name is given.
COARSER = """
@id("by-year") @authority("act") @lifts("minors lock") @coarsen_to("year")
permit (principal, action == Action::"lift_coarsened", resource)
when { context.barred.contains("minors") };
@id("by-month") @authority("act") @lifts("minors lock") @coarsen_to("month")
permit (principal, action == Action::"lift_coarsened", resource)
when { context.barred.contains("minors") && context.hold == "none" };
"""
COUNSEL = """
@id("ask") @authority("habit")
permit (principal, action == Action::"refer", resource)
when { context.findings.order_stayed == "unknown" };
@id("settled-point") @authority("act")
forbid (principal, action == Action::"refer", resource)
when { context.channel == "post" };
"""
DUTIES = """
@id("write") @authority("act") @duty("written_reasons") @within("same day")
permit (principal, action == Action::"oblige", resource) when { context.outcome == "withhold" };
@id("write-too") @authority("habit") @duty("written_reasons") @within("same day")
permit (principal, action == Action::"oblige", resource)
when { context.outcome == "refer_to_counsel" };
@id("log") @authority("act") @duty("log_disclosure") @to("counsel")
permit (principal, action == Action::"oblige", resource)
when { context.outcome != "withhold" && context.lifted.contains("lock") };
"""
LATER = """
@id("opens-later") @authority("later") @lifts("new_lock")
permit (principal, action == Action::"lift", resource);
"""
LATER_AUTHORITY = """
[[authority]]
id = "later"
citation = "later section 1"
title = "a made-up law"
kind = "permits"
binds = ["all"]
basis = "law"
confirmed = "yes"
valid_from = 2027-01-01
effect = "It has this effect."
requester = "It says this to the requester."
person = "It says this to the person."
not_met = "It was not met."
"""


def facts(engine: Engine, demand: Demand) -> dict[str, Any]:
    vocabulary = engine.law.stack.vocabulary
    item = demand.items[0]
    context = facts_of(demand, item, engine.law.on, vocabulary)
    resource = f"{item.program}.{item.field}"
    return flat_facts(demand.requester.kind, resource, context, vocabulary)


def told(outcome: str, *policies: str, to: str | None = None, duties: str = "") -> WholeAnswer:
    return WholeAnswer(
        outcome=outcome,
        coarsen_to=to,
        policies=frozenset(policies),
        duties=frozenset(duties.split("; ")) - {""},
    )


def test_what_is_lifted_and_not_barred_is_released(tiny: Tiny, make: Make) -> None:
    engine = tiny(OPEN)
    row = facts(engine, make())
    circuit = circuit_of(engine.law)

    closed = circuit_answer(circuit, {**row, "findings.official_capacity": "no"})

    assert circuit_answer(circuit, row) == told("release", "opens")
    assert closed == told("withhold")
    assert circuit.coarser == circuit.duties == {}


def test_a_lock_names_itself_where_it_closes(tiny: Tiny, make: Make) -> None:
    engine = tiny(OPEN + LOCK)
    row = facts(engine, make())

    answer = circuit_answer(circuit_of(engine.law), {**row, "subject.flags": ["minor"]})

    assert answer == told("withhold", "locked")


def test_of_several_coarser_answers_the_first_by_name_is_given(tiny: Tiny, make: Make) -> None:
    engine = tiny(OPEN + LOCK + COARSER)
    row = {**facts(engine, make()), "subject.flags": ["minor"]}
    circuit = circuit_of(engine.law)

    month = circuit_answer(circuit, row)
    year = circuit_answer(circuit, {**row, "hold": "active"})

    assert month == told("coarsen", "opens", "by-month", "by-year", to="month")
    assert year == told("coarsen", "opens", "by-year", to="year")
    assert list(circuit.labels) == [
        "release", "coarsen to month", "coarsen to year", "refer", "withhold",
    ]  # fmt: skip


def test_counsel_is_asked_unless_the_point_is_settled(tiny: Tiny, make: Make) -> None:
    engine = tiny(LEAVES + COUNSEL)
    row = facts(engine, make())
    circuit = circuit_of(engine.law)

    by_fax = circuit_answer(circuit, {**row, "channel": "fax"})
    by_post = circuit_answer(circuit, {**row, "channel": "post"})

    assert by_fax == told("refer", "ask")
    assert by_post == told("withhold", "settled-point")
    assert circuit.words[("settled", "settled-point")] == circuit.policies["settled-point"]


def test_a_duty_of_several_policies_is_owed_under_each_of_them(tiny: Tiny, make: Make) -> None:
    engine = tiny(OPEN + COUNSEL + DUTIES)
    row = {**facts(engine, make()), "channel": "fax"}
    circuit = circuit_of(engine.law)
    closed = {**row, "findings.official_capacity": "no"}
    written = "written_reasons within same day"

    answers = [
        circuit_answer(circuit, facts)
        for facts in (row, closed, {**closed, "findings.order_stayed": "no"})
    ]

    assert answers == [
        told("release", "opens", duties="log_disclosure to counsel"),
        told("refer", "ask", duties=written),
        told("withhold", duties=written),
    ]


def test_a_mandate_is_named_also_where_its_point_goes_to_counsel(tiny: Tiny, make: Make) -> None:
    ordered = """
    @id("ordered") @authority("mandate") @lifts("other")
    permit (principal, action == Action::"lift", resource);
    """
    engine = tiny(ordered + LEAVES.replace("!context", "context") + COUNSEL)
    row = {**facts(engine, make()), "channel": "fax"}

    assert circuit_answer(circuit_of(engine.law), row) == told("refer", "ask", "ordered")


def test_two_laws_in_one_circuit_answer_as_each_alone(tiny: Tiny, make: Make) -> None:
    engine = tiny(OPEN + LATER, more=LATER_AUTHORITY)
    row = {**facts(engine, make()), "findings.official_capacity": "no"}
    base = Circuit(shape_of(engine.law.stack))

    before = circuit_of(engine.law, base)
    after = circuit_of(LawOfTheDay.assemble(engine.law.stack, date(2027, 1, 1)), base)

    assert before.nodes is after.nodes is base.nodes
    assert circuit_answer(before, row) == told("withhold")
    assert circuit_answer(after, row) == told("release", "opens-later")


def test_a_policy_that_cannot_be_translated_is_named_with_its_place(tiny: Tiny) -> None:
    engine = tiny(
        """
        @id("dated") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.channel like "po*" };
        """
    )

    with pytest.raises(OutsideSubset, match=r"^tiny\.cedar:2: dated uses what") as refused:
        circuit_of(engine.law)

    assert refused.value.operator == "like"


def test_all_that_cannot_be_translated_is_told_but_for_what_is_only_considered(
    tiny: Tiny,
) -> None:
    stack = tiny(
        OPEN
        + DUTIES
        + """
        @id("late") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.on > datetime("2026-01-01") };
        @id("owes") @authority("act") @duty("written_reasons")
        permit (principal, action == Action::"oblige", resource)
        when { context.outcome like "with*" };
        @id("named") @authority("act")
        permit (principal, action == Action::"consider", resource)
        when { context.channel like "po*" };
        """
    ).law.stack

    found = [(policy.id, fault.operator) for policy, fault in outside_subset(stack)]

    assert found == [("late", ">"), ("owes", "like")]


def conditions(engine: Engine, text: str) -> tuple[Circuit, int]:
    circuit = circuit_of(engine.law)
    tree = parse_condition(text, "a test")
    return circuit, read_condition(circuit, engine.law, tree, name="a test")


def test_a_condition_reads_the_words_of_every_stage(tiny: Tiny) -> None:
    engine = tiny(OPEN + LOCK + COUNSEL)

    circuit, place = conditions(
        engine,
        'context.lifted.contains("lock") || context.barred.contains("minors") || '
        'context.settled.contains("settled-point")',
    )

    lifted, barred, settled = (
        circuit.words[word]
        for word in [("lifted", "lock"), ("barred", "minors"), ("settled", "settled-point")]
    )
    assert place == circuit.either([circuit.either([lifted, barred]), settled])


def test_a_word_that_only_the_law_of_another_day_gives_is_not_given(tiny: Tiny) -> None:
    engine = tiny(OPEN + LATER, more=LATER_AUTHORITY)

    circuit, place = conditions(engine, 'context.lifted.contains("new_lock")')

    assert place == circuit.no


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('context.lifted.contains("lokc")', "lokc, which no policy gives in lifted"),
        ('context.mandated.contains("minors")', "minors, which no policy gives in mandated"),
        ('context.channel == "pots"', "pots, which channel never is"),
        ('context.outcome == "release"', "the fact outcome"),
    ],
)
def test_a_condition_with_a_slip_is_refused(tiny: Tiny, text: str, says: str) -> None:
    with pytest.raises(OutsideSubset, match=f"^a test uses what the proof .*: {says}"):
        conditions(tiny(OPEN + LOCK), text)
