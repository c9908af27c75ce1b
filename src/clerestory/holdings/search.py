"""The only way to look somebody up: what is found is recorded before it is told."""

from collections.abc import Callable
from datetime import date, datetime

from clerestory.holdings.catalogue import Catalogue, Protection
from clerestory.holdings.find import find_person, living_there
from clerestory.holdings.index import PersonIndex
from clerestory.holdings.lookups import Lookups, Purpose
from clerestory.holdings.protections import read_protections
from clerestory.holdings.query import Answer, Found, NotFound, PersonQuery, Reason
from clerestory.holdings.source import Source
from clerestory.kernel.time import latest_day

HidesAddress = Callable[[str], bool]
"""Whether where the person of this key lives is kept secret, theirs or their household's."""
HasRecord = Callable[[str | None, str], bool]
"""Whether the person of this key is in a program that is asked about, under this ref or row."""


def everybody(_person_id: str) -> bool:
    """Hide every address: whose is a secret is not known where no records are read."""
    return True


def anywhere(_ref: str | None, _person_id: str) -> bool:
    """Take a record in any program for one: which are asked about is not known."""
    return True


def as_recorded(source: Source, catalogue: Catalogue, *, on: date) -> HidesAddress:
    """Return what asks the record of the one person found whether an address is kept secret.

    Args:
        source: The agency's records.
        catalogue: Where they say so.
        on: The holder's local day.
    """

    def hides(person_id: str) -> bool:
        told = read_protections(source, catalogue, person_id, on=on)
        return Protection.ADDRESS_CONFIDENTIALITY in told.flags

    return hides


class PersonSearch:
    """An index together with the record of look-ups in it.

    There is no search without a record: nothing else calls the rules of ``find``.

    Args:
        index: The index.
        lookups: The record.
        hides_address: Asked of a person whose address agrees with what was given. Of whom it says
            yes the address is no key, and no reason either: else whoever guesses a shelter learns
            who lives there.
        has_record: Asked of the person found. Of whom it says no, the answer is that of nobody.
    """

    def __init__(
        self,
        index: PersonIndex,
        lookups: Lookups,
        *,
        hides_address: HidesAddress = everybody,
        has_record: HasRecord = anywhere,
    ) -> None:
        self._index = index
        self._lookups = lookups
        self._hides_address = hides_address
        self._has_record = has_record

    def find(self, query: PersonQuery, *, purpose: Purpose, at: datetime) -> Answer:
        """Return the one person that ``query`` is about, or the reasons for naming nobody.

        Raises:
            QueryFault: The birth date is still to come.
            SourceFault: It cannot be read whether the address of the person is kept secret, or
                which program they are in.
            LookupsAltered: The record of look-ups is not as it was written.
            OSError: The look-up cannot be recorded. Then there is no answer.
        """
        query.check_born_by(latest_day(at))
        answer = self._find(query)
        if isinstance(answer, Found) and not self._has_record(purpose.ref, answer.person_id):
            answer = NotFound(reasons=(Reason.NOT_IN_PROGRAM,))
        self._lookups.record(query, answer, purpose, index=self._index.digest, at=at)
        return answer

    def _find(self, query: PersonQuery) -> Answer:
        answer = find_person(self._index, query)
        there = living_there(self._index, query)
        if not there:
            return answer
        # What is said of an address that is not the record's. No reason may tell the two apart
        # either, such as that somebody of nearly the name lives there who was born on another day.
        elsewhere = find_person(self._index, query, elsewhere=True)
        if answer == elsewhere or (isinstance(elsewhere, Found) and not isinstance(answer, Found)):
            # Who lives there keeps another from being found: that doubt stays.
            return answer
        if isinstance(answer, Found):
            there = (answer.person_id,)
        return elsewhere if any(map(self._hides_address, there)) else answer
