"""Slips in the packs, one of each kind: whatever changes an answer or a duty does not get through.

``benchmarks/mutants.py`` makes all of them, some ten thousand, and prints who stops which.
"""

from pathlib import Path

import pytest

from clerestory.audit.promises.groups import misplaced
from clerestory.audit.promises.immigration import ordered_to_immigration
from clerestory.audit.promises.question import LawRead
from clerestory.audit.promises.rows import ordered
from clerestory.audit.promises.written import ask_written, core
from clerestory.law.errors import PackFault
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.smt import CanBe
from mutants.judging import CHANGES, NOTHING, WIDENS, Judge
from mutants.kinds import Slips, sample
from mutants.slip import Slip

ROOT = Path(__file__).parents[2]
JUDGE = Judge(ROOT / "packs", ROOT / "casebook")
ALL = Slips(max(JUDGE.stacks, key=lambda s: len(s.packs)), JUDGE.written, JUDGE.rows).all()
ONE_OF_EACH = sample(ALL, 1, seed=2026)

# What no answer tells, and the gate compares as it is written.
WRITTEN = {"promise weakened", "authority kind changed", "authority confirmation changed",
           "authority dates changed", "citation dropped", "row deleted", "row without days",
           "row changed", "mark proxy dropped", "mark event dropped", "mark compels dropped",
           "source dropped", "group left", "group joined", "listed code dropped",
           "way open to a group more", "way open to a category more", "way condition dropped",
           "way authority swapped"}  # fmt: skip
# Of the slips in policies that widen release, as many as the promises alone stop at least, of a
# hundred: of 128, 122 (95). What they miss opens papers about nobody.
# Whatever code joins or leaves a group is stopped by what is stated of groups a second time.
PROMISES_STOP = 80


def test_every_kind_of_slip_is_made() -> None:
    assert len({slip.kind for slip in ALL}) >= 55
    assert {slip.kind for slip in ALL} >= WRITTEN
    assert len(ALL) > 5_000


@pytest.mark.parametrize("slip", ONE_OF_EACH, ids=[slip.kind for slip in ONE_OF_EACH])
def test_a_slip_that_changes_an_answer_or_a_duty_is_told_by_the_gate(slip: Slip) -> None:
    try:
        does = JUDGE.does(slip)
    except (OutsideSubset, PackFault):
        return  # The check names it: it cannot even be read.

    assert JUDGE.told(slip) == (does != NOTHING or slip.kind in WRITTEN)


def test_no_code_joins_or_leaves_a_group_unnoticed() -> None:
    moved = [slip for slip in ALL if slip.kind in {"group left", "group joined"}]
    vocabulary = JUDGE.stacks[0].vocabulary

    assert len(moved) > 500
    assert [s.name for s in moved if not any(misplaced(s.vocabulary_with(vocabulary)))] == []


@pytest.mark.slow
def test_the_promises_alone_stop_their_share() -> None:
    some = [slip for slip in sample(ALL, 2, seed=7) if slip.policies]
    wide = [slip for slip in some if JUDGE.does(slip) == WIDENS]

    stopped = [slip.name for slip in wide if JUDGE.broken_promise(slip)]

    assert len(stopped) * 100 >= PROMISES_STOP * len(wide), (len(stopped), len(wide))


def test_a_slip_is_stopped_by_a_promise_and_by_the_comparison() -> None:
    (slip,) = [s for s in ALL if s.kind == "forbid deleted" and s.where == "house-third-person"]

    judged = JUDGE.judge(slip)

    assert judged.does == WIDENS
    assert judged.promises == "only-the-person-named"
    assert judged.comparison
    assert judged.stopped


