"""Which of a demand's permissions and agreements comes closest to covering one item.

Many permissions say the same but for the fields that they name. They are read once, sorted by what
they say, so that finding the closest one takes no longer where a demand brings very many.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clerestory.demands.demand import Agreement, Consent, Demand, Item
from clerestory.law.codes import Vocabulary
from clerestory.law.fact_table import absent_of, parts_of


@dataclass(frozen=True, slots=True)
class Known:
    """Some facts of a request, and what tells them from others of their kind."""

    key: object
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Permissions that say the same but for the fields, and the first of them for each field."""

    first: int
    covering: Known
    other: Known
    worth: int
    fields: dict[str, int] = field(default_factory=dict, repr=False)

    def place_of(self, item: Item) -> int | None:
        places = (self.fields.get(item.ref), self.fields.get(item.field))
        return min((place for place in places if place is not None), default=None)


@dataclass(frozen=True, slots=True)
class Closest:
    """Which of several permissions comes closest to an item; of equals, the first."""

    kinds: Sequence[_Alike]
    nothing: Known

    @classmethod
    def of(
        cls,
        described: Iterable[tuple[Mapping[str, str], tuple[str, ...]]],
        nothing: Known,
        worth: Callable[[Mapping[str, str]], int],
    ) -> "Closest":
        """Sort permissions: each is its facts, ``field`` left open, with the fields it names."""
        kinds: dict[tuple[str, ...], _Alike] = {}
        for place, (facts, fields) in enumerate(described):
            key = tuple(facts.values())
            if key not in kinds:
                yes, no = ({**facts, "field": said} for said in ("yes", "no"))
                kinds[key] = _Alike(
                    place, Known((*key, "yes"), yes), Known((*key, "no"), no), worth(no)
                )
            for name in fields:
                kinds[key].fields.setdefault(name, place)
        return cls(tuple(kinds.values()), nothing)

    def to(self, item: Item) -> Known:
        best, chosen = None, self.nothing
        for kind in self.kinds:
            place = kind.place_of(item)
            covers = place is not None
            rank = (kind.worth + covers, -(kind.first if place is None else place))
            if best is None or rank > best:
                best, chosen = rank, kind.covering if covers else kind.other
        return chosen


NO_CONSENT = Closest((), Known(None, absent_of("consent")))


def closest_consent(
    consents: Sequence[Consent], demand: Demand, on: date, vocabulary: Vocabulary
) -> Closest:
    return Closest.of(
        ((_describe_consent(one, demand, on, vocabulary), one.fields) for one in consents),
        NO_CONSENT.nothing,
        lambda facts: [*facts.values()].count("yes") - 2 * (facts["revoked"] != "no"),
    )


def _describe_consent(
    consent: Consent, demand: Demand, on: date, vocabulary: Vocabulary
) -> dict[str, str]:
    if consent.signed_on and on < consent.signed_on:
        dated = "no"
    elif consent.expires_on:
        dated = "yes" if on < consent.expires_on else "no"
    else:
        # An authorization must name its end; whether it does is among its elements.
        dated = consent.elements_complete
    return {
        "given": "yes",
        "recipient": _names_requester(consent.to, demand, vocabulary),
        "purpose": "yes" if consent.purpose == demand.purpose else "no",
        "field": "",
        "in_date": dated,
        "revoked": consent.revoked,
        "elements": consent.elements_complete,
    }


def _names_requester(to: str, demand: Demand, vocabulary: Vocabulary) -> str:
    stated = demand.finding("consent_names_requester")
    if stated == "no":
        return "no"
    requester, named = demand.requester, to.strip()
    if named and named.casefold() == requester.body.strip().casefold():
        return "yes"
    if to in {requester.component, requester.kind}:
        return "yes"
    if vocabulary.knows("requester_class", to):
        return "no"
    # A tick does not make a paper out to somebody else: the two contradict each other.
    return "unknown" if named else stated


def closest_agreement(demand: Demand, on: date) -> Closest:
    return Closest.of(
        ((_describe_agreement(one, demand, on), one.fields) for one in demand.agreements),
        Known(None, absent_of("agreement")),
        lambda facts: list(facts.values())[:-1].count("yes"),
    )


def _describe_agreement(agreement: Agreement, demand: Demand, on: date) -> dict[str, str]:
    requester = demand.requester
    dated = in_date(agreement.valid_from, agreement.valid_to, on)
    in_force: str = agreement.in_force
    if dated == "no":
        in_force = "no"
    elif in_force == "unknown" and agreement.valid_from is not None:
        in_force = dated
    return {
        "stated": "yes",
        "party": "yes" if agreement.with_body in {requester.component, requester.kind} else "no",
        "purpose": "yes" if demand.purpose in agreement.purposes else "no",
        "field": "",
        "in_force": in_force,
        **{part: getattr(agreement, part) for part in parts_of("agreement", written=True)},
    }


def in_date(start: date | None, end: date | None, on: date) -> str:
    """Say whether a day lies within dates, half-open: the day ``end`` is no longer covered."""
    if (start and on < start) or (end and on >= end):
        return "no"
    return "yes" if start or end else "unknown"
