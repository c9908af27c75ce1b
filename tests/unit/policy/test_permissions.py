"""Which of several permissions comes closest: held against looking at each of them in turn."""

from collections.abc import Mapping
from itertools import product

import pytest

from clerestory.demands import Item
from clerestory.policy.model.permissions import Closest, Known

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
