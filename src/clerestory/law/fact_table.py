"""The facts of a request, each once: what it can hold, how letters say it, what may change it.

The Cedar schema, the domains of proof and replay, the words of letters, what would change a ruling
and how a counterexample is written are all made from these rows. A finding is a row of the codes:
each one is a fact ``findings.<code>`` that is yes, no or unknown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ANSWER = ("answer",)
"""The list of the codes yes, no and unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row.

    Attributes:
        path: Its name in a condition, without ``context.``.
        lists: The lists of its codes.
        codes: Codes that it can hold as well and that stand in no list.
        many: Whether it is a set of codes.
        cedar: Cedar's type where it is neither a text nor a set of texts.
        says: The clause of a letter; without one the path is named.
        told: Whether the clause goes on with the codes, such as "the paper is a" letter.
        evidence: Whether new evidence can change it. Who asks, for whom, for which field and for
            what purpose are the demand itself.
        brings: The only codes that new evidence can bring; any, where none is listed. What stays
            unlisted would be another description of the paper in hand.
        with_kind: Whether it says what a paper is, so that only another kind of paper changes it.
        absent: Its code where the consent or the agreement that it belongs to is not there.
        written: Whether the written form states it by the same word, and it is taken as it stands.
        staged: Whether the stages alone read it: a policy that could ask for it might open on it.
    """

    path: str
    lists: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    many: bool = False
    cedar: str = ""
    says: str = ""
    told: bool = False
    evidence: bool = False
    brings: frozenset[str] = frozenset()
    with_kind: bool = False
    absent: str = ""
    written: bool = False
    staged: bool = False

    @property
    def head(self) -> str:
        """The group that it belongs to, or its own name: ``paper`` of ``paper.kind``."""
        return self.path.partition(".")[0]

    @property
    def part(self) -> str:
        """Its name within its group, or nothing: ``kind`` of ``paper.kind``."""
        return self.path.partition(".")[2]

    @property
    def has_codes(self) -> bool:
        """Whether codes are all that it can hold."""
        return bool(self.lists or self.codes)


def _coded(path: str, list_name: str, says: str = "", *more: str, **how: bool) -> Fact:
    """Return a fact with the codes of one list, which its clause goes on with."""
    codes = frozenset(more)
    many, evidence, written = (how.get(key, False) for key in ("many", "evidence", "written"))
    return Fact(
        path=path, lists=(list_name,), codes=codes, many=many, says=says, told=bool(says),
        evidence=evidence, written=written,
    )  # fmt: skip


def _own(path: str, says: str, *codes: str, evidence: bool = False) -> Fact:
    """Return a fact with codes that stand in no list."""
    return Fact(path=path, codes=frozenset(codes), says=says, evidence=evidence)


def _said(path: str, says: str = "", **how: bool) -> Fact:
    """Return a fact that is yes, no or unknown."""
    evidence, written = (how.get(key, False) for key in ("evidence", "written"))
    return Fact(path=path, lists=ANSWER, says=says, evidence=evidence, written=written)


def _given(path: str, says: str, *, absent: str = "no", written: bool = False) -> Fact:
    """Return what is said of a consent or an agreement."""
    return Fact(
        path=path, lists=ANSWER, says=says, evidence=True, absent=absent, written=written
    )  # fmt: skip


def _words(path: str) -> Fact:
    """Return a set that a stage fills for those that follow it."""
    return Fact(path=path, many=True)


_YES = frozenset({"yes"})

FACTS: tuple[Fact, ...] = (
    Fact(path="on", cedar="datetime"),
    _coded("holder.agency", "holder", "the holder is", written=True),
    _coded("holder.kind", "holder_kind", "the holder is", written=True),
    _coded("holder.jurisdiction", "jurisdiction", "the holder is under the law of", written=True),
    _coded("component", "component", "the requester's office is", "none"),
    _coded("channel", "channel"),
    Fact(
        path="purpose",
        lists=("purpose",),
        cedar="Purpose",
        says="the purpose is",
        told=True,
    ),
    _coded("grounds", "grounds", "the ground is", many=True),
    Fact(path="cited", many=True, says="the requester cites"),
    _coded("threats", "threats", many=True),
    _coded("paper.kind", "instrument_kind", "the paper is a", evidence=True, written=True),
    _coded("paper.form", "form", "the form is", "none"),
    Fact(
        path="paper.issuer",
        lists=("issuer",),
        says="it is issued by a",
        told=True,
        evidence=True,
        with_kind=True,
        written=True,
    ),
    _own(
        "paper.court",
        "the court that issued it is",
        "federal",
        "holder_state",
        "other_state",
        "unstated",
    ),
    Fact(
        path="paper.written",
        lists=ANSWER,
        says="the request is in writing",
        evidence=True,
        brings=_YES,
        written=True,
    ),
    _coded("paper.persons", "persons", "the paper names persons as"),
    _coded("paper.fields", "fields_asked", "the paper asks for fields as"),
    _coded("paper.status", "status", "the status of the paper is", evidence=True, written=True),
    _said("paper.in_date", "the day lies within the paper's dates", evidence=True),
    _said(
        "paper.enforced_by_order",
        "a court has ordered that it be obeyed",
        evidence=True,
    ),
    _own(
        "paper.names_field",
        "the paper itself names this field",
        "yes",
        "no",
        "everything",
        "unstated",
        evidence=True,
    ),
    _coded("forms", "form", many=True),
    _coded("papers", "instrument_kind", "among the papers is a", many=True),
    _own("months", "the period asked about in months is", "one", "more", "unstated"),
    _coded("subject.relation", "relation", "the person stands in the demand as"),
    _said("subject.applicant", "the person applied for benefits"),
    _said("subject.alone", "nobody else is named beside this person"),
    _coded("subject.represented_by", "acting_as", "who asks acts for them as", "unstated"),
    _coded("subject.flags", "flags", "the person's file is marked", many=True),
    _coded("subject.defined_by", "defined_by", "the class is picked by", many=True),
    _coded("raised", "findings", many=True),
    _own("hold", "the request to keep the person uninformed is", "none", "active", "lapsed"),
    Fact(path="outcome", codes=frozenset({"release", "coarsen", "refer_to_counsel", "withhold"})),
    _coded("principal", "requester_class"),
    _coded("resource.name", "fields"),
    _coded("resource.program", "program"),
    _coded("resource.source", "source"),
    Fact(path="resource.proxy", cedar="Bool"),
    _given("consent.given", "the person gave a permission"),
    _given("consent.recipient", "the permission names this requester"),
    _given("consent.purpose", "the permission is for this purpose"),
    _given("consent.field", "the permission covers this field"),
    _given("consent.in_date", "the permission has begun and not expired"),
    # Nobody knows whether a permission that is still to come will be taken back.
    _given("consent.revoked", "the permission was taken back", absent="unknown"),
    _given("consent.elements", "the permission is complete"),
    _given("agreement.stated", "an agreement is relied on"),
    _given("agreement.party", "the agreement is with this requester"),
    _given("agreement.purpose", "the agreement is for this purpose"),
    _given("agreement.field", "the agreement covers this field"),
    _given("agreement.in_force", "the agreement is in force"),
    _given("agreement.agreed_by_holder", "the holder has agreed to the agreement", written=True),
    _given("agreement.bars_onward_sharing", "the agreement bars onward sharing", written=True),
    _said("nondisclosure.asked", written=True),
    _said("nondisclosure.ordered", "a court ordered silence toward the person", written=True),
    _words("established"),
    _words("lifted"),
    _words("mandated"),
    _words("barred"),
    # Points that counsel's signed opinions answer, by the policy that refers; see ``stages``.
    Fact(path="opinion.favor", many=True, staged=True),
    Fact(path="opinion.against", many=True, staged=True),
    # Authorities that counsel has suspended on the day.
    Fact(path="suspended", many=True, staged=True),
)
"""All facts but the findings, in the order in which a row of demands has them."""

BY_PATH = {fact.path: fact for fact in FACTS}
STAGED = frozenset(fact.head for fact in FACTS if fact.staged)
"""The groups of facts that the stages alone read: they never reach a policy."""
FINDINGS = "findings"
KIND = "paper.kind"
NO_PAPER = (KIND, "none")


def parts_of(head: str, *, written: bool = False) -> tuple[str, ...]:
    """Return the parts of a group, with ``written`` only those that the form states as they are.

    >>> parts_of("nondisclosure")
    ('asked', 'ordered')
    """
    return tuple(f.part for f in FACTS if f.head == head and (f.written or not written))


def absent_of(head: str) -> dict[str, str]:
    """Return what is said of a consent or an agreement that is not there."""
    return {fact.part: fact.absent for fact in FACTS if fact.head == head}


def in_context() -> Iterator[Fact]:
    """Yield the facts of the context that a policy may ask for: no requester and no field."""
    return (f for f in FACTS if f.head not in {"principal", "resource"} and not f.staged)


def can_change(path: str) -> bool:
    """Whether new evidence can change a fact."""
    head = path.partition(".")[0]
    return head == FINDINGS or (path in BY_PATH and BY_PATH[path].evidence)


def is_new_evidence(changes: Iterable[tuple[str, str]]) -> bool:
    """Whether a set of changes could be shown, and is no other description of the paper in hand.

    A better paper may be obtained; the one that came stays what it is. So nobody is advised to
    call it no paper, a spoken one or one from another issuer.

    >>> is_new_evidence([("paper.kind", "court_order"), ("paper.issuer", "state_judge")])
    True
    >>> is_new_evidence([("paper.issuer", "state_judge")])
    False
    >>> is_new_evidence([("paper.kind", "none")])
    False
    """
    sought = dict(changes)
    for path, value in sought.items():
        fact = BY_PATH.get(path)
        if fact is None:
            continue  # A finding.
        if (fact.brings and value not in fact.brings) or (path, value) == NO_PAPER:
            return False
        if fact.with_kind and KIND not in sought:
            return False
    return True
