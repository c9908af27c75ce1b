"""What a demand asks, by whom and of whom: it stays as it was received until it is answered.

What somebody establishes afterwards may change: findings, what is known of a person, the paper's
status and whether a court enforced it, a consent, or an order that came later and now accompanies
it. Another requester, paper, ground, person or field is another demand.
"""

from collections.abc import Mapping

from clerestory.demands.demand import Demand, Instrument
from clerestory.demands.writing_demands import demand_json, instrument_json
from clerestory.kernel.canonical import Json, digest_of

_PARTS = ("received", "holder", "requester", "purpose")
# What a paper says of itself. The rest is found out: whether it is in writing, was served, is
# live, or was enforced.
_PAPER = ("kind", "form", "issuer", "court", "docket", "signed", "valid", "returns_on")


def asked_parts(demand: Demand) -> dict[str, str]:
    """Return the digest of each part of a demand that its answer must find unchanged."""
    written = demand_json(demand)
    parts: dict[str, Json] = {name: written[name] for name in _PARTS}
    # What is known of a person may be learned later; who is meant is not.
    parts["subjects"] = sorted(
        f"{one.ref} {one.relation}" + (f" by {one.represented_by}" if one.represented_by else "")
        for one in demand.subjects
    )
    parts["defined_by"] = {
        one.ref: sorted(one.defined_by) for one in demand.subjects if one.defined_by
    }
    parts["records"] = sorted({f"{item.program}/{item.ref}" for item in demand.items})
    parts["grounds"] = sorted(demand.grounds)
    parts["cited"] = sorted(demand.cited)
    paper = demand.instrument
    parts["instrument"] = _paper(paper)
    parts["scope"] = _scope(paper)
    # Each by itself: what came with the paper stays, and more may come.
    for place, extra in enumerate(paper.accompanies, start=1):
        parts[f"accompanies {place}"] = [_paper(extra), _scope(extra), _period(extra)]
    # Where the paper left the period open, it may be asked for and written afterwards.
    if paper.period_from or paper.period_to:
        parts["period"] = _period(paper)
    return {name: digest_of(part) for name, part in parts.items()}


def changed_parts(received: Mapping[str, str], parts: Mapping[str, str]) -> list[str]:
    """Return the names of what is no longer as it was received.

    A part that was not received is none of them: it came afterwards, as an order that now
    accompanies the paper; or it was received by an earlier version, which did not note it.
    """
    return [name for name, digest in received.items() if parts.get(name) != digest]


def _paper(paper: Instrument) -> dict[str, Json]:
    written = instrument_json(paper)
    return {name: written[name] for name in _PAPER if name in written}


def _scope(paper: Instrument) -> dict[str, Json]:
    scope = instrument_json(paper).get("scope")
    return {k: v for k, v in scope.items() if k != "period"} if isinstance(scope, dict) else {}


def _period(paper: Instrument) -> list[Json]:
    return [str(paper.period_from), str(paper.period_to)]


def demand_digest(demand: Demand) -> str:
    """Return the digest of a whole demand in its written form."""
    return digest_of(demand_json(demand))
