"""Process of a court that came with a demand: whether it reaches a person's field.

Records of treatment open on an order and on a subpoena or warrant for the same records (42 CFR
2.61). A subpoena against somebody else, from another programme, or one that nobody could have
issued is none, whatever it is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clerestory.demands.demand import Demand, Instrument, Item
from clerestory.policy.model.papers import UNITED_STATES, is_live, is_of_long_ago

_FEDERAL_JUDGES = frozenset({"article_iii_judge", "magistrate_judge"})
_JUDGES = _FEDERAL_JUDGES | {"state_judge"}
ISSUERS: Mapping[str, frozenset[str]] = {
    "judicial_subpoena": _JUDGES | {"attorney", "clerk", "prosecutor"},
    "grand_jury_subpoena": _JUDGES | {"grand_jury", "prosecutor", "clerk"},
    "search_warrant": _JUDGES,
}
"""Each kind of process, with who can issue it: as the packs hold a paper by itself against it."""
# The printed forms of these kinds, each with the courts that use it: those of the United States, or
# of a State.
_FORMS: Mapping[str, tuple[str, bool]] = {
    "ao_88": ("judicial_subpoena", True),
    "ao_88b": ("judicial_subpoena", True),
    "ao_93": ("search_warrant", True),
    "ao_110": ("grand_jury_subpoena", True),
    "me_subpoena": ("judicial_subpoena", False),
}


@dataclass(frozen=True, slots=True)
class CourtProcess:
    """The process in force among the papers of a demand."""

    by_itself: bool
    beside: tuple[Instrument, ...]
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


def _is_of_one_court(paper: Instrument, jurisdiction: str) -> bool:
    """Whether form, judge and court fit together, and the court is not another State's."""
    if paper.court not in {None, UNITED_STATES, jurisdiction}:
        return False
    federal = {True} if paper.issuer in _FEDERAL_JUDGES else set[bool]()
    federal |= {False} if paper.issuer == "state_judge" else set()
    federal |= {paper.court == UNITED_STATES} if paper.court else set()
    if paper.form is not None:
        kind, of_the_united_states = _FORMS.get(paper.form, ("", False))
        if kind != paper.kind:
            return False
        federal |= {of_the_united_states}
    return len(federal) <= 1
