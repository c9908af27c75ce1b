"""Refuse an index that is older than the records."""

from clerestory.holdings.catalogue import Catalogue
from clerestory.holdings.errors import IndexFault
from clerestory.holdings.identities import IDENTITY, Identities, rows_of
from clerestory.holdings.index import PersonIndex
from clerestory.holdings.source import Source


def check_index_current(index: PersonIndex, source: Source, catalogue: Catalogue) -> None:
    """Refuse an index that is older than the records: a second person may have come since.

    Every person's own key, names, birth date and numbers are compared by digest, and nothing of
    where they live, which changes daily and tells no two persons apart by itself.

    Raises:
        IndexFault: Somebody was added, renamed, renumbered or taken out since it was built.
        SourceFault: The source cannot be read.
    """
    identities = Identities()
    keys = [key for key in IDENTITY if key in catalogue.search]
    for row in rows_of(source, catalogue, keys):
        identities.add(row)
    if identities.digest != index.identities:
        raise IndexFault(
            f"the index of persons must be as new as the records: {index.path.name} is of others",
            code="index-outdated",
            todo="build it again with clerestory holdings index, then run the same again",
        )
