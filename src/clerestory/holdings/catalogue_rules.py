"""What a catalogue may not say, though each part of it is well written.

Nobody is found, joined or marked by what tells or suggests immigration status.
"""

from collections.abc import Iterator

from clerestory.holdings.catalogue import Catalogue, Protection

# Where it stands, what is wrong, and what to write.
Fault = tuple[tuple[str, ...], str, str]


def list_faults(catalogue: Catalogue) -> Iterator[Fault]:
    """Every such fault, those of the search keys first."""
    yield from _proxies(catalogue)
    yield from _protections(catalogue)
    yield from _households(catalogue)


def _proxies(catalogue: Catalogue) -> Iterator[Fault]:
    # Not only columns that nothing else uses: a search key may be no proxy at all, even when
    # a second field of another program reads the same column under an innocent name.
    proxies = {
        field.column
        for field in catalogue.list_fields()
        if field.proxy_for_status and not catalogue.programs[field.program].proxy_for_status
    } | catalogue.proxy_columns()
    for key, column in catalogue.search.items():
        if column in proxies:
            yield (
                ("search_keys", key),
                f"a search key may not tell or suggest immigration status: {key} = {column}",
                "take the key out; nobody is found by status or by a proxy for it",
            )


def _protections(catalogue: Catalogue) -> Iterator[Fault]:
    # What marks a person as protected may find nobody; and the mark of 8 U.S.C. 1367 nearly
    # tells status, so no field may give it away either.
    keys = {column: key for key, column in catalogue.search.items()}
    fields = {
        held.column: f"{held.program}.{held.code}"
        for held in catalogue.list_fields()
        if not held.proxy_for_status
    }
    for mark in catalogue.protections:
        path = ("protections", str(mark.protection))
        if mark.column in keys and not mark.is_birth_date and not mark.is_row:
            yield (
                path,
                f"a search key may not be what protects: {keys[mark.column]} = {mark.column}",
                "take the key out; nobody is found by what protects them",
            )
        if mark.protection is Protection.PROTECTED_8USC1367 and mark.column in fields:
            yield (
                path,
                f"a field may not give away what 8 U.S.C. 1367 protects: {fields[mark.column]}",
                "take the field out, or mark it proxy_for_status = true",
            )


def _households(catalogue: Catalogue) -> Iterator[Fault]:
    # The one read of other people's rows goes along it, and so never along status or a mark.
    closed = {
        **{column: f"search_keys.{key}" for key, column in catalogue.search.items()},
        **{mark.column: f"protections.{mark.protection}" for mark in catalogue.protections},
        **{
            held.column: f"{held.program}.{held.code}"
            for held in catalogue.list_fields()
            if held.column is not None
        },
    }
    for column in catalogue.households:
        used = closed.get(column)
        if column.name == catalogue.person.name:
            used = "[person] key"
        if used:
            yield (
                ("households", "same"),
                f"a household has a number of its own: {column} is {used}",
                "name the column of the household's or the case's number, in a view if need be",
            )
