"""Process of a court that came with a demand: whether it reaches, or may reach, a person's field.

Records of treatment open on an order and on a subpoena or warrant for the same records (42 CFR
2.61). A subpoena against somebody else, from another programme, or one that nobody could have
issued is none, whatever it is called.

What opens nothing may still bind: a second order in the envelope is answered for whom it names,
though the paper in hand names another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clerestory.demands.demand import Demand, Instrument, Item
from clerestory.policy.model.papers import (
    UNITED_STATES,
    Housemates,
    binds,
    is_live,
    is_of_long_ago,
    is_of_other_days,
)
from clerestory.policy.model.permissions import in_date

FEDERAL_JUDGES = frozenset({"article_iii_judge", "magistrate_judge"})
_JUDGES = FEDERAL_JUDGES | {"state_judge"}
ANY_JUDGES = _JUDGES | {"tribal_judge"}
"""Whose paper may be an order, whatever it is called."""
ISSUERS: Mapping[str, frozenset[str]] = {
    "judicial_subpoena": _JUDGES | {"attorney", "clerk", "prosecutor"},
    "grand_jury_subpoena": _JUDGES | {"grand_jury", "prosecutor", "clerk"},
    "search_warrant": _JUDGES,
}
"""Each kind of process, with who can issue it so that records of treatment open: a court of a tribe
is none of a State's or of the United States."""
# Whose paper is no court's, whatever it is called.
_NO_COURT = frozenset({"immigration_judge", "immigration_officer", "administrative_judge"})
_MAY_STAND = frozenset({"live", "unknown"})
WHAT_A_JUDGE_WROTE = frozenset(
    {"none", "letter", "email", "form", "administrative_subpoena", "administrative_warrant"}
)
"""What may be an order where a judge signed it: an order needs no form."""
_HOUSEMATE = "household_member"
ORDER = "court_order"
"""What a subpoena comes with that says nothing of what it is for."""
FORMS: Mapping[str, tuple[str, bool]] = {
    "ao_88": ("judicial_subpoena", True),
    "ao_88b": ("judicial_subpoena", True),
    "ao_93": ("search_warrant", True),
    "ao_110": ("grand_jury_subpoena", True),
    "me_subpoena": ("judicial_subpoena", False),
}
"""The printed forms of these kinds, and whether the courts of the United States use it."""


@dataclass(frozen=True, slots=True)
class _MayBind:
    """Whom and what a paper that came along may mean; ``None`` where it does not say."""

    persons: frozenset[str] | None
    programs: frozenset[str] | None
    fields: frozenset[str] | None
    housemates: Housemates
    is_for_what_it_came_with: bool

    @classmethod
    def of(cls, paper: Instrument, demand: Demand) -> "_MayBind":
        said = (paper.persons_named, paper.programs, paper.fields_named)
        persons, programs, fields = (None if one is None else frozenset(one) for one in said)
        own = demand.instrument
        of_a_pair = binds(own) and (own.kind == ORDER) != (paper.kind == ORDER)
        silent = persons is None and fields is None
        return cls(persons, programs, fields, Housemates.of(paper, demand), of_a_pair and silent)

    def may_name(self, item: Item, *, housemate: bool) -> bool:
        return (
            (self.persons is None or item.subject in self.persons)
            and (self.programs is None or item.program in self.programs)
            and (self.fields is None or item.ref in self.fields)
            and (not housemate or self.housemates.may_mean(item.subject))
        )


@dataclass(frozen=True, slots=True)
class CourtProcess:
    """The process in force among the papers of a demand, and what came along that may bind."""

    by_itself: bool
    beside: tuple[Instrument, ...]
    may_bind: tuple["_MayBind", ...]
    housemates: frozenset[str]
    persons: int
    programs: int

    @classmethod
    def of(cls, demand: Demand, on: date) -> "CourtProcess":
        """Read which papers are process that is in force on a day and holds together."""
        own, *others = demand.instrument.with_accompanying
        asked = {item.subject for item in demand.items}
        return cls(
            by_itself=_is_process(own, demand, on),
            beside=tuple(one for one in others if _is_process(one, demand, on)),
            may_bind=tuple(
                _MayBind.of(one, demand) for one in others if _may_bind(one, demand, on)
            ),
            housemates=frozenset(s.ref for s in demand.subjects if s.relation == _HOUSEMATE),
            persons=len(asked),
            programs=len({item.program for item in demand.items}),
        )

    def reaches(self, item: Item, named: str) -> str:
        """Say whether process that is in force reaches an item.

        Args:
            item: A person's field in a programme.
            named: Whether the paper itself names it.
        """
        own = self.by_itself and named == "yes"
        return "yes" if own or any(self._names(one, item) for one in self.beside) else "no"

    def may_reach(self, item: Item, named: str) -> str:
        """Say whether process of a court that came along may reach an item.

        One that says neither whom nor what it is for may mean whatever is asked, also what the
        paper in hand does not name: something in the envelope asks for it. Of an order and a
        subpoena that come together, each is for what the other names (42 CFR 2.61(b)).

        Args:
            item: A person's field in a programme.
            named: Whether the paper itself names it.
        """
        housemate = item.subject in self.housemates
        reached = any(
            (named != "no" or not one.is_for_what_it_came_with)
            and one.may_name(item, housemate=housemate)
            for one in self.may_bind
        )
        return "yes" if reached else "no"

    def _names(self, paper: Instrument, item: Item) -> bool:
        """Whether a paper that came along is for an item.

        One that says nothing of its scope is for what it came with, where that is one person's and
        one programme's record: of several it may mean any.
        """
        if paper.fields == "everything" or paper.persons == "class" or paper.count == "all":
            return False
        counted = paper.count if isinstance(paper.count, int) else 1
        return (
            (
                self.persons <= counted
                if paper.persons_named is None
                else item.subject in paper.persons_named
            )
            and (self.programs == 1 if paper.programs is None else item.program in paper.programs)
            and (paper.fields_named is None or item.ref in paper.fields_named)
        )


def _is_process(paper: Instrument, demand: Demand, on: date) -> bool:
    return (
        paper.issuer in ISSUERS.get(paper.kind, ())
        and paper.said["written"] != "no"
        and is_live(paper, on)
        and not is_of_long_ago(paper, demand.received_on)
        and _is_of_one_court(paper, demand.holder.jurisdiction)
    )


def _may_bind(paper: Instrument, demand: Demand, on: date) -> bool:
    """Whether a paper that came along may bind: nobody says that it is undone or no court's.

    What a judge signed may be an order, whatever it is called.
    """
    days = in_date(paper.valid_from, paper.valid_to, on)
    wrote = paper.kind in WHAT_A_JUDGE_WROTE and paper.issuer in ANY_JUDGES
    return (
        (binds(paper) or wrote)
        and paper.issuer not in _NO_COURT
        and paper.status in _MAY_STAND
        and (days != "no" or is_of_other_days(paper, demand.received_on, on))
    )


def _is_of_one_court(paper: Instrument, jurisdiction: str) -> bool:
    """Whether form, judge and court fit together, and the court is not another State's."""
    if paper.court not in {None, UNITED_STATES, jurisdiction}:
        return False
    federal = {True} if paper.issuer in FEDERAL_JUDGES else set[bool]()
    federal |= {False} if paper.issuer == "state_judge" else set()
    federal |= {paper.court == UNITED_STATES} if paper.court else set()
    if paper.form is not None:
        kind, of_the_united_states = FORMS.get(paper.form, ("", False))
        if kind != paper.kind:
            return False
        federal |= {of_the_united_states}
    return len(federal) <= 1
