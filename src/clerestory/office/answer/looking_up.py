"""Whom a demand names, looked up once each in the agency's own records."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from clerestory.demands import Demand
from clerestory.holdings import (
    Catalogue,
    Lookups,
    NamedPersons,
    PersonSearch,
    Purpose,
    Resolved,
    Source,
    as_recorded,
    check_index_current,
    check_still_right,
    is_in_any,
    open_index,
    open_source,
    resolve_roster,
)
from clerestory.holdings.made_up.notice import says_made_up
from clerestory.kernel import Refusal

# Whom the paper itself names. A member of a household may be asked about without a name.
_NAMED = frozenset({"named", "listed_row"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """An agency's records, and what is needed to find somebody in them.

    Attributes:
        source: A database's URL, or the path of a file.
        index: The index of persons that was built of it.
        catalogue: Where they say what.
        lookups: Where each look is recorded before it is answered.
        zone: Whose calendar gives their days.
    """

    source: str = field(repr=False)
    index: Path
    catalogue: Catalogue = field(repr=False)
    lookups: Lookups = field(repr=False)
    zone: str

    def is_made_up(self) -> bool:
        """Whether the program itself made these people up.

        Raises:
            SourceFault: The records cannot be opened.
        """
        with closing(open_source(self.source, zone=self.zone)) as source:
            return says_made_up(source)


def refs_named(demand: Demand, needed: Collection[str] = ()) -> tuple[set[str], set[str]]:
    """Return the refs of the persons of a demand, and those of them whom its paper names.

    Args:
        demand: The demand.
        needed: Refs that must be named also where the paper names nobody, such as a household's.
    """
    single = [one for one in demand.subjects if not one.is_several]
    named = {one.ref for one in single if one.relation in _NAMED}
    return {one.ref for one in single} | set(needed), named | set(needed)


@contextmanager
def looked_up(
    holdings: Holdings,
    named: NamedPersons,
    *,
    programs: Mapping[str, Collection[str]],
    purpose: Purpose,
    on: date,
    at: datetime,
    now: datetime,
) -> Iterator[tuple[Source, tuple[Resolved, ...]]]:
    """Look everybody up once, record each look, and hold the records open.

    Everybody who is named is looked up: else nobody would see that one person stands there for two,
    of whom one is answered about.

    Args:
        holdings: The records.
        named: Who is named.
        programs: For each ref about which something is ruled open, the programs that this is of.
            Of whom nothing is given, nothing is told either.
        purpose: What the look is for.
        on: The holder's local day.
        at: The moment that is recorded.
        now: This very moment, by which the index is held against the records.

    Raises:
        IndexFault: Somebody came into the records, or was renamed, since the index was built.
        SourceFault: One who was found is another in the records by now.
    """
    catalogue = holdings.catalogue
    with ExitStack() as opened:
        index = opened.enter_context(closing(open_index(holdings.index, catalogue=catalogue)))
        source = opened.enter_context(closing(open_source(holdings.source, zone=holdings.zone)))

        def has_record(ref: str | None, person: str) -> bool:
            asked = programs.get(str(ref))
            return asked is None or is_in_any(source, catalogue, person, asked)

        search = PersonSearch(
            index, holdings.lookups, hides_address=as_recorded(source, catalogue, on=on),
            has_record=has_record,
        )  # fmt: skip
        try:
            resolved = resolve_roster(search, named, purpose=purpose, at=at)
        except Refusal:
            # Of an old index, or one that was written to, it is no wonder that it finds nobody.
            check_index_current(index, source, catalogue, now=now)
            raise
        found = {one.ref: one.person_id for one in resolved}
        for person in named.persons:
            key = found[person.ref]
            if key is not None and person.ref in programs:
                check_still_right(source, catalogue, key, person.query)
        check_index_current(index, source, catalogue, now=now)
        yield source, resolved
