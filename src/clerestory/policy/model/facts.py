"""From a demand and one item to the facts that the policies read: codes only, nothing typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from clerestory.demands.demand import Consent, Demand, Hold, Instrument, Item
from clerestory.kernel import digest_of
from clerestory.kernel.time import month_text
from clerestory.law.codes import Vocabulary
from clerestory.law.stages import STAGE_SETS
from clerestory.policy.model.counsel import NO_OPINION, opinions_of, suspended
from clerestory.policy.model.permissions import (
    NO_CONSENT,
    Closest,
    Known,
    closest_agreement,
    closest_consent,
    in_date,
    only_program,
)

UNITED_STATES = "us"


def facts_of(demand: Demand, item: Item, on: date, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the context of a request about one item on one day (see :class:`DemandFacts`)."""
    return dict(DemandFacts.of(demand, on, vocabulary).about(item).context)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """The context of a request, with its digest. Items that say the same share one."""

    context: Mapping[str, Any] = field(repr=False)
    digest: str


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """The facts of one demand on one day, each read once, however many persons it names.

    Facts that the demand does not state are ``unknown``. The sets that later stages fill
    (``established``, ``lifted``, ``mandated``, ``barred``) are empty.
    """

    common: Mapping[str, Any] = field(repr=False)
    subjects: Mapping[str, "Known"] = field(repr=False)
    named: "_NamedFields"
    consents: Mapping[str, "Closest"] = field(repr=False)
    opinions: Mapping[Item, "Known"] = field(repr=False)
    agreements: "Closest" = field(repr=False)
    _contexts: dict[tuple[object, ...], ItemFacts] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, demand: Demand, on: date, vocabulary: Vocabulary) -> "DemandFacts":
        """Read what all items of a demand share, and what tells them apart."""
        given: dict[str, list[Consent]] = {}
        only = only_program(demand)
        for consent in demand.consents:
            given.setdefault(consent.by, []).append(consent)
        return cls(
            common=_common(demand, on, vocabulary),
            subjects=_subjects(demand),
            named=_NamedFields.of(demand),
            consents={
                ref: closest_consent(consents, demand, on, vocabulary, only)
                for ref, consents in given.items()
            },
            agreements=closest_agreement(demand, on, only),
            opinions=opinions_of(demand, on),
        )

    def about(self, item: Item) -> ItemFacts:
        """Return the facts of a request about one item."""
        subject = self.subjects[item.subject]
        named = self.named.say(item)
        consent = self.consents.get(item.subject, NO_CONSENT).to(item)
        agreement = self.agreements.to(item)
        opinion = self.opinions.get(item, NO_OPINION)
        key = (subject.key, named, consent.key, agreement.key, opinion.key)
        known = self._contexts.get(key)
        if known is None:
            paper = {**self.common["paper"], "names_field": named}
            context = {
                **self.common,
                "paper": paper,
                "subject": subject.facts,
                "consent": consent.facts,
                "agreement": agreement.facts,
                "opinion": opinion.facts,
            }
            known = self._contexts[key] = ItemFacts(context, digest_of(context))
        return known


