"""Reading what policies ask into the nodes of a circuit, whatever the schema.

Cedar skips a policy whose evaluation fails. So only what cannot fail is read: there is no
arithmetic, and a fact may be read only if every request states it. Which facts those are is asked
of :class:`RequestFacts`; all else is refused by operator.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from clerestory.law.cedar_tree import (
    And,
    Asked,
    Contains,
    ContainsAll,
    ContainsAny,
    Entity,
    Equal,
    Fact,
    Has,
    IfThenElse,
    In,
    IsA,
    IsEmpty,
    Not,
    Or,
    SetOf,
    Tree,
    Unequal,
    Unsupported,
    Value,
)
from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.errors import OutsideSubset

# A variable of the request and the attributes that lead on from it: ("context", "paper", "kind").
Path = tuple[str, ...]


class Unread(Exception):
    """A part of a policy that is not read: Cedar's name of the operator, and what is wrong."""

    def __init__(self, operator: str, what: str = "") -> None:
        super().__init__(what or operator)
        self.operator = operator


class RequestFacts(Protocol):
    """What all requests under one schema state, as nodes of the circuit.

    Every method raises :class:`Unread` if some request does not state the fact, or states it as
    another type: Cedar would fail there.
    """

    def text(self, path: Path, codes: Collection[str]) -> int:
        """Return the node of "the text is one of these codes"."""

    def flag(self, path: Path) -> int:
        """Return the node of a yes or no."""

    def entity(self, path: Path, kind: str, name: str, *, within: bool) -> int:
        """Return the node of "it is this entity", or with ``within`` "it or one below it"."""

    def same(self, path: Path, other: Path, *, within: bool) -> int:
        """Return the node of "the two facts are one", or with ``within`` "or it is below it"."""

    def kind(self, path: Path, kind: str) -> int:
        """Return the node of "it is an entity of this type"."""

    def presence(self, path: Path) -> int:
        """Return the node of "this attribute is there"; only what carries it must be stated."""

    def members(self, path: Path) -> Collection[str]:
        """Return every code that the set can hold."""

    def holds(self, path: Path, code: str) -> int:
        """Return the node of "the set holds this code"."""


def read_policy(circuit: Circuit, facts: RequestFacts, asks: Iterable[Asked], *, place: str) -> int:
    """Return the node of "all that is asked is so".

    Args:
        circuit: Where the nodes are written.
        facts: What the requests state, as nodes of the same circuit.
        asks: The scopes and conditions of a policy.
        place: What a message calls it.

    Raises:
        OutsideSubset: The policy uses what is not read.
    """
    reader = _Reader(circuit, facts)
    try:
        read = [(reader.condition(one.tree), one.wanted) for one in asks]
    except Unread as unread:
        raise OutsideSubset(place, unread.operator, str(unread)) from unread
    return circuit.both(met if wanted else circuit.negate(met) for met, wanted in read)


