"""What the agency holds: the catalogue, read-only sources, and finding the one right person.

Nothing here lists, searches or counts people. One person is found by name and by what is that
person's own, never by immigration status or a proxy for it; a row is read only for a person and
a field that somebody above this floor has permitted.
"""

from clerestory.holdings.catalogue import (
    Catalogue,
    Category,
    Column,
    HeldField,
    Origin,
    ProgramHoldings,
    SearchKey,
    Sensitivity,
)
from clerestory.holdings.catalogue_file import load_catalogue, parse_catalogue
from clerestory.holdings.check import Missing, list_missing
from clerestory.holdings.errors import (
    CatalogueFault,
    IndexFault,
    QueryFault,
    ReadFault,
    SourceFault,
)
from clerestory.holdings.find import find_person
from clerestory.holdings.index import PersonIndex, build_index, open_index
from clerestory.holdings.query import (
    SENTENCES,
    Answer,
    Found,
    NotFound,
    PersonQuery,
    Reason,
    Refused,
)
from clerestory.holdings.read import FieldValue, PermittedField, read_fields
from clerestory.holdings.source import Source, open_source

__all__ = [
    "SENTENCES",
    "Answer",
    "Catalogue",
    "CatalogueFault",
    "Category",
    "Column",
    "FieldValue",
    "Found",
    "HeldField",
    "IndexFault",
    "Missing",
    "NotFound",
    "Origin",
    "PermittedField",
    "PersonIndex",
    "PersonQuery",
    "ProgramHoldings",
    "QueryFault",
    "ReadFault",
    "Reason",
    "Refused",
    "SearchKey",
    "Sensitivity",
    "Source",
    "SourceFault",
    "build_index",
    "find_person",
    "list_missing",
    "load_catalogue",
    "open_index",
    "open_source",
    "parse_catalogue",
    "read_fields",
]
