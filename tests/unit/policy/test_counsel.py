"""What counsel has signed: opinions end a referral, suspensions make one, and nothing else."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from clerestory.demands import BadDemand, Demand, Determination
from clerestory.demands.determination import Outcome, Ruling
from clerestory.kernel import Refusal
from clerestory.policy import Engine
from clerestory.policy.decide.counsel import End, ending

Tiny = Callable[..., Engine]
Make = Callable[..., Demand]
RELEASE, COARSEN, REFER, WITHHOLD = Outcome

LAW = """
@id("may-leave") @authority("house-default-deny")
permit (principal, action in Action::"disclose", resource) when { !context.lifted.isEmpty() };
@id("locked") @authority("act") @bars("lock")
forbid (principal, action in Action::"disclose", resource)
unless { context.lifted.contains("lock") };
"""
HOUSE_LOCK = """
@id("house") @authority("habit") @bars("house_lock")
forbid (principal, action in Action::"disclose", resource)
unless { context.lifted.contains("house_lock") };
"""
DEFINED = """
@id("def-asked") @authority("act") @establishes("asked")
permit (principal, action == Action::"define", resource);
"""


def point(name: str = "ask", *, opinion: str = "may_open may_close", lifts: str = "lock") -> str:
    notes = f'@opinion("{opinion}")' if opinion else ""
    notes += f' @lifts("{lifts}")' if lifts else ""
    return (
        f'@id("{name}") @authority("act") {notes}\n'
        'permit (principal, action == Action::"refer", resource);\n'
    )


def lift(authority: str, lifts: str = "lock", name: str = "opens") -> str:
    return (
        f'@id("{name}") @authority("{authority}") @lifts("{lifts}")\n'
        'permit (principal, action == Action::"lift", resource);\n'
    )


def opinion(answer: str = "yes", point: str = "ask", **more: Any) -> dict[str, Any]:
    return {
        "point": point,
        "answer": answer,
        "records": [{"program": "snap", "fields": ["S1.address"]}],
        "by": "a made-up counsel",
        "signed_on": "2026-03-02",
        "reason": "a made-up reason",
        **more,
    }


def suspension(authority: str = "act", **more: Any) -> dict[str, Any]:
    return {
        "authority": authority,
        "by": "a made-up counsel",
        "from": "2026-03-02T22:10-05:00",
        "reason": "a made-up order, number MU-1",
        **more,
    }


def only(determination: Determination) -> Ruling:
    [ruling] = determination.rulings
    return ruling


# ---- Opinions.


def test_an_opinion_in_favor_lifts_what_its_point_names(tiny: Tiny, make: Make) -> None:
    engine = tiny(LAW + point())

    before = only(engine.decide(make()))
    after = only(engine.decide(make(opinions=[opinion()])))

    assert (before.outcome, before.policies, before.opinions) == (REFER, ("ask", "locked"), ())
    assert (after.outcome, after.policies, after.opinions) == (RELEASE, ("ask",), ("ask",))
    assert "Counsel's opinion ended the referral on ask: in favor." in after.reason.counsel
    assert "pinion" not in after.reason.requester + after.reason.person


@pytest.mark.parametrize(
    ("law", "why"),
    [
        (point(opinion="none", lifts=""), "the policy says that no opinion ends it"),
        (point(opinion="may_close", lifts=""), "the policy says that an opinion may close it"),
        (point(opinion="", lifts=""), "a policy that says nothing is not opened"),
        (point(lifts="another"), "the opinion lifts another lock"),
        (HOUSE_LOCK + point(lifts="lock house_lock"), "the agency's own rule bars as well"),
        (HOUSE_LOCK + point(), "the agency's own rule bars, and nobody lifts it"),
        (point() + point("ask-too"), "another point is open"),
    ],
)
def test_an_opinion_in_favor_leaves_with_counsel(
    law: str, why: str, tiny: Tiny, make: Make
) -> None:
    ruling = only(tiny(LAW + law).decide(make(opinions=[opinion()])))

    assert (ruling.outcome, ruling.opinions) == (REFER, ()), why


def test_a_lock_of_the_house_that_is_lifted_otherwise_is_no_hindrance(
    tiny: Tiny, make: Make
) -> None:
    law = LAW + HOUSE_LOCK + point() + lift("act", "house_lock")

    assert only(tiny(law).decide(make(opinions=[opinion()]))).outcome is RELEASE


def test_an_opinion_in_favor_opens_nothing_that_was_not_referred(tiny: Tiny, make: Make) -> None:
    settled = """
    @id("settled") @authority("act") forbid (principal, action == Action::"refer", resource);
    """

    ruling = only(tiny(LAW + point() + settled).decide(make(opinions=[opinion()])))

    assert (ruling.outcome, ruling.policies) == (WITHHOLD, ("locked", "settled"))


def test_every_point_must_be_answered_and_one_no_withholds(tiny: Tiny, make: Make) -> None:
    engine = tiny(LAW + point() + point("ask-too"))
    yes, too = opinion(), opinion(point="ask-too")
    no_too = opinion("no", "ask-too")

    def decided(*opinions: Mapping[str, Any]) -> tuple[Outcome, tuple[str, ...]]:
        ruling = only(engine.decide(make(opinions=list(opinions))))
        return ruling.outcome, ruling.policies

    assert decided(yes, too) == (RELEASE, ("ask", "ask-too"))
    assert decided(yes, no_too) == (WITHHOLD, ("locked", "ask", "ask-too"))
    assert decided(no_too) == (REFER, ("ask", "ask-too", "locked"))


def test_an_opinion_against_withholds_with_its_reason(tiny: Tiny, make: Make) -> None:
    law = LAW + point(opinion="may_close", lifts="")

    ruling = only(tiny(law).decide(make(opinions=[opinion("no")])))

    assert (ruling.outcome, ruling.policies) == (WITHHOLD, ("locked", "ask"))
    assert "Counsel's opinion ended the referral on ask: against." in ruling.reason.counsel


@pytest.mark.parametrize(
    ("notes", "why"),
    [
        (["none"], "the policy says that no opinion ends it"),
        ([""], "the policy says nothing"),
        (["may_open"], "the policy says that an opinion may open it"),
        (["may_close", "none"], "one of two points is never closed"),
    ],
)
def test_an_opinion_against_leaves_with_counsel(
    notes: list[str], why: str, tiny: Tiny, make: Make
) -> None:
    law = "".join(point(f"ask-{n}", opinion=said, lifts="") for n, said in enumerate(notes))
    opinions = [opinion("no", f"ask-{n}") for n, _ in enumerate(notes)]

    ruling = only(tiny(LAW + law).decide(make(opinions=opinions)))

    assert (ruling.outcome, ruling.opinions) == (REFER, ()), why


@pytest.mark.parametrize("ordered_by", ["mandate", "judge"])
def test_no_opinion_refuses_what_is_ordered(ordered_by: str, tiny: Tiny, make: Make) -> None:
    order = {
        "mandate": lift("mandate", "another"),
        "judge": '@id("def") @authority("act") @establishes("compelled_by_judge")\n'
        'permit (principal, action == Action::"define", resource);',
    }[ordered_by]

    ruling = only(tiny(LAW + point() + order).decide(make(opinions=[opinion("no")])))

    assert (ruling.outcome, ruling.opinions) == (REFER, ())


@pytest.mark.parametrize(("signed", "heard"), [("2026-03-02", RELEASE), ("2026-03-03", REFER)])
def test_an_opinion_is_heard_from_the_day_it_is_signed(
    signed: str, heard: Outcome, tiny: Tiny, make: Make
) -> None:
    demand = make(opinions=[opinion(signed_on=signed)])

    assert only(tiny(LAW + point()).decide(demand)).outcome is heard


def test_an_opinion_is_for_the_items_that_it_names(tiny: Tiny, make: Make) -> None:
    subjects = [{"ref": ref, "relation": "named"} for ref in ("S1", "S2")]
    records = [{"program": "snap", "fields": ["S1.address", "S2.address", "S1.phone"]},
               {"program": "tanf", "fields": ["S1.address"]}]  # fmt: skip

    demand = make(subjects=subjects, records=records, opinions=[opinion()])
    rulings = tiny(LAW + point()).decide(demand).rulings

    assert {(r.item.program, r.item.ref): r.outcome for r in rulings} == {
        ("snap", "S1.address"): RELEASE,
        ("snap", "S2.address"): REFER,
        ("snap", "S1.phone"): REFER,
        ("tanf", "S1.address"): REFER,
    }


@pytest.mark.parametrize(
    ("favor", "against", "end"),
    [
        ((), (), None),
        (("a",), (), None),
        (("a", "b"), (), End.OPENS),
        (("a", "b", "c"), (), End.OPENS),
        (("a",), ("b",), End.CLOSES),
        # Answered in both ways, a point is answered against.
        (("a", "b"), ("b",), End.CLOSES),
        (("a",), ("c",), None),
    ],
)
def test_how_opinions_end_a_referral_on_two_points(
    favor: tuple[str, ...], against: tuple[str, ...], end: End | None, tiny: Tiny
) -> None:
    law = tiny(LAW + point("a") + point("b")).law

    assert ending(law, ["a", "b"], {"favor": favor, "against": against}) is end


# ---- What the form refuses.


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"opinions": [opinion(), opinion("no")]}, "two opinions answer ask for snap S1.address"),
        ({"opinions": [opinion(signed_on="2026-03-01")]}, "it was signed before the demand came"),
        (
            {"opinions": [opinion(records=[{"program": "snap", "fields": ["S1.phone"]}])]},
            "an opinion is about this demand, which does not ask snap S1.phone",
        ),
        (
            {"opinions": [opinion(records=[{"program": "snap", "fields": ["S*.address"]}])]},
            "an opinion is about named persons and never about a class: S*.address",
        ),
        ({"opinions": [opinion("unknown")]}, "yes or no is wanted here: unknown"),
        ({"opinions": [opinion(records=[])]}, "the list is empty"),
        ({"opinions": [opinion(reason=None)]}, "nothing is written here and a text is wanted"),
        ({"suspensions": [suspension(**{"from": "2026-02-30"})]}, "February 2026 has 28 days"),
        ({"suspensions": [suspension(**{"from": "2026-03-02T22:10"})]}, "must say its zone"),
        ({"suspensions": [suspension(to="2026-03-02T22:10-05:00")]}, "it ends before it starts"),
        ({"suspensions": [suspension(to="2026-03-03T02:00Z")]}, "it ends before it starts"),
        ({"suspensions": [suspension(to="2026-03-02")]}, "it ends before it starts"),
        (
            {"suspensions": [suspension(**{"from": "2026-03-02", "to": "2026-03-02"})]},
            "it ends before it starts",
        ),
        (
            {"suspensions": [suspension(**{"from": "2026-03-02", "to": "2026-03-01T09:59Z"})]},
            "it ends before it starts",
        ),
    ],
)
def test_what_counsel_cannot_have_signed_is_refused(
    more: dict[str, Any], what: str, make: Make
) -> None:
    with pytest.raises(BadDemand) as caught:
        make(**more)

    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("more", "code", "name"),
    [
        ({"opinions": [opinion(point="opens")]}, "opinion-unknown-point", "opens"),
        ({"opinions": [opinion(point="settles")]}, "opinion-unknown-point", "settles"),
        ({"suspensions": [suspension("acts")]}, "suspension-unknown-authority", "acts"),
    ],
)
def test_what_would_do_nothing_is_refused(
    more: dict[str, Any], code: str, name: str, tiny: Tiny, make: Make
) -> None:
    settles = """
    @id("settles") @authority("act") forbid (principal, action == Action::"refer", resource);
    """
    engine = tiny(LAW + point() + lift("act") + settles)

    with pytest.raises(Refusal) as caught:
        engine.decide(make(**more))

    assert caught.value.code == code
    assert str(caught.value).endswith(f": {name}")


# ---- Suspensions.


@pytest.mark.parametrize("authority", ["act", "mandate"])
def test_what_opens_on_a_suspended_authority_is_referred(
    authority: str, tiny: Tiny, make: Make
) -> None:
    engine = tiny(LAW + lift(authority))
    demand = make(suspensions=[suspension(authority)])

    before, after = only(engine.decide(make())), only(engine.decide(demand))

    assert (before.outcome, before.suspended) == (RELEASE, ())
    assert (after.outcome, after.policies, after.suspended) == (REFER, ("opens",), ("opens",))
    assert after.authorities == (authority,)
    assert f"Counsel suspended {authority} section 1;" in after.reason.counsel


def test_a_coarser_answer_on_a_suspended_authority_is_referred(tiny: Tiny, make: Make) -> None:
    law = LAW + """
    @id("coarser") @authority("mandate") @lifts("lock") @coarsen_to("year")
    permit (principal, action == Action::"lift_coarsened", resource);
    """  # fmt: skip
    engine = tiny(law)

    before = only(engine.decide(make()))
    after = only(engine.decide(make(suspensions=[suspension("mandate")])))

    assert (before.outcome, before.coarsen_to) == (COARSEN, "year")
    assert (after.outcome, after.coarsen_to, after.suspended) == (REFER, None, ("coarser",))


def test_a_definition_that_is_suspended_keeps_its_word_and_opens_nothing(
    tiny: Tiny, make: Make
) -> None:
    kept = """
    @id("kept") @authority("mandate") @bars("kept")
    forbid (principal, action in Action::"disclose", resource)
    when { resource.name == "address" && context.established.contains("asked") };
    """
    records = [{"program": "snap", "fields": ["S1.address", "S1.phone"]}]
    demand = make(records=records, suspensions=[suspension("act")])

    rulings = tiny(LAW + DEFINED + kept + lift("mandate")).decide(demand).rulings

    assert [(r.outcome, r.policies, r.suspended) for r in rulings] == [
        (WITHHOLD, ("kept",), ()),
        (REFER, ("def-asked", "opens"), ("def-asked",)),
    ]


def test_a_restriction_that_is_suspended_still_closes(tiny: Tiny, make: Make) -> None:
    engine = tiny(LAW + lift("mandate", "another"))

    ruling = only(engine.decide(make(suspensions=[suspension("act")])))

    assert (ruling.outcome, ruling.policies, ruling.suspended) == (WITHHOLD, ("locked",), ())


def test_an_opinion_on_a_suspended_authority_opens_nothing(tiny: Tiny, make: Make) -> None:
    demand = make(opinions=[opinion()], suspensions=[suspension("act")])

    ruling = only(tiny(LAW + point()).decide(demand))

    assert (ruling.outcome, ruling.suspended, ruling.opinions) == (REFER, ("ask",), ())


@pytest.mark.parametrize(
    ("from_", "to", "suspended"),
    [
        # Friday night in Maine is Saturday in UTC, and the day in Maine counts.
        ("2026-03-03T03:10Z", None, True),
        ("2026-03-03T11:59Z", None, True),
        ("2026-03-03T12:00Z", None, False),
        ("2026-02-01T08:00-05:00", "2026-03-01T09:59Z", False),
        ("2026-02-01T08:00-05:00", "2026-03-01T10:00Z", True),
        ("2026-03-02", None, True),
        ("2026-03-03", None, False),
        ("2026-03-01", "2026-03-02", False),
        ("2026-03-01", "2026-03-03", True),
    ],
)
def test_a_suspension_holds_on_every_day_that_it_touches_anywhere(
    from_: str, to: str | None, suspended: bool, tiny: Tiny, make: Make
) -> None:
    demand = make(suspensions=[{**suspension(), "from": from_, "to": to}])

    ruling = only(tiny(LAW + lift("act"), on=date(2026, 3, 2)).decide(demand))

    assert ruling.outcome is (REFER if suspended else RELEASE)
