"""The interpreters against Cedar on the part of Cedar's own test cases that our subset reads.

A case is read as the law is: its policies become one circuit, which the table and the solver read
too. What a policy may ask is what every request of its case states.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Any

import cedarpy
import pyarrow as pa
import pytest

from clerestory.law.cedar_tree import parse_conditions, parse_scopes
from clerestory.policy.circuit.cedar_reading import Path as Attributes
from clerestory.policy.circuit.cedar_reading import Unread, read_policy
from clerestory.policy.circuit.circuit import Circuit, codes_read
from clerestory.policy.errors import OutsideSubset
from clerestory.policy.interpreters.columnar import ColumnarCircuit
from clerestory.policy.interpreters.smt import CanBe, Solver
from clerestory.policy.model.shape import Shape

BOUNDARY = Path(__file__).parent / "boundary.toml"
VARIABLES = ("principal", "action", "resource")
PARTS = (*VARIABLES, "context")
# At most so many requests of each case mix what its recorded requests name.
MIXED = 8
ALLOWED = "allow"
INSIDE = ("asking", "constant")
ABSENT = object()
Json = Mapping[str, Any]
Row = dict[str, Any]
Uid = tuple[str, str]
# Whether the request is allowed, and the policies that determined it.
Ruling = tuple[bool, frozenset[str]]


class CaseFacts:
    """What every request of a case states, written into a circuit as the policies ask for it.

    A fact can be what some request states; a text also whatever its policies write out, an entity
    also any other of the case.
    """

    def __init__(self, case: Json) -> None:
        self.requests = requests_of(case)
        self.attributes = {uid(entity["uid"]): entity["attrs"] for entity in case["entities"]}
        self.parents = {uid(e["uid"]): set(map(uid, e["parents"])) for e in case["entities"]}
        self.others: dict[type, set[Any]] = {
            tuple: set(uids_in([case["trees"], case["entities"], self.requests])),
            str: set(texts_in(case["trees"])),
            bool: {False, True},
        }
        self.domains: dict[str, set[Any]] = {}
        self.columns: dict[str, list[Any]] = {}
        self.facts: dict[str, frozenset[str]] = {}
        self.sets: dict[str, frozenset[str]] = {}
        self.circuit = Circuit(Shape(facts=self.facts, sets=self.sets))
        for variable in VARIABLES:
            self._stated((variable,), tuple)

    def text(self, path: Attributes, codes: Collection[str]) -> int:
        return self._one_of(self._stated(path, str), codes)

    def flag(self, path: Attributes) -> int:
        return self._one_of(self._stated(path, bool), [True])

    def entity(self, path: Attributes, kind: str, name: str, *, within: bool) -> int:
        group, fact = (kind, name), self._stated(path, tuple)
        below = [one for one in self.domains[fact] if within and group in self.above(one)]
        return self._one_of(fact, [group, *below])

    def same(self, path: Attributes, other: Attributes, *, within: bool) -> int:
        kind = tuple if within else type(self._values(path, tuple | str | bool)[0])
        left, right = self._stated(path, kind), self._stated(other, kind)
        return self.circuit.either(
            self.circuit.both([self._one_of(left, [one]), self._one_of(right, [group])])
            for one, group in product(self.domains[left], self.domains[right])
            if one == group or (within and group in self.above(one))
        )

    def kind(self, path: Attributes, kind: str) -> int:
        fact = self._stated(path, tuple)
        return self._one_of(fact, [one for one in self.domains[fact] if one[0] == kind])

    def presence(self, path: Attributes) -> int:
        self._values(path[:-1], tuple | dict)
        there = [self._value(request, path) is not ABSENT for request in self.requests]
        return self._one_of(self._written(("has", *path), there, {False, True}), [True])

    def members(self, path: Attributes) -> Collection[str]:
        values = self._values(path, list)
        if not all(isinstance(item, str) for value in values for item in value):
            raise Unread("Set", "a set of other than texts")
        found = self.others[str].union(*values)
        self.columns[code(path)] = [list(map(code, value)) for value in values]
        self.sets[code(path)] = frozenset(map(code, found))
        return found

    def holds(self, path: Attributes, item: str) -> int:
        return self.circuit.holds(code(path), code(item))

    def above(self, entity: Uid) -> set[Uid]:
        """Every group of an entity, near and far."""
        found: set[Uid] = set()
        waiting = [entity]
        while waiting:
            more = self.parents.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return found

    def rows(self) -> list[Row]:
        columns = zip(*self.columns.values(), strict=True)
        return [dict(zip(self.columns, row, strict=True)) for row in columns]

    def _one_of(self, fact: str, values: Iterable[Any]) -> int:
        return self.circuit.is_one_of(fact, map(code, values))

    def _stated(self, path: Attributes, kind: type) -> str:
        return self._written(path, self._values(path, kind), self.others[kind])

    def _written(self, name: Attributes, values: list[Any], others: set[Any]) -> str:
        fact = code(name)
        self.domains[fact] = others.union(values)
        self.columns[fact] = list(map(code, values))
        self.facts[fact] = frozenset(map(code, self.domains[fact]))
        return fact

    def _values(self, path: Attributes, kind: Any) -> list[Any]:
        values = [self._value(request, path) for request in self.requests]
        if not all(isinstance(value, kind) for value in values):
            raise Unread(".", f"{'.'.join(path)}, which some request does not state so")
        return values

    def _value(self, request: Json, path: Attributes) -> Any:
        """One request's text, flag, list, record, or entity as a pair."""
        value = plain(request[path[0]] if path[0] == "context" else {"__entity": request[path[0]]})
        for name in path[1:]:
            holder = self.attributes.get(value, {}) if isinstance(value, tuple) else value
            value = plain(holder.get(name, ABSENT)) if isinstance(holder, dict) else ABSENT
        return value


