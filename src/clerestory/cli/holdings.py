"""``clerestory holdings``: make a made-up agency, check a catalogue, index and find one person."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.finding import INDEX, find, lookups, roster
from clerestory.cli.terminal import tell, tell_json
from clerestory.holdings import (
    ColumnFault,
    Missing,
    Severity,
    build_index,
    check_source,
    list_column_faults,
    list_missing,
    load_catalogue,
    open_source,
)


def _shipped_catalogue() -> Path:
    here = Path(__file__).resolve().parents[1]
    installed = here / "_data" / "profiles" / "maine-dhhs" / "catalogue.toml"
    return (
        installed if installed.exists() else here.parents[1] / installed.relative_to(here / "_data")
    )


# As many columns of which one thing is said are told one by one.
_SHOWN = 3

_catalogue = click.option(
    "--catalogue",
    type=click.Path(path_type=Path),
    default=_shipped_catalogue,
    show_default="profiles/maine-dhhs/catalogue.toml",
    help="What the agency holds.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


@click.group()
def holdings() -> None:
    """What the agency holds: check it, and find one right person in it."""


@holdings.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--persons", type=click.IntRange(min=8), default=40_000, show_default=True)
@click.option("--seed", type=int, default=20260101, show_default=True)
@_catalogue
@_json
def make(folder: Path, persons: int, seed: int, catalogue: Path, as_json: bool) -> None:
    """Make a made-up agency in FOLDER: SQLite, the same in Parquet, and the index of persons."""
    from clerestory.holdings.made_up import write_agency

    held = load_catalogue(catalogue)
    write_agency(held, folder, seed=seed, persons=persons, index=INDEX)
    answer = {
        "persons": persons,
        "seed": seed,
        "database": str(folder / "agency.sqlite"),
        "parquet": str(folder / "parquet"),
        "index": str(folder / INDEX),
    }
    if as_json:
        tell_json(answer)
        return
    tell(f"made up {answer['persons']} people, none of whom exists (seed {seed})")
    for what in ("database", "parquet", "index"):
        tell(f"  {what:<9} {answer[what]}")


@holdings.command()
@click.argument("source")
@_catalogue
@_json
def check(source: str, catalogue: Path, as_json: bool) -> None:
    """Hold the catalogue against SOURCE: what is missing, and what cannot be what it should be.

    The form of a few rows is looked at, and no value is told. With a grave finding no index is
    built and the exit code is 1.
    """
    held = load_catalogue(catalogue)
    opened = open_source(source)
    try:
        missing, faults = list_missing(opened, held), list_column_faults(opened, held)
    finally:
        opened.close()
    if as_json:
        tell_json(
            {
                "missing": [
                    {"table": one.table, "column": one.column, "needed_by": list(one.needed_by)}
                    for one in missing
                ],
                "faults": [_fault_json(one) for one in faults],
            }
        )
    else:
        _tell_check(missing, faults, catalogue)
    grave = any(one.flaw.severity is Severity.GRAVE for one in faults)
    sys.exit(ExitCode.NO if missing or grave else ExitCode.DONE)


def _fault_json(one: ColumnFault) -> dict[str, str]:
    flaw = one.flaw
    return {
        "severity": str(flaw.severity),
        "code": flaw.code,
        "table": one.table,
        "column": one.column,
        "said": flaw.said,
        "todo": flaw.todo,
    }


def _fault_lines(faults: Sequence[ColumnFault]) -> Iterator[str]:
    """Yield a line for each fault, and one alone where many columns of a table are warned of.

    In a young or a made-up agency dozens of columns hold nothing yet, and between those lines the
    one that matters would not be seen.
    """
    alike: dict[tuple[Severity, str, str], list[ColumnFault]] = {}
    for one in faults:
        alike.setdefault((one.flaw.severity, one.table, one.flaw.said), []).append(one)
    for (severity, table, said), group in alike.items():
        if severity is Severity.GRAVE or len(group) <= _SHOWN:
            yield from map(str, group)
            continue
        names = ", ".join(one.column for one in group[:_SHOWN])
        yield (
            f"{severity}: {len(group)} columns of {table}, {names} and {len(group) - _SHOWN} more "
            f"that --json lists: {said}; {group[0].flaw.todo}"
        )


def _tell_check(missing: Sequence[Missing], faults: Sequence[ColumnFault], catalogue: Path) -> None:
    for line in (*map(str, missing), *_fault_lines(faults)):
        tell(line)
    if missing:
        tell(f"next: correct {catalogue}, or add a view to the source; then check again")
    else:
        tell("the source has every table and column that the catalogue names")


@holdings.command()
@click.argument("source")
@click.argument("index", type=click.Path(path_type=Path))
@_catalogue
def index(source: str, index: Path, catalogue: Path) -> None:
    """Build the index of persons in SOURCE; it is as secret as the source."""
    held = load_catalogue(catalogue)
    opened = open_source(source)
    try:
        check_source(opened, held)
        built = build_index(opened, held, index)
    finally:
        opened.close()
    tell(f"indexed {built.persons} persons: {index}")
    built.close()


for _command in (find, roster, lookups):
    holdings.add_command(_command)
