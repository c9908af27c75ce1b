"""Many persons and fields in few words."""

import pytest

from clerestory.cli.in_short import columns_of, in_short, items_in_short
from clerestory.demands import Item


@pytest.mark.parametrize(
    ("refs", "said"),
    [
        ([], ""),
        (["S1"], "S1"),
        (["S1", "S2"], "S1 to S2"),
        (["S1", "S3"], "S1, S3"),
        (["S2", "S1"], "S2, S1"),
        (["S9", "S10", "S11", "S13", "S14"], "S9 to S11, S13 to S14"),
        (["S*"], "S*"),
        (["S*", "S1"], "S*, S1"),
        (["S1", "S1"], "S1, S1"),
    ],
)
def test_refs_that_follow_each_other_are_a_stretch(refs: list[str], said: str) -> None:
    assert in_short(refs) == said


def test_what_has_too_many_stretches_is_cut_and_counted() -> None:
    odd = [f"S{n}" for n in range(1, 83, 2)]

    assert in_short(odd[:40]).endswith("S77, S79")
    assert in_short(odd).endswith("S77, S79 and others, 41 in all")


def test_few_items_stand_one_by_one_as_in_the_demand() -> None:
    items = [Item("S1", "snap", "name"), Item("S2", "tanf", "ssn"), Item("S1", "snap", "name")]

    assert items_in_short(items) == "snap S1.name, tanf S2.ssn"


def test_many_items_are_told_by_the_persons_whose_fields_they_are() -> None:
    all_of = [
        Item(f"S{n}", program, name)
        for n in range(1, 7)
        for program, name in (("snap", "name"), ("snap", "ssn"), ("tanf", "name"))
    ]

    assert items_in_short([*all_of, Item("S9", "snap", "photo")]) == (
        "snap name, ssn; tanf name of S1 to S6; snap photo of S9"
    )
    assert items_in_short(all_of[:12]).count(",") == 11
    assert items_in_short(all_of[:13]).startswith("snap name of S1 to S5; ")


def test_persons_with_the_same_answers_share_a_column_where_they_are_many() -> None:
    persons = [("a", "S1"), ("b", "S2"), ("a", "S3")]

    assert columns_of(persons, alone=True) == [("a", ["S1"]), ("b", ["S2"]), ("a", ["S3"])]
    assert columns_of(persons, alone=False) == [("a", ["S1", "S3"]), ("b", ["S2"])]
