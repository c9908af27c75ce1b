"""Cedar's syntax tree: what a policy asks, as typed nodes, read from Cedar's own JSON form.

What is not known here is kept as :class:`Unsupported` with what stands inside it, so that no reader
passes over it in silence. Source: Cedar's JSON policy format.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

CedarJson = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Value:
    """A text, a number, or yes or no, written out."""

    operator: ClassVar[str] = "Value"
    value: bool | int | str


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity written out."""

    operator: ClassVar[str] = "Value"
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A variable of the request, and the attributes that lead on from it.

    ``name`` is the dotted path; an attribute of the context goes by its own name.

    >>> Fact(("context", "paper", "kind")).name
    'paper.kind'
    >>> Fact(("resource", "name")).name
    'resource.name'
    """

    path: tuple[str, ...]
    name: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        variable, *attributes = self.path
        named = attributes if variable == "context" and attributes else self.path
        object.__setattr__(self, "name", ".".join(named))

    @property
    def operator(self) -> str:
        """What Cedar calls it."""
        return "." if self.path[1:] else "Var"


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set written out."""

    operator: ClassVar[str] = "Set"
    items: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    operator: ClassVar[str] = "!"
    arg: "Tree"


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """Whether a set holds nothing."""

    operator: ClassVar[str] = "isEmpty"
    arg: "Tree"


@dataclass(frozen=True, slots=True)
class _Two:
    left: "Tree"
    right: "Tree"


class And(_Two):
    """Both hold."""

    __slots__ = ()
    operator: ClassVar[str] = "&&"


class Or(_Two):
    """At least one holds."""

    __slots__ = ()
    operator: ClassVar[str] = "||"


class Equal(_Two):
    """The two are the same."""

    __slots__ = ()
    operator: ClassVar[str] = "=="


class Unequal(_Two):
    """The two are not the same."""

    __slots__ = ()
    operator: ClassVar[str] = "!="


class In(_Two):
    """The left is an entity on the right, or below it."""

    __slots__ = ()
    operator: ClassVar[str] = "in"


class Contains(_Two):
    """The set on the left holds what is on the right."""

    __slots__ = ()
    operator: ClassVar[str] = "contains"


class ContainsAny(_Two):
    """The set on the left holds something of the set on the right."""

    __slots__ = ()
    operator: ClassVar[str] = "containsAny"


class ContainsAll(_Two):
    """The set on the left holds all of the set on the right."""

    __slots__ = ()
    operator: ClassVar[str] = "containsAll"


@dataclass(frozen=True, slots=True)
class IfThenElse:
    """One condition or another, as a third one says."""

    operator: ClassVar[str] = "if-then-else"
    test: "Tree"
    then: "Tree"
    other: "Tree"


@dataclass(frozen=True, slots=True)
class Has:
    """Whether an attribute is there."""

    operator: ClassVar[str] = "has"
    of: "Tree"
    attribute: str


@dataclass(frozen=True, slots=True)
class IsA:
    """Whether it is an entity of a type, and of a group where one is named."""

    operator: ClassVar[str] = "is"
    of: "Tree"
    type: str
    within: "Tree | None" = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Anything else.

    Attributes:
        operator: What Cedar calls it.
        parts: The expressions inside it.
        text: All of it, as Cedar's JSON.
        said: What is wrong with it, where its name does not say so.
    """

    operator: str
    parts: "tuple[Tree, ...]" = ()
    text: str = field(default="", repr=False)
    said: str = ""


Two = And | Or | Equal | Unequal | In | Contains | ContainsAny | ContainsAll
Tree = (
    Value | Entity | Fact | SetOf | Not | IsEmpty | Two | IfThenElse | Has | IsA | Unsupported
)  # fmt: skip
_TWO: Mapping[str, type[Two]] = {
    kind.operator: kind
    for kind in (And, Or, Equal, Unequal, In, Contains, ContainsAny, ContainsAll)
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition of a policy: a scope, a ``when``, or an ``unless``, which is not wanted."""

    tree: Tree
    wanted: bool = True


def parse(tree: CedarJson) -> Tree:
    """Read an expression.

    >>> parse({"!": {"arg": {".": {"left": {"Var": "resource"}, "attr": "proxy"}}}})
    Not(arg=Fact(path=('resource', 'proxy')))
    """
    operator, body = next(iter(tree.items()))
    two = _TWO.get(operator)
    if two is not None:
        return two(parse(body["left"]), parse(body["right"]))
    if operator in {".", "Var"}:
        return _fact(tree) or Unsupported(operator, (parse(body["left"]),), json.dumps(tree))
    match operator, body:
        case "Value", bool() | int() | str() as value:
            return Value(value)
        case "Value", {"__entity": entity}:
            return _entity(entity)
        case "Set", items:
            return SetOf(tuple(map(parse, items)))
        case "!", {"arg": arg}:
            return Not(parse(arg))
        case "isEmpty", {"arg": arg}:
            return IsEmpty(parse(arg))
        case "if-then-else", {"if": test, "then": then, "else": other}:
            return IfThenElse(parse(test), parse(then), parse(other))
        case "has", {"left": left, "attr": attribute}:
            return Has(parse(left), attribute)
        case "is", {"left": left, "entity_type": kind}:
            return IsA(parse(left), kind, parse(body["in"]) if "in" in body else None)
    inside = body.values() if isinstance(body, Mapping) else body
    found = inside if operator != "Value" and not isinstance(inside, str) else ()
    parts = tuple(parse(part) for part in found if isinstance(part, Mapping))
    return Unsupported(operator, parts, json.dumps(tree))


