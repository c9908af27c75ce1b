"""The solver's three answers, and the requests that it shows."""

from random import Random

import pytest
import z3

from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.interpreters.smt import Answer, CanBe, Solver
from clerestory.policy.model.shape import Shape

SHAPE = Shape(
    facts={"kind": frozenset({"letter", "order", "warrant"}), "live": frozenset({"no", "yes"}),
           "only": frozenset({"one"})},
    sets={"flags": frozenset({"minor", "refugee"})},
)  # fmt: skip


@pytest.fixture
def circuit() -> Circuit:
    return Circuit(SHAPE)


def kind(circuit: Circuit, *codes: str) -> int:
    return circuit.is_one_of("kind", codes)


def test_what_no_request_meets_can_never_be(circuit: Circuit) -> None:
    two = circuit.both([kind(circuit, "letter"), kind(circuit, "order")])
    none = circuit.both([circuit.negate(kind(circuit, code)) for code in SHAPE.facts["kind"]])
    solver = Solver(circuit)

    never = Answer(can_be=CanBe.NEVER)
    assert [solver.ask(place) for place in (two, none, circuit.no)] == [never] * 3


def test_what_some_request_meets_is_shown_by_one(circuit: Circuit) -> None:
    place = circuit.both(
        [
            kind(circuit, "order", "warrant"),
            circuit.negate(kind(circuit, "warrant")),
            circuit.is_one_of("live", ["no"]),
            circuit.holds("flags", "minor"),
            circuit.negate(circuit.holds("flags", "refugee")),
        ]
    )

    answer = Solver(circuit).ask(place)

    facts = {"kind": "order", "live": "no", "only": "one", "flags": ["minor"]}
    assert answer == Answer(can_be=CanBe.POSSIBLE, facts=facts)


def test_every_further_question_is_about_what_was_required(circuit: Circuit) -> None:
    solver = Solver(circuit)
    order = kind(circuit, "order")
    before = solver.ask(order).can_be
    solver.require(circuit.negate(order))

    after = solver.ask(order).can_be

    assert (before, after) == (CanBe.POSSIBLE, CanBe.NEVER)


def test_nodes_that_are_written_later_can_be_asked_about(circuit: Circuit) -> None:
    solver = Solver(circuit)
    solver.ask(kind(circuit, "order"))

    later = circuit.both([kind(circuit, "letter"), circuit.holds("flags", "refugee")])

    facts = solver.ask(later).facts
    assert facts is not None
    assert (facts["kind"], "refugee" in facts["flags"]) == ("letter", True)


@pytest.mark.parametrize(
    ("wishes", "shown"),
    [(("letter", "order"), "letter"), (("order", "letter"), "order"), (("warrant",), "warrant")],
)
def test_of_two_wishes_that_exclude_each_other_the_first_is_met(
    circuit: Circuit, wishes: tuple[str, ...], shown: str
) -> None:
    plain = [kind(circuit, code) for code in wishes]
    plain += [circuit.is_one_of("live", ["yes"]), circuit.negate(circuit.holds("flags", "minor")),
              circuit.holds("flags", "refugee")]  # fmt: skip

    answer = Solver(circuit).ask(circuit.yes, plain=plain)

    facts = {"kind": shown, "live": "yes", "only": "one", "flags": ["refugee"]}
    assert answer == Answer(can_be=CanBe.POSSIBLE, facts=facts)


def test_a_wish_that_breaks_the_question_is_not_met(circuit: Circuit) -> None:
    question = circuit.negate(kind(circuit, "letter"))
    plain = [kind(circuit, "letter"), circuit.is_one_of("live", ["no"]), kind(circuit, "warrant")]

    facts = Solver(circuit).ask(question, plain=plain).facts

    assert facts is not None
    assert (facts["kind"], facts["live"]) == ("warrant", "no")


def pigeons(holes: int) -> tuple[Circuit, int]:
    """One pigeon more than there are holes, each in a hole and no two in one: never, and hard."""
    birds = range(holes + 1)
    shape = Shape(
        facts={}, sets={f"bird {bird}": frozenset(map(str, range(holes))) for bird in birds}
    )
    circuit = Circuit(shape)
    housed = [circuit.either(circuit.holds(f"bird {b}", str(h)) for h in range(holes))
              for b in birds]  # fmt: skip
    apart = [
        circuit.negate(
            circuit.both([circuit.holds(f"bird {b}", str(h)), circuit.holds(f"bird {c}", str(h))])
        )
        for h in range(holes)
        for b in birds
        for c in range(b)
    ]
    return circuit, circuit.both([*housed, *apart])


def test_a_question_that_the_time_does_not_settle_stays_open() -> None:
    circuit, hard = pigeons(14)

    answer = Solver(circuit, timeout_ms=1).ask(hard)

    assert answer == Answer(can_be=CanBe.OPEN)


def test_the_same_kind_of_question_is_settled_where_it_is_small() -> None:
    circuit, small = pigeons(4)

    assert Solver(circuit).ask(small) == Answer(can_be=CanBe.NEVER)


class Broken:
    """A solver that calls every question possible and leaves the model of another one."""

    def __init__(self, solver: Solver, held: dict[str, str]) -> None:
        self._other = z3.Solver(ctx=solver._context)
        self._other.add(*(solver._variable(path, code) for path, code in held.items()))

    def check(self, *_: z3.BoolRef) -> z3.CheckSatResult:
        return self._other.check()

    def model(self) -> z3.ModelRef:
        return self._other.model()

    def add(self, _: z3.BoolRef) -> None:
        """Forget what is required."""


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"kind": "order", "live": "yes"},
        {"kind": "letter", "live": "yes", "only": "one"},
        {"kind": "order", "live": "no", "only": "one"},
    ],
    ids=["of nothing", "without a fact", "of another question", "of what was ruled out"],
)
def test_a_model_that_is_no_request_as_was_asked_for_settles_nothing(
    circuit: Circuit, held: dict[str, str]
) -> None:
    solver = Solver(circuit)
    solver._solver = Broken(solver, held)
    solver.require(circuit.is_one_of("live", ["yes"]))

    answer = solver.ask(kind(circuit, "order"))

    assert answer == Answer(can_be=CanBe.OPEN)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_possible_is_shown_by_a_request_that_meets_it(seed: int) -> None:
    draw, circuit = Random(seed), Circuit(SHAPE)
    places = [kind(circuit, "order"), kind(circuit, "letter"), circuit.is_one_of("live", ["yes"])]
    places += [circuit.holds("flags", flag) for flag in sorted(SHAPE.sets["flags"])]
    for _ in range(12):
        chosen = draw.sample(places, 2)
        joined = draw.choice([circuit.both, circuit.either])(chosen)
        places.append(draw.choice([joined, circuit.negate(joined)]))
    rows = [
        {"kind": k, "live": live, "only": "one", "flags": flags}
        for k in sorted(SHAPE.facts["kind"])
        for live in ("no", "yes")
        for flags in ([], ["minor"], ["refugee"], ["minor", "refugee"])
    ]
    values = [circuit.evaluate(row) for row in rows]
    solver = Solver(circuit)

    for place in places:
        answer = solver.ask(place, plain=places[:3])

        met = [row for row, value in zip(rows, values, strict=True) if value[place]]
        assert answer.facts in met if met else answer == Answer(can_be=CanBe.NEVER)
