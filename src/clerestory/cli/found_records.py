"""The records of those whom a demand names: looked up once each, and read as far as is asked.

Whoever was found stays found for the whole answer. What was read is not read again where the
letters are written once more, for another day.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from clerestory.cli.clock import read_clock
from clerestory.cli.committed import cell_name
from clerestory.cli.office import Office
from clerestory.cli.whom import check_as_received, read_whom
from clerestory.demands import Item
from clerestory.disclosure import Value, permitted_items
from clerestory.holdings import (
    Catalogue,
    FieldValue,
    LookupReason,
    NamedPersons,
    PermittedField,
    Purpose,
    Resolved,
    Source,
    load_catalogue,
)
from clerestory.kernel import Refusal
from clerestory.office.answer.decided import Decided
from clerestory.office.answer.looking_up import Holdings
from clerestory.office.answer.looking_up import looked_up as looking
from clerestory.office.answer.protections import Protected, decide_with_record, nothing_left
from clerestory.office.answer.reading import read_values
from clerestory.office.answer.true_address import keep_true_address


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
        found = read_values(
            self.source, self.catalogue, protected.decided, self.persons, open_items,
            known=self._read,
        )  # fmt: skip
        return keep_true_address(protected, self.catalogue, found), found


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
    holdings = Holdings(
        source=office.source, index=office.index, catalogue=catalogue, lookups=office.lookups(),
        zone=office.zone.name,
    )  # fmt: skip
    programs, demand_id = _programs(decided, catalogue), decided.demand.id
    purpose = Purpose(
        reason=LookupReason.DEMAND, demand=demand_id, number=office.find_number(demand_id)
    )
    with looking(
        holdings, named, programs=programs, purpose=purpose, on=office.day(at), at=at,
        now=read_clock(None),
    ) as (source, resolved):  # fmt: skip
        answered = [one for one in resolved if one.ref in programs]
        if unsure := [one for one in answered if one.person_id is None]:
            raise _unsure(decided, unsure, alone=len(unsure) == len(answered))
        found = {str(one.ref): one.person_id for one in resolved if one.person_id is not None}
        yield Records(
            office=office, source=source, catalogue=catalogue, at=at,
            persons={ref: found[ref] for ref in programs},
            beside={ref: person for ref, person in found.items() if ref not in programs},
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
