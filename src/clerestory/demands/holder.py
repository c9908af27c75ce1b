"""Whose records a demand asks for: an office answers for its own agency under its own law."""

from clerestory.demands.demand import Demand
from clerestory.kernel import Refusal


def check_holder(demand: Demand, *, agency: str, jurisdiction: str) -> None:
    """Refuse a demand for the records of another holder than the office that was asked.

    Args:
        demand: What was asked.
        agency: The office's own agency.
        jurisdiction: Whose law that agency is under.

    Raises:
        Refusal: The demand names another agency, or another jurisdiction.
    """
    holder = demand.holder
    for key, own, named in (
        ("agency", agency, holder.agency),
        ("jurisdiction", jurisdiction, holder.jurisdiction),
    ):
        if named != own:
            raise Refusal(
                f"this office answers for {key} {own}, and the demand says holder.{key}: {named}",
                code="answer-other-holder",
                todo=f"write holder.{key}: {own} where that is what the paper means; else send "
                "the paper to whom it is for",
            )
