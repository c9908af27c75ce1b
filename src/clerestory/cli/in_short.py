"""Many persons and fields in few words: ``S1 to S8000`` instead of eight thousand refs."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from clerestory.demands import Item

# Up to so many are written one by one, as in the demand.
_FEW = 12
# More stretches than this are no help to a reader; the JSON names each ref.
_MOST_STRETCHES = 40
Key = TypeVar("Key", bound=Hashable)


def in_short(refs: Iterable[str]) -> str:
    """Return refs in their order, those that follow each other as a stretch.

    >>> in_short(["S1", "S2", "S3", "S7", "S*"])
    'S1 to S3, S7, S*'
    """
    stretches: list[tuple[str, str]] = []
    held = 0
    for ref in refs:
        held += 1
        before = _number(stretches[-1][1]) if stretches else 0
        if before and _number(ref) == before + 1:
            stretches[-1] = (stretches[-1][0], ref)
        else:
            stretches.append((ref, ref))
    told = [first if first == last else f"{first} to {last}" for first, last in stretches]
    if len(told) > _MOST_STRETCHES:
        return f"{', '.join(told[:_MOST_STRETCHES])} and others, {held:,} in all"
    return ", ".join(told)


def items_in_short(items: Iterable[Item]) -> str:
    """Return asked items: one by one where they are few, else the fields of all the same persons.

    >>> items_in_short(Item(f"S{n}", "snap", "name") for n in range(1, 5001))
    'snap name of S1 to S5000'
    """
    asked = list(dict.fromkeys(items))
    if len(asked) <= _FEW:
        return ", ".join(f"{item.program} {item.ref}" for item in asked)
    persons: dict[tuple[str, str], list[str]] = {}
    for item in asked:
        persons.setdefault((item.program, item.field), []).append(item.subject)
    by_persons: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for (program, name), refs in persons.items():
        by_persons.setdefault(tuple(refs), {}).setdefault(program, []).append(name)
    return "; ".join(
        f"{_fields(programs)} of {in_short(refs)}" for refs, programs in by_persons.items()
    )


def columns_of(persons: Sequence[tuple[Key, str]], *, alone: bool) -> list[tuple[Key, list[str]]]:
    """Return the columns of a table of persons: with ``alone`` one each, else one for each key."""
    if alone:
        return [(key, [ref]) for key, ref in persons]
    columns: dict[Key, list[str]] = {}
    for key, ref in persons:
        columns.setdefault(key, []).append(ref)
    return list(columns.items())


def _fields(programs: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{program} {', '.join(names)}" for program, names in programs.items())


def _number(ref: str) -> int:
    number = ref.removeprefix("S")
    return int(number) if number.isascii() and number.isdigit() else 0
