"""What the record itself says of protection is a fact of the demand from then on.

The paper may not know that its person is a minor, takes part in an address confidentiality
programme or is treated for a substance use disorder. The record does. So, once the person is found
and before anything is read that might leave, the demand is decided again with what the record adds.
An answer can only fall by it: what would rise goes back to the people who decide.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from clerestory.demands import Demand, Determination, Item, Ruling
from clerestory.demands.demand import Subject
from clerestory.demands.determination import Duty, Outcome, Reason, overall_of
from clerestory.demands.said import Said
from clerestory.holdings import Catalogue, Protection, Source
from clerestory.holdings.addresses import fold_address
from clerestory.holdings.protections import Protections, read_protections
from clerestory.kernel import Refusal
from clerestory.office.answer.decided import Decided
from clerestory.policy.decide.lowering import OPENNESS

# It is also what is said where nobody could be found, so that the two cannot be told apart.
_REASON = (
    "this part is not answered; whether there is a record of the person, and what protects it, is "
    "neither confirmed nor denied"
)
# Of somebody of whom something is given, a record is no longer to be denied.
_REASON_BESIDE = "this part is not answered, and the law does not let the agency say why"
# Whether somebody was found. Only a look into the records tells.
_FOUND = "identifier_matches_one_person"
# What is known or feared of whoever acts for the person: told, it would warn whom it is about.
_FEARED = frozenset({
    "representative_may_endanger", "representative_rights_limited", "minor_consented_alone",
})  # fmt: skip
# What the agency itself knows of status: nobody may learn from a refusal that there is any of it.
_STATUS = frozenset({
    "agency_formal_determination", "determination_on_own_claim", "dhs_or_eoir_determination",
})  # fmt: skip
# Whose address is kept secret.
_SECRET = Protection.ADDRESS_CONFIDENTIALITY
# Marks of violence, and what is found of whoever acts for the person with these known.
VIOLENCE = frozenset(one for one in Protection if one.hides_home)
"""The marks of a person who was hurt, or hides."""
_DANGER = "representative_may_endanger"
_OPEN = frozenset({Outcome.RELEASE, Outcome.COARSEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """The demand as it stands with what the record adds, and the items that fell by it.

    Attributes:
        demand: The demand as it was judged, with the record's flags.
        hidden_homes: The refs of which an address is kept secret, theirs or their household's.
        hiding_others: The refs of whose household another keeps an address secret as they do not.
        true_addresses: For each ref where the person truly lives, where that is a secret.
        others_addresses: For each ref where others truly live who are named beside them.
        shared_papers: The refs of whose household another is protected as they are not, so that
            their papers and notes may tell of that person.
    """

    decided: Decided
    lowered: tuple[Item, ...]
    demand: Demand
    hidden_homes: frozenset[str]
    hiding_others: frozenset[str]
    true_addresses: Mapping[str, tuple[str, ...]]
    others_addresses: Mapping[str, tuple[str, ...]]
    shared_papers: frozenset[str]


def decide_with_record(
    decided: Decided,
    *,
    source: Source,
    catalogue: Catalogue,
    persons: Mapping[str, str],
    on: date,
    beside: Mapping[str, str] | None = None,
) -> Protected:
    """Decide again with what the records of the persons found say of their protection.

    Args:
        decided: The demand with its determination, as it was reviewed.
        source: The agency's records.
        catalogue: Where they say what.
        persons: For each subject's ref the key of the one person found.
        on: The holder's local day.
        beside: The same of who is named and of whom nothing is given: the record of another may
            tell where they live all the same.

    Raises:
        SourceFault: A record cannot be read for what protects its person.
        Refusal: With what the record adds an answer would rise, which only people may let it; it
            bears a mark of violence that nobody knew who found that there is no danger; or it is of
            a grown person, and the demand says that they are a minor.
    """
    flags = {one.ref: one.flags for one in decided.demand.subjects}
    named = {
        ref: read_protections(source, catalogue, person, on=on, told=flags.get(ref, ()))
        for ref, person in {**(beside or {}), **persons}.items()
    }
    marks = {ref: named[ref] for ref in persons}
    for ref, one in marks.items():
        check_of_age(ref, one, catalogue, told=flags.get(ref, ()))
    demand = _with_flags(decided.demand, {ref: one.flags for ref, one in marks.items()})
    judged = Protected(
        decided=decided,
        lowered=(),
        demand=demand,
        hidden_homes=frozenset(one.ref for one in demand.subjects if _SECRET in one.flags),
        hiding_others=frozenset(ref for ref, one in marks.items() if _is_hiding_others(one)),
        true_addresses={ref: one.true_addresses for ref, one in marks.items()},
        others_addresses={ref: _others(ref, named) for ref in marks},
        shared_papers=frozenset(ref for ref, one in marks.items() if one.household),
    )
    if demand == decided.demand:
        return judged
    _check_danger(decided.demand, demand)
    again = decided.engine().decide(demand, explain=False)
    determination, lowered = _fallen(decided, again)
    told = replace(decided, determination=determination)
    return replace(judged, decided=told, lowered=lowered)


def check_of_age(
    ref: str, marks: Protections, catalogue: Catalogue, *, told: Collection[str]
) -> None:
    """Refuse to go by it that somebody is a minor, where their record says that they are not.

    A flag of a demand protects, and so the record takes none away. But this one opens as well: a
    parent reads the file of their minor child, and not that of a grown one.

    Args:
        ref: Whose flags.
        marks: What their record says.
        catalogue: Where it says that, if anywhere.
        told: The flags that the demand itself gives them.

    Raises:
        Refusal: The record says that they are of age.
    """
    minor = Protection.MINOR
    is_kept = any(mark.protection is minor for mark in catalogue.protections)
    if is_kept and minor in told and minor not in marks.flags:
        raise Refusal(
            f"a demand says that somebody is a minor, and by their record they are of age: {ref}",
            code="record-of-age",
            todo="take the flag minor out of the demand, and decide it again; a parent or guardian "
            "of a grown person needs the person's own permission, or a court's order",
        )


def _check_danger(before: Demand, now: Demand) -> None:
    """Refuse to rest on it that a representative is no danger, where that was found unknowing.

    Raises:
        Refusal: The record is the first to say that somebody was hurt or hides.
    """
    if before.findings.get(_DANGER) != "no":
        return
    told = {one.ref: one.flags for one in before.subjects}
    for one in now.subjects:
        if one.represented_by and VIOLENCE & one.flags and not VIOLENCE & told[one.ref]:
            raise Refusal(
                "that whoever acts for the person is no danger was found without what the record "
                f"says: {one.ref}",
                code="answer-record-endangers",
                todo="write what the record says as flags of the subject into the demand; find "
                f"out anew, with that known, whether they may be a danger (findings.{_DANGER}; "
                "unknown closes it), decide it again, and have that answer reviewed",
            )


def as_told(decided: Decided) -> Decided:
    """Return the answer as its requester may read it: without what only the records can tell.

    A flag may stand in the demand because the record says so, people may lower an answer because
    of it, and whether the person was found is known from the records alone. So of a person of whom
    nothing is given the answer is what it would be of somebody who was found and applied, has no
    flags, and of whose status, and of whose parent or guardian, nothing is known or feared; where
    that would give something, it is one and the same for all: not given, and neither confirmed nor
    denied. What becomes of it, such as that it is put before counsel, would tell who was not found
    from who is protected, and is said to the office alone.
    """
    plain = _plain(decided.demand)
    rulings = decided.determination.rulings
    protected = (decided.stack.deciding("protection"),)
    if plain == decided.demand and not any(
        one.lowered_from in _OPEN or one.authorities == protected for one in rulings
    ):
        return decided
    without = decided.engine().decide(plain)
    unflagged = {ruling.item: ruling for ruling in without.rulings}
    given = {ruling.item.subject for ruling in rulings if ruling.outcome in _OPEN}
    told = tuple(
        _told(decided, one, unflagged[one.item], hidden=_is_hidden(one, given)) for one in rulings
    )
    duties = without.duties
    if any(ruling.outcome in _OPEN for ruling in told):
        duties = _tellable(decided.determination.duties, without.duties, told)
    changed = replace(decided.determination, rulings=told, duties=duties)
    return _without_denial(replace(decided, determination=changed))


def _plain(demand: Demand) -> Demand:
    """Return the demand as it would be of somebody of whom nothing special is known or feared."""
    told = {_FOUND: "yes", **dict.fromkeys(_FEARED, "no"), **dict.fromkeys(_STATUS, "")}
    return replace(
        demand,
        subjects=tuple(
            replace(one, flags=frozenset(), said=_said_on_paper(one)) for one in demand.subjects
        ),
        findings={
            fact: said for fact, said in demand.findings.items() if told.get(fact, said) == said
        },
    )


def _said_on_paper(subject: Subject) -> Said:
    """Say of each person what opens most: whether they applied, say, their file alone tells."""
    return subject.said if subject.is_several else dict.fromkeys(subject.said, "yes")


def _is_hidden(ruling: Ruling, given: Collection[str]) -> bool:
    """Whether it is about one person of whom the same answer gives nothing."""
    subject = ruling.item.subject
    return subject not in given and not subject.endswith("*")


def _tellable(
    duties: Sequence[Duty], known: Sequence[Duty], rulings: Sequence[Ruling]
) -> tuple[Duty, ...]:
    """Return the duties that would stand without a flag, or whose law is told with what is given.

    What follows from a flag alone, such as to whom else a demand belongs, would tell the flag.
    """
    named = {name for one in rulings if one.outcome in _OPEN for name in one.authorities}
    before = {(duty.code, duty.authority) for duty in known}
    return tuple(
        one for one in duties if (one.code, one.authority) in before or one.authority in named
    )


def _without_denial(decided: Decided) -> Decided:
    """Deny no record of a person of whom the same answer gives something."""
    rulings = decided.determination.rulings
    given = {ruling.item.subject for ruling in rulings if ruling.outcome in _OPEN}
    protected = (decided.stack.deciding("protection"),)
    told = tuple(
        replace(one, reason=replace(one.reason, requester=_REASON_BESIDE))
        if one.item.subject in given and one.authorities == protected
        else one
        for one in rulings
    )
    if told == rulings:
        return decided
    return replace(decided, determination=replace(decided.determination, rulings=told))


def nothing_left() -> Refusal:
    """Return the refusal of an answer of which the record leaves nothing to release."""
    return Refusal(
        "with what the record adds, nothing of this answer may leave",
        code="answer-record-protects",
        todo="write what the record says as flags of the subject into the demand and decide it "
        "again; then refuse it, or give it to counsel. Where the record still tells where somebody "
        "protected lives, lower that field, such as --lower S1.address=refer_to_counsel",
    )


def _is_hiding_others(marks: Protections) -> bool:
    own = _folded(marks.true_addresses)
    return _SECRET in marks.household or any(
        fold_address(one) not in own for one in marks.others_addresses
    )


def _others(ref: str, marks: Mapping[str, Protections]) -> tuple[str, ...]:
    """Where others who are asked about truly live, unless the person lives there too."""
    own = _folded(marks[ref].true_addresses)
    told = [one for other in marks if other != ref for one in marks[other].true_addresses]
    return tuple(one for one in dict.fromkeys(told) if fold_address(one) not in own)


def _folded(addresses: Collection[str]) -> set[str]:
    # What folds to nothing, such as "same", is not known to be where the person lives.
    return {fold_address(one) for one in addresses} - {""}


def _with_flags(demand: Demand, flags: Mapping[str, frozenset[str]]) -> Demand:
    subjects = tuple(
        replace(one, flags=one.flags | flags.get(one.ref, frozenset())) for one in demand.subjects
    )
    return replace(demand, subjects=subjects)


def _fallen(decided: Decided, again: Determination) -> tuple[Determination, tuple[Item, ...]]:
    """Take each answer as it was reviewed, or as it is with the record where that is lower."""
    before = {ruling.item: ruling for ruling in decided.determination.rulings}
    rulings, lowered, risen = [], [], []
    for ruling in again.rulings:
        old = before[ruling.item]
        law = old.lowered_from or old.outcome
        if _openness(ruling) < OPENNESS.index(law) or _is_told_otherwise(old, ruling):
            risen.append(ruling.item)
        if _openness(ruling) > _openness(old):
            lowered.append(ruling.item)
            rulings.append(unsaid(decided, ruling))
        else:
            rulings.append(old)
    if risen:
        raise Refusal(
            "with what the record adds, an answer would be another than the one reviewed: "
            f"{', '.join(sorted(item.ref for item in risen))}",
            code="answer-record-raises",
            todo="write what the record says as flags of the subject into the demand, decide it "
            "again, and have that answer reviewed",
        )
    return (
        replace(
            again,
            overall=overall_of([ruling.outcome for ruling in rulings]),
            rulings=tuple(rulings),
            duties=_tellable(again.duties, decided.determination.duties, rulings),
            questions=decided.determination.questions,
        ),
        tuple(lowered),
    )


def _openness(ruling: Ruling) -> int:
    return OPENNESS.index(ruling.outcome)


def _is_told_otherwise(old: Ruling, new: Ruling) -> bool:
    """Whether both are coarser answers, and not the same one."""
    both = old.outcome is new.outcome is Outcome.COARSEN
    return both and old.coarsen_to != new.coarsen_to


def _told(decided: Decided, ruling: Ruling, unflagged: Ruling, *, hidden: bool) -> Ruling:
    # What is given must name its law: whoever has it is bound by that law.
    if ruling.outcome in _OPEN:
        return ruling
    if hidden and unflagged.outcome in _OPEN:
        # Neither who refused it nor who still decides on it: each would say that somebody did.
        closed = replace(ruling, outcome=Outcome.WITHHOLD, coarsen_to=None, lowered_from=None)
        return unsaid(decided, closed)
    if ruling.lowered_from is not None:  # its reason is that of the people who lowered it
        return replace(ruling, considered_not_met=(), would_change=())
    if hidden or ruling.outcome is unflagged.outcome:
        return unflagged
    return unsaid(decided, ruling)


def unsaid(decided: Decided, ruling: Ruling) -> Ruling:
    """Return a closed answer that says no more than that a person is protected."""
    # Which law protects a person would itself tell the requester what the record says of them
    # (42 CFR 2.13(c); 8 U.S.C. 1367(a)(2)). So the answer cites no more than this.
    said = Reason(counsel=ruling.reason.counsel, requester=_REASON, person=ruling.reason.person)
    return replace(
        ruling,
        authorities=(decided.stack.deciding("protection"),),
        policies=(),
        considered_not_met=(),
        would_change=(),
        reason=said,
    )
