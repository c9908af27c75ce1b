"""What a demand's papers are, whom and what they name, and when they were signed."""

from dataclasses import dataclass
from datetime import date, timedelta

from clerestory.demands.demand import Demand, Instrument, Item
from clerestory.kernel.time import month_text
from clerestory.policy.model.permissions import in_date, is_to_come

UNITED_STATES = "us"
# An officer who asks today writes today. What was signed more than a year before it came is another
# matter's paper, or a slip of the pen, and somebody looks at it.
_LONG_AGO = timedelta(days=366)
_MAY_STAND = frozenset({"live", "unknown"})
_NOTHING = frozenset({"none"})
_NAMED = frozenset({"named", "listed_row"})
PROCESS = frozenset(
    {
        "court_order", "search_warrant", "judicial_subpoena", "grand_jury_subpoena",
        "legislative_subpoena",
    }
)  # fmt: skip
"""What binds until a court or a legislature undoes it."""
ENFORCED = "administrative_subpoena"
"""What binds once a court has ordered it obeyed."""


def _persons(demand: Demand) -> str:
    """Say how the paper names persons; a paper for all names nobody, whatever else it says."""
    count = demand.instrument.count
    if count == "all":
        return "class"
    if demand.instrument.persons_named is not None:
        # Named one by one, whom it names needs no counting; see ``NamedFields``.
        return demand.instrument.persons
    return "unknown" if is_counted_short(demand) else demand.instrument.persons


def is_counted_short(demand: Demand) -> bool:
    """Whether the paper counts fewer persons than are asked about, and names none by one.

    A paper that names one needs no count; of several persons, one that neither counts nor names
    them may mean any.
    """
    count = demand.instrument.count
    if demand.instrument.persons_named is not None:
        return False
    # Whoever the paper mentions beside those whose records are asked for is not counted.
    asked = {item.subject for item in demand.items}
    named = sum(s.relation == "named" and s.ref in asked for s in demand.subjects)
    return named > (count if isinstance(count, int) else 1)


def paper_facts(demand: Demand, on: date) -> dict[str, str]:
    """Return what is the same of the paper itself for every item."""
    paper = demand.instrument
    of_other_days = is_of_other_days(paper, demand.received_on, on)
    return {
        "kind": paper.kind,
        "form": paper.form or "none",
        "issuer": paper.issuer,
        "court": whose(paper.court, demand),
        **paper.said,
        "persons": _persons(demand),
        "fields": paper.fields,
        "status": "unknown" if of_other_days else paper.status,
        "signed": _signed(demand, on),
        "in_date": "unknown" if of_other_days else in_date(paper.valid_from, paper.valid_to, on),
    }


def binds(paper: Instrument) -> bool:
    """Whether a paper is called what binds until a court or a legislature undoes it."""
    return paper.kind in PROCESS or (
        paper.kind == ENFORCED and paper.said["enforced_by_order"] == "yes"
    )


def is_of_other_days(paper: Instrument, received_on: date, on: date) -> bool:
    """Whether process is still to begin, or came before its last day and nobody answered by then.

    It opens nothing, and it is not dropped either: where it begins tomorrow, it binds tomorrow;
    where it ran out on the desk, the agency's own delay undoes no order. Whether it binds is not
    known until counsel has looked. A paper that had run out when it came is not meant.
    """
    start, end = paper.valid_from, paper.valid_to
    if not binds(paper) or paper.status not in _MAY_STAND or in_date(start, end, on) != "no":
        return False
    return end is None or received_on <= end


@dataclass(frozen=True, slots=True)
class Housemates:
    """Whom a paper names or counts of those who are called members of the household.

    Such a one is whom the paper does not name: the two contradict each other, and an order is not
    dropped for a word.
    """

    refs: frozenset[str] | None
    counted: bool

    @classmethod
    def of(cls, paper: Instrument, demand: Demand) -> "Housemates":
        """Read whom a paper names one by one, or whether it counts more than are called named."""
        if paper.persons_named is not None:
            return cls(frozenset(paper.persons_named), counted=False)
        if paper.fields_named is not None:
            refs = frozenset(name.partition(".")[0] for name in paper.fields_named)
            return cls(refs, counted=False)
        asked = {item.subject for item in demand.items}
        named = sum(s.ref in asked and s.relation in _NAMED for s in demand.subjects)
        counts = paper.count > named if isinstance(paper.count, int) else named == 0
        return cls(None, counted=counts)

    def may_mean(self, ref: str) -> bool:
        """Whether the paper may mean somebody."""
        return self.counted if self.refs is None else ref in self.refs


