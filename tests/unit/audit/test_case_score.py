"""Scores are added up without mercy, and what cannot be run is never passed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit.case_score import CaseTally, list_case_files, score_files
from clerestory.audit.casebook import score_step
from clerestory.demands import Determination, Item, Outcome, Ruling
from clerestory.demands.determination import DueDate, Duty, Reason, overall_of
from clerestory.demands.errors import BadDemand

Damage = Callable[[str, str, str], int]


def determined(
    outcome: str, coarsen_to: str | None = None, duties: tuple[Duty, ...] = ()
) -> Determination:
    ruling = Ruling(
        item=Item("S1", "snap", "address"),
        outcome=Outcome(outcome),
        authorities=("made-up-act",),
        policies=("made-up-policy",),
        considered_not_met=(),
        reason=Reason(counsel="", requester="", person=""),
        coarsen_to=coarsen_to,
    )
    return Determination(
        demand_id="AA-1",
        on=date(2026, 1, 5),
        overall=overall_of([ruling.outcome]),
        rulings=(ruling,),
        duties=duties,
        questions=(),
        packs=(),
        pack_digest="",
        facts_digest="",
        engine="",
    )


def tally(packs: Path) -> CaseTally:
    found = CaseTally()
    for score in score_files(packs, [packs / "us-aa" / "cases" / "cases.yaml"]):
        found.add(score)
    return found


def test_a_clean_score_has_two_lines(packs: Path) -> None:
    assert list(tally(packs).lines()) == [
        "2 passed, 0 failed, 0 not covered (2 of 2 steps passed)",
        "over-releases: 0",
    ]


def test_an_over_release_comes_first_and_is_counted_last(packs: Path, damage: Damage) -> None:
    damage("cases/cases.yaml", "rulings: {S1.address: release}", "rulings: {S1.address: withhold}")

    lines = list(tally(packs).lines())

    assert lines[0] == (
        "OVER-RELEASE  AA-1 on 2026-01-05: S1.address (snap) was released; the answer is withhold"
    )
    assert lines[-2:] == [
        "1 passed, 1 failed, 0 not covered (1 of 2 steps passed)",
        "over-releases: 1",
    ]


@pytest.mark.parametrize(
    ("known", "given", "over"),
    [
        ("withhold", "withhold", None),
        ("withhold", "refer_to_counsel", None),
        ("withhold", "coarsen", "was coarsened"),
        ("withhold", "release", "was released"),
        ("refer_to_counsel", "withhold", None),
        ("refer_to_counsel", "refer_to_counsel", None),
        ("refer_to_counsel", "coarsen", "was coarsened"),
        ("refer_to_counsel", "release", "was released"),
        ("coarsen", "withhold", None),
        ("coarsen", "refer_to_counsel", None),
        ("coarsen", "coarsen", None),
        ("coarsen", "release", "was released"),
        ("release", "withhold", None),
        ("release", "refer_to_counsel", None),
        ("release", "coarsen", None),
        ("release", "release", None),
    ],
)
def test_whatever_opens_more_than_the_known_answer_is_an_over_release(
    known: str, given: str, over: str | None
) -> None:
    score = score_step("AA-1", {"rulings": {"S1.address": known}}, (), determined(given))

    said = (f"S1.address (snap) {over}; the answer is {known}",) if over else ()
    assert score.over_releases == said
    assert score.passed is (known == given)


@pytest.mark.parametrize(("must_not", "over"), [(["coarsen"], 1), (["release"], 0), ([], 0)])
def test_what_no_day_may_give_is_an_over_release_without_a_known_answer(
    must_not: list[str], over: int
) -> None:
    score = score_step("AA-1", {}, must_not, determined("coarsen"))

    assert len(score.over_releases) == over


def test_withholding_too_much_is_a_miss_and_no_over_release(packs: Path, damage: Damage) -> None:
    damage("cases/cases.yaml", "rulings: {S1.address: withhold}", "rulings: {S1.address: release}")

    found = tally(packs)

    assert (found.failed, found.over_releases) == (1, [])
    assert "    2026-01-05  S1.address (snap) is withhold; the answer is release" in found.lines()


def test_a_case_of_a_pack_that_is_not_here_is_neither_passed_nor_failed(packs: Path) -> None:
    path = packs / "us-aa" / "cases" / "cases.yaml"
    path.write_text(path.read_text().replace("packs: [us-aa]", "packs: [us-zz]"))

    found = tally(packs)

    assert (found.passed, found.failed, len(found.not_covered)) == (0, 0, 2)


def test_a_case_with_a_code_that_the_packs_do_not_know_is_not_covered(
    packs: Path, damage: Damage
) -> None:
    damage("cases/cases.yaml", "{official_capacity: 'no'}", "{capacity: 'no'}")

    found = tally(packs)

    assert (found.passed, found.failed) == (1, 0)
    assert "capacity is not in the list findings" in found.not_covered[0].not_covered


def test_a_listed_authority_that_is_not_named_is_information(packs: Path, damage: Damage) -> None:
    damage(
        "cases/cases.yaml",
        "decides_first: aa-officer",
        "decides_first: aa-officer\n    authorities: [aa-officer, aa-about]",
    )

    found = tally(packs)

    assert (found.passed, found.unnamed) == (2, 1)
    assert "    2026-01-05  for information: aa-about is not named" in found.lines(verbose=True)


def test_a_case_that_cannot_be_read_is_named(packs: Path) -> None:
    path = packs / "us-aa" / "cases" / "cases.yaml"
    path.write_text(path.read_text().replace("- from: 2026-01-05", "- from: soon", 1))

    with pytest.raises(BadDemand, match=r"cases.yaml, case AA-1: not a day: soon"):
        tally(packs)


def test_files_of_a_folder_are_found_once_and_codes_are_none(packs: Path) -> None:
    file = packs / "us-aa" / "cases" / "cases.yaml"

    assert list_case_files([packs, file]) == [file]


def test_a_place_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="there is no file"):
        list_case_files([tmp_path / "none.yaml"])


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDemand, match="holds no case files"):
        list_case_files([tmp_path])


DUE = DueDate(on=date(2026, 1, 12), starts_on=date(2026, 1, 5), provision="", steps=())
OWED = (
    Duty(code="acknowledge", basis="law", authority="aa", within="5 working days", due=DUE),
    Duty(code="report", basis="law", authority="aa", to="data_owner"),
)


@pytest.mark.parametrize(
    ("duty", "misses"),
    [
        ("acknowledge", ()),
        ({"do": "acknowledge", "within": "5 working days", "due": date(2026, 1, 12)}, ()),
        ({"do": "report", "to": "data_owner", "within": None}, ()),
        ({"do": "report", "to": "data_owner", "within": "none"}, ()),
        ("notify_counsel", ("duty notify_counsel is missing",)),
        (
            {"do": "acknowledge", "within": "6 working days"},
            ("duty acknowledge is owed otherwise than known: within 6 working days",),
        ),
        (
            {"do": "acknowledge", "due": date(2026, 1, 13)},
            ("duty acknowledge is owed otherwise than known: due 2026-01-13",),
        ),
        (
            {"do": "report", "to": "me_secretary_of_state", "due": "none"},
            ("duty report is owed otherwise than known: to me_secretary_of_state, due none",),
        ),
        (
            {"do": "acknowledge", "to": "data_owner"},
            ("duty acknowledge is owed otherwise than known: to data_owner",),
        ),
    ],
)
def test_a_duty_is_owed_to_whom_and_when_the_known_answer_says(
    duty: object, misses: tuple[str, ...]
) -> None:
    assert (
        score_step("AA-1", {"duties": [duty]}, (), determined("withhold", None, OWED)).misses
        == misses
    )


@pytest.mark.parametrize(
    ("given", "misses"),
    [
        ("year", ()),
        ("county", ("S1.address is coarsened to county; the answer is year",)),
        (None, ("S1.address is coarsened to None; the answer is year",)),
    ],
)
def test_another_coarser_answer_is_another_answer(
    given: str | None, misses: tuple[str, ...]
) -> None:
    step = {"coarsen_to": {"S1.address": "year"}}

    assert score_step("AA-1", step, (), determined("coarsen", given)).misses == misses


def test_the_law_that_is_active_beside_the_packs_is_no_case(packs: Path) -> None:
    (packs / "active.json").write_text("{}")
    (packs / "active" / "0" / "us-aa").mkdir(parents=True)
    (packs / "active" / "0" / "us-aa" / "more.yaml").write_text("a: 1\n")

    assert list_case_files([packs]) == [packs / "us-aa" / "cases" / "cases.yaml"]
