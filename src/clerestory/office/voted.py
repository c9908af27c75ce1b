"""The answer that two people let stand, under the law of the day on which it is told."""

from datetime import date

from clerestory.acts import Signed
from clerestory.kernel import Refusal
from clerestory.office.answer.decided import Decided
from clerestory.office.cells import Cells
from clerestory.office.deciding import as_voted, judge
from clerestory.office.errors import OfficeAltered
from clerestory.office.office import Office


def decision_in(acts: list[Signed]) -> int:
    """Return the place of the last decision among acts of which one is a decision."""
    return max(place for place, act in enumerate(acts) if act.statement.act == "decide")


def voted_on(office: Office, matter: str, acts: list[Signed], cells: Cells, on: date) -> Decided:
    """Return the answer that two people let stand, under the law of a day.

    Args:
        office: Whose matter.
        matter: Which one.
        acts: What was done in it.
        cells: What the two left of the decision.
        on: The day.

    Raises:
        Refusal: The law of the day makes something else of the facts than was decided.
        Corruption: What comes of it is not, field by field, what the two left.
    """
    place = decision_in(acts)
    judged = judge(office, matter, acts[:place], on)
    if judged.facts["cells"] != acts[place].statement.facts["cells"]:
        raise Refusal(
            "the law of today makes something else of the facts than was decided",
            code="voted-other-law",
            todo="have a fact established again, the demand decided, and voted on",
        )
    decided = as_voted(judged, cells)
    left = {
        (one.item.program, one.item.ref): (one.outcome, one.coarsen_to or "")
        for one in decided.determination.rulings
    }
    if left != {name: (cell.outcome, cell.coarsen_to) for name, cell in cells.items()}:
        raise OfficeAltered(f"what is told of an answer is what votes have left of it: {matter}")
    return decided
