"""The only way to look somebody up: what is found is recorded before it is told."""

from datetime import datetime

from clerestory.holdings.find import find_person
from clerestory.holdings.index import PersonIndex
from clerestory.holdings.lookups import Lookups, Purpose
from clerestory.holdings.query import Answer, PersonQuery
from clerestory.kernel.time import latest_day


class PersonSearch:
    """An index together with the record of look-ups in it.

    There is no search without a record: nothing else calls the rules of ``find``.
    """

    def __init__(self, index: PersonIndex, lookups: Lookups) -> None:
        self._index = index
        self._lookups = lookups

    def find(self, query: PersonQuery, *, purpose: Purpose, at: datetime) -> Answer:
        """Return the one person that ``query`` is about, or the reasons for naming nobody.

        Raises:
            QueryFault: The birth date is still to come.
            LookupsAltered: The record of look-ups is not as it was written.
            OSError: The look-up cannot be recorded. Then there is no answer.
        """
        query.check_born_by(latest_day(at))
        answer = find_person(self._index, query)
        self._lookups.record(query, answer, purpose, index=self._index.digest, at=at)
        return answer
