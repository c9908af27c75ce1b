"""Whether the record that will be read is that of the person who was found.

The index is a copy of some day. Since then keys may have been given out anew, records joined or
parted, another file put in the source's place; and an index may be of another source altogether.
So the record itself must agree with what was asked, before anything else of it is read.
"""

from clerestory.holdings.catalogue import Catalogue, SearchKey
from clerestory.holdings.errors import SourceFault
from clerestory.holdings.find import agrees
from clerestory.holdings.index_rows import candidate_of
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.query import PersonQuery
from clerestory.holdings.source import Source
from clerestory.holdings.source_faults import not_one_row


def check_still_right(
    source: Source, catalogue: Catalogue, person_id: str, query: PersonQuery
) -> None:
    """Hold what was asked against the record of the person found, as it stands now.

    Raises:
        SourceFault: The person has no record there, or two, or it is no longer one of which
            ``query`` would be true. Nothing may leave then.
    """
    person = catalogue.person
    keys = [key for key in SearchKey if key in catalogue.search]
    # Two keys may stand in one column.
    names = tuple(dict.fromkeys(catalogue.search[key].name for key in keys))
    rows = source.read_one(
        OneRow(
            table=person.table,
            columns=names,
            key=person.name,
            person_id=person_id,
            members=None,
        )
    )
    if len(rows) != 1:
        raise not_one_row(source.label, person.table, len(rows))
    row = {key: rows[0][names.index(catalogue.search[key].name)] for key in keys}
    if not agrees(query, candidate_of(row, str(person))):
        raise SourceFault(
            "the record of the person found does not agree with what was asked, so it is another "
            f"than the index says: {person.table}: {source.label}",
            code="source-person-other",
            todo="build the index of persons again from this source, then run the same again",
        )
