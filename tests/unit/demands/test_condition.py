"""Conditions as structure: flat, short, and asking the same as before."""

from itertools import product

import pytest

from clerestory.demands.condition import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    all_of,
    any_of,
    asked_in,
    without,
)

A = Asked("purpose", ("a",))
B = Asked("purpose", ("b",))
NOT_A = Asked("purpose", ("a",), wanted=False)
NOT_B = Asked("purpose", ("b",), wanted=False)
WRITTEN = Asked("paper.written", ("yes",))
NAMED = Asked("subject.relation", ("named",))
ONE = Asked("established", ("one",))
TWO = Asked("established", ("two",))


def holds(condition: Condition, values: dict[str, str]) -> bool:
    """Whether a condition holds, where each fact has one code."""
    match condition:
        case Asked(fact, codes, wanted):
            return (values[fact] in codes) == wanted
        case AllOf(parts):
            return all(holds(part, values) for part in parts)
        case AnyOf(parts):
            return any(holds(part, values) for part in parts)


@pytest.mark.parametrize(
    ("parts", "every", "either"),
    [
        ([A], A, A),
        ([A, A], A, A),
        ([A, B], AllOf((A, B)), Asked("purpose", ("a", "b"))),
        ([NOT_A, NOT_B], Asked("purpose", ("a", "b"), wanted=False), AnyOf((NOT_A, NOT_B))),
        ([A, WRITTEN, B], AllOf((A, WRITTEN, B)), AnyOf((Asked("purpose", ("a", "b")), WRITTEN))),
        ([ONE, TWO], AllOf((ONE, TWO)), AnyOf((ONE, TWO))),
        ([A, NOT_A], AllOf((A, NOT_A)), AnyOf((A, NOT_A))),
        ([AllOf((A, WRITTEN)), A], AllOf((A, WRITTEN)), AnyOf((AllOf((A, WRITTEN)), A))),
        ([AnyOf((NOT_A, ONE)), ONE], AllOf((AnyOf((NOT_A, ONE)), ONE)), AnyOf((NOT_A, ONE))),
        ([], ALWAYS, NEVER),
        ([ALWAYS], ALWAYS, ALWAYS),
        ([NEVER], NEVER, NEVER),
        ([A, ALWAYS], A, ALWAYS),
        ([A, NEVER], NEVER, A),
    ],
)
def test_parts_are_joined_flat_and_each_once(
    parts: list[Condition], every: Condition, either: Condition
) -> None:
    assert all_of(parts) == every
    assert any_of(parts) == either


def test_sets_that_hold_nothing_else_never_share_their_codes() -> None:
    only = [Asked("subject.defined_by", (code,), how="only") for code in "ab"]

    assert any_of(only) == AnyOf(tuple(only))


def test_what_is_joined_asks_what_its_parts_ask() -> None:
    atoms = [A, B, NOT_A, NOT_B, WRITTEN, Asked("paper.written", ("no", "yes"), wanted=False)]
    pairs = [join(pair) for pair in product(atoms, repeat=2) for join in (all_of, any_of)]
    values = [
        {"purpose": purpose, "paper.written": written}
        for purpose in "abc"
        for written in ("yes", "no", "unknown")
    ]

    for one, other in product(pairs, atoms):
        for facts in values:
            both = [holds(one, facts), holds(other, facts)]
            assert holds(all_of([one, other]), facts) == all(both)
            assert holds(any_of([one, other]), facts) == any(both)


def test_the_single_conditions_of_a_tree_stand_in_its_order() -> None:
    assert list(asked_in(AnyOf((A, AllOf((WRITTEN, NAMED)))))) == [A, WRITTEN, NAMED]


@pytest.mark.parametrize(
    ("whole", "left"),
    [
        (A, A),
        (AnyOf((A, WRITTEN)), WRITTEN),
        (AnyOf((A, AllOf((WRITTEN, NAMED)))), AllOf((WRITTEN, NAMED))),
        (AnyOf((AllOf((A, WRITTEN)), NAMED)), NAMED),
        (AnyOf((A, NOT_B)), AnyOf((A, NOT_B))),
        (AllOf((A, AnyOf((NOT_B, WRITTEN)))), AllOf((A, WRITTEN))),
        (
            AnyOf((AllOf((NAMED, AnyOf((A, WRITTEN)))), NOT_A)),
            AllOf((NAMED, WRITTEN)),
        ),
    ],
)
def test_an_alternative_goes_whole_and_never_the_last_one(
    whole: Condition, left: Condition
) -> None:
    assert without(whole, lambda asked: asked.fact == "purpose") == left
