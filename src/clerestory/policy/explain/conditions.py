"""The conditions of policies as structure, read from Cedar's syntax tree.

What is already so can be left out, so that only what is missing is left of a condition.
"""

from collections.abc import Callable, Sequence
from functools import partial

from clerestory.demands.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    Asked,
    Condition,
    all_of,
    any_of,
    without,
)
from clerestory.law.cedar_tree import (
    Contains,
    ContainsAll,
    ContainsAny,
    Entity,
    Equal,
    Fact,
    In,
    IsEmpty,
    SetOf,
    Tree,
    Unequal,
    fold,
    literals,
)

# Each of their codes has a sentence of its own.
_ONE_BY_ONE = frozenset({"established", "raised"})
# What only another demand could bring: first whose it is and what it asks for, then its purpose.
_OF_THE_DEMAND = (
    frozenset({"principal", "component", "requester_state", "holder", "resource"}),
    frozenset({"purpose"}),
)
Holds = Callable[[Tree], bool]
Kept = Callable[[Condition], bool]


def condition_of(tree: Tree, wanted: bool = True) -> Condition:
    """Return a condition of a policy as structure, with every "not" inside the single facts.

    >>> papers = Fact(("context", "papers"))
    >>> condition_of(Contains(papers, Value("court_order")), True)
    Asked(fact='papers', codes=('court_order',), wanted=True, how='any')
    """
    return fold(tree, wanted, every=all_of, either=any_of, atom=_atom)


def missing_of(tree: Tree, wanted: bool, holds: Holds, is_kept: Kept) -> Condition:
    """Return what is missing of a condition that is not met.

    Args:
        tree: The condition.
        wanted: Whether it has to hold, or not to.
        holds: Whether a single fact of it holds as the case stands.
        is_kept: What is kept although it holds: with a fact that tells whether there is a file, a
            condition is one that no letter says, whichever way the fact is.
    """

    def atom(part: Tree, wanted: bool) -> Condition:
        asked = _atom(part, wanted)
        return ALWAYS if holds(part) == wanted and not is_kept(asked) else asked

    found = fold(tree, wanted, every=all_of, either=any_of, atom=atom)
    # Where something else would do, nobody is told to be somebody else or to want something else.
    for heads in _OF_THE_DEMAND:
        found = without(found, partial(_is_about, heads))
    # Should the two readings ever differ, the whole condition is said rather than nothing.
    return condition_of(tree, wanted) if found in {AllOf(()), AnyOf(())} else found


def _is_about(heads: frozenset[str], asked: Asked) -> bool:
    return asked.fact.partition(".")[0] in heads


def _atom(tree: Tree, wanted: bool) -> Condition:
    match tree:
        case Equal(left, right) | In(left, right):
            return _compared(left, right, wanted)
        case Unequal(left, right):
            return _compared(left, right, not wanted)
        case Contains(left, right) | ContainsAny(left, right) | ContainsAll(left, right):
            return _held(left, right, wanted, whole=isinstance(tree, ContainsAll))
        case IsEmpty(Fact() as fact):
            return Asked(fact.name, wanted=wanted, how="empty")
        case Fact((_, _, *_)):
            return Asked(tree.name, ("yes",), wanted)
    return Asked("", wanted=wanted)


def _compared(left: Tree, right: Tree, wanted: bool) -> Condition:
    fact, codes = (left, right) if isinstance(left, Fact) else (right, left)
    if not isinstance(fact, Fact) or not literals(codes):
        return Asked("", wanted=wanted)
    if fact.name == "resource" and isinstance(codes, Entity) and codes.type == "Field":
        program, _, name = codes.id.partition(".")
        one = [("resource.program", program), ("resource.name", name)]
        return (all_of if wanted else any_of)(Asked(path, (c,), wanted) for path, c in one)
    is_program = isinstance(entity := _first(codes), Entity) and entity.type == "Program"
    name = "resource.program" if fact.name == "resource" and is_program else fact.name
    return Asked(name, tuple(literals(codes)), wanted)


def _first(tree: Tree) -> Tree:
    return tree.items[0] if isinstance(tree, SetOf) and tree.items else tree


def _held(left: Tree, right: Tree, wanted: bool, *, whole: bool) -> Condition:
    if isinstance(left, SetOf) and isinstance(right, Fact):
        codes = tuple(literals(left))
        # A written set that holds all of a fact's codes leaves it nothing else.
        return Asked(right.name, codes, wanted, "only" if whole else "any")
    if not isinstance(left, Fact) or not literals(right):
        return Asked("", wanted=wanted)
    codes = tuple(literals(right))
    if whole or left.name in _ONE_BY_ONE:
        join = all_of if whole == wanted else any_of
        return join(_each(left.name, codes, wanted))
    return Asked(left.name, codes, wanted)


def _each(fact: str, codes: Sequence[str], wanted: bool) -> list[Condition]:
    return [Asked(fact, (code,), wanted) for code in codes]
