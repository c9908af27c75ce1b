"""Deciding takes twice the work for twice the persons: the work is counted, never timed.

What is counted are the steps of Python's own machine. A text here counts how often it is compared,
since the machine would compare texts without a step that could be seen.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from clerestory.demands import Demand, determination_text, read_demand
from clerestory.demands.speaking import Speaker
from clerestory.policy import Engine

FIELDS = ("address", "name", "ssn")
FEW = 60


class Steps:
    """Counts the steps of whatever runs within."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Steps":
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        self.count += event == "opcode"
        return self._trace


class Seen(str):
    """A text whose comparisons are steps."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        return str.__hash__(self)


def listed(persons: int, base: dict[str, Any]) -> dict[str, Any]:
    """A list of made-up persons: each permits something, and the paper names each field."""
    refs = [f"S{n}" for n in range(1, persons + 1)]
    asked = [Seen(f"{ref}.{name}") for ref in refs for name in FIELDS]
    paper = base["instrument"]
    return {
        **base,
        "instrument": {**paper, "scope": {"persons": "listed", "fields_named": asked}},
        "subjects": [
            {"ref": Seen(ref), "relation": "named" if n % 2 else "listed_row"}
            for n, ref in enumerate(refs)
        ],
        "records": [{"program": "snap", "fields": asked}],
        "consents": [
            {"by": Seen(ref), "to": "police_state", "purpose": "none", "fields": [f"{ref}.name"]}
            for ref in refs
        ],
        "agreements": [
            {"with": "fns", "purposes": [], "fields": [f"{ref}.address"]} for ref in refs
        ],
    }


def steps_of(work: Callable[[int], object], persons: int) -> int:
    with Steps() as steps:
        work(persons)
    return steps.count


def is_linear(work: Callable[[int], object]) -> bool:
    """Whether what is added for further persons is the same each time."""
    work(FEW)  # What is kept for good, such as a law's words, is made once.
    few, more, many = (steps_of(work, FEW * times) for times in (1, 2, 3))
    first, second = more - few, many - more
    return first > 0 and second <= 1.05 * first


@pytest.fixture
def demand_about(engine: Engine, document: dict[str, Any]) -> Callable[[int], Demand]:
    made: dict[int, Demand] = {}

    def about(persons: int) -> Demand:
        if persons not in made:
            written = listed(persons, document)
            made[persons] = read_demand(written, engine.law.stack.vocabulary)
        return made[persons]

    for times in (1, 2, 3):
        about(FEW * times)
    return about


def test_the_count_sees_what_grows_faster_than_the_persons() -> None:
    refs = {n: [Seen(f"S{k}") for k in range(n)] for n in (FEW, 2 * FEW, 3 * FEW)}

    assert is_linear(lambda n: [ref.lower() for ref in refs[n]])
    assert not is_linear(lambda n: [ref for ref in refs[n] if Seen("nobody") in refs[n]])


def test_reading_takes_as_much_for_each_further_person(
    engine: Engine, document: dict[str, Any]
) -> None:
    written = {n: listed(n, document) for n in (FEW, 2 * FEW, 3 * FEW)}

    assert is_linear(lambda n: read_demand(written[n], engine.law.stack.vocabulary))


def test_the_docket_takes_as_much_for_each_further_person(
    engine: Engine, demand_about: Callable[[int], Demand]
) -> None:
    assert is_linear(lambda n: engine.docket(demand_about(n)))


def test_deciding_with_what_would_change_it_takes_as_much_for_each_further_person(
    engine: Engine, demand_about: Callable[[int], Demand]
) -> None:
    assert is_linear(lambda n: engine.decide(demand_about(n)))


def test_writing_the_answer_takes_as_much_for_each_further_person(
    engine: Engine, demand_about: Callable[[int], Demand]
) -> None:
    answers = {n: engine.decide(demand_about(n)) for n in (FEW, 2 * FEW, 3 * FEW)}
    speaker = Speaker(sentences=engine.law.stack.sentences)

    assert is_linear(lambda n: list(determination_text(answers[n], speaker)))


def test_persons_of_whom_the_same_is_known_are_one_case(
    engine: Engine, demand_about: Callable[[int], Demand]
) -> None:
    docket = engine.docket(demand_about(3 * FEW))

    assert len(docket.places) == 3 * FEW * len(FIELDS)
    assert len(docket.cases) == len(engine.docket(demand_about(FEW)).cases)