def _common(demand: Demand, on: date, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return what is the same for every item; the parts that are not stand empty, in order."""
    paper = demand.instrument
    return {
        "on": {"__extn": {"fn": "datetime", "arg": on.isoformat()}},
        "holder": {
            "agency": demand.holder.agency,
            "kind": demand.holder.kind,
            "jurisdiction": demand.holder.jurisdiction,
        },
        "component": demand.requester.component or "none",
        "channel": demand.channel,
        "purpose": {"__entity": {"type": "Purpose", "id": demand.purpose}},
        "grounds": sorted(demand.grounds),
        "cited": sorted(demand.cited),
        "threats": sorted(demand.threats),
        "paper": _paper(demand, on),
        "papers": sorted({p.kind for p in paper.with_accompanying if _is_live(p, on)}),
        "forms": sorted({p.form for p in paper.with_accompanying if p.form}),
        "months": _months(paper),
        "subject": {},
        "findings": {c: demand.finding(c) for c in sorted(vocabulary.lists["findings"])},
        "raised": sorted(code for code, answer in demand.findings.items() if answer == "unknown"),
        "consent": {},
        "agreement": {},
        "hold": _hold(demand.holds, on, vocabulary),
        "nondisclosure": {
            **demand.nondisclosure,
            "ordered": _ordered_silence(demand, on),
        },
        "opinion": {},
        "suspended": suspended(demand, on),
        **{name: [] for name in STAGE_SETS},
        "outcome": "none",
    }


def _subjects(demand: Demand) -> dict[str, Known]:
    alone = sum(subject.relation == "named" for subject in demand.subjects) == 1
    described: dict[object, Known] = {}
    known: dict[str, Known] = {}
    for subject in demand.subjects:
        # A ref with a star stands for several, whatever its relation is called: a list.
        several, named = subject.ref.endswith("*"), subject.relation == "named"
        relation = "listed_row" if named and several else subject.relation
        # Who somebody is can be proved for one person only.
        by_itself = "yes" if alone and named and not several else "no"
        key = (relation, by_itself, tuple(subject.said.values()), subject.represented_by,
               subject.flags, subject.defined_by)  # fmt: skip
        if key not in described:
            facts = {
                "relation": relation,
                "alone": by_itself,
                **subject.said,
                "represented_by": subject.represented_by or "unstated",
                "flags": sorted(subject.flags),
                "defined_by": sorted(subject.defined_by),
            }
            described[key] = Known(key, facts)
        known[subject.ref] = described[key]
    return known


def _persons(demand: Demand) -> str:
    """Say how the paper names persons; a paper for all names nobody, whatever else it says."""
    count = demand.instrument.count
    if count == "all":
        return "class"
    if demand.instrument.persons_named is not None:
        # Named one by one, whom it names needs no counting; see ``_NamedFields``.
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


def _paper(demand: Demand, on: date) -> dict[str, str]:
    paper = demand.instrument
    return {
        "kind": paper.kind,
        "form": paper.form or "none",
        "issuer": paper.issuer,
        "court": _court(demand),
        **paper.said,
        "persons": _persons(demand),
        "fields": paper.fields,
        "status": paper.status,
        "in_date": in_date(paper.valid_from, paper.valid_to, on),
    }


def _court(demand: Demand) -> str:
    """Say whose court issued the paper, seen from the holder."""
    court = demand.instrument.court
    if court is None:
        return "unstated"
    if court == UNITED_STATES:
        return "federal"
    return "holder_state" if court == demand.holder.jurisdiction else "other_state"


@dataclass(frozen=True, slots=True)
class _NamedFields:
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
    def of(cls, demand: Demand) -> "_NamedFields":
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


def _is_live(paper: Instrument, on: date) -> bool:
    return paper.status == "live" and in_date(paper.valid_from, paper.valid_to, on) != "no"


def _months(paper: Instrument) -> str:
    start, end = paper.period_from, paper.period_to
    if start is None or end is None:
        return "unstated"
    # The end is the first day that is not asked about: 1 March to 1 April is March alone.
    return "one" if month_text(start) == month_text(end - timedelta(days=1)) else "more"


def _hold(holds: tuple[Hold, ...], on: date, vocabulary: Vocabulary) -> str:
    """Say whether a request to keep the subject uninformed is running on the day."""
    if not holds:
        return "none"
    return "active" if any(_hold_runs(hold, on, vocabulary) for hold in holds) else "lapsed"


def _hold_runs(hold: Hold, on: date, vocabulary: Vocabulary) -> bool:
    if on < hold.held_from or (hold.held_to is not None and on >= hold.held_to):
        return False
    # A written statement must say for how long: one that does not holds no longer than its form
    # does without an end. "No longer than 30 days": the thirtieth day is still held.
    if hold.held_to is None or (hold.form == "oral" and hold.written_followup != "yes"):
        longest = timedelta(days=vocabulary.get("hold_form", hold.form).days)
        return on <= hold.held_from + longest
    return True


def _ordered_silence(demand: Demand, on: date) -> str:
    until = demand.nondisclosure_until
    ordered = demand.nondisclosure["ordered"]
    if ordered == "yes" and until is not None and on >= until:
        return "no"
    return ordered


def changed(context: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the context with one fact set, for example ``findings.part2_order`` to ``yes``."""
    head, _, tail = path.partition(".")
    copy = dict(context)
    copy[head] = changed(context[head], tail, value) if tail else value
    return copy
