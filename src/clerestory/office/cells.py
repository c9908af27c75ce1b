"""An answer cell by cell, and what votes make of it: lower it, and never raise it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from clerestory.demands import Outcome
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json, digest_of
from clerestory.policy.decide.lowering import OPENNESS, lowered


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What happens to one field of one person.

    ``ordered`` says that a judge, or an authority that orders release, opened it.
    """

    outcome: Outcome
    coarsen_to: str = ""
    ordered: bool = False


Cells = Mapping[tuple[str, str], Cell]
"""Each cell by its programme and its written place, such as ``S1.address``."""


def needs_counsel(cells: Cells) -> bool:
    """Whether any cell is counsel's to answer."""
    return any(cell.outcome is Outcome.REFER for cell in cells.values())


def releases_nothing(cells: Cells) -> bool:
    """Whether all is withheld."""
    return all(cell.outcome is Outcome.WITHHOLD for cell in cells.values())


def cells_json(cells: Cells) -> list[Json]:
    """Return an answer in its one written form."""
    return [
        [program, ref, cell.outcome.value, cell.coarsen_to, cell.ordered]
        for (program, ref), cell in sorted(cells.items())
    ]


def cells_digest(cells: Cells) -> str:
    """Return what a vote binds of an answer."""
    return digest_of(cells_json(cells))


def cells_from(told: list[Any]) -> Cells:
    """Read an answer that was written by ``cells_json``."""
    return {
        (program, ref): Cell(outcome=Outcome(outcome), coarsen_to=coarser, ordered=ordered)
        for program, ref, outcome, coarser, ordered in told
    }


def lowered_by(cells: Cells, wishes: Mapping[str, str]) -> Cells:
    """Return an answer as a voter lowers it.

    Args:
        cells: The answer.
        wishes: What each cell is lowered to, by its name such as ``snap/S1.address``.

    Raises:
        Refusal: A wish would raise an answer, would withhold what is ordered, or names nothing.
    """
    names = {f"{program}/{ref}": (program, ref) for program, ref in cells}
    left = dict(cells)
    for name, to in wishes.items():
        if name not in names or to not in set(Outcome):
            raise Refusal(
                f"not an answer that can be lowered: {name}={to}",
                code="review-unknown-item",
                todo="name an answer of the determination, such as snap/S1.address=withhold",
            )
        cell = cells[names[name]]
        outcome = lowered(cell.outcome, Outcome(to), mandated=cell.ordered)
        if outcome is not cell.outcome:
            left[names[name]] = replace(cell, outcome=outcome, coarsen_to="")
    return left


def lower_of(one: Cells, other: Cells) -> Cells:
    """Return of two answers the one that lets less leave, cell by cell."""
    return {name: max(cell, other[name], key=_closed) for name, cell in one.items()}


def _closed(cell: Cell) -> int:
    return OPENNESS.index(cell.outcome)


def write_wishes(wishes: Mapping[str, str]) -> str:
    """Write what a voter lowers, in its one form."""
    return " ".join(f"{name}={wishes[name]}" for name in sorted(wishes))


def read_wishes(text: str) -> dict[str, str]:
    """Read what a voter lowers.

    Raises:
        Refusal: It is not in its one form.
    """
    wishes = dict(part.partition("=")[::2] for part in text.split(" ")) if text else {}
    if write_wishes(wishes) != text:
        raise Refusal(
            "what a voter lowers is written once for each answer, in the order of the alphabet",
            code="review-twice",
            todo="have the statement of the vote written anew, and sign that",
        )
    return wishes