def test_a_slip_with_which_every_table_agrees_is_stopped_by_the_programs_own_list() -> None:
    """Whoever edits policies and all tables of a pack together edits no list of the program."""
    (slip,) = [s for s in ALL if s.where == "snap-report-of-known-presence"
               and s.kind == "when dropped" and "4" in s.says]  # fmt: skip
    laws = JUDGE._promised[JUDGE.stacks[0].digest].laws(slip)
    read = LawRead(laws.every_day[1], core().terms, {
        "mandate": lambda read: read.circuit.yes, "class_agreement": lambda read: read.circuit.yes,
        "ordered_to_immigration": ordered_to_immigration,
    })  # fmt: skip

    asked = {q.id: q.broken for q in ask_written(read, core().promises)}

    needs, few = asked["immigration-needs-judge-or-mandate"], asked["few-laws-order-it"]
    assert laws.ask(needs).can_be is CanBe.NEVER
    assert laws.ask(few).can_be is CanBe.POSSIBLE


@pytest.mark.parametrize(
    ("kind", "where", "says", "promise"),
    [
        ("field or set narrowed", "def-immigration-cited", "imm-8usc1360b",
         "what-rests-on-immigration-law-opens-nothing"),
        ("code swapped", "def-judge-order", "other_state", "immigration-needs-judge-or-mandate"),
        ("define deleted", "def-relation-without-a-text", "", "a-tie-that-was-shown-is-answered"),
        ("refer deleted", "refer-consent-no-text-provides-for", "",
         "a-permission-that-covers-is-answered"),
    ],
)  # fmt: skip
def test_a_slip_of_one_word_breaks_the_promise_that_is_made_of_it(
    kind: str, where: str, says: str, promise: str
) -> None:
    (slip,) = [s for s in ALL if (s.kind, s.where) == (kind, where) and says in s.says]
    promised = JUDGE._promised[JUDGE.stacks[0].digest]
    laws, own = promised.laws(slip), promised._promises
    read = LawRead(laws.every_day[1], own.terms, {
        "mandate": lambda read: own._any_of("mandate", ordered)(read),
        "class_agreement": lambda read: read.circuit.yes,
        "ordered_to_immigration": ordered_to_immigration,
    })  # fmt: skip
    (made,) = [one for one in [*own.core, *own.packs] if one.id == promise]

    (asked,) = ask_written(read, [made])

    assert laws.ask(asked.broken).can_be is CanBe.POSSIBLE


def test_a_slip_that_only_closes_is_a_change_too() -> None:
    (slip,) = [s for s in ALL if s.kind == "lift deleted" and s.where == "snap-program-violation"]

    assert JUDGE.does(slip) == CHANGES


def test_a_way_can_be_open_to_every_group_and_category_of_any_pack() -> None:
    more = {
        (slip.where, slip.says) for slip in Slips(max(JUDGE.stacks, key=lambda s: len(s.packs)),
        JUDGE.written, JUDGE.rows, seed=3).all() if slip.kind.startswith("way open to")
    }  # fmt: skip

    # The groups stand in one pack, and the way in another.
    assert any(where.startswith("reach.toml me-") for where, _ in more)
    assert not any(says == "also immigration" for where, says in more
                   if where == "reach.toml me-own-safe-address")  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "where", "says", "promise"),
    [
        ("row deleted", "child-support", "", "reach-programmes-"),
        ("listed code dropped", "legislatures", "who without legislature_state",
         "reach-requesters (about nothing)"),
        ("listed code dropped", "status", "categories without origin",
         "reach-records (about nothing)"),
    ],
)  # fmt: skip
def test_a_slip_that_closes_a_table_of_reach_breaks_a_promise(
    kind: str, where: str, says: str, promise: str
) -> None:
    name = f"reach.toml {where}"
    (slip,) = [s for s in ALL if (s.kind, s.where, s.says) == (kind, name, says)]

    # Which categories a demand stands in, of those that lost their way, is the solver's choice.
    assert JUDGE.broken_promise(slip).startswith(promise)


@pytest.mark.parametrize("kind", ["way open to a group more", "way condition dropped"])
def test_a_slip_that_only_widens_a_way_is_told_as_it_is_written(kind: str) -> None:
    (slip, *_) = [s for s in ALL if s.kind == kind and s.where == "reach.toml snap-running-it"]
    (row,) = slip.rows.values()
    (kept,) = [row for row in JUDGE.rows if row.where in slip.rows]

    assert row is not None
    assert (row.lists, row.tree) != (kept.lists, kept.tree)
    assert JUDGE.does(slip) == NOTHING
    assert JUDGE.told(slip)