def whose(jurisdiction: str | None, demand: Demand) -> str:
    """Say whose a court or a body is, seen from the holder."""
    if jurisdiction is None:
        return "unstated"
    if jurisdiction == UNITED_STATES:
        return "federal"
    return "holder_state" if jurisdiction == demand.holder.jurisdiction else "other_state"


@dataclass(frozen=True, slots=True)
class NamedFields:
    """Whom and which fields of which programme the paper names; with no list, what it says of all.

    Where a field is named and asked of two programmes, and the paper does not say of which, that
    is a question: it opens neither, and it may have named either.
    """

    of_all: str
    refs: frozenset[str] | None
    persons: frozenset[str] | None
    programs: frozenset[str] | None
    of_several: frozenset[str]

    @classmethod
    def of(cls, demand: Demand) -> "NamedFields":
        """Read whom and what the paper itself names."""
        paper = demand.instrument
        refs, persons, programs = (
            None if named is None else frozenset(named)
            for named in (paper.fields_named, paper.persons_named, paper.programs)
        )
        return cls(
            of_all={"stated": "yes"}.get(paper.fields, paper.fields),
            refs=refs,
            persons=persons,
            programs=programs,
            of_several=_asked_of_several(demand) if refs and programs is None else frozenset(),
        )

    def say(self, item: Item) -> str:
        """Say whether the paper itself names the field of the person in the programme."""
        if self.persons is not None and item.subject not in self.persons:
            return "no"
        if self.programs is not None and item.program not in self.programs:
            return "no"
        if self.refs is None:
            return self.of_all
        if item.ref not in self.refs:
            return "no"
        return "of_which_program" if item.ref in self.of_several else "yes"


def _asked_of_several(demand: Demand) -> frozenset[str]:
    first: dict[str, str] = {}
    return frozenset(
        item.ref
        for item in demand.items
        if first.setdefault(item.ref, item.program) != item.program
    )


def is_live(paper: Instrument, on: date) -> bool:
    """Whether a paper is in force on a day: what is signed or served later is not there yet."""
    return (
        paper.status == "live"
        and in_date(paper.valid_from, paper.valid_to, on) != "no"
        and not is_to_come(paper, on)
    )


def is_of_long_ago(paper: Instrument, received_on: date) -> bool:
    """Whether a paper was signed or served long before the demand came."""
    days = [day for day in (paper.signed_on, paper.served_on) if day is not None]
    return bool(days) and received_on - min(days) > _LONG_AGO


def _signed(demand: Demand, on: date) -> str:
    """Say when the paper was signed and served, seen from the day and from the day of receipt."""
    paper = demand.instrument
    if paper.signed_on is None and paper.served_on is None:
        return "unstated"
    if is_to_come(paper, on):
        return "later"
    return "long_ago" if is_of_long_ago(paper, demand.received_on) else "lately"


def forms_and_kinds(paper: Instrument, on: date) -> dict[str, list[str]]:
    """Return what the paper and all that came with it are: of those in force, and of all.

    A mark that a paper bears stays a mark when the paper has run out or was withdrawn.
    """
    papers = paper.with_accompanying
    return {
        "papers": sorted({one.kind for one in papers if is_live(one, on)}),
        "forms": sorted({one.form for one in papers if one.form}),
        "kinds": sorted({one.kind for one in papers} - _NOTHING),
        "issuers": sorted({one.issuer for one in papers} - _NOTHING),
    }


def months_of(paper: Instrument) -> str:
    """Say whether the paper asks about one calendar month, or about more."""
    start, end = paper.period_from, paper.period_to
    if start is None or end is None:
        return "unstated"
    # The end is the first day that is not asked about: 1 March to 1 April is March alone.
    return "one" if month_text(start) == month_text(end - timedelta(days=1)) else "more"
