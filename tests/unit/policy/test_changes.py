"""What would change a ruling, and the questions whose answers matter."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import date

from clerestory.demands import Demand, Determination, Outcome
from clerestory.demands.determination import Change, Question, Turn
from clerestory.policy import Engine
from clerestory.policy.explain.applying import apply_changes
from clerestory.policy.model.facts import facts_of

Decide = Callable[..., Determination]
Make = Callable[..., Demand]
Tiny = Callable[..., Engine]


def turns(determination: Determination) -> tuple[Turn, ...]:
    return determination.rulings[0].would_change


def test_one_missing_finding_is_the_smallest_turn_and_the_first_question(decide: Decide) -> None:
    determination = decide(findings={"official_capacity": "unknown"})

    assert turns(determination)[0] == Turn(
        outcome=Outcome.RELEASE, changes=(Change(fact="findings.official_capacity", value="yes"),)
    )
    assert determination.questions[0] == Question(
        fact="findings.official_capacity",
        by="custodian",
        turns=("snap/S1.address",),
    )


def test_a_finding_that_was_answered_is_a_turn_and_no_question(decide: Decide) -> None:
    determination = decide(findings={"official_capacity": "no"})

    assert turns(determination)[0].changes == (
        Change(fact="findings.official_capacity", value="yes"),
    )
    assert "findings.official_capacity" not in {q.fact for q in determination.questions}


def test_a_release_has_no_turns_and_asks_what_would_close_it(decide: Decide) -> None:
    determination = decide()

    assert turns(determination) == ()
    assert {q.fact for q in determination.questions}
    assert "findings.requester_identified" not in {q.fact for q in determination.questions}


def test_releases_stand_before_referrals_and_light_sets_before_heavy_ones(decide: Decide) -> None:
    found = turns(decide(requester={"class": "landlord"}, records=[
        {"program": "wic", "fields": ["S1.address"]}]))  # fmt: skip

    kinds = [turn.outcome for turn in found]
    assert kinds == sorted(kinds, key=lambda kind: kind is not Outcome.RELEASE)
    assert kinds.count(Outcome.RELEASE) <= 4
    assert kinds.count(Outcome.REFER) <= 2
    assert Outcome.RELEASE in kinds


def test_what_no_evidence_opens_has_no_turn(decide: Decide) -> None:
    determination = decide(subjects=[{"ref": "S1", "relation": "household_member"}])

    assert turns(determination) == ()


def test_the_field_that_more_rulings_hang_on_is_asked_about_first(decide: Decide) -> None:
    determination = decide(
        findings={"official_capacity": "unknown"},
        records=[{"program": "snap", "fields": ["S1.address", "S1.ssn", "S1.photo"]}],
    )

    sizes = [len(question.turns) for question in determination.questions]
    assert sizes == sorted(sizes, reverse=True)
    assert determination.questions[0].turns == (
        "snap/S1.address", "snap/S1.photo", "snap/S1.ssn",
    )  # fmt: skip


def test_a_paper_that_comes_along_is_a_turn_of_its_own(tiny: Tiny, make: Make) -> None:
    engine = tiny(
        """
        @id("opens") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.papers.contains("search_warrant") };
        @id("may-leave") @authority("house-default-deny")
        permit (principal, action in Action::"disclose", resource)
        when { !context.lifted.isEmpty() };
        """
    )

    determination = engine.decide(make())

    assert turns(determination) == (
        Turn(outcome=Outcome.RELEASE, changes=(Change(fact="papers", value="search_warrant"),)),
    )
    assert determination.questions == ()


def test_which_judge_signs_makes_no_other_turn(tiny: Tiny, make: Make) -> None:
    engine = tiny(
        """
        @id("opens") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.paper.kind == "court_order" }
        when { ["article_iii_judge", "state_judge"].contains(context.paper.issuer) };
        @id("may-leave") @authority("house-default-deny")
        permit (principal, action in Action::"disclose", resource)
        when { !context.lifted.isEmpty() };
        """
    )

    [turn] = turns(engine.decide(make()))

    assert [change.fact for change in turn.changes] == ["paper.kind", "paper.issuer"]


def test_a_proposal_that_cedar_does_not_confirm_is_not_shown(tiny: Tiny, make: Make) -> None:
    # The bar falls with the same fact that the permit needs.
    engine = tiny(
        """
        @id("opens") @authority("act") @lifts("lock")
        permit (principal, action == Action::"lift", resource)
        when { context.findings.part2_order == "yes" };
        @id("may-leave") @authority("house-default-deny")
        permit (principal, action in Action::"disclose", resource)
        when { !context.lifted.isEmpty() };
        @id("bars") @authority("act") @bars("lock")
        forbid (principal, action in Action::"disclose", resource)
        when { context.papers.contains("court_order") && 1 < 2 };
        """
    )

    assert turns(engine.decide(make(instrument={"kind": "court_order"}))) == ()
    assert len(turns(engine.decide(make()))) <= 1


def test_changes_are_laid_over_the_facts_and_settle_a_doubt(engine: Engine, make: Make) -> None:
    demand = make(findings={"order_stayed": "unknown", "order_reversed": "unknown"})
    facts = facts_of(demand, demand.items[0], date(2026, 3, 2), engine.law.stack.vocabulary)

    after = apply_changes(
        facts,
        frozenset({
            ("findings.order_stayed", "no"), ("paper.kind", "court_order"),
            ("papers", "search_warrant"),
        }),
    )  # fmt: skip

    assert after["raised"] == ["order_reversed"]
    assert after["findings"]["order_stayed"] == "no"
    assert after["papers"] == ["court_order", "search_warrant"]
    assert facts["raised"] == ["order_reversed", "order_stayed"]


def test_two_persons_with_the_same_facts_have_the_same_turns(decide: Decide) -> None:
    determination = decide(
        subjects=[
            {"ref": "S1", "relation": "named", "applicant": "yes"},
            {"ref": "S2", "relation": "named", "applicant": "yes"},
        ],
        records=[{"program": "snap", "fields": ["S1.phone", "S2.phone"]}],
    )

    one, two = determination.rulings
    assert astuple(one)[1:] == astuple(two)[1:]


def test_a_paper_that_contradicts_itself_is_asked_about(decide: Decide) -> None:
    spoken = {"instrument": {"kind": "none", "issuer": "officer", "written": "yes"}}
    question = Question(
        fact="findings.paper_contradicts_itself",
        by="custodian",
        turns=("snap/S1.address",),
    )
    determination = decide(**spoken)
    assert determination.rulings[0].outcome is Outcome.WITHHOLD
    assert question in determination.questions
    assert question not in decide().questions

    # Counsel answers while somebody looks again, and nobody is asked twice.
    for answer in ("yes", "unknown"):
        asked = decide(**spoken, findings={"paper_contradicts_itself": answer})
        assert asked.rulings[0].outcome is Outcome.REFER
        assert question not in asked.questions