@dataclass(frozen=True, slots=True)
class _Reader:
    circuit: Circuit
    facts: RequestFacts

    def condition(self, tree: Tree) -> int:
        circuit = self.circuit
        match tree:
            case Value(bool(value)):
                return circuit.yes if value else circuit.no
            case Not(arg):
                return circuit.negate(self.condition(arg))
            case And(left, right):
                return circuit.both([self.condition(left), self.condition(right)])
            case Or(left, right):
                return circuit.either([self.condition(left), self.condition(right)])
            case IfThenElse():
                return self._choice(tree)
            case Equal(left, right):
                return self._equal(left, right)
            case Unequal(left, right):
                return circuit.negate(self._equal(left, right))
            case In(left, right):
                return self._in(left, right)
            case IsA(of, kind, group):
                inside = [] if group is None else [self._in(of, group)]
                return circuit.both([self.facts.kind(_path(of), kind), *inside])
            case Has(of, attribute):
                return self.facts.presence((*_path(of), attribute))
            case Contains() | ContainsAny() | ContainsAll():
                return self._contains(tree)
            case IsEmpty(arg):
                return self._subset(_path(arg), ())
            case Fact((_, _, *_) as path):
                return self.facts.flag(path)
            case Unsupported(said=said) if said:
                raise Unread(tree.operator, said)
        raise Unread(_unread(tree))

    def _choice(self, tree: IfThenElse) -> int:
        test, then, other = map(self.condition, (tree.test, tree.then, tree.other))
        circuit = self.circuit
        return circuit.either(
            [circuit.both([test, then]), circuit.both([circuit.negate(test), other])]
        )

    def _equal(self, left: Tree, right: Tree) -> int:
        if left.operator == Value.operator:
            left, right = right, left
        path = _path(left)
        match right:
            case Value(bool(value)):
                flag = self.facts.flag(path)
                return flag if value else self.circuit.negate(flag)
            case Value(str(value)):
                return self.facts.text(path, [value])
            case Entity():
                return self._entity(path, right, within=False)
        if right.operator == Value.operator:
            raise Unread("==", "== with other than a code")
        return self.facts.same(path, _path(right), within=False)

    def _in(self, left: Tree, right: Tree) -> int:
        path = _path(left)
        if right.operator not in {Value.operator, SetOf.operator}:
            return self.facts.same(path, _path(right), within=True)
        groups = right.items if isinstance(right, SetOf) else (right,)
        entities = [group for group in groups if isinstance(group, Entity)]
        # With no group at all nothing would ask whether every request states the fact.
        if not entities or len(entities) < len(groups):
            raise Unread("in", "in with other than entities written out")
        return self.circuit.either(self._entity(path, entity, within=True) for entity in entities)

    def _entity(self, path: Path, entity: Entity, *, within: bool) -> int:
        return self.facts.entity(path, entity.type, entity.id, within=within)

    def _contains(self, tree: Contains | ContainsAny | ContainsAll) -> int:
        match tree:
            case Contains(SetOf() as codes, fact):
                return self.facts.text(_path(fact), _codes(codes))
            case Contains(fact, code):
                return self._holds_all(_path(fact), _codes(SetOf((code,))))
            case ContainsAll(SetOf() as codes, fact):
                return self._subset(_path(fact), _codes(codes))
            case ContainsAll(fact, codes):
                return self._holds_all(_path(fact), _codes(codes))
            case ContainsAny(SetOf() as codes, fact) | ContainsAny(fact, codes):
                return self._holds_any(_path(fact), _codes(codes))

    def _subset(self, path: Path, codes: Collection[str]) -> int:
        """Whether the set holds nothing but ``codes``."""
        others = [code for code in self.facts.members(path) if code not in codes]
        return self.circuit.negate(self._holds_any(path, others))

    def _holds_any(self, path: Path, codes: Collection[str]) -> int:
        return self.circuit.either(self._held(path, codes))

    def _holds_all(self, path: Path, codes: Collection[str]) -> int:
        return self.circuit.both(self._held(path, codes))

    def _held(self, path: Path, codes: Collection[str]) -> list[int]:
        # Asked first, since it is also what refuses a path that is no set.
        self.facts.members(path)
        return [self.facts.holds(path, code) for code in codes]


def _path(tree: Tree) -> Path:
    if not isinstance(tree, Fact):
        raise Unread(_unread(tree))
    return tree.path


def _unread(tree: Tree) -> str:
    """Return the operator that is not read: of an attribute, what it is an attribute of."""
    while isinstance(tree, Unsupported) and tree.operator == ".":
        (tree,) = tree.parts
    return tree.operator


def _codes(tree: Tree) -> list[str]:
    items = tree.items if isinstance(tree, SetOf) else ()
    values = [item.value if isinstance(item, Value) else None for item in items]
    codes = [value for value in values if isinstance(value, str)]
    if not isinstance(tree, SetOf) or len(codes) < len(items):
        raise Unread("Set", "a set of other than codes")
    return codes
