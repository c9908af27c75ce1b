"""What the law says is to be done by a day, in the matters that are not done with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clerestory.kernel.time import parse_day
from clerestory.office.matters import acts_in
from clerestory.office.office import Office
from clerestory.office.voting import decided_parts
from clerestory.store.models import MatterRow

_ENDED = ("closed", "withdrawn")
_DONE_BY = {
    "log_demand": "receive", "log_disclosure": "seal", "log_refusal": "refuse",
    "written_reasons": "hand_over", "notify_subject": "notify",
}  # fmt: skip
"""The acts that do a duty; of every other one people know alone whether it is done."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Due:
    """One duty of a matter with its day: what it is by its code, and whom it is to."""

    on: date
    number: int
    code: str
    to: str


def due_in(office: Office) -> list[Due]:
    """Return what is due, the earliest first, as the last decision of each matter says it.

    Raises:
        Corruption: What is kept of a decision is not what its act binds.
    """
    rows = MatterRow.objects.exclude(state__in=_ENDED).values_list("id", "number")
    return sorted(due for matter, number in rows for due in _due(office, matter, number))


def _due(office: Office, matter: str, number: int) -> Iterator[Due]:
    told = [act.statement for act in acts_in(office, matter)]
    decided = next((one for one in reversed(told) if one.act == "decide"), None)
    if decided is None:
        return
    done = {one.act for one in told}
    for duty in decided_parts(office, decided)["determination"]["duties"]:
        if duty["due"] and _DONE_BY.get(duty["code"]) not in done:
            yield Due(on=parse_day(duty["due"]), number=number, code=duty["code"], to=duty["to"])
