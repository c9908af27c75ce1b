"""The records of those whom a demand names: looked up once each, and read as far as is asked.

Whoever was found stays found for the whole answer. What was read is not read again where the
letters are written once more, for another day.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from clerestory.cli.clock import read_clock
from clerestory.cli.committed import cell_name
from clerestory.cli.office import Office
from clerestory.cli.whom import check_as_received, read_whom
from clerestory.demands import Demand, Item, asked_period
from clerestory.disclosure import Value, permitted_items
from clerestory.holdings import (
    Catalogue,
    FieldValue,
    LookupReason,
    NamedPersons,
    PermittedField,
    PersonSearch,
    Purpose,
    Resolved,
    Source,
    as_recorded,
    check_index_current,
    check_still_right,
    is_in_any,
    load_catalogue,
    open_index,
    open_source,
    read_fields,
    resolve_roster,
)
from clerestory.kernel import Period, Refusal
from clerestory.kernel.period import whole_months
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.protections import Protected, decide_with_record, nothing_left
from clerestory.office.answer.true_address import keep_true_address
from clerestory.office.answer.values import value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of the persons found, open while an answer is made of them.

    Attributes:
        office: Whose records.
        source: The records.
        catalogue: Where they say what.
        persons: For each subject's ref the key of the one person found.
        beside: The same of those of whom nothing is given.
        at: Now.
    """

    office: Office
    source: Source
    catalogue: Catalogue
    persons: Mapping[str, str]
    beside: Mapping[str, str]
    at: datetime
    _read: dict[PermittedField, FieldValue] = field(default_factory=dict, repr=False)

    def read(self, decided: Decided) -> tuple[Protected, dict[Item, Value]]:
        """Read what is ruled open, after the records have said what protects the persons.

        Raises:
            Refusal: With what the records say nothing may leave, or an answer would rise.
        """
        protected = decide_with_record(
            decided,
            source=self.source,
            catalogue=self.catalogue,
            persons=self.persons,
            on=self.office.day(self.at),
            beside=self.beside,
        )
        open_items = permitted_items(protected.decided.determination)
        if permitted_items(decided.determination) and not open_items:
            raise nothing_left()
        found = self._values(protected.decided, open_items)
        return keep_true_address(protected, self.catalogue, found), found

    def _values(self, decided: Decided, items: Sequence[Item]) -> dict[Item, Value]:
        asked = [item for item in items if not item.subject.endswith("*")]
        span = asked_period(decided.demand)
        # An answer for a month is of the whole month, whichever of its days the paper names.
        by_month = {
            ruling.item
            for ruling in decided.determination.rulings
            if ruling.coarsen_to == "month_yes_no"
        }
        permitted = [
            PermittedField(
                person_id=self.persons[item.subject],
                program=item.program,
                field=item.field,
                period=(_months_held(decided.demand, span) if item in by_month else span)
                if self.catalogue.get_field(item.program, item.field).dated
                else None,
            )
            for item in asked
        ]
        new = [one for one in permitted if one not in self._read]
        self._read.update(zip(new, read_fields(self.source, self.catalogue, new), strict=True))
        return {item: value_of(self._read[one]) for item, one in zip(asked, permitted, strict=True)}


def whom_named(office: Office, decided: Decided, who: Path | None) -> NamedPersons | None:
    """Return whom the demand names, as its paper says it; ``None`` where nobody is read.

    Raises:
        Refusal: Nothing says whom it names, or it is somebody else than was named before.
    """
    needed = _refs(decided)
    if not needed:
        return None
    if who is None:
        raise Refusal(
            f"nothing says whom the demand names as {', '.join(sorted(needed))}",
            code="answer-who-missing",
            todo=f"write demand: {decided.demand.id}, and below it name, birth_date and one more "
            "mark of each, in a file for --who",
        )
    named = read_whom(decided.demand, who, needed=needed)
    check_as_received(office, decided.demand, named)
    return named