def parse_scopes(policy: CedarJson, variables: Iterable[str]) -> tuple[Asked, ...]:
    """Read those scopes of a policy that ask anything, as the conditions that they are."""
    scopes = ((variable, policy[variable]) for variable in variables)
    return tuple(Asked(_scope(name, scope)) for name, scope in scopes if scope["op"] != "All")


def parse_conditions(policy: CedarJson) -> tuple[Asked, ...]:
    """Read the conditions of a policy, in their order."""
    return tuple(Asked(parse(one["body"]), one["kind"] == "when") for one in policy["conditions"])


def to_cedar(tree: Tree) -> CedarJson:
    """Return an expression in Cedar's JSON form, which :func:`parse` reads as it is."""
    match tree:
        case Value(value):
            return {"Value": value}
        case Entity(kind, name):
            return {"Value": {"__entity": {"type": kind, "id": name}}}
        case Fact(path):
            whole: CedarJson = {"Var": path[0]}
            for attribute in path[1:]:
                whole = {".": {"left": whole, "attr": attribute}}
            return whole
        case SetOf(items):
            return {"Set": [to_cedar(item) for item in items]}
        case Not(arg) | IsEmpty(arg):
            return {tree.operator: {"arg": to_cedar(arg)}}
        case IfThenElse(test, then, other):
            parts = {"if": to_cedar(test), "then": to_cedar(then), "else": to_cedar(other)}
            return {"if-then-else": parts}
        case Has(of, attribute):
            return {"has": {"left": to_cedar(of), "attr": attribute}}
        case IsA(of, kind, within):
            group = {} if within is None else {"in": to_cedar(within)}
            return {"is": {"left": to_cedar(of), "entity_type": kind, **group}}
        case Unsupported():
            return dict(json.loads(tree.text))
    return {tree.operator: {"left": to_cedar(tree.left), "right": to_cedar(tree.right)}}


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """Return the expressions directly inside one."""
    match tree:
        case Not(arg) | IsEmpty(arg) | Has(arg, _):
            return (arg,)
        case IsA(of, _, within):
            return (of,) if within is None else (of, within)
        case SetOf(items):
            return items
        case IfThenElse(test, then, other):
            return (test, then, other)
        case Unsupported(_, parts):
            return parts
        case _Two(left, right):
            return (left, right)
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield an expression and all that stands inside it."""
    yield tree
    for part in parts_of(tree):
        yield from walk(part)


def fold(
    tree: Tree,
    wanted: bool,
    *,
    every: Callable[[Iterable[T]], T],
    either: Callable[[Iterable[T]], T],
    atom: Callable[[Tree, bool], T],
) -> T:
    """Read a condition with every "not" moved inward as far as it goes.

    Args:
        tree: The condition.
        wanted: Whether it is to hold, or not to hold.
        every: Joins what all have to be so; it may stop early.
        either: Joins what is enough one by one; it may stop early.
        atom: Reads what neither "and", "or" nor "not" joins, and whether it is to hold.
    """
    if isinstance(tree, Not):
        return fold(tree.arg, not wanted, every=every, either=either, atom=atom)
    if isinstance(tree, And | Or):
        join = every if isinstance(tree, And) == wanted else either
        sides = (tree.left, tree.right)
        return join(fold(s, wanted, every=every, either=either, atom=atom) for s in sides)
    return atom(tree, wanted)


def joined(tree: Tree, by: type[And | Or]) -> list[Tree]:
    """Return the expressions that ``&&``, or ``||``, joins."""
    if not isinstance(tree, by):
        return [tree]
    return [*joined(tree.left, by), *joined(tree.right, by)]


def literals(tree: Tree) -> list[str]:
    """Return the codes of a text, of an entity, or of a set of them, written out."""
    if isinstance(tree, Entity):
        return [tree.id]
    if isinstance(tree, SetOf):
        return [code for item in tree.items for code in literals(item)]
    return [str(tree.value)] if isinstance(tree, Value) else []


def _scope(variable: str, scope: CedarJson) -> Tree:
    held = Fact((variable,))
    match scope:
        case {"op": "==", "entity": entity}:
            return Equal(held, _entity(entity))
        case {"op": "in", "entity": entity}:
            return In(held, _entity(entity))
        case {"op": "in", "entities": entities}:
            # Of no entity at all nothing is asked, not even whether the request states the fact.
            groups = SetOf(tuple(map(_entity, entities)))
            return In(held, groups) if entities else Value(False)
        case {"op": "is", "entity_type": str(kind)}:
            group = scope.get("in")
            return IsA(held, kind, None if group is None else _entity(group["entity"]))
    operator = str(scope["op"])
    return Unsupported(operator, said=f"{variable} {operator} without an entity")


def _fact(tree: CedarJson) -> Fact | None:
    attributes: list[str] = []
    while "." in tree:
        attributes.append(str(tree["."]["attr"]))
        tree = tree["."]["left"]
    return _named((str(tree["Var"]), *reversed(attributes))) if "Var" in tree else None


@lru_cache(maxsize=1024)
def _named(path: tuple[str, ...]) -> Fact:
    # Few facts are asked again and again.
    return Fact(path)


def _entity(entity: CedarJson) -> Entity:
    return Entity(str(entity["type"]), str(entity["id"]))
