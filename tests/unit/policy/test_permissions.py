"""Which of several permissions comes closest: held against looking at each of them in turn."""

from collections.abc import Mapping
from itertools import product

import pytest

from clerestory.demands import Item
from clerestory.policy.model.permissions import (
    AgreementPapers,
    Closest,
    Known,
    PermissionPapers,
)

ITEM, OTHER = Item("S1", "snap", "address"), Item("S2", "snap", "name")
NOTHING = Known(None, {"given": "no", "party": "no", "field": "no"})
NAMED = ((), ("S1.address",), ("address",), ("S2.name",), ("S1.address", "name"))

Permission = tuple[str, tuple[str, ...]]


def covered(fields: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(program, name) for program in ("snap", "tanf") for name in fields]


def worth(facts: Mapping[str, str]) -> int:
    return [*facts.values()].count("yes")


def one_by_one(permissions: list[Permission], item: Item) -> Mapping[str, str]:
    described = [
        {
            "given": "yes",
            "party": party,
            "field": "yes" if item.ref in fields or item.field in fields else "no",
        }
        for party, fields in permissions
    ]
    return max(described, key=worth) if described else NOTHING.facts


@pytest.mark.parametrize("item", [ITEM, OTHER], ids=["asked", "another"])
def test_the_closest_is_the_one_that_looking_at_each_finds(item: Item) -> None:
    kinds = [*product(("yes", "no"), NAMED)]
    for permissions in (list(some) for n in range(4) for some in product(kinds, repeat=n)):
        closest = Closest.of(
            (
                ({"given": "yes", "party": p, "field": ""}, covered(fields))
                for p, fields in permissions
            ),
            NOTHING,
            worth,
        )

        assert closest.to(item).facts == one_by_one(permissions, item), permissions


def test_of_two_that_come_as_close_the_first_counts() -> None:
    # One is made out to the requester and covers another field; one the other way round.
    permissions = [("yes", ("S2.name",)), ("no", ("S1.address",))]
    of = [({"given": "yes", "party": p, "field": ""}, covered(f)) for p, f in permissions]

    assert Closest.of(of, NOTHING, worth).to(ITEM).facts["party"] == "yes"
    assert Closest.of(of[::-1], NOTHING, worth).to(ITEM).facts["party"] == "no"


def test_what_says_the_same_has_the_same_key_and_what_does_not_another() -> None:
    of = [({"given": "yes", "party": "yes", "field": ""}, covered(("address",)))] * 2
    closest = Closest.of(of, NOTHING, worth)

    assert closest.to(ITEM) is closest.to(Item("S7", "tanf", "address"))
    assert closest.to(ITEM).key != closest.to(OTHER).key
    assert len(closest.kinds) == 1


def of(*lists: tuple[tuple[str, ...] | None, ...]) -> PermissionPapers:
    """Return permissions as papers by what they list: persons, programs and fields."""
    made = tuple(tuple(None if one is None else frozenset(one) for one in own) for own in lists)
    return PermissionPapers(_lists=made)


SILENT = (None, None, None)
LISTS = tuple(
    product((None, ("S1",), ("S2",)), (None, ("wic",), ("snap",)), (None, ("S1.a",), ("S1.b",)))
)
ASKED = tuple(product(("S1", "S2"), ("wic", "snap"), ("a", "b")))


def test_a_paper_that_says_nothing_adds_nothing_to_papers_that_came_with_it() -> None:
    for papers in [(one,) for one in LISTS] + [*product(LISTS, repeat=2)]:
        for asked in ASKED:
            alone, beside = of(*papers).bear_out(*asked), of(*papers, SILENT).bear_out(*asked)

            assert alone or not beside, (papers, asked)


@pytest.mark.parametrize(
    ("papers", "named"),
    [
        ((), "S1.a S1.b"),
        ((SILENT,), "S1.a S1.b"),
        (((("S1",), ("wic",), ("S1.a",)), SILENT), "S1.a"),
        # Two papers that each list a field: each names its own.
        (((("S1",), ("wic",), ("S1.a",)), (("S1",), ("wic",), ("S1.b",))), "S1.a S1.b"),
        # One of another program or person adds none either, and neither does half a paper.
        (((("S1",), ("wic",), ("S1.a",)), (("S1",), ("snap",), None)), "S1.a"),
        (((("S1",), ("wic",), ("S1.a",)), (("S1",), ("wic",), None)), "S1.a"),
        (((None, ("wic",), None), (None, None, ("S1.a",))), "S1.a"),
        # What another person signed limits nothing of this one's, and permits nothing either.
        (((("S2",), ("wic",), ("S2.a",)), (("S1",), ("wic",), None)), "S1.a S1.b"),
        (((("S2",), ("wic",), ("S2.a",)), SILENT), ""),
    ],
)
def test_papers_that_came_together_name_what_one_of_them_lists(
    papers: tuple[tuple[tuple[str, ...] | None, ...], ...], named: str
) -> None:
    found = [f"S1.{name}" for name in "ab" if of(*papers).bear_out("S1", "wic", name)]

    assert found == named.split()


def test_an_agreement_that_says_nothing_adds_nothing_to_one_that_lists_its_fields() -> None:
    lists = (frozenset({"snap"}), frozenset({"name"}))
    papers = AgreementPapers(_lists=(lists, (None, None)))

    assert papers.bear_out("snap", "S1.name")
    assert not papers.bear_out("snap", "S1.income")
    assert not papers.bear_out("tanf", "S1.name")
    assert AgreementPapers(_lists=((None, None),)).bear_out("tanf", "S1.income")
