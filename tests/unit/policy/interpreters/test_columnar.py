"""Tables of every make give, row by row, what the circuit says of each row alone."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.interpreters.columnar import ColumnarCircuit, ColumnarLaw
from clerestory.policy.model.shape import Shape

KINDS = ("letter", "order", "warrant")
FLAGS = ("minor", "refugee")
SHAPE = Shape(
    facts={"kind": frozenset(KINDS), "live": frozenset({"no", "yes"})},
    sets={"flags": frozenset(FLAGS)},
)
TEXT = pa.string()
LISTS = (pa.list_(pa.string()), pa.large_list(pa.large_string()))
Row = dict[str, Any]
ROWS: list[Row] = [
    {"kind": kind, "live": live, "flags": flags}
    for kind in KINDS
    for live in ("no", "yes")
    for flags in ([], ["minor"], ["refugee"], ["refugee", "minor"])
]


@pytest.fixture
def circuit() -> Circuit:
    """A small law: a live order opens, but for refugees, of whom minors go to counsel."""
    return small_law()


def small_law() -> Circuit:
    circuit = Circuit(SHAPE)
    order = circuit.is_one_of("kind", ["order", "warrant"])
    live = circuit.is_one_of("live", ["yes"])
    minor, refugee = (circuit.holds("flags", flag) for flag in FLAGS)
    released = circuit.both([order, live, circuit.negate(refugee)])
    closed = circuit.negate(released)
    coarse = circuit.both([closed, order, refugee, circuit.negate(minor)])
    referred = circuit.both([closed, circuit.negate(coarse), circuit.either([minor, live])])
    left = circuit.negate(circuit.either([released, coarse, referred]))
    circuit.outcomes = {"release": released, "coarsen": coarse, "refer": referred, "withhold": left}
    return circuit


def table_of(rows: list[Row], texts: pa.DataType = TEXT, lists: pa.DataType = LISTS[0]) -> pa.Table:
    kinds = {"kind": texts, "live": texts, "flags": lists}
    return pa.table({name: pa.array([row[name] for row in rows], kinds[name]) for name in kinds})


def by_circuit(circuit: Circuit, rows: list[Row]) -> list[str]:
    found = []
    for row in rows:
        values = circuit.evaluate(row)
        (outcome,) = (name for name, place in circuit.outcomes.items() if values[place])
        found.append(outcome)
    return found


def by_table(circuit: Circuit, table: pa.Table) -> list[str]:
    names = list(circuit.outcomes)
    return [names[number] for number in ColumnarLaw(circuit).decide(table).outcome]


@pytest.mark.parametrize("lists", LISTS, ids=str)
@pytest.mark.parametrize(
    "texts", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())], ids=str
)
def test_texts_and_lists_of_every_make_give_the_same_answers(
    circuit: Circuit, texts: pa.DataType, lists: pa.DataType
) -> None:
    answers = by_table(circuit, table_of(ROWS, texts, lists))

    assert answers == by_circuit(circuit, ROWS)
    assert set(answers) == {"release", "coarsen", "refer", "withhold"}


def test_lists_of_numbered_texts_give_the_same_answers(circuit: Circuit) -> None:
    codes = pa.DictionaryArray.from_arrays(
        pa.array([FLAGS.index(flag) for row in ROWS for flag in row["flags"]], pa.int32()), FLAGS
    )
    ends = np.cumsum([0, *(len(row["flags"]) for row in ROWS)])
    flags = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), codes)
    table = table_of(ROWS).set_column(2, "flags", flags)

    assert by_table(circuit, table) == by_circuit(circuit, ROWS)


def test_pieces_that_number_their_texts_differently_are_read_together(circuit: Circuit) -> None:
    texts = pa.dictionary(pa.int8(), pa.string())
    backwards = ROWS[::-1]
    table = pa.concat_tables([table_of(ROWS, texts), table_of(backwards, texts)])
    assert len({tuple(chunk.dictionary.to_pylist()) for chunk in table["kind"].chunks}) == 2

    assert by_table(circuit, table) == by_circuit(circuit, [*ROWS, *backwards])


def test_a_piece_of_a_table_is_read_from_where_it_begins(circuit: Circuit) -> None:
    table = table_of(ROWS).slice(5, 11)

    assert by_table(circuit, table) == by_circuit(circuit, ROWS[5:16])


def test_rows_of_several_slices_keep_their_order(circuit: Circuit) -> None:
    times = (1 << 18) // len(ROWS) + 3
    kinds, live = (pa.array([row[name] for row in ROWS] * times) for name in ("kind", "live"))
    flags = pa.array([row["flags"] for row in ROWS] * times, LISTS[0])
    table = pa.table({"kind": kinds, "live": live, "flags": flags})

    outcome = ColumnarLaw(circuit).decide(table).outcome

    names = list(circuit.outcomes)
    expected = np.tile([names.index(name) for name in by_circuit(circuit, ROWS)], times)
    assert table.num_rows > 1 << 18
    assert np.array_equal(outcome, expected)


def test_an_empty_table_has_no_answers(circuit: Circuit) -> None:
    found = ColumnarLaw(circuit, {"live": circuit.is_one_of("live", ["yes"])}).decide(table_of([]))

    assert found.outcome.tolist() == []
    assert {name: flags.tolist() for name, flags in found.met.items()} == {"live": []}


def test_a_row_in_which_something_is_missing_meets_nothing_and_is_withheld(
    circuit: Circuit,
) -> None:
    whole: Row = {"kind": "order", "live": "yes", "flags": []}
    table = table_of(
        [{**whole, "kind": None}, whole, {**whole, "live": None}, {**whole, "flags": None}, whole]
    )
    contrary = circuit.negate(circuit.is_one_of("kind", ["letter"]))

    found = ColumnarLaw(circuit, {"no letter": contrary, "always": circuit.yes}).decide(table)

    assert [list(circuit.outcomes)[n] for n in found.outcome] == [
        "withhold", "release", "withhold", "withhold", "release",
    ]  # fmt: skip
    assert found.met["no letter"].tolist() == [False, True, False, False, True]
    assert found.met["always"].tolist() == [False, True, False, False, True]


def test_a_set_that_holds_something_missing_meets_nothing(circuit: Circuit) -> None:
    rows: list[Row] = [
        {"kind": "order", "live": "yes", "flags": flags}
        for flags in ([None], ["minor", None], ["minor"], [])
    ]

    assert by_table(circuit, table_of(rows)) == ["withhold", "withhold", "release", "release"]


def test_codes_beneath_a_set_that_is_missing_are_nobodys(circuit: Circuit) -> None:
    flags = pa.ListArray.from_arrays(
        pa.array([0, 1, 2, 2], pa.int32()), pa.array(["minor", "refugee"]),
        mask=pa.array([True, False, False]),
    )  # fmt: skip
    table = table_of([{"kind": "order", "live": "yes", "flags": []}] * 3)

    answers = by_table(circuit, table.set_column(2, "flags", flags))

    assert answers == ["withhold", "coarsen", "release"]


def test_a_missing_text_in_the_list_of_texts_is_missing_in_each_of_its_rows(
    circuit: Circuit,
) -> None:
    kinds = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array([None, "order"]))
    table = table_of([{"kind": "order", "live": "yes", "flags": []}] * 3)

    answers = by_table(circuit, table.set_column(0, "kind", kinds))

    assert answers == ["withhold", "release", "withhold"]


def test_a_code_that_nobody_knows_is_none_of_the_known_ones(circuit: Circuit) -> None:
    rows: list[Row] = [
        {"kind": "memo", "live": "yes", "flags": ["tall", "minor"]},
        {"kind": "order", "live": "yes", "flags": ["tall"]},
    ]

    assert by_table(circuit, table_of(rows)) == by_circuit(circuit, rows) == ["refer", "release"]


def test_only_the_columns_that_are_read_are_needed(circuit: Circuit) -> None:
    order = circuit.is_one_of("kind", ["order"])
    columnar = ColumnarCircuit(circuit, {"order": order, "yes": circuit.yes, "no": circuit.no})

    met = columnar.met(pa.table({"kind": ["order", "letter"] * 40, "other": [1, None] * 40}))

    assert columnar.columns == ("kind",)
    assert {name: flags.tolist() for name, flags in met.items()} == {
        "order": [True, False] * 40, "yes": [True] * 80, "no": [False] * 80,
    }  # fmt: skip


def test_a_law_names_the_columns_that_its_answers_and_wishes_rest_on() -> None:
    circuit = Circuit(SHAPE)
    live, minor = circuit.is_one_of("live", ["yes"]), circuit.holds("flags", "minor")
    circuit.outcomes = {"release": live, "coarsen": circuit.no, "refer": circuit.no,
                        "withhold": circuit.negate(live)}  # fmt: skip

    assert ColumnarLaw(circuit).columns == ("live",)
    assert set(ColumnarLaw(circuit, {"minor": minor}).columns) == {"live", "flags"}


@given(rows=st.lists(st.sampled_from(ROWS), max_size=40), threads=st.integers(1, 3))
def test_any_rows_in_any_number_are_answered_one_by_one(rows: list[Row], threads: int) -> None:
    circuit = small_law()

    found = ColumnarLaw(circuit, circuit.outcomes, threads).decide(table_of(rows))

    expected = by_circuit(circuit, rows)
    assert [list(circuit.outcomes)[number] for number in found.outcome] == expected
    assert {name: flags.tolist() for name, flags in found.met.items()} == {
        name: [answer == name for answer in expected] for name in circuit.outcomes
    }
