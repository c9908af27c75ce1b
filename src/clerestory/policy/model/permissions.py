"""Which of a demand's permissions and agreements comes closest to covering one item.

Many permissions say the same but for the fields that they name. They are read once, sorted by what
they say, so that finding the closest one takes no longer where a demand brings very many.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from clerestory.demands.demand import Agreement, Consent, Demand, Instrument, Item, Requester
from clerestory.law.codes import Vocabulary
from clerestory.law.fact_table import absent_of, worth_of

# A programme with a field of it, or with a person's field: ``("snap", "S1.address")``.
_Covered = tuple[str, str]
# What a paper lists of each thing that it may list, and ``None`` where it says nothing of it.
_Lists = tuple[frozenset[str] | None, ...]
_BY_WHAT_IT_DOES = "benefit_agency"
_MAY_STAND = frozenset({"live", "unknown"})
AGREEMENT = "matching_agreement"
"""The kind of a paper on which two agencies agree."""
AGREE = frozenset({"agency_head", "officer"})
"""Who can bind an agency to an agreement: as the packs hold a paper by itself against it."""


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
    fields: dict[_Covered, int] = field(default_factory=dict, repr=False)

    def place_of(self, item: Item) -> int | None:
        named = ((item.program, item.ref), (item.program, item.field))
        places = (self.fields.get(one) for one in named)
        return min((place for place in places if place is not None), default=None)


@dataclass(frozen=True, slots=True)
class Closest:
    """Which of several permissions comes closest to an item; of equals, the first."""

    kinds: Sequence[_Alike]
    nothing: Known

    @classmethod
    def of(
        cls,
        described: Iterable[tuple[Mapping[str, str], Iterable[_Covered]]],
        nothing: Known,
        worth: Callable[[Mapping[str, str]], int],
    ) -> "Closest":
        """Sort permissions: each is its facts, ``field`` left open, with what it covers."""
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


@dataclass(frozen=True, slots=True)
class AgreementPapers:
    """The agreements that came as papers, each with the programmes and the fields it lists.

    It is made about everybody: a field that it lists of one person or of a class is the field.
    """

    papers: tuple[Instrument, ...] = ()
    _lists: tuple[_Lists, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, demand: Demand) -> "AgreementPapers":
        """Read them: the demand's own paper, or those under it."""
        came = demand.instrument.with_accompanying
        papers = tuple(one for one in came if one.kind == AGREEMENT)
        return cls(
            papers,
            tuple(
                (_listed(one.programs), _listed(one.fields_named, whole=False)) for one in papers
            ),
        )

    def stand(self, on: date) -> bool:
        """Whether nobody who looks at them doubts that each binds two agencies on a day.

        Source: 5 U.S.C. 552a(o)(1), (o)(2)(C) and (D): a written agreement between the agencies,
        in effect as long as it says.
        """
        return all(
            _may_stand(one, on) and one.issuer in AGREE and one.said["written"] != "no"
            for one in self.papers
        )

    def bear_out(self, program: str, name: str) -> bool:
        """Whether one of them names a field of a programme, or all leave it open."""
        return _borne_out_by(self._lists, (program, name.rpartition(".")[2]))


def _listed(names: Sequence[str] | None, *, whole: bool = True) -> frozenset[str] | None:
    if names is None:
        return None
    return frozenset(names if whole else (name.rpartition(".")[2] for name in names))


def _borne_out_by(papers: Sequence[_Lists], asked: Sequence[str]) -> bool:
    """Whether papers that came together name what is asked, no silence adding to a list.

    A paper that says nothing of the fields leaves them open where it is alone. Beside one that
    lists them it may be its cover or half of it: what only silence covers is not named.
    """
    if not papers:
        return True
    covering = [
        paper
        for paper in papers
        if all(listed is None or one in listed for one, listed in zip(asked, paper, strict=True))
    ]
    return bool(covering) and all(
        all(paper[place] is None for paper in papers)
        or any(paper[place] is not None for paper in covering)
        for place in range(len(asked))
    )


@dataclass(frozen=True, slots=True)
class PermissionPapers:
    """The permissions that came as papers, each with the persons, programmes and fields it lists.

    Of what a paper lists nothing stands ``None``.
    """

    papers: tuple[Instrument, ...] = ()
    _lists: tuple[_Lists, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, demand: Demand) -> "PermissionPapers":
        """Read them: the demand's own paper, or those under it."""
        papers = tuple(one for one in demand.instrument.with_accompanying if one.kind == "consent")
        return cls(
            papers,
            tuple(
                tuple(
                    _listed(names) for names in (one.persons_named, one.programs, one.fields_named)
                )
                for one in papers
            ),
        )

    def bear_out(self, by: str, program: str, name: str) -> bool:
        """Whether one of them names a person's field of a programme, or all leave it open.

        Where no paper came, what is written of the permission is all there is. What another
        person signed limits only what that person permits.
        """
        named = [one[0] for one in self._lists if one[0] is not None]
        if named and not any(by in persons for persons in named):
            return False
        own = [one for one in self._lists if one[0] is None or by in one[0]]
        return _borne_out_by(own, (by, program, name if "." in name else f"{by}.{name}"))


