"""Every promise of the packs is proved for all demands; a mistake in the law is found."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from asked_of_law import shown_for
from clerestory.audit.law_choice import LawChoice, choose_law
from clerestory.audit.law_diff import diff_laws
from clerestory.audit.proof import NOT_PROVED, PROVED, REFUTED, Proof, prove
from clerestory.demands import Outcome, read_demand
from clerestory.law.errors import PackFault
from clerestory.law.packs import PackStack, load_stack
from clerestory.policy import Engine
from clerestory.policy.errors import OutsideSubset

PACKS = Path(__file__).parents[2] / "packs"
ON = date(2026, 11, 2)

# A slip of the pen in a policy, and the promise that it breaks: (file, text, text instead).
HOUSE, DEFINITIONS = "2-house.cedar", "1-definitions.cedar"
SLIPS = {
    "a lock that is gone: third persons": (
        HOUSE,
        'context.subject.relation == "household_member"',
        'context.subject.relation == "household_member" && false',
        "only-the-person-named",
    ),
    "yes for no: a paper that is not in force": (
        HOUSE,
        '(context.paper.kind != "none" && context.paper.status != "live")',
        '(context.paper.kind != "none" && context.paper.status == "expired")',
        "paper-in-force",
    ),
    "and for or: a stayed or reversed order": (
        HOUSE,
        'context.findings.order_reversed == "yes" || context.findings.order_stayed == "yes"',
        'context.findings.order_reversed == "yes" && context.findings.order_stayed == "yes"',
        "order-undone",
    ),
    "a doubt that is not read: conflicting orders": (
        HOUSE,
        '|| context.raised.contains("conflicting_orders") };',
        "};",
        "courts-disagree",
    ),
    "a list by status forgotten": (
        HOUSE,
        'when { resource.name == "status_list" };',
        'when { resource.name == "status" };',
        "no-status-list",
    ),
    "a class picked by language counts as any class": (
        DEFINITIONS,
        '"language", "race_ethnicity", "program_proxy"',
        '"race_ethnicity", "program_proxy"',
        "no-class-by-status",
    ),
    "any court's process for a judge's order": (
        HOUSE,
        'context.mandated.contains("immigration") ||\n',
        'context.mandated.contains("immigration") || '
        'context.established.contains("compulsory_process") ||\n',
        "immigration-needs-judge-or-mandate",
    ),
    "a class to immigration enforcement": (
        HOUSE,
        'context.lifted.contains("class") && '
        '!context.established.contains("for_immigration_enforcement") &&\n',
        'context.lifted.contains("class") || context.established.contains('
        '"compelled_by_judge") &&\n',
        "no-class-to-immigration",
    ),
    "an agreement that nobody agreed to": (
        DEFINITIONS,
        'when { context.agreement.agreed_by_holder == "yes" }\n',
        'when { context.agreement.agreed_by_holder != "no" }\n',
        "agreement-opens-what-it-covers",
    ),
    "a consent for another purpose": (
        DEFINITIONS,
        'when { context.consent.purpose == "yes" }\n',
        "",
        "consent-opens-what-it-covers",
    ),
    "a consent taken back": (
        DEFINITIONS,
        'when { context.consent.revoked == "no" }\n',
        "",
        "consent-opens-what-it-covers",
    ),
    "a field that the paper does not name": (
        HOUSE,
        'context.paper.names_field == "no" && !context.established.contains("about_nobody")',
        'context.paper.names_field == "unstated" && !context.established.contains("about_nobody")',
        "only-the-fields-named",
    ),
    "two people match": (
        HOUSE,
        'context.findings.identifier_matches_one_person == "no" ||\n',
        "",
        "one-right-person",
    ),
    "a mandate dropped in silence": (
        HOUSE,
        "!context.mandated.isEmpty() && !context.barred.isEmpty() }",
        '!context.mandated.isEmpty() && context.barred.contains("conflict") }',
        "mandate-never-dropped",
    ),
}


def slip(folder: Path, file: str, old: str, new: str) -> Path:
    packs = folder / "packs"
    shutil.copytree(PACKS, packs)
    path = packs / "us-federal" / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")
    return packs


def add_promise(packs: Path, row: str) -> None:
    """Add a promise to those of the federal pack; other files name some of them."""
    path = packs / "us-federal" / "promises.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{row}", "utf-8")


@pytest.mark.parametrize("pack", ["us-federal", "us-me"])
def test_every_promise_is_proved_for_all_demands(pack: str) -> None:
    report = prove(load_stack(PACKS, [pack]))

    assert {proof.promise: proof.result for proof in report.proofs if proof.result != PROVED} == {}
    assert report.holds


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_the_law_is_found_and_shown_as_a_demand(name: str, tmp_path: Path) -> None:
    file, old, new, promise = SLIPS[name]
    stack = load_stack(slip(tmp_path, file, old, new), ["us-federal"])

    proof = shown_for(stack, promise)

    assert proof is not None
    assert answer_to(stack, proof) in {"mandate-never-dropped": {Outcome.WITHHOLD}}.get(
        promise, {Outcome.RELEASE, Outcome.COARSEN}
    )


def test_a_slip_is_found_among_all_promises(tmp_path: Path) -> None:
    file, old, new, promise = SLIPS["a list by status forgotten"]
    stack = load_stack(slip(tmp_path, file, old, new), ["us-federal"])

    report = prove(stack)

    broken = {proof.promise: proof for proof in report.proofs if proof.result == REFUTED}
    assert promise in broken
    assert not report.holds
    assert answer_to(stack, broken[promise]) in {Outcome.RELEASE, Outcome.COARSEN}


def answer_to(stack: PackStack, proof: Proof) -> Outcome:
    assert proof.demand is not None
    demand = read_demand(dict(proof.demand), stack.vocabulary)
    item = demand.items[0]
    engine = Engine.of(stack, proof.on, {(item.program, item.field): proof.source})
    return engine.decide(demand, explain=False).rulings[0].outcome


def test_a_question_without_time_is_not_proved() -> None:
    report = prove(load_stack(PACKS, ["us-federal"]), timeout_ms=1)

    assert {proof.result for proof in report.proofs} <= {PROVED, NOT_PROVED}
    assert report.holds == all(proof.result == PROVED for proof in report.proofs)


def test_a_promise_about_no_demand_proves_nothing(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(PACKS, packs)
    add_promise(
        packs,
        '[[promise]]\nid = "empty"\nsays = "It says nothing."\n'
        'when = \'resource.name == "address" && resource.name == "name"\'\nnever = ["release"]\n',
    )

    report = prove(load_stack(packs, ["us-federal"]))

    assert {proof.promise: proof.result for proof in report.proofs}["empty"] == NOT_PROVED


@pytest.mark.parametrize(
    "when",
    [
        'resource.name == "adress"',
        'context.barred.contains("no_such_lock")',
        'principal in Requester::"nobody"',
        'context.paper.status like "l*"',
    ],
)
def test_a_promise_with_a_code_that_cannot_be_is_refused(when: str, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(PACKS, packs)
    add_promise(
        packs,
        f'[[promise]]\nid = "slip"\nsays = "It says it."\nwhen = \'{when}\'\nnever = ["release"]\n',
    )

    with pytest.raises(OutsideSubset, match="slip"):
        prove(load_stack(packs, ["us-federal"]))


def test_a_promise_that_is_not_cedar_is_refused(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(PACKS, packs)
    add_promise(
        packs, '[[promise]]\nid = "slip"\nsays = "x"\nwhen = "and and"\nnever = ["release"]\n'
    )

    with pytest.raises(PackFault, match="is not Cedar"):
        prove(load_stack(packs, ["us-federal"]))


def test_a_law_differs_from_itself_in_nothing() -> None:
    law = choose_law("us-me@2026-11-02", PACKS, ON)

    assert diff_laws(law, law).is_none


def test_a_diff_shows_in_which_direction_and_by_whom(tmp_path: Path) -> None:
    file, old, new, _ = SLIPS["a list by status forgotten"]
    packs = slip(tmp_path, file, old, new)

    found = diff_laws(
        LawChoice("old", load_stack(PACKS, ["us-federal"]), ON),
        LawChoice("new", load_stack(packs, ["us-federal"]), ON),
    )

    opened = [change for change in found.changes if change.opens and change.after == "release"]
    assert {change.before for change in opened} == {"refer", "withhold"}
    assert any("house-no-list-by-status" in change.authorities_before for change in opened)
    assert not found.is_none


def test_the_law_of_maine_closed_doors_in_july_2026() -> None:
    found = diff_laws(
        choose_law("us-me@2026-03-02", PACKS, ON), choose_law("us-me@2026-11-02", PACKS, ON)
    )

    kinds = {(change.before, change.after): change for change in found.changes}
    assert ("release", "withhold") in kinds
    assert not any(change.opens and change.after == "release" for change in found.changes)
    assert "me-5-337e" in kinds["release", "withhold"].authorities_after


def test_a_draft_lies_in_a_folder_of_its_own(tmp_path: Path) -> None:
    shutil.copytree(PACKS / "us-me", tmp_path / "us-me")

    draft = choose_law(str(tmp_path / "us-me"), PACKS, ON)

    assert diff_laws(choose_law("us-me", PACKS, ON), draft).is_none
