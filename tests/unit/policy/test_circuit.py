"""A circuit says what its parts say, is no larger than it must be, and keeps each node once."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.demands.determination import Outcome
from clerestory.policy.circuit.circuit import (
    OUTCOMES,
    All,
    Any_,
    Circuit,
    Has,
    Is,
    Not,
    answer_of,
    codes_read,
    direction,
    inputs,
)
from clerestory.policy.model.shape import Shape

SHAPE = Shape(
    facts={"kind": frozenset({"letter", "order", "warrant"}), "live": frozenset({"no", "yes"})},
    sets={"flags": frozenset({"minor", "refugee"})},
)
ROWS: list[dict[str, Any]] = [
    {"kind": kind, "live": live, "flags": [flag for flag, held in flags if held]}
    for kind, live in product(sorted(SHAPE.facts["kind"]), ["no", "yes"])
    for flags in [
        list(zip(["minor", "refugee"], held, strict=True))
        for held in product([False, True], repeat=2)
    ]
]


@pytest.fixture
def circuit() -> Circuit:
    return Circuit(SHAPE)


@pytest.fixture
def order(circuit: Circuit) -> int:
    return circuit.is_one_of("kind", ["order"])


@pytest.fixture
def live(circuit: Circuit) -> int:
    return circuit.is_one_of("live", ["yes"])


def test_each_outcome_of_a_ruling_is_an_answer_of_the_circuit() -> None:
    assert tuple(answer_of(outcome) for outcome in Outcome) == OUTCOMES


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("withhold", "release", 1),
        ("withhold", "refer", 1),
        ("refer", "coarsen to year", 1),
        ("coarsen to year", "release", 1),
        ("release", "coarsen to year", -1),
        ("coarsen", "refer", -1),
        ("release", "withhold", -1),
        ("refer", "refer", 0),
        ("coarsen to year", "coarsen to county", 0),
    ],
)
def test_the_more_open_answer_is_known(before: str, after: str, way: int) -> None:
    assert direction(before, after) == way


def test_the_same_node_is_kept_once(circuit: Circuit, order: int, live: int) -> None:
    both, either = circuit.both([order, live]), circuit.either([order, live])
    size = len(circuit.nodes)

    again = [circuit.is_one_of("kind", ["order", "order"]), circuit.both([live, order, live]),
             circuit.either([live, order, live])]  # fmt: skip

    assert again == [order, both, either]
    assert len(circuit.nodes) == size


def test_the_contrary_of_a_contrary_is_the_node_itself(circuit: Circuit, order: int) -> None:
    contrary = circuit.negate(order)

    assert circuit.nodes[contrary] == Not(order)
    assert circuit.negate(contrary) == order


def test_yes_and_no_are_each_the_contrary_of_the_other(circuit: Circuit) -> None:
    assert (circuit.nodes[circuit.yes], circuit.nodes[circuit.no]) == (All(()), Any_(()))
    assert circuit.negate(circuit.yes) == circuit.no
    assert circuit.negate(circuit.no) == circuit.yes


def test_all_of_nothing_holds_and_any_of_nothing_does_not(circuit: Circuit) -> None:
    assert circuit.both([]) == circuit.yes
    assert circuit.either([]) == circuit.no


def test_one_node_alone_is_its_own_and_and_or(circuit: Circuit, order: int) -> None:
    assert circuit.both([order]) == circuit.both([order, circuit.yes, order]) == order
    assert circuit.either([order]) == circuit.either([order, circuit.no, order]) == order


def test_what_is_sure_settles_an_and_and_an_or(circuit: Circuit, order: int, live: int) -> None:
    assert circuit.both([order, circuit.no, live]) == circuit.no
    assert circuit.either([order, circuit.yes, live]) == circuit.yes


def test_a_node_and_its_contrary_are_never_both_and_always_one(
    circuit: Circuit, order: int, live: int
) -> None:
    contrary = circuit.negate(order)

    assert circuit.both([live, contrary, order]) == circuit.no
    assert circuit.either([live, contrary, order]) == circuit.yes
    assert circuit.nodes[circuit.both([live, contrary])] == All(tuple(sorted((live, contrary))))


def test_only_codes_of_the_list_are_asked_for(circuit: Circuit) -> None:
    some = circuit.is_one_of("kind", ["order", "subpena"])

    assert circuit.nodes[some] == Is("kind", frozenset({"order"}))
    assert circuit.is_one_of("kind", ["subpena"]) == circuit.no
    assert circuit.is_one_of("kind", []) == circuit.no
    assert circuit.is_one_of("kind", ["order", "letter", "warrant", "subpena"]) == circuit.yes


def test_a_set_never_holds_a_code_that_is_not_of_its_list(circuit: Circuit) -> None:
    minor = circuit.holds("flags", "minor")

    assert circuit.nodes[minor] == Has("flags", "minor")
    assert circuit.holds("flags", "order") == circuit.no


def test_labels_name_each_coarser_answer_by_what_it_gives(circuit: Circuit) -> None:
    circuit.outcomes = {"release": 1, "coarsen": 2, "refer": 3, "withhold": 4}
    circuit.coarser = {"year": 6, "county": 5}

    labels = list(circuit.labels.items())

    assert labels == [
        ("release", 1),
        ("coarsen to county", 5),
        ("coarsen to year", 6),
        ("refer", 3),
        ("withhold", 4),
    ]


def test_labels_name_no_coarser_answer_where_none_is_offered(circuit: Circuit) -> None:
    circuit.outcomes = {"release": 1, "coarsen": 2, "refer": 3, "withhold": 4}

    assert circuit.labels == {"release": 1, "refer": 3, "withhold": 4}


def test_only_what_the_wanted_nodes_rest_on_is_reached(
    circuit: Circuit, order: int, live: int
) -> None:
    minor = circuit.holds("flags", "minor")
    calm = circuit.negate(live)
    wanted = circuit.both([order, calm])

    assert circuit.reached([wanted]) == sorted([order, live, calm, wanted])
    assert circuit.reached([wanted, live]) == circuit.reached([wanted])
    assert list(codes_read(circuit, [wanted])) == [
        Is("kind", frozenset({"order"})),
        Is("live", frozenset({"yes"})),
    ]
    assert list(codes_read(circuit, [minor])) == [Has("flags", "minor")]


def test_each_kind_of_node_reads_its_own_places() -> None:
    assert [inputs(node) for node in (Is("kind", frozenset()), Has("flags", "minor"))] == [(), ()]
    assert [inputs(node) for node in (Not(3), All((1, 2)), Any_((4,)))] == [(3,), (1, 2), (4,)]


# A formula as nested tuples, with its own plain meaning below.
Formula = tuple[Any, ...]
FORMULAS = st.recursive(
    st.one_of(
        st.tuples(st.just("is"), st.sampled_from(["kind", "live"]),
                  st.lists(st.sampled_from(["letter", "order", "yes", "no", "other"]))),
        st.tuples(st.just("has"), st.just("flags"), st.sampled_from(["minor", "refugee", "other"])),
    ),
    lambda parts: st.one_of(
        st.tuples(st.just("not"), parts),
        st.tuples(st.sampled_from(["all", "any"]), st.lists(parts, max_size=4)),
    ),
    max_leaves=12,
)  # fmt: skip


def written(circuit: Circuit, formula: Formula) -> int:
    match formula:
        case ("is", path, codes):
            return circuit.is_one_of(path, codes)
        case ("has", path, code):
            return circuit.holds(path, code)
        case ("not", part):
            return circuit.negate(written(circuit, part))
    kind, parts = formula
    join = circuit.both if kind == "all" else circuit.either
    return join([written(circuit, part) for part in parts])


def meant(formula: Formula, row: dict[str, Any]) -> bool:
    match formula:
        case ("is", path, codes):
            return row[path] in codes
        case ("has", path, code):
            return code in row[path]
        case ("not", part):
            return not meant(part, row)
    kind, parts = formula
    return (all if kind == "all" else any)(meant(part, row) for part in parts)


@given(formula=FORMULAS)
def test_a_simplified_circuit_says_what_the_formula_says(formula: Formula) -> None:
    circuit = Circuit(SHAPE)

    place = written(circuit, formula)

    assert [circuit.evaluate(row)[place] for row in ROWS] == [meant(formula, row) for row in ROWS]
    assert all(place > read for place, node in enumerate(circuit.nodes) for read in inputs(node))
    assert len(set(circuit.nodes)) == len(circuit.nodes)


def test_rows_are_evaluated_all_at_once_as_each_by_itself(
    circuit: Circuit, order: int, live: int
) -> None:
    minor = circuit.holds("flags", "minor")
    circuit.either([circuit.both([order, live]), circuit.negate(minor), circuit.no])
    circuit.both([circuit.yes, circuit.is_one_of("kind", ["letter", "warrant"]), minor])
    columns: dict[str, dict[str, int]] = {}
    for number, row in enumerate(ROWS):
        for path, value in row.items():
            for code in [value] if isinstance(value, str) else value:
                said = columns.setdefault(path, {})
                said[code] = said.get(code, 0) | 1 << number

    values = circuit.evaluate_rows(columns, (1 << len(ROWS)) - 1)

    assert [[bool(bits >> n & 1) for bits in values] for n in range(len(ROWS))] == [
        circuit.evaluate(row) for row in ROWS
    ]