def closest_consent(
    consents: Sequence[Consent],
    demand: Demand,
    on: date,
    vocabulary: Vocabulary,
    only: frozenset[str],
    papers: PermissionPapers,
) -> Closest:
    """Sort one person's permissions.

    Args:
        papers: The permissions themselves, as papers that came with the demand.
    """
    return Closest.of(
        (
            (
                _beside_its_paper(
                    _describe_consent(one, demand, on, vocabulary), papers.papers, on
                ),
                _borne_out(one, only, papers),
            )
            for one in consents
        ),
        NO_CONSENT.nothing,
        partial(worth_of, "consent"),
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
        dated = consent.said["elements"]
    return {
        "given": "yes",
        "recipient": _names_requester(consent.to, demand, vocabulary),
        "purpose": "yes" if consent.purpose == demand.purpose else "no",
        "field": "",
        "in_date": dated,
        **consent.said,
    }


def _beside_its_paper(
    described: dict[str, str], papers: Sequence[Instrument], on: date
) -> dict[str, str]:
    """Hold what is written of a permission against the papers, which may say otherwise.

    Whose permission a paper is stands in the paper: one that does not stand leaves all in doubt.

    Source: 45 CFR 164.508(b)(2), (c)(1)(vi): the individual signs; none that was taken back or has
    run out is valid. Where the two disagree nobody knows until somebody looks at both.
    """
    if described["revoked"] == "no" and not all(_may_stand(one, on) for one in papers):
        described["revoked"] = "unknown"
    signed = all(one.issuer == "subject" and one.said["written"] != "no" for one in papers)
    if described["elements"] == "yes" and not signed:
        described["elements"] = "unknown"
    return described


def _borne_out(
    consent: Consent, only: frozenset[str], papers: PermissionPapers
) -> Iterator[_Covered]:
    """Yield what a permission covers that a paper which came with it names as well.

    Source: 45 CFR 164.508(c)(1)(i): it describes what may be disclosed in a specific fashion, and
    (b)(2) one that is known to say something else is no permission; 7 CFR 246.26(d)(4).
    """
    for program, name in _covered(consent, only):
        if papers.bear_out(consent.by, program, name):
            yield program, name


def _may_stand(paper: Instrument, on: date) -> bool:
    return (
        paper.status in _MAY_STAND
        and in_date(paper.valid_from, paper.valid_to, on) != "no"
        and not is_to_come(paper, on)
    )


def is_to_come(paper: Instrument, on: date) -> bool:
    """Whether a paper says of itself that it is signed or served after a day."""
    return any(day is not None and day > on for day in (paper.signed_on, paper.served_on))


def _names_requester(to: str, demand: Demand, vocabulary: Vocabulary) -> str:
    stated = demand.finding("consent_names_requester")
    if stated == "no":
        return "no"
    requester, named = demand.requester, to.strip()
    if named and named.casefold() == requester.body.strip().casefold():
        return "yes"
    if to == requester.component:
        return "yes"
    if to == requester.kind:
        # A kind of body is nobody yet, unless there is one alone or the programs' laws speak of it
        # by what it does: which one the person meant is found on the paper, and not supposed.
        by_kind = vocabulary.knows("component", to) or _BY_WHAT_IT_DOES in vocabulary.groups_of(
            "requester_class", to
        )
        return "yes" if by_kind or stated == "yes" else "unknown"
    if vocabulary.knows("requester_class", to):
        return "no"
    # A tick does not make a paper out to somebody else: the two contradict each other.
    return "unknown" if named else stated


def only_program(demand: Demand) -> frozenset[str]:
    """Return the programme that a demand is about, and none where it is about several."""
    programs = {item.program for item in demand.items}
    return frozenset(programs) if len(programs) == 1 else frozenset()


def _covered(paper: Consent | Agreement, only: frozenset[str]) -> Iterator[_Covered]:
    """Yield what a permission covers; one that names no programme is about the only one asked."""
    programs = only if paper.programs is None else paper.programs
    return ((program, name) for program in programs for name in paper.fields)


def closest_agreement(demand: Demand, on: date, only: frozenset[str]) -> Closest:
    papers = AgreementPapers.of(demand)
    stand = papers.stand(on)
    return Closest.of(
        (
            (
                _describe_agreement(one, demand, on, stand=stand),
                (each for each in _covered(one, only) if papers.bear_out(*each)),
            )
            for one in demand.agreements
        ),
        Known(None, absent_of("agreement")),
        partial(worth_of, "agreement"),
    )


def _describe_agreement(
    agreement: Agreement, demand: Demand, on: date, *, stand: bool
) -> dict[str, str]:
    requester = demand.requester
    dated = in_date(agreement.valid_from, agreement.valid_to, on)
    in_force = agreement.said["in_force"]
    if dated == "no":
        in_force = "no"
    elif in_force == "unknown" and agreement.valid_from is not None:
        in_force = dated
    if in_force == "yes" and not stand:
        # What is written of it and its own paper disagree: nobody knows until somebody looks.
        in_force = "unknown"
    return {
        "stated": "yes",
        "party": "yes" if _is_party(agreement.with_body, requester) else "no",
        "purpose": "yes" if demand.purpose in agreement.purposes else "no",
        "field": "",
        **agreement.said,
        "in_force": in_force,
    }


def _is_party(body: str, requester: Requester) -> bool:
    """Whether an agreement is made out to the requester, by name or by its kind."""
    named = body.strip().casefold()
    own = requester.body.strip().casefold()
    return body in {requester.component, requester.kind} or bool(named and named == own)


def in_date(start: date | None, end: date | None, on: date) -> str:
    """Say whether a day lies within dates, half-open: the day ``end`` is no longer covered."""
    if (start and on < start) or (end and on >= end):
        return "no"
    return "yes" if start or end else "unknown"
