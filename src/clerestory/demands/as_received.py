"""What a demand asks, by whom and of whom: it stays as it was received until it is answered.

What somebody establishes afterwards may change: findings, what is known of a person, the paper's
status, an order that came later. Another requester, person or field is another demand.
"""

from clerestory.demands.demand import Demand
from clerestory.demands.writing_demands import demand_json
from clerestory.kernel.canonical import Json, digest_of

_PARTS = ("received", "holder", "requester", "purpose")


def asked_parts(demand: Demand) -> dict[str, str]:
    """Return the digest of each part of a demand that its answer must find unchanged."""
    written = demand_json(demand)
    parts: dict[str, Json] = {name: written[name] for name in _PARTS}
    # What is known of a person may be learned later; who is meant is not.
    parts["subjects"] = sorted(
        f"{one.ref} {one.relation}" + (f" by {one.represented_by}" if one.represented_by else "")
        for one in demand.subjects
    )
    parts["records"] = sorted({f"{item.program}/{item.ref}" for item in demand.items})
    paper = demand.instrument
    # Where the paper left the period open, it may be asked for and written afterwards.
    if paper.period_from or paper.period_to:
        parts["period"] = [str(paper.period_from), str(paper.period_to)]
    return {name: digest_of(part) for name, part in parts.items()}


def demand_digest(demand: Demand) -> str:
    """Return the digest of a whole demand in its written form."""
    return digest_of(demand_json(demand))
