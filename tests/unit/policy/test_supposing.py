"""An answer with some facts put otherwise: the same as changing these facts in every row."""

from itertools import product

from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.circuit.supposing import supposing
from clerestory.policy.model.shape import Shape

FACTS = {"consent": ["no", "yes"], "order": ["no", "yes"]}
SHAPE = Shape(
    facts={path: frozenset(codes) for path, codes in FACTS.items()},
    sets={"flags": frozenset({"minor"})},
)


def test_a_fact_that_is_supposed_is_read_no_more() -> None:
    circuit = Circuit(SHAPE)
    consent, order = (circuit.is_one_of(path, ["yes"]) for path in FACTS)
    minor = circuit.holds("flags", "minor")
    place = circuit.either(
        [circuit.both([consent, circuit.negate(minor)]), circuit.negate(circuit.negate(order))]
    )

    with_consent = supposing(circuit, place, {"consent": "yes"})
    without = supposing(circuit, place, {"consent": "no"})

    assert without == order
    assert with_consent == circuit.either([circuit.negate(minor), order])


def test_supposing_nothing_leaves_the_answer_as_it_is() -> None:
    circuit = Circuit(SHAPE)
    place = circuit.both([circuit.is_one_of("consent", ["yes"]), circuit.holds("flags", "minor")])

    assert supposing(circuit, place, {}) == place


def test_supposing_is_the_same_as_changing_the_facts_of_every_row() -> None:
    circuit = Circuit(SHAPE)
    consent, order = (circuit.is_one_of(path, ["yes"]) for path in FACTS)
    minor = circuit.holds("flags", "minor")
    exclusive = circuit.both([circuit.either([consent, order]),
                              circuit.negate(circuit.both([consent, order]))])  # fmt: skip
    place = circuit.either([exclusive, circuit.both([minor, consent])])
    rows = [
        {"consent": given, "order": ordered, "flags": flags}
        for given, ordered, flags in product(["no", "yes"], ["no", "yes"], [[], ["minor"]])
    ]

    for code in ("no", "yes"):
        supposed = supposing(circuit, place, {"consent": code})

        changed = [{**row, "consent": code} for row in rows]
        assert [circuit.evaluate(row)[supposed] for row in rows] == [
            circuit.evaluate(row)[place] for row in changed
        ]