def plain(value: Any) -> Any:
    """An entity as a pair; a value of an extension as nothing that is ever read."""
    if isinstance(value, dict) and set(value) == {"__entity"}:
        return uid(value["__entity"])
    return None if isinstance(value, dict) and set(value) == {"__extn"} else value


def code(value: Any) -> str:
    """A value as a code without control characters."""
    return json.dumps(value)


def uid(entity: Json) -> Uid:
    return entity["type"], entity["id"]


def uids_in(tree: Any) -> Iterator[Uid]:
    if isinstance(tree, dict) and set(tree) == {"type", "id"}:
        yield uid(tree)
    for part in parts_of(tree):
        yield from uids_in(part)


def texts_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict) and isinstance(tree.get("Value"), str):
        yield tree["Value"]
    for part in parts_of(tree):
        yield from texts_in(part)


def parts_of(tree: Any) -> Iterable[Any]:
    if isinstance(tree, dict):
        return tree.values()
    return tree if isinstance(tree, list) else ()


def asked(request: Json) -> Row:
    return {part: request[part] for part in PARTS}


def requests_of(case: Json) -> list[Row]:
    """The recorded requests, each once, and further ones that mix what these name."""
    recorded = {code(asked(request)): asked(request) for request in case["requests"]}
    named = [{code(r[part]): r[part] for r in recorded.values()}.values() for part in PARTS]
    mixed = (dict(zip(PARTS, mix, strict=True)) for mix in islice(product(*named), 1000))
    fresh = [request for request in mixed if code(request) not in recorded]
    Random(0).shuffle(fresh)
    return [*recorded.values(), *fresh[:MIXED]]


def read(case: Json) -> CaseFacts:
    """Read a case into its circuit, with Cedar's one answer as the only outcome."""
    facts = CaseFacts(case)
    circuit = facts.circuit
    effects: dict[str, list[int]] = {"permit": [], "forbid": []}
    for name, tree in case["trees"]["staticPolicies"].items():
        circuit.policies[name] = read_policy(
            circuit, facts, parse_scopes(tree, VARIABLES) + parse_conditions(tree), place=name
        )
        effects[tree["effect"]].append(circuit.policies[name])
    forbidden = circuit.either(effects["forbid"])
    allowed = circuit.both([circuit.either(effects["permit"]), circuit.negate(forbidden)])
    circuit.outcomes = {ALLOWED: allowed}
    return facts


def side_of(case: Json) -> str:
    """``asking`` or ``constant`` for a case inside, else the operator that puts it outside."""
    try:
        circuit = read(case).circuit
    except OutsideSubset as refused:
        return refused.operator
    return "asking" if any(codes_read(circuit, circuit.policies.values())) else "constant"


def ruling(case: Json, allowed: bool, satisfied: Iterable[str]) -> Ruling:
    """What Cedar calls determining: the permits where it is allowed, the forbids where not."""
    effect = "permit" if allowed else "forbid"
    trees = case["trees"]["staticPolicies"]
    return allowed, frozenset(name for name in satisfied if trees[name]["effect"] == effect)


def recorded_in(case: Json) -> list[Ruling]:
    """The corpus's own rulings on its distinct requests."""
    rulings = {code(asked(r)): (r["decision"] == ALLOWED, r["reason"]) for r in case["requests"]}
    return [(allowed, frozenset(policies)) for allowed, policies in rulings.values()]


def cedar_says(case: Json, facts: CaseFacts) -> list[Ruling]:
    entities = cedarpy.Entities.from_json_str(json.dumps(case["entities"]))
    policies = cedarpy.PolicySet.from_str(case["policies"])
    results = cedarpy.is_authorized_batch(facts.requests, policies, entities)
    assert [result.diagnostics.errors for result in results] == [[] for _ in results]
    return [(result.allowed, frozenset(result.diagnostics.reasons)) for result in results]


