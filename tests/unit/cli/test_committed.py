"""What the log keeps of a decision is read again as the same facts."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clerestory.cli.committed import Cell, cells_text, changed_facts, facts_in, read_cells
from clerestory.cli.deciding import decide_file, documents_in, read_without_deciding
from clerestory.demands import Demand, Item, load_document, read_demand
from clerestory.demands.determination import Determination, Outcome, Ruling
from clerestory.law.codes import load_vocabulary
from clerestory.law.packs import code_files
from clerestory.policy import Engine

HOME = Path(__file__).resolve().parents[3]
PACKS = HOME / "packs"
STORY = PACKS / "us-me" / "cases" / "story.yaml"


def stated(demand: Demand) -> Demand:
    """A demand with every text for people in it."""
    paper = replace(
        demand.instrument, court_name="Made-up Court", docket="M-1", signed_by="Made-up Judge"
    )
    asker = replace(demand.requester, body="Made-up Asker", reference="M-2")
    return replace(demand, title="Made-up title", requester=asker, instrument=paper)


@pytest.mark.parametrize("book", sorted((PACKS / "us-me" / "cases").glob("*.yaml")), ids=str)
def test_the_facts_of_every_known_case_are_read_again_as_they_were(book: Path) -> None:
    document = load_document(book)
    vocabulary = load_vocabulary(code_files(PACKS, ["us-me"]))
    for one in documents_in(document, book.name):
        demand = read_without_deciding(one, ["us-me"])
        facts = facts_in(stated(demand))

        again = read_demand(facts, vocabulary)

        assert facts_in(again) == facts
        assert again.findings == demand.findings
        assert (again.subjects, again.items) == (demand.subjects, demand.items)
        assert "Made-up" not in str({**facts, "consents": None, "agreements": None, "id": None})


def test_the_facts_judged_are_the_same_without_the_texts_for_people() -> None:
    decided = decide_file(STORY, on=date(2026, 10, 21), case="STORY-HOSPITAL")
    engine = Engine.of(decided.stack, date(2026, 10, 21))
    bare = read_demand(facts_in(decided.demand), decided.stack.vocabulary)

    digests = {engine.docket(one).digest for one in (decided.demand, bare)}

    assert len(digests) == 1


BEFORE: dict[str, Any] = {
    "title": "-", "findings": {"a": "yes", "b": "no"}, "instrument": {"kind": "letter"},
    "subjects": [{"ref": "S1"}, {"ref": "S2"}], "cited": ["x"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, set()),
        ({"findings": {"a": "yes"}}, {"findings.b"}),
        ({"findings": {"a": "no", "b": "no", "c": "yes"}}, {"findings.a", "findings.c"}),
        ({"findings": {"a": "yes", "b": "unknown"}}, {"findings.b"}),
        ({"instrument": {"kind": "letter", "accompanies": [1]}}, {"instrument.accompanies"}),
        ({"nondisclosure": {"ordered": "yes"}}, {"nondisclosure.ordered"}),
        ({"subjects": [{"ref": "S2"}, {"ref": "S1"}]}, set()),
        ({"subjects": [{"ref": "S1", "flags": ["minor"]}, {"ref": "S2"}]}, {"subjects.S1"}),
        ({"subjects": [{"ref": "S2"}]}, {"subjects.S1"}),
        ({"cited": ["x", "y"], "consents": [{}]}, {"cited", "consents"}),
    ],
)
def test_what_changed_is_named_by_its_place(changes: dict[str, Any], named: set[str]) -> None:
    now = BEFORE | changes

    assert changed_facts(BEFORE, now) == named
    assert changed_facts(now, BEFORE) == named


@pytest.mark.parametrize(
    ("lowered", "record", "people", "by"),
    [
        (False, False, False, "law"),
        (True, False, False, "people"),
        (False, True, False, "record"),
        (True, True, False, "people"),
        (False, False, True, "people"),
        (False, True, True, "people"),
    ],
)
def test_who_kept_a_field_is_the_law_people_or_the_record(
    lowered: bool, record: bool, people: bool, by: str
) -> None:
    item = Item("S1", "snap", "address")
    decided = decide_file(STORY, on=date(2026, 10, 21), case="STORY-HOSPITAL").determination
    ruling = replace(
        decided.rulings[0], item=item, outcome=Outcome.COARSEN, coarsen_to="month",
        lowered_from=Outcome.RELEASE if lowered else None,
    )  # fmt: skip

    told = cells_text(with_one(decided, ruling), by_record=[item] if record else [],
                      by_people=people)  # fmt: skip

    assert read_cells(told) == {"snap/S1.address": Cell("coarsen month", by)}  # type: ignore[arg-type]


def with_one(determination: Determination, ruling: Ruling) -> Determination:
    return replace(determination, rulings=(ruling,))
