"""Reading Cedar's own JSON form of policies into the nodes of a circuit, whatever the schema.

Cedar skips a policy whose evaluation fails. So only what cannot fail is read: there is no
arithmetic, and a fact may be read only if every request states it. Which facts those are is asked
of :class:`RequestFacts`; all else is refused by operator.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from clerestory.policy.circuit.circuit import Circuit
from clerestory.policy.errors import OutsideSubset

Tree = Mapping[str, Any]
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


def read_policy(
    circuit: Circuit, facts: RequestFacts, tree: Tree, *, place: str, scopes: Sequence[str]
) -> int:
    """Return the node of "the policy is satisfied".

    Args:
        circuit: Where the nodes are written.
        facts: What the requests state, as nodes of the same circuit.
        tree: Cedar's own JSON form of the policy.
        place: What a message calls it.
        scopes: Which of ``principal``, ``action`` and ``resource`` are read; the caller has seen
            to the others.

    Raises:
        OutsideSubset: The policy uses what is not read.
    """
    reader = _Reader(circuit, facts)
    try:
        parts = [reader.scope(variable, tree[variable]) for variable in scopes]
        for part in tree["conditions"]:
            met = reader.condition(part["body"])
            parts.append(met if part["kind"] == "when" else circuit.negate(met))
    except Unread as unread:
        raise OutsideSubset(place, unread.operator, str(unread)) from unread
    return circuit.both(parts)


def read_tree(circuit: Circuit, facts: RequestFacts, tree: Tree, *, place: str) -> int:
    """Return the node of one condition; otherwise as :func:`read_policy`."""
    try:
        return _Reader(circuit, facts).condition(tree)
    except Unread as unread:
        raise OutsideSubset(place, unread.operator, str(unread)) from unread


@dataclass(frozen=True, slots=True)
class _Reader:
    circuit: Circuit
    facts: RequestFacts

    def scope(self, variable: str, scope: Tree) -> int:
        path = (variable,)
        match scope:
            case {"op": "All"}:
                return self.circuit.yes
            case {"op": "is", "entity_type": kind}:
                inside = [{**scope["in"], "op": "in"}] if "in" in scope else []
                parts = [self.scope(variable, group) for group in inside]
                return self.circuit.both([self.facts.kind(path, kind), *parts])
            case {"op": "==" | "in" as op, "entity": entity}:
                return self._entity(path, entity, within=op == "in")
            case {"op": "in", "entities": entities}:
                groups = (self._entity(path, entity, within=True) for entity in entities)
                return self.circuit.either(groups)
        raise Unread(scope["op"], f"{variable} {scope['op']} without an entity")

    def condition(self, tree: Tree) -> int:
        kind, body = next(iter(tree.items()))
        match kind:
            case "Value" if isinstance(body, bool):
                return self.circuit.yes if body else self.circuit.no
            case "!":
                return self.circuit.negate(self.condition(body["arg"]))
            case "&&":
                return self.circuit.both(self.condition(body[s]) for s in ("left", "right"))
            case "||":
                return self.circuit.either(self.condition(body[s]) for s in ("left", "right"))
            case "if-then-else":
                return self._choice(body)
            case "==" | "!=":
                same = self._equal(body["left"], body["right"])
                return same if kind == "==" else self.circuit.negate(same)
            case "in":
                return self._in(body["left"], body["right"])
            case "is":
                return self._kind(body)
            case "has":
                return self.facts.presence((*_path(body["left"]), body["attr"]))
            case "contains" | "containsAny" | "containsAll":
                return self._contains(kind, body["left"], body["right"])
            case "isEmpty":
                return self._subset(_path(body["arg"]), ())
            case ".":
                return self.facts.flag(_path(tree))
        raise Unread(kind)

    def _choice(self, body: Tree) -> int:
        test, then, other = (self.condition(body[part]) for part in ("if", "then", "else"))
        circuit = self.circuit
        return circuit.either(
            [circuit.both([test, then]), circuit.both([circuit.negate(test), other])]
        )

    def _equal(self, left: Tree, right: Tree) -> int:
        if "Value" in left:
            left, right = right, left
        path = _path(left)
        match right.get("Value"):
            case bool(value):
                flag = self.facts.flag(path)
                return flag if value else self.circuit.negate(flag)
            case str(value):
                return self.facts.text(path, [value])
            case {"__entity": entity}:
                return self._entity(path, entity, within=False)
            case None:
                return self.facts.same(path, _path(right), within=False)
        raise Unread("==", "== with other than a code")

    def _in(self, left: Tree, right: Tree) -> int:
        path = _path(left)
        if "Value" not in right and "Set" not in right:
            return self.facts.same(path, _path(right), within=True)
        groups = right.get("Set", [right])
        # With no group at all nothing would ask whether every request states the fact.
        if not groups or not all("__entity" in _literal(group) for group in groups):
            raise Unread("in", "in with other than entities written out")
        entities = [group["Value"]["__entity"] for group in groups]
        return self.circuit.either(self._entity(path, entity, within=True) for entity in entities)

    def _entity(self, path: Path, entity: Tree, *, within: bool) -> int:
        return self.facts.entity(path, str(entity["type"]), str(entity["id"]), within=within)

    def _kind(self, body: Tree) -> int:
        kind = self.facts.kind(_path(body["left"]), str(body["entity_type"]))
        group = [self._in(body["left"], body["in"])] if "in" in body else []
        return self.circuit.both([kind, *group])

    def _contains(self, kind: str, left: Tree, right: Tree) -> int:
        if kind == "contains":
            if "Set" in left:
                return self.facts.text(_path(right), _codes(left))
            return self._holds_all(_path(left), _codes({"Set": [right]}))
        if "Set" not in left:
            join = self._holds_all if kind == "containsAll" else self._holds_any
            return join(_path(left), _codes(right))
        join = self._subset if kind == "containsAll" else self._holds_any
        return join(_path(right), _codes(left))

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
    attributes: list[str] = []
    while "." in tree:
        attributes.append(str(tree["."]["attr"]))
        tree = tree["."]["left"]
    if "Var" not in tree:
        raise Unread(next(iter(tree)))
    return (str(tree["Var"]), *reversed(attributes))


def _literal(tree: Tree) -> Tree:
    value = tree.get("Value")
    return value if isinstance(value, Mapping) else {}


def _codes(tree: Tree) -> list[str]:
    items = tree.get("Set")
    if items is None or not all(isinstance(item.get("Value"), str) for item in items):
        raise Unread("Set", "a set of other than codes")
    return [str(item["Value"]) for item in items]