def circuit_says(case: Json, facts: CaseFacts) -> list[Ruling]:
    circuit, rulings = facts.circuit, []
    for row in facts.rows():
        values = circuit.evaluate(row)
        satisfied = [name for name, place in circuit.policies.items() if values[place]]
        rulings.append(ruling(case, values[circuit.outcomes[ALLOWED]], satisfied))
    return rulings


def table_says(case: Json, facts: CaseFacts) -> list[Ruling]:
    kinds = {n: pa.list_(pa.string()) if n in facts.sets else pa.string() for n in facts.columns}
    table = pa.table({name: pa.array(facts.columns[name], kinds[name]) for name in kinds})
    circuit = facts.circuit
    met = ColumnarCircuit(circuit, circuit.outcomes | circuit.policies, threads=1).met(table)
    return [
        ruling(case, bool(met[ALLOWED][row]), (n for n in circuit.policies if met[n][row]))
        for row in range(table.num_rows)
    ]


def by_solver(case: Json, facts: CaseFacts) -> list[Ruling]:
    circuit, rulings = facts.circuit, []
    solver = Solver(circuit)
    for row in facts.rows():
        pinned = circuit.both(pins(circuit, row))
        satisfied = [name for name, place in circuit.policies.items() if can(solver, pinned, place)]
        rulings.append(ruling(case, can(solver, pinned, circuit.outcomes[ALLOWED]), satisfied))
    return rulings


def pins(circuit: Circuit, row: Row) -> Iterator[int]:
    """The nodes that all hold for one row and for no other."""
    for name in circuit.shape.facts:
        yield circuit.is_one_of(name, [row[name]])
    for name, codes in circuit.shape.sets.items():
        for item in codes:
            held = circuit.holds(name, item)
            yield held if item in row[name] else circuit.negate(held)


def can(solver: Solver, pinned: int, place: int) -> bool:
    """Whether the node holds for the pinned row; the solver must exclude the contrary."""
    both, negate = solver.circuit.both, solver.circuit.negate
    yes, no = (solver.ask(both([pinned, way])).can_be for way in (place, negate(place)))
    assert {yes, no} == {CanBe.POSSIBLE, CanBe.NEVER}
    return yes is CanBe.POSSIBLE


@pytest.fixture(scope="session")
def known() -> Json:
    return tomllib.loads(BOUNDARY.read_text("utf-8"))


@pytest.fixture(scope="session")
def sides(corpus: dict[str, Json]) -> dict[str, str]:
    return {name: side_of(case) for name, case in corpus.items()}


@pytest.fixture(scope="session")
def sides_worked_out(worked_out: dict[str, Json]) -> dict[str, str]:
    return {name: side_of(case) for name, case in worked_out.items()}


def test_the_boundary_of_the_subset_has_not_moved(sides: dict[str, str], known: Json) -> None:
    counts = Counter(sides.values())

    assert counts == Counter(known["inside"] | known["outside"])
    assert counts.total() == known["cases"]


def test_so_many_more_cases_are_read_once_their_constants_are_worked_out(
    sides: dict[str, str], sides_worked_out: dict[str, str], known: Json
) -> None:
    more = Counter(sides_worked_out[name] for name, side in sides.items() if side not in INSIDE)

    assert {side: more[side] for side in INSIDE} == known["worked_out"]
    assert all(sides_worked_out[name] == side for name, side in sides.items() if side in INSIDE)


def test_no_case_in_which_cedar_met_an_error_is_read(
    corpus: dict[str, Json], sides_worked_out: dict[str, str], known: Json
) -> None:
    failing = [n for n, case in corpus.items() if any(r["errors"] for r in case["requests"])]

    read_all_the_same = [name for name in failing if sides_worked_out[name] in INSIDE]

    assert read_all_the_same == []
    assert len(failing) == known["failing"]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_every_interpreter_rules_as_cedar_does(
    worked_out: dict[str, Json], sides_worked_out: dict[str, str], part: int
) -> None:
    for name in [name for name, side in sides_worked_out.items() if side in INSIDE][part::8]:
        case = worked_out[name]
        facts = read(case)

        expected = cedar_says(case, facts)

        recorded = recorded_in(case)
        assert expected[: len(recorded)] == recorded, name
        assert circuit_says(case, facts) == expected, name
        assert table_says(case, facts) == expected, name
        # A case that asks nothing comes down to a constant, and no formula is left to solve.
        if sides_worked_out[name] == "asking":
            assert by_solver(case, facts) == expected, name
