"""What to add where the written form does not say whom and what a paper names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from clerestory.demands import Demand, Item
from clerestory.demands.unsaid import what_to_add


def test_only_what_leaves_a_doubt_is_asked_for(
    document: dict[str, Any], read: Callable[[Any], Demand]
) -> None:
    demand = read(document)
    first = demand.items[0]
    paper = replace(demand.instrument, kind="letter", persons_named=None, programs=None, count=1)
    one = replace(demand, instrument=paper, items=(first,), consents=(), agreements=())
    two_persons = replace(one, items=(first, Item("S9", first.program, first.field)))
    two_programs = replace(one, items=(first, Item(first.subject, "wic", first.field)))

    assert list(what_to_add(one)) == []
    assert [t.split(":")[0] for t in what_to_add(two_persons)] == [
        "add instrument.scope.persons_named"
    ]
    assert [t.split(":")[0] for t in what_to_add(two_programs)] == ["add instrument.scope.programs"]
    named = replace(paper, persons_named=("S1",), programs=("snap", "wic"))
    assert list(what_to_add(replace(two_programs, instrument=named))) == []
    assert list(what_to_add(replace(two_persons, instrument=named))) == []
