"""What has to be so, as structure: it is put into words only when somebody reads it.

One condition is about one fact. Several are joined by "all of these" or "one of these". The two
joining functions keep a tree as flat and as short as it can be without changing what it asks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

T = TypeVar("T")

How = Literal["any", "only", "empty"]
# Each of their codes has a sentence of its own, so their codes never share one.
_ONE_BY_ONE = frozenset({"established", "raised"})


@dataclass(frozen=True, slots=True)
class Asked:
    """That a fact is, or holds, one of some codes.

    Attributes:
        fact: Its path in the table of facts, ``findings.<code>``, or ``resource`` for a group of
            fields. Empty for what no sentence can say.
        codes: The codes, in the order in which the law names them.
        wanted: Whether it has to be so, or has to be otherwise.
        how: ``any`` of the codes; for a set also ``only``, that it holds nothing but these, and
            ``empty``, that it holds nothing.
    """

    fact: str
    codes: tuple[str, ...] = ()
    wanted: bool = True
    how: How = "any"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part has to be so. There are at least two, and none of them is such a list itself."""

    parts: "tuple[Asked | AnyOf, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part is enough. There are at least two, and none of them is such a choice itself."""

    parts: "tuple[Asked | AllOf, ...]"


Condition = Asked | AllOf | AnyOf

ALWAYS = AllOf(())
"""What is so in any case: a list of nothing."""
NEVER = AnyOf(())
"""What nothing can bring about: a choice of nothing."""


def all_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions that all have to be so.

    >>> all_of([Asked("purpose", ("a",), False), Asked("purpose", ("b",), False)])
    Asked(fact='purpose', codes=('a', 'b'), wanted=False, how='any')
    """
    flat = list(_flat(parts, AllOf))
    if NEVER in flat:
        return NEVER
    return _joined(flat, AllOf, merged=False)


def any_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions of which one is enough.

    >>> any_of([Asked("purpose", ("a",)), Asked("purpose", ("b",))])
    Asked(fact='purpose', codes=('a', 'b'), wanted=True, how='any')
    """
    flat = list(_flat(parts, AnyOf))
    if ALWAYS in flat:
        return ALWAYS
    return _joined(flat, AnyOf, merged=True)


def asked_in(condition: Condition) -> Iterator[Asked]:
    """Yield the single conditions of a tree, from left to right."""
    if isinstance(condition, Asked):
        yield condition
        return
    for part in condition.parts:
        yield from asked_in(part)


def without(condition: Condition, is_left_out: Callable[[Asked], bool]) -> Condition:
    """Leave alternatives out, unless all of them would go.

    An alternative that needs something left out goes whole, since what is left of it would not be
    enough. Where every alternative needs it, the choice stays as it is.
    """
    match condition:
        case Asked():
            return condition
        case AllOf(parts):
            return all_of(without(part, is_left_out) for part in parts)
        case AnyOf(parts):
            kept = [part for part in parts if not any(map(is_left_out, _needed(part)))]
            return any_of(without(part, is_left_out) for part in kept or parts)


def _needed(condition: Condition) -> Iterator[Asked]:
    """Yield what no choice leaves open."""
    if isinstance(condition, Asked):
        yield condition
    elif isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _needed(part)


def _flat(parts: Iterable[Condition], kind: type[AllOf | AnyOf]) -> Iterator[Condition]:
    for part in parts:
        # An empty list or choice is a constant, which the caller looks for.
        if isinstance(part, kind) and part.parts:
            yield from part.parts
        elif part != kind(()):
            yield part


def _joined(parts: Sequence[Condition], kind: type[AllOf | AnyOf], *, merged: bool) -> Condition:
    """Return the parts, each once, with the codes of one fact together where that says the same.

    "A or B" of one fact is one of two codes; "not A and not B" is neither of two codes.
    """
    found: dict[object, Condition] = {}
    for part in parts:
        if not (isinstance(part, Asked) and part.wanted == merged and _may_share(part)):
            found.setdefault(part, part)
            continue
        before = found.get((part.fact,))
        codes = before.codes if isinstance(before, Asked) else ()
        both = tuple(dict.fromkeys((*codes, *part.codes)))
        found[(part.fact,)] = Asked(part.fact, both, part.wanted)
    left = tuple(found.values())
    return left[0] if len(left) == 1 else kind(left)  # type: ignore[arg-type]


def _may_share(asked: Asked) -> bool:
    return asked.how == "any" and asked.fact != "" and asked.fact not in _ONE_BY_ONE
