"""A batch under two laws that part on a coarser answer only."""

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from clerestory.audit.case_score import list_case_files
from clerestory.audit.law_choice import choose_law
from clerestory.audit.replay.batch import TwoLaws
from clerestory.audit.replay.replay import DutyCount, add_results
from clerestory.audit.replay.report import lines, table
from clerestory.audit.rows.known import known_rows

PACKS = Path(__file__).parents[4] / "packs"
ON = date(2026, 11, 2)
OFFER = '@coarsen_to("month_yes_no")'


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> TwoLaws:
    draft = tmp_path_factory.mktemp("drafts") / "us-me"
    shutil.copytree(PACKS / "us-me", draft)
    path = draft / "maine.cedar"
    path.write_text(path.read_text("utf-8").replace(OFFER, '@coarsen_to("county")'), "utf-8")
    return TwoLaws(*(choose_law(name, PACKS, ON) for name in ("us-me", str(draft))))


@pytest.fixture(scope="module")
def rows(laws: TwoLaws) -> pa.Table:
    files = list_case_files([PACKS.parent / "casebook", PACKS / "us-me" / "cases"])
    facts = [row.facts for row in known_rows(PACKS, files) if "us-me" in row.packs]
    columns = {
        path: pa.array([one[path] for one in facts], pa.list_(pa.string()))
        if path in laws.columns.sets
        else pa.array([one[path] for one in facts], pa.string())
        for path in [*laws.columns.facts, *laws.columns.sets]
    }
    count = len(facts)
    persons = {"demand": [f"D{n}" for n in range(count)], "person": ["P1"] * count}
    return pa.table({**persons, "month": pa.array([date(2026, 11, 1)] * count), **columns})


def test_another_coarser_answer_is_a_change_that_opens_and_closes_nothing(
    laws: TwoLaws, rows: pa.Table
) -> None:
    found = add_results(laws.names, [laws.answer(rows)], made_up=True)

    pair = ("coarsen to month_yes_no", "coarsen to county")
    assert {key for key in found.answers if key[0] != key[1]} == {pair}
    assert found.changed == found.answers[pair] > 0
    assert (found.persons_newly_exposed, found.persons_no_longer_exposed) == (0, 0)
    assert f"{pair[0]} -> {pair[1]}" in "\n".join(lines(found))
    assert f"requester,health_provider,{pair[0]},{pair[1]},1\n" in table(found)


def test_batches_are_added(laws: TwoLaws, rows: pa.Table) -> None:
    half = rows.num_rows // 2
    parts = [laws.answer(rows.slice(0, half)), laws.answer(rows.slice(half))]

    whole = add_results(laws.names, [laws.answer(rows)], made_up=False)
    added = add_results(laws.names, parts, made_up=False)

    assert (added.rows, added.answers, added.flips) == (whole.rows, whole.answers, whole.flips)
    assert added.duties == whole.duties
    assert added.duties["log_demand within same day"] == DutyCount(
        before=rows.num_rows, after=rows.num_rows, gained=0, lost=0
    )


def test_answers_go_from_the_most_open_to_the_most_closed(laws: TwoLaws) -> None:
    assert laws.labels == [
        *("release", "coarsen to county", "coarsen to month_yes_no", "refer", "withhold")
    ]
