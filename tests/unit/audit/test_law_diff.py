"""Two made-up laws compared over all demands: what opens, closes, alters, and whose duties move."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from clerestory.audit import every_day, two_laws
from clerestory.audit.law_choice import choose_law
from clerestory.audit.law_diff import Change, LawDiff, diff_laws
from clerestory.audit.proof import InterpretersDisagree
from clerestory.demands import read_demand
from clerestory.demands.determination import Outcome
from clerestory.law.packs import load_stack
from clerestory.policy import Engine
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.circuit_of_law import circuit_of
from clerestory.policy.interpreters.smt import Answer, CanBe, Solver
from clerestory.policy.model.law_of_the_day import LawOfTheDay

ON = date(2026, 3, 2)
NAMES = '["address", "ssn"].contains(resource.name)'
COARSER = """
@id("aa-offer")
@authority("aa-officer")
@lifts("snap")
@coarsen_to("{code}")
permit (principal == Requester::"press", action == Action::"lift_coarsened", resource)
when {{ context.barred.contains("snap") }};
"""


@pytest.fixture
def draft(packs: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the pack in which texts of the law are replaced or added."""

    def changed(*replaced: tuple[str, str], more: str = "", name: str = "draft") -> Path:
        folder = Path(shutil.copytree(packs / "us-aa", tmp_path / name))
        text = (folder / "law.cedar").read_text()
        for old, new in replaced:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (folder / "law.cedar").write_text(text + more)
        return folder

    return changed


@pytest.fixture
def compared(packs: Path) -> Callable[..., LawDiff]:
    def diff(new: Path | str, old: Path | str = "us-aa") -> LawDiff:
        return diff_laws(choose_law(str(old), packs, ON), choose_law(str(new), packs, ON))

    return diff


Draft = Callable[..., Path]
Compared = Callable[..., LawDiff]


def ways(found: LawDiff) -> list[tuple[str, str, str]]:
    return [(change.way, change.before, change.after) for change in found.changes]


def test_a_law_differs_in_nothing_from_itself_and_that_is_proved(
    compared: Compared, draft: Draft
) -> None:
    same = draft(('context.subject.relation == "named"', '"named" == context.subject.relation'))

    found = compared(same)

    assert (found.old, found.new, found.is_none) == ("us-aa", str(same), True)
    assert found.to_json() == {
        "old": "us-aa", "new": str(same), "no_difference": True, "changes": [], "open": [],
    }  # fmt: skip


def test_a_field_more_opens_and_is_shown_by_a_demand(
    compared: Compared, draft: Draft, packs: Path
) -> None:
    folder = draft((NAMES, '["address", "ssn", "name"].contains(resource.name)'))

    found = compared(folder)

    _, opening = found.changes
    assert ways(found) == [("OPENS", "refer", "release"), ("OPENS", "withhold", "release")]
    assert (opening.opens, opening.programs, opening.duty) == (True, ("snap",), None)
    assert opening.authorities_before == ("aa-closed",)
    assert opening.authorities_after == ("aa-officer",)
    assert opening.demand["id"] == "DIFF-from-withhold-to-release"
    assert opening.demand["records"] == [{"program": "snap", "fields": ["S1.name"]}]
    stack = load_stack(packs, ["us-aa"])
    (ruling,) = Engine.of(stack, ON).decide(read_demand(opening.demand, stack.vocabulary)).rulings
    assert ruling.outcome is Outcome.WITHHOLD


def test_only_who_can_be_answered_otherwise_is_named(compared: Compared, draft: Draft) -> None:
    folder = draft(('principal in Requester::"law_enforcement"', 'principal == Requester::"fns"'))

    found = compared(folder)

    closing = next(change for change in found.changes if change.way == "CLOSES")
    opening = next(change for change in found.changes if change.way == "OPENS")
    assert ways(found)[0][0] == "OPENS"
    assert opening.requesters == ("fns",)
    assert "police_state" in closing.requesters
    assert "fns" not in closing.requesters
    assert not closing.opens


def test_the_law_of_another_day_is_another_law(compared: Compared) -> None:
    found = compared("us-aa@2020-01-01", "us-aa@2019-12-31")

    assert ways(found) == [("OPENS", "refer", "release"), ("OPENS", "withhold", "release")]
    assert (found.old, found.new) == ("us-aa@2019-12-31", "us-aa@2020-01-01")


