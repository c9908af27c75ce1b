"""From a demand and one item to the facts that the policies read: codes only, nothing typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from clerestory.demands.demand import Consent, Demand, Hold, Item
from clerestory.kernel import digest_of
from clerestory.law.authorities import Authority
from clerestory.law.citations import authorities_cited
from clerestory.law.codes import Vocabulary
from clerestory.law.stages import STAGE_SETS
from clerestory.policy.model.counsel import NO_OPINION, opinions_of, suspended
from clerestory.policy.model.papers import (
    Housemates,
    NamedFields,
    binds,
    forms_and_kinds,
    months_of,
    paper_facts,
    whose,
)
from clerestory.policy.model.permissions import (
    NO_CONSENT,
    Closest,
    Known,
    PermissionPapers,
    closest_agreement,
    closest_consent,
    in_date,
    only_program,
)
from clerestory.policy.model.process import CourtProcess


def facts_of(
    demand: Demand,
    item: Item,
    on: date,
    vocabulary: Vocabulary,
    authorities: Mapping[str, Authority] | None = None,
) -> dict[str, Any]:
    """Return the context of a request about one item on one day (see :class:`DemandFacts`)."""
    return dict(DemandFacts.of(demand, on, vocabulary, authorities).about(item).context)


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
    named: NamedFields
    process: CourtProcess
    consents: Mapping[str, "Closest"] = field(repr=False)
    opinions: Mapping[Item, "Known"] = field(repr=False)
    agreements: "Closest" = field(repr=False)
    _contexts: dict[tuple[object, ...], ItemFacts] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        demand: Demand,
        on: date,
        vocabulary: Vocabulary,
        authorities: Mapping[str, Authority] | None = None,
    ) -> "DemandFacts":
        """Read what all items of a demand share, and what tells them apart.

        Args:
            demand: The demand.
            on: The day on which it is decided.
            vocabulary: The codes in use.
            authorities: Those that policies know. What the demand cites as it is printed counts as
                the authority that it means.
        """
        given: dict[str, list[Consent]] = {}
        only, papers = only_program(demand), PermissionPapers.of(demand)
        for consent in demand.consents:
            given.setdefault(consent.by, []).append(consent)
        return cls(
            common=_common(demand, on, vocabulary, authorities or {}),
            subjects=_subjects(demand, on),
            named=NamedFields.of(demand),
            process=CourtProcess.of(demand, on),
            consents={
                ref: closest_consent(consents, demand, on, vocabulary, only, papers)
                for ref, consents in given.items()
            },
            agreements=closest_agreement(demand, on, only),
            opinions=opinions_of(demand, on),
        )

    def about(self, item: Item) -> ItemFacts:
        """Return the facts of a request about one item."""
        subject = self.subjects[item.subject]
        named = self.named.say(item)
        process = self.process.reaches(item, named)
        beside = self.process.may_reach(item, named)
        consent = self.consents.get(item.subject, NO_CONSENT).to(item)
        agreement = self.agreements.to(item)
        opinion = self.opinions.get(item, NO_OPINION)
        key = (subject.key, named, process, beside, consent.key, agreement.key, opinion.key)
        known = self._contexts.get(key)
        if known is None:
            paper = {
                **self.common["paper"],
                "names_field": named,
                "process": process,
                "process_beside": beside,
            }
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


def _common(
    demand: Demand, on: date, vocabulary: Vocabulary, authorities: Mapping[str, Authority]
) -> dict[str, Any]:
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
        "requester_state": whose(demand.requester.jurisdiction, demand),
        "channel": demand.channel,
        "purpose": {"__entity": {"type": "Purpose", "id": demand.purpose}},
        "grounds": sorted(demand.grounds),
        "cited": _cited(demand, authorities),
        "threats": sorted(demand.threats),
        "paper": paper_facts(demand, on),
        **forms_and_kinds(paper, on),
        "months": months_of(paper),
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


def _cited(demand: Demand, authorities: Mapping[str, Authority]) -> list[str]:
    """Return what a demand cites, and the authorities that it means by it."""
    meant = (name for text in demand.cited for name in authorities_cited(text, authorities))
    return sorted({*demand.cited, *meant})


def _subjects(demand: Demand, on: date) -> dict[str, Known]:
    alone = _is_about_one(demand)
    described: dict[object, Known] = {}
    paper = demand.instrument
    housemates = Housemates.of(paper, demand) if binds(paper) else None
    known: dict[str, Known] = {}
    for subject in demand.subjects:
        # A ref with a star stands for several, whatever its relation is called: a list.
        several, named = subject.ref.endswith("*"), subject.relation == "named"
        relation = "listed_row" if named and several else subject.relation
        if relation == "household_member" and housemates and housemates.may_mean(subject.ref):
            # The paper names or counts whom it is said not to name: how they are tied is not known.
            relation = "unknown"
        # Who somebody is can be proved for one person only.
        by_itself = "yes" if alone and named and not several else "no"
        runs = in_date(subject.represented_from, subject.represented_to, on)
        key = (relation, by_itself, tuple(subject.said.values()), subject.represented_by, runs,
               subject.flags, subject.defined_by)  # fmt: skip
        if key not in described:
            facts = {
                "relation": relation,
                "alone": by_itself,
                **subject.said,
                "represented_by": subject.represented_by or "unstated",
                "authority_in_date": runs,
                "flags": sorted(subject.flags),
                "defined_by": sorted(subject.defined_by),
            }
            described[key] = Known(key, facts)
        known[subject.ref] = described[key]
    return known


def _is_about_one(demand: Demand) -> bool:
    """Whether one person is named, and whoever else is asked about nobody can mistake for them.

    What is found is found of one. A paper that counts several, or a list beside the one who is
    named, leaves open of whom, whatever the others are called.
    """
    asked = {item.subject for item in demand.items}
    relations = [subject.relation for subject in demand.subjects]
    count = demand.instrument.count
    several = isinstance(count, int) and count > 1 and len(asked) > 1
    return relations.count("named") == 1 and "listed_row" not in relations and not several


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
