"""What counsel has signed about a demand, as facts: opinions on points, suspended authorities."""

from collections.abc import Mapping
from datetime import date, datetime

from clerestory.demands.demand import Demand, Item, Suspension
from clerestory.kernel import Refusal
from clerestory.kernel.time import earliest_day, latest_day
from clerestory.law.packs import PackStack
from clerestory.policy.model.permissions import Known

NO_OPINION = Known((), {"favor": [], "against": []})


def opinions_of(demand: Demand, on: date) -> Mapping[Item, Known]:
    """Return the points that counsel has answered by the day, for each item that is named.

    Of several people whom one ref stands for no opinion speaks, whatever it names.
    """
    said: dict[Item, dict[str, set[str]]] = {}
    for opinion in demand.opinions:
        if opinion.signed_on > on:
            continue
        for item in opinion.items:
            subject = demand.subject(item.subject)
            if not subject.is_class and not subject.is_several:
                points = said.setdefault(item, {"favor": set(), "against": set()})
                points["favor" if opinion.in_favor else "against"].add(opinion.point)
    return {item: _known(points) for item, points in said.items()}


def _known(points: Mapping[str, set[str]]) -> Known:
    favor, against = sorted(points["favor"]), sorted(points["against"])
    return Known((tuple(favor), tuple(against)), {"favor": favor, "against": against})


def suspended(demand: Demand, on: date) -> list[str]:
    """Return the authorities that are suspended at any moment of the day, wherever it is told.

    A suspension closes at once: on the whole day on which it begins, and until the one on which
    it ends is over.
    """
    return sorted({each.authority for each in demand.suspensions if _holds(each, on)})


def _holds(suspension: Suspension, on: date) -> bool:
    start, end = suspension.held_from, suspension.held_to
    # A moment is a date as well, for Python.
    if on < (earliest_day(start) if isinstance(start, datetime) else start):
        return False
    if isinstance(end, datetime):
        return on <= latest_day(end)
    return end is None or on < end


def check_named(demand: Demand, stack: PackStack) -> None:
    """Stop at an opinion or a suspension of what no pack in use has: it would do nothing.

    Raises:
        Refusal: A point is none that is referred, or an authority stands in no pack.
    """
    points = {policy.id for policy in stack.policies if policy.refers}
    for opinion in demand.opinions:
        if opinion.point not in points:
            raise Refusal(
                f"an opinion answers a point that no policy refers to counsel: {opinion.point}",
                code="opinion-unknown-point",
                todo="name the policy that refers, as `clerestory decide` shows it with each "
                "answer that goes to counsel",
            )
    for suspension in demand.suspensions:
        if suspension.authority not in stack.authorities:
            raise Refusal(
                f"a suspension names an authority that no pack has: {suspension.authority}",
                code="suspension-unknown-authority",
                todo="write its id, as `clerestory decide` shows it in brackets and a pack's "
                "authorities.toml has it",
            )
