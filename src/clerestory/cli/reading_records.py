"""What may leave is read: whom it is about is found, and what protects them is heard first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from clerestory.cli.attaching import answers_in_files, value_of
from clerestory.cli.deciding import Decided
from clerestory.cli.office import Office
from clerestory.cli.one_answer import Before, as_on, check_no_wider
from clerestory.cli.protections import decide_with_record, nothing_left
from clerestory.cli.true_address import keep_true_address
from clerestory.demands import Demand, Item, asked_period
from clerestory.disclosure import Value, permitted_items
from clerestory.holdings import (
    Catalogue,
    LookupReason,
    NamedPersons,
    PermittedField,
    PersonSearch,
    Purpose,
    Source,
    check_index_current,
    check_still_right,
    load_catalogue,
    open_index,
    open_source,
    read_fields,
    resolve_roster,
)
from clerestory.kernel import Period, Refusal
from clerestory.kernel.period import whole_months

# The answer as it is given, what leaves with it, and the items that fell by the record.
Judged = tuple[Decided, dict[Item, Value], tuple[Item, ...]]


def read_values(
    office: Office,
    decided: Decided,
    named: NamedPersons | None,
    files: Mapping[str, Path],
    at: datetime,
    before: Before | None,
) -> Judged:
    """Read what is ruled open, after the records have said what protects the persons found.

    What was logged on an earlier day is read as on that day, where today lets as much leave.
    """
    items = permitted_items(decided.determination)
    first = None
    if before and before.on and before.on != decided.determination.on:
        first = as_on(decided, before.on)
        check_no_wider(first, decided, before.index)
    values = answers_in_files(permitted_items((first or decided).determination), files)
    refs = {item.subject for item in items if not item.subject.endswith("*")}
    if named is None:
        return first or decided, values, ()
    asked = named.only(refs)
    catalogue = load_catalogue(office.profile / "catalogue.toml")
    persons = _persons(office, catalogue, decided.demand, named, refs, at)
    source = open_source(office.source, zone=office.zone.name)
    try:
        for person in asked.persons:
            check_still_right(source, catalogue, persons[str(person.ref)], person.query)
        _check_index(office, source, catalogue)
        judged = _judge(decided, values, source, catalogue, persons, office.day(at))
        if first and before:
            today, day = judged[0], first.determination.on
            judged = _judge(first, values, source, catalogue, persons, day)
            check_no_wider(judged[0], today, before.index)
        return judged
    finally:
        source.close()


def _judge(
    decided: Decided,
    values: Mapping[Item, Value],
    source: Source,
    catalogue: Catalogue,
    persons: Mapping[str, str],
    on: date,
) -> Judged:
    """Read what may leave on a day, and what fell by what the records say of protection."""
    protected = decide_with_record(
        decided, source=source, catalogue=catalogue, persons=persons, on=on
    )
    open_items = permitted_items(protected.decided.determination)
    if permitted_items(decided.determination) and not open_items:
        raise nothing_left()
    found = _from_records(protected.decided, source, catalogue, open_items, persons)
    protected = keep_true_address(protected, catalogue, found)
    open_items = permitted_items(protected.decided.determination)
    if not open_items:
        raise nothing_left()
    kept = {item: value for item, value in ({**values, **found}).items() if item in open_items}
    return protected.decided, kept, protected.lowered


def _check_index(office: Office, source: Source, catalogue: Catalogue) -> None:
    """Refuse where somebody came into the records, or was renamed, since the index was built."""
    index = open_index(office.index, catalogue=catalogue)
    try:
        check_index_current(index, source, catalogue)
    finally:
        index.close()


def _from_records(
    decided: Decided,
    source: Source,
    catalogue: Catalogue,
    items: Sequence[Item],
    persons: Mapping[str, str],
) -> dict[Item, Value]:
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
            person_id=persons[item.subject],
            program=item.program,
            field=item.field,
            period=(_months_held(decided.demand, span) if item in by_month else span)
            if catalogue.get_field(item.program, item.field).dated
            else None,
        )
        for item in asked
    ]
    found = read_fields(source, catalogue, permitted)
    return {item: value_of(value) for item, value in zip(asked, found, strict=True)}


def _persons(
    office: Office,
    catalogue: Catalogue,
    demand: Demand,
    named: NamedPersons,
    refs: Collection[str],
    at: datetime,
) -> dict[str, str]:
    """Return whose records each of ``refs`` is about; every look-up is recorded.

    Everybody who is named is looked up: else nobody would see that one person stands there for two,
    of whom one is answered about. Nothing of the others is read.
    """
    index = open_index(office.index, catalogue=catalogue)
    lookups = office.lookups()
    purpose = Purpose(
        reason=LookupReason.DEMAND, demand=demand.id, number=office.find_number(demand.id)
    )
    try:
        resolved = resolve_roster(PersonSearch(index, lookups), named, purpose=purpose, at=at)
    finally:
        index.close()
    answered = [one for one in resolved if one.ref in refs]
    if unsure := [one for one in answered if one.person_id is None]:
        # The requester reads this: it is one sentence, whoever is held and whatever agreed. The
        # reasons stand in the office's record of look-ups.
        told = dict.fromkeys(sentence for one in unsure for sentence in one.told)
        raise Refusal(
            f"{', '.join(str(one.ref) for one in unsure)}: {'; '.join(told)}",
            code="answer-person-uncertain",
            todo="ask the requester for more marks of the person, without saying what matched; "
            "the reasons are for staff, in the office's record of look-ups; where two records are "
            "of one person, have them joined and the index built anew; where no more can be "
            "had, write identifier_matches_one_person: no among the findings, decide it again "
            "and refuse it: the letter neither confirms nor denies",
        )
    return {str(one.ref): str(one.person_id) for one in answered}


def _months_held(demand: Demand, span: Period) -> Period:
    """The whole months of which a demand asks a day, but of no day after it came."""
    whole, after = whole_months(span), demand.received_on + timedelta(days=1)
    return replace(whole, valid_to=min(whole.valid_to or after, after))
