"""Whether the person found is in a program that is asked about.

The index is of everybody, whatever program they are in. Whoever is in none of those that are asked
about has no record there, as somebody who is not found. An empty answer would tell the two apart,
and so that the agency knows the person from elsewhere: from treatment, a hospital, or a report.
"""

from collections.abc import Collection

from clerestory.holdings.catalogue import Catalogue
from clerestory.holdings.one_row import OneRow
from clerestory.holdings.source import Source


def is_in_any(
    source: Source, catalogue: Catalogue, person_id: str, programs: Collection[str]
) -> bool:
    """Whether a person is in one of some programs.

    Args:
        source: The agency's records.
        catalogue: Says which table holds who is in a program.
        person_id: The one person found, by the source's own key.
        programs: The codes of those that are asked about, all of the catalogue.

    Raises:
        SourceFault: The table cannot be read.
    """
    key = catalogue.person.name
    return any(
        source.read_one(
            OneRow(
                table=catalogue.programs[program].members,
                columns=(key,),
                key=key,
                person_id=person_id,
                members=None,
            )
        )
        for program in sorted(programs)
    )
