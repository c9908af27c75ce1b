"""The whole answer to a demand, ruling by ruling, and everything needed to check it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clerestory.demands.condition import Condition
from clerestory.demands.demand import Item


class Outcome(StrEnum):
    """What happens to one asked field, most open first."""

    RELEASE = "release"
    COARSEN = "coarsen"
    REFER = "refer_to_counsel"
    WITHHOLD = "withhold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, in plain words, for three readers: counsel, the requester and the person.

    ``notices`` are those sentences for the requester that are about the demand and stand in no
    authority.
    """

    counsel: str
    requester: str
    person: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """An authority that was considered and did not open the field.

    ``missing`` are the conditions that were not met, all of which have to be; it is empty where the
    authority was met and yet lifts less than what keeps the field closed. ``speaking.Speaker`` says
    them. ``is_met`` tells that one from an authority that was only looked at; it is no part of what
    a near miss is, and is not written down.
    """

    authority: str
    missing: tuple[Condition, ...] = ()
    is_met: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """One fact that would have to be established, for example ``findings.part2_order = yes``."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A smallest set of changes that would turn a ruling into ``outcome``."""

    outcome: Outcome
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The smallest part of a determination: one person and one field of one programme.

    ``authorities`` and ``policies`` are the determining ones, most specific first.
    ``coarsen_to`` says which coarser answer leaves when the outcome is ``coarsen``;
    ``lowered_from`` what the law answers where a reviewer lowered it. ``opinions`` are the points
    that counsel's opinions ended, ``suspended`` the policies that open it and stand on an authority
    that is suspended.
    """

    item: Item
    outcome: Outcome
    authorities: tuple[str, ...]
    policies: tuple[str, ...]
    considered_not_met: tuple[NearMiss, ...]
    reason: Reason
    would_change: tuple[Turn, ...] = ()
    coarsen_to: str | None = None
    lowered_from: Outcome | None = None
    opinions: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """A due date and the way it was computed, so that it can be opened and checked."""

    on: date
    starts_on: date
    provision: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What must happen beside the field decisions."""

    code: str
    basis: str
    authority: str
    within: str | None = None
    to: str | None = None
    content: tuple[str, ...] = ()
    due: DueDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An unknown fact whose answer would turn rulings, who may establish it, and the rulings."""

    fact: str
    by: str
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """The answer to one demand under the law in force on one day.

    ``pack_digest`` names the exact law; ``facts_digest`` the exact facts judged; ``engine`` the
    versions that judged them: together they let anyone decide again and compare.
    """

    demand_id: str
    on: date
    overall: str
    rulings: tuple[Ruling, ...]
    duties: tuple[Duty, ...]
    questions: tuple[Question, ...]
    packs: tuple[str, ...]
    pack_digest: str
    facts_digest: str
    engine: str
    alarms: tuple[str, ...] = ()


def overall_of(outcomes: Sequence[Outcome]) -> str:
    """Sum up the rulings in one word.

    >>> overall_of([Outcome.RELEASE, Outcome.WITHHOLD])
    'partial'
    """
    if not outcomes:
        return Outcome.WITHHOLD.value
    if all(outcome is Outcome.RELEASE for outcome in outcomes):
        return Outcome.RELEASE.value
    if any(outcome in {Outcome.RELEASE, Outcome.COARSEN} for outcome in outcomes):
        return "partial"
    if any(outcome is Outcome.REFER for outcome in outcomes):
        return Outcome.REFER.value
    return Outcome.WITHHOLD.value
