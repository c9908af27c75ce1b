"""The facts of a request, each once: what it can hold, who states it and where.

The Cedar schema, the written form and its JSON Schema, the domains of proof and replay, what a
demand can state together, what would change a ruling and how a counterexample is written are all
made from these rows. A finding is a row of the codes: each one is a fact ``findings.<code>`` that
is yes, no or unknown. What letters say of them stands in ``packs/words``.

To add what is said of a consent, an agreement, a paper or a person is to add one row, its sentences
(`clerestory law check` asks for them), and to have the published schema and the guide written anew
(``tests/unit/policy/test_fact_table.py`` and
``tests/unit/audit/test_documents.py``, run as programs).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from clerestory.law.fact import Fact, code, given, made, said, signed, words

_YES = frozenset({"yes"})
_WHOSE = ("federal", "holder_state", "other_state", "unstated")
_ASKED = ("yes", "no", "everything", "unstated", "of_which_program")
_NONE = frozenset({"none"})

FACTS: tuple[Fact, ...] = (
    Fact(path="on", cedar="datetime", by="program"),
    code("holder.agency", "holder", "holder.agency", plain="me-dhhs"),
    code("holder.kind", "holder_kind", "holder.kind", plain="state_agency"),
    code(
        "holder.jurisdiction", "jurisdiction", "holder.jurisdiction", plain="us-me",
    ),
    code(
        "component", "component", "requester.component",
        codes=_NONE, silence="none", plain="none",
    ),
    made("requester_state", *_WHOSE, by="demand", plain="unstated"),
    code("channel", "channel", "received.channel", plain="post"),
    code("purpose", "purpose", "purpose", cedar="Purpose"),
    code("grounds", "grounds", "grounds", many=True),
    Fact(path="cited", place="cited", own=True, many=True),
    code("threats", "threats", "threats", many=True),
    code(
        "paper.kind", "instrument_kind", "instrument.kind", evidence=True,
        by="custodian", plain="letter",
    ),
    code(
        "paper.form", "form", "instrument.form",
        codes=_NONE, silence="none", by="custodian", plain="none",
    ),
    code(
        "paper.issuer", "issuer", "instrument.issuer", silence="none",
        evidence=True, with_kind=True, by="custodian", plain="none",
    ),
    made("paper.court", *_WHOSE, plain="unstated"),
    said(
        "paper.written", "instrument.written",
        evidence=True, brings=_YES,
    ),
    code(
        "paper.persons", "persons", "instrument.scope.persons",
        silence="unknown", by="custodian", plain="named",
    ),
    code(
        "paper.fields", "fields_asked", "instrument.scope.fields",
        silence="unstated", by="custodian", plain="stated",
    ),
    code(
        "paper.status", "status", "instrument.status",
        silence="unknown", evidence=True, by="counsel", plain="live",
    ),
    said("paper.in_date", "", evidence=True),
    said(
        "paper.enforced_by_order", "instrument.enforced_by_order", evidence=True, by="counsel",
    ),
    made(
        "paper.names_field", *_ASKED, evidence=True,
        plain="yes",
    ),
    made(
        "paper.process", "yes", "no", evidence=True, brings=_YES, plain="no",
    ),
    # Of what came along: it opens nothing, so that it is no new evidence of anything.
    made("paper.process_beside", "yes", "no", plain="no"),
    made(
        "paper.signed", "lately", "long_ago", "later", "unstated",
        evidence=True, brings=frozenset({"lately"}), plain="unstated",
    ),
    code("forms", "form", many=True, by="custodian"),
    # Of all papers that came, in force or not: a mark that one of them bears stays a mark.
    code("kinds", "instrument_kind", many=True, by="custodian"),
    code("issuers", "issuer", many=True, by="custodian"),
    code("papers", "instrument_kind", "", many=True, by="custodian"),
    made(
        "months", "one", "more", "unstated", by="demand",
        plain="unstated",
    ),
    code(
        "subject.relation", "relation", "subjects.relation",
        plain="named",
    ),
    said("subject.applicant", "subjects.applicant"),
    said(
        "subject.alone", "", settled=True, by="demand",
        plain="yes",
    ),
    code(
        "subject.represented_by", "acting_as", "",
        codes=frozenset({"unstated"}), plain="unstated",
    ),
    said("subject.authority_in_date", "", evidence=True),
    code(
        "subject.flags", "flags", "subjects.flags", many=True,
        by="custodian",
    ),
    code(
        "subject.defined_by", "defined_by", "subjects.defined_by",
        many=True,
    ),
    code("raised", "findings", many=True, by="custodian"),
    made(
        "hold", "none", "active", "lapsed",
        plain="none",
    ),
    Fact(
        path="outcome", codes=frozenset({"release", "coarsen", "refer_to_counsel", "withhold"}),
        by="program",
    ),
    code("principal", "requester_class", "requester.class"),
    code("resource.name", "fields", plain="address"),
    code("resource.program", "program"),
    code("resource.source", "source", by="program", plain="household"),
    Fact(path="resource.proxy", cedar="Bool", by="program"),
    given(
        "consent.given", "",
        is_presence=True, settled=True, plain="no",
    ),
    given("consent.recipient", ""),
    given("consent.purpose", "", settled=True),
    given("consent.field", "", settled=True),
    given("consent.in_date", ""),
    # Nobody knows whether a permission that is still to come will be taken back.
    given(
        "consent.revoked", "consents.revoked",
        absent="unknown", worst="yes",
    ),
    given("consent.elements", "consents.elements_complete"),
    given(
        "agreement.stated", "",
        is_presence=True, settled=True, plain="no",
    ),
    given("agreement.party", "", settled=True),
    given("agreement.purpose", "", settled=True),
    given("agreement.field", "", settled=True),
    given(
        "agreement.in_force", "agreements.in_force", by="counsel",
    ),
    given(
        "agreement.agreed_by_holder", "agreements.agreed_by_holder", by="counsel",
    ),
    # An agreement may cover a demand, and say nothing of whom the records go to next.
    given(
        "agreement.bars_onward_sharing", "agreements.bars_onward_sharing", covers=False,
        by="counsel",
    ),
    said("nondisclosure.asked", "nondisclosure.asked"),
    said(
        "nondisclosure.ordered", "nondisclosure.ordered", by="counsel",
    ),
    words("established"),
    words("lifted"),
    words("mandated"),
    words("barred"),
    # Points that counsel's signed opinions answer, by the policy that refers; authorities that
    # counsel has suspended on the day.
    signed("opinion.favor"),
    signed("opinion.against"),
    signed("suspended"),
)  # fmt: skip
"""All facts but the findings, in the order in which a row of demands has them."""

BY_PATH = {fact.path: fact for fact in FACTS}
STAGED = frozenset(fact.head for fact in FACTS if fact.staged)
"""The groups of facts that the stages alone read: they never reach a policy."""
FINDINGS = "findings"
KIND = "paper.kind"
ISSUER = "paper.issuer"
NO_PAPER = (KIND, "none")


@cache
def said_of(head: str) -> tuple[Fact, ...]:
    """Return the facts that the written form says of a group and that are no attribute of it.

    >>> [fact.key for fact in said_of("consent")]
    ['revoked', 'elements_complete']
    """
    return tuple(f for f in FACTS if f.head == head and f.place and not f.own)


def absent_of(head: str) -> dict[str, str]:
    """Return what is said of a consent or an agreement that is not there."""
    return {fact.part: fact.absent for fact in FACTS if fact.head == head}


def worst_of(path: str) -> str:
    """Return the answer to what is said of a consent or an agreement that opens least."""
    return BY_PATH[path].worst if path in BY_PATH else ""


def whole_of(head: str) -> frozenset[tuple[str, str]]:
    """Return what is said of a consent or an agreement that covers all that is asked.

    >>> sorted(whole_of("agreement"))[0]
    ('agreement.agreed_by_holder', 'yes')
    """
    rows = (fact for fact in FACTS if fact.head == head and fact.covers)
    return frozenset((fact.path, "no" if fact.worst == "yes" else "yes") for fact in rows)


def worth_of(head: str, facts: Mapping[str, str]) -> int:
    """Return how close a consent or an agreement comes to covering what is asked.

    What would take it away counts twice against it, unless it is known not to be so.
    """
    rows = [fact for fact in FACTS if fact.head == head]
    covering = sum(facts[fact.part] == "yes" for fact in rows if fact.covers)
    undoing = sum(facts[fact.part] != "no" for fact in rows if fact.worst == "yes")
    return covering - 2 * undoing


def in_context() -> Iterator[Fact]:
    """Yield the facts of the context that a policy may ask for: no requester and no field."""
    return (f for f in FACTS if f.head not in {"principal", "resource"} and not f.staged)


def can_change(path: str) -> bool:
    """Whether new evidence can change a fact."""
    head = path.partition(".")[0]
    return head == FINDINGS or (path in BY_PATH and BY_PATH[path].evidence)


def goes_with_kind(path: str) -> bool:
    """Whether a fact says what a paper is, so that only another kind of paper changes it."""
    return path in BY_PATH and BY_PATH[path].with_kind


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
        if goes_with_kind(path) and KIND not in sought:
            return False
    return True
