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
    Protection,
    SearchKey,
    Sensitivity,
)
from clerestory.holdings.catalogue_file import load_catalogue, parse_catalogue
from clerestory.holdings.check import (
    ColumnFault,
    Missing,
    check_source,
    list_column_faults,
    list_missing,
)
from clerestory.holdings.errors import (
    CatalogueFault,
    IndexFault,
    QueryFault,
    QueryFileFault,
    ReadFault,
    RosterFault,
    SourceFault,
)
from clerestory.holdings.forms import Severity
from clerestory.holdings.index import (
    PersonIndex,
    build_index,
    open_index,
)
from clerestory.holdings.index_age import check_index_current
from clerestory.holdings.lookups import LookupReason, Lookups, LookupsAltered, Purpose
from clerestory.holdings.membership import is_in_any
from clerestory.holdings.protections import Protections, read_protections
from clerestory.holdings.query import (
    SENTENCES,
    UNNAMED,
    Answer,
    Found,
    NotFound,
    PersonQuery,
    Reason,
    Refused,
    tell_requester,
)
from clerestory.holdings.read import FieldValue, PermittedField, read_fields
from clerestory.holdings.roster import (
    NamedPerson,
    NamedPersons,
    Resolved,
    parse_who,
    read_roster,
    read_who,
    resolve_roster,
)
from clerestory.holdings.search import PersonSearch, as_recorded
from clerestory.holdings.source import Source, open_source
from clerestory.holdings.still_right import check_still_right
from clerestory.holdings.told_addresses import bare_address, may_be_home, may_tell_place

__all__ = [
    "SENTENCES",
    "UNNAMED",
    "Answer",
    "Catalogue",
    "CatalogueFault",
    "Category",
    "Column",
    "ColumnFault",
    "FieldValue",
    "Found",
    "HeldField",
    "IndexFault",
    "LookupReason",
    "Lookups",
    "LookupsAltered",
    "Missing",
    "NamedPerson",
    "NamedPersons",
    "NotFound",
    "Origin",
    "PermittedField",
    "PersonIndex",
    "PersonQuery",
    "PersonSearch",
    "ProgramHoldings",
    "Protection",
    "Protections",
    "Purpose",
    "QueryFault",
    "QueryFileFault",
    "ReadFault",
    "Reason",
    "Refused",
    "Resolved",
    "RosterFault",
    "SearchKey",
    "Sensitivity",
    "Severity",
    "Source",
    "SourceFault",
    "as_recorded",
    "bare_address",
    "build_index",
    "check_index_current",
    "check_source",
    "check_still_right",
    "is_in_any",
    "list_column_faults",
    "list_missing",
    "load_catalogue",
    "may_be_home",
    "may_tell_place",
    "open_index",
    "open_source",
    "parse_catalogue",
    "parse_who",
    "read_fields",
    "read_protections",
    "read_roster",
    "read_who",
    "resolve_roster",
    "tell_requester",
]
