"""Whom a demand names is established once from the agency's own records, before any is read.

Nobody is looked up before the law would let something of them leave: a look that serves nothing is
one too many. What is found is bound without a name: the digest of the paper that names the persons,
and of what the look came to. Both are kept sealed under the matter's key.

What a record says of protection, such as that its person is a minor, is a fact of the demand from
then on. Of whom nobody could be told for certain, nothing leaves: where it is everybody, the
finding that one person was found is no; where it is some, what is asked of them goes to counsel.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from clerestory.acts import Signed, Statement
from clerestory.audit.sources_of_fields import sources_of
from clerestory.demands import Demand, Item, Outcome
from clerestory.holdings import LookupReason, Purpose, Source, parse_who
from clerestory.holdings.protections import read_protections
from clerestory.kernel import Refusal
from clerestory.kernel.canonical import Json, canonical_bytes
from clerestory.office.acting import Acted, draft
from clerestory.office.answer.looking_up import Holdings, looked_up, refs_named
from clerestory.office.answer.protections import VIOLENCE, check_of_age
from clerestory.office.asked import own_law
from clerestory.office.claims import FOUND, PERSONS, since_the_paper
from clerestory.office.errors import OfficeAltered
from clerestory.office.known import known_demand, open_items
from clerestory.office.matters import acts_in, bound_key, check_act, do, is_done, stands_on
from clerestory.office.office import Office
from clerestory.office.papers import check_paper, paper_digest, read_paper
from clerestory.policy import Engine
from clerestory.store.models import MatterRow

_DANGER = "representative_may_endanger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person whom a demand names.

    Attributes:
        key: The records' own key of the one right person; nothing where none is certain.
        flags: What protects them: as the paper says it, and their record.
        told: What a requester may be told of why nobody is certain.
        marks: What the paper says of them.
    """

    key: str = field(repr=False)
    flags: frozenset[str]
    told: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict, repr=False)


Persons = Mapping[str, Person]
"""The persons of a demand, by their refs."""


def draft_persons(
    office: Office,
    matter: str,
    *,
    who: bytes,
    actor: str,
    key: str,
    at: datetime | None = None,
) -> Statement:
    """Look up whom a demand names, and write the statement that binds what was found.

    Args:
        office: Whose matter.
        matter: Which one.
        who: What the paper says of each person, in the form of a file for ``--who``.
        actor: Who establishes it.
        key: The hash of the key that they sign with.
        at: When, in an office that is made up.

    Raises:
        RosterFault: It is another demand's, or somebody is missing, twice or too many.
        ReadFault: The agency holds no such field.
        Refusal: The records or their index cannot be used.
    """
    acts = acts_in(office, matter)
    facts, _ = _look(office, matter, acts, who, office.moment(at))
    return draft(office, "establish", matter, actor=actor, key=key, at=at, facts=facts)


def establish_persons(
    office: Office, signed: Signed, *, who: bytes, at: datetime | None = None
) -> Acted:
    """Establish whom a demand names: looked up once more, it must be what was signed.

    Raises:
        Refusal: The statement is of other persons, or is not the next act.
        NotAllowed: Whoever signed may not, or the matter stands elsewhere.
        Corruption: Whoever is named did not sign it.
    """
    told = signed.statement
    check_act(told, "establish")
    check_paper(who)
    key, facts, found = bound_key(told), None, None
    if not is_done(key):
        acts = acts_in(office, told.matter, told.position)
        facts, found = _look(office, told.matter, acts, who, office.moment(at))
    return do(office, signed, facts, key=key, content=found, at=at)


def persons_in(office: Office, matter: str, acts: Sequence[Signed]) -> Persons | None:
    """Return the persons of a matter as they were established last, since the paper was.

    Raises:
        Corruption: What is kept is not what its act binds.
    """
    kept = look_in(office, matter, acts)
    return None if kept is None else _persons_from(kept)


def look_in(office: Office, matter: str, acts: Sequence[Signed]) -> bytes | None:
    """Return what is kept of the last look for a matter, since its paper was received or amended.

    Raises:
        Corruption: It is not what its act binds.
    """
    told = [
        act.statement for act in since_the_paper(acts) if act.statement.facts["fact"] == PERSONS
    ]
    if not told:
        return None
    content = read_paper(office, matter, told[-1].position)
    if paper_digest(content) != told[-1].facts["answer"]:
        raise OfficeAltered(
            f"who was found is what its act binds: {matter}, position {told[-1].position}"
        )
    return content


def as_known(demand: Demand, persons: Persons, acts: Sequence[Signed]) -> Demand:
    """Return a demand with what the records say of those whom it names.

    Raises:
        Refusal: That a representative is no danger was found before anybody knew what the record
            says.
    """
    found = any(one.key for one in persons.values())
    known = replace(
        demand,
        findings={**demand.findings, FOUND: "yes" if found else "no"},
        subjects=tuple(
            replace(one, flags=one.flags | persons[one.ref].flags) if one.ref in persons else one
            for one in demand.subjects
        ),
    )
    _check_danger(demand, known, acts)
    return known