def test_another_coarser_answer_alters_and_neither_opens_nor_closes(
    compared: Compared, draft: Draft
) -> None:
    old = draft(more=COARSER.format(code="month"), name="old")
    new = draft(more=COARSER.format(code="year"), name="new")

    found = compared(new, old)

    assert ways(found) == [("ALTERS", "coarsen to month", "coarsen to year")]
    (change,) = found.changes
    assert change.requesters == ("press",)
    assert next(change.lines()) == (
        "ALTERS what was answered less exactly (month) is answered less exactly (year)"
    )


def test_openings_stand_before_closings_and_duties_that_move_after_both(
    compared: Compared, draft: Draft
) -> None:
    folder = draft(
        (NAMES, '["name", "ssn"].contains(resource.name)'),
        ('@within("5 working days")', '@within("10 working days")'),
    )

    *answers, added, dropped = compared(folder).changes

    assert [change.way for change in answers] == ["OPENS", "OPENS", "CLOSES", "CLOSES"]
    assert [(c.way, c.duty, c.gained, c.before, c.after) for c in (added, dropped)] == [
        ("ADDS", "written_reasons within 10 working days", True, "withhold", "withhold"),
        ("DROPS", "written_reasons within 5 working days", False, "withhold", "withhold"),
    ]
    assert (added.programs, dropped.programs) == (("all",), ("all",))
    assert added.demand["id"] == "DIFF-the-duty-written-reasons-within-10-working-days-gained"


def test_what_the_solver_leaves_open_is_told_and_is_no_proof(
    compared: Compared, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hesitant(Solver):
        def ask(self, place: int, *, plain: Sequence[int] = ()) -> Answer:  # noqa: ARG002
            return Answer(can_be=CanBe.OPEN)

    monkeypatch.setattr(two_laws, "Solver", Hesitant)

    found = compared(draft((NAMES, '["address"].contains(resource.name)')))

    assert (found.changes, found.is_none) == ((), False)
    assert found.open_questions == ("whether anything differs",)


def test_the_same_text_is_the_same_law_without_a_solver(
    compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(two_laws, "Solver")

    assert compared("us-aa").is_none


def test_a_comparison_that_cedar_does_not_confirm_is_an_alarm(
    compared: Compared, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(law: LawOfTheDay, base: Circuit, stands: Mapping[str, int]) -> Circuit:
        circuit = circuit_of(law, base, stands)
        circuit.determining.clear()
        return circuit

    monkeypatch.setattr(every_day, "circuit_of", wrong)
    folder = draft((NAMES, '["address"].contains(resource.name)'))

    with pytest.raises(
        InterpretersDisagree, match=r"^from release to refer: the comparison says WholeAnswer"
    ):
        compared(folder)


def change(before: str, after: str, duty: str | None = None, *, gained: bool = False) -> Change:
    return Change(
        before=before,
        after=after,
        duty=duty,
        gained=gained,
        programs=("snap", "tanf"),
        requesters=("all",),
        demand={"id": "DIFF-1"},
        authorities_before=("a", "b"),
        authorities_after=("c",),
    )


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [
        ("withhold", "release", "OPENS  what was withheld is released"),
        ("release", "refer", "CLOSES what was released is referred to counsel"),
        ("refer", "coarsen to year", "OPENS  what was referred to counsel is answered less exactly "
                                     "(year)"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_the_words_of_people(before: str, after: str, first: str) -> None:
    assert list(change(before, after).lines()) == [
        first,
        "       programmes: snap, tanf",
        "       requesters: all",
        "       before, by: a, b",
        "       after, by:  c",
    ]


@pytest.mark.parametrize(("gained", "way"), [(True, "ADDS  "), (False, "DROPS ")])
def test_a_change_of_a_duty_names_the_duty(gained: bool, way: str) -> None:
    told = change("release", "release", "log_disclosure", gained=gained)

    first, *_ = told.lines()

    assert first == f"{way} the duty log_disclosure, where the answer stays the same"
    assert not told.opens


def test_a_change_for_programs_has_all_its_parts() -> None:
    found = LawDiff(old="a", new="b", changes=(change("withhold", "release"),),
                    open_questions=("from release to refer",), seconds=1.0)  # fmt: skip

    assert found.to_json() == {
        "old": "a",
        "new": "b",
        "no_difference": False,
        "changes": [
            {
                "before": "withhold",
                "after": "release",
                "duty": None,
                "gained": False,
                "opens": True,
                "programs": ["snap", "tanf"],
                "requesters": ["all"],
                "authorities_before": ["a", "b"],
                "authorities_after": ["c"],
                "demand": {"id": "DIFF-1"},
            }
        ],
        "open": ["from release to refer"],
    }