@contextmanager
def looked_up(
    office: Office, decided: Decided, named: NamedPersons, at: datetime
) -> Iterator[Records]:
    """Look up whom a demand names, once, and hold their records open.

    Raises:
        Refusal: One of them cannot be told for certain, or is another in the records by now.
        IndexFault: Somebody came into the records, or was renamed, since the index was built.
    """
    catalogue = load_catalogue(office.profile / "catalogue.toml")
    programs = _programs(decided, catalogue)
    refs = frozenset(programs)
    with ExitStack() as opened:
        index = opened.enter_context(closing(open_index(office.index, catalogue=catalogue)))
        source = opened.enter_context(closing(open_source(office.source, zone=office.zone.name)))
        hides = as_recorded(source, catalogue, on=office.day(at))

        def has_record(ref: str | None, person: str) -> bool:
            asked = programs.get(str(ref))
            # Of whom nothing is given, nothing is told either.
            return asked is None or is_in_any(source, catalogue, person, asked)

        search = PersonSearch(index, office.lookups(), hides_address=hides, has_record=has_record)
        try:
            found = _persons(office, search, decided, named, refs, at)
        except Refusal:
            # Of an old index, or one that was written to, it is no wonder that it finds nobody.
            check_index_current(index, source, catalogue, now=read_clock(None))
            raise
        persons = {ref: found[ref] for ref in refs}
        for person in named.only(refs).persons:
            check_still_right(source, catalogue, persons[str(person.ref)], person.query)
        check_index_current(index, source, catalogue, now=read_clock(None))
        yield Records(
            office=office, source=source, catalogue=catalogue, persons=persons, at=at,
            beside={ref: person for ref, person in found.items() if ref not in refs},
        )  # fmt: skip


def _refs(decided: Decided) -> frozenset[str]:
    """Return the refs of the persons about whom something is ruled open."""
    items = permitted_items(decided.determination)
    return frozenset(item.subject for item in items if not item.subject.endswith("*"))


def _programs(decided: Decided, catalogue: Catalogue) -> dict[str, set[str]]:
    """Return for each ref about which something is ruled open the programs that this is of."""
    programs: dict[str, set[str]] = {ref: set() for ref in _refs(decided)}
    for item in permitted_items(decided.determination):
        if item.subject in programs:
            catalogue.get_field(item.program, item.field)  # else nobody is looked up
            programs[item.subject].add(item.program)
    return programs


def _persons(
    office: Office,
    search: PersonSearch,
    decided: Decided,
    named: NamedPersons,
    refs: Collection[str],
    at: datetime,
) -> dict[str, str]:
    """Return whose records each ref is about, each of ``refs`` for certain; each look is recorded.

    Everybody who is named is looked up: else nobody would see that one person stands there for two,
    of whom one is answered about. Of the others no more is read than where they live in secret.
    """
    demand_id = decided.demand.id
    purpose = Purpose(
        reason=LookupReason.DEMAND, demand=demand_id, number=office.find_number(demand_id)
    )
    resolved = resolve_roster(search, named, purpose=purpose, at=at)
    answered = [one for one in resolved if one.ref in refs]
    if unsure := [one for one in answered if one.person_id is None]:
        raise _unsure(decided, unsure, alone=len(unsure) == len(answered))
    return {str(one.ref): one.person_id for one in resolved if one.person_id is not None}


def _unsure(decided: Decided, unsure: Sequence[Resolved], *, alone: bool) -> Refusal:
    """Return the refusal of an answer about persons who cannot be told for certain.

    Args:
        decided: The demand with its determination.
        unsure: Who cannot be told.
        alone: Whether nobody else is answered about: the finding is one of the whole demand, and
            would close what the law orders of those who are certain.
    """
    refs = {str(one.ref) for one in unsure}
    if alone:
        otherwise = (
            "write identifier_matches_one_person: no among the findings, decide it again and "
            "refuse it: the letter neither confirms nor denies"
        )
    else:
        items = [one for one in permitted_items(decided.determination) if one.subject in refs]
        lower = " ".join(f"--lower {cell_name(one)}=refer_to_counsel" for one in items)
        otherwise = (
            f"keep back these alone and answer about the others: add {lower}; the letter neither "
            "confirms nor denies"
        )
    # The requester reads this: it is one sentence, whoever is held and whatever agreed. The
    # reasons stand in the office's record of look-ups.
    told = dict.fromkeys(sentence for one in unsure for sentence in one.told)
    return Refusal(
        f"{', '.join(str(one.ref) for one in unsure)}: {'; '.join(told)}",
        code="answer-person-uncertain",
        todo="ask the requester for more marks of the person, without saying what matched; "
        "the reasons are for staff, in the office's record of look-ups; where two records are of "
        "one person, have them joined and the index built anew; where no more can be had, "
        f"{otherwise}",
    )


def _months_held(demand: Demand, span: Period) -> Period:
    """The whole months of which a demand asks a day, but of no day after it came."""
    whole, after = whole_months(span), demand.received_on + timedelta(days=1)
    return replace(whole, valid_to=min(whole.valid_to or after, after))