def unsure_of(demand: Demand, persons: Persons) -> dict[Item, Outcome]:
    """Return what goes to counsel, since some of the persons are certain and theirs is not."""
    if not any(one.key for one in persons.values()):
        return {}  # the finding closes it, as the law says of nobody who could be found
    return {
        item: Outcome.REFER
        for item in demand.items
        if item.subject in persons and not persons[item.subject].key
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look into the records: what it came to, while they are open.

    ``kept`` is what is kept sealed of it, and its digest bound.
    """

    source: Source = field(repr=False)
    holdings: Holdings
    persons: Persons = field(repr=False)
    kept: bytes = field(repr=False)


@contextmanager
def looking(
    office: Office, matter: str, acts: Sequence[Signed], who: bytes, moment: datetime, on: date
) -> Iterator[Look]:
    """Look up once whom a matter's demand names, and hold the records open.

    Args:
        office: Whose matter.
        matter: Which one.
        acts: What was done in it.
        who: What its paper says of each person.
        moment: The moment that is recorded.
        on: The day whose law decides of whom something would leave, and who is a minor.

    Raises:
        RosterFault: It is another demand's, or somebody is missing, twice or too many.
        ReadFault: The agency holds no such field.
        Refusal: Nothing of anybody would leave, the records or their index cannot be used, or the
            paper calls somebody a minor who is of age.
    """
    holdings = holdings_of(office)
    law = own_law(office)
    demand = known_demand(office, law, matter, acts)
    engine = Engine.of(law.stack, on, sources_of(law.agency, law.profiles))
    programs: dict[str, set[str]] = {}
    for item in open_items(engine, demand):
        holdings.catalogue.get_field(item.program, item.field)  # else nobody is looked up
        programs.setdefault(item.subject, set()).add(item.program)
    if not programs:
        raise Refusal(
            "nobody is looked up of whom the law lets nothing leave",
            code="persons-needless",
            todo="have the demand decided: nothing of its persons' records is needed for that",
        )
    refs, needed = refs_named(demand, programs)
    named = parse_who(who, demand=demand.id, refs=refs, needed=needed)
    purpose = Purpose(
        reason=LookupReason.DEMAND, demand=matter,
        number=MatterRow.objects.values_list("number", flat=True).get(id=matter),
    )  # fmt: skip
    told = {one.ref: one.flags for one in demand.subjects}
    with looked_up(
        holdings, named, programs=programs, purpose=purpose, on=on, at=moment, now=office.clock()
    ) as (source, resolved):
        found: dict[str, Json] = {}
        for one in resolved:
            ref, flags = str(one.ref), frozenset[str]()
            if one.person_id is not None:
                marks = read_protections(
                    source, holdings.catalogue, one.person_id, on=on, told=told.get(ref, ())
                )
                check_of_age(ref, marks, holdings.catalogue, told=told.get(ref, ()))
                flags = marks.flags
            found[ref] = {
                "key": one.person_id or "", "flags": sorted(flags), "told": list(one.told),
                "reasons": [str(reason) for reason in one.staff_reasons],
                "marks": dict(named.marks_of(ref)),
            }  # fmt: skip
        kept = canonical_bytes({"demand": demand.id, "persons": found})
        yield Look(source=source, holdings=holdings, persons=_persons_from(kept), kept=kept)


def who_again(kept: bytes) -> bytes:
    """Return what a paper says of its persons, as it was kept with them."""
    told = json.loads(kept)
    marks = {ref: one["marks"] for ref, one in told["persons"].items()}
    return canonical_bytes({"demand": told["demand"], **marks})


def _look(
    office: Office, matter: str, acts: Sequence[Signed], who: bytes, moment: datetime
) -> tuple[dict[str, str], bytes]:
    """Look everybody up; return what the act binds, and what is kept of it."""
    with looking(office, matter, acts, who, moment, office.day(moment)) as look:
        kept = look.kept
    return {
        "to": "received", "fact": PERSONS, "by": "custodian", "answer": paper_digest(kept),
        "evidence": paper_digest(who), "stands_on": stands_on(list(acts)),
    }, kept  # fmt: skip


def _persons_from(kept: bytes) -> Persons:
    return {
        ref: Person(
            key=one["key"], flags=frozenset(one["flags"]), told=tuple(one["told"]),
            marks=one["marks"],
        )
        for ref, one in json.loads(kept)["persons"].items()
    }  # fmt: skip


def holdings_of(office: Office) -> Holdings:
    """Return the records that an office may look in.

    Raises:
        Refusal: None were named, or they are of a kind in which this office does not look.
    """
    if office.holdings is None:
        raise Refusal(
            "an office looks somebody up in its agency's records, and none were named",
            code="office-no-records",
            todo="name the records and their index where the office is opened",
        )
    if office.holdings.is_made_up() is not office.made_up:
        raise Refusal(
            "an office for show answers about made-up people alone, and a real one about none",
            code="office-other-records",
            todo="name the agency's own records where the office is opened; for an office that "
            "is made up, those that clerestory holdings make wrote",
        )
    return office.holdings


def _check_danger(before: Demand, now: Demand, acts: Sequence[Signed]) -> None:
    """Refuse to rest on it that a representative is no danger, where that was found unknowing."""
    if before.findings.get(_DANGER) != "no":
        return
    facts = [act.statement.facts["fact"] for act in since_the_paper(acts)]
    last = max(place for place, fact in enumerate(facts) if fact == PERSONS)
    if f"findings.{_DANGER}" in facts[last:]:
        return
    told = {one.ref: one.flags for one in before.subjects}
    for one in now.subjects:
        if one.represented_by and VIOLENCE & one.flags and not VIOLENCE & told[one.ref]:
            raise Refusal(
                "that whoever acts for the person is no danger was found without what the record "
                f"says: {one.ref}",
                code="decide-endangers",
                todo="find out anew, with that known, whether they may be a danger, establish it "
                f"(findings.{_DANGER}; unknown closes it), and decide again",
            )
