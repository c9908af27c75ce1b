"""Who supplied a field: known from the catalogue of the agency that holds it."""

from collections.abc import Mapping
from pathlib import Path

from clerestory.holdings.catalogue_file import load_catalogue

FieldSources = Mapping[tuple[str, str], str]
"""The source of each field, by programme and field."""


def sources_of(agency: str, profiles: Path) -> FieldSources:
    """Return who supplied each field, where a profile's catalogue is this agency's own.

    Law may close a field for where it came from and not for what it is, so an answer without the
    catalogue may differ from the agency's own.

    Args:
        agency: The holder's code, such as ``me-dhhs``.
        profiles: The folder of profiles.
    """
    for path in sorted(profiles.glob("*/catalogue.toml")):
        catalogue = load_catalogue(path)
        if catalogue.agency == agency:
            return {
                (program.code, held.code): held.source
                for program in catalogue.programs.values()
                for held in program.fields.values()
                if held.source != "none"
            }
    return {}
